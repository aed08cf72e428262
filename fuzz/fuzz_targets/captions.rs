//! Any bytes as captions, and as samples of text tracks: refuse them, or write them so that they are read again.
#![no_main]

use kinora_media::captions::{Captions, Facts, TextTrack};
use kinora_media::mp4::parse;
use libfuzzer_sys::fuzz_target;

const NAMES: [&[u8; 4]; 4] = [b"tx3g", b"text", b"wvtt", b"stpp"];

fuzz_target!(|bytes: &[u8]| {
    let _ = Facts::decode(bytes);
    if let Ok((_, captions)) = Captions::parse(bytes) {
        comes_back(&captions);
    }
    // Which format, and how many bytes describe it; how many the first of two samples has; description and samples.
    let Some((&[kind, first], bytes)) = bytes.split_first_chunk() else { return };
    let name = NAMES[usize::from(kind) % NAMES.len()];
    let (entry, bytes) = bytes.split_at(usize::from(kind >> 2).min(bytes.len()));
    let first = usize::from(first).min(bytes.len());
    let moov = moov(name, entry, [first, bytes.len() - first]);
    let movie = parse(&moov, bytes.len() as u64).expect("what is wrong with a text is not in the way");
    let Some(Ok(track)) = TextTrack::of(&movie.tracks[0], bytes.len() as u64) else { return };
    if let Ok(reading) = track.read(bytes, 0) {
        comes_back(&reading.captions);
    }
});

fn comes_back(captions: &Captions) {
    let (_, again) = Captions::parse(captions.write().as_bytes()).expect("what is written can be read");
    assert_eq!(again.cues.len(), captions.cues.len());
    let _ = (captions.segment(0, 0), captions.segment(u32::MAX, 900_000));
}

fn boxed(name: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    [&(body.len() as u32 + 8).to_be_bytes()[..], name, &body].concat()
}

fn words(values: &[usize]) -> Vec<u8> {
    values.iter().flat_map(|value| (*value as u32).to_be_bytes()).collect()
}

/// The index of one text track, of two samples of a second each at the beginning of the file.
fn moov(name: &[u8; 4], entry: &[u8], sizes: [usize; 2]) -> Vec<u8> {
    let entry = boxed(name, &[&[0, 0, 0, 0, 0, 0, 0, 1], entry]);
    let tables = [
        boxed(b"stsd", &[&words(&[0, 1]), &entry]),
        boxed(b"stts", &[&words(&[0, 1, 2, 1_000])]),
        boxed(b"stsc", &[&words(&[0, 1, 1, 2, 1])]),
        boxed(b"stsz", &[&words(&[0, 0, 2, sizes[0], sizes[1]])]),
        boxed(b"stco", &[&words(&[0, 1, 0])]),
    ];
    let minf = boxed(b"minf", &[&boxed(b"stbl", &[&tables.concat()])]);
    let hdlr = boxed(b"hdlr", &[&[0; 8], b"text", &[0; 13]]);
    let mdhd = boxed(b"mdhd", &[&words(&[0, 0, 0, 1_000, 0, 0])]);
    let tkhd = boxed(b"tkhd", &[&words(&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0]), &[0; 44]]);
    let trak = boxed(b"trak", &[&tkhd, &boxed(b"mdia", &[&mdhd, &hdlr, &minf])]);
    let mvhd = boxed(b"mvhd", &[&words(&[0, 0, 0, 1_000, 0]), &[0; 80]]);
    boxed(b"moov", &[&mvhd, &trak])
}
