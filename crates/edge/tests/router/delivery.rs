//! What viewers fetch.

use crate::film::{Film, Index, Script, film};
use crate::world::{World, ask};
use kinora_app::work::{Outcome, Ran, run_next_job};
use kinora_domain::job::{Lane, WorkKind};

/// A server with a film that plays, its asset, and the film.
async fn playing(script: Script) -> (World, String, Film) {
    let world = World::new().await;
    let film = film(&script);
    let file = world.upload("film.mp4", &film.bytes).await;
    let asset = world.asset(&file, "Film").await;
    (world, format!("/play/{asset}"), film)
}

/// The addresses in a playlist, its init segment first.
fn addresses(playlist: &str) -> Vec<String> {
    let map = playlist.lines().filter_map(|line| line.strip_prefix("#EXT-X-MAP:URI=\"")?.strip_suffix('"'));
    map.chain(playlist.lines().filter(|line| !line.starts_with('#'))).map(str::to_owned).collect()
}

/// The bodies of all `mdat` boxes of a segment, one after the other.
fn media(segment: &[u8]) -> Vec<u8> {
    let mut rest = segment;
    let mut media = Vec::new();
    while let Some((size, _)) = rest.split_first_chunk::<4>() {
        let (this, next) = rest.split_at(u32::from_be_bytes(*size) as usize);
        if &this[4..8] == b"mdat" {
            media.extend_from_slice(&this[8..]);
        }
        rest = next;
    }
    media
}

/// All media of a track, through its playlist.
async fn track(world: &World, play: &str, slug: &str) -> Vec<u8> {
    let playlist = world.fetch(&format!("{play}/hls/{slug}.m3u8")).await.expect(200);
    let mut all = Vec::new();
    for (number, address) in addresses(playlist.text()).iter().enumerate() {
        let segment = world.fetch(&format!("{play}/{}", address.strip_prefix("../").unwrap())).await.expect(200);
        assert_eq!(segment.header("content-length"), Some(segment.body.len().to_string().as_str()));
        let begins = if number == 0 { b"ftyp" } else { b"moof" };
        let is_part = |name: &[u8; 4]| segment.body.windows(4).take(60).any(|window| window == name);
        assert!(is_part(begins), "{address}");
        all.extend(media(&segment.body));
    }
    all
}

#[tokio::test]
async fn the_segments_of_a_playlist_hold_every_sample_once() {
    for index in [Index::Front, Index::End] {
        let (world, play, film) = playing(Script { sounds: &["eng", "deu"], index, ..Script::default() }).await;
        for (slug, payload) in ["v0-1", "a1-1", "a2-1"].into_iter().zip(&film.payloads) {
            assert!(track(&world, &play, slug).await == *payload, "{slug} {index:?}");
        }
    }
}

