//! Sound: what is in front of its frames, and which of them share a packet.

use super::clock::INTERVAL;
use crate::codec::{self, AdtsFacts};
use crate::facts::TrackKind;
use crate::map::TrackHeader;
use crate::mp4::language_code;

/// The most bytes of frames that share a packet: they and its header fill sixteen packets of the stream. The buffer
/// that every decoder of sound has holds them.
pub(super) const MOST_BYTES: usize = 2_920;

/// The longest time that frames share a packet beside a picture, in ticks of the stream.
const MOST_TIME: u64 = 27_000;

/// How far from its place a frame may be that has no time of its own: files that count in milliseconds round by as
/// much.
const TOLERANCE: u64 = 180;

/// Bytes of an ADTS header without a check.
const ADTS_LEN: usize = 7;

/// How frames are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Aac(AdtsFacts),
    /// Of which MPEG-2 has half the sampling rates.
    Mp3 {
        halved: bool,
    },
    Ac3,
    Eac3,
}

/// How the frames of a track are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sound {
    form: Form,
    /// How many samples a frame holds, and how many there are in a second.
    frame: (u32, u32),
    /// Three letters of ISO 639-2.
    language: Option<[u8; 3]>,
}

impl Sound {
    /// The sound of a track; `None` where it cannot be put into a stream.
    pub(super) fn of(header: &TrackHeader) -> Option<Self> {
        let rate = header.sample_rate;
        let (form, frame) = match header.codec_name.as_str() {
            _ if header.kind != TrackKind::Audio => return None,
            "aac" => {
                let facts = codec::adts(header.configuration(*b"esds")?)?;
                (Form::Aac(facts), facts.frame)
            }
            "mp3" if rate < 32_000 => (Form::Mp3 { halved: true }, (576, rate)),
            "mp3" => (Form::Mp3 { halved: false }, (1_152, rate)),
            "ac3" => (Form::Ac3, (1_536, rate)),
            "eac3" => (Form::Eac3, (1_536, rate)),
            _ => return None,
        };
        let code = language_code(header.language.as_deref());
        let letter = |shift: u32| u8::try_from(code >> shift & 0x1f).map_or(b'a', |letter| letter | 0x60);
        let language = header.language.as_ref().map(|_| [letter(10), letter(5), letter(0)]);
        Some(Self { form, frame, language: language.filter(|letters| letters != b"und") })
    }

    /// The type of the stream in the map of its program (ISO/IEC 13818-1, 2.4.4.9; ATSC A/52, annexes A and G).
    pub(super) fn stream_type(&self) -> u8 {
        match self.form {
            Form::Aac(_) => 0x0f,
            Form::Mp3 { halved: false } => 0x03,
            Form::Mp3 { halved: true } => 0x04,
            Form::Ac3 => 0x81,
            Form::Eac3 => 0x87,
        }
    }

    /// What the headers of its packets call it: a stream of sound, or a private one.
    pub(super) fn stream_id(&self) -> u8 {
        match self.form {
            Form::Aac(_) | Form::Mp3 { .. } => 0xc0,
            Form::Ac3 | Form::Eac3 => 0xbd,
        }
    }

    /// Its descriptors in the map of its program (ISO/IEC 13818-1, 2.6.8 and 2.6.18).
    pub(super) fn descriptors(&self) -> Vec<u8> {
        let mut out = match self.form {
            Form::Ac3 => b"\x05\x04AC-3".to_vec(),
            Form::Eac3 => b"\x05\x04EAC3".to_vec(),
            Form::Aac(_) | Form::Mp3 { .. } => Vec::new(),
        };
        if let Some([a, b, c]) = self.language {
            out.extend([0x0a, 4, a, b, c, 0]);
        }
        out
    }

    /// Bytes in front of every frame.
    pub(super) fn head_len(&self) -> usize {
        match self.form {
            Form::Aac(_) => ADTS_LEN,
            Form::Mp3 { .. } | Form::Ac3 | Form::Eac3 => 0,
        }
    }

    /// Bytes of a frame with what is in front of it; `None` of one that is too long for its header.
    pub(super) fn framed(&self, size: usize) -> Option<usize> {
        let len = self.head_len().checked_add(size)?;
        let most = match self.form {
            Form::Aac(_) => 0x1fff,
            Form::Mp3 { .. } | Form::Ac3 | Form::Eac3 => 0xff00,
        };
        (len <= most).then_some(len)
    }

    /// How long frames share a packet at most, in ticks of the stream: alone no longer than until the clock, which
    /// their packets carry, is to be told again.
    pub(super) fn most_time(beside_picture: bool) -> u64 {
        if beside_picture { MOST_TIME } else { INTERVAL.unsigned_abs() }
    }

