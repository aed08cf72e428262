//! Sample entries (`stsd`): what they say, and their ISO form for initialization segments.

use super::boxes::{Atom, Atoms};
use crate::bits::Cursor;
use crate::cmaf::boxed;
use crate::codec::{self, AudioFacts, Codec};
use crate::error::{FourCc, Mp4Error};
use crate::facts::TrackKind;

/// Bytes of fields in front of the boxes of a visual sample entry.
pub(crate) const VISUAL_LEN: usize = 78;
/// The same for an audio sample entry, and what QuickTime adds in versions 1 and 2.
pub(crate) const AUDIO_LEN: usize = 28;
const AUDIO_LENS: [usize; 3] = [AUDIO_LEN, AUDIO_LEN + 16, AUDIO_LEN + 36];
/// Wrappers in wrappers: `stsd` entry, `wave`, configuration.
const SOUND_BOXES: [&[u8; 4]; 5] = [b"esds", b"dOps", b"dfLa", b"dac3", b"dec3"];
/// Boxes of a visual sample entry that go into the initialization segment as they are.
const VISUAL_BOXES: [&[u8; 4]; 11] =
    [b"pasp", b"clap", b"mdcv", b"clli", b"SmDm", b"CoLL", b"btrt", b"dvcC", b"dvvC", b"st3d", b"sv3d"];

/// Reads a decoder configuration record.
type ParseConfig = fn(&[u8]) -> Option<Codec>;

/// What a sample entry says.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) codec: Codec,
    /// The entry in ISO form; empty where the codec cannot be packaged.
    pub(super) iso: Vec<u8>,
    pub(super) coded: (u32, u32),
    pub(super) pixel_aspect: (u32, u32),
    pub(super) sample_rate: u32,
    pub(super) channels: u16,
}

impl Entry {
    fn unsupported(fourcc: FourCc) -> Self {
        let codec = Codec::Unsupported { fourcc };
        Self { codec, iso: Vec::new(), coded: (0, 0), pixel_aspect: (1, 1), sample_rate: 0, channels: 0 }
    }
}

/// Reads entry `number` (from 1) of a `stsd`.
pub(super) fn parse(stsd: &Atom<'_>, number: u32, kind: TrackKind, track: u32) -> Result<Entry, Mp4Error> {
    stsd.full()?;
    let at = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    let entry = at
        .and_then(|at| stsd.children_after(8).nth(at))
        .ok_or_else(|| stsd.malformed("lacks the sample entry that the samples use"))??;
    if matches!(&entry.name.0, b"encv" | b"enca" | b"drms" | b"drmi") {
        return Err(Mp4Error::Encrypted { track });
    }
    Ok(match kind {
        TrackKind::Video => visual(&entry)?,
        TrackKind::Audio => sound(&entry)?,
        TrackKind::Captions | TrackKind::Other => None,
    }
    .unwrap_or_else(|| Entry::unsupported(entry.name)))
}

fn visual(entry: &Atom<'_>) -> Result<Option<Entry>, Mp4Error> {
    let (config_name, parse): ([u8; 4], ParseConfig) = match &entry.name.0 {
        b"avc1" | b"avc3" => (*b"avcC", codec::avc),
        b"hvc1" | b"hev1" => (*b"hvcC", codec::hevc),
        b"av01" => (*b"av1C", codec::av1),
        b"vp09" => (*b"vpcC", codec::vp9),
        _ => return Ok(None),
    };
    let mut cursor = entry.cursor();
    let fields = cursor.take(VISUAL_LEN).ok_or_else(|| entry.malformed("is too short"))?;
    let mut size = Cursor::new(fields.get(24..28).unwrap_or_default());
    let coded = (u32::from(size.u16().unwrap_or(0)), u32::from(size.u16().unwrap_or(0)));
    if coded.0 == 0 || coded.1 == 0 {
        return Err(entry.malformed("has a picture without size"));
    }
    let mut codec = None;
    let mut pixel_aspect = (1, 1);
    let mut extensions = Vec::new();
    for child in entry.children_after(VISUAL_LEN) {
        let child = child?;
        match &child.name.0 {
            &name if name == config_name && codec.is_none() => {
                codec = Some(parse(child.body).ok_or_else(|| child.malformed("cannot be understood"))?);
                boxed(&mut extensions, name, |out| {
                    out.extend_from_slice(child.body);
                });
            }
            b"colr" => color(&child, &mut extensions),
            &name if VISUAL_BOXES.contains(&&name) => {
                if &name == b"pasp" {
                    let mut cursor = child.cursor();
                    pixel_aspect = (cursor.u32().unwrap_or(1), cursor.u32().unwrap_or(1));
                }
                boxed(&mut extensions, name, |out| {
                    out.extend_from_slice(child.body);
                });
            }
            _ => {}
        }
    }
    let codec = codec.ok_or_else(|| entry.malformed("has no decoder configuration"))?;
    let name = match codec {
        Codec::H264 { in_band: false, .. } => *b"avc1",
        Codec::Hevc { in_band: false, .. } => *b"hvc1",
        // Names that allow parameter sets in the samples, where they must be.
        Codec::H264 { .. } => *b"avc3",
        Codec::Hevc { .. } => *b"hev1",
        _ => entry.name.0,
    };
    let mut iso = Vec::new();
    boxed(&mut iso, name, |out| {
        out.extend_from_slice(b"\0\0\0\0\0\0\0\x01");
        out.extend_from_slice(&[0; 16]);
        out.extend_from_slice(fields.get(24..28).unwrap_or_default());
        out.extend_from_slice(b"\0\x48\0\0\0\x48\0\0\0\0\0\0\0\x01");
        out.extend_from_slice(fields.get(42..74).unwrap_or_default());
        out.extend_from_slice(b"\0\x18\xff\xff");
        out.extend_from_slice(&extensions);
    });
    Ok(Some(Entry { codec, iso, coded, pixel_aspect, sample_rate: 0, channels: 0 }))
}

