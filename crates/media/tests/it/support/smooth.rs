//! A player of Smooth Streaming: reads the manifest, and makes of it what it needs to decode.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::film::{boxed, full, sound, visual};

type Attributes = HashMap<String, String>;

/// A stream of the manifest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listed {
    pub(crate) attributes: Attributes,
    pub(crate) levels: Vec<Attributes>,
    /// Starts and durations of its fragments.
    pub(crate) chunks: Vec<(u64, u64)>,
}

impl Listed {
    pub(crate) fn is_picture(&self) -> bool {
        self.attributes["Type"] == "video"
    }

    /// The address of a fragment.
    pub(crate) fn address(&self, level: &Attributes, start: u64) -> String {
        self.attributes["Url"].replace("{bitrate}", &level["Bitrate"]).replace("{start time}", &start.to_string())
    }
}

fn attributes(element: &BytesStart<'_>) -> Attributes {
    element.attributes().map(Result::unwrap).map(|one| (one.key.as_ref().to_owned(), one.value.to_string())).collect()
}

/// The attributes of the presentation, and its streams.
pub(crate) fn read(manifest: &str) -> (Attributes, Vec<Listed>) {
    let mut reader = Reader::from_str(manifest);
    let mut presentation = Attributes::new();
    let mut streams: Vec<Listed> = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Start(element) if element.name().as_ref() == "SmoothStreamingMedia" => {
                presentation = attributes(&element);
            }
            Event::Start(element) if element.name().as_ref() == "StreamIndex" => {
                streams.push(Listed { attributes: attributes(&element), ..Listed::default() });
            }
            Event::Empty(element) => {
                let stream = streams.last_mut().unwrap();
                let found = attributes(&element);
                if element.name().as_ref() == "QualityLevel" {
                    stream.levels.push(found);
                    continue;
                }
                assert_eq!(element.name().as_ref(), "c");
                let told = found.get("t").map(|time| time.parse().unwrap());
                let follows = stream.chunks.last().map(|(start, duration)| start + duration);
                stream.chunks.push((told.or(follows).unwrap_or(0), found["d"].parse().unwrap()));
            }
            _ => {}
        }
    }
    for stream in &streams {
        assert_eq!(stream.attributes["Chunks"], stream.chunks.len().to_string());
        assert_eq!(stream.attributes["QualityLevels"], stream.levels.len().to_string());
    }
    (presentation, streams)
}

/// The initialization segment of a quality.
pub(crate) fn init(stream: &Listed, level: &Attributes) -> Vec<u8> {
    let number = |name: &str| level[name].parse::<u32>().unwrap();
    let digits: Vec<char> = level["CodecPrivateData"].chars().collect();
    let (bytes, []) = digits.as_chunks::<2>() else { panic!("half a byte") };
    let value = |digit: char| digit.to_digit(16).unwrap() as u8;
    let private: Vec<u8> = bytes.iter().map(|[high, low]| value(*high) << 4 | value(*low)).collect();
    let entry = if stream.is_picture() {
        assert_eq!(level["FourCC"], "H264");
        let mut entry = visual(b"avc1", &boxed(b"avcC", &avcc(&private)));
        for (at, side) in [(32, number("MaxWidth")), (34, number("MaxHeight"))] {
            entry[at..at + 2].copy_from_slice(&u16::try_from(side).unwrap().to_be_bytes());
        }
        entry
    } else {
        assert_eq!((level["FourCC"].as_str(), level["AudioTag"].as_str()), ("AACL", "255"));
        let len = private.len() as u8;
        let config = [&[0x40, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, len][..], &private].concat();
        let esds = [&[3, len + 23, 0, 1, 0, 4, len + 15][..], &config, &[6, 1, 2]].concat();
        let mut entry = sound(b"mp4a", 0, &[], &full(b"esds", 0, 0, &esds));
        entry[24..26].copy_from_slice(&(number("Channels") as u16).to_be_bytes());
        entry[32..34].copy_from_slice(&(number("SamplingRate") as u16).to_be_bytes());
        entry
    };
    let scale = 10_000_000u32.to_be_bytes();
    let mut mvhd = vec![0; 96];
    mvhd[8..12].copy_from_slice(&scale);
    let mut tkhd = vec![0; 80];
    tkhd[11] = 1;
    let handler = if stream.is_picture() { b"vide" } else { b"soun" };
    let mdhd = full(b"mdhd", 0, 0, &[&[0; 8][..], &scale, &[0; 4], &[0x55, 0xc4, 0, 0]].concat());
    let hdlr = full(b"hdlr", 0, 0, &[&[0; 4][..], handler, &[0; 13]].concat());
    let empty = |name| full(name, 0, 0, &[0; 4]);
    let tables = [empty(b"stts"), empty(b"stsc"), full(b"stsz", 0, 0, &[0; 8]), empty(b"stco")].concat();
    let stbl = boxed(b"stbl", &[full(b"stsd", 0, 0, &[&[0, 0, 0, 1][..], &entry].concat()), tables].concat());
    let mdia = boxed(b"mdia", &[mdhd, hdlr, boxed(b"minf", &stbl)].concat());
    let trak = boxed(b"trak", &[full(b"tkhd", 0, 7, &tkhd), mdia].concat());
    let trex = full(b"trex", 0, 0, &[&[0, 0, 0, 1, 0, 0, 0, 1][..], &[0; 12]].concat());
    let moov = [full(b"mvhd", 0, 0, &mvhd), trak, boxed(b"mvex", &trex)].concat();
    [boxed(b"ftyp", b"iso6\0\0\0\0iso6"), boxed(b"moov", &moov)].concat()
}

/// The body of an `avcC` of parameter sets behind start codes.
fn avcc(private: &[u8]) -> Vec<u8> {
    let starts: Vec<usize> =
        (0..private.len() - 4).filter(|at| private[*at..].starts_with(&[0, 0, 0, 1])).map(|at| at + 4).collect();
    let ends = starts.iter().skip(1).map(|start| start - 4).chain([private.len()]);
    let units: Vec<&[u8]> = starts.iter().zip(ends).map(|(start, end)| &private[*start..end]).collect();
    let (sequence, picture): (Vec<&[u8]>, Vec<&[u8]>) = units.into_iter().partition(|unit| unit[0] & 0x1f == 7);
    let sets = |units: &[&[u8]]| -> Vec<u8> {
        units.iter().flat_map(|unit| [&(unit.len() as u16).to_be_bytes()[..], unit].concat()).collect()
    };
    let [_, profile, constraints, level, ..] = *sequence[0] else { panic!("too short") };
    let head = [1, profile, constraints, level, 0xff, 0xe0 | sequence.len() as u8];
    [&head[..], &sets(&sequence), &[picture.len() as u8], &sets(&picture)].concat()
}
