//! Decryption of protected segments, written from ISO/IEC 23001-7 alone, with nothing but the block cipher.

use aes::Aes128;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};

use super::boxes::{Found, boxes, find, number};

/// What an initialization segment says of encryption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Protected {
    pub(crate) format: [u8; 4],
    pub(crate) scheme: [u8; 4],
    pub(crate) version: u8,
    pub(crate) pattern: (usize, usize),
    pub(crate) iv_size: usize,
    pub(crate) kid: [u8; 16],
    pub(crate) constant_iv: Vec<u8>,
    /// Keys that the `pssh` box asks for.
    pub(crate) asked: Vec<[u8; 16]>,
}

/// One sample: its vector, and its ranges of clear and protected bytes; none where all of it is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) iv: Vec<u8>,
    pub(crate) ranges: Option<Vec<(usize, usize)>>,
    /// Where it lies in the segment.
    pub(crate) place: std::ops::Range<usize>,
}

/// Reads an initialization segment.
pub(crate) fn init(bytes: &[u8]) -> Protected {
    let stsd =
        find(bytes, &[(b"moov", 0), (b"trak", 0), (b"mdia", 0), (b"minf", 0), (b"stbl", 0), (b"stsd", 8)]).unwrap();
    let entries = boxes(bytes, stsd.body.start + 8..stsd.body.end);
    let [entry] = entries.as_slice() else { panic!("one entry") };
    let fields = match &entry.name {
        b"encv" => 78,
        b"enca" => 28,
        other => panic!("{}", other.escape_ascii()),
    };
    let inner = boxes(bytes, entry.body.start + fields..entry.body.end);
    let sinf = inner.iter().find(|found| &found.name == b"sinf").unwrap();
    let child = |parent: &Found, name: &[u8; 4]| {
        boxes(bytes, parent.body.clone()).into_iter().find(|found| &found.name == name).unwrap()
    };
    let frma = child(sinf, b"frma").body;
    let schm = child(sinf, b"schm").body;
    let tenc = &bytes[child(&child(sinf, b"schi"), b"tenc").body];
    assert_eq!(number(&bytes[schm.start + 8..schm.start + 12]), 0x1_0000, "version 1.0 of the scheme");
    assert_eq!((tenc[4], tenc[6]), (0, 1), "it is protected");
    let iv_size = usize::from(tenc[7]);
    let constant_iv = if iv_size == 0 { tenc[25..25 + usize::from(tenc[24])].to_vec() } else { Vec::new() };
    assert_eq!(tenc.len(), if iv_size == 0 { 25 + constant_iv.len() } else { 24 });
    let pssh = &bytes[find(bytes, &[(b"moov", 0), (b"pssh", 0)]).unwrap().body];
    assert_eq!(pssh[..4], [1, 0, 0, 0]);
    assert_eq!(pssh[4..20], *b"\x10\x77\xef\xec\xc0\xb2\x4d\x02\xac\xe3\x3c\x1e\x52\xe2\xfb\x4b");
    let (asked, rest) = pssh[24..].split_at(16 * number(&pssh[20..24]) as usize);
    assert_eq!(rest, [0; 4]);
    Protected {
        format: bytes[frma].try_into().unwrap(),
        scheme: bytes[schm.start + 4..schm.start + 8].try_into().unwrap(),
        version: tenc[0],
        pattern: (usize::from(tenc[5] >> 4), usize::from(tenc[5] & 15)),
        iv_size,
        kid: tenc[8..24].try_into().unwrap(),
        constant_iv,
        asked: asked.chunks(16).map(|kid| kid.try_into().unwrap()).collect(),
    }
}

/// Reads the samples of a media segment.
pub(crate) fn samples(bytes: &[u8], protected: &Protected) -> Vec<Sample> {
    let all = boxes(bytes, 0..bytes.len());
    let moof = all.iter().find(|found| &found.name == b"moof").unwrap();
    let mdat = all.iter().find(|found| &found.name == b"mdat").unwrap();
    let traf = boxes(bytes, moof.body.clone()).into_iter().find(|found| &found.name == b"traf").unwrap();
    let parts = boxes(bytes, traf.body);
    let body = |name: &[u8; 4]| parts.iter().find(|found| &found.name == name).map(|found| found.body.clone());
    let sizes = sizes(&bytes[body(b"tfhd").unwrap()], &bytes[body(b"trun").unwrap()]);
    let senc = body(b"senc").unwrap();
    let has_ranges = bytes[senc.start + 3] & 2 != 0;
    assert_eq!(number(&bytes[senc.start + 4..senc.start + 8]) as usize, sizes.len());
    let mut at = senc.start + 8;
    let mut place = mdat.body.start;
    let mut lengths = Vec::new();
    let mut samples = Vec::new();
    for size in sizes {
        let begins = at;
        let iv = bytes[at..at + protected.iv_size].to_vec();
        at += protected.iv_size;
        let mut ranges = None;
        if has_ranges {
            let count = number(&bytes[at..at + 2]) as usize;
            at += 2;
            let entries = bytes[at..at + 6 * count].chunks(6);
            ranges = Some(entries.map(|entry| (number(&entry[..2]) as usize, number(&entry[2..]) as usize)).collect());
            at += 6 * count;
        }
        lengths.push(at - begins);
        samples.push(Sample { iv, ranges, place: place..place + size });
        place += size;
    }
    assert_eq!((at, place), (senc.end, mdat.body.end));
    auxiliary(bytes, moof, (body(b"saiz"), body(b"saio")), &lengths, senc.start + 8);
    samples
}

