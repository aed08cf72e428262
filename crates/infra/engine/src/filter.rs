//! Filters in ffmpeg's words, the same for all that is made of a picture. Pure.

use kinora_domain::output::Filter;
use kinora_domain::picture::{Matrix, Scan, Transfer};

/// The name of a matrix in options and parameters.
pub(crate) const fn matrix_name(matrix: Matrix) -> &'static str {
    match matrix {
        Matrix::Bt601 => "smpte170m",
        Matrix::Bt709 => "bt709",
    }
}

/// Says how colors are written down, whatever was said before.
pub(crate) fn tell(matrix: Matrix) -> String {
    let name = matrix_name(matrix);
    format!("setparams=colorspace={name}:color_primaries={name}:color_trc={name}")
}

/// A filter in ffmpeg's words.
pub(crate) fn step(filter: Filter) -> String {
    match filter {
        Filter::Deinterlace(scan) => {
            let parity = match scan {
                Scan::TopFirst => "tff",
                Scan::BottomFirst => "bff",
                Scan::Progressive => "auto",
            };
            format!("bwdif=mode=send_frame:parity={parity}:deint=all")
        }
        Filter::ToneMap(transfer) => {
            // BT.2100 names the primaries and the matrix of both curves.
            let curve = match transfer {
                Transfer::Hlg => "arib-std-b67",
                Transfer::Pq | Transfer::Sdr => "smpte2084",
            };
            format!(
                "zscale=tin={curve}:pin=bt2020:min=bt2020nc:rin=limited:t=linear:npl=100,format=gbrpf32le,\
                 zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=limited"
            )
        }
        Filter::Tell(matrix) => tell(matrix),
    }
}
