//! Pictures of films, made by the real program and read back by it and by ffprobe.

use crate::films::{self, dialed, kind_and_size, picture};
use crate::harness::{Answer, KEY, Server};
use serde_json::json;
use std::collections::HashMap;

/// The color in the middle of a picture.
#[track_caller]
fn color(answer: &Answer) -> [u8; 3] {
    let ([width, height], pixels) = picture(&answer.body, "0");
    pixels[height / 2 * width + width / 2]
}

/// Makes an asset of a film as the preset says, and waits until all of it is there.
#[track_caller]
fn publish(server: &Server, name: &str, film: &[u8], preset: &str) -> String {
    let file = server.store(name, film);
    let body = json!({ "transcodedSources": [{ "fileId": file }], "preset": preset });
    let asset = server.post("/vod/v1/assets", &body).expect(200).json()["id"].as_str().unwrap().to_owned();
    server.settle();
    assert_eq!(server.asset_detail(&asset)["status"], "Available");
    format!("/play/{asset}")
}

#[test]
fn a_thumbnail_shows_the_picture_that_the_film_shows_then() {
    let server = Server::start();
    for (name, film) in films::dials() {
        // From the upload itself, and from the smaller rung of a ladder beside it.
        for preset in ["mp4", "dash_hls_720p"] {
            let play = publish(&server, name, &film, preset);
            // The first, in the middle, beside key frames on either side, and the last; each in the middle of its time.
            for (time, number) in [
                ("0", 0),
                ("0.02", 0),
                ("3.98", 99),
                ("4.02", 100),
                ("5.5", 137),
                ("5.98", 149),
                ("6.02", 150),
                ("11.98", 299),
            ] {
                let thumbnail = server.fetch(&format!("{play}/thumbnail.png?time={time}")).expect(200);
                assert_eq!(dialed(color(&thumbnail)), number, "{name} as {preset} at {time} s");
            }
            let (_, source) = picture(&film, "5.46");
            assert_eq!(dialed(source[0]), 137, "ffmpeg gives the first picture behind a time");
            let master = server.fetch(&format!("{play}/hls/master.m3u8")).expect(200).text();
            let has_ladder = master.matches("#EXT-X-STREAM-INF").count() > 1;
            assert_eq!(has_ladder, preset == "dash_hls_720p", "{master}");
        }
    }
    assert_eq!(server.scratch().len(), 0, "the programs clean up");
}

#[test]
fn pictures_are_what_their_names_say_in_the_size_that_is_asked_for() {
    let server = Server::start();
    let (name, film) = films::dials().remove(0);
    let play = publish(&server, name, &film, "mp4");
    for (path, expected, content_type) in [
        ("poster.jpg", "mjpeg 854x480", "image/jpeg"),
        ("poster.png?width=301", "png 301x169", "image/png"),
        ("poster.webp?width=333&height=333&fit=cover", "webp 333x333", "image/webp"),
        ("poster.avif?height=200", "av1 356x200", "image/avif"),
        ("thumbnail.avif?width=301&height=201&fit=fill", "av1 301x201", "image/avif"),
        ("thumbnail.jpg?width=1920&height=1080", "mjpeg 1920x1079", "image/jpeg"),
        ("thumbnail.jpg", "mjpeg 320x180", "image/jpeg"),
        ("thumbnail.png?width=16&height=1920&fit=cover", "png 16x1920", "image/png"),
        ("preview.gif?width=160", "gif 160x90", "image/gif"),
    ] {
        let answer = server.fetch(&format!("{play}/{path}")).expect(200);
        assert_eq!(kind_and_size(&answer.body), expected, "{path}");
        assert_eq!(answer.header("content-type"), Some(content_type), "{path}");
        // All of the asset is made: it may be kept.
        assert_eq!(answer.header("cache-control"), Some("public, max-age=86400"), "{path}");
        dialed(color(&answer));
    }
    let accept = "image/avif,image/webp,image/*,*/*;q=0.8";
    let liked = server.request("GET", &format!("{play}/poster")).header("Accept", accept).send().expect(200);
    assert_eq!(kind_and_size(&liked.body), "av1 854x480");
    assert_eq!(liked.header("vary"), Some("accept"));
    let hash = server.fetch(&format!("{play}/thumbhash")).expect(200).text();
    assert!((20..40).contains(&hash.len()), "{hash}");
}

