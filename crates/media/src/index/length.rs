//! How long frames of sound are.

use crate::bits::Cursor;

/// How the length of a frame is known, in ticks of the track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrameLength {
    /// It is not: the container must say.
    Unknown,
    /// Every frame has the same.
    Constant(u32),
    /// The packet says (RFC 6716, 3.1), at 48 kHz.
    Opus,
    /// The frame header says (RFC 9639, 9.1).
    Flac,
}

impl FrameLength {
    /// The length of the frame that begins with `head`.
    pub(crate) fn of(self, head: &[u8]) -> Option<u32> {
        match self {
            Self::Unknown => None,
            Self::Constant(length) => Some(length),
            Self::Opus => opus(head),
            Self::Flac => flac(head),
        }
    }

    /// Frames of MPEG audio layer 3 (ISO/IEC 11172-3 and 13818-3).
    pub(crate) fn mp3(sample_rate: u32) -> Self {
        Self::Constant(if sample_rate >= 32_000 { 1_152 } else { 576 })
    }
}

/// What the header of a frame of MPEG audio layer 3 says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mp3Header {
    pub(crate) sample_rate: u32,
    pub(crate) channels: u16,
}

impl Mp3Header {
    pub(crate) fn parse(frame: &[u8]) -> Option<Self> {
        let [sync, second, third, fourth] = *frame.first_chunk::<4>()?;
        if sync != 0xff || second & 0xe6 != 0xe2 {
            return None;
        }
        let base = [44_100u32, 48_000, 32_000].get(usize::from(third >> 2 & 3)).copied()?;
        let sample_rate = match second >> 3 & 3 {
            0 => base / 4,
            2 => base / 2,
            3 => base,
            _ => return None,
        };
        Some(Self { sample_rate, channels: if fourth >> 6 == 3 { 1 } else { 2 } })
    }
}

fn opus(head: &[u8]) -> Option<u32> {
    let mut cursor = Cursor::new(head);
    let toc = cursor.u8()?;
    let config = toc >> 3;
    let frame = match (config, config & 3) {
        (0..=11, 0) => 480,
        (0..=11, 1) => 960,
        (0..=11, 2) => 1_920,
        (0..=11, _) => 2_880,
        (12..=15, low) => 480 << (low & 1),
        (_, low) => 120u32 << low,
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(cursor.u8()? & 0x3f),
    };
    Some(frame * frames).filter(|length| (1..=5_760).contains(length))
}

fn flac(head: &[u8]) -> Option<u32> {
    let mut cursor = Cursor::new(head);
    if cursor.u16()? & 0xfffe != 0xfff8 {
        return None;
    }
    let code = cursor.u8()? >> 4;
    cursor.skip(1)?;
    match code {
        1 => Some(192),
        2..=5 => Some(576 << (code - 2)),
        6 | 7 => {
            // Behind the number of the frame, which is coded like a character.
            let ones = cursor.u8()?.leading_ones();
            cursor.skip(usize::try_from(ones.saturating_sub(1)).ok()?)?;
            Some(if code == 6 { u32::from(cursor.u8()?) } else { u32::from(cursor.u16()?) } + 1)
        }
        8..=15 => Some(256 << (code - 8)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_of_opus_tell_their_length() {
        for (head, expected) in [
            (&[0x08u8][..], Some(960)),
            (&[0x78], Some(960)),
            (&[0xfc], Some(960)),
            (&[0xf1], Some(960)),
            // Nothing is longer than 120 ms.
            (&[0x1b, 0x03], None),
            (&[0xfb, 0x03], Some(2_880)),
            (&[0xe0], Some(120)),
            (&[0x03], None),
            (&[], None),
        ] {
            assert_eq!(FrameLength::Opus.of(head), expected, "{head:x?}");
        }
    }

    #[test]
    fn frames_of_mp3_tell_their_rate() {
        for (head, expected) in [
            (b"\xff\xfb\x90\x64", Some((44_100, 2))),
            (b"\xff\xfb\x94\xc4", Some((48_000, 1))),
            (b"\xff\xf3\x40\xc0", Some((22_050, 1))),
            (b"\xff\xe3\x48\x00", Some((8_000, 2))),
            (b"\xff\xf1\x50\x80", None),
            (b"\xff\xfb\x9c\x00", None),
        ] {
            let found = Mp3Header::parse(head).map(|header| (header.sample_rate, header.channels));
            assert_eq!(found, expected, "{head:x?}");
        }
    }

    #[test]
    fn frames_of_flac_tell_their_length() {
        for (head, expected) in [
            (&[0xff, 0xf8, 0xc9, 0x18, 0x00][..], Some(4_096)),
            (&[0xff, 0xf8, 0x29, 0x18, 0x00], Some(576)),
            (&[0xff, 0xf8, 0x79, 0x18, 0x05, 0x03, 0xff], Some(1_024)),
            (&[0xff, 0xf8, 0x69, 0x18, 0xc2, 0x80, 0x0f], Some(16)),
            (&[0xff, 0x00, 0xc9, 0x18], None),
            (&[0xff, 0xf8, 0x79], None),
        ] {
            assert_eq!(FrameLength::Flac.of(head), expected, "{head:x?}");
        }
    }
}