/// Checks that the general boxes say the same as `senc`.
fn auxiliary(
    bytes: &[u8],
    moof: &Found,
    (saiz, saio): (Option<std::ops::Range<usize>>, Option<std::ops::Range<usize>>),
    lengths: &[usize],
    begins: usize,
) {
    let tellable = lengths.iter().all(|length| *length <= 255) && lengths.iter().any(|length| *length > 0);
    assert_eq!((saiz.is_some(), saio.is_some()), (tellable, tellable));
    let (Some(saiz), Some(saio)) = (saiz, saio) else { return };
    let saiz = &bytes[saiz];
    assert_eq!(saiz[..4], [0; 4]);
    assert_eq!(number(&saiz[5..9]) as usize, lengths.len());
    let told: Vec<usize> = match saiz[4] {
        0 => saiz[9..].iter().map(|length| usize::from(*length)).collect(),
        same => vec![usize::from(same); lengths.len()],
    };
    assert_eq!(told, lengths);
    let saio = &bytes[saio];
    assert_eq!((&saio[..4], number(&saio[4..8])), (&[0; 4][..], 1));
    let moof_begins = moof.body.start - 8;
    assert_eq!(moof_begins + number(&saio[8..]) as usize, begins, "the offset counts from the `moof`");
}

/// Sizes of samples, from `tfhd` and `trun`.
fn sizes(tfhd: &[u8], trun: &[u8]) -> Vec<usize> {
    let header_flags = number(&tfhd[1..4]);
    let mut at = 8;
    for (flag, len) in [(1, 8), (2, 4), (8, 4)] {
        at += if header_flags & flag != 0 { len } else { 0 };
    }
    let default = if header_flags & 0x10 != 0 { number(&tfhd[at..at + 4]) as usize } else { 0 };
    let flags = number(&trun[1..4]);
    let count = number(&trun[4..8]) as usize;
    let mut at = 8 + [(1, 4), (4, 4)].iter().filter(|(flag, _)| flags & flag != 0).map(|(_, len)| len).sum::<usize>();
    let fields = |mask: u64| 4 * (flags & mask).count_ones() as usize;
    let sizes = (0..count).map(|_| {
        let size = at + fields(0x100);
        at += fields(0xf00);
        if flags & 0x200 != 0 { number(&trun[size..size + 4]) as usize } else { default }
    });
    sizes.collect()
}

/// The samples of a media segment as they were before.
pub(crate) fn decrypt(bytes: &[u8], protected: &Protected, key: [u8; 16]) -> Vec<Vec<u8>> {
    let aes = Aes128::new(&key.into());
    let samples = samples(bytes, protected);
    samples.iter().map(|sample| clear(&bytes[sample.place.clone()], sample, protected, &aes)).collect()
}

fn clear(bytes: &[u8], sample: &Sample, protected: &Protected, aes: &Aes128) -> Vec<u8> {
    let whole = [(0, bytes.len())];
    let ranges = sample.ranges.as_deref().unwrap_or(&whole);
    let mut counter = Counter { aes, block: [0; 16], stream: [0; 16], used: 0 };
    counter.block[..sample.iv.len()].copy_from_slice(&sample.iv);
    let mut out = Vec::new();
    for (clear, encrypted) in ranges {
        let at = out.len();
        out.extend(&bytes[at..at + clear]);
        let range = &bytes[at + clear..at + clear + encrypted];
        match &protected.scheme {
            b"cenc" => out.extend(range.iter().map(|byte| byte ^ counter.next())),
            b"cbcs" => out.extend(chained(range, protected, aes)),
            other => panic!("{}", other.escape_ascii()),
        }
    }
    assert_eq!(out.len(), bytes.len(), "the ranges cover the sample");
    out
}

/// The key stream of one sample.
struct Counter<'a> {
    aes: &'a Aes128,
    /// The next block.
    block: [u8; 16],
    stream: [u8; 16],
    used: usize,
}

impl Counter<'_> {
    fn next(&mut self) -> u8 {
        if self.used.is_multiple_of(16) {
            let mut stream = self.block.into();
            self.aes.encrypt_block(&mut stream);
            self.stream = stream.into();
            let low = number(&self.block[8..]) + 1;
            self.block[8..].copy_from_slice(&low.to_be_bytes());
        }
        self.used += 1;
        self.stream[(self.used - 1) % 16]
    }
}

/// One range of cipher block chaining by a pattern.
fn chained(range: &[u8], protected: &Protected, aes: &Aes128) -> Vec<u8> {
    let mut before: [u8; 16] = protected.constant_iv.clone().try_into().unwrap();
    let (crypt, skip) = protected.pattern;
    let mut out = Vec::new();
    for (number, block) in range.chunks(16).enumerate() {
        let is_encrypted = crypt + skip == 0 || number % (crypt + skip) < crypt;
        match <[u8; 16]>::try_from(block) {
            Ok(encrypted) if is_encrypted => {
                let mut plain = encrypted.into();
                aes.decrypt_block(&mut plain);
                out.extend(plain.iter().zip(before).map(|(byte, other)| byte ^ other));
                before = encrypted;
            }
            _ => out.extend(block),
        }
    }
    out
}
