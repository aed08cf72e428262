//! Outputs as one file.

use crate::film::{Script, film};
use crate::world::{World, ask, text};
use kinora_media::mp4::{Locator, Step, parse};
use kinora_media::timing::seconds;
use serde_json::json;
use std::time::Duration;

/// A film of ten seconds with two sounds, made into one file; its asset, and where it plays.
async fn playing(world: &World) -> (String, String) {
    let bytes = film(&Script { sounds: &["eng", "deu"], ..Script::default() }).bytes;
    let file = world.upload("film.mp4", &bytes).await;
    let asset = world.asset(&file, "The harbor / at \u{17b}nin").await;
    let play = format!("/play/{asset}");
    (asset, play)
}

/// Kind, start and length in seconds, and samples of each track of a file.
fn tracks(file: &[u8]) -> Vec<(String, f64, f64, u32)> {
    let size = file.len() as u64;
    let part = |from: u64, to: u64| &file[usize::try_from(from).unwrap()..usize::try_from(to.min(size)).unwrap()];
    let mut locator = Locator::new(size);
    let mut step = locator.next(None).unwrap();
    let moov = loop {
        match step {
            Step::Moov { range } => break part(range.start, range.end),
            Step::Read { offset, len } => step = locator.next(Some(part(offset, offset + u64::from(len)))).unwrap(),
        }
    };
    let movie = parse(moov, size).unwrap();
    kinora_media::SegmentMap::plan(&movie, Duration::from_secs(4))
        .unwrap()
        .iter()
        .map(|track| {
            let (map, scale) = (&track.map, track.map.header().timescale);
            let language = map.header().language.clone().unwrap_or_default();
            let kind = format!("{} {language}", map.header().codec_name);
            (kind, seconds(map.start().max(0), scale), seconds(map.duration().cast_signed(), scale), map.sample_count())
        })
        .collect()
}

#[tokio::test]
async fn the_preset_mp4_gives_a_file_of_the_chosen_tracks() {
    let world = World::new().await;
    let (asset, play) = playing(&world).await;
    let seen = world.get(&format!("/vod/v1/assets/{asset}")).await.expect(200).json();
    let endpoint = seen["endpoints"].as_array().unwrap().iter().find(|endpoint| endpoint["format"] == "MP4").unwrap();
    assert!(text(&endpoint["url"]).ends_with(&format!("{play}/video.mp4")), "{endpoint}");
    let file = world.fetch(&text(&endpoint["url"])).await.expect(200);
    assert_eq!(endpoint["size"], file.body.len());
    assert_eq!(file.header("content-type"), Some("video/mp4"));
    assert_eq!(file.header("content-disposition"), None);
    let kinds: Vec<_> = tracks(&file.body).into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, ["h264 ", "aac en", "aac de"]);
    // The index is in front.
    assert_eq!(&file.body[4..8], b"ftyp");
    assert_eq!(&file.body[36..40], b"moov");
    // Sound alone, by the same rule.
    let sound = world.fetch(&format!("{play}/audio.m4a")).await.expect(200);
    assert_eq!(sound.header("content-type"), Some("audio/mp4"));
    assert_eq!(tracks(&sound.body).len(), 2);
    // No sound of it is MP3.
    world.fetch(&format!("{play}/audio.mp3")).await.expect(404);
}

#[tokio::test]
async fn one_sound_of_a_film_is_a_file_of_its_own_output() {
    let world = World::new().await;
    let (asset, play) = playing(&world).await;
    world.output(&asset, &json!({ "preset": "audio_m4a", "id": "sound" })).await.expect(200);
    let seen = world.get(&format!("/vod/v1/assets/{asset}")).await.expect(200).json();
    let endpoint = &seen["outputs"][1]["endpoints"].as_array().unwrap().iter().find(|one| one["id"] == "sound-mp4");
    let url = text(&endpoint.unwrap()["url"]);
    assert!(url.contains(&format!("{play}/o/")) && url.ends_with("/audio.m4a"), "{url}");
    let file = world.fetch(&url).await.expect(200);
    assert!(tracks(&file.body).iter().all(|(kind, ..)| kind.starts_with("aac")));
    world.fetch(&url.replace("audio.m4a", "video.mp4")).await.expect(404);
    world.fetch(&format!("{play}/o/{asset}/video.mp4")).await.expect(404);
    world.fetch(&format!("{play}/o/x/video.mp4")).await.expect(404);
    world.fetch("/play/x/video.mp4").await.expect(404);
}

#[tokio::test]
async fn any_range_of_the_file_is_the_same_bytes() {
    let world = World::new().await;
    let (_, play) = playing(&world).await;
    let path = format!("{play}/video.mp4");
    let whole = world.fetch(&path).await.expect(200);
    let size = whole.body.len();
    let tag = whole.header("etag").unwrap();
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let step = size / 23;
    for (start, end) in (0..23).map(|part| (part * step, part * step + step + 5_000)).chain([(size - 1, size)]) {
        let end = end.min(size);
        let range = format!("bytes={start}-{}", end - 1);
        let part = world.call(ask("GET", &path).header("range", &range).header("if-range", tag)).await.expect(206);
        assert!(part.body == whole.body[start..end], "{range}");
        assert_eq!(part.header("content-range"), Some(format!("{}/{size}", range.replace('=', " ")).as_str()));
    }
    let head = world.call(ask("HEAD", &path)).await.expect(200);
    assert_eq!(head.header("content-length"), Some(size.to_string().as_str()));
    assert!(head.body.is_empty());
    world.call(ask("GET", &path).header("range", &format!("bytes={size}-"))).await.expect(416);
    // Other bytes have another tag, so a range of one is never put together with a range of the other.
    let clip = world.fetch(&format!("{path}?start=1")).await.expect(200);
    assert_ne!(clip.header("etag"), Some(tag));
    let other = ask("GET", &path).header("range", "bytes=0-1").header("if-range", clip.header("etag").unwrap());
    assert_eq!(world.call(other).await.expect(200).body.len(), size);
}

