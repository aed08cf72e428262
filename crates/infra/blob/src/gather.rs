//! Copying ranges of one object into another.

use crate::fill::{Filling, Outcome, Patience, SCRATCH};
use crate::runs::Runs;
use rustix::fs::{Advice, fadvise};
use std::fs::File;
use std::io::{self, Write};

/// Bytes gathered before they are written.
const BUFFER: usize = 1024 * 1024;

/// How far ahead of a read that has to wait the disk is asked, in bytes of the source.
const WINDOW: u64 = 8 * 1024 * 1024;

/// Gaps above this are not read just to get across them.
const DISTANCE: u64 = 256 * 1024;

/// Appends the runs of `from` to `to`. The sound of a film is hundreds of thousands of runs of a few
/// hundred bytes: each that the page cache holds is one call without a wait; at one that it does not
/// hold the disk is asked for the stretch ahead in one go, since it moves a few megabytes faster than
/// it seeks a hundred times.
pub(crate) fn gather(from: &File, mut runs: Runs, mut to: &File) -> io::Result<u64> {
    let mut buffer = vec![0; BUFFER];
    let mut scratch = vec![0; SCRATCH];
    let mut ahead = Ahead::default();
    let mut total = 0;
    while let Some(piece) = runs.next_piece(BUFFER) {
        let mut filling = Filling::new(piece);
        let mut patience = Patience::None;
        loop {
            match filling.fill(from, &mut buffer, &mut scratch, patience)? {
                Outcome::Done => break,
                Outcome::OnDisk => {
                    ahead.ask(from, &filling);
                    filling.step(from, &mut buffer, &mut scratch, Patience::Disk)?;
                }
                Outcome::CannotTell => patience = Patience::Disk,
            }
        }
        let filled = buffer.get(..filling.len()).unwrap_or_default();
        to.write_all(filled)?;
        total += filled.len() as u64;
    }
    Ok(total)
}

/// What the disk was asked for.
#[derive(Debug, Default)]
struct Ahead {
    until: u64,
}

impl Ahead {
    /// Asks for the stretch at which `filling` stands, once less than half of it is left.
    fn ask(&mut self, from: &File, filling: &Filling) {
        let Some(range) = filling.ahead(WINDOW, DISTANCE) else {
            return;
        };
        if range.start.saturating_add(WINDOW / 2) < self.until && range.start.saturating_add(WINDOW) > self.until {
            return;
        }
        let start = if (range.start..range.end).contains(&self.until) { self.until } else { range.start };
        // A hint: where it is refused the reads are slower and no less right.
        if let Some(len) = core::num::NonZeroU64::new(range.end.saturating_sub(start))
            && fadvise(from, start, Some(len), Advice::WillNeed).is_ok()
        {
            self.until = range.end;
        }
    }
}
