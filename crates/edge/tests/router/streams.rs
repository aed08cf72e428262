//! HLS of transport streams.

use crate::film::{Script, film};
use crate::world::{World, text};
use aws_lc_rs::cipher::{AES_128, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use serde_json::json;
use std::collections::HashSet;

/// Addresses in a playlist: of lines, and of attributes.
fn named(playlist: &str) -> Vec<String> {
    let lines = playlist.lines().filter(|line| !line.starts_with('#'));
    let attributes = playlist.split("URI=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    lines.chain(attributes).map(str::to_owned).collect()
}

async fn asset(world: &World, preset: &str, sounds: &'static [&'static str]) -> String {
    let file = world.upload("film.mp4", &film(&Script { sounds, ..Script::default() }).bytes).await;
    let body = json!({ "transcodedSources": [{ "fileId": file }], "preset": preset });
    text(&world.post("/vod/v1/assets", &body).await.expect(200).json()["id"])
}

#[tokio::test]
async fn every_picture_carries_the_first_sound_and_the_others_are_streams_of_their_own() {
    let world = World::new().await;
    let asset = asset(&world, "dash_hls_720p", &["eng", "deu"]).await;
    let play = format!("/play/{asset}");
    let master = world.fetch(&format!("{play}/hls-ts/master.m3u8")).await.expect(200);
    assert_eq!(master.header("content-type"), Some("application/vnd.apple.mpegurl"));
    assert!(master.text().starts_with("#EXTM3U\n#EXT-X-VERSION:4\n"), "{}", master.text());
    let streams = named(master.text());
    assert_eq!(streams, ["v0-1_a1-1.m3u8", "a2-1.m3u8"], "{}", master.text());
    for stream in streams {
        let media = world.fetch(&format!("{play}/hls-ts/{stream}")).await.expect(200);
        assert!(media.text().starts_with("#EXTM3U\n#EXT-X-VERSION:3\n"), "{}", media.text());
        let segments = named(media.text());
        assert!(segments.len() > 1);
        for (number, segment) in segments.iter().enumerate() {
            let name = stream.trim_end_matches(".m3u8");
            assert_eq!(*segment, format!("../{name}/{number}.ts"));
            let segment = world.fetch(&format!("{play}/{}", segment.trim_start_matches("../"))).await.expect(200);
            assert_eq!(segment.header("content-type"), Some("video/mp2t"));
            assert!(segment.header("cache-control").unwrap().contains("immutable"));
            assert!(segment.body.chunks(188).all(|packet| packet.len() == 188 && packet[0] == 0x47));
        }
        let behind = format!("{play}/{}/{}.ts", stream.trim_end_matches(".m3u8"), segments.len());
        world.fetch(&behind).await.expect(404);
    }
    let first = world.fetch(&format!("{play}/v0-1_a1-1/0.ts")).await.expect(200);
    let again = world.other_process().await.fetch(&format!("{play}/v0-1_a1-1/0.ts")).await.expect(200);
    assert_eq!((&again.body, again.header("etag")), (&first.body, first.header("etag")));
    for nothing in [
        "hls-ts/v0-1_a9-1.m3u8",
        "hls-ts/a1-1_v0-1.m3u8",
        "hls-ts/x.m3u8",
        "a1-1_v0-1/0.ts",
        "v0-2_a1-1/0.ts",
        "v0-1_a1-1/00.ts",
    ] {
        world.fetch(&format!("{play}/{nothing}")).await.expect(404);
    }
}

#[tokio::test]
async fn parts_and_tokens_are_handed_on() {
    let world = World::new().await;
    let asset = asset(&world, "dash_hls_720p", &["eng"]).await;
    let play = format!("/play/{asset}/hls-ts");
    let master = world.fetch(&format!("{play}/master.m3u8?start=4.5&token=a.b.c")).await.expect(200);
    assert_eq!(named(master.text()), ["v0-1_a1-1.m3u8?start=4.500000&token=a.b.c"]);
    let media = world.fetch(&format!("{play}/v0-1_a1-1.m3u8?start=4.5&token=a.b.c")).await.expect(200);
    let segments = named(media.text());
    assert_eq!(segments.first().map(String::as_str), Some("../v0-1_a1-1/1.ts?token=a.b.c"), "{segments:?}");
    world.fetch(&format!("{play}/master.m3u8?start=100")).await.expect(400);
}

#[tokio::test]
async fn streams_are_encrypted_each_segment_with_a_vector_of_its_own() {
    let world = World::new().await;
    let encrypted = asset(&world, "dash_hls_720p_aes128", &["eng", "deu"]).await;
    let clear = asset(&world, "dash_hls_720p", &["eng", "deu"]).await;
    let token = world.playback_token(&encrypted).await;
    let play = format!("/play/{encrypted}");
    let mut vectors = HashSet::new();
    for track in ["hls/v0-1", "hls/a1-1", "hls/a2-1", "hls-ts/v0-1_a1-1", "hls-ts/a2-1"] {
        let media = world.fetch(&format!("{play}/{track}.m3u8?token={token}")).await.expect(200);
        let mut own =
            media.text().split("IV=0x").skip(1).map(|rest| rest.split_whitespace().next().unwrap().to_owned());
        assert!(own.all(|vector| vectors.insert(vector)), "{track}: {}", media.text());
    }
    let media = world.fetch(&format!("{play}/hls-ts/v0-1_a1-1.m3u8?token={token}")).await.expect(200);
    let key = media.text().split("URI=\"../").nth(1).unwrap().split('"').next().unwrap();
    let key: [u8; 16] = world.fetch(&format!("{play}/{key}")).await.expect(200).body.as_ref().try_into().unwrap();
    let vectors = media.text().split("IV=0x").skip(1).map(|rest| rest.split_whitespace().next().unwrap());
    for (number, vector) in vectors.enumerate() {
        let vector = u128::from_str_radix(vector, 16).unwrap().to_be_bytes();
        let sealed = world.fetch(&format!("{play}/v0-1_a1-1/aes128/{number}.ts")).await.expect(200);
        let mut sealed = sealed.body.to_vec();
        let cipher = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_128, &key).unwrap()).unwrap();
        let opened = cipher.decrypt(&mut sealed, DecryptionContext::Iv128(FixedLength::from(vector))).unwrap();
        let expected = world.fetch(&format!("/play/{clear}/v0-1_a1-1/{number}.ts")).await.expect(200);
        assert!(*opened == *expected.body, "segment {number}");
    }
}