#[tokio::test]
async fn a_clip_lasts_from_start_to_end() {
    let world = World::new().await;
    let (_, play) = playing(&world).await;
    for (query, length) in [
        ("start=2&end=5", 3.0),
        ("end=0.5", 0.5),
        ("start=7.4", 2.6),
        ("start=1.000001&end=99999", 9.0),
        ("start=0", 10.0),
    ] {
        let clip = world.fetch(&format!("{play}/audio.m4a?{query}")).await.expect(200);
        for (kind, start, lasts, _) in tracks(&clip.body) {
            assert!(start.abs() < 0.1 && (lasts - length).abs() < 0.15, "{query}: {kind} from {start} for {lasts}");
        }
    }
    for (query, field, told) in [
        ("start=x", "start", "such as `12` or `12.5`"),
        ("end=1:30", "end", "such as `12` or `12.5`"),
        ("start=-1", "start", "such as `12` or `12.5`"),
        ("start=5&end=5", "end", "behind its start, which is at 5.000 s"),
        ("start=5&end=2", "end", "behind its start"),
        ("start=11", "start", "The video lasts 10."),
        ("height=much", "height", "a number of lines such as `720`"),
    ] {
        let refused = world.fetch(&format!("{play}/video.mp4?{query}")).await.expect(400);
        assert!(refused.text().contains(told) && refused.text().contains(field), "{query}: {}", refused.text());
    }
}

#[tokio::test]
async fn a_part_is_streamed_by_the_segments_in_which_it_is_shown() {
    let world = World::new().await;
    let (_, play) = playing(&world).await;
    let master = world.fetch(&format!("{play}/hls/master.m3u8?start=5&end=6.5")).await.expect(200);
    let lines: Vec<_> = master.text().lines().filter(|line| line.contains(".m3u8")).collect();
    assert!(
        lines.len() > 3 && lines.iter().all(|line| line.contains(".m3u8?start=5.000000&end=6.500000")),
        "{lines:?}"
    );
    let whole = world.fetch(&format!("{play}/hls/v0-1.m3u8")).await.expect(200);
    let numbers = |text: &str| text.lines().filter(|line| line.contains("/v0-1/") && !line.contains('#')).count();
    assert_eq!(numbers(whole.text()), 3);
    for (query, expected) in [("start=5&end=6", &["1"][..]), ("end=0.1", &["0"]), ("start=7.9", &["1", "2"])] {
        let part = world.fetch(&format!("{play}/hls/v0-1.m3u8?{query}")).await.expect(200);
        let listed: Vec<_> =
            part.text().lines().filter_map(|line| line.strip_prefix("../v0-1/")?.strip_suffix(".m4s")).collect();
        assert_eq!(listed, expected, "{query}: {}", part.text());
        let keys = world.fetch(&format!("{play}/hls/v0-1-key.m3u8?{query}")).await.expect(200);
        assert_eq!(keys.text().matches("#EXT-X-BYTERANGE").count(), expected.len(), "{query}");
        let manifest = world.fetch(&format!("{play}/dash/manifest.mpd?{query}")).await.expect(200);
        assert!(manifest.text().contains(&format!("startNumber=\"{}\"", expected[0])), "{}", manifest.text());
    }
    for (path, field) in [
        ("hls/master.m3u8?start=x", "start"),
        ("hls/v0-1.m3u8?start=11", "start"),
        ("hls/v0-1-key.m3u8?start=5&end=4", "end"),
        ("dash/manifest.mpd?end=0", "end"),
    ] {
        let refused = world.fetch(&format!("{play}/{path}")).await.expect(400);
        assert!(refused.text().contains(field), "{path}: {}", refused.text());
    }
}

#[tokio::test]
async fn a_download_has_a_name() {
    let world = World::new().await;
    let (_, play) = playing(&world).await;
    for (query, name) in [
        ("download", "The harbor _ at _nin.mp4\"; filename*=UTF-8''The%20harbor%20_%20at%20%C5%BBnin.mp4"),
        ("download=cut.mp4&start=2&end=3", "cut.mp4\"; filename*=UTF-8''cut.mp4"),
        ("download=cut", "cut.mp4\"; filename*=UTF-8''cut.mp4"),
        ("download=../%22;%0d%0a", "..___ __.mp4\"; filename*=UTF-8''.._%22%3B__.mp4"),
    ] {
        let answer = world.fetch(&format!("{play}/video.mp4?{query}")).await.expect(200);
        let told = answer.header("content-disposition").unwrap();
        let expected = format!("attachment; filename=\"{name}").replace("..___ __", ".._____");
        assert_eq!(told, expected, "{query}");
    }
}

#[tokio::test]
async fn a_file_goes_with_its_asset() {
    let world = World::new().await;
    let (asset, play) = playing(&world).await;
    world.fetch(&format!("{play}/video.mp4")).await.expect(200);
    world.delete(&format!("/vod/v1/assets/{asset}")).await.expect(200);
    for path in ["video.mp4", "video.mp4?download", "audio.m4a"] {
        world.fetch(&format!("{play}/{path}")).await.expect(404);
    }
}
