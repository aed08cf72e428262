//! The index of a film.

use super::boxes::{boxed, full, words};
use super::{Plan, length};

const MOVIE_SCALE: usize = 1_000;
const MATRIX: [usize; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
/// Decoder configuration of H.264, High profile, level 3.1.
const AVCC: &[u8] = b"\x01\x64\x00\x1f\xff\xe1\x00\x04\x67\x64\x00\x1f\x01\x00\x04\x68\xee\x3c\x80\xfd\xf8\xf8\x00";
/// Elementary stream descriptor of AAC LC, 48 kHz, stereo.
const ESDS: &[u8] =
    b"\x03\x19\x00\x01\x00\x04\x11\x40\x15\x00\x00\x00\x00\x01\xf4\x00\x00\x01\xf4\x00\x05\x02\x11\x90\x06\x01\x02";

/// The index of tracks whose chunks lie at `offsets` behind `base`.
pub(super) fn moov(plans: &[Plan], offsets: &[Vec<usize>], base: usize) -> Vec<u8> {
    let duration = plans.iter().map(|plan| ticks(plan, MOVIE_SCALE)).max().unwrap_or(0);
    let header = [&[0, 0, MOVIE_SCALE, duration, 0x1_0000, 0x0100_0000, 0, 0][..], &MATRIX, &[0; 6], &[99]].concat();
    let mvhd = full(*b"mvhd", 0, &[&words(header)]);
    let traks = (1..).zip(plans.iter().zip(offsets)).map(|(id, (plan, offsets))| trak(id, plan, offsets, base));
    let traks: Vec<u8> = traks.flatten().collect();
    boxed(*b"moov", &[&mvhd, &traks])
}

/// How long a track plays in ticks of another scale.
fn ticks(plan: &Plan, scale: usize) -> usize {
    plan.samples.len() * plan.delta as usize * scale / plan.scale as usize
}

fn trak(id: usize, plan: &Plan, offsets: &[usize], base: usize) -> Vec<u8> {
    let [width, height] = plan.picture.unwrap_or_default();
    let volume = if plan.picture.is_some() { 0 } else { 0x0100_0000 };
    let header = [&[0, 0, id, 0, ticks(plan, MOVIE_SCALE), 0, 0, 0, volume][..], &MATRIX, &[width << 16, height << 16]];
    let tkhd = full(*b"tkhd", 7, &[&words(header.concat())]);
    boxed(*b"trak", &[&tkhd, &mdia(plan, offsets, base)])
}

fn mdia(plan: &Plan, offsets: &[usize], base: usize) -> Vec<u8> {
    let language = plan.language.bytes().fold(0, |packed, letter| packed << 5 | usize::from(letter - 0x60));
    let scale = plan.scale as usize;
    let mdhd = full(*b"mdhd", 0, &[&words([0, 0, scale, ticks(plan, scale), language << 16])]);
    let kind = if plan.picture.is_some() { b"vide" } else { b"soun" };
    let hdlr = full(*b"hdlr", 0, &[&[0; 4], kind, &[0; 12], b"\0"]);
    let media_header =
        if plan.picture.is_some() { full(*b"vmhd", 1, &[&[0; 8]]) } else { full(*b"smhd", 0, &[&[0; 4]]) };
    let url = full(*b"url ", 1, &[]);
    let dinf = boxed(*b"dinf", &[&full(*b"dref", 0, &[&length(1), &url])]);
    let minf = boxed(*b"minf", &[&media_header, &dinf, &stbl(plan, offsets, base)]);
    boxed(*b"mdia", &[&mdhd, &hdlr, &minf])
}

fn stbl(plan: &Plan, offsets: &[usize], base: usize) -> Vec<u8> {
    let count = plan.samples.len();
    let entry = plan.picture.map_or_else(sounding, visual);
    let stsd = full(*b"stsd", 0, &[&length(1), &entry]);
    let stts = full(*b"stts", 0, &[&words([1, count, plan.delta as usize])]);
    let alone: Vec<_> = (1..=count).step_by(plan.group).collect();
    let stss =
        if plan.picture.is_some() { full(*b"stss", 0, &[&length(alone.len()), &words(alone)]) } else { Vec::new() };
    let layout = (1..).zip(&plan.chunks).flat_map(|(chunk, samples)| [chunk, *samples, 1]);
    let stsc = full(*b"stsc", 0, &[&length(plan.chunks.len()), &words(layout)]);
    let stsz = full(*b"stsz", 0, &[&words([0, count]), &words(plan.samples.iter().map(Vec::len))]);
    let stco = full(*b"stco", 0, &[&length(offsets.len()), &words(offsets.iter().map(|offset| base + offset))]);
    boxed(*b"stbl", &[&stsd, &stts, &stss, &stsc, &stsz, &stco])
}

fn visual([width, height]: [usize; 2]) -> Vec<u8> {
    let size = words([width << 16 | height]);
    let resolution = words([0x48_0000, 0x48_0000, 0]);
    let rest = [&[0, 1][..], &[0; 32], b"\0\x18\xff\xff"].concat();
    boxed(*b"avc1", &[b"\0\0\0\0\0\0\0\x01", &[0; 16], &size, &resolution, &rest, &boxed(*b"avcC", &[AVCC])])
}

fn sounding() -> Vec<u8> {
    let fields = b"\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\x02\0\x10\0\0\0\0\xbb\x80\0\0";
    boxed(*b"mp4a", &[fields, &full(*b"esds", 0, &[ESDS])])
}
