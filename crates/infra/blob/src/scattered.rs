//! Runs of an open file in one buffer, for who sends them himself.

use crate::fill::{Filling, Outcome, Patience};
use crate::runs::Run;
use core::ops::Range;
use std::fs::File;
use std::io;

pub use crate::fill::SCRATCH;

/// Whether bytes were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scattered {
    /// All of them are in the buffer.
    Read,
    /// Some are on the disk, and waiting was not wanted.
    OnDisk,
}

/// Reads `runs`, which ascend, one after the other into `buffer`, which they fill; `scratch` is [`SCRATCH`] bytes that what
/// lies between them may be read into. Without `may_wait` only what the page cache holds is read, as far as the file system
/// can tell.
///
/// # Errors
/// The file is shorter, or cannot be read.
pub fn read_scattered(
    file: &File,
    runs: &[Range<u64>],
    (buffer, scratch): (&mut [u8], &mut [u8]),
    may_wait: bool,
) -> io::Result<Scattered> {
    let run = |range: &Range<u64>| {
        let len = usize::try_from(range.end.saturating_sub(range.start)).map_err(io::Error::other)?;
        Ok(Run { offset: range.start, len })
    };
    let mut filling = Filling::new(runs.iter().map(run).collect::<io::Result<_>>()?);
    let patience = if may_wait { Patience::Disk } else { Patience::None };
    match filling.fill(file, buffer, scratch, patience)? {
        Outcome::Done => Ok(Scattered::Read),
        Outcome::OnDisk => Ok(Scattered::OnDisk),
        Outcome::CannotTell => {
            filling.fill(file, buffer, scratch, Patience::Disk)?;
            Ok(Scattered::Read)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn runs_fill_a_buffer() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&(0..=255).collect::<Vec<u8>>()).unwrap();
        let mut scratch = vec![0; SCRATCH];
        for may_wait in [false, true] {
            let mut buffer = [0; 7];
            let read = read_scattered(&file, &[3..5, 10..11, 200..204], (&mut buffer, &mut scratch), may_wait);
            assert_eq!((read.unwrap(), buffer), (Scattered::Read, [3, 4, 10, 200, 201, 202, 203]));
        }
        let error = read_scattered(&file, &[240..245, 250..260], (&mut [0; 15], &mut scratch), true).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
