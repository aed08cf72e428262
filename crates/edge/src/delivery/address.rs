//! Where things are fetched, as paths of this server.

use kinora_app::play::{FileFormat, Whole};
use kinora_domain::AssetId;
use kinora_domain::output::Output;

/// The place of all that an asset plays.
pub(crate) fn asset(id: AssetId) -> String {
    format!("/play/{id}")
}

/// The place of an output's documents. The asset's own show its own output while that is there.
pub(crate) fn documents(output: &Output) -> String {
    let asset = asset(output.asset);
    match output.name {
        None => asset,
        Some(_) => format!("{asset}/o/{}", output.id),
    }
}

/// The multivariant playlist at that place.
pub(crate) fn hls(documents: &str) -> String {
    format!("{documents}/hls/master.m3u8")
}

/// The MPD at that place.
pub(crate) fn dash(documents: &str) -> String {
    format!("{documents}/dash/manifest.mpd")
}

/// The client manifest of Smooth Streaming at that place.
pub(crate) fn smooth(documents: &str) -> String {
    format!("{documents}/smooth.ism/Manifest")
}

/// All of it in one file.
pub(crate) fn file(id: AssetId, documents: &str, whole: Whole) -> String {
    match whole {
        Whole::Original => format!("{}/original.mp4", asset(id)),
        Whole::Made(FileFormat::Mp4) => format!("{documents}/video.mp4"),
        Whole::Made(FileFormat::M4a) => format!("{documents}/audio.m4a"),
        Whole::Made(FileFormat::Mp3) => format!("{documents}/audio.mp3"),
    }
}
