//! Links that carry their own permission.

use super::{Behind, NOON, id};
use crate::world::Answer;
use core::time::Duration;
use kinora_app::guard::{Opened, SignedLink, sign_link};
use kinora_domain::{Kind, Timestamp};

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A link for an hour.
pub(super) async fn link(behind: &Behind, path: &str, parameters: &[(&str, &str)]) -> SignedLink {
    let expires = Timestamp::from_millis((NOON + 3_600) * 1_000);
    let opened = Opened { asset: id(&behind.asset), path, parameters: &pairs(parameters) };
    sign_link(&behind.world.app, &behind.caller(), opened, expires).await.unwrap()
}

#[tokio::test]
async fn a_link_opens_what_it_was_signed_for_however_that_is_spelled() {
    let behind = Behind::new().await;
    let world = &behind.world;
    let path = format!("/play/{}/video.mp4", behind.asset);
    let link = link(&behind, "video.mp4", &[("start", "1"), ("download", "A film.mp4")]).await;
    let query = &link.proof;
    let whole = world.fetch(&format!("{path}?start=1&download=A+film.mp4&{query}")).await.expect(200);
    for spelled in [
        link.address.clone(),
        format!("{path}?{query}&download=A%20film.mp4&start=1"),
        format!("{path}?download=%41%20film.mp4&{query}&start=1"),
        format!("/play/{}/video.mp4?start=1&download=A+film.mp4&{query}", behind.asset.replacen('0', "%30", 1)),
    ] {
        let same = world.fetch(&spelled).await;
        assert_eq!((same.status, same.body == whole.body), (200, true), "{spelled}");
    }
}

#[tokio::test]
async fn a_link_opens_nothing_else() {
    let behind = Behind::new().await;
    let world = &behind.world;
    let asset = &behind.asset;
    let path = format!("/play/{asset}/video.mp4");
    let query = link(&behind, "video.mp4", &[("start", "1")]).await.proof;
    let elsewhere = |path: &str| format!("/play/{asset}/{path}?start=1&{query}");
    let other = query.replace(&(NOON + 3_600).to_string(), &(NOON + 7_200).to_string());
    for (address, why) in [
        (format!("{path}?{query}"), "without its part"),
        (format!("{path}?start=0&{query}"), "another part"),
        (format!("{path}?start=1&height=2160&{query}"), "more of it"),
        (format!("{path}?start=1&start=1&{query}"), "twice"),
        (format!("{path}?Start=1&{query}"), "another name"),
        (format!("{path};x?start=1&{query}"), "a parameter of the path"),
        (format!("{path}?start=1&{other}"), "another end"),
        (format!("{path}?start=1&{query}&expires=1"), "two ends"),
        (format!("{path}?start=1&{query}&{query}"), "two signatures"),
        (elsewhere("audio.m4a"), "a file beside it"),
        (elsewhere("original.mp4"), "a file beside it"),
        (elsewhere("video%252Emp4"), "encoded twice"),
        (elsewhere("%2e%2e/video.mp4"), "another way"),
        (elsewhere("hls/master.m3u8"), "a document beside it"),
        (elsewhere("v0-1/0.m4s"), "a segment beside it"),
        (elsewhere("VIDEO.MP4"), "another case"),
        (format!("/play/{}/video.mp4?start=1&{query}", asset.to_uppercase()), "another spelling"),
        (format!("/play//{asset}/video.mp4?start=1&{query}"), "another way"),
        (format!("/play/{asset}%2Fvideo.mp4?start=1&{query}"), "another way"),
    ] {
        let Answer { status, .. } = world.fetch(&address).await;
        assert!(matches!(status, 401 | 404), "{why}: {address} is answered with {status}");
    }
    let signed = format!("{path}?start=1&{query}");
    world.fetch(&signed).await.expect(200);
    world.clock.forward(Duration::from_hours(1));
    world.fetch(&signed).await.expect(410);
}

#[tokio::test]
async fn a_signed_document_opens_what_it_names() {
    let behind = Behind::new().await;
    let world = &behind.world;
    let master = world.fetch(&link(&behind, "hls/master.m3u8", &[]).await.address).await.expect(200);
    let media = master.text().lines().find(|line| !line.starts_with('#')).unwrap();
    assert!(media.contains("pass=") && !media.contains("signature="), "{media}");
    let media = world.fetch(&format!("/play/{}/hls/{media}", behind.asset)).await.expect(200);
    let segment = media.text().lines().find(|line| line.contains("/0.m4s")).unwrap().trim_start_matches("../");
    let segment = format!("/play/{}/{segment}", behind.asset);
    world.fetch(&segment).await.expect(200);
    // What was passed on is for this asset, and ends with the link.
    let other = world.film().await.1;
    let caller = behind.caller();
    let policy = kinora_domain::playback::AssetPolicy::Required;
    kinora_app::guard::set_asset_policy(&world.app, &caller, id(&other), policy).await.unwrap();
    world.fetch(&segment.replace(&behind.asset, &other)).await.expect(401);
    world.clock.forward(Duration::from_hours(1));
    world.fetch(&segment).await.expect(410);
}

#[tokio::test]
async fn links_are_signed_for_what_the_caller_has() {
    let behind = Behind::new().await;
    let world = &behind.world;
    let refused = async |caller, asset, path| {
        let opened = Opened { asset, path, parameters: &[] };
        sign_link(&world.app, caller, opened, Timestamp::from_millis(NOON)).await.unwrap_err()
    };
    let (caller, others) = (behind.caller(), super::operator_of(world.keys.others));
    assert_eq!(refused(&others, id(&behind.asset), "video.mp4").await.kind(), Kind::NotFound);
    for path in ["", "/", "../x/video.mp4", "hls//master.m3u8", "./video.mp4", "hls/"] {
        let refused = refused(&caller, id(&behind.asset), path).await;
        assert_eq!(refused.problem().field.as_deref(), Some("path"), "{path}");
    }
    let level = "smooth.ism/QualityLevels(100)/Fragments(video=0)";
    let address = link(&behind, level, &[("a b", "c&d")]).await.address;
    assert!(address.starts_with(&format!("/play/{}/{level}?a%20b=c%26d&expires=", behind.asset)), "{address}");
}
