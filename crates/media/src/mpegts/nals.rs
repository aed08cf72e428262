//! From a byte stream of units behind start codes to pictures (annex B of H.264 and of HEVC).

use std::collections::VecDeque;

use super::pes::{MAX_PICTURE, Times};
use super::sets::{self, Sets};
use crate::bits::len_u64;
use crate::facts::FrameRate;
use crate::index::{AvcSequence, AvcSlice, HevcSequence, IndexError, KnownPicture, Picture};

/// One picture: its units, each behind its length in four bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct AccessUnit {
    pub(super) data: Vec<u8>,
    pub(super) sync: bool,
    pub(super) times: Option<Times>,
    progress: Progress,
    /// Whether there were parameter sets of every kind when it began.
    pub(super) decodable: bool,
    field: Option<(u32, bool)>,
}

/// How much of a picture came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Progress {
    #[default]
    Nothing,
    /// Units in front of it, kept or not.
    Leading,
    /// Some of it.
    Slices,
}

/// What parameter sets say of a track.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) picture: Picture,
    pub(super) known: KnownPicture,
    pub(super) frame_rate: Option<FrameRate>,
}

/// What a unit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It is a part of a picture: whether of a new one, whether of one that decoding may begin with.
    Slice {
        is_new: bool,
        sync: bool,
        field: Option<(u32, bool)>,
    },
    /// It comes before the picture that it belongs to: a parameter set by its place in the sets, or something else.
    Leading(Option<usize>),
    /// It comes after, or anywhere.
    Following,
    /// It is not kept: a delimiter, which begins a picture, or what fills or ends the stream.
    Delimiter,
    Filler,
}

/// Finds the units of one stream and gathers pictures.
#[derive(Debug, Clone)]
pub(super) struct Units {
    is_hevc: bool,
    buffer: Vec<u8>,
    /// How far start codes were looked for.
    scanned: usize,
    /// Where the unit begins that is not complete.
    unit: Option<usize>,
    /// Times, and from which byte on they count.
    marks: VecDeque<(usize, Times)>,
    current: AccessUnit,
    /// Video (of HEVC), sequence and picture parameter sets.
    sets: [Sets; 3],
    sequence: Option<AvcSequence>,
}

impl Units {
    pub(super) fn new(is_hevc: bool) -> Self {
        Self {
            is_hevc,
            buffer: Vec::new(),
            scanned: 0,
            unit: None,
            marks: VecDeque::new(),
            current: AccessUnit::default(),
            sets: [Sets::default(), Sets::default(), Sets::default()],
            sequence: None,
        }
    }

    /// Takes the payload of a packet and gives the pictures that are complete now.
    pub(super) fn push(&mut self, payload: &[u8], times: Option<Times>) -> Result<Vec<AccessUnit>, IndexError> {
        if let Some(times) = times {
            self.marks.push_back((self.buffer.len(), times));
        }
        self.buffer.extend_from_slice(payload);
        let mut done = Vec::new();
        let buffer = core::mem::take(&mut self.buffer);
        while let Some(code) = start_code(&buffer, self.scanned) {
            if let Some(start) = self.unit {
                done.extend(self.unit(trimmed(buffer.get(start..code).unwrap_or_default()), start));
            }
            self.scanned = code.saturating_add(3);
            self.unit = Some(self.scanned);
        }
        self.buffer = buffer;
        self.scanned = self.scanned.max(self.buffer.len().saturating_sub(2));
        let used = self.unit.map_or(self.scanned, |start| start.saturating_sub(3)).min(self.buffer.len());
        self.buffer.drain(..used);
        self.scanned = self.scanned.saturating_sub(used);
        self.unit = self.unit.map(|start| start.saturating_sub(used));
        for (at, _) in &mut self.marks {
            *at = at.saturating_sub(used);
        }
        // Times of packets in which nothing begins.
        while self.marks.len() > 64 {
            self.marks.pop_front();
        }
        if self.buffer.len().max(self.current.data.len()) > MAX_PICTURE {
            return Err(IndexError::LimitExceeded { what: "bytes in one frame", limit: len_u64(MAX_PICTURE) });
        }
        Ok(done)
    }

    /// What is left at the end.
    pub(super) fn finish(&mut self) -> Vec<AccessUnit> {
        let mut done = Vec::new();
        if let Some(start) = self.unit.take() {
            let buffer = core::mem::take(&mut self.buffer);
            done.extend(self.unit(trimmed(buffer.get(start..).unwrap_or_default()), start));
        }
        done.extend(self.close());
        done
    }

    fn close(&mut self) -> Option<AccessUnit> {
        let done = core::mem::take(&mut self.current);
        (done.progress == Progress::Slices).then_some(done)
    }

