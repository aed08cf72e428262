//! A small muxer: films whose every number a test chooses.

/// One track to be written.
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of the test")]
#[derive(Debug, Clone)]
pub(crate) struct FilmTrack {
    pub(crate) handler: [u8; 4],
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) timescale: u32,
    /// (size, duration, composition offset)
    pub(crate) samples: Vec<(u32, u32, i32)>,
    /// Numbers of sync samples from 0; `None` writes no `stss`.
    pub(crate) syncs: Option<Vec<u32>>,
    pub(crate) per_chunk: usize,
    /// (duration in milliseconds, media time)
    pub(crate) edits: Vec<(u32, i32)>,
    pub(crate) language: [u8; 3],
    pub(crate) extended_language: Option<&'static str>,
    pub(crate) name: &'static str,
    pub(crate) enabled: bool,
    pub(crate) matrix: [i32; 9],
    /// Sizes as one number, where they are equal.
    pub(crate) uniform: bool,
    pub(crate) wide_offsets: bool,
    /// The bytes of the samples; made up where there are none.
    pub(crate) bytes: Vec<Vec<u8>>,
    /// What follows the header of the track: a `tref`.
    pub(crate) references: Vec<u8>,
}

const ONE: i32 = 0x1_0000;
pub(crate) const UPRIGHT: [i32; 9] = [ONE, 0, 0, 0, ONE, 0, 0, 0, 0x4000_0000];
pub(crate) const TURNED_RIGHT: [i32; 9] = [0, ONE, 0, -ONE, 0, 0, 360 * ONE, 0, 0x4000_0000];

pub(crate) fn boxed(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], name, body].concat()
}

pub(crate) fn full(name: &[u8; 4], version: u8, flags: u32, body: &[u8]) -> Vec<u8> {
    let head = (u32::from(version) << 24 | flags).to_be_bytes();
    boxed(name, &[&head[..], body].concat())
}

