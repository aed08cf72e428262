//! Presets by name: what a client may ask an asset to be made into.

use crate::problem::Problem;

/// The presets whose output is the moving picture itself. The original serves all of them.
pub const PLAYABLE: [&str; 6] = ["mp4", "mp4_720p", "mp4_1080p", "dash_hls_720p", "dash_hls_1080p", "dash_hls_2160p"];

/// Checks a preset's name.
///
/// # Errors
/// No preset of that name.
pub fn check(name: &str) -> Result<(), Problem> {
    if PLAYABLE.contains(&name) {
        return Ok(());
    }
    Err(Problem::invalid("preset", format!("There is no preset of this name; there are: {}.", PLAYABLE.join(", "))))
}
