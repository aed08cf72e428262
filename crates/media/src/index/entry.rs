//! Sample entries (`stsd`) of tracks whose container has none.

use crate::cmaf::boxed;
use crate::codec::mp3_esds;

/// A visual sample entry (ISO/IEC 14496-12, 12.1.3).
#[derive(Debug, Clone, Copy)]
pub(super) struct Visual<'a> {
    pub(super) name: [u8; 4],
    pub(super) width: u32,
    pub(super) height: u32,
    /// Name and body of the decoder configuration.
    pub(super) config: ([u8; 4], &'a [u8]),
    /// Width to height of a pixel.
    pub(super) aspect: (u32, u32),
    /// The body of a `colr`, as `nclx`: primaries, transfer characteristics, matrix, full range.
    pub(super) color: Option<([u8; 3], bool)>,
}

impl Visual<'_> {
    pub(super) fn write(&self) -> Vec<u8> {
        let side = |pixels: u32| u16::try_from(pixels).unwrap_or(u16::MAX).to_be_bytes();
        let mut entry = Vec::new();
        boxed(&mut entry, self.name, |out| {
            out.extend_from_slice(b"\0\0\0\0\0\0\0\x01");
            out.extend_from_slice(&[0; 16]);
            out.extend_from_slice(&side(self.width));
            out.extend_from_slice(&side(self.height));
            out.extend_from_slice(b"\0\x48\0\0\0\x48\0\0\0\0\0\0\0\x01");
            out.extend_from_slice(&[0; 32]);
            out.extend_from_slice(b"\0\x18\xff\xff");
            let (name, body) = self.config;
            boxed(out, name, |out| out.extend_from_slice(body));
            let (wide, high) = self.aspect;
            if wide != high {
                boxed(out, *b"pasp", |out| {
                    out.extend_from_slice(&wide.to_be_bytes());
                    out.extend_from_slice(&high.to_be_bytes());
                });
            }
            if let Some((codes, full_range)) = self.color {
                boxed(out, *b"colr", |out| {
                    out.extend_from_slice(b"nclx");
                    for code in codes {
                        out.extend_from_slice(&u16::from(code).to_be_bytes());
                    }
                    out.push(if full_range { 0x80 } else { 0 });
                });
            }
        });
        entry
    }
}

/// An audio sample entry (ISO/IEC 14496-12, 12.2.3).
#[derive(Debug, Clone, Copy)]
pub(super) struct Sound<'a> {
    pub(super) name: [u8; 4],
    pub(super) channels: u16,
    pub(super) sample_rate: u32,
    /// Name and body of the decoder configuration.
    pub(super) config: ([u8; 4], &'a [u8]),
}

impl Sound<'_> {
    pub(super) fn write(&self) -> Vec<u8> {
        let mut entry = Vec::new();
        boxed(&mut entry, self.name, |out| {
            out.extend_from_slice(b"\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0");
            out.extend_from_slice(&self.channels.to_be_bytes());
            out.extend_from_slice(b"\0\x10\0\0\0\0");
            out.extend_from_slice(&u16::try_from(self.sample_rate).unwrap_or(0).to_be_bytes());
            out.extend_from_slice(&[0, 0]);
            let (name, body) = self.config;
            boxed(out, name, |out| out.extend_from_slice(body));
        });
        entry
    }
}

/// The sample entry of MPEG audio layer 3.
pub(super) fn mp3(channels: u16, sample_rate: u32) -> Vec<u8> {
    Sound { name: *b"mp4a", channels, sample_rate, config: (*b"esds", &mp3_esds()) }.write()
}

/// The body of an `esds` for AAC (ISO/IEC 14496-1, 7.2.6) with its AudioSpecificConfig; `None` for one that is too
/// long to be one.
pub(super) fn esds(specific: &[u8]) -> Option<Vec<u8>> {
    let len = u8::try_from(specific.len()).ok().filter(|len| (2..=64).contains(len))?;
    let mut body = vec![0, 0, 0, 0, 3, 23 + len, 0, 0, 0, 4, 15 + len, 0x40, 0x15];
    body.extend([0; 11]);
    body.extend([5, len]);
    body.extend_from_slice(specific);
    body.extend([6, 1, 2]);
    Some(body)
}

