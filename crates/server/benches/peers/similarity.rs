//! How much a rung looks like what it was made of.

use crate::failure::{Context as _, Failure, Outcome};
use crate::footage::ffmpeg;
use crate::process::run;
use crate::stats::float;
use kinora_domain::picture::Size;
use std::path::Path;

/// The mean structural similarity of a rung and the original scaled to its size, picture by picture.
///
/// # Errors
/// They have not as many pictures as expected.
pub(crate) fn ssim(rung: &Path, original: &Path, size: Size, pictures: u64) -> Outcome<f64> {
    let Size { width, height } = size;
    let graph = format!(
        "[0:v]settb=1/25,setpts=N[made];[1:v]scale={width}:{height}:flags=bicubic,settb=1/25,setpts=N[meant];\
         [made][meant]ssim=stats_file=-"
    );
    let mut ffmpeg = ffmpeg();
    ffmpeg.arg("-i").arg(rung).arg("-i").arg(original).args(["-filter_complex", &graph, "-f", "null", "-"]);
    let told = run(&mut ffmpeg)?;
    let mut sum = 0.0;
    let mut count = 0_u64;
    for line in told.lines() {
        let (_, value) = line.split_once("All:").context("ffmpeg told no similarity")?;
        sum += value.split(' ').next().unwrap_or_default().parse::<f64>().context(line)?;
        count += 1;
    }
    if count == pictures {
        return Ok(sum / float(count));
    }
    Err(Failure::new(format!("{count} pictures could be compared in place of {pictures}")))
}
