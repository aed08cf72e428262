//! The peer that cuts a film into segments: ffmpeg, without encoding.

use crate::Bench;
use crate::failure::{Failure, Outcome};
use crate::process::{Running, command};
use crate::wait;
use core::time::Duration;
use std::path::Path;
use std::time::Instant;

/// How long it may take.
const PATIENCE: Duration = Duration::from_mins(10);

/// When the parts of a packaged film were there.
pub(crate) struct Packaged {
    /// The first segment, complete: the second has begun, or there is none.
    pub(crate) first_segment: Duration,
    /// The playlist, complete: the process has ended.
    pub(crate) playlist: Duration,
}

/// Packages a film, and removes what came of it.
pub(crate) fn package(bench: &Bench, film: &Path) -> Outcome<Packaged> {
    let folder = bench.scratch.folder("packaged")?;
    let second = folder.join("00001.m4s");
    let mut ffmpeg = command("ffmpeg");
    ffmpeg.args(["-nostdin", "-v", "error", "-i"]).arg(film);
    ffmpeg.args([
        "-c",
        "copy",
        "-f",
        "hls",
        "-hls_time",
        "4",
        "-hls_segment_type",
        "fmp4",
        "-hls_playlist_type",
        "vod",
    ]);
    ffmpeg.arg("-hls_segment_filename").arg(folder.join("%05d.m4s")).arg(folder.join("film.m3u8"));

    let begin = Instant::now();
    let mut running = Running::start(&mut ffmpeg, &bench.scratch)?;
    let status = wait::until("ffmpeg has a first segment", PATIENCE, || {
        Ok(match running.ended()? {
            Some(status) => Some(Some(status)),
            None => second.exists().then_some(None),
        })
    })?;
    let first_segment = begin.elapsed();
    let status = status.map_or_else(|| running.wait(), Ok)?;
    let playlist = begin.elapsed();
    if !status.success() || !folder.join("film.m3u8").exists() {
        return Err(Failure::new(format!("ffmpeg packaged nothing: {status}")));
    }
    bench.scratch.folder("packaged")?;
    Ok(Packaged { first_segment, playlist })
}