#[tokio::test]
async fn the_addresses_of_all_documents_are_there() {
    let (world, play, _) = playing(Script::default()).await;
    let master = world.fetch(&format!("{play}/hls/master.m3u8")).await.expect(200);
    let quoted = master.text().split("URI=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    let playlists: Vec<_> = quoted.chain(addresses(master.text())).collect();
    assert_eq!(playlists, ["a1-1.m3u8", "v0-1-key.m3u8", "v0-1-storyboard.m3u8", "v0-1.m3u8"]);
    for playlist in playlists {
        let answer = world.fetch(&format!("{play}/hls/{playlist}")).await.expect(200);
        assert_eq!(answer.header("content-type"), Some("application/vnd.apple.mpegurl"));
    }
    let manifest = world.fetch(&format!("{play}/dash/manifest.mpd")).await.expect(200);
    assert_eq!(manifest.header("content-type"), Some("application/dash+xml"));
    let quoted = |name: &str| {
        let name = format!("{name}=\"../");
        manifest.text().split(&name).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for init in quoted("initialization") {
        world.fetch(&format!("{play}/{init}")).await.expect(200);
    }
    // Sheets of small pictures are no segments: this server cannot make any.
    let (sheets, media): (Vec<_>, Vec<_>) =
        quoted("media").into_iter().partition(|media| media.contains("/storyboard/"));
    assert_eq!(sheets, ["v0-1/storyboard/$Number$.jpg"]);
    for media in media {
        for (number, status) in [(0, 200), (2, 200), (3, 404)] {
            world.fetch(&format!("{play}/{}", media.replace("$Number$", &number.to_string()))).await.expect(status);
        }
    }
    let endpoints = world.get(&play.replace("/play/", "/vod/v1/assets/")).await.json();
    for endpoint in endpoints["endpoints"].as_array().unwrap() {
        world.fetch(endpoint["url"].as_str().unwrap()).await.expect(200);
    }
}

#[tokio::test]
async fn sound_that_was_copied_out_is_the_same_sound() {
    let (world, play, film) = playing(Script::default()).await;
    let init = world.fetch(&format!("{play}/a1-1/init.mp4")).await.expect(200).without_request_id();
    let before = world.fetch(&format!("{play}/a1-1/1.m4s")).await.expect(200).without_request_id();
    let file = world.fetch(&format!("{play}/video.mp4")).await.expect(200).without_request_id();
    let copied = Ran::Job { kind: WorkKind::CopyAudio, outcome: Outcome::Done };
    assert_eq!(run_next_job(&world.app, Lane::Quick).await.unwrap(), copied);
    assert_eq!(run_next_job(&world.app, Lane::Quick).await.unwrap(), Ran::Nothing);
    assert_eq!(world.fetch(&format!("{play}/video.mp4")).await.without_request_id(), file);
    assert_eq!(world.fetch(&format!("{play}/a1-1/1.m4s")).await.without_request_id(), before);
    assert_eq!(world.fetch(&format!("{play}/a1-1/init.mp4")).await.without_request_id(), init);
    assert!(track(&world, &play, "a1-1").await == film.payloads[1]);
    assert!(track(&world, &play, "v0-1").await == film.payloads[0]);
    let world = world.restart().await;
    assert_eq!(world.fetch(&format!("{play}/a1-1/1.m4s")).await.without_request_id(), before);
}

#[tokio::test]
async fn the_original_is_given_in_ranges() {
    let (world, play, film) = playing(Script::default()).await;
    let path = format!("{play}/original.mp4");
    let size = film.bytes.len();
    let whole = world.fetch(&path).await.expect(200);
    assert_eq!(whole.body, film.bytes);
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let tag = whole.header("etag").unwrap();
    let last = size - 1;
    for (range, bytes) in [
        ("bytes=0-0".to_owned(), 0..1),
        ("bytes=100-199".to_owned(), 100..200),
        (format!("bytes={last}-"), last..size),
        (format!("bytes=10-{}", size + 10), 10..size),
        ("bytes=-7".to_owned(), size - 7..size),
    ] {
        let answer = world.call(ask("GET", &path).header("range", &range)).await.expect(206);
        assert_eq!(answer.body, film.bytes[bytes.clone()], "{range}");
        let told = format!("bytes {}-{}/{size}", bytes.start, bytes.end - 1);
        assert_eq!(answer.header("content-range"), Some(told.as_str()), "{range}");
        assert_eq!(answer.header("content-length"), Some(bytes.len().to_string().as_str()), "{range}");
        assert_eq!(answer.header("etag"), Some(tag), "{range}");
    }
    for range in [format!("bytes={size}-"), "bytes=-0".to_owned()] {
        let answer = world.call(ask("GET", &path).header("range", &range)).await.expect(416);
        assert_eq!(answer.header("content-range"), Some(format!("bytes */{size}").as_str()), "{range}");
        assert!(String::from_utf8_lossy(&answer.body).contains(&format!("there are {size} bytes")), "{range}");
    }
    for ignored in ["bytes=5-3", "bytes=0-0,5-5", "items=0-1", "bytes=x-y"] {
        assert_eq!(
            world.call(ask("GET", &path).header("range", ignored)).await.expect(200).body.len(),
            size,
            "{ignored}"
        );
    }
    for (if_range, status) in [(tag, 206), ("\"other\"", 200), ("Wed, 21 Oct 2026 07:28:00 GMT", 200)] {
        let ask = ask("GET", &path).header("range", "bytes=0-1").header("if-range", if_range);
        world.call(ask).await.expect(status);
    }
}

#[tokio::test]
async fn segments_are_given_in_ranges_as_well() {
    let (world, play, _) = playing(Script::default()).await;
    for path in ["v0-1/init.mp4", "v0-1/0.m4s", "a1-1/1.m4s"] {
        let path = format!("{play}/{path}");
        let whole = world.fetch(&path).await.expect(200);
        assert_eq!(whole.header("accept-ranges"), Some("bytes"), "{path}");
        let size = whole.body.len();
        // Within the boxes, across their end, among the samples, and the end.
        for (start, end) in [(0, 1), (8, 40), (100, size - 1), (size / 2, size / 2 + 300), (size - 1, size)] {
            let end = end.min(size);
            let range = format!("bytes={start}-{}", end - 1);
            let part = world.call(ask("GET", &path).header("range", &range)).await.expect(206);
            assert!(part.body == whole.body[start..end], "{range} of {path}");
            assert_eq!(part.header("content-range"), Some(format!("bytes {start}-{}/{size}", end - 1).as_str()));
            assert_eq!(part.header("etag"), whole.header("etag"));
        }
        world.call(ask("GET", &path).header("range", &format!("bytes={size}-"))).await.expect(416);
    }
}

#[tokio::test]
async fn a_viewer_looks_through_a_film_by_its_key_frames() {
    let (world, play, film) = playing(Script::default()).await;
    let master = world.fetch(&format!("{play}/hls/master.m3u8")).await.expect(200);
    let line = master.text().lines().find(|line| line.starts_with("#EXT-X-I-FRAME-STREAM-INF:")).unwrap();
    assert!(line.ends_with("URI=\"v0-1-key.m3u8\""), "{line}");
    let playlist = world.fetch(&format!("{play}/hls/v0-1-key.m3u8")).await.expect(200);
    let lines: Vec<_> = playlist.text().lines().collect();
    let mut found = 0;
    for pair in lines.windows(2) {
        let Some(range) = pair[0].strip_prefix("#EXT-X-BYTERANGE:") else { continue };
        let end: usize = range.strip_suffix("@0").unwrap().parse().unwrap();
        let address = format!("{play}/{}", pair[1].strip_prefix("../").unwrap());
        let ask = ask("GET", &address).header("range", &format!("bytes=0-{}", end - 1));
        let part = world.call(ask).await.expect(206);
        // The picture that is fetched is one of those that stand alone: they are twice as large as others.
        let picture = &part.body[end - 600..];
        assert!(film.payloads[0].windows(600).any(|bytes| bytes == picture), "{address}");
        assert_eq!(picture[4], 0x65, "{address}");
        found += 1;
    }
    assert_eq!(found, playlist.text().matches("#EXTINF").count());
    assert!(found > 1);
    for nothing in ["a1-1-key", "v9-1-key", "-key", "v0-1-key-key", "master-key"] {
        world.fetch(&format!("{play}/hls/{nothing}.m3u8")).await.expect(404);
    }
}

#[tokio::test]
async fn what_a_client_has_is_not_sent_again() {
    let (world, play, _) = playing(Script::default()).await;
    for (path, lasts) in [
        ("hls/master.m3u8", "no-cache"),
        ("hls/a1-1.m3u8", "no-cache"),
        ("dash/manifest.mpd", "no-cache"),
        ("v0-1/init.mp4", "public, max-age=31536000, immutable"),
        ("v0-1/0.m4s", "public, max-age=31536000, immutable"),
        ("a1-1/1.m4s", "public, max-age=31536000, immutable"),
        ("original.mp4", "public, max-age=86400"),
        ("video.mp4", "no-cache"),
        ("audio.m4a?start=1&end=2", "no-cache"),
    ] {
        let path = format!("{play}/{path}");
        let sent = world.fetch(&path).await.expect(200);
        let tag = sent.header("etag").unwrap();
        for known in [tag, &format!("\"other\", {tag}"), "*"] {
            let again = world.call(ask("GET", &path).header("if-none-match", known)).await.expect(304);
            assert!(again.body.is_empty(), "{path}");
            assert_eq!(again.header("etag"), Some(tag), "{path}");
            for answer in [&sent, &again] {
                assert_eq!(answer.header("cache-control"), Some(lasts), "{path}");
                assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}");
            }
            assert_eq!(again.header("vary"), sent.header("vary"), "{path}");
        }
        world.call(ask("GET", &path).header("if-none-match", "\"other\"")).await.expect(200);
    }
}

#[tokio::test]
async fn text_is_compressed_and_media_is_not() {
    let (world, play, _) = playing(Script::default()).await;
    for (path, compressed) in [
        ("hls/master.m3u8", true),
        ("hls/v0-1.m3u8", true),
        ("dash/manifest.mpd", true),
        ("v0-1/init.mp4", false),
        ("v0-1/0.m4s", false),
        ("original.mp4", false),
        ("video.mp4", false),
    ] {
        let path = format!("{play}/{path}");
        let plain = world.fetch(&path).await.expect(200);
        assert_eq!(plain.header("content-encoding"), None, "{path}");
        for (accepted, coding) in [("gzip", "gzip"), ("br, gzip", "br"), ("gzip;q=0, br", "br")] {
            let answer = world.call(ask("GET", &path).header("accept-encoding", accepted)).await.expect(200);
            assert_eq!(answer.header("content-encoding"), compressed.then_some(coding), "{path} {accepted}");
            assert_eq!(answer.header("etag"), plain.header("etag"), "{path} {accepted}");
            assert_eq!(answer.body == plain.body, !compressed, "{path} {accepted}");
        }
        assert_eq!(plain.header("vary").is_some(), compressed, "{path}: caches keep the forms apart");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let (world, play, _) = playing(Script::default()).await;
    let elsewhere = "/play/01890a5d-ac96-774b-bcce-b302099a8057";
    for path in [
        format!("{play}/v0-1/3.m4s"),
        format!("{play}/v0-1/00.m4s"),
        format!("{play}/v0-1/+0.m4s"),
        format!("{play}/v0-1/0.mp4"),
        format!("{play}/v0-1/0.mp3"),
        format!("{play}/a1-1/0.mp3"),
        format!("{play}/v0-1/4294967296.m4s"),
        format!("{play}/v0-2/0.m4s"),
        format!("{play}/v1-1/0.m4s"),
        format!("{play}/a0-1/init.mp4"),
        format!("{play}/hls/v0-2.m3u8"),
        format!("{play}/hls/master"),
        format!("{play}/hls/master.m3u8.m3u8"),
        format!("{elsewhere}/hls/master.m3u8"),
        format!("{elsewhere}/dash/manifest.mpd"),
        format!("{elsewhere}/v0-1/0.m4s"),
        format!("{elsewhere}/original.mp4"),
        "/play/x/original.mp4".to_owned(),
    ] {
        let answer = world.fetch(&path).await.expect(404);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert!(answer.text().starts_with("There is no such "), "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_deleted_asset_is_gone_at_once_and_its_file_stays() {
    let world = World::new().await;
    let (file, asset) = world.film().await;
    let second = world.asset(&file, "Second").await;
    let paths =
        |asset: &str| ["hls/master.m3u8", "v0-1/0.m4s", "original.mp4"].map(|path| format!("/play/{asset}/{path}"));
    for path in paths(&asset) {
        world.fetch(&path).await.expect(200);
    }
    world.delete(&format!("/vod/v1/assets/{asset}")).await.expect(200);
    for path in paths(&asset) {
        world.fetch(&path).await.expect(404);
    }
    for path in paths(&second) {
        world.fetch(&path).await.expect(200);
    }
    let third = world.asset(&file, "Third").await;
    world.fetch(&format!("/play/{third}/original.mp4")).await.expect(200);
}

#[tokio::test]
async fn an_asset_that_cannot_play_says_why() {
    let world = World::new().await;
    let file = world.upload("words.srt", b"1\n00:00:00,000 --> 00:00:01,000\nHello\n").await;
    let asset = world.asset(&file, "Foreign").await;
    let answer = world.fetch(&format!("/play/{asset}/hls/master.m3u8")).await.expect(422);
    assert!(answer.text().contains("neither pictures nor sound"), "{}", answer.text());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    world.fetch(&format!("/play/{asset}/original.mp4")).await.expect(404);
}

#[tokio::test]
async fn a_track_is_one_file_that_players_read_by_its_index() {
    let world = World::new().await;
    let (_, asset) = world.film().await;
    let play = format!("/play/{asset}");
    let manifest = world.fetch(&format!("{play}/dash/on-demand.mpd?token=a.b.c")).await.expect(200);
    assert_eq!(manifest.header("content-type"), Some("application/dash+xml"));
    for track in ["v0-1", "a1-1"] {
        let named = format!("<BaseURL>../{track}/track.mp4?token=a.b.c</BaseURL>");
        let (_, rest) = manifest.text().split_once(&named).unwrap();
        let (from, to) =
            rest.split("indexRange=\"").nth(1).unwrap().split('"').next().unwrap().split_once('-').unwrap();
        let file = world.fetch(&format!("{play}/{track}/track.mp4")).await.expect(200);
        let mut expected = Vec::new();
        for n in 0.. {
            let segment = world.fetch(&format!("{play}/{track}/{n}.m4s")).await;
            if segment.status == 404 {
                break;
            }
            expected.extend_from_slice(&segment.body);
        }
        let index: usize = to.parse().unwrap();
        assert!(file.body[index + 1..] == expected, "{track}");
        let part = ask("GET", &format!("{play}/{track}/track.mp4")).header("range", &format!("bytes={from}-{to}"));
        let part = world.call(part).await.expect(206);
        assert_eq!(&part.body[4..8], b"sidx");
        let (from, to) = (index + 1 + expected.len() / 3, index + 1 + expected.len() / 2);
        let part = ask("GET", &format!("{play}/{track}/track.mp4")).header("range", &format!("bytes={from}-{to}"));
        assert!(world.call(part).await.expect(206).body == file.body.slice(from..=to), "{track}");
    }
    world.fetch(&format!("{play}/v0-2/track.mp4")).await.expect(404);
}
