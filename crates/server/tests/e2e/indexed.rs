//! Films that players take and that have no sample table: played from their own bytes at once.

use crate::films;
use crate::harness::{Server, Track, tracks, until};

/// The most that picture and sound may be apart from what they were.
const APART: f64 = 0.025;

#[track_caller]
fn is_available(server: &Server, asset: &str) {
    until("the asset is available", || (server.asset_detail(asset)["status"] == "Available").then_some(()));
}

/// Picture and sound of an asset, the first of each.
#[track_caller]
fn both(server: &Server, asset: &str) -> (Track, Track) {
    let (sounds, pictures): (Vec<_>, Vec<_>) = tracks(server, asset).into_iter().partition(Track::is_audio);
    (pictures.into_iter().next().unwrap(), sounds.into_iter().next().unwrap())
}

/// By how much sound and picture are further apart as they are served than in the film.
#[track_caller]
fn apart(film: &[u8], picture: &Track, sound: &Track) -> f64 {
    let source = films::begins(film, "a:0") - films::begins(film, "v:0");
    films::begins(&sound.bytes(), "a:0") - films::picture_begins(&picture.bytes()) - source
}

#[test]
fn films_without_a_sample_table_play_from_their_own_bytes_and_a_ladder_follows() {
    let server = Server::start();
    for (name, film) in films::without_tables() {
        let file = server.store(name, &film);
        // A stream is looked into by another program first.
        server.post(&format!("/vod/v1/files/{file}/detect"), &serde_json::json!({})).expect(200);
        let asset = server.asset(&file);
        let master = format!("/play/{asset}/hls/master.m3u8");
        until("it plays", || (server.fetch(&master).status == 200).then_some(()));
        assert!(server.metric("kinora_jobs_unfinished") > 0, "{name}: nobody waits for the ladder");
        is_available(&server, &asset);
        let (picture, sound) = both(&server, &asset);
        assert_eq!((picture.name.as_str(), sound.name.as_str()), ("v0-1", "a1-1"), "{name}");
        assert_eq!(films::pictures(&picture.bytes()), films::LARGER_PICTURES, "{name}");
        let source = films::packets(&film, "a:0").len();
        assert_eq!(films::packets(&sound.bytes(), "0").len(), source, "{name}");
        let apart = apart(&film, &picture, &sound);
        assert!(apart.abs() < APART, "{name}: {apart} s");
        let millis = server.asset_detail(&asset)["durationMilliseconds"].as_u64().unwrap();
        assert!(millis.abs_diff(films::LARGER_MILLIS) < 120, "{name}: {millis} ms");
        server.settle();
        is_available(&server, &asset);
        let ladder = tracks(&server, &asset);
        let rungs: Vec<_> = ladder.iter().filter(|track| !track.is_audio()).collect();
        assert!(rungs.iter().any(|rung| rung.name != "v0-1"), "{name}: {:?}", rungs.len());
        for rung in rungs {
            assert_eq!(films::pictures(&rung.bytes()), films::LARGER_PICTURES, "{name} {}", rung.name);
            let apart = films::picture_begins(&rung.bytes()) - films::picture_begins(&picture.bytes());
            assert!(apart.abs() < 0.001, "{name} {}: {apart} s", rung.name);
        }
        assert_eq!(server.asset_detail(&asset)["status"], "Available", "{name}");
    }
    assert_eq!(server.scratch().len(), 0, "the programs clean up");
}

#[test]
fn of_a_film_that_plays_by_halves_the_other_half_is_converted_and_both_stay_together() {
    let server = Server::start();
    for (name, film) in films::halves() {
        let asset = server.publish(name, &film);
        is_available(&server, &asset);
        let (picture, sound) = both(&server, &asset);
        assert_eq!(films::pictures(&picture.bytes()), films::LARGER_PICTURES, "{name}");
        assert_eq!(films::streams(&sound.bytes()), ["audio aac"], "{name}");
        let apart = apart(&film, &picture, &sound);
        assert!(apart.abs() < APART, "{name}: {apart} s");
        server.settle();
        // Who began with a picture that the ladder replaced finds it where DASH players look.
        let mpd = server.fetch(&format!("/play/{asset}/dash/manifest.mpd")).expect(200).text();
        assert!(mpd.contains(&format!("<Representation id=\"{}\"", picture.name)), "{name}: {mpd}");
        let is_replaced = tracks(&server, &asset).iter().all(|track| track.name != picture.name);
        assert_eq!(is_replaced, name == "sound.mkv", "{name}");
    }
}

