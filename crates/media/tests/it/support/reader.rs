//! A second reader of what is written: `mp4-atom`.

use mp4_atom::{Any, DecodeMaybe, Moof, Moov, ReadFrom};

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
    let mut rest = bytes;
    let mut moof: Option<(usize, Moof)> = None;
    while !rest.is_empty() {
        let at = bytes.len() - rest.len();
        match Any::decode_maybe(&mut rest).unwrap().unwrap() {
            Any::Moof(found) => moof = Some((at, found)),
            Any::Styp(_) | Any::Mdat(_) => {}
            other => panic!("unexpected {other:?}"),
        }
    }
    let (at, moof) = moof.unwrap();
    let [traf] = moof.traf.as_slice() else { panic!("one track") };
    let [run] = traf.trun.as_slice() else { panic!("one run") };
    assert!(traf.tfhd.default_base_is_moof);
    let mut decode = traf.tfdt.as_ref().unwrap().base_media_decode_time;
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
        decode += u64::from(duration);
        position += size;
    }
    assert_eq!(position, bytes.len(), "the run fills the mdat");
    (moof.mfhd.sequence_number, seen)
}