    fn unit(&mut self, unit: &[u8], start: usize) -> Option<AccessUnit> {
        let role = if self.is_hevc { hevc_role(unit) } else { self.avc_role(unit) }?;
        let begins = match role {
            Role::Slice { is_new, field, .. } => is_new && !completes(self.current.field, field),
            Role::Leading(_) | Role::Delimiter => true,
            Role::Following | Role::Filler => false,
        };
        let done = if begins && self.current.progress == Progress::Slices { self.close() } else { None };
        if self.current.progress == Progress::Nothing {
            self.current.progress = Progress::Leading;
            while let Some((_, times)) = self.marks.pop_front_if(|(at, _)| *at <= start) {
                self.current.times = Some(times);
            }
        }
        match role {
            Role::Slice { sync, field, .. } => {
                if self.current.progress == Progress::Leading {
                    self.current.sync = sync;
                    self.current.field = field;
                    let needed = self.sets.iter().skip(usize::from(!self.is_hevc));
                    self.current.decodable = needed.into_iter().all(|sets| sets.first().is_some());
                } else if field != self.current.field {
                    // Two fields make a frame, which no third completes.
                    self.current.field = None;
                }
                self.current.progress = Progress::Slices;
            }
            Role::Leading(Some(place)) => {
                if let Some(sets) = self.sets.get_mut(place) {
                    sets.add(unit);
                }
                if place == 1 && !self.is_hevc {
                    self.sequence = AvcSequence::parse(unit).or(self.sequence);
                }
            }
            Role::Leading(None) | Role::Following => {}
            Role::Delimiter | Role::Filler => return done,
        }
        if let Ok(len) = u32::try_from(unit.len()) {
            self.current.data.extend_from_slice(&len.to_be_bytes());
            self.current.data.extend_from_slice(unit);
        }
        done
    }

    fn avc_role(&self, unit: &[u8]) -> Option<Role> {
        Some(match unit.first()? & 0x1f {
            kind @ (1 | 2 | 5) => {
                let slice = AvcSlice::parse(unit, self.sequence.as_ref())?;
                Role::Slice { is_new: slice.is_first, sync: kind == 5, field: slice.field }
            }
            7 => Role::Leading(Some(1)),
            8 => Role::Leading(Some(2)),
            6 | 14..=18 => Role::Leading(None),
            9 => Role::Delimiter,
            10..=12 => Role::Filler,
            _ => Role::Following,
        })
    }

    /// What the parameter sets say, once there are some of every kind.
    pub(super) fn seen(&self) -> Option<Seen> {
        let [videos, sequences, pictures] = &self.sets;
        let first = sequences.first()?;
        pictures.first()?;
        if self.is_hevc {
            videos.first()?;
            let sequence = HevcSequence::parse(first)?;
            let picture = Picture { coded: (sequence.width, sequence.height), aspect: (1, 1), color: None };
            let known = picture.hevc(&sets::hevc(&sequence, [videos, sequences, pictures]))?;
            return Some(Seen { picture, known, frame_rate: None });
        }
        let sequence = AvcSequence::parse(first)?;
        let picture = Picture { coded: (sequence.width, sequence.height), aspect: sequence.aspect, color: None };
        let known = picture.avc(&sets::avc(&sequence, sequences, pictures))?;
        Some(Seen { picture, known, frame_rate: sequence.frame_rate })
    }
}

/// Whether a field is the other one of a frame that has one.
fn completes(one: Option<(u32, bool)>, other: Option<(u32, bool)>) -> bool {
    one.zip(other).is_some_and(|((frame, lower), (same, upper))| frame == same && lower != upper)
}

fn hevc_role(unit: &[u8]) -> Option<Role> {
    let (first, second) = (*unit.first()?, *unit.get(1)?);
    let in_layer = first & 1 != 0 || second & 0xf8 != 0;
    Some(match first >> 1 & 0x3f {
        // Of enhancements, which no player shows.
        _ if in_layer => Role::Filler,
        kind @ 0..=31 => {
            let is_new = unit.get(2)? & 0x80 != 0;
            Role::Slice { is_new, sync: matches!(kind, 19 | 20), field: None }
        }
        kind @ 32..=34 => Role::Leading(usize::from(kind).checked_sub(32)),
        39 | 41..=44 | 48..=55 => Role::Leading(None),
        35 => Role::Delimiter,
        36..=38 => Role::Filler,
        _ => Role::Following,
    })
}

