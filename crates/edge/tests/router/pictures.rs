//! Pictures of films, with a stand-in for the program that makes them: what it is asked for, and how often.

use crate::film::{Script, film};
use crate::world::{Painting, World, ask};
use core::sync::atomic::Ordering;
use core::time::Duration;
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use insta::assert_snapshot;
use kinora_app::port::{Blobs as _, Store as _, Take};
use kinora_domain::output::Filter;
use kinora_domain::picture::{Scan, Size};
use serde_json::json;
use std::sync::Arc;

/// A server with a film of ten seconds in 640 x 360, with key frames every two seconds.
async fn playing() -> (World, Arc<Painting>, String) {
    let (world, painting) = World::painting().await;
    let (_, asset) = world.film().await;
    (world, painting, format!("/play/{asset}"))
}

#[tokio::test]
async fn every_address_answers_with_what_its_name_says() {
    let (world, painting, play) = playing().await;
    let mut told = Vec::new();
    for name in [
        "poster.jpg",
        "poster.png",
        "poster.webp",
        "poster.avif",
        "thumbnail.jpg",
        "thumbnail.jpg?time=2.5",
        "thumbnail.png?time=9.99&width=100&height=100&fit=cover",
        "thumbnail.webp?width=100&height=100&fit=fill",
        "preview.webp",
        "preview.gif?start=3&duration=2&width=160",
        "v0-1/storyboard/0.jpg",
    ] {
        let answer = world.fetch(&format!("{play}/{name}")).await.expect(200);
        let (kind, cache) = (answer.header("content-type").unwrap(), answer.header("cache-control").unwrap());
        told.push(format!("{name}\n  {kind}; {cache}\n  {}", answer.text()));
        assert!(answer.header("etag").unwrap().starts_with("\"v0-1-"), "{name}");
        assert_eq!(answer.header("vary"), None, "{name}");
    }
    assert_snapshot!(told.join("\n"));
    // What lies beside a key frame is not there to put fields together with.
    let fields = [Filter::Deinterlace(Scan::TopFirst)];
    for order in painting.asked() {
        let has_run = !matches!(order.take, Take::Typical(..) | Take::Moving { rate: 2, .. });
        assert_eq!(order.filters == fields, has_run, "{order:?}");
        assert_eq!(order.threads, 1);
    }
}

#[tokio::test]
async fn what_was_made_is_kept_and_told_apart_by_its_tag() {
    let (world, painting, play) = playing().await;
    let first = world.fetch(&format!("{play}/poster.jpg")).await.expect(200);
    let tag = first.header("etag").unwrap().to_owned();
    // The picture at any time at which it is shown is one picture: at 2.5 s it is number 62.
    for (one, other) in [
        ("poster.jpg", "poster.jpg?width=640&fit=fill"),
        ("poster.jpg", "poster.jpg?unknown=1"),
        ("thumbnail.jpg?time=2.48", "thumbnail.jpg?time=2.519999&width=320&height=180"),
    ] {
        let answers = [world.fetch(&format!("{play}/{one}")).await, world.fetch(&format!("{play}/{other}")).await];
        assert_eq!(
            answers[0].clone().without_request_id(),
            answers[1].clone().without_request_id(),
            "{one} and {other}"
        );
    }
    let next = world.fetch(&format!("{play}/thumbnail.jpg?time=2.52")).await.expect(200);
    assert_eq!(painting.asked().len(), 3);
    assert_ne!(next.header("etag"), Some(tag.as_str()));
    let at = || ask("GET", &format!("{play}/poster.jpg"));
    let known = world.call(at().header("if-none-match", &tag)).await.expect(304);
    assert_eq!((known.header("etag"), known.header("cache-control")), (Some(&*tag), Some("no-cache")));
    let part = world.call(at().header("range", "bytes=2-5")).await.expect(206);
    assert_eq!(part.body, first.body[2..6]);
    world.call(ask("HEAD", &format!("{play}/poster.jpg"))).await.expect(200);
    // After a restart nothing is made anew.
    let world = world.restart().await;
    assert_eq!(
        world.fetch(&format!("{play}/poster.jpg")).await.clone().without_request_id(),
        first.clone().without_request_id()
    );
    assert_eq!(painting.asked().len(), 3);
}

