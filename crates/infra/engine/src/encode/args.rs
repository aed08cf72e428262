//! The command line of an encoding run: the only place where our words become ffmpeg's. Pure.
//!
//! Pictures: read from a picture at which decoding can begin, cut out by time, filtered, scaled once to
//! the first rung and from there step by step, each rung encoded into a file of its own. Sound: resampled
//! so that gaps in its times become silence, encoded in one piece.

use crate::args::{Args, Demuxer, INPUT};
use crate::child::Urgency;
use crate::filter::{matrix_name, step, tell};
use core::fmt::Write as _;
use kinora_app::port::{Effort, EncodeOrder, EncodeWork, KeyFrames, PictureWork, SoundWork, Window};
use kinora_domain::ladder::Rung;
use kinora_domain::output::{Filter, Timing};
use kinora_domain::preset::SoundFormat;
use std::ffi::OsString;

/// Whether somebody waits for the first of it: pictures more than sound, of which a second is soon made.
pub(crate) const fn urgency(work: &EncodeWork) -> Urgency {
    match work {
        EncodeWork::Pictures(PictureWork { effort: Effort::Quick, .. }) => Urgency::First,
        EncodeWork::Pictures(PictureWork { effort: Effort::Good, .. }) => Urgency::Background,
        EncodeWork::Sound(_) => Urgency::Next,
    }
}

/// How often the program tells how far it is, in seconds.
const fn report_every(work: &EncodeWork) -> &'static str {
    match urgency(work) {
        Urgency::First | Urgency::Next => "0.05",
        Urgency::Background => "0.5",
    }
}

/// How soon after the first moment of sound the first fragment is written, and how long each is, in
/// microseconds.
const SOUND_FRAGMENT: &str = "1000000";

/// The name of output `number` in the folder in which the program stands.
pub(crate) fn output_name(number: usize) -> String {
    format!("{number}.mp4")
}

/// How many outputs an order has.
pub(crate) fn outputs(order: &EncodeOrder) -> usize {
    match &order.work {
        EncodeWork::Pictures(work) => work.rungs.len(),
        EncodeWork::Sound(_) => 1,
    }
}

/// The arguments of ffmpeg for an order, read by `demuxer`; pictures of more than `max_pixels` are refused.
pub(crate) fn args(order: &EncodeOrder, demuxer: Demuxer, max_pixels: u32) -> Vec<OsString> {
    let mut args = Args::new(&["-hide_banner", "-nostdin", "-nostats", "-v", "warning", "-y"]);
    args.add("-progress", "pipe:1").add("-stats_period", report_every(&order.work));
    let threads = order.threads.max(1).to_string();
    args.add("-filter_threads", &threads).add("-filter_complex_threads", &threads).add("-threads", &threads);
    args.reads(demuxer, max_pixels);
    args.all(demuxer.untrimmed(order.untrimmed));
    seek(&mut args, order.window);
    args.add("-i", INPUT);
    match &order.work {
        EncodeWork::Pictures(work) => pictures(&mut args, order, work, &threads),
        EncodeWork::Sound(work) => sound(&mut args, order, *work),
    }
    args.0
}

fn seek(args: &mut Args, window: Window) {
    match window {
        Window::All => {}
        Window::After { micros } => {
            args.add("-ss", &seconds(micros));
        }
        // The times of the source are kept, and the pictures cut out by them further on: what the program
        // itself makes of a position depends on the container.
        Window::Pictures { base, seek, .. } => {
            args.all(&["-copyts"]);
            if let Some(seek) = seek {
                args.all(&["-noaccurate_seek", "-seek_timestamp", "1"]);
                args.add("-ss", &seconds(base.rescale(seek, 1_000_000)));
            }
        }
    }
}

