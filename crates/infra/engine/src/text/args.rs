//! The command line that takes captions out of a film. Pure.
//!
//! Times of the file are kept and moved as a whole. What is said before the presentation begins would have a time below zero,
//! which neither `SubRip` nor `WebVTT` can write: all of it is written later by a [lead](LEAD_MS).

use crate::args::{Args, Demuxer, INPUT};
use kinora_app::port::{TextCoding, TextOrder};
use std::ffi::OsString;

/// How much later than in the presentation everything is, in milliseconds: more than streams that have a clock of 33 bits can
/// be apart.
pub(super) const LEAD_MS: u64 = 100_000_000;

/// The name of output `number` in the folder in which the program stands.
pub(super) fn output_name(number: usize) -> String {
    number.to_string()
}

/// The arguments of ffprobe, which tells in JSON what a stream says of its teletext.
pub(super) fn look(stream: u32, demuxer: Demuxer, max_pixels: u32) -> Vec<OsString> {
    let mut args = Args::new(&["-v", "error", "-hide_banner", "-threads", "1"]);
    args.reads(demuxer, max_pixels);
    args.add("-select_streams", &stream.to_string());
    args.all(&["-show_data", "-show_entries", "stream=extradata", "-of", "json=compact=1", "-i", INPUT]);
    args.0
}

/// The arguments of ffmpeg for an order, read by `demuxer`. `pages` are those of teletext that are taken, by the number of the
/// stream: as numbers with commas between, or all that say that they are subtitles.
pub(super) fn args(order: &TextOrder, pages: &[(u32, String)], demuxer: Demuxer, max_pixels: u32) -> Vec<OsString> {
    let mut args = Args::new(&["-hide_banner", "-nostdin", "-nostats", "-v", "warning", "-y", "-threads", "1"]);
    args.reads(demuxer, max_pixels);
    // A program that reads no teletext does not know the options, and takes nothing.
    for (stream, pages) in pages {
        let pages = if pages.is_empty() { "subtitle" } else { pages };
        args.add(&format!("-txt_format:{stream}"), "text").add(&format!("-txt_page:{stream}"), pages);
        // It says when a page is gone, rather than how long it is shown.
        args.all(&[&format!("-fix_sub_duration:{stream}")]);
    }
    args.all(&["-copyts", "-i", INPUT]);
    let lead = i64::try_from(LEAD_MS).unwrap_or(i64::MAX).saturating_mul(1_000);
    let offset = lead.saturating_sub(order.origin_micros).max(0);
    for (number, (stream, coding)) in order.tracks.iter().enumerate() {
        args.add("-map", &format!("0:{stream}"));
        args.clean();
        args.all(match coding {
            TextCoding::WebVtt => &["-c:s", "copy", "-f", "webvtt"],
            TextCoding::Teletext | TextCoding::Plain => &["-c:s", "subrip", "-f", "srt"],
        });
        args.add("-output_ts_offset", &format!("{}.{:06}", offset / 1_000_000, offset % 1_000_000));
        args.add("-avoid_negative_ts", "disabled");
        args.all(&[&format!("file:{}", output_name(number))]);
    }
    args.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_media::sniff::Container;

    #[test]
    fn the_text_of_three_tracks() {
        let tracks = vec![(2, TextCoding::Plain), (3, TextCoding::WebVtt), (5, TextCoding::Teletext)];
        let order = TextOrder { container: Container::MpegTs, tracks, origin_micros: 10_000_040 };
        let told: Vec<_> = args(&order, &[(5, "888,889".to_owned())], Demuxer::MpegTs, 1_000)
            .into_iter()
            .map(|word| word.into_string().unwrap())
            .collect();
        let told = told.join(" ");
        let (_, told) = told.split_once(" -max_pixels ").unwrap();
        insta::assert_snapshot!(told.replace(" -map ", "\n-map ").replace(" -copyts", "\n-copyts"));
    }
}
