//! Whole segments by AES-128.

use std::collections::HashSet;

use kinora_media::hls;
use kinora_media::presentation::{Protection, Rendition, Urls};
use kinora_media::protect::{self, Iv, Key, TrackSalt};
use tempfile::TempDir;

use crate::support::film::{FilmTrack, film};
use crate::support::package::{plan, segment};
use crate::support::{hex, tool};

use super::{KEY, X264, make};

fn aes128(segment: &[u8], iv: Iv) -> Vec<u8> {
    let mut cipher = protect::Aes128::new(&Key::new(KEY), iv).unwrap();
    [cipher.next(segment).unwrap(), cipher.end().unwrap()].concat()
}

#[test]
fn openssl_decrypts_whole_segments() {
    let file = film(&[FilmTrack::video(250, 40), FilmTrack::audio(469)], false);
    let mut seen = HashSet::new();
    for (planned, salt) in plan(&file).unwrap().iter().zip([TrackSalt([1; 8]), TrackSalt([2; 8])]) {
        for n in 0..planned.map.segment_count() {
            let clear = segment(&planned.map, n, &file);
            let iv = protect::segment_iv(salt, n);
            assert!(seen.insert(*iv.bytes()));
            let encrypted = aes128(&clear, iv);
            assert_eq!(encrypted.len() as u64, protect::aes128_len(clear.len() as u64));
            let arguments = ["enc", "-d", "-aes-128-cbc", "-K", &hex(&KEY), "-iv", &hex(iv.bytes())];
            assert_eq!(tool::filter("openssl", &arguments, &encrypted), clear);
        }
    }
}

#[test]
fn ffmpeg_plays_a_playlist_of_encrypted_segments() {
    let folder = TempDir::new().unwrap();
    let path = make(&folder, "a.mp4", &[X264]);
    let file = std::fs::read(&path).unwrap();
    std::fs::write(folder.path().join("key"), KEY).unwrap();
    for (at, planned) in plan(&file).unwrap().iter().enumerate() {
        let (map, salt) = (&planned.map, TrackSalt([at as u8; 8]));
        let urls = Urls {
            playlist: String::new(),
            key_frames: None,
            init: Some(format!("{at}-init.mp4")),
            segment_template: format!("{at}-$Number$.m4s"),
            ..Urls::default()
        };
        let protection = Protection::Segments { key_url: "key".to_owned(), salt };
        let rendition = Rendition::new("a", map, urls).protected(protection);
        let playlist = folder.path().join(format!("{at}.m3u8"));
        std::fs::write(&playlist, hls::media(&rendition)).unwrap();
        std::fs::write(folder.path().join(format!("{at}-init.mp4")), kinora_media::cmaf::init_segment(map)).unwrap();
        for n in 0..map.segment_count() {
            let encrypted = aes128(&segment(map, n, &file), protect::segment_iv(salt, n));
            std::fs::write(folder.path().join(format!("{at}-{n}.m4s")), encrypted).unwrap();
        }
        assert_eq!(tool::playlist_frames(&playlist), tool::frames(&path, at), "track {at}");
    }
}
