//! Smooth Streaming.

use crate::film::{Script, film};
use crate::world::{World, ask};
use kinora_media::smooth::Address;
use serde_json::json;

/// The addresses of all fragments that a manifest tells, relative to it.
fn addresses(manifest: &str) -> Vec<String> {
    let attribute = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!(" {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let (mut url, mut bitrate, mut time, mut all) = (String::new(), String::new(), 0, Vec::new());
    for line in manifest.lines() {
        if line.contains("<StreamIndex") {
            url = attribute(line, "Url").unwrap().replace("&amp;", "&");
        } else if line.contains("<QualityLevel") {
            bitrate = attribute(line, "Bitrate").unwrap();
        } else if line.contains("<c ") {
            time = attribute(line, "t").map_or(time, |start| start.parse().unwrap());
            all.push(url.replace("{bitrate}", &bitrate).replace("{start time}", &time.to_string()));
            time += attribute(line, "d").unwrap().parse::<u64>().unwrap();
        }
    }
    all
}

#[tokio::test]
async fn every_fragment_that_the_manifest_tells_is_there_and_no_other() {
    let world = World::new().await;
    let bytes = film(&Script { sounds: &["eng", "deu"], ..Script::default() }).bytes;
    let asset = world.asset(&world.upload("film.mp4", &bytes).await, "Film").await;
    let base = format!("/play/{asset}/smooth.ism");
    let manifest = world.fetch(&format!("{base}/Manifest")).await.expect(200);
    assert_eq!(manifest.header("content-type"), Some("application/vnd.ms-sstr+xml"));
    let tag = manifest.header("etag").unwrap();
    world.call(ask("GET", &format!("{base}/Manifest")).header("if-none-match", tag)).await.expect(304);
    let told = addresses(manifest.text());
    let streams = |name: &str| told.iter().filter(|address| address.contains(name)).count();
    assert!(streams("(video=") > 1 && streams("(audio_1=") > 1 && streams("(audio_2=") > 1, "{told:?}");
    for address in &told {
        let fragment = world.fetch(&format!("{base}/{address}")).await.expect(200);
        assert_eq!(&fragment.body[4..8], b"moof", "{address}");
        let kind = if address.contains("video") { "video/mp4" } else { "audio/mp4" };
        assert_eq!(fragment.header("content-type"), Some(kind));
        let known: Address = address.parse().unwrap();
        for other in
            [Address { time: known.time + 1, ..known.clone() }, Address { bitrate: known.bitrate + 1, ..known.clone() }]
        {
            world.fetch(&format!("{base}/{other}")).await.expect(404);
        }
    }
    for wrong in ["manifest", "Manifest/x", "QualityLevels(1)/Fragments(text=0)", "x/y"] {
        world.fetch(&format!("{base}/{wrong}")).await.expect(404);
    }
}

#[tokio::test]
async fn an_output_has_a_manifest_of_its_own_and_parts_have_none() {
    let world = World::new().await;
    let (_, asset) = world.film().await;
    let added = json!({ "preset": "audio_m4a", "id": "sound" });
    world.output(&asset, &added).await.expect(200);
    let seen = world.get(&format!("/vod/v1/assets/{asset}")).await.expect(200).json();
    let output = seen["outputs"][1]["endpoints"][0]["url"].as_str().unwrap().to_owned();
    let base = output.split_once("/play/").unwrap().1.split('/').take(3).collect::<Vec<_>>().join("/");
    let manifest = world.fetch(&format!("/play/{base}/smooth.ism/Manifest")).await.expect(200);
    let told = addresses(manifest.text());
    assert!(!told.is_empty() && told.iter().all(|address| address.contains("(audio_")), "{told:?}");
    for address in told {
        world.fetch(&format!("/play/{base}/smooth.ism/{address}")).await.expect(200);
    }
    world.fetch(&format!("/play/{asset}/smooth.ism/Manifest?start=5")).await.expect(404);
}