#[test]
fn a_long_film_grows_until_it_is_indexed() {
    let server = Server::start();
    let film = films::two_hours();
    let file = server.store("hours.mkv", &film);
    let asset = server.asset(&file);
    let playlist = format!("/play/{asset}/hls/v0-1.m3u8");
    let first = until("it plays", || Some(server.fetch(&playlist)).filter(|answer| answer.status == 200)).text();
    assert!(first.contains("#EXT-X-PLAYLIST-TYPE:EVENT") && !first.contains("#EXT-X-ENDLIST"), "{first}");
    is_available(&server, &asset);
    let last =
        until("it is whole", || Some(server.fetch(&playlist).text()).filter(|text| text.ends_with("#EXT-X-ENDLIST\n")));
    let lines = |text: &str| text.lines().filter(|line| !line.starts_with("#EXT-X-")).count();
    assert!(lines(&first) < lines(&last), "{} lines grew to {}", lines(&first), lines(&last));
    let begins: Vec<_> = first.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(last.lines().filter(|line| !line.starts_with('#')).zip(&begins).all(|(now, then)| now == *then));
}

#[test]
fn an_index_that_a_kill_interrupts_goes_on_behind_what_was_published() {
    let mut server = Server::start();
    let asset = server.publish("hours.mkv", &films::two_hours());
    let playlist = format!("/play/{asset}/hls/v0-1.m3u8");
    let first = until("it plays", || Some(server.fetch(&playlist)).filter(|answer| answer.status == 200)).text();
    let segment = format!("/play/{asset}/v0-1/0.m4s");
    let before = server.fetch(&segment).expect(200).body;
    server.kill();
    assert!(first.contains("#EXT-X-PLAYLIST-TYPE:EVENT"), "{first}");
    server.restart();
    is_available(&server, &asset);
    let last = server.fetch(&playlist).expect(200).text();
    let seconds: f64 =
        last.lines().filter_map(|line| line.strip_prefix("#EXTINF:")?.strip_suffix(',')?.parse::<f64>().ok()).sum();
    assert!((seconds - 7_200.0).abs() < 0.2, "{seconds} s");
    assert!(server.fetch(&segment).expect(200).body == before);
}

/// Nothing is where blocks should begin.
fn damaged(mut film: Vec<u8>, at: usize, bytes: usize) -> Vec<u8> {
    film[at..at + bytes].fill(0);
    film
}

#[test]
fn a_film_that_is_damaged_far_behind_its_beginning_plays_until_there() {
    let server = Server::start();
    let film = films::two_hours();
    let at = film.len() / 2;
    let asset = server.publish("hours.mkv", &damaged(film, at, 10_000));
    is_available(&server, &asset);
    let millis = server.asset_detail(&asset)["durationMilliseconds"].as_u64().unwrap();
    assert!((3_000_000..4_500_000).contains(&millis), "{millis} ms");
    let playlist = server.fetch(&format!("/play/{asset}/hls/v0-1.m3u8")).expect(200).text();
    assert!(playlist.ends_with("#EXT-X-ENDLIST\n"));
}

#[test]
fn a_film_that_is_damaged_at_its_beginning_is_converted() {
    let server = Server::start();
    let (name, film) = films::without_tables().swap_remove(0);
    let asset = server.publish(name, &damaged(film, 30_000, 60_000));
    is_available(&server, &asset);
    assert!(server.log().contains("an upload is converted"));
    let (picture, _) = both(&server, &asset);
    assert!(films::pictures(&picture.bytes()) > films::LARGER_PICTURES / 2);
}
