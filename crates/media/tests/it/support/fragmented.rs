//! The same films in fragments.

use super::film::{FilmTrack, boxed, film, full, payload};
use super::package::index;

fn numbers(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// A whole fragmented file: so many samples of each track in turn, in a fragment of its own. The movie says nothing of samples
/// but that they use the first entry.
pub(crate) fn fragmented(tracks: &[FilmTrack], per_fragment: usize) -> Vec<u8> {
    let empty: Vec<_> = tracks
        .iter()
        .map(|track| FilmTrack { samples: Vec::new(), syncs: None, uniform: false, ..track.clone() })
        .collect();
    let plain = film(&empty, true);
    let moov = index(&plain).unwrap();
    let defaults = |id: usize| full(b"trex", 0, 0, &numbers(&[id as u32, 1, 0, 0, 0]));
    let mvex = boxed(b"mvex", &(1..=tracks.len()).flat_map(defaults).collect::<Vec<_>>());
    let mut file = boxed(b"ftyp", b"iso6\0\0\0\0iso6");
    file.extend(boxed(b"moov", &[&moov[8..], &mvex].concat()));
    let longest = tracks.iter().map(|track| track.samples.len()).max().unwrap_or(0);
    for first in (0..longest).step_by(per_fragment) {
        for (number, track) in tracks.iter().enumerate() {
            let last = (first + per_fragment).min(track.samples.len());
            if first < last {
                file.extend(fragment(number, track, first..last));
            }
        }
    }
    file
}

/// A `moof` and its `mdat`.
fn fragment(number: usize, track: &FilmTrack, range: std::ops::Range<usize>) -> Vec<u8> {
    let begin: u64 = track.samples[..range.start].iter().map(|sample| u64::from(sample.1)).sum();
    let (mut rows, mut data) = (Vec::new(), Vec::new());
    for at in range.clone() {
        let (size, duration, composition) = track.samples[at];
        let is_sync = track.syncs.as_ref().is_none_or(|syncs| syncs.contains(&(at as u32)));
        rows.extend(numbers(&[duration, size, if is_sync { 0 } else { 0x1_0000 }, composition.cast_unsigned()]));
        data.extend(track.bytes.get(at).cloned().unwrap_or_else(|| payload(number, at, size)));
    }
    let moof = |offset: u32| {
        let tfhd = full(b"tfhd", 0, 0x02_0000, &numbers(&[number as u32 + 1]));
        let tfdt = full(b"tfdt", 1, 0, &begin.to_be_bytes());
        let trun = full(b"trun", 1, 0xf01, &[numbers(&[range.len() as u32, offset]), rows.clone()].concat());
        boxed(b"moof", &[full(b"mfhd", 0, 0, &[0; 4]), boxed(b"traf", &[tfhd, tfdt, trun].concat())].concat())
    };
    let offset = moof(0).len() as u32 + 8;
    [moof(offset), boxed(b"mdat", &data)].concat()
}