/// The chunks of a WebP file (RFC 9649, 2.3), by name.
fn chunks(file: &[u8]) -> Vec<(String, Vec<u8>)> {
    assert!(file.starts_with(b"RIFF") && file[8..].starts_with(b"WEBP"));
    let mut rest = &file[12..];
    let mut chunks = Vec::new();
    while let Some((name, behind)) = rest.split_first_chunk::<4>() {
        let (size, body) = behind.split_first_chunk::<4>().unwrap();
        let size = u32::from_le_bytes(*size) as usize;
        chunks.push((String::from_utf8_lossy(name).into_owned(), body[..size].to_vec()));
        rest = body.get(size + size % 2..).unwrap_or_default();
    }
    chunks
}

#[test]
fn previews_move_through_the_whole_or_a_part() {
    let server = Server::start();
    let (name, film) = films::dials().remove(0);
    let play = publish(&server, name, &film, "mp4");
    let part = server.fetch(&format!("{play}/preview.gif?start=7&duration=2")).expect(200);
    assert_eq!(dialed(color(&part)), 175);
    // Its palette leaves the second unsure, but not the picture of it.
    let later = picture(&part.body, "1.9").1[0];
    assert_eq!(dialed(later) % 25, 22, "{later:?}");
    assert_eq!(films::pictures(&part.body), 24);
    let whole = server.fetch(&format!("{play}/preview.webp?width=160")).expect(200);
    let chunks = chunks(&whole.body);
    let canvas = &chunks.iter().find(|(name, _)| name == "VP8X").unwrap().1;
    assert_eq!((canvas[4], canvas[7]), (159, 89), "its size, less one");
    let millis = |frame: &[u8]| u32::from_le_bytes([frame[12], frame[13], frame[14], 0]);
    let frames: Vec<u32> = chunks.iter().filter(|(name, _)| name == "ANMF").map(|(_, frame)| millis(frame)).collect();
    // Twelve glimpses, of which those beside each other that show the same key frame may be one.
    assert!((6..=12).contains(&frames.len()) && frames.iter().sum::<u32>().abs_diff(6_000) <= 500, "{frames:?}");
}

/// The cues of a storyboard: seconds at which each begins, the address of its sheet, and where on it the picture is.
#[track_caller]
fn cues(vtt: &str) -> Vec<(f64, String, [usize; 4])> {
    let mut cues = Vec::new();
    for block in vtt.trim_end().split("\n\n").skip(1) {
        let (time, text) = block.split_once('\n').unwrap();
        let start = time.split_once(" --> ").unwrap().0;
        let seconds = start.split(':').fold(0.0, |sum, part| sum * 60.0 + part.parse::<f64>().unwrap());
        let (sheet, place) = text.split_once("#xywh=").unwrap();
        let place: Vec<usize> = place.split(',').map(|number| number.parse().unwrap()).collect();
        cues.push((seconds, sheet.to_owned(), place.try_into().unwrap()));
    }
    cues
}

/// The color in the middle of each small picture, with the second that it stands for.
#[track_caller]
fn storyboard(server: &Server, play: &str) -> Vec<(f64, [u8; 3])> {
    let vtt = server.fetch(&format!("{play}/storyboard.vtt")).expect(200).text();
    let mut sheets = HashMap::new();
    let mut colors = Vec::new();
    for (seconds, sheet, [left, top, width, height]) in cues(&vtt) {
        let ([across, down], pixels) = sheets.entry(sheet.clone()).or_insert_with(|| {
            let answer = server.fetch(&format!("{play}/{sheet}")).expect(200);
            assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
            picture(&answer.body, "0")
        });
        assert!(left + width <= *across && top + height <= *down, "{seconds} s lies beside its sheet");
        colors.push((seconds, pixels[(top + height / 2) * *across + left + width / 2]));
    }
    colors
}

#[test]
fn small_pictures_show_what_is_where() {
    let server = Server::start();
    for (name, film) in films::dials() {
        let play = publish(&server, name, &film, "mp4");
        let colors = storyboard(&server, &play);
        assert_eq!(colors.len(), 12, "{name}");
        // A short film is decoded as a whole: exactly the picture that begins each second.
        for (number, (seconds, color)) in (0_u32..).zip(colors) {
            assert!((seconds - f64::from(number)).abs() < 1e-9, "{name}");
            // Where sound begins first, by some milliseconds, that has not come yet.
            let begins_late = u32::from(name == "dial.webm" && number > 0);
            assert_eq!(dialed(color), number * 25 - begins_late, "{name} at {seconds} s");
        }
    }
    // Of a long one the nearest key frames are shown, here one every two seconds, the earlier of two that are as near.
    let play = publish(&server, "large.mp4", &films::large_dial(), "mp4");
    let colors = storyboard(&server, &play);
    assert_eq!(colors.len(), 90);
    for (number, (_, color)) in (0_u32..).zip(colors) {
        let [tens, ones] = [color[0], color[1]].map(|value| (u32::from(value).saturating_sub(30)) / 20);
        assert_eq!(tens * 10 + ones, number - number % 2, "{color:?} at {number} s");
    }
    let thumbnail = server.fetch(&format!("{play}/thumbnail.jpg?time=61.5")).expect(200);
    let [red, green, _] = color(&thumbnail);
    assert_eq!([(red - 30) / 20, (green - 30) / 20], [6, 1], "a single picture is exact all the same");
}

