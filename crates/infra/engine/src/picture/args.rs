//! The command line that makes pictures of a film. Pure.
//!
//! Times of the film count as they are, so that a picture that is missing at the beginning moves no other. Everything
//! passes through red, green and blue in its final size: there each of the formats begins from the same colors, however
//! the film writes them down.

use crate::args::{Args, Demuxer, INPUT};
use crate::filter::step;
use kinora_app::port::{PictureOrder, Still, Take};
use kinora_domain::output::Filter;
use kinora_domain::picture::Size;
use kinora_domain::still::{Frame, MovingForm, StillForm};
use std::ffi::OsString;

/// The name of the output in the folder in which the program stands.
pub(super) const OUTPUT: &str = "0";

/// From how colors are in memory to how a picture has them.
const COLORS: &str = "format=gbrp";

/// JPEG knows one way to write colors down (ITU-T T.871).
const JPEG: &[&str] = &["-c:v", "mjpeg", "-q:v", "3", "-huffman", "optimal", "-f", "image2pipe"];
const JPEG_COLORS: &str = "scale=out_color_matrix=bt601:out_range=full,format=yuvj420p";

/// The arguments of ffmpeg for an order; pictures of more than `max_pixels` are refused.
pub(super) fn args(order: &PictureOrder, max_pixels: u32) -> Vec<OsString> {
    let mut args = Args::new(&["-hide_banner", "-nostdin", "-nostats", "-v", "warning", "-y"]);
    let threads = order.threads.max(1).to_string();
    args.add("-filter_threads", &threads).add("-filter_complex_threads", &threads).add("-threads", &threads);
    // A decoder that begins at a key frame in the middle is not sure of it, and holds it back.
    args.add("-flags", "+output_corrupt");
    args.reads(Demuxer::Mov, max_pixels);
    args.all(&["-copyts", "-i", INPUT]);
    args.add("-filter_complex", &graph(order)).add("-map", "[o]");
    args.clean();
    args.add("-fps_mode", "passthrough").add("-threads", &threads);
    match order.take {
        Take::First(still) | Take::Typical(still, _) => {
            args.add("-frames:v", "1");
            write_still(&mut args, still);
        }
        Take::Sheet { .. } => {
            args.add("-frames:v", "1");
            args.all(JPEG);
        }
        Take::Moving { form: MovingForm::WebP, .. } => {
            args.all(&[
                "-c:v",
                "libwebp_anim",
                "-quality",
                "70",
                "-compression_level",
                "4",
                "-loop",
                "0",
                "-f",
                "webp",
            ]);
        }
        Take::Moving { form: MovingForm::Gif, .. } => args.all(&["-c:v", "gif", "-loop", "0", "-f", "gif"]),
    }
    args.all(&[&format!("file:{OUTPUT}")]);
    args.0
}

fn write_still(args: &mut Args, still: Still) {
    args.all(match still {
        Still::File(StillForm::Jpeg) => JPEG,
        Still::File(StillForm::Png) => &["-c:v", "png", "-compression_level", "6", "-f", "image2pipe"],
        Still::File(StillForm::WebP) => &["-c:v", "libwebp", "-quality", "80", "-f", "webp"],
        Still::File(StillForm::Avif) => {
            &["-c:v", "libaom-av1", "-still-picture", "1", "-cpu-used", "6", "-crf", "28", "-row-mt", "1", "-f", "avif"]
        }
        Still::Pixels => &["-c:v", "rawvideo", "-f", "rawvideo"],
    });
}

/// The filters, from the decoder to the encoder.
fn graph(order: &PictureOrder) -> String {
    let steps = |wanted: fn(&Filter) -> bool| order.filters.iter().copied().filter(wanted).map(step);
    let mut chain: Vec<String> = steps(|filter| matches!(filter, Filter::Deinterlace(_))).collect();
    match order.take {
        Take::First(_) | Take::Typical(..) => {}
        Take::Sheet { every_ms, .. } => chain.push(format!("fps=fps=1000/{}", every_ms.max(1)) + SHOWN_BY_THEN),
        Take::Moving { rate, speed, .. } => {
            // Films of key frames have whole seconds for ticks.
            let steps = format!("settb=1/1000,setpts=PTS/{},fps=fps={}", speed.max(1), rate.max(1));
            chain.push(steps + SHOWN_BY_THEN);
        }
    }
    chain.extend(steps(|filter| matches!(filter, Filter::Tell(_))));
    let Frame { scaled, shown } = order.frame;
    chain.push(format!("scale={}:{}:flags=bicubic", scaled.width, scaled.height));
    chain.push("setsar=1".to_owned());
    chain.extend(steps(|filter| matches!(filter, Filter::ToneMap(_))));
    chain.push(COLORS.to_owned());
    if scaled != shown {
        chain.push(cut(scaled, shown));
    }
    let (still, rest) = match order.take {
        Take::First(still) => (Some(still), None),
        Take::Typical(still, count) => (Some(still), Some(format!("format=rgb24,thumbnail=n={}", count.max(2)))),
        Take::Sheet { columns, rows, .. } => (None, Some(format!("tile=layout={columns}x{rows},{JPEG_COLORS}"))),
        Take::Moving { form: MovingForm::WebP, .. } => (None, Some("format=bgra".to_owned())),
        Take::Moving { form: MovingForm::Gif, .. } => (None, Some(GIF_COLORS.to_owned())),
    };
    chain.extend(rest);
    chain.extend(still.map(|still| colors(still).to_owned()));
    format!("[0:0]{}[o]", chain.join(","))
}

/// Of each moment from zero on the last picture that was shown by then; what is missing is what was shown before.
const SHOWN_BY_THEN: &str = ":start_time=0:round=up";

/// A palette of the colors that move, and a regular pattern between them, which compresses well.
const GIF_COLORS: &str =
    "split[a][b];[a]palettegen=stats_mode=diff[p];[b][p]paletteuse=dither=bayer:bayer_scale=3:diff_mode=rectangle";

/// What the encoder of a still takes.
const fn colors(still: Still) -> &'static str {
    match still {
        Still::File(StillForm::Jpeg) => JPEG_COLORS,
        Still::File(StillForm::Png) => "format=rgb24",
        // The encoder converts them itself, and better than a filter.
        Still::File(StillForm::WebP) => "format=bgra",
        Still::File(StillForm::Avif) => {
            "scale=out_color_matrix=bt709:out_range=limited,format=yuv420p,\
             setparams=range=limited:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
        }
        Still::Pixels => "format=rgba",
    }
}

/// What is too much is cut off at both sides alike.
fn cut(scaled: Size, shown: Size) -> String {
    let (left, top) = (scaled.width.saturating_sub(shown.width) / 2, scaled.height.saturating_sub(shown.height) / 2);
    format!("crop={}:{}:{left}:{top}", shown.width, shown.height)
}

#[cfg(test)]
#[path = "args_test.rs"]
mod tests;
