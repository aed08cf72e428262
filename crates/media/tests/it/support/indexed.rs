//! Files that are indexed as a whole, and what ffprobe says of the same files.

use std::path::Path;

use kinora_media::index::{IndexError, IndexedTrack, Indexer, MAX_PIECE, Sample};
use kinora_media::timing::seconds;

use super::tool;

/// What an indexer found, and how much of the file it read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Indexed {
    pub(crate) tracks: Vec<IndexedTrack>,
    /// For each track.
    pub(crate) samples: Vec<Vec<Sample>>,
    pub(crate) bytes_read: u64,
}

/// Reads a file as its indexer asks, at most `piece` bytes at a time.
pub(crate) fn index(mut indexer: impl Indexer, file: &[u8], piece: usize) -> Result<Indexed, IndexError> {
    let mut found = Vec::new();
    let mut bytes_read = 0;
    let mut expected = 0;
    while let Some(range) = indexer.wants() {
        assert!(range.start >= expected && range.start < range.end && range.end - range.start <= MAX_PIECE);
        assert!(indexer.position() <= range.end && range.end <= file.len() as u64);
        let range = range.start as usize..range.end as usize;
        let bytes = &file[range.start..range.end.min(range.start.saturating_add(piece))];
        expected = (range.start + bytes.len()) as u64;
        bytes_read += bytes.len() as u64;
        indexer.feed(bytes)?;
        found.extend(indexer.drain());
    }
    let tracks = indexer.tracks().ok_or(IndexError::NoTracks)?.to_vec();
    let mut samples = vec![Vec::new(); tracks.len()];
    for (track, sample) in found {
        samples[track].push(sample);
    }
    Ok(Indexed { tracks, samples, bytes_read })
}

fn adler32(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1u32, 0u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    b << 16 | a
}

/// Compares the samples of a playable track with the packets that ffprobe reads: how many, their bytes, their times to
/// `tolerance` seconds, and where decoding may begin.
pub(crate) fn compare(path: &Path, file: &[u8], indexed: &Indexed, stream: usize, tolerance: f64) {
    let track = &indexed.tracks[stream];
    let samples = &indexed.samples[stream];
    let packets = tool::hashed_packets(path, stream);
    assert!(track.playable && !track.sample_entry.is_empty(), "{track:?}");
    assert_eq!(samples.len(), packets.len(), "packets of stream {stream}");
    for (at, (sample, packet)) in samples.iter().zip(&packets).enumerate() {
        let bytes = &file[sample.offset as usize..][..sample.size as usize];
        assert_eq!(u64::from(sample.size), packet.size, "size of {at} of stream {stream}");
        assert_eq!(adler32(bytes), packet.hash, "bytes of {at} of stream {stream}");
        assert_eq!(sample.sync, packet.key, "sync of {at} of stream {stream}");
        let pts = seconds(sample.pts, track.timescale);
        assert!((pts - packet.pts).abs() <= tolerance, "{pts} is not {} ({at} of stream {stream})", packet.pts);
    }
    assert!(samples.is_sorted_by_key(|sample| sample.dts), "decode times of stream {stream}");
    assert!(samples.windows(2).all(|pair| pair[0].dts < pair[1].dts), "decode times of stream {stream}");
    assert!(samples[0].sync);
}

/// Asserts that presentation times lie on a grid of `ticks` from the first.
pub(crate) fn on_grid(samples: &[Sample], ticks: i64) {
    assert!(samples.iter().all(|sample| (sample.pts - samples[0].pts) % ticks == 0), "{samples:?}");
}

/// The body of the first box of that name, wherever it is.
fn body<'a>(bytes: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let at = bytes.windows(4).position(|found| found == name)?;
    let size = u32::from_be_bytes(bytes[at - 4..at].try_into().unwrap());
    Some(&bytes[at + 4..at - 4 + size as usize])
}

/// Compares decoder configurations with those that ffmpeg writes when it copies the file into an MP4.
pub(crate) fn same_configurations(path: &Path, tracks: &[IndexedTrack]) {
    let copy = path.with_extension("configurations.mp4");
    let hvc1 = tracks.iter().any(|track| track.codec.name() == "hevc");
    let tag: &[&str] = if hvc1 { &["-tag:v", "hvc1"] } else { &[] };
    let arguments = [&["-i", path.to_str().unwrap(), "-map", "0", "-c", "copy", "-strict", "-2"], tag].concat();
    tool::ffmpeg(&arguments, &copy);
    let copied = std::fs::read(copy).unwrap();
    let mut compared = 0;
    for name in [b"avcC", b"hvcC", b"av1C", b"vpcC", b"dOps", b"dfLa", b"esds"] {
        let Some(entry) = tracks.iter().find(|track| body(&track.sample_entry, name).is_some()) else { continue };
        let (ours, other) = (body(&entry.sample_entry, name).unwrap(), body(&copied, name).unwrap());
        if name == b"esds" {
            // Bit rates are told there that nobody knows here; the AudioSpecificConfig is the same.
            let specific = &ours[26.min(ours.len() - 3)..ours.len() - 3];
            assert!(other[..other.len() - 6].ends_with(specific), "{}", other.escape_ascii());
        } else {
            assert_eq!(ours, other, "{}", name.escape_ascii());
        }
        compared += 1;
    }
    assert!(compared > 0);
}
