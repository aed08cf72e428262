//! Pictures: from units behind their lengths (ISO/IEC 14496-15, 4.3.2) to units behind start codes (annex B of H.264
//! and of HEVC).

use crate::bits::Cursor;
use crate::facts::TrackKind;
use crate::map::TrackHeader;

/// What a unit begins with. It always has four bytes, so that most pictures keep their length.
const START_CODE: [u8; 4] = [0, 0, 0, 1];

/// An access unit delimiter of H.264 that promises nothing (7.3.2.4).
const AVC_DELIMITER: [u8; 6] = [0, 0, 0, 1, 0x09, 0xf0];

/// How units are headed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Avc,
    Hevc,
}

/// Bytes of the length in front of every unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prefix {
    One,
    Two,
    Four,
}

/// How the pictures of a track are coded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    syntax: Syntax,
    prefix: Prefix,
    /// Parameter sets of the configuration, each behind a start code.
    sets: Vec<u8>,
}

/// A unit that does not fit into its sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Misfit;

/// What becomes of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Access {
    /// Bytes with all that is put into it.
    pub(super) len: usize,
    /// The second byte of the header of its slices, with which that of the delimiter agrees (7.4.2.2 of HEVC).
    layer: u8,
    /// Whether parameter sets are put into it.
    adds_sets: bool,
}

/// What a unit is, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Delimiter,
    /// A parameter set of a kind, by its bit.
    Set(u8),
    /// A part of a picture.
    Slice,
    Other,
}

impl Syntax {
    fn role(self, unit: &[u8]) -> Role {
        let first = unit.first().copied().unwrap_or(0);
        match self {
            Self::Avc => match first & 0x1f {
                1..=5 => Role::Slice,
                7 => Role::Set(1),
                8 => Role::Set(2),
                9 => Role::Delimiter,
                _ => Role::Other,
            },
            Self::Hevc => match first >> 1 & 0x3f {
                0..=31 => Role::Slice,
                32 => Role::Set(1),
                33 => Role::Set(2),
                34 => Role::Set(4),
                35 => Role::Delimiter,
                _ => Role::Other,
            },
        }
    }

    /// The bits of all kinds of parameter sets.
    fn all_sets(self) -> u8 {
        match self {
            Self::Avc => 3,
            Self::Hevc => 7,
        }
    }
}

/// The units of a sample. Empty ones are left out; nothing follows one that does not fit.
struct Units<'a> {
    cursor: Cursor<'a>,
    prefix: Prefix,
}

impl<'a> Iterator for Units<'a> {
    type Item = Result<&'a [u8], Misfit>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.cursor.is_empty() {
            let len = match self.prefix {
                Prefix::One => self.cursor.u8().map(u32::from),
                Prefix::Two => self.cursor.u16().map(u32::from),
                Prefix::Four => self.cursor.u32(),
            };
            match len.and_then(|len| self.cursor.take(usize::try_from(len).ok()?)) {
                Some([]) => {}
                Some(unit) => return Some(Ok(unit)),
                None => {
                    self.cursor = Cursor::new(&[]);
                    return Some(Err(Misfit));
                }
            }
        }
        None
    }
}

impl Picture {
    /// The pictures of a track; `None` where they cannot be put into a stream.
    pub(super) fn of(header: &TrackHeader) -> Option<Self> {
        match header.codec_name.as_str() {
            _ if header.kind != TrackKind::Video => None,
            "h264" => Self::avc(header.configuration(*b"avcC")?),
            "hevc" => Self::hevc(header.configuration(*b"hvcC")?),
            _ => None,
        }
    }

    /// By an `avcC` (ISO/IEC 14496-15, 5.3.3.1).
    fn avc(config: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(config);
        cursor.skip(4)?;
        let prefix = Prefix::of(cursor.u8()?)?;
        let mut sets = Vec::new();
        let sequences = cursor.u8()? & 0x1f;
        copy_sets(&mut cursor, sequences.into(), &mut sets)?;
        let pictures = cursor.u8()?;
        copy_sets(&mut cursor, pictures.into(), &mut sets)?;
        Some(Self { syntax: Syntax::Avc, prefix, sets })
    }

    /// By an `hvcC` (ISO/IEC 14496-15, 8.3.3.1).
    fn hevc(config: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(config);
        cursor.skip(21)?;
        let prefix = Prefix::of(cursor.u8()?)?;
        let mut sets = Vec::new();
        for _ in 0..cursor.u8()? {
            let kind = cursor.u8()? & 0x3f;
            let count = cursor.u16()?;
            // Messages of the configuration are no parameter sets.
            let mut others = Vec::new();
            copy_sets(&mut cursor, count, if matches!(kind, 32..=34) { &mut sets } else { &mut others })?;
        }
        Some(Self { syntax: Syntax::Hevc, prefix, sets })
    }

