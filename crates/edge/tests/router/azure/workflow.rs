//! From an announcement to what plays.

use super::{announced, block, bytes, complete, list, made, path, plain, protected, put, status};
use crate::film::{Script, film};
use crate::world::{World, ask, text};
use aws_lc_rs::cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core::time::Duration;
use kinora_app::port::Blobs as _;
use kinora_app::upload::expire_uploads;
use serde_json::{Value, json};

/// The upload of a clear video as it is stored.
async fn original(world: &World, video: &Value) -> Vec<u8> {
    world.fetch(&format!("/play/{}/original.mp4", text(&video["Id"]))).await.expect(200).body.to_vec()
}

#[tokio::test]
async fn a_clear_video_plays_as_soon_as_it_is_marked_complete() {
    let world = World::new().await;
    let created = world.post("/api/Videos", &plain()).await.expect(201);
    let video = created.json();
    let location = created.header("location").unwrap().to_owned();
    assert!(location.ends_with(&path(&video)), "{location}");
    assert_eq!(world.get(&location).await.expect(200).json(), video, "nothing is told once only");
    assert_eq!(status(&world, &video).await, (0, "AwaitingUpload".to_owned()));
    let endpoint = format!("{}/PlaybackEndpoint?endpointType=HLS", path(&video));
    world.get(&endpoint).await.expect(403);
    complete(&world, &video).await.expect(409);
    put(&world, &video, &bytes()).await;
    let completed = complete(&world, &video).await.expect(200);
    assert!(completed.body.is_empty());
    assert_eq!(status(&world, &video).await, (2, "Completed".to_owned()));
    let seen = world.get(&path(&video)).await.expect(200).json();
    assert_eq!((&seen["UploadUri"], &seen["Duration"]), (&Value::Null, &json!(5)));
    assert_eq!(text(&seen["OriginalFileName"]), text(&video["OriginalFileName"]));
    let hls = text(&world.get(&endpoint).await.expect(200).json()["PlaybackUrl"]);
    world.call(ask("GET", &hls)).await.expect(200);
    assert_eq!(original(&world, &video).await, bytes());
    complete(&world, &video).await.expect(409);
}

#[tokio::test]
async fn blocks_in_any_order_become_the_file_and_nothing_is_left_beside_it() {
    let world = World::new().await;
    let bytes = bytes();
    let (one, rest) = bytes.split_at(1_000);
    let (two, three) = rest.split_at(7);
    let video = announced(&world, &plain()).await;
    block(&world, &video, "AAAB", b"not this one").await.expect(201);
    for (id, part) in [("AAAC", three), ("AAAA", one), ("AAAB", two), ("AAAD", &b"nobody lists it"[..])] {
        block(&world, &video, id, part).await.expect(201);
    }
    complete(&world, &video).await.expect(409);
    list(&world, &video, &[("Latest", "AAAA"), ("Uncommitted", "AAAB"), ("Latest", "AAAC")]).await.expect(201);
    assert_eq!(world.blobs.list().await.unwrap().len(), 3, "what no list names is gone");
    complete(&world, &video).await.expect(200);
    assert_eq!(original(&world, &video).await, bytes);
    // The file, and the maps of two tracks.
    assert_eq!(world.blobs.list().await.unwrap().len(), 3);
    world.delete(&path(&video)).await.expect(204);
    assert_eq!(world.blobs.list().await.unwrap(), []);
}

#[tokio::test]
async fn one_piece_is_never_copied() {
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    put(&world, &video, &bytes()).await;
    let before = world.blobs.list().await.unwrap();
    complete(&world, &video).await.expect(200);
    let after = world.blobs.list().await.unwrap();
    assert!(before.len() == 1 && after.contains(&before[0]), "{before:?} {after:?}");
}

/// What AES-256 in counter mode makes of bytes, by another implementation than the server's.
fn encrypted(video: &Value, bytes: &[u8]) -> Vec<u8> {
    let part = |name: &str| STANDARD.decode(text(&video[name])).unwrap();
    let key = UnboundCipherKey::new(&AES_256, &part("InputStorageEncryptionSymmetricKey")).unwrap();
    let iv: [u8; 16] = part("InputStorageEncryptionIv").try_into().unwrap();
    let mut out = bytes.to_vec();
    let key = EncryptingKey::ctr(key).unwrap();
    key.less_safe_encrypt(&mut out, EncryptionContext::Iv128((&iv).into())).unwrap();
    out
}

