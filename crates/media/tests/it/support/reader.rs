//! A second reader of what is written: `mp4-atom`.

use mp4_atom::{Any, Decode as _, DecodeMaybe as _, Moof, Moov, ReadFrom as _, StszSamples, Uuid};

/// One sample as another program sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) decode: u64,
    pub(crate) composition: i32,
    pub(crate) duration: u32,
    pub(crate) sync: bool,
    pub(crate) bytes: Vec<u8>,
}

/// The `moov` of an initialization segment.
pub(crate) fn init(bytes: &[u8]) -> Moov {
    let mut rest = bytes;
    while let Some(atom) = Option::<Any>::read_from(&mut rest).unwrap() {
        if let Any::Moov(moov) = atom {
            assert!(rest.is_empty());
            return moov;
        }
    }
    panic!("no moov");
}

/// The samples of a media segment.
pub(crate) fn segment(bytes: &[u8]) -> (u32, Vec<Seen>) {
    let (at, moof) = only_moof(bytes);
    assert!(moof.traf[0].tfhd.default_base_is_moof);
    let decode = moof.traf[0].tfdt.as_ref().unwrap().base_media_decode_time;
    (moof.mfhd.sequence_number, samples(bytes, at, &moof, decode))
}

/// A fragment of Smooth Streaming.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fragment {
    pub(crate) number: u32,
    pub(crate) track: u32,
    /// When it starts and how long it lasts, by its `tfxd`.
    pub(crate) start: u64,
    pub(crate) duration: u64,
    pub(crate) samples: Vec<Seen>,
}

/// Reads it; it has no `tfdt`.
pub(crate) fn fragment(bytes: &[u8]) -> Fragment {
    const TFXD: [u8; 16] = 0x6d1d_9b05_42d5_44e6_80e2_141d_aff7_57b2_u128.to_be_bytes();
    let (at, moof) = only_moof(bytes);
    let [traf] = moof.traf.as_slice() else { panic!("one track") };
    assert!(traf.tfdt.is_none());
    // Unknown to the reader inside of a `traf`: found by its name, read as a box of its own.
    let begin = bytes.windows(20).position(|bytes| bytes[..4] == *b"uuid" && bytes[4..] == TFXD).unwrap() - 4;
    let Any::Uuid(Uuid::Unknown(_, body)) = Any::decode(&mut &bytes[begin..]).unwrap() else { panic!("no tfxd") };
    assert_eq!((body[0], body.len()), (1, 20));
    let number = |at: usize| u64::from_be_bytes(body[at..at + 8].try_into().unwrap());
    let (start, duration) = (number(4), number(12));
    let samples = samples(bytes, at, &moof, start);
    Fragment { number: moof.mfhd.sequence_number, track: traf.tfhd.track_id, start, duration, samples }
}

/// Where the only `moof` begins, and what it says.
fn only_moof(bytes: &[u8]) -> (usize, Moof) {
    let mut rest = bytes;
    let mut moof: Option<(usize, Moof)> = None;
    while !rest.is_empty() {
        let at = bytes.len() - rest.len();
        match Any::decode_maybe(&mut rest).unwrap().unwrap() {
            Any::Moof(found) => assert!(moof.replace((at, found)).is_none()),
            Any::Styp(_) | Any::Mdat(_) => {}
            other => panic!("unexpected {other:?}"),
        }
    }
    moof.unwrap()
}

fn samples(bytes: &[u8], at: usize, moof: &Moof, mut decode: u64) -> Vec<Seen> {
    let [traf] = moof.traf.as_slice() else { panic!("one track") };
    let [run] = traf.trun.as_slice() else { panic!("one run") };
    let mut position = at + usize::try_from(run.data_offset.unwrap()).unwrap();
    let mut seen = Vec::new();
    for entry in &run.samples {
        let size = entry.size.or(traf.tfhd.default_sample_size).unwrap() as usize;
        let duration = entry.duration.or(traf.tfhd.default_sample_duration).unwrap();
        let flags = entry.flags.or(traf.tfhd.default_sample_flags).unwrap();
        seen.push(Seen {
            decode,
            composition: entry.cts.map_or(0, |offset| offset.try_into().unwrap()),
            duration,
            sync: flags & 0x1_0000 == 0,
            bytes: bytes[position..position + size].to_vec(),
        });
        // Other writers begin before zero.
        decode = decode.wrapping_add(duration.into());
        position += size;
    }
    assert_eq!(position, bytes.len(), "the run fills the mdat");
    seen
}

/// The samples of each track of a progressive file in decode order: when they are shown by the edit list, in ticks of
/// the track, and their bytes.
pub(crate) fn movie(file: &[u8]) -> Vec<Vec<(i64, Vec<u8>)>> {
    let moov = init(&file[..file.windows(4).position(|name| name == b"mdat").unwrap() - 4]);
    let tracks = moov.trak.iter().map(|track| {
        let table = &track.mdia.minf.stbl;
        let durations = table.stts.entries.iter().flat_map(|run| vec![run.sample_delta; run.sample_count as usize]);
        let offsets: Vec<i64> = match &table.ctts {
            Some(ctts) => {
                ctts.entries.iter().flat_map(|run| vec![run.sample_offset; run.sample_count as usize]).collect()
            }
            None => vec![0; durations.clone().count()],
        };
        let sizes = match &table.stsz.samples {
            StszSamples::Identical { count, size } => vec![*size; *count as usize],
            StszSamples::Different { sizes } => sizes.clone(),
        };
        let chunks = &table.stco.as_ref().unwrap().entries;
        let counts = &table.stsc.entries;
        let mut places = Vec::new();
        for (number, at) in (1..).zip(chunks) {
            let run = counts.iter().rev().find(|run| run.first_chunk <= number).unwrap();
            let mut at = *at as usize;
            for _ in 0..run.samples_per_chunk {
                let size = sizes[places.len()] as usize;
                places.push(at..at + size);
                at += size;
            }
        }
        assert_eq!(places.len(), sizes.len());
        let mut moved = 0i64;
        for edit in &track.edts.as_ref().unwrap().elst.as_ref().unwrap().entries {
            let ticks = edit.segment_duration * u64::from(track.mdia.mdhd.timescale) / u64::from(moov.mvhd.timescale);
            moved += edit.media_time.map_or(ticks.cast_signed(), |time| -time.cast_signed());
        }
        let mut decode = 0i64;
        let samples = durations.zip(offsets).zip(places).map(|((duration, offset), place)| {
            let shown = decode + offset + moved;
            decode += i64::from(duration);
            (shown, file[place].to_vec())
        });
        samples.collect()
    });
    tracks.collect()
}