    /// The type of the stream in the map of its program (ISO/IEC 13818-1, 2.4.4.9).
    pub(super) fn stream_type(&self) -> u8 {
        match self.syntax {
            Syntax::Avc => 0x1b,
            Syntax::Hevc => 0x24,
        }
    }

    /// Bytes of the parameter sets that are put into a sample.
    pub(super) fn sets_len(&self) -> usize {
        self.sets.len()
    }

    /// Bytes of the delimiter that is put into a sample.
    pub(super) fn delimiter_len(&self) -> usize {
        match self.syntax {
            Syntax::Avc => AVC_DELIMITER.len(),
            Syntax::Hevc => hevc_delimiter(1).len(),
        }
    }

    fn units<'a>(&self, sample: &'a [u8]) -> Units<'a> {
        Units { cursor: Cursor::new(sample), prefix: self.prefix }
    }

    /// Looks through a sample, with which decoding can begin or not. Nothing becomes of one without units.
    ///
    /// A delimiter is put in front of it, in place of those that it has in front of its slices: messages of encoders
    /// may precede them, though nothing may. Parameter sets are put into one that decoding can begin with, unless it
    /// has some of every kind itself.
    pub(super) fn survey(&self, sample: &[u8], sync: bool) -> Result<Option<Access>, Misfit> {
        let (mut len, mut sets, mut layer) = (0usize, 0, None);
        for unit in self.units(sample) {
            let unit = unit?;
            match self.syntax.role(unit) {
                Role::Delimiter if layer.is_none() => continue,
                Role::Set(kind) => sets |= kind,
                Role::Slice => layer = layer.or(Some(unit.get(1).map_or(1, |byte| (byte & 7).max(1)))),
                Role::Delimiter | Role::Other => {}
            }
            len = len.saturating_add(START_CODE.len()).saturating_add(unit.len());
        }
        if len == 0 {
            return Ok(None);
        }
        let adds_sets = sync && sets != self.syntax.all_sets();
        len = len.saturating_add(if adds_sets { self.sets.len() } else { 0 });
        len = len.saturating_add(self.delimiter_len());
        Ok(Some(Access { len, layer: layer.unwrap_or(1), adds_sets }))
    }

    /// Gives what becomes of a sample, piece by piece: as many bytes as [`survey`](Self::survey) counted.
    pub(super) fn write(&self, sample: &[u8], access: Access, mut put: impl FnMut(&[u8])) {
        match self.syntax {
            Syntax::Avc => put(&AVC_DELIMITER),
            Syntax::Hevc => put(&hevc_delimiter(access.layer)),
        }
        if access.adds_sets {
            put(&self.sets);
        }
        let mut sliced = false;
        for unit in self.units(sample).map_while(Result::ok) {
            match self.syntax.role(unit) {
                Role::Delimiter if !sliced => continue,
                Role::Slice => sliced = true,
                Role::Delimiter | Role::Set(_) | Role::Other => {}
            }
            put(&START_CODE);
            put(unit);
        }
    }
}

impl Prefix {
    /// By the byte of a configuration whose lowest bits have it less one.
    fn of(byte: u8) -> Option<Self> {
        match byte & 3 {
            0 => Some(Self::One),
            1 => Some(Self::Two),
            3 => Some(Self::Four),
            _ => None,
        }
    }
}

/// An access unit delimiter of HEVC that promises nothing (7.3.2.5).
fn hevc_delimiter(layer: u8) -> [u8; 7] {
    [0, 0, 0, 1, 0x46, layer, 0x50]
}

