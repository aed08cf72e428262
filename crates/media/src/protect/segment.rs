//! Media segments of protected tracks.

use super::Scheme;
use super::cipher::Cipher;
use super::error::ProtectError;
use super::information::Information;
use super::key::ContentKey;
use super::walk::Walk;
use crate::bits::{len_u64, to_usize};
use crate::cmaf::write_head;
use crate::map::SegmentMap;

/// A media segment whose samples are encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtectedSegment {
    /// `styp`, `moof` and the header of the `mdat`.
    pub head: Vec<u8>,
    /// What follows: the samples.
    pub payload: Vec<u8>,
}

impl ProtectedSegment {
    /// Length of the whole segment in bytes. Nobody knows it before the samples were looked into.
    pub fn size(&self) -> u64 {
        len_u64(self.head.len()).saturating_add(len_u64(self.payload.len()))
    }
}

/// Media segment `n`, from 0, encrypted in place: `payload` is the bytes of all its samples, in decode order.
///
/// The same map, payload and key give the same segment, always: under [`Scheme::Cenc`] samples are counted through the
/// track. A map that grows keeps the numbers of the samples that it had.
///
/// A segment is looked at alone. So H.264 and HEVC must have their parameter sets in the sample entry or in the segment, and
/// VP9 and AV1 must begin it with a key frame, as every segment does that a player can begin with.
///
/// # Errors
/// There is no such segment; the track cannot be protected so; other bytes than the samples have; samples that are
/// damaged, or hold what cannot be protected. Nothing of the payload is given back then.
pub fn media_segment(
    map: &SegmentMap,
    n: u32,
    mut payload: Vec<u8>,
    scheme: Scheme,
    key: &ContentKey,
) -> Result<ProtectedSegment, ProtectError> {
    let missing = ProtectError::NoSegment { n };
    let expected = map.segment(n).ok_or(missing)?.payload_bytes;
    let (segment, first) = map.samples(n).zip(map.first_sample(n)).ok_or(missing)?;
    let mut walk = Walk::new(map.header(), scheme).ok_or(ProtectError::Codec { scheme })?;
    let given = len_u64(payload.len());
    if given != expected {
        return Err(ProtectError::Length { expected, given });
    }
    let cipher = Cipher::new(scheme, key);
    let mut information = Information::new(scheme, first);
    let mut rest = payload.as_mut_slice();
    for (number, sample) in (0..).zip(&segment.samples) {
        let Some((bytes, behind)) = rest.split_at_mut_checked(to_usize(sample.size)) else {
            return Err(ProtectError::Length { expected, given });
        };
        let ranges = walk.sample(bytes).map_err(|fault| fault.of(number))?;
        cipher.sample(bytes, first.saturating_add(number.into()), ranges.as_deref());
        information.push(ranges);
        rest = behind;
    }
    let head = write_head(n, &segment, expected, |out, moof| information.write(out, moof));
    Ok(ProtectedSegment { head, payload })
}