/// The body of a `dOps` (Opus in ISO BMFF, 4.3.2) from an identification header (RFC 7845, 5.1), and its pre-skip.
pub(super) fn dops(head: &[u8]) -> Option<(Vec<u8>, u16)> {
    let fields = head.strip_prefix(b"OpusHead")?;
    let (&[_version, channels, s0, s1, r0, r1, r2, r3, g0, g1, family], mapping) = fields.split_first_chunk::<11>()?;
    let mut body = vec![0, channels, s1, s0, r3, r2, r1, r0, g1, g0, family];
    if family != 0 {
        body.extend_from_slice(mapping.get(..usize::from(channels).checked_add(2)?)?);
    }
    (channels > 0).then_some((body, u16::from_le_bytes([s0, s1])))
}

/// The body of a `dfLa` (FLAC in ISO BMFF, 3.3.2) from the header of a native file: its stream information alone.
pub(super) fn dfla(head: &[u8]) -> Option<Vec<u8>> {
    let blocks = head.strip_prefix(b"fLaC").unwrap_or(head);
    let (header, rest) = blocks.split_first_chunk::<4>()?;
    let information = rest.get(..34)?;
    let [kind, a, b, c] = *header;
    if kind & 0x7f != 0 || [a, b, c] != [0, 0, 34] {
        return None;
    }
    let mut body = vec![0, 0, 0, 0, 0x80, 0, 0, 34];
    body.extend_from_slice(information);
    Some(body)
}

/// Width to height of a pixel, in lowest terms, of a picture that is shown in another shape; square where that is
/// within a pixel.
pub(crate) fn pixel_aspect(coded: (u32, u32), shown: (u32, u32)) -> (u32, u32) {
    let wide = u64::from(shown.0).saturating_mul(u64::from(coded.1));
    let high = u64::from(shown.1).saturating_mul(u64::from(coded.0));
    if wide == 0 || high == 0 || wide.abs_diff(high) <= u64::from(coded.1.max(shown.1)) {
        return (1, 1);
    }
    let (mut a, mut b) = (wide, high);
    while b != 0 {
        (a, b) = (b, a.checked_rem(b).unwrap_or(0));
    }
    let part = |value: u64| value.checked_div(a).and_then(|value| u32::try_from(value).ok());
    part(wide).zip(part(high)).unwrap_or((1, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec;

    #[test]
    fn configurations_are_understood_by_their_readers() {
        let aac = codec::elementary_stream(&esds(&[0x12, 0x10]).unwrap()).unwrap();
        assert_eq!((aac.codec.rfc6381().as_str(), aac.sample_rate, aac.channels), ("mp4a.40.2", 44_100, 2));
        assert_eq!(esds(&[0; 65]), None);
        let (opus, skip) = dops(b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\0\0").unwrap();
        assert_eq!((opus.as_slice(), skip), (&b"\0\x02\x01\x38\0\0\xbb\x80\0\0\0"[..], 312));
        assert_eq!(codec::opus(&opus).unwrap().channels, 2);
        assert_eq!(dops(b"OpusHead\x01\x06\x38\x01\x80\xbb\0\0\0\0\x01\x04"), None);
        let mut flac = b"fLaC\0\0\0\x22".to_vec();
        flac.extend([0; 10]);
        flac.extend([0x0a, 0xc4, 0x42, 0xf0]);
        flac.extend([0; 20]);
        assert_eq!(codec::flac(&dfla(&flac).unwrap()).unwrap().sample_rate, 44_100);
    }

    #[test]
    fn pixels_are_square_unless_the_shape_says_otherwise() {
        assert_eq!(pixel_aspect((720, 576), (1024, 576)), (64, 45));
        assert_eq!(pixel_aspect((1920, 1080), (1920, 1080)), (1, 1));
        assert_eq!(pixel_aspect((1440, 1080), (1920, 1080)), (4, 3));
        assert_eq!(pixel_aspect((854, 480), (853, 480)), (1, 1));
        assert_eq!(pixel_aspect((0, 0), (853, 480)), (1, 1));
    }
}
