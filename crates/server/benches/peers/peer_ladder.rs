//! The peer that makes ladders: an ffmpeg for each rung, with our settings and all of them at once.

use crate::failure::{Failure, Outcome};
use crate::footage::ffmpeg;
use crate::process::Running;
use crate::{Bench, kernel};
use core::time::Duration;
use kinora_domain::ladder::Rung;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// A ladder that was made.
pub(crate) struct Made {
    /// Processor time of all of them.
    pub(crate) cpu: Duration,
    /// From the first start to the last end.
    pub(crate) wall: Duration,
    /// A film for each rung.
    pub(crate) films: Vec<PathBuf>,
}

/// Makes the rungs of a film, with a key frame every `group_ms`.
pub(crate) fn make(bench: &Bench, film: &Path, rungs: &[Rung], group_ms: i64) -> Outcome<Made> {
    let folder = bench.scratch.folder("rungs")?;
    let before = kernel::cpu_of_children(std::process::id())?;
    let begin = Instant::now();
    let mut films = Vec::new();
    let mut running = Vec::new();
    for rung in rungs {
        let to = folder.join(format!("{}.mp4", rung.size.height));
        let mut ffmpeg = ffmpeg();
        // One thread each, as ours have where there are chunks enough: together they keep all cores busy.
        ffmpeg.args(["-filter_threads", "1", "-threads", "1", "-i"]).arg(film).args(["-map", "0:v:0"]);
        let (width, height) = (rung.size.width, rung.size.height);
        ffmpeg.args(["-vf", &format!("scale={width}:{height}:flags=bicubic,setsar=1,format=yuv420p")]);
        ffmpeg.args(["-c:v", "libx264", "-profile:v", "high", "-pix_fmt", "yuv420p", "-threads", "1"]);
        ffmpeg.args(["-preset", "veryfast", "-x264-params", "open-gop=0:scenecut=0"]);
        ffmpeg.args(["-crf", &rung.crf.to_string()]);
        ffmpeg.args(["-maxrate", &format!("{}k", rung.max_kbps), "-bufsize", &format!("{}k", rung.max_kbps * 2)]);
        ffmpeg.args(["-g", "100000", "-forced-idr", "1"]);
        ffmpeg.args(["-force_key_frames", &format!("expr:gte(t,n_forced*{group_ms}/1000)")]);
        ffmpeg.arg(&to);
        running.push(Running::start(&mut ffmpeg, &bench.scratch)?);
        films.push(to);
    }
    for mut one in running {
        let status = one.wait()?;
        if !status.success() {
            return Err(Failure::new(format!("ffmpeg made no rung: {status}")));
        }
    }
    let wall = begin.elapsed();
    Ok(Made { cpu: kernel::cpu_of_children(std::process::id())?.saturating_sub(before), wall, films })
}