#[test]
fn a_film_that_is_turned_or_wide_stands_in_its_pictures_as_it_does_in_players() {
    let server = Server::start();
    for ((name, film), size) in films::turned_and_wide().into_iter().zip(["180x320", "640x180"]) {
        let play = publish(&server, name, &film, "mp4");
        let poster = server.fetch(&format!("{play}/poster.png")).expect(200);
        assert_eq!(kind_and_size(&poster.body), format!("png {size}"), "{name}");
        // ffmpeg turns by itself, and leaves pixels as wide as they are.
        let (of_film, of_poster) = (picture(&film, "0"), picture(&poster.body, "0"));
        for (across, down) in [(1, 1), (6, 1), (1, 6), (6, 6), (1, 3), (6, 3)] {
            let at = |([width, height], pixels): &([usize; 2], Vec<[u8; 3]>)| {
                pixels[height * down / 8 * width + width * across / 8]
            };
            let (expected, found) = (at(&of_film), at(&of_poster));
            let near = expected.iter().zip(found).all(|(one, other)| one.abs_diff(other) <= 8);
            assert!(near, "{name} at {across}, {down}: {found:?} is not {expected:?}");
        }
    }
}

#[test]
fn a_picture_is_made_once_kept_and_gone_with_its_asset() {
    let mut server = Server::start();
    let (name, film) = films::dials().remove(0);
    let play = publish(&server, name, &film, "mp4");
    let before = server.objects().len();
    let path = format!("{play}/thumbnail.avif?time=6&width=640");
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..16).map(|_| scope.spawn(|| server.fetch(&path).expect(200))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    for answer in &answers {
        answer.same_as(&answers[0], "all who ask get one picture");
    }
    assert_eq!(server.objects().len(), before + 1);
    server.restart();
    server.fetch(&path).expect(200).same_as(&answers[0], "it is kept");
    let tag = answers[0].header("etag").unwrap();
    server.request("GET", &path).header("If-None-Match", tag).send().expect(304);
    for (hostile, field) in
        [("width=99999", "width"), ("fit=../../x", "fit"), ("time=1e9", "time"), ("time=999999999", "time")]
    {
        let refused = server.fetch(&format!("{play}/thumbnail.jpg?{hostile}"));
        refused.refused_plainly(400, &[&format!("`{field}`")]);
    }
    server.fetch(&format!("{play}/poster.svg")).expect(404);
    assert_eq!(server.objects().len(), before + 1, "nothing came of those");
    for name in ["poster", "preview.gif", "thumbhash", "v0-1/storyboard/0.jpg"] {
        server.fetch(&format!("{play}/{name}")).expect(200);
    }
    assert_eq!(server.objects().len(), before + 5);
    let asset = play.strip_prefix("/play/").unwrap();
    server.request("DELETE", &format!("/vod/v1/assets/{asset}")).key(KEY).send().expect(200);
    server.fetch(&path).expect(404);
    // The upload alone.
    server.keeps(1);
}

#[test]
fn a_film_that_grows_has_a_poster_of_what_there_is_and_one_of_the_whole_in_the_end() {
    let server = Server::start();
    let file = server.store("hours.mkv", &films::two_hours());
    let asset = server.asset(&file);
    let play = format!("/play/{asset}");
    // Before anything plays there is nothing to show; whoever asks is told to come again.
    let poster = crate::harness::until("there is a poster", || {
        let answer = server.fetch(&format!("{play}/poster.jpg"));
        match answer.status {
            200 => Some(answer),
            503 => {
                assert!(answer.header("retry-after").is_some());
                None
            }
            other => panic!("{other}: {}", answer.text()),
        }
    });
    assert!(kind_and_size(&poster.body).starts_with("mjpeg 64x36"));
    server.settle();
    let whole = server.fetch(&format!("{play}/poster.jpg")).expect(200);
    assert_eq!(whole.header("cache-control"), Some("public, max-age=86400"));
    let vtt = server.fetch(&format!("{play}/storyboard.vtt")).expect(200).text();
    assert_eq!(cues(&vtt).len(), 360, "two hours, one each twenty seconds");
}
