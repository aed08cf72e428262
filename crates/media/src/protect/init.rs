//! Initialization segments of protected tracks.

use super::key::{BLOCK, ContentKey, KeyId};
use super::{ProtectError, Scheme, takes};
use crate::bits::Cursor;
use crate::cmaf::write::{boxed, full, put32};
use crate::cmaf::write_init;
use crate::facts::TrackKind;
use crate::map::{SegmentMap, TrackHeader};

/// The system of the World Wide Web Consortium, whose data is a list of keys (`1077efec-c0b2-4d02-ace3-3c1e52e2fb4b`).
const COMMON_SYSTEM: [u8; 16] = *b"\x10\x77\xef\xec\xc0\xb2\x4d\x02\xac\xe3\x3c\x1e\x52\xe2\xfb\x4b";

/// Bytes of the vector that each sample has under `cenc`.
pub(super) const SAMPLE_IV: u8 = 8;

/// The initialization segment of a track whose samples are encrypted: that of [`cmaf`](crate::cmaf), whose sample entry
/// says so, and a `pssh` box that asks for the key.
///
/// # Errors
/// A track that cannot be protected so.
pub fn init_segment(map: &SegmentMap, scheme: Scheme, key: &ContentKey) -> Result<Vec<u8>, ProtectError> {
    let header = map.header();
    if !takes(header, scheme) {
        return Err(ProtectError::Codec { scheme });
    }
    let entry = entry(header, scheme, key).ok_or(ProtectError::Codec { scheme })?;
    Ok(write_init(map, &entry, |out| out.extend_from_slice(&pssh(&[key.kid]))))
}

/// The sample entry of a protected track (ISO/IEC 14496-12, 8.12): the former name goes into its last box.
fn entry(header: &TrackHeader, scheme: Scheme, key: &ContentKey) -> Option<Vec<u8>> {
    let mut cursor = Cursor::new(&header.sample_entry);
    cursor.skip(4)?;
    let format = cursor.array::<4>()?;
    let mut out = Vec::with_capacity(header.sample_entry.len().saturating_add(128));
    boxed(&mut out, if header.kind == TrackKind::Video { *b"encv" } else { *b"enca" }, |out| {
        out.extend_from_slice(cursor.rest());
        boxed(out, *b"sinf", |out| {
            boxed(out, *b"frma", |out| out.extend_from_slice(&format));
            full(out, *b"schm", 0, 0, |out| {
                out.extend_from_slice(&scheme.fourcc());
                put32(out, 0x0001_0000);
            });
            boxed(out, *b"schi", |out| track_encryption(out, header.kind, scheme, key));
        });
    });
    Some(out)
}

/// `tenc` (ISO/IEC 23001-7, 8.2).
fn track_encryption(out: &mut Vec<u8>, kind: TrackKind, scheme: Scheme, key: &ContentKey) {
    // Of pictures the first of ten blocks. Sound has no pattern (10.4.1), which is 0:0; the version is that of the scheme
    // nevertheless, as players of Apple want it.
    let pattern = if kind == TrackKind::Video { 0x19 } else { 0 };
    let (version, pattern, sample_iv) = match scheme {
        Scheme::Cenc => (0, 0, SAMPLE_IV),
        Scheme::Cbcs => (1, pattern, 0),
    };
    full(out, *b"tenc", version, 0, |out| {
        out.extend_from_slice(&[0, pattern, 1, sample_iv]);
        out.extend_from_slice(key.kid.bytes());
        if scheme == Scheme::Cbcs {
            out.push(u8::try_from(BLOCK).unwrap_or(u8::MAX));
            out.extend_from_slice(key.iv.bytes());
        }
    });
}

/// A `pssh` box (ISO/IEC 23001-7, 8.1) that names keys.
pub(crate) fn pssh(keys: &[KeyId]) -> Vec<u8> {
    let mut out = Vec::with_capacity(36 + 16 * keys.len());
    full(&mut out, *b"pssh", 1, 0, |out| {
        out.extend_from_slice(&COMMON_SYSTEM);
        put32(out, u32::try_from(keys.len()).unwrap_or(u32::MAX));
        for key in keys {
            out.extend_from_slice(key.bytes());
        }
        put32(out, 0);
    });
    out
}