    /// Whether a packet of `count` frames of `len` bytes that begin at `first` takes one more, of `more` bytes at
    /// `time`: players give it the time that follows from the first.
    pub(super) fn shares(
        &self,
        (count, len, first): (usize, usize, i64),
        (more, time): (usize, i64),
        most: u64,
    ) -> bool {
        let (samples, rate) = self.frame;
        let length = |count: usize| {
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            count.saturating_mul(samples.into()).saturating_mul(90_000).checked_div(rate.into())
        };
        let fits =
            len.saturating_add(more) <= MOST_BYTES && length(count.saturating_add(1)).is_some_and(|all| all <= most);
        let place = length(count).map(|ticks| first.saturating_add_unsigned(ticks));
        fits && place.is_some_and(|place| place.abs_diff(time) <= TOLERANCE)
    }

    /// Gives frames that follow one another, each with its header, piece by piece: `sizes` are theirs without.
    pub(super) fn write(&self, frames: &[u8], sizes: impl Iterator<Item = usize>, mut put: impl FnMut(&[u8])) {
        let Form::Aac(facts) = self.form else { return put(frames) };
        let mut rest = frames;
        for size in sizes {
            let Some((frame, behind)) = rest.split_at_checked(size) else { return };
            put(&adts(facts, size));
            put(frame);
            rest = behind;
        }
    }
}

/// The header of a frame of AAC-LC of `size` bytes (ISO/IEC 14496-3, 1.A.2.2). Its buffer fullness tells of no constant
/// rate.
fn adts(facts: AdtsFacts, size: usize) -> [u8; ADTS_LEN] {
    let len = u64::try_from(size.saturating_add(ADTS_LEN)).unwrap_or(u64::MAX) & 0x1fff;
    let fields = [1 << 38, u64::from(facts.rate) << 34, u64::from(facts.channels) << 30, len << 13];
    let [_, bytes @ ..] = fields.iter().fold(0x00ff_f100_0000_1ffc, |all, field| all | field).to_be_bytes();
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(form: Form, frame: (u32, u32)) -> Sound {
        Sound { form, frame, language: None }
    }

    #[test]
    fn headers_of_aac_tell_what_follows() {
        let facts = |rate, channels| AdtsFacts { rate, channels, frame: (1_024, 48_000) };
        for (facts, size, expected) in [
            (facts(4, 2), 10, [0xff, 0xf1, 0x50, 0x80, 0x02, 0x3f, 0xfc]),
            (facts(3, 6), 0x1ff8, [0xff, 0xf1, 0x4d, 0x83, 0xff, 0xff, 0xfc]),
            (facts(11, 1), 249, [0xff, 0xf1, 0x6c, 0x40, 0x20, 0x1f, 0xfc]),
        ] {
            assert_eq!(adts(facts, size), expected);
        }
        let aac = sound(Form::Aac(facts(3, 2)), (1_024, 48_000));
        assert_eq!(aac.framed(0x1ff8), Some(0x1fff));
        assert_eq!(aac.framed(0x1ff9), None);
        let mut out = Vec::new();
        aac.write(b"abcde", [2, 3].into_iter(), |bytes| out.extend_from_slice(bytes));
        assert_eq!(out, b"\xff\xf1\x4c\x80\x01\x3f\xfcab\xff\xf1\x4c\x80\x01\x5f\xfccde");
    }

    #[test]
    fn frames_share_a_packet_while_their_times_follow() {
        let aac = sound(Form::Mp3 { halved: false }, (1_152, 48_000));
        let most = Sound::most_time(true);
        for (what, packet, frame, expected) in [
            ("the second", (1, 300, 0), (300, 2_160), true),
            ("a little late", (1, 300, 0), (300, 2_340), true),
            ("behind a gap", (1, 300, 0), (300, 2_341), false),
            ("early", (1, 300, 5_000), (300, 6_979), false),
            ("the last in 0.3 s", (11, 1_100, 0), (100, 23_760), true),
            ("the first behind it", (12, 1_200, 0), (100, 25_920), false),
            ("the last in so many bytes", (1, 2_000, 0), (920, 2_160), true),
            ("one byte more", (1, 2_000, 0), (921, 2_160), false),
        ] {
            assert_eq!(aac.shares(packet, frame, most), expected, "{what}");
        }
        assert!(!aac.shares((4, 400, 0), (100, 8_640), Sound::most_time(false)));
        assert!(!sound(Form::Ac3, (1_536, 0)).shares((1, 400, 0), (100, 2_880), most));
    }
}