#[tokio::test]
async fn what_clients_encrypt_is_decrypted_whichever_way_it_came() {
    let world = World::new().await;
    let bytes = bytes();
    let body = json!({ "OriginalFileName": "a.mp4", "InputStorageEncryptionMode": "AES256" });
    let mut keys = Vec::new();
    for cuts in [vec![], vec![1, 100, 1_007, 1_024, 4_099]] {
        let video = announced(&world, &body).await;
        let encrypted = encrypted(&video, &bytes);
        assert_ne!(encrypted, bytes);
        keys.push(text(&video["InputStorageEncryptionSymmetricKey"]));
        if cuts.is_empty() {
            put(&world, &video, &encrypted).await;
        } else {
            let ends = cuts.iter().copied().chain([encrypted.len()]);
            let mut start = 0;
            let mut names = Vec::new();
            for (number, end) in ends.enumerate() {
                names.push(STANDARD.encode(format!("block-{number:04}")));
                block(&world, &video, &names[number], &encrypted[start..end]).await.expect(201);
                start = end;
            }
            let names: Vec<_> = names.iter().map(|name| ("Latest", name.as_str())).collect();
            list(&world, &video, &names).await.expect(201);
        }
        let seen = world.get(&path(&video)).await.expect(200).json();
        assert_eq!(seen["InputStorageEncryptionMode"], "AES256");
        assert_eq!(
            (&seen["InputStorageEncryptionSymmetricKey"], &seen["InputStorageEncryptionIv"]),
            (&Value::Null, &Value::Null)
        );
        complete(&world, &video).await.expect(200);
        assert_eq!(original(&world, &video).await, bytes);
        assert_eq!(world.get(&path(&video)).await.json()["InputStorageEncryptionMode"], "AES256");
    }
    assert_ne!(keys[0], keys[1]);
    for key in keys {
        let key = STANDARD.decode(key).unwrap();
        assert!(!world.stored_bytes().windows(32).any(|window| window == key), "keys are kept sealed");
    }
    // Without encryption it is no film.
    let video = announced(&world, &body).await;
    put(&world, &video, &bytes).await;
    complete(&world, &video).await.expect(200);
    assert_eq!(status(&world, &video).await, (3, "Failed".to_owned()));
}

#[tokio::test]
async fn bytes_that_are_no_film_fail_the_video_with_the_reason_and_are_gone() {
    let world = World::new().await;
    for (what, content) in [("text", &b"#EXTM3U\nfile:///etc/passwd\n"[..]), ("nothing", b""), ("zeros", &[0; 4_096])] {
        let video = announced(&world, &plain()).await;
        put(&world, &video, content).await;
        complete(&world, &video).await.expect(200);
        let seen = world.get(&format!("{}/Status", path(&video))).await.expect(200).json();
        assert_eq!((&seen["StatusCode"], &seen["Status"]), (&json!(3), &json!("Failed")), "{what}");
        assert!(text(&seen["Message"]).len() > 20, "{what}: {seen}");
        assert_eq!(world.blobs.list().await.unwrap(), [], "{what}");
        complete(&world, &video).await.expect(409);
        world.get(&format!("{}/PlaybackEndpoint?endpointType=HLS", path(&video))).await.expect(403);
        assert_eq!(world.get(&path(&video)).await.expect(200).json()["UploadUri"], Value::Null);
        world.delete(&path(&video)).await.expect(204);
        world.get(&path(&video)).await.expect(404);
    }
}

#[tokio::test]
async fn what_one_dialect_makes_the_other_shows() {
    let world = World::new().await;
    let video = made(&world, &protected()).await;
    let id = text(&video["Id"]);
    let asset = world.get(&format!("/vod/v1/assets/{id}")).await.expect(200).json();
    assert_eq!((&asset["status"], &asset["title"]), (&json!("Available"), &json!("harbor.mp4")));
    assert_eq!(asset["preset"], "dash_hls_1080p_aes128");
    let file = text(&asset["sources"][0]["fileId"]);
    let shown = world.get(&format!("/vod/v1/files/{file}")).await.expect(200).json();
    assert_eq!((&shown["status"], &shown["vodAssets"]), (&json!("Completed"), &json!([id])));

    world.clock.forward(Duration::from_secs(1));
    let (file, other) = world.film().await;
    let seen = world.get(&format!("/api/Videos/{other}")).await.expect(200).json();
    assert_eq!(seen["OriginalFileName"], format!("{other}.mp4"));
    assert_eq!((&seen["Duration"], &seen["ContentProtectionMode"]), (&json!(10), &json!("None")));
    assert_eq!(status(&world, &seen).await.0, 2);
    let ids = |listed: Value| listed.as_array().unwrap().iter().map(|video| text(&video["Id"])).collect::<Vec<_>>();
    let open = announced(&world, &plain()).await;
    let listed = world.get("/api/Videos").await.expect(200).json();
    assert_eq!(ids(listed), [text(&open["Id"]), id.clone(), other.clone()]);

    // A file that came another way stays, and the one of a video goes with it.
    world.delete(&format!("/api/Videos/{other}")).await.expect(204);
    world.get(&format!("/vod/v1/assets/{other}")).await.expect(404);
    world.get(&format!("/vod/v1/files/{file}")).await.expect(200);
    let file = text(&asset["sources"][0]["fileId"]);
    world.delete(&format!("/api/Videos/{id}")).await.expect(204);
    world.get(&format!("/vod/v1/files/{file}")).await.expect(404);
    world.get(&format!("/vod/v1/assets/{id}")).await.expect(404);
    // Deleted there, it is gone here, and does not come back as awaited.
    let video = made(&world, &plain()).await;
    world.delete(&format!("/vod/v1/assets/{}", text(&video["Id"]))).await.expect(200);
    world.get(&path(&video)).await.expect(404);
    assert_eq!(ids(world.get("/api/Videos").await.json()), [text(&open["Id"])]);
}

