//! Files that are small and ask for much.

use crate::films::{Stored, engine, film, programs};
use kinora_app::port::{ProbeError, Prober as _};
use kinora_engine::EngineLimits;
use kinora_media::sniff::Container;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Refused for its pixels, soon and without the memory that the picture would take.
async fn too_large(folder: &Path, path: PathBuf, container: Container) {
    assert!(path.metadata().unwrap().len() < 100_000, "a small file");
    let limits = EngineLimits { max_pixels: 8192 * 4320, ..EngineLimits::default() };
    let begun = Instant::now();
    let error = engine(folder, limits).probe(Arc::new(Stored(path)), container).await.unwrap_err();
    assert!(matches!(error, ProbeError::Limit("pixels")), "{container:?}: {error:?}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_picture_that_says_that_it_is_huge_is_refused_by_its_pixels() {
    let folder = tempfile::tempdir().unwrap();
    // The size in the picture itself, as two numbers of 32 bits, and in its track, as two of 16.
    film(folder.path(), "bomb.mov", "-map 0 -frames:v 1 -c:v png");
    let path = folder.path().join("bomb.mov");
    let mut bytes = std::fs::read(&path).unwrap();
    let header = bytes.windows(4).position(|word| word == b"IHDR").unwrap() + 4;
    bytes[header..header + 4].copy_from_slice(&16_000_u32.to_be_bytes());
    bytes[header + 4..header + 8].copy_from_slice(&16_000_u32.to_be_bytes());
    let size = [160_u16.to_be_bytes(), 120_u16.to_be_bytes()].concat();
    let described = bytes.windows(4).rposition(|word| word == size).unwrap();
    bytes[described..described + 2].copy_from_slice(&16_000_u16.to_be_bytes());
    bytes[described + 2..described + 4].copy_from_slice(&16_000_u16.to_be_bytes());
    std::fs::write(&path, bytes).unwrap();
    too_large(folder.path(), path, Container::QuickTime).await;
}

/// Bits of a parameter set, the first one in the highest place.
#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn fixed(&mut self, value: u32, count: u32) -> &mut Self {
        self.0.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
        self
    }

    /// Exponential Golomb code (ITU-T H.264, 9.1).
    fn golomb(&mut self, value: u32) -> &mut Self {
        let digits = 32 - (value + 1).leading_zeros();
        self.fixed(0, digits - 1).fixed(value + 1, digits)
    }

    fn bytes(&self) -> Vec<u8> {
        self.0
            .chunks(8)
            .map(|byte| byte.iter().enumerate().fold(0, |sum, (at, bit)| sum | u8::from(*bit) << (7 - at)))
            .collect()
    }
}

/// H.264 with a parameter set that says how many blocks of 16 by 16 a picture has.
fn h264(blocks: (u32, u32)) -> Vec<u8> {
    let mut sequence = Bits::default();
    // Baseline profile, level 6.2, numbers of frames in 4 bits, order of pictures that of decoding.
    sequence.fixed(66, 8).fixed(0, 8).fixed(62, 8).golomb(0).golomb(0).golomb(2).golomb(1).fixed(0, 1);
    sequence.golomb(blocks.0 - 1).golomb(blocks.1 - 1).fixed(1, 1).fixed(1, 1).fixed(0, 1).fixed(0, 1).fixed(1, 1);
    let mut picture = Bits::default();
    picture.golomb(0).golomb(0).fixed(0, 2).golomb(0).golomb(0).golomb(0).fixed(0, 3);
    picture.golomb(0).golomb(0).golomb(0).fixed(0, 3).fixed(1, 1);
    let mut slice = Bits::default();
    slice.golomb(0).golomb(7).golomb(0).fixed(0, 4).golomb(0).fixed(0, 2).golomb(0).fixed(1, 1);
    let mut stream = Vec::new();
    for (kind, bits) in [(0x67, &sequence), (0x68, &picture), (0x65, &slice)] {
        stream.extend([0, 0, 0, 1, kind]);
        stream.extend(bits.bytes());
    }
    stream.extend([0x55; 200]);
    stream
}

#[tokio::test]
async fn a_parameter_set_that_says_that_pictures_are_huge_is_refused_by_its_pixels() {
    let folder = tempfile::tempdir().unwrap();
    for (blocks, refused) in [((20, 15), false), ((1000, 1000), true)] {
        let (raw, path) = (folder.path().join("raw.h264"), folder.path().join("film.mkv"));
        std::fs::write(&raw, h264(blocks).repeat(3)).unwrap();
        let made = Command::new(programs().ffmpeg)
            .args(["-v", "error", "-y", "-f", "h264", "-i"])
            .arg(&raw)
            .args(["-c", "copy"])
            .arg(&path)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        if refused {
            too_large(folder.path(), path, Container::Matroska).await;
        } else {
            let engine = engine(folder.path(), EngineLimits::default());
            let tracks = engine.probe(Arc::new(Stored(path)), Container::Matroska).await.unwrap();
            assert_eq!(tracks[0].codec, "h264", "the parameter set is one that is understood");
        }
    }
}
