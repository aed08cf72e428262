//! Reading many runs with few system calls: `preadv2` scatters one stretch of the file over the
//! buffer (what is wanted) and a scratch buffer (what lies between).

use crate::runs::Run;
use core::ops::Range;
use rustix::io::{Errno, ReadWriteFlags, preadv2, retry_on_intr};
use std::fs::File;
use std::io::{self, IoSliceMut};

/// Gaps up to here are read and thrown away; across larger ones a further call costs less than the copy.
const GAP: u64 = 4 * 1024;

/// Scratch bytes of one call.
pub const SCRATCH: usize = 64 * 1024;

/// Slices of one call; the kernel takes 1024.
const SLICES: usize = 1000;

/// How long a read may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Only what is in memory.
    None,
    /// As long as the disk needs.
    Disk,
}

/// How far a reading came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is there.
    Done,
    /// The rest is on the disk.
    OnDisk,
    /// This file system cannot tell what is in memory.
    CannotTell,
}

/// One piece being read: its runs, one after the other in a buffer.
#[derive(Debug)]
pub(crate) struct Filling {
    runs: Vec<Run>,
    /// The run being read, and how much of it is there.
    at: usize,
    within: usize,
    /// How much of the buffer is there.
    filled: usize,
}

impl Filling {
    pub(crate) const fn new(runs: Vec<Run>) -> Self {
        Self { runs, at: 0, within: 0, filled: 0 }
    }

    /// Bytes of the piece.
    pub(crate) fn len(&self) -> usize {
        self.runs.iter().map(|run| run.len).sum()
    }

    /// Whether a scratch buffer serves.
    pub(crate) fn has_gaps(&self) -> bool {
        self.runs.len() > 1
    }

    /// Where reading goes on; `None` at the end.
    pub(crate) fn position(&self) -> Option<u64> {
        self.runs.get(self.at).map(|run| run.offset.saturating_add(self.within as u64))
    }

    /// What is left of the piece from here on, while it lies in `window` bytes without a gap above
    /// `gap`: worth asking the disk for at once.
    pub(crate) fn ahead(&self, window: u64, gap: u64) -> Option<Range<u64>> {
        let start = self.position()?;
        let mut end = start;
        for run in self.runs.get(self.at..)? {
            if run.offset > end.saturating_add(gap) || run.offset >= start.saturating_add(window) || run.end() < end {
                break;
            }
            end = run.end();
        }
        Some(start..end.min(start.saturating_add(window)))
    }

    /// Reads on until the piece is there or patience ends. `buffer` is the same at every call.
    pub(crate) fn fill(
        &mut self,
        file: &File,
        buffer: &mut [u8],
        scratch: &mut [u8],
        patience: Patience,
    ) -> io::Result<Outcome> {
        while self.at < self.runs.len() {
            match self.step(file, buffer, scratch, patience)? {
                Outcome::Done => {}
                stopped => return Ok(stopped),
            }
        }
        Ok(Outcome::Done)
    }

    /// One system call.
    pub(crate) fn step(
        &mut self,
        file: &File,
        buffer: &mut [u8],
        scratch: &mut [u8],
        patience: Patience,
    ) -> io::Result<Outcome> {
        let Some(offset) = self.position() else {
            return Ok(Outcome::Done);
        };
        let flags = match patience {
            Patience::None => ReadWriteFlags::NOWAIT,
            Patience::Disk => ReadWriteFlags::empty(),
        };
        let mut slices = self.slices(offset, buffer, scratch)?;
        match (retry_on_intr(|| preadv2(file, &mut slices, offset, flags)), patience) {
            (Ok(0) | Err(Errno::AGAIN), Patience::None) => Ok(Outcome::OnDisk),
            (Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL), Patience::None) => Ok(Outcome::CannotTell),
            // The file is shorter than it was when it was opened.
            (Ok(0), Patience::Disk) => Err(io::ErrorKind::UnexpectedEof.into()),
            (Ok(read), _) => {
                self.advance(read);
                Ok(Outcome::Done)
            }
            (Err(errno), _) => Err(errno.into()),
        }
    }

    /// Slices for the bytes from `offset` on, up to the first gap that is too large to read across.
    fn slices<'a>(&self, offset: u64, buffer: &'a mut [u8], scratch: &'a mut [u8]) -> io::Result<Vec<IoSliceMut<'a>>> {
        let mut slices = Vec::with_capacity((2 * (self.runs.len() - self.at)).min(SLICES));
        let mut room = buffer.get_mut(self.filled..).unwrap_or_default();
        let mut waste = scratch.get_mut(..scratch.len().min(SCRATCH)).unwrap_or_default();
        let mut end = offset;
        let mut skipped = self.within;
        for run in self.runs.get(self.at..).unwrap_or_default() {
            let start = run.offset.saturating_add(skipped as u64);
            let len = run.len - skipped;
            skipped = 0;
            let gap = start.checked_sub(end).filter(|gap| *gap <= GAP).and_then(|gap| usize::try_from(gap).ok());
            let Some(gap) = gap.filter(|_| slices.len() + 2 <= SLICES) else {
                break;
            };
            if gap > 0 {
                let Some((between, rest)) = waste.split_at_mut_checked(gap) else {
                    break;
                };
                slices.push(IoSliceMut::new(between));
                waste = rest;
            }
            let Some((wanted, rest)) = room.split_at_mut_checked(len) else {
                return Err(io::ErrorKind::InvalidInput.into());
            };
            slices.push(IoSliceMut::new(wanted));
            room = rest;
            end = run.end();
        }
        Ok(slices)
    }

    /// Takes note of `read` bytes of the file from where it was, gaps included.
    fn advance(&mut self, mut read: usize) {
        while let Some(run) = self.runs.get(self.at).copied() {
            let taken = read.min(run.len - self.within);
            self.within += taken;
            self.filled += taken;
            read -= taken;
            if self.within < run.len {
                return;
            }
            self.at += 1;
            self.within = 0;
            let gap = self.runs.get(self.at).and_then(|next| next.offset.checked_sub(run.end()));
            match gap.and_then(|gap| usize::try_from(gap).ok()).and_then(|gap| read.checked_sub(gap)) {
                // Reading ended in the gap, or before it: the next call begins behind it.
                None | Some(0) => return,
                Some(left) => read = left,
            }
        }
    }
}