/// Where the next three bytes 0, 0, 1 begin.
fn start_code(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        match bytes.get(at..)?.first_chunk::<3>()? {
            [0, 0, 1] => return Some(at),
            [_, 1, _] => at += 2,
            [_, _, last] if *last > 1 => at += 3,
            _ => at += 1,
        }
    }
}

/// A unit without the zeros that may follow it.
fn trimmed(unit: &[u8]) -> &[u8] {
    let len = unit.iter().rposition(|byte| *byte != 0).map_or(0, |last| last.saturating_add(1));
    unit.get(..len).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_codes_are_found_wherever_they_are() {
        for at in 0..9 {
            let mut bytes = vec![5; at];
            bytes.extend([0, 0, 1, 9]);
            assert_eq!(start_code(&bytes, 0), Some(at));
        }
        assert_eq!(start_code(&[0, 0, 0, 0, 1], 0), Some(2));
        assert_eq!(start_code(&[1, 0, 1, 0, 0, 2, 0, 0], 0), None);
        assert_eq!(trimmed(&[7, 0, 1, 0, 0]), [7, 0, 1]);
    }

    #[test]
    fn pictures_are_told_apart_and_keep_their_times() {
        let mut units = Units::new(false);
        let at = |pts| Some(Times { pts, dts: pts });
        let first = [b"\0\0\0\x01\x09\xf0\0\0\x01\x65\x88\x01\0\0\x01\x65\x50\x02".as_slice(), b"\0\0\x01\x41\x88\x03"];
        // A second picture begins in the packet of the first, without a time of its own.
        assert_eq!(units.push(&first.concat(), at(1)).unwrap().len(), 0);
        let done = units.push(b"\0\0\0\x01\x09\xf0\0\0\x01\x41\x88\x04", at(3)).unwrap();
        let found: Vec<_> = done.iter().map(|done| (done.times, done.sync, done.data.as_slice())).collect();
        let both = &b"\0\0\0\x03\x65\x88\x01\0\0\0\x03\x65\x50\x02"[..];
        assert_eq!(found, [(at(1), true, both), (None, false, b"\0\0\0\x03\x41\x88\x03")]);
        let last = units.finish();
        assert_eq!((last[0].times, last[0].data.as_slice()), (at(3), &b"\0\0\0\x03\x41\x88\x04"[..]));
    }

    /// Bits, and unsigned Exp-Golomb codes.
    fn unit(header: u8, fields: &[(u32, u32)]) -> Vec<u8> {
        let mut bits = String::new();
        for (width, value) in fields {
            match width {
                0 => {
                    let code = format!("{:b}", value + 1);
                    bits.push_str(&"0".repeat(code.len() - 1));
                    bits.push_str(&code);
                }
                _ => bits.extend((0..*width).rev().map(|bit| if value >> bit & 1 == 1 { '1' } else { '0' })),
            }
        }
        bits.push('1');
        while !bits.len().is_multiple_of(8) {
            bits.push('0');
        }
        let bytes = bits.as_bytes().chunks(8).map(|byte| byte.iter().fold(0u8, |byte, bit| byte << 1 | (bit - b'0')));
        [0, 0, 1, header].into_iter().chain(bytes).collect()
    }

    #[test]
    fn two_fields_are_one_picture() {
        // 720x576 in fields, with frame numbers of four bits.
        let sequence = [(8, 77), (8, 0), (8, 30), (0, 0), (0, 0), (0, 2), (0, 1), (1, 0), (0, 44), (0, 17)];
        let sequence = [&sequence[..], &[(1, 0), (1, 0), (1, 1), (1, 0), (1, 0)]].concat();
        let field = |kind, frame, lower| unit(kind, &[(0, 0), (0, 7), (0, 0), (4, frame), (1, 1), (1, lower), (8, 9)]);
        let stream = [
            unit(0x67, &sequence),
            unit(0x68, &[(8, 9)]),
            field(0x65, 0, 0),
            field(0x41, 0, 1),
            field(0x41, 1, 0),
            field(0x41, 1, 1),
            field(0x41, 2, 1),
            field(0x41, 2, 0),
        ];
        let mut units = Units::new(false);
        let mut done = units.push(&stream.concat(), None).unwrap();
        done.extend(units.finish());
        let len = |parts: &[Vec<u8>]| parts.iter().map(|part| part.len() + 1).sum::<usize>();
        let expected = [len(&stream[..4]), len(&stream[4..6]), len(&stream[6..])];
        assert_eq!(done.iter().map(|done| done.data.len()).collect::<Vec<_>>(), expected);
        assert_eq!(done.iter().map(|done| done.sync).collect::<Vec<_>>(), [true, false, false]);
        assert_eq!(units.seen().unwrap().picture.coded, (720, 576));
    }
}
