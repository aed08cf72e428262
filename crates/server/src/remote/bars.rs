//! Progress as people see it: bars on a terminal, nothing where there is none.

use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// How often what does not move is drawn again.
const TICK: Duration = Duration::from_millis(200);

/// A bar for `total` bytes, of which `there` were sent before.
pub(super) fn bytes(total: u64, there: u64) -> ProgressBar {
    let bar = bar("Uploading  {wide_bar} {percent:>3} %  {bytes}/{total_bytes}  {bytes_per_sec}  {eta}", total);
    bar.set_position(there);
    bar.reset_eta();
    bar
}

/// A bar of hundredths.
pub(super) fn percent() -> ProgressBar {
    bar("Processing {wide_bar} {percent:>3} %  {msg}", 100)
}

fn bar(template: &str, total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_wrong| ProgressStyle::default_bar());
    let bar = ProgressBar::new(total).with_style(style.progress_chars("━╸ "));
    bar.enable_steady_tick(TICK);
    bar
}