#[tokio::test]
async fn however_many_ask_at_the_same_time_it_is_made_once() {
    let (world, painting, play) = playing().await;
    painting.hold();
    let poster = format!("{play}/poster.jpg");
    let ask_all = join_all((0..50).map(|_| world.fetch(&poster)));
    let finish = async {
        painting.begins(1).await;
        painting.may_finish.add_permits(50);
    };
    let (answers, ()) = tokio::join!(ask_all, finish);
    for answer in &answers {
        assert_eq!(answer.clone().without_request_id(), answers[0].clone().without_request_id());
    }
    assert!(answers[0].text().ends_with("after 0"), "{}", answers[0].text());
    assert_eq!(painting.asked().len(), 1);
}

#[tokio::test]
async fn who_goes_away_leaves_it_to_the_next() {
    let (world, painting, play) = playing().await;
    painting.hold();
    let poster = format!("{play}/poster.jpg");
    let gone = world.fetch(&poster);
    tokio::select! {
        _ = gone => panic!("nothing may be finished"),
        () = painting.begins(1) => {}
    }
    painting.may_finish.add_permits(1);
    let answer = world.fetch(&poster).await.expect(200);
    assert!(answer.text().ends_with("after 1"), "{}", answer.text());
}

#[tokio::test]
async fn a_failure_is_told_and_the_next_one_tries_again() {
    let (world, painting, play) = playing().await;
    painting.fails.store(true, Ordering::SeqCst);
    let poster = format!("{play}/poster.jpg");
    let refused = world.fetch(&poster).await.expect(422);
    assert_eq!(refused.text(), "The file cannot be converted: no picture in it.\n");
    assert_eq!(refused.header("cache-control"), Some("no-store"));
    painting.fails.store(false, Ordering::SeqCst);
    world.fetch(&poster).await.expect(200);
    assert_eq!(painting.asked().len(), 2);
}

#[tokio::test]
async fn only_so_many_are_made_at_a_time_and_only_so_many_wait() {
    let (world, painting, play) = playing().await;
    painting.hold();
    // One core: one is made, sixteen wait, and for more there is no room.
    let pictures: Vec<String> = (0..20).map(|number| format!("{play}/thumbnail.jpg?width={}", 100 + number)).collect();
    let mut answers: FuturesUnordered<_> = pictures.iter().map(|picture| world.fetch(picture)).collect();
    for _ in 0..3 {
        let busy = answers.next().await.unwrap().expect(503);
        assert_eq!(busy.header("retry-after"), Some("5"));
        assert!(busy.text().contains("as many pictures as it can"), "{}", busy.text());
    }
    let begun = painting.asked().len();
    assert!(begun <= 1, "{begun} are made at the same time");
    painting.may_finish.add_permits(20);
    while let Some(answer) = answers.next().await {
        answer.expect(200);
    }
    for picture in &pictures {
        world.fetch(picture).await.expect(200);
    }
}

#[tokio::test]
async fn two_processes_keep_one() {
    let (world, painting, play) = playing().await;
    let other = world.other_process().await;
    painting.hold();
    let poster = format!("{play}/poster.jpg");
    let finish = async {
        painting.begins(2).await;
        painting.may_finish.add_permits(2);
    };
    let before = world.blobs.list().await.unwrap().len();
    let (one, two, ()) = tokio::join!(world.fetch(&poster), other.fetch(&poster), finish);
    assert_eq!(one.expect(200).clone().without_request_id(), two.expect(200).clone().without_request_id());
    assert_eq!((painting.asked().len(), world.blobs.list().await.unwrap().len()), (2, before + 1));
}

