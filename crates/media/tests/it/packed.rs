//! Packed audio, as ffmpeg plays it from a playlist.

use std::path::Path;

use kinora_media::presentation::{Rendition, Urls};
use kinora_media::progressive::Slice;
use kinora_media::timing::seconds;
use kinora_media::{Progressive, SegmentMap, hls, packed};
use tempfile::TempDir;

use crate::support::package::{plan, slice};
use crate::support::tool;

/// A track of MP3 in a file that ffmpeg made, and the file.
fn film(folder: &Path, sampling: &[&str], muxer: &[&str]) -> (std::path::PathBuf, SegmentMap) {
    let path = folder.join("film.mp4");
    let sound = ["-f", "lavfi", "-i", "aevalsrc=sin(440*2*PI*t)*(1+sin(3*t))/2:d=21", "-c:a", "libmp3lame"];
    let arguments: Vec<&str> = sound.iter().chain(sampling).chain(muxer).copied().collect();
    tool::ffmpeg(&arguments, &path);
    let map = plan(&std::fs::read(&path).unwrap()).unwrap().remove(0).map;
    (path, map)
}

/// Writes segment `n` and a playlist of it alone: ffmpeg reads ahead, and of several segments gives the last frames of
/// one the time of the next.
fn publish(folder: &Path, film: &[u8], map: &SegmentMap, n: u32) -> std::path::PathBuf {
    let segment = packed::segment(map, n).unwrap();
    let mut bytes = segment.head;
    for range in &segment.payload {
        bytes.extend(slice(film, range));
    }
    assert_eq!(bytes.len() as u64, segment.len);
    std::fs::write(folder.join(format!("{n}.mp3")), bytes).unwrap();
    let urls = Urls { segment_template: format!("{n}.mp3"), ..Urls::default() };
    let mut rendition = Rendition::new("a0", map, urls);
    rendition.segments = vec![rendition.segments[n as usize]];
    let text = hls::media(&rendition);
    assert!(!text.contains("EXT-X-MAP"), "{text}");
    let playlist = folder.join(format!("{n}.m3u8"));
    std::fs::write(&playlist, text).unwrap();
    playlist
}

/// Sound in a file: what ffmpeg is told of it, how the file is written, and the frames of silence in front that are
/// left out.
const FILMS: [(&[&str], &[&str], usize); 3] = [
    (&["-ar", "44100", "-ac", "2", "-b:a", "128k"], &[], 1),
    (&["-ar", "48000", "-ac", "1", "-q:a", "5"], &["-movflags", "+faststart"], 1),
    (&["-ar", "22050", "-ac", "2", "-b:a", "64k"], &["-use_editlist", "0"], 0),
];

#[test]
fn every_frame_of_mp3_comes_at_its_time() {
    for (sampling, muxer, silent) in FILMS {
        let folder = TempDir::new().unwrap();
        let (source, map) = film(folder.path(), sampling, muxer);
        let file = std::fs::read(&source).unwrap();
        let stored = tool::hashed_packets(&source, 0);
        let mut stored = stored[silent..].iter();
        let scale = map.header().timescale;
        assert!(map.segment_count() > 4, "{sampling:?}");
        for n in 0..map.segment_count() {
            let mut time = map.segment(n).unwrap().start;
            let mut samples = map.samples(n).unwrap().samples.into_iter();
            for _ in 0..if n == 0 { silent } else { 0 } {
                assert!(time < 0, "what is left out begins before the timeline");
                time += i64::from(samples.next().unwrap().duration);
            }
            assert!(time >= 0);
            let played = tool::hashed_packets(&publish(folder.path(), &file, &map, n), 0);
            assert_eq!(played.len(), samples.len(), "segment {n} of {sampling:?}");
            for (frame, sample) in played.iter().zip(samples) {
                let source = stored.next().unwrap();
                assert_eq!((frame.size, frame.hash), (source.size, source.hash), "segment {n} of {sampling:?}");
                // Both readers round, and the clock of the tag.
                let expected = seconds(time, scale);
                assert!((frame.pts - expected).abs() < 2e-5, "segment {n}: {} and not {expected}", frame.pts);
                time += i64::from(sample.duration);
            }
        }
        assert!(stored.next().is_none(), "every frame was played");
        assert_eq!(packed::segment(&map, map.segment_count()), None);
        // The same frames, and no others, are the file of that format.
        let frames = Progressive::frames(&map).unwrap();
        let path = folder.path().join("whole.mp3");
        let parts = frames.read(0..u64::MAX);
        let bytes: Vec<u8> = parts
            .iter()
            .flat_map(|part| match part {
                Slice::Media { range, .. } => slice(&file, range).to_vec(),
                Slice::Head(_) => panic!("there is nothing in front of the frames"),
            })
            .collect();
        assert_eq!(bytes.len() as u64, frames.size());
        std::fs::write(&path, bytes).unwrap();
        let told = |frames: &[tool::Hashed]| frames.iter().map(|frame| (frame.size, frame.hash)).collect::<Vec<_>>();
        let whole = tool::hashed_packets(&path, 0);
        assert_eq!(told(&whole), told(&tool::hashed_packets(&source, 0)[silent..]), "{sampling:?}");
    }
}

#[test]
fn other_sound_has_no_packed_form() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("film.mp4");
    tool::ffmpeg(&["-f", "lavfi", "-i", "sine=duration=3", "-c:a", "aac"], &path);
    let map = plan(&std::fs::read(&path).unwrap()).unwrap().remove(0).map;
    assert!(!packed::takes(map.header()));
    assert_eq!(packed::segment(&map, 0), None);
    assert_eq!(Progressive::frames(&map), None);
}