fn copy_sets(cursor: &mut Cursor<'_>, count: u16, sets: &mut Vec<u8>) -> Option<()> {
    for _ in 0..count {
        let len = cursor.u16()?;
        let set = cursor.take(usize::from(len))?;
        sets.extend_from_slice(&START_CODE);
        sets.extend_from_slice(set);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const AVC: &[u8] = b"\x01\x64\x00\x1e\xff\xe1\x00\x02\x67\x64\x01\x00\x01\x68";
    const AVC_SETS: &[u8] = b"\0\0\0\x01\x67\x64\0\0\0\x01\x68";

    fn hevc(lengths: u8) -> Vec<u8> {
        let arrays =
            b"\x04\xa0\0\x01\0\x02\x40\x01\xa1\0\x01\0\x02\x42\x01\xa2\0\x01\0\x02\x44\x01\xa7\0\x01\0\x01\x4e";
        [&[1; 21][..], &[lengths], arrays].concat()
    }

    fn written(picture: &Picture, sample: &[u8], sync: bool) -> Result<Vec<u8>, Misfit> {
        let mut out = Vec::new();
        if let Some(access) = picture.survey(sample, sync)? {
            picture.write(sample, access, |bytes| out.extend_from_slice(bytes));
            assert_eq!(out.len(), access.len);
        }
        Ok(out)
    }

    #[test]
    fn lengths_become_start_codes() {
        let slices = b"\0\0\0\x01\x65\0\0\0\x01\x65\x88";
        for (prefix, sample) in [
            (0xfcu8, &b"\x01\x65\x02\x65\x88"[..]),
            (0xfd, b"\0\x01\x65\0\0\0\x02\x65\x88"),
            (0xff, b"\0\0\0\x01\x65\0\0\0\0\0\0\0\x02\x65\x88"),
        ] {
            let mut config = AVC.to_vec();
            config[4] = prefix;
            let picture = Picture::avc(&config).unwrap();
            assert_eq!(written(&picture, sample, false), Ok([&AVC_DELIMITER, &slices[..]].concat()));
            assert_eq!(written(&picture, sample, true), Ok([&AVC_DELIMITER, AVC_SETS, slices].concat()));
        }
        let mut config = AVC.to_vec();
        config[4] = 0xfe;
        assert_eq!(Picture::avc(&config), None);
        assert_eq!(Picture::avc(&AVC[..AVC.len() - 1]), None);
    }

    #[test]
    fn what_a_sample_has_is_there_once() {
        let mut config = AVC.to_vec();
        config[4] = 0xfc;
        let picture = Picture::avc(&config).unwrap();
        let code = |units: &[&[u8]]| units.iter().flat_map(|unit| [&START_CODE, *unit].concat()).collect::<Vec<_>>();
        for (what, sample, expected) in [
            ("delimiter", &b"\x02\x09\x10\x01\x65"[..], [&AVC_DELIMITER[..], AVC_SETS, &code(&[b"\x65"])].concat()),
            (
                "message and delimiter",
                b"\x02\x06\x05\x02\x09\x10\x01\x65",
                [&AVC_DELIMITER[..], AVC_SETS, &code(&[b"\x06\x05", b"\x65"])].concat(),
            ),
            (
                "two fields",
                b"\x02\x09\x10\x01\x65\x02\x09\x30\x01\x41",
                [&AVC_DELIMITER[..], AVC_SETS, &code(&[b"\x65", b"\x09\x30", b"\x41"])].concat(),
            ),
            ("nothing but a delimiter", b"\x02\x09\x10", Vec::new()),
            (
                "all sets",
                b"\x02\x67\x01\x02\x68\x02\x01\x65",
                [&AVC_DELIMITER[..], &code(&[b"\x67\x01", b"\x68\x02", b"\x65"])].concat(),
            ),
            (
                "one set",
                b"\x02\x67\x01\x01\x65",
                [&AVC_DELIMITER[..], AVC_SETS, &code(&[b"\x67\x01", b"\x65"])].concat(),
            ),
            ("nothing", b"", Vec::new()),
            ("nothing but empty units", b"\0\0\0", Vec::new()),
        ] {
            assert_eq!(written(&picture, sample, true), Ok(expected), "{what}");
        }
    }

    #[test]
    fn units_of_hevc_keep_their_layer() {
        let picture = Picture::hevc(&hevc(0)).unwrap();
        let sets = b"\0\0\0\x01\x40\x01\0\0\0\x01\x42\x01\0\0\0\x01\x44\x01";
        for (sample, sync, expected) in [
            (&b"\x03\x26\x01\xaf"[..], true, [&hevc_delimiter(1), &sets[..], b"\0\0\0\x01\x26\x01\xaf"].concat()),
            (b"\x03\x00\x03\xd0", false, [&hevc_delimiter(3), &b"\0\0\0\x01\x00\x03\xd0"[..]].concat()),
            (b"\x03\x46\x03\x10\x03\x00\x03\xd0", false, [&hevc_delimiter(3), &b"\0\0\0\x01\x00\x03\xd0"[..]].concat()),
            (b"\x01\x00", false, [&hevc_delimiter(1), &b"\0\0\0\x01\x00"[..]].concat()),
        ] {
            assert_eq!(written(&picture, sample, sync), Ok(expected));
        }
        assert_eq!(Picture::hevc(&hevc(2)), None);
    }

    #[test]
    fn units_that_do_not_fit_are_an_error() {
        for (prefix, sample) in [
            (0u8, &b"\x01"[..]),
            (0, b"\x01\x65\x02\x65"),
            (1, b"\0\x01\x65\0"),
            (1, b"\xff\xff\x65"),
            (3, b"\xff\xff\xff\xff\x65"),
            (3, b"\0\0\0\x01\x65\0\0\0"),
        ] {
            let mut config = AVC.to_vec();
            config[4] = prefix;
            assert_eq!(written(&Picture::avc(&config).unwrap(), sample, true), Err(Misfit), "{sample:x?}");
        }
    }
}