#[tokio::test]
async fn a_completion_that_was_interrupted_is_asked_for_again() {
    let world = World::new().await;
    let video = announced(&world, &json!({ "OriginalFileName": "film.avi" })).await;
    // It cannot be looked into here, and may be another time.
    put(&world, &video, b"RIFF\x24\0\0\0AVI LIST and so on").await;
    for _again in 0..2 {
        let refused = complete(&world, &video).await.expect(503);
        assert!(refused.header("retry-after").is_some());
        assert_eq!(status(&world, &video).await.0, 0);
        assert_eq!(world.get(&path(&video)).await.expect(200).json()["UploadUri"], Value::Null);
    }
    world.delete(&path(&video)).await.expect(204);
    assert_eq!(world.blobs.list().await.unwrap(), []);
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart() {
    let world = World::new().await;
    let bytes = bytes();
    let (one, two) = bytes.split_at(2_000);
    let video = announced(&world, &plain()).await;
    block(&world, &video, "AAAA", one).await.expect(201);
    let world = world.restart().await;
    block(&world, &video, "AAAB", two).await.expect(201);
    list(&world, &video, &[("Latest", "AAAA"), ("Latest", "AAAB")]).await.expect(201);
    let world = world.restart().await;
    complete(&world, &video).await.expect(200);
    let world = world.restart().await;
    assert_eq!(original(&world, &video).await, bytes);
}

#[tokio::test]
async fn a_video_without_news_for_a_week_is_gone_with_its_bytes() {
    let world = World::new().await;
    let (empty, written) = (announced(&world, &plain()).await, announced(&world, &plain()).await);
    let done = made(&world, &plain()).await;
    let day = Duration::from_hours(24);
    world.clock.forward(day * 6);
    let written = world.get(&path(&written)).await.expect(200).json();
    block(&world, &written, "AAAA", b"bytes").await.expect(201);
    world.clock.forward(day + Duration::from_secs(1));
    assert_eq!(expire_uploads(&world.app).await.unwrap(), 1);
    world.get(&path(&empty)).await.expect(404);
    world.get(&path(&written)).await.expect(200);
    world.clock.forward(day * 7);
    assert_eq!(expire_uploads(&world.app).await.unwrap(), 1);
    world.get(&path(&written)).await.expect(404);
    world.get(&path(&done)).await.expect(200);
    assert_eq!(world.blobs.list().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_library_of_many_videos_is_listed_once_each() {
    let world = World::new().await;
    let mut wanted: Vec<String> = Vec::new();
    for _ in 0..201 {
        wanted.push(text(&announced(&world, &plain()).await["Id"]));
    }
    let (file, first) = world.film().await;
    wanted.push(first);
    for _ in 0..200 {
        wanted.push(world.asset(&file, "More").await);
    }
    let listed = world.get("/api/Videos").await.expect(200).json();
    let mut ids: Vec<_> = listed.as_array().unwrap().iter().map(|video| text(&video["Id"])).collect();
    ids.sort();
    wanted.sort();
    assert_eq!(ids, wanted);
}

#[tokio::test]
async fn the_same_request_makes_one_video_and_tells_its_key_once() {
    let world = World::new().await;
    let body = json!({ "OriginalFileName": "a.mp4", "InputStorageEncryptionMode": "AES256" });
    let send = || ask("POST", "/api/Videos").key(&world.keys.admin).header("idempotency-key", "one").json(&body);
    let first = world.call(send()).await.expect(201);
    let again = world.call(send()).await.expect(201);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.header("location"), again.header("location"));
    assert!(first.json()["InputStorageEncryptionIv"].is_string());
    assert_eq!(again.json()["InputStorageEncryptionIv"], Value::Null);
    assert_eq!(world.get("/api/Videos").await.json().as_array().unwrap().len(), 1);
    let other = ask("POST", "/api/Videos").key(&world.keys.admin).header("idempotency-key", "one").json(&plain());
    world.call(other).await.expect(409);
}

#[tokio::test]
async fn a_film_without_sound_in_a_long_name_keeps_its_ending() {
    let world = World::new().await;
    let body = json!({ "OriginalFileName": format!("{}.MoV", "ä".repeat(1_000)) });
    let video = announced(&world, &body).await;
    assert_eq!(video["OriginalFileName"], format!("{}.MoV", text(&video["Id"])));
    put(&world, &video, &film(&Script { seconds: 2, sounds: &[], ..Script::default() }).bytes).await;
    complete(&world, &video).await.expect(200);
    assert_eq!(status(&world, &video).await.0, 2);
}