fn seconds(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let micros = micros.unsigned_abs();
    format!("{sign}{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

fn pictures(args: &mut Args, order: &EncodeOrder, work: &PictureWork, threads: &str) {
    args.add("-filter_complex", &graph(order, work));
    let scale = work.timing.timescale();
    for (number, rung) in work.rungs.iter().enumerate() {
        args.add("-map", &format!("[o{number}]"));
        args.clean();
        args.all(&["-fps_mode", "passthrough", "-c:v", "libx264", "-profile:v", "high", "-pix_fmt", "yuv420p"]);
        args.add("-enc_time_base", &format!("1:{scale}")).add("-video_track_timescale", &scale.to_string());
        args.add("-threads", threads);
        let effort: &[&str] = match work.effort {
            Effort::Good => &["-preset", "veryfast", "-x264-params", "open-gop=0:scenecut=0"],
            // No pictures that wait for later ones.
            Effort::Quick => &[
                "-preset",
                "superfast",
                "-bf",
                "0",
                "-x264-params",
                "open-gop=0:scenecut=0:rc-lookahead=0:sync-lookahead=0",
            ],
        };
        args.all(effort);
        args.add("-crf", &rung.crf.to_string());
        args.add("-maxrate", &format!("{}k", rung.max_kbps)).add("-bufsize", &format!("{}k", rung.max_kbps * 2));
        // Groups begin where they are told to and nowhere else.
        args.add("-g", "100000").add("-forced-idr", "1").add("-force_key_frames", &keys(order.window, &work.keys));
        args.all(&["-f", "mp4"]);
        if work.effort == Effort::Quick {
            args.all(&["-movflags", "+frag_keyframe+empty_moov+default_base_moof+delay_moov", "-flush_packets", "1"]);
        }
        args.all(&[&format!("file:{}", output_name(number))]);
    }
}

/// Where groups begin, in times of what comes out. Each is told a microsecond early, since the program
/// rounds and takes the first picture at or after it.
fn keys(window: Window, keys: &KeyFrames) -> String {
    match (keys, window) {
        (KeyFrames::At(times), Window::Pictures { base, from, .. }) => {
            let micros = times.iter().map(|time| base.rescale(time.saturating_sub(from), 1_000_000) - 1);
            micros.map(|micros| seconds(micros.max(0))).collect::<Vec<_>>().join(",")
        }
        (KeyFrames::At(_), Window::All | Window::After { .. }) => "0".to_owned(),
        // The first groups are short, and fill up one of the others: something is there soon.
        (KeyFrames::Every(millis), _) => {
            let quarter = seconds(i64::from(*millis) * 250);
            format!("expr:gte(t,{quarter}*if(lt(n_forced,3),n_forced,n_forced*4-8))")
        }
    }
}

/// The filters, from the decoder to the encoders.
fn graph(order: &EncodeOrder, work: &PictureWork) -> String {
    let mut chain: Vec<String> = Vec::new();
    let deinterlace = |filter: &&Filter| matches!(filter, Filter::Deinterlace(_));
    // Looks at its neighbors: before anything is cut off.
    chain.extend(work.filters.iter().filter(deinterlace).map(|filter| step(*filter)));
    if let Window::Pictures { base, from, until, .. } = order.window {
        // The deinterlacer halves the ticks.
        if work.filters.iter().any(|filter| deinterlace(&filter)) {
            chain.push(format!("settb={}/{}", base.num, base.den));
        }
        chain.push(format!("trim=start_pts={from}:end_pts={until}"));
    }
    chain.push(timing(order.window, work.timing));
    let matrix = work.filters.iter().find_map(|filter| match filter {
        Filter::Tell(matrix) => Some(*matrix),
        Filter::Deinterlace(_) | Filter::ToneMap(_) => None,
    });
    chain.extend(matrix.map(tell));
    chain.extend(work.rungs.first().map(scaling).map(|scaling| match matrix {
        // Out of red, green and blue it is made here.
        Some(matrix) => format!("{scaling}:out_color_matrix={}", matrix_name(matrix)),
        None => scaling,
    }));
    chain.push("setsar=1".to_owned());
    let tone_map = |filter: &&Filter| matches!(filter, Filter::ToneMap(_));
    chain.extend(work.filters.iter().filter(tone_map).map(|filter| step(*filter)));
    chain.push("format=yuv420p".to_owned());
    chain.extend(matrix.map(tell));
    let mut graph = format!("[0:{}]{}", order.stream, chain.join(","));
    let last = work.rungs.len().saturating_sub(1);
    for number in 0..work.rungs.len() {
        if number > 0 {
            let scaled = work.rungs.get(number).map(scaling).unwrap_or_default();
            // Writing to a string cannot fail.
            write!(graph, ";[s{number}]{scaled},setsar=1").unwrap_or_default();
        }
        if number < last {
            write!(graph, ",split=2[o{number}][s{}]", number + 1).unwrap_or_default();
        } else {
            write!(graph, "[o{number}]").unwrap_or_default();
        }
    }
    graph
}

fn scaling(rung: &Rung) -> String {
    format!("scale={}:{}:flags=bicubic", rung.size.width, rung.size.height)
}

/// Times of what comes out, from zero at the beginning of the window.
fn timing(window: Window, timing: Timing) -> String {
    match (timing, window) {
        (Timing::Steady(rate), _) => {
            format!("settb=1/{},setpts=N*{}", rate.timescale(), rate.frame_ticks())
        }
        (Timing::AsIs { scale }, Window::Pictures { from, .. }) => format!("setpts=PTS-({from}),settb=1/{scale}"),
        (Timing::AsIs { scale }, Window::All) => format!("setpts=PTS-STARTPTS,settb=1/{scale}"),
        (Timing::AsIs { scale }, Window::After { .. }) => format!("settb=1/{scale}"),
    }
}

fn sound(args: &mut Args, order: &EncodeOrder, work: SoundWork) {
    args.add("-map", &format!("0:{}", order.stream));
    args.clean();
    // From its own first moment, which is before zero in some containers; silence where times leave a gap.
    args.add("-af", "asetpts=PTS-STARTPTS,aresample=async=1:first_pts=0");
    match work.format {
        SoundFormat::Aac => args.all(&["-c:a", "aac", "-profile:a", "aac_low"]),
        SoundFormat::Mp3 => args.all(&["-c:a", "libmp3lame"]),
    }
    args.add("-b:a", &format!("{}k", work.kbps));
    args.add("-ac", &work.channels.to_string()).add("-ar", &work.rate.to_string());
    args.all(&["-f", "mp4", "-movflags", "+empty_moov+default_base_moof+delay_moov", "-flush_packets", "1"]);
    args.add("-frag_duration", SOUND_FRAGMENT);
    args.all(&[&format!("file:{}", output_name(0))]);
}

#[cfg(test)]
#[path = "args_test.rs"]
mod tests;
