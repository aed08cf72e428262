//! Units of H.264 and HEVC in samples, each behind its length (ISO/IEC 14496-15, 5.3.3 and 8.3.3).

use core::ops::Range;

use super::error::Fault;

/// A unit, and where it lies in its sample.
pub(super) type Placed<'a> = (&'a [u8], Range<usize>);

/// The units of a sample whose lengths have so many bytes, from 1 to 4.
pub(super) fn units(sample: &[u8], length_size: usize) -> impl Iterator<Item = Result<Placed<'_>, Fault>> {
    let mut at = 0usize;
    core::iter::from_fn(move || {
        let rest = sample.get(at..).filter(|rest| !rest.is_empty())?;
        let unit = rest.split_at_checked(length_size).and_then(|(length, behind)| {
            let len = length.iter().fold(0usize, |len, byte| len << 8 | usize::from(*byte));
            behind.get(..len)
        });
        let Some(unit) = unit else {
            at = sample.len();
            return Some(Err(Fault::Damaged("a unit reaches past its end")));
        };
        let start = at.saturating_add(length_size);
        at = start.saturating_add(unit.len());
        Some(Ok((unit, start..at)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_lie_behind_their_lengths() {
        let sample = [0, 2, 0xaa, 0xbb, 0, 0, 0, 1, 0xcc];
        let found: Vec<_> = units(&sample, 2).map(Result::unwrap).collect();
        assert_eq!(found, [(&[0xaa, 0xbb][..], 2..4), (&[], 6..6), (&[0xcc], 8..9)]);
        for len in [1, 3, 5, 8] {
            let found: Vec<_> = units(&sample[..len], 2).collect();
            assert!(found.last().unwrap().is_err(), "{len}");
        }
        assert_eq!(units(&sample[1..], 1).map(|unit| unit.is_ok()).collect::<Vec<_>>(), [true; 5]);
        assert_eq!(units(&[], 4).count(), 0);
    }
}