/// Color information: QuickTime's `nclc` lacks the range flag, which is "video" there.
fn color(child: &Atom<'_>, out: &mut Vec<u8>) {
    match child.body.split_first_chunk::<4>() {
        Some((b"nclc", values)) if values.len() >= 6 => boxed(out, *b"colr", |out| {
            out.extend_from_slice(b"nclx");
            out.extend_from_slice(values.get(..6).unwrap_or_default());
            out.push(0);
        }),
        Some((b"nclx" | b"prof" | b"rICC", _)) => {
            boxed(out, *b"colr", |out| out.extend_from_slice(child.body));
        }
        _ => {}
    }
}

fn sound(entry: &Atom<'_>) -> Result<Option<Entry>, Mp4Error> {
    let mut cursor = entry.cursor();
    let short = || entry.malformed("is too short");
    cursor.skip(8).ok_or_else(short)?;
    let version = cursor.u16().ok_or_else(short)?;
    cursor.skip(6).ok_or_else(short)?;
    let channels = cursor.u16().ok_or_else(short)?;
    cursor.skip(6).ok_or_else(short)?;
    let sample_rate = cursor.u32().ok_or_else(short)? >> 16;

    let config = configuration(entry, version);
    let body = config.map(|config| config.body);
    let facts = match (&entry.name.0, body) {
        (b"mp4a", Some(esds)) => codec::elementary_stream(esds),
        (b".mp3" | b"mp3 " | b"ms\0\x55", _) => Some(AudioFacts { codec: Codec::Mp3, sample_rate: 0, channels: 0 }),
        (b"Opus", Some(config)) => codec::opus(config),
        (b"fLaC", Some(config)) => codec::flac(config),
        (b"ac-3", Some(config)) => codec::ac3(config),
        (b"ec-3", Some(config)) => codec::eac3(config),
        _ => None,
    };
    let Some(facts) = facts else { return Ok(None) };
    let sample_rate = if facts.sample_rate == 0 { sample_rate } else { facts.sample_rate };
    let channels = if facts.channels == 0 { channels } else { facts.channels };
    let synthesized = codec::mp3_esds();
    let (name, config_name, body) = match (facts.codec, config) {
        (Codec::Mp3, None) => (*b"mp4a", *b"esds", synthesized.as_slice()),
        (Codec::Mp3 | Codec::Aac { .. }, Some(config)) => (*b"mp4a", *b"esds", config.body),
        (_, Some(config)) => (entry.name.0, config.name.0, config.body),
        (_, None) => return Ok(None),
    };
    let mut iso = Vec::new();
    boxed(&mut iso, name, |out| {
        out.extend_from_slice(b"\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0");
        out.extend_from_slice(&channels.to_be_bytes());
        out.extend_from_slice(b"\0\x10\0\0\0\0");
        out.extend_from_slice(&u16::try_from(sample_rate).unwrap_or(0).to_be_bytes());
        out.extend_from_slice(&[0, 0]);
        boxed(out, config_name, |out| out.extend_from_slice(body));
    });
    Ok(Some(Entry { codec: facts.codec, iso, coded: (0, 0), pixel_aspect: (1, 1), sample_rate, channels }))
}

/// The decoder configuration of an audio entry. QuickTime versions lengthen the fields in front of it, though some
/// ISO files carry the version number without the fields; and QuickTime wraps it into a `wave` box.
fn configuration<'a>(entry: &Atom<'a>, version: u16) -> Option<Atom<'a>> {
    let declared = AUDIO_LENS.get(usize::from(version)).copied();
    let [plain, ..] = AUDIO_LENS;
    [declared, Some(plain)].into_iter().flatten().find_map(|skip| {
        let boxes = || entry.children_after(skip);
        find(boxes()).or_else(|| {
            let wave = boxes().map_while(Result::ok).find(|child| &child.name.0 == b"wave")?;
            find(wave.children())
        })
    })
}

fn find(boxes: Atoms<'_>) -> Option<Atom<'_>> {
    boxes.map_while(Result::ok).find(|child| SOUND_BOXES.contains(&&child.name.0))
}
