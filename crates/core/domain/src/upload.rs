//! How an upload is cut into parts.

use crate::problem::{Kind, Problem};
use core::ops::Range;
use std::collections::HashMap;

/// Size of every part but the last, in bytes: the size that Cloud Video Kit's clients expect.
pub const PART_SIZE: u64 = 50_000_000;

/// The cut of one upload. Parts are numbered from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartLayout {
    file_size: u64,
}

impl PartLayout {
    /// The cut of a file of `file_size` bytes; `max` is the server's limit.
    ///
    /// # Errors
    /// `fileSize` is zero or beyond the limit.
    pub fn new(file_size: u64, max: u64) -> Result<Self, Problem> {
        if file_size == 0 {
            return Err(Problem::invalid(
                "fileSize",
                "An empty file cannot be uploaded: the size must be at least 1 byte.",
            ));
        }
        if file_size > max {
            return Err(Problem {
                kind: Kind::TooLarge,
                reason: "file_too_large",
                message: format!("The file is larger than this server takes: at most {max} bytes."),
                field: Some("fileSize".to_owned()),
            });
        }
        Ok(Self { file_size })
    }

    /// The cut of a stored upload, whose size was accepted before.
    pub const fn stored(file_size: u64) -> Self {
        Self { file_size }
    }

    /// Bytes of the whole file.
    pub const fn file_size(self) -> u64 {
        self.file_size
    }

    /// Bytes of every part but the last.
    pub const fn part_size(self) -> u64 {
        PART_SIZE
    }

    /// Number of parts, at least 1.
    pub const fn count(self) -> u64 {
        self.file_size.div_ceil(PART_SIZE)
    }

    /// Bytes of the last part.
    pub const fn last_part_size(self) -> u64 {
        self.file_size - (self.count() - 1) * PART_SIZE
    }

    /// Where part `number` lies in the file.
    ///
    /// # Errors
    /// There is no such part.
    pub fn range(self, number: u64) -> Result<Range<u64>, Problem> {
        if number == 0 || number > self.count() {
            return Err(Problem::invalid(
                "partNumber",
                format!("There is no part {number}: this upload has parts 1 to {}.", self.count()),
            ));
        }
        let start = (number - 1) * PART_SIZE;
        Ok(start..(start + PART_SIZE).min(self.file_size))
    }
}

/// A part that is on the disk, as acknowledged to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPart {
    /// From 1.
    pub number: u64,
    /// Names this writing of the part; without quotes.
    pub etag: String,
    /// Bytes.
    pub size: u64,
}

/// What the client says about a part when it completes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedPart {
    /// From 1.
    pub number: u64,
    /// As answered to the PUT; quotes are taken off.
    pub etag: String,
}

/// Checks a client's list of parts against what is stored: every part once, every ETag and size right.
///
/// # Errors
/// The first difference, naming the part.
pub fn verify(layout: PartLayout, stored: &[StoredPart], claimed: &[ClaimedPart]) -> Result<(), Problem> {
    let mut claims = HashMap::with_capacity(claimed.len());
    for claim in claimed {
        layout.range(claim.number)?;
        if claims.insert(claim.number, claim.etag.trim_matches('"')).is_some() {
            return Err(part_problem(claim.number, format!("Part {} is listed twice.", claim.number)));
        }
    }
    let stored: HashMap<u64, &StoredPart> = stored.iter().map(|part| (part.number, part)).collect();
    for number in 1..=layout.count() {
        let size = layout.range(number).map(|range| range.end - range.start)?;
        let Some(etag) = claims.get(&number) else {
            return Err(part_problem(number, format!("Part {number} of {} is not listed.", layout.count())));
        };
        let Some(part) = stored.get(&number).filter(|part| part.size == size) else {
            return Err(part_problem(number, format!("Part {number} of {} has not been uploaded.", layout.count())));
        };
        if *etag != part.etag {
            return Err(part_problem(
                number,
                format!("The ETag of part {number} is not the one that was answered when it was last uploaded."),
            ));
        }
    }
    Ok(())
}

fn part_problem(number: u64, message: String) -> Problem {
    Problem {
        kind: Kind::Invalid,
        reason: "invalid_part",
        message,
        field: Some(format!("parts[{}]", number.saturating_sub(1))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: u64 = 1 << 40;

    #[test]
    fn parts_cover_the_file_once() {
        for (size, count, last) in [
            (1, 1, 1),
            (49_999_999, 1, 49_999_999),
            (50_000_000, 1, 50_000_000),
            (50_000_001, 2, 1),
            (76_251_798, 2, 26_251_798),
        ] {
            let layout = PartLayout::new(size, MAX).unwrap();
            assert_eq!((layout.count(), layout.last_part_size()), (count, last), "{size}");
            let mut at = 0;
            for number in 1..=count {
                let range = layout.range(number).unwrap();
                assert_eq!(range.start, at);
                at = range.end;
            }
            assert_eq!(at, size);
            assert!(layout.range(0).is_err() && layout.range(count + 1).is_err());
        }
    }

    #[test]
    fn an_empty_and_an_oversize_file_are_refused() {
        assert_eq!(PartLayout::new(0, MAX).unwrap_err().kind, Kind::Invalid);
        assert_eq!(PartLayout::new(MAX + 1, MAX).unwrap_err().kind, Kind::TooLarge);
    }

    fn stored(number: u64, size: u64) -> StoredPart {
        StoredPart { number, etag: format!("tag{number}"), size }
    }

    fn claimed(number: u64, etag: &str) -> ClaimedPart {
        ClaimedPart { number, etag: etag.to_owned() }
    }

    #[test]
    fn verification_names_the_first_wrong_part() {
        let layout = PartLayout::new(PART_SIZE + 7, MAX).unwrap();
        let both = [stored(1, PART_SIZE), stored(2, 7)];
        assert_eq!(verify(layout, &both, &[claimed(2, "tag2"), claimed(1, "\"tag1\"")]), Ok(()));
        for (case, stored, claimed, field) in [
            ("not listed", &both[..], vec![claimed(1, "tag1")], "parts[1]"),
            ("not uploaded", &both[..1], vec![claimed(1, "tag1"), claimed(2, "tag2")], "parts[1]"),
            ("wrong tag", &both[..], vec![claimed(1, "tag2"), claimed(2, "tag2")], "parts[0]"),
            ("twice", &both[..], vec![claimed(1, "tag1"), claimed(1, "tag1"), claimed(2, "tag2")], "parts[0]"),
            ("no such part", &both[..], vec![claimed(1, "tag1"), claimed(2, "tag2"), claimed(3, "x")], "partNumber"),
        ] {
            assert_eq!(verify(layout, stored, &claimed).unwrap_err().field.as_deref(), Some(field), "{case}");
        }
    }
}
