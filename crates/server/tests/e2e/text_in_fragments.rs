//! Text tracks in fragments of MP4 (ISO/IEC 14496-30): no program at hand writes them.

use crate::boxes::bodies;

/// A track to be put into a film.
pub(crate) struct Words {
    pub(crate) handler: [u8; 4],
    /// The sample entry, without what all of them begin with.
    pub(crate) entry: ([u8; 4], Vec<u8>),
    pub(crate) language: [u8; 3],
    pub(crate) name: &'static str,
    /// Samples, each with the millisecond of the film's timeline at which it is shown, until the next is.
    pub(crate) samples: Vec<(u64, Vec<u8>)>,
}

pub(crate) fn boxed(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).unwrap();
    [&size.to_be_bytes()[..], &name, body].concat()
}

fn full(name: [u8; 4], flags: u32, body: &[u8]) -> Vec<u8> {
    boxed(name, &[&flags.to_be_bytes()[..], body].concat())
}

fn numbers(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// A sample of `WebVTT` with that cue; without one where there is none.
pub(crate) fn cue(text: Option<&str>) -> Vec<u8> {
    match text {
        Some(text) => boxed(*b"vttc", &boxed(*b"payl", text.as_bytes())),
        None => boxed(*b"vtte", &[]),
    }
}

impl Words {
    fn trak(&self, id: u32) -> Vec<u8> {
        let language = self.language.iter().fold(0, |code, letter| code << 5 | u32::from(letter - 0x60));
        let tkhd = full(*b"tkhd", 7, &[numbers(&[0, 0, id]), vec![0; 68]].concat());
        let mdhd = full(*b"mdhd", 0, &numbers(&[0, 0, 1_000, 0, language << 16]));
        let hdlr = full(*b"hdlr", 0, &[&[0; 4], &self.handler[..], &[0; 12], self.name.as_bytes(), &[0]].concat());
        let (name, rest) = &self.entry;
        let entry = boxed(*name, &[&[0, 0, 0, 0, 0, 0, 0, 1], &rest[..]].concat());
        let stsd = full(*b"stsd", 0, &[numbers(&[1]), entry].concat());
        let tables = [(*b"stts", 1), (*b"stsc", 1), (*b"stsz", 2), (*b"stco", 1)];
        let tables = tables.map(|(name, zeroes)| full(name, 0, &numbers(&vec![0; zeroes]))).concat();
        let minf = boxed(*b"minf", &boxed(*b"stbl", &[stsd, tables].concat()));
        boxed(*b"trak", &[tkhd, boxed(*b"mdia", &[mdhd, hdlr, minf].concat())].concat())
    }

    /// A fragment for each sample.
    fn fragments(&self, id: u32) -> Vec<u8> {
        let mut out = Vec::new();
        for (at, (begin, data)) in self.samples.iter().enumerate() {
            let end = self.samples.get(at + 1).map_or(begin + 1, |(end, _)| *end);
            let [lasts, size] = [end - begin, u64::try_from(data.len()).unwrap()].map(|n| u32::try_from(n).unwrap());
            let moof = |offset: u32| {
                let tfhd = full(*b"tfhd", 0x02_0000, &numbers(&[id]));
                let tfdt = full(*b"tfdt", 0x0100_0000, &begin.to_be_bytes());
                let trun = full(*b"trun", 0x301, &numbers(&[1, offset, lasts, size]));
                let traf = boxed(*b"traf", &[tfhd, tfdt, trun].concat());
                boxed(*b"moof", &[full(*b"mfhd", 0, &numbers(&[1])), traf].concat())
            };
            let offset = u32::try_from(moof(0).len() + 8).unwrap();
            out.extend([moof(offset), boxed(*b"mdat", data)].concat());
        }
        out
    }
}

/// A fragmented film as ffmpeg writes it, its offsets counted from each `moof`, and tracks of text in it.
pub(crate) fn insert(film: &[u8], tracks: &[Words]) -> Vec<u8> {
    let [moov] = &bodies(film, &["moov"])[..] else { panic!("not one moov") };
    let [mvex] = &bodies(film, &["moov", "mvex"])[..] else { panic!("not one mvex") };
    let mut index = film[moov.start..mvex.start - 8].to_vec();
    let mut defaults = film[mvex.clone()].to_vec();
    let mut fragments = Vec::new();
    for (id, track) in (100..).zip(tracks) {
        index.extend(track.trak(id));
        defaults.extend(full(*b"trex", 0, &numbers(&[id, 1, 0, 0, 0])));
        fragments.extend(track.fragments(id));
    }
    index.extend(boxed(*b"mvex", &defaults));
    index.extend(&film[mvex.end..moov.end]);
    [&film[..moov.start - 8], &boxed(*b"moov", &index), &film[moov.end..], &fragments].concat()
}