fn numbers(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// An `avc1` entry of 640x360.
pub(crate) fn avc1(extra: &[u8]) -> Vec<u8> {
    let config = boxed(b"avcC", b"\x01\x64\x00\x1e\xff\xe1\x00\x04\x67\x64\x00\x1e\x01\x00\x02\x68\xee");
    visual(b"avc1", &[&config[..], extra].concat())
}

pub(crate) fn visual(name: &[u8; 4], boxes: &[u8]) -> Vec<u8> {
    let mut body = vec![0; 78];
    body[7] = 1;
    body[24..28].copy_from_slice(&[2, 128, 1, 104]);
    body[28..36].copy_from_slice(&[0, 72, 0, 0, 0, 72, 0, 0]);
    body[41] = 1;
    body[74..78].copy_from_slice(&[0, 24, 255, 255]);
    body.extend(boxes);
    boxed(name, &body)
}

pub(crate) fn esds() -> Vec<u8> {
    full(b"esds", 0, 0, b"\x03\x19\0\x01\0\x04\x11\x40\x15\0\0\0\0\x01\xf4\0\0\x01\xf4\0\x05\x02\x11\x90\x06\x01\x02")
}

/// An `mp4a` entry of AAC-LC, 48 kHz, stereo.
pub(crate) fn mp4a() -> Vec<u8> {
    sound(b"mp4a", 0, &[], &esds())
}

pub(crate) fn sound(name: &[u8; 4], version: u16, extra: &[u8], boxes: &[u8]) -> Vec<u8> {
    let mut body = vec![0; 28];
    body[7] = 1;
    body[8..10].copy_from_slice(&version.to_be_bytes());
    body[17] = 2;
    body[19] = 16;
    body[24..26].copy_from_slice(&48_000u16.to_be_bytes());
    body.extend(extra);
    body.extend(boxes);
    boxed(name, &body)
}

impl FilmTrack {
    /// 25 frames a second with two B-frames between references, a key frame every `gop` frames.
    pub(crate) fn video(frames: u32, gop: u32) -> Self {
        let offsets = [1024, 2048, 512, 0];
        let samples = (0..frames)
            .map(|at| {
                let within = (at % gop) as usize;
                let size = if within == 0 { 900 } else { 100 + at % 37 };
                (size, 512, offsets[if within == 0 { 0 } else { 1 + (within - 1) % 3 }])
            })
            .collect();
        Self {
            handler: *b"vide",
            entries: vec![avc1(&[])],
            timescale: 12_800,
            samples,
            syncs: Some((0..frames).step_by(gop as usize).collect()),
            per_chunk: 1,
            edits: vec![(frames * 40, 1024)],
            language: *b"und",
            extended_language: None,
            name: "VideoHandler",
            enabled: true,
            matrix: UPRIGHT,
            uniform: false,
            wide_offsets: false,
            bytes: Vec::new(),
            references: Vec::new(),
        }
    }

    /// AAC with 1024 samples of priming.
    pub(crate) fn audio(frames: u32) -> Self {
        Self {
            handler: *b"soun",
            entries: vec![mp4a()],
            timescale: 48_000,
            samples: (0..frames).map(|at| (150 + at * 7 % 50, 1024, 0)).collect(),
            syncs: None,
            per_chunk: 2,
            edits: vec![(frames * 64 / 3, 1024)],
            language: *b"und",
            name: "SoundHandler",
            ..Self::video(0, 1)
        }
    }

    /// Text in samples of these bytes, each shown for so many milliseconds.
    pub(crate) fn text(entry: Vec<u8>, samples: &[(&[u8], u32)]) -> Self {
        Self {
            handler: *b"text",
            entries: vec![entry],
            timescale: 1_000,
            samples: samples.iter().map(|(bytes, shown)| (bytes.len() as u32, *shown, 0)).collect(),
            syncs: None,
            edits: vec![],
            name: "TextHandler",
            bytes: samples.iter().map(|(bytes, _)| bytes.to_vec()).collect(),
            ..Self::video(0, 1)
        }
    }

    fn chunks(&self) -> Vec<&[(u32, u32, i32)]> {
        self.samples.chunks(self.per_chunk).collect()
    }

    fn trak(&self, id: u32, offsets: &[u64]) -> Vec<u8> {
        let mut tkhd = numbers(&[0, 0, id, 0, 0, 0, 0, 0, 0]);
        tkhd.extend(self.matrix.iter().flat_map(|value| value.to_be_bytes()));
        tkhd.extend(numbers(&[640 << 16, 360 << 16]));
        let tkhd = full(b"tkhd", 0, if self.enabled { 7 } else { 6 }, &tkhd);
        let edts = if self.edits.is_empty() {
            Vec::new()
        } else {
            let mut body = numbers(&[self.edits.len() as u32]);
            for (duration, time) in &self.edits {
                body.extend(numbers(&[*duration, time.cast_unsigned(), 0x1_0000]));
            }
            boxed(b"edts", &full(b"elst", 0, 0, &body))
        };
        let language = self.language.iter().fold(0u32, |code, letter| code << 5 | u32::from(letter - 0x60));
        let mdhd = full(b"mdhd", 0, 0, &numbers(&[0, 0, self.timescale, 0, language << 16]));
        let hdlr = [&[0; 4], &self.handler[..], &[0; 12], self.name.as_bytes(), &[0]].concat();
        let elng =
            self.extended_language.map(|tag| full(b"elng", 0, 0, &[tag.as_bytes(), &[0]].concat())).unwrap_or_default();
        let minf = boxed(b"minf", &boxed(b"stbl", &self.tables(offsets)));
        let mdia = boxed(b"mdia", &[mdhd, full(b"hdlr", 0, 0, &hdlr), elng, minf].concat());
        boxed(b"trak", &[tkhd, edts, self.references.clone(), mdia].concat())
    }

    fn tables(&self, offsets: &[u64]) -> Vec<u8> {
        let mut stsd = numbers(&[self.entries.len() as u32]);
        stsd.extend(self.entries.concat());
        let pairs = |values: Vec<u32>| {
            let mut runs: Vec<(u32, u32)> = Vec::new();
            for value in values {
                match runs.last_mut() {
                    Some((count, last)) if *last == value => *count += 1,
                    _ => runs.push((1, value)),
                }
            }
            let mut body = numbers(&[runs.len() as u32]);
            body.extend(runs.iter().flat_map(|(count, value)| numbers(&[*count, *value])));
            body
        };
        let stts = pairs(self.samples.iter().map(|sample| sample.1).collect());
        let mut out = [full(b"stsd", 0, 0, &stsd), full(b"stts", 0, 0, &stts)].concat();
        if self.samples.iter().any(|sample| sample.2 != 0) {
            let version = u8::from(self.samples.iter().any(|sample| sample.2 < 0));
            let ctts = pairs(self.samples.iter().map(|sample| sample.2.cast_unsigned()).collect());
            out.extend(full(b"ctts", version, 0, &ctts));
        }
        if let Some(syncs) = &self.syncs {
            let mut stss = numbers(&[syncs.len() as u32]);
            stss.extend(numbers(&syncs.iter().map(|sync| sync + 1).collect::<Vec<_>>()));
            out.extend(full(b"stss", 0, 0, &stss));
        }
        let chunks = self.chunks();
        let mut layout: Vec<[u32; 3]> = Vec::new();
        for (at, chunk) in chunks.iter().enumerate() {
            if layout.last().is_none_or(|last| last[1] != chunk.len() as u32) {
                layout.push([at as u32 + 1, chunk.len() as u32, 1]);
            }
        }
        let mut stsc = numbers(&[layout.len() as u32]);
        stsc.extend(numbers(layout.as_flattened()));
        out.extend(full(b"stsc", 0, 0, &stsc));
        let count = self.samples.len() as u32;
        let sizes: Vec<u32> = self.samples.iter().map(|sample| sample.0).collect();
        out.extend(if self.uniform {
            full(b"stsz", 0, 0, &numbers(&[sizes[0], count]))
        } else {
            full(b"stsz", 0, 0, &[numbers(&[0, count]), numbers(&sizes)].concat())
        });
        let mut table = numbers(&[offsets.len() as u32]);
        if self.wide_offsets {
            table.extend(offsets.iter().flat_map(|offset| offset.to_be_bytes()));
            out.extend(full(b"co64", 0, 0, &table));
        } else {
            table.extend(offsets.iter().flat_map(|offset| (*offset as u32).to_be_bytes()));
            out.extend(full(b"stco", 0, 0, &table));
        }
        out
    }
}

/// The bytes of a sample: every sample of a film differs from every other.
pub(crate) fn payload(track: usize, sample: usize, size: u32) -> Vec<u8> {
    let seed = (track as u32) << 24 ^ (sample as u32).wrapping_mul(0x9e37_79b1);
    (0..size).map(|at| (seed.wrapping_add(at).wrapping_mul(0x85eb_ca6b) >> 13) as u8).collect()
}

/// A whole file: chunks of the tracks in turn, the index in front or at the end.
pub(crate) fn film(tracks: &[FilmTrack], index_in_front: bool) -> Vec<u8> {
    let ftyp = boxed(b"ftyp", b"isom\0\0\x02\0isomiso2avc1mp41");
    let moov = |offsets: &[Vec<u64>]| {
        let mut mvhd = vec![0; 96];
        mvhd[8..12].copy_from_slice(&1_000u32.to_be_bytes());
        let mut body = full(b"mvhd", 0, 0, &mvhd);
        for (at, track) in tracks.iter().enumerate() {
            body.extend(track.trak(at as u32 + 1, &offsets[at]));
        }
        boxed(b"moov", &body)
    };
    let empty: Vec<Vec<u64>> = tracks.iter().map(|track| vec![0; track.chunks().len()]).collect();
    let moov_len = moov(&empty).len();
    let mut position = ftyp.len() + 8 + if index_in_front { moov_len } else { 0 };
    let mut offsets: Vec<Vec<u64>> = vec![Vec::new(); tracks.len()];
    let mut media = Vec::new();
    let most = tracks.iter().map(|track| track.chunks().len()).max().unwrap_or(0);
    for round in 0..most {
        for (number, track) in tracks.iter().enumerate() {
            let Some(chunk) = track.chunks().get(round).copied() else {
                continue;
            };
            offsets[number].push(position as u64);
            for (at, sample) in chunk.iter().enumerate() {
                let at = round * track.per_chunk + at;
                media.extend(track.bytes.get(at).cloned().unwrap_or_else(|| payload(number, at, sample.0)));
                position += sample.0 as usize;
            }
        }
    }
    let mdat = boxed(b"mdat", &media);
    let moov = moov(&offsets);
    if index_in_front { [ftyp, moov, mdat].concat() } else { [ftyp, mdat, moov].concat() }
}
