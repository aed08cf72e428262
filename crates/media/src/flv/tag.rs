//! Tags: what they hold, from their first bytes.

use crate::bits::{Cursor, len_u64};

/// How a tag of media is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Avc,
    Hevc,
    Av1,
    Vp9,
    Aac,
    Mp3,
    Opus,
    Flac,
    /// One that does not play, by four characters.
    Other([u8; 4]),
}

/// What a tag holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// A decoder configuration.
    Config,
    /// A frame, shown so many milliseconds after its time.
    Frame { delay: i32, key: bool },
    /// Neither.
    Nothing,
}

/// The beginning of a tag of media.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Media {
    pub(super) coding: Coding,
    pub(super) content: Content,
    /// Bytes in front of what it holds.
    pub(super) header_len: u64,
}

fn signed24(cursor: &mut Cursor<'_>) -> Option<i32> {
    Some((cursor.u24()? << 8).cast_signed() >> 8)
}

/// Reads the beginning of a video tag. `None` where it ends too early.
pub(super) fn video(head: &[u8]) -> Option<Media> {
    let mut cursor = Cursor::new(head);
    let first = cursor.u8()?;
    let extended = first & 0x80 != 0;
    let frame_type = (first >> 4) & 7;
    let key = matches!(frame_type, 1 | 4);
    let mut coding = Coding::Other(*b"none");
    let mut content = Content::Frame { delay: 0, key };
    if extended {
        coding = match &cursor.array()? {
            b"avc1" => Coding::Avc,
            b"hvc1" => Coding::Hevc,
            b"av01" => Coding::Av1,
            b"vp09" => Coding::Vp9,
            other => Coding::Other(*other),
        };
        content = match first & 0xf {
            0 => Content::Config,
            1 if matches!(coding, Coding::Avc | Coding::Hevc) => Content::Frame { delay: signed24(&mut cursor)?, key },
            1 | 3 => Content::Frame { delay: 0, key },
            _ => Content::Nothing,
        };
        // Several tracks in a tag, and extensions of its header, are not read.
        if first & 0xf >= 6 {
            coding = Coding::Other(*b"none");
        }
    } else {
        match first & 0xf {
            // The second is not in any specification, but in files.
            codec @ (7 | 12) => {
                coding = if codec == 7 { Coding::Avc } else { Coding::Hevc };
                let packet = cursor.u8()?;
                let delay = signed24(&mut cursor)?;
                content = match packet {
                    0 => Content::Config,
                    1 => Content::Frame { delay, key },
                    _ => Content::Nothing,
                };
            }
            2 => coding = Coding::Other(*b"s263"),
            4 | 5 => coding = Coding::Other(*b"vp06"),
            _ => {}
        }
    }
    // Commands to the player.
    if frame_type == 5 {
        content = Content::Nothing;
    }
    Some(Media { coding, content, header_len: used(head, &cursor) })
}

/// Reads the beginning of an audio tag. `None` where it ends too early.
pub(super) fn audio(head: &[u8]) -> Option<Media> {
    let mut cursor = Cursor::new(head);
    let first = cursor.u8()?;
    let frame = Content::Frame { delay: 0, key: true };
    let by_packet = |packet| match packet {
        0 => Content::Config,
        1 => frame,
        _ => Content::Nothing,
    };
    let (coding, content) = match first >> 4 {
        2 | 14 => (Coding::Mp3, frame),
        10 => (Coding::Aac, by_packet(cursor.u8()?)),
        9 => {
            let coding = match &cursor.array()? {
                b"mp4a" => Coding::Aac,
                b"Opus" => Coding::Opus,
                b"fLaC" => Coding::Flac,
                b".mp3" => Coding::Mp3,
                _ if first & 0xf >= 5 => Coding::Other(*b"none"),
                other => Coding::Other(*other),
            };
            (coding, by_packet(first & 0xf))
        }
        4..=6 => (Coding::Other(*b"nmos"), frame),
        11 => (Coding::Other(*b"spex"), frame),
        7 => (Coding::Other(*b"alaw"), frame),
        8 => (Coding::Other(*b"ulaw"), frame),
        _ => (Coding::Other(*b"lpcm"), frame),
    };
    Some(Media { coding, content, header_len: used(head, &cursor) })
}

fn used(head: &[u8], cursor: &Cursor<'_>) -> u64 {
    len_u64(head.len().saturating_sub(cursor.rest().len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_tell_what_they_hold() {
        let frame = |delay, key| Content::Frame { delay, key };
        for (head, coding, content, header_len) in [
            (&b"\x17\x00\0\0\0\x01"[..], Coding::Avc, Content::Config, 5),
            (b"\x27\x01\xff\xff\xfe\0", Coding::Avc, frame(-2, false), 5),
            (b"\x17\x02\0\0\0", Coding::Avc, Content::Nothing, 5),
            (b"\x90hvc1\x01", Coding::Hevc, Content::Config, 5),
            (b"\x91hvc1\0\0\x28\0", Coding::Hevc, frame(40, true), 8),
            (b"\xa3hvc1\0", Coding::Hevc, frame(0, false), 5),
            (b"\x91av01\0", Coding::Av1, frame(0, true), 5),
            (b"\x57\x01\0\0\0", Coding::Avc, Content::Nothing, 5),
            (b"\x14\0", Coding::Other(*b"vp06"), frame(0, true), 1),
        ] {
            assert_eq!(video(head), Some(Media { coding, content, header_len }), "{}", head.escape_ascii());
        }
        for (head, coding, content, header_len) in [
            (&b"\xaf\x00\x12\x10"[..], Coding::Aac, Content::Config, 2),
            (b"\xaf\x01\x21", Coding::Aac, frame(0, true), 2),
            (b"\x2f\xff\xfb", Coding::Mp3, frame(0, true), 1),
            (b"\x90OpusOpusHead", Coding::Opus, Content::Config, 5),
            (b"\x6a\0", Coding::Other(*b"nmos"), frame(0, true), 1),
        ] {
            assert_eq!(audio(head), Some(Media { coding, content, header_len }), "{}", head.escape_ascii());
        }
        assert_eq!((video(b"\x17\x01\0"), video(b""), audio(b"\xaf")), (None, None, None));
    }
}
