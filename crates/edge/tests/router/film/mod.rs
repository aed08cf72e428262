//! Films made on the spot: MP4 files with the index of H.264 and AAC, and samples of any bytes. A
//! packager never looks inside a sample, so nothing here needs an encoder.

mod boxes;
mod moov;

use boxes::boxed;
use moov::moov;

/// Pictures in a second.
const RATE: usize = 25;
/// Pictures from one that stands alone to the next: two seconds.
const GROUP: usize = 50;
/// Bytes of a frame of sound.
const SOUND_BYTES: usize = 120;

/// Where the index lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Index {
    Front,
    End,
}

/// What a film is made of.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) seconds: usize,
    /// Bytes of a picture; zero for sound alone.
    pub(crate) picture_bytes: usize,
    /// Pixels of a picture from left to right, and from top to bottom.
    pub(crate) size: [usize; 2],
    /// Pictures from one key frame to the next.
    pub(crate) group: usize,
    /// Languages of the tracks of sound, three letters each.
    pub(crate) sounds: &'static [&'static str],
    pub(crate) index: Index,
}

impl Default for Script {
    /// Ten seconds with one track of English sound.
    fn default() -> Self {
        Self { seconds: 10, picture_bytes: 300, size: [640, 360], group: GROUP, sounds: &["eng"], index: Index::Front }
    }
}

/// A film.
pub(crate) struct Film {
    /// The file.
    pub(crate) bytes: Vec<u8>,
    /// The bytes of all samples, track by track, in decode order.
    pub(crate) payloads: Vec<Vec<u8>>,
}

/// One track on its way into a file.
pub(crate) struct Plan {
    /// The size of its pictures, where it has any.
    pub(crate) picture: Option<[usize; 2]>,
    /// Pictures from one key frame to the next.
    pub(crate) group: usize,
    pub(crate) language: &'static str,
    /// Ticks in a second, and of a sample.
    pub(crate) scale: u32,
    pub(crate) delta: u32,
    pub(crate) samples: Vec<Vec<u8>>,
    /// Samples in each chunk: a second of each track lies together.
    pub(crate) chunks: Vec<usize>,
}

/// A film of this script.
pub(crate) fn film(script: &Script) -> Film {
    let mut plans = Vec::new();
    if script.picture_bytes > 0 {
        plans.push(picture(script));
    }
    plans.extend((1..).zip(script.sounds).map(|(number, language)| sound(script, number, language)));

    let ftyp = boxed(*b"ftyp", &[b"isom\0\0\x02\0isomiso2avc1mp41"]);
    let (media, offsets) = interleaved(&plans, script.seconds);
    // The length of an index does not depend on the offsets in it.
    let front = match script.index {
        Index::Front => moov(&plans, &offsets, 0).len(),
        Index::End => 0,
    };
    let moov = moov(&plans, &offsets, ftyp.len() + front + 8);
    let mdat = boxed(*b"mdat", &[&media]);
    let bytes = match script.index {
        Index::Front => [ftyp, moov, mdat].concat(),
        Index::End => [ftyp, mdat, moov].concat(),
    };
    Film { bytes, payloads: plans.into_iter().map(|plan| plan.samples.concat()).collect() }
}

fn picture(script: &Script) -> Plan {
    let sample = |number: usize| {
        let stands_alone = number.is_multiple_of(script.group);
        let bytes = if stands_alone { script.picture_bytes * 2 } else { script.picture_bytes };
        let unit = if stands_alone { 0x65 } else { 0x41 };
        marked(&[&length(bytes - 4)[..], &[unit], &length(number)].concat(), bytes)
    };
    Plan {
        picture: Some(script.size),
        group: script.group,
        language: "und",
        scale: 12_800,
        delta: 512,
        samples: (0..script.seconds * RATE).map(sample).collect(),
        chunks: vec![RATE; script.seconds],
    }
}

fn sound(script: &Script, number: usize, language: &'static str) -> Plan {
    let frames_until = |second: usize| (second * 48_000).div_ceil(1_024);
    let sample = |frame: usize| marked(&[&[0x21], &length(number)[..], &length(frame)].concat(), SOUND_BYTES);
    Plan {
        picture: None,
        group: 1,
        language,
        scale: 48_000,
        delta: 1_024,
        samples: (0..frames_until(script.seconds)).map(sample).collect(),
        chunks: (0..script.seconds).map(|second| frames_until(second + 1) - frames_until(second)).collect(),
    }
}

/// `bytes` bytes that begin with a mark of their own.
fn marked(mark: &[u8], bytes: usize) -> Vec<u8> {
    let mut sample = mark.to_vec();
    sample.resize(bytes, 0x80 | mark.last().copied().unwrap_or(0));
    sample
}

pub(crate) fn length(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap().to_be_bytes()
}

/// The media, second by second and track by track, and where each chunk of each track begins in it.
fn interleaved(plans: &[Plan], seconds: usize) -> (Vec<u8>, Vec<Vec<usize>>) {
    let mut media = Vec::new();
    let mut offsets = vec![Vec::new(); plans.len()];
    let mut written = vec![0; plans.len()];
    for second in 0..seconds {
        for (track, plan) in plans.iter().enumerate() {
            offsets[track].push(media.len());
            let chunk = plan.samples.iter().skip(written[track]).take(plan.chunks[second]);
            chunk.for_each(|sample| media.extend_from_slice(sample));
            written[track] += plan.chunks[second];
        }
    }
    (media, offsets)
}
