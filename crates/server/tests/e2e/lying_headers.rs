//! Films whose index says what is not so. What cannot be is refused; what is only said is not believed.

use crate::boxes::{bodies, with};
use crate::films;
use crate::harness::{Server, tracks};
use serde_json::json;
use std::time::{Duration, Instant};

const STBL: [&str; 5] = ["moov", "trak", "mdia", "minf", "stbl"];

fn table(name: &'static str) -> Vec<&'static str> {
    [&STBL[..], &[name]].concat()
}

#[test]
fn lying_durations_are_not_believed_because_lengths_come_from_the_samples() {
    const LIE: u32 = 1 << 31;
    let server = Server::start();
    let honest = films::film();
    let everywhere =
        [(vec!["moov", "mvhd"], 16), (vec!["moov", "trak", "tkhd"], 20), (vec!["moov", "trak", "mdia", "mdhd"], 16)];
    let mut lies = honest.clone();
    for (path, offset) in &everywhere {
        lies = with(lies, path, *offset, LIE);
    }
    let expected = server.asset_detail(&server.publish("honest.mp4", &honest));
    let duration = expected["durationMilliseconds"].as_u64().unwrap();
    // Sound ends with a whole frame, which is a few hundredths of a second long.
    assert!((films::MILLIS..films::MILLIS + 50).contains(&duration), "{expected}");
    for (film, what) in [(lies, "2^31"), (zeroed(&honest, &everywhere), "0")] {
        let asset = server.publish("lies.mp4", &film);
        let detail = server.asset_detail(&asset);
        assert_eq!(detail["durationMilliseconds"], expected["durationMilliseconds"], "{what}: {detail}");
        assert_eq!(detail["endpoints"][0]["durationMilliseconds"], expected["durationMilliseconds"], "{what}");
        server.plays(&asset, &film);
        let manifest = server.fetch(&format!("/play/{asset}/dash/manifest.mpd")).expect(200).text();
        assert!(manifest.contains("mediaPresentationDuration=\"PT8."), "{what}: {manifest}");
    }
}

fn zeroed(film: &[u8], places: &[(Vec<&str>, usize)]) -> Vec<u8> {
    places.iter().fold(film.to_vec(), |film, (path, offset)| with(film, path, *offset, 0))
}

#[test]
fn an_index_that_cannot_be_is_refused_at_once_and_for_little_memory() {
    let server = Server::start();
    let film = films::film();
    let beyond = u32::try_from(film.len()).unwrap() + 1_000;
    let stsz = |count: u32| with(film.clone(), &table("stsz"), 8, count);
    let cases = [
        ("more sizes than the table holds", stsz(1 << 28)),
        ("one sample more than the table holds", stsz(1_000_000)),
        ("four billion samples of one size", with(stsz(u32::MAX), &table("stsz"), 4, 1)),
        ("every sample larger than the file", with(film.clone(), &table("stsz"), 4, beyond)),
        ("a chunk behind the end of the file", with(film.clone(), &table("stco"), 8, beyond)),
        ("more chunks than the table holds", with(film.clone(), &table("stco"), 4, u32::MAX)),
        ("no chunks", with(film.clone(), &table("stco"), 4, 0)),
        ("chunks without samples", with(film.clone(), &table("stsc"), 12, 0)),
        ("more runs of times than the table holds", with(film.clone(), &table("stts"), 4, 1 << 28)),
        ("no times", with(film.clone(), &table("stts"), 4, 0)),
        ("more sample descriptions than the table holds", with(film.clone(), &table("stsc"), 16, 7)),
        ("a time scale of zero", with(film.clone(), &["moov", "trak", "mdia", "mdhd"], 12, 0)),
    ];
    for (what, lies) in cases {
        assert!(lies != film, "{what}: nothing was changed");
        let upload = server.upload("lies.mp4", &lies);
        let begun = Instant::now();
        let answer = server.complete(&upload);
        assert_eq!(answer.status, 422, "{what}: {}", answer.text());
        answer.refused(422, "unreadable_media", &[]);
        assert!(begun.elapsed() < Duration::from_secs(10), "{what}: {:?}", begun.elapsed());
        let file = server.file_detail(&upload.file);
        assert_eq!(
            (file["status"].as_str(), file["tracks"].as_array().map(Vec::len)),
            (Some("Error"), Some(0)),
            "{what}"
        );
    }
    assert!(server.peak_memory() < 300_000_000, "{} bytes", server.peak_memory());
    server.is_well();
}

#[test]
fn a_count_of_times_beyond_the_samples_changes_neither_their_number_nor_the_length() {
    let server = Server::start();
    let honest = films::film();
    let expected = server.asset_detail(&server.publish("honest.mp4", &honest));
    // The first run of times is said to cover 2^28 samples.
    let lies = with(honest, &table("stts"), 8, 1 << 28);
    let upload = server.upload("lies.mp4", &lies);
    let answer = server.complete(&upload);
    if answer.status == 200 {
        let detail = server.asset_detail(&server.asset(&upload.file));
        assert_eq!(detail["status"], "Available", "{detail}");
        let (told, right) = (&detail["durationMilliseconds"], &expected["durationMilliseconds"]);
        assert!(told.as_u64().unwrap().abs_diff(right.as_u64().unwrap()) < 100, "{told} for {right}");
    } else {
        answer.refused(422, "unreadable_media", &["stts"]);
    }
    server.is_well();
}

#[test]
fn limits_of_the_operator_hold_for_what_is_really_in_the_file() {
    let server = Server::with(&[("KINORA_MAX_PIXELS", "10000"), ("KINORA_MAX_TRACKS", "2")]);
    let wide = server.upload("wide.mp4", &films::picture_only());
    server.complete(&wide).refused(422, "limit_exceeded", &["10000 pixels"]);
    let many = server.upload("many.mp4", &films::two_languages());
    server.complete(&many).refused(422, "limit_exceeded", &["2 tracks"]);
    let sound = films::sound_only();
    server.plays(&server.publish("sound.mp4", &sound), &sound);
}

#[test]
fn a_box_larger_than_the_one_around_it_is_refused() {
    let server = Server::start();
    let film = films::film();
    for path in [&["moov", "trak"][..], &["moov", "trak", "mdia"], &["moov", "trak", "mdia", "minf", "stbl", "stsd"]] {
        let mut lies = film.clone();
        let start = bodies(&film, path)[0].start - 8;
        lies[start..start + 4].copy_from_slice(&0x7fff_ffff_u32.to_be_bytes());
        let upload = server.upload("lies.mp4", &lies);
        server.complete(&upload).refused(422, "unreadable_media", &["damaged"]);
    }
    server.is_well();
}

#[test]
fn damage_anywhere_in_the_index_is_told_in_a_sentence_or_plays_and_is_never_a_fault_of_ours() {
    let server = Server::start();
    let film = films::film();
    let index = bodies(&film, &["moov"])[0].clone();
    let mut chance = films::chance();
    let mut assets = Vec::new();
    let mut below = |bound: usize| usize::try_from(chance.next().unwrap() % bound as u64).unwrap();
    for _ in 0..200 {
        let mut damaged = film.clone();
        for _ in 0..=below(3) {
            let at = index.start + below(index.len());
            damaged[at] = [0x00, 0xff, 0x7f, 0x80, damaged[at] ^ 1, damaged[at].wrapping_add(1)][below(6)];
        }
        assets.extend(answered(&server, &damaged));
    }
    for _ in 0..50 {
        assets.extend(answered(&server, &film[..index.start + below(index.len())]));
    }
    // What the damage made another kind of track is tried to be converted.
    server.settle();
    for asset in assets {
        let detail = server.asset_detail(&asset);
        match detail["status"].as_str() {
            Some("Error") => assert!(!detail["errorMessage"].as_str().unwrap_or_default().is_empty(), "{detail}"),
            Some("Available") => drop(tracks(&server, &asset)),
            _ => panic!("{detail}"),
        }
    }
    server.is_well();
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

/// The film is refused with a sentence, or an asset of it plays or says why it does not.
#[track_caller]
fn answered(server: &Server, film: &[u8]) -> Option<String> {
    let upload = server.upload("damaged.mp4", film);
    let completed = server.complete(&upload);
    if completed.status != 200 {
        let code = completed.json()["code"].as_str().unwrap().to_owned();
        assert!(
            ["unreadable_media", "limit_exceeded", "unsupported_container"].contains(&code.as_str()),
            "{}",
            completed.text()
        );
        assert!(matches!(completed.status, 415 | 422), "{}", completed.text());
        return None;
    }
    // One quality: of a film that plays, nothing is to be encoded.
    let wanted = json!({ "transcodedSources": [{ "fileId": upload.file }], "preset": "mp4" });
    let made = server.post("/vod/v1/assets", &wanted);
    if made.status != 200 {
        // The damage took a track away, or made it another kind of track.
        made.refused(400, "invalid_field", &[]);
        return None;
    }
    Some(made.json()["id"].as_str().unwrap().to_owned())
}