#[tokio::test]
async fn the_form_is_the_one_that_the_client_likes_best() {
    let (world, painting, play) = playing().await;
    let of = async |name: &str, accept: &str| {
        let answer = world.call(ask("GET", &format!("{play}/{name}")).header("accept", accept)).await.expect(200);
        assert_eq!(answer.header("vary"), Some("accept"), "{name} {accept}");
        answer.header("content-type").unwrap().to_owned()
    };
    let chromium = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";
    assert_eq!(of("poster", chromium).await, "image/avif");
    assert_eq!(of("thumbnail?time=1", "image/webp,*/*").await, "image/webp");
    assert_eq!(of("poster", "*/*").await, "image/jpeg");
    let tag = world.fetch(&format!("{play}/poster")).await.expect(200).header("etag").unwrap().to_owned();
    let known = world.call(ask("GET", &format!("{play}/poster")).header("if-none-match", &tag)).await.expect(304);
    assert_eq!(known.header("vary"), Some("accept"));
    // A program that is too old for one of them.
    painting.makes_avif.store(false, Ordering::SeqCst);
    assert_eq!(of("poster", chromium).await, "image/webp");
    let refused = world.fetch(&format!("{play}/thumbnail.avif")).await.expect(404);
    assert!(refused.text().contains("`jpg`, `png` and `webp`"), "{}", refused.text());
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_its_name() {
    let (world, painting, play) = playing().await;
    for (path, field, words) in [
        ("poster.jpg?width=15", "width", "16 to 1920"),
        ("thumbnail.png?width=100&height=1921", "height", "16 to 1920"),
        ("thumbnail.png?width=-1", "width", "whole number"),
        ("thumbnail.png?width=99999999999999999999", "width", "whole number"),
        ("thumbnail.png?width=1e3", "width", "whole number"),
        ("thumbnail.webp?height=90;crop=1", "height", "whole number"),
        ("poster?fit=squeeze", "fit", "`contain` or `cover` or `fill`"),
        ("poster?fit=movie%3D/etc/passwd", "fit", "`contain` or `cover` or `fill`"),
        ("thumbnail.jpg?time=10.5", "time", "lasts 10.0"),
        ("thumbnail.jpg?time=18446744073709", "time", "lasts 10.0"),
        ("thumbnail.jpg?time=-1", "time", "time in seconds"),
        ("thumbnail.jpg?time=1:00", "time", "time in seconds"),
        ("preview.gif?width=641", "width", "16 to 640"),
        ("preview.webp?duration=0.4", "duration", "0.5 to 10"),
        ("preview.webp?duration=10.001", "duration", "0.5 to 10"),
        ("preview.webp?start=10", "start", "lasts 10.000 s"),
        ("preview.webp?start=x", "start", "time in seconds"),
    ] {
        let refused = world.fetch(&format!("{play}/{path}")).await.expect(400);
        let text = refused.text();
        assert!(text.starts_with(&format!("`{field}`: ")) && text.contains(words), "{path}: {text}");
        assert_eq!(refused.header("cache-control"), Some("no-store"));
    }
    for path in [
        "poster.gif",
        "poster.jpeg",
        "preview.avif",
        "preview",
        "storyboard.jpg",
        "v0-1/storyboard/1.jpg",
        "v0-1/storyboard/00.jpg",
        "v0-1/storyboard/-1.jpg",
        "v0-1/storyboard/0.png",
        "v0-1/storyboard/4294967296.jpg",
        "v0-2/storyboard/0.jpg",
        "v1-1/storyboard/0.jpg",
        "..%2f/storyboard/0.jpg",
        "hls/v0-2-storyboard.m3u8",
        "hls/a1-1-storyboard.m3u8",
        "o/01890a5d-ac96-774b-bcce-b302099a8057/poster.jpg",
        "o/x/storyboard.vtt",
    ] {
        world.fetch(&format!("{play}/{path}")).await.expect(404);
    }
    for asset in ["x", "01890a5d-ac96-774b-bcce-b302099a8057"] {
        for name in ["poster.jpg", "thumbnail", "preview.gif", "storyboard.vtt", "thumbhash", "v0-1/storyboard/0.jpg"] {
            world.fetch(&format!("/play/{asset}/{name}")).await.expect(404);
        }
    }
    assert_eq!(painting.asked(), [], "no program was asked");
}

#[tokio::test]
async fn of_sound_there_are_no_pictures() {
    let (world, painting) = World::painting().await;
    let file = world.upload("sound.m4a", &film(&Script { picture_bytes: 0, ..Script::default() }).bytes).await;
    let asset = world.asset(&file, "Sound").await;
    for name in ["poster", "poster.jpg", "thumbnail.avif", "preview.webp", "storyboard.vtt", "thumbhash"] {
        let refused = world.fetch(&format!("/play/{asset}/{name}")).await.expect(404);
        assert_eq!(refused.text(), "This has sound only: there are no pictures of it.\n", "{name}");
    }
    world.fetch(&format!("/play/{asset}/a0-1/storyboard/0.jpg")).await.expect(404);
    assert_eq!(painting.asked(), []);
    for document in ["hls/master.m3u8", "dash/manifest.mpd"] {
        let text = world.fetch(&format!("/play/{asset}/{document}")).await.expect(200);
        assert!(!text.text().to_lowercase().contains("image"), "{}", text.text());
    }
}

#[tokio::test]
async fn a_picture_behind_the_last_is_the_last_while_sound_goes_on() {
    let (world, _painting) = World::painting().await;
    // Frames of sound do not end with the picture.
    let file = world.upload("film.mp4", &film(&Script { seconds: 3, ..Script::default() }).bytes).await;
    let play = format!("/play/{}", world.asset(&file, "Film").await);
    let last = world.fetch(&format!("{play}/thumbnail.jpg?time=2.999999")).await.expect(200);
    let behind = world.fetch(&format!("{play}/thumbnail.jpg?time=3.001")).await.expect(200);
    assert_eq!(behind.clone().without_request_id(), last.clone().without_request_id());
    world.fetch(&format!("{play}/thumbnail.jpg?time=4")).await.expect(400);
}

#[tokio::test]
async fn every_document_tells_where_the_small_pictures_are() {
    let (world, painting, play) = playing().await;
    let told = world.fetch(&format!("{play}/storyboard.vtt")).await.expect(200);
    assert_eq!(told.header("content-type"), Some("text/vtt; charset=utf-8"));
    assert_eq!(told.header("cache-control"), Some("no-cache"));
    assert_snapshot!("storyboard_vtt", told.text());
    let master = world.fetch(&format!("{play}/hls/master.m3u8")).await.expect(200);
    // Those of a part have other times, and old players know no more than they have to.
    for document in ["hls/master.m3u8?start=2&end=6", "dash/manifest.mpd?start=2", "hls-ts/master.m3u8"] {
        let without = world.fetch(&format!("{play}/{document}")).await.expect(200);
        assert!(!without.text().contains("storyboard"), "{document}: {}", without.text());
    }
    let playlist = master.text().split("EXT-X-IMAGE-STREAM-INF:").nth(1).unwrap().split("URI=\"").nth(1).unwrap();
    let playlist = playlist.split('"').next().unwrap();
    let images = world.fetch(&format!("{play}/hls/{playlist}")).await.expect(200);
    assert_eq!(images.header("content-type"), Some("application/vnd.apple.mpegurl"));
    assert_snapshot!("storyboard_playlist", images.text());
    let sheet = images.text().lines().find_map(|line| line.strip_prefix("../")).unwrap();
    assert_eq!(sheet, "v0-1/storyboard/0.jpg");
    let answer = world.fetch(&format!("{play}/{sheet}")).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let orders = painting.asked();
    // A film as short as this one is decoded as a whole, for every picture to be the right one.
    assert_eq!(orders[0].take, Take::Sheet { every_ms: 1_000, columns: 10, rows: 1 });
    assert_eq!(orders[0].frame.shown, Size { width: 160, height: 90 });
    // Of an output that was added, the same in its own place.
    let asset = play.strip_prefix("/play/").unwrap();
    world.output(asset, &json!({ "preset": "mp4", "id": "more" })).await.expect(200);
    let seen = world.get(&format!("/vod/v1/assets/{asset}")).await.expect(200).json();
    let output = crate::world::text(&seen["outputs"][1]["endpoints"][0]["url"]);
    let output = output.split("/o/").nth(1).unwrap().split('/').next().unwrap();
    let own = format!("{play}/o/{output}");
    let of_output = world.fetch(&format!("{own}/storyboard.vtt")).await.expect(200);
    assert!(of_output.text().contains("\n../../v2-1/storyboard/0.jpg#xywh=0,0,160,90\n"), "{}", of_output.text());
    for name in
        ["poster", "poster.webp", "thumbnail.jpg?time=1", "preview.gif", "thumbhash", "hls/v2-1-storyboard.m3u8"]
    {
        world.fetch(&format!("{own}/{name}")).await.expect(200);
    }
    world.fetch(&format!("{own}/hls/v0-1-storyboard.m3u8")).await.expect(404);
}

#[tokio::test]
async fn a_film_that_says_that_it_is_very_long_has_no_more_small_pictures_than_others() {
    let (world, painting) = World::painting().await;
    // An hour in pictures of four bytes.
    let script = Script { seconds: 3_600, picture_bytes: 12, sounds: &[], ..Script::default() };
    let file = world.upload("hour.mp4", &film(&script).bytes).await;
    let play = format!("/play/{}", world.asset(&file, "Hour").await);
    let told = world.fetch(&format!("{play}/storyboard.vtt")).await.expect(200);
    assert_eq!(told.text().matches("#xywh=").count(), 360, "one each ten seconds");
    for sheet in 0..4 {
        world.fetch(&format!("{play}/v0-1/storyboard/{sheet}.jpg")).await.expect(200);
    }
    world.fetch(&format!("{play}/v0-1/storyboard/4.jpg")).await.expect(404);
    for order in painting.asked() {
        // Key frames alone, one for each place: of 90,000 pictures a hundred.
        assert_eq!(order.take, Take::Sheet { every_ms: 1_000, columns: 10, rows: 10 });
    }
}

#[tokio::test]
async fn what_takes_too_much_decoding_is_made_of_key_frames() {
    let (world, painting) = World::painting().await;
    // Of pictures as large as these 226 may be decoded for one, and the film is one group of 250.
    let script = Script { size: [4_096, 2_160], group: 250, ..Script::default() };
    let file = world.upload("large.mp4", &film(&script).bytes).await;
    let play = format!("/play/{}", world.asset(&file, "Large").await);
    let fields = [Filter::Deinterlace(Scan::TopFirst)];
    for (name, is_run) in [
        ("thumbnail.jpg?time=1", true),
        ("thumbnail.jpg?time=9.02", true),
        ("thumbnail.jpg?time=9.1", false),
        ("preview.gif?start=7&duration=2", true),
        ("v0-1/storyboard/0.jpg", false),
    ] {
        let answer = world.fetch(&format!("{play}/{name}")).await.expect(200);
        let order = painting.asked().pop().unwrap();
        // Only what has what lies beside it can have its fields put together.
        assert_eq!(order.filters == fields, is_run, "{name}: {}", answer.text());
        let sheet = Take::Sheet { every_ms: 1_000, columns: 10, rows: 1 };
        assert_eq!(order.take == sheet, name.contains("storyboard"), "{name}");
    }
    let asked = painting.asked().len();
    let refused = world.fetch(&format!("{play}/preview.gif?start=9&duration=1")).await.expect(400);
    let text = refused.text();
    assert!(text.starts_with("`duration`: ") && text.contains("250 pictures") && text.contains("2000"), "{text}");
    assert_eq!(painting.asked().len(), asked);
}

#[tokio::test]
async fn who_goes_away_while_a_picture_is_stored_leaves_nothing_behind() {
    let (world, painting, play) = playing().await;
    let asset = play.strip_prefix("/play/").unwrap().parse().unwrap();
    let before = world.blobs.list().await.unwrap().len();
    // Nobody else may write: its bytes are there, and its row is not.
    let writing = world.store.begin().await.unwrap();
    let poster = format!("{play}/poster.jpg");
    {
        let mut gone = core::pin::pin!(world.fetch(&poster));
        while world.blobs.list().await.unwrap().len() == before {
            assert!(gone.as_mut().now_or_never().is_none(), "it is not stored yet");
            tokio::task::yield_now().await;
        }
    }
    drop(writing);
    let kept = async {
        while world.store.read().await.unwrap().kept_pictures(asset).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), kept).await.expect("it is kept all the same");
    world.fetch(&poster).await.expect(200);
    assert_eq!((painting.asked().len(), world.blobs.list().await.unwrap().len()), (1, before + 1));
    assert_eq!(world.store.integrity().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_picture_whose_bytes_were_lost_is_made_anew() {
    let (world, painting, play) = playing().await;
    let asset = play.strip_prefix("/play/").unwrap().parse().unwrap();
    let poster = format!("{play}/poster.jpg");
    world.fetch(&poster).await.expect(200);
    let kept = world.store.read().await.unwrap().kept_pictures(asset).await.unwrap();
    world.blobs.delete(kept[0].object).await.unwrap();
    for _again in 0..2 {
        let answer = world.fetch(&poster).await.expect(200);
        assert!(answer.text().ends_with("after 1"), "{}", answer.text());
    }
    assert_eq!(painting.asked().len(), 2);
    assert_eq!(world.store.integrity().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn the_hash_is_short_and_kept_like_the_rest() {
    let (world, painting, play) = playing().await;
    let hash = world.fetch(&format!("{play}/thumbhash")).await.expect(200);
    assert_eq!(hash.header("content-type"), Some("text/plain"));
    assert!(hash.text().len() < 50 && !hash.text().contains(char::is_whitespace), "{}", hash.text());
    assert_eq!(
        world.fetch(&format!("{play}/thumbhash")).await.clone().without_request_id(),
        hash.clone().without_request_id()
    );
    let [order] = painting.asked().try_into().unwrap();
    assert_eq!(order.frame.shown, Size { width: 100, height: 56 });
}

#[tokio::test]
async fn pictures_go_with_what_they_are_of() {
    let (world, painting, play) = playing().await;
    let asset = play.strip_prefix("/play/").unwrap().to_owned();
    let before = world.blobs.list().await.unwrap().len();
    for name in ["poster.jpg", "thumbnail.png?time=1", "preview.webp", "thumbhash", "v0-1/storyboard/0.jpg"] {
        world.fetch(&format!("{play}/{name}")).await.expect(200);
    }
    assert_eq!(world.blobs.list().await.unwrap().len(), before + 5);
    assert_eq!(world.store.integrity().await.unwrap(), Vec::<String>::new());
    // One that is being made when the asset is deleted is not kept.
    painting.hold();
    let late = format!("{play}/poster.webp");
    let delete = async {
        painting.begins(1).await;
        world.delete(&format!("/vod/v1/assets/{asset}")).await.expect(200);
        painting.may_finish.add_permits(1);
    };
    painting.begins(5).await;
    let (answer, ()) = tokio::join!(world.fetch(&late), delete);
    answer.expect(404);
    world.fetch(&format!("{play}/poster.jpg")).await.expect(404);
    // The upload alone.
    assert_eq!(world.blobs.list().await.unwrap().len(), 1);
    assert_eq!(world.store.integrity().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn of_pictures_that_nobody_asks_for_any_more_only_so_many_are_kept() {
    let (world, painting, play) = playing().await;
    let asset = play.strip_prefix("/play/").unwrap().parse().unwrap();
    let poster = format!("{play}/poster.jpg");
    world.fetch(&poster).await.expect(200);
    for number in 0..300 {
        if number == 150 {
            // It is asked for again, an hour later.
            world.clock.forward(Duration::from_secs(3_601));
            world.fetch(&poster).await.expect(200);
        }
        world.clock.forward(Duration::from_secs(1));
        world.fetch(&format!("{play}/thumbnail.jpg?width={}", 16 + number)).await.expect(200);
    }
    assert_eq!(painting.asked().len(), 301);
    let kept = world.store.read().await.unwrap().kept_pictures(asset).await.unwrap();
    assert_eq!(kept.len(), 300);
    world.fetch(&poster).await.expect(200);
    world.fetch(&format!("{play}/thumbnail.jpg?width=17")).await.expect(200);
    assert_eq!(painting.asked().len(), 301, "both are kept");
    world.fetch(&format!("{play}/thumbnail.jpg?width=16")).await.expect(200);
    assert_eq!(painting.asked().len(), 302, "the oldest one was not");
    assert_eq!(world.store.integrity().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn without_the_program_the_answer_says_so() {
    let world = World::new().await;
    let (_, asset) = world.film().await;
    let refused = world.fetch(&format!("/play/{asset}/poster.jpg")).await.expect(503);
    assert!(refused.text().contains("program"), "{}", refused.text());
    assert_eq!(refused.header("retry-after"), Some("5"));
}
