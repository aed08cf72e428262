//! Films whose picture changes its size on the way (HARDENING case 5).

use crate::films::{self, CHANGING_PICTURES};
use crate::harness::{Server, Track, tracks};
use serde_json::Value;

/// The asset, once nothing of it is under way any more.
#[track_caller]
fn over(server: &Server, asset: &str) -> Value {
    server.settle();
    server.asset_detail(asset)
}

/// The tracks of picture that are offered.
#[track_caller]
fn pictures(server: &Server, asset: &str) -> Vec<Track> {
    tracks(server, asset).into_iter().filter(|track| !track.is_audio()).collect()
}

#[test]
fn a_picture_that_becomes_smaller_plays_to_its_end() {
    let server = Server::start();
    for (name, film) in films::changing_size(320, 180) {
        let asset = server.publish(name, &film);
        let detail = over(&server, &asset);
        assert_eq!(detail["status"], "Available", "{name}: {detail}");
        assert_eq!(detail["outputs"][0]["status"], "Available", "{name}: {detail}");
        for track in pictures(&server, &asset) {
            let seen = films::pictures(&track.bytes());
            // Where it is converted, the rate goes on over the seam.
            assert!((CHANGING_PICTURES - 1..=CHANGING_PICTURES).contains(&seen), "{name} {}: {seen}", track.name);
            let sizes = films::sizes(&track.bytes());
            let expected: &[&str] = if name == "h264.ts" { &["640x360", "320x180"] } else { &["640x360"] };
            assert_eq!(sizes, expected, "{name} {}: what is encoded has one size", track.name);
        }
    }
}

#[test]
fn a_picture_that_becomes_larger_than_the_limit_is_not_decoded() {
    let server = Server::with(&[("KINORA_MAX_PIXELS", "500000")]);
    for (name, film) in films::changing_size(1280, 720) {
        let asset = server.publish(name, &film);
        let detail = over(&server, &asset);
        let output = &detail["outputs"][0];
        assert_eq!(output["status"], "Error", "{name}: {detail}");
        assert!(output["errorMessage"].as_str().unwrap().contains("more pixels"), "{name}: {detail}");
        // What plays as it was uploaded needs no decoder here.
        let plays = name == "h264.ts";
        assert_eq!(detail["status"] == "Available", plays, "{name}: {detail}");
        if plays {
            let [track] = &*pictures(&server, &asset) else { panic!("one picture") };
            assert_eq!(films::pictures(&track.bytes()), CHANGING_PICTURES, "{name}");
        }
    }
    assert_eq!(server.scratch().len(), 0, "nothing is left of what was begun");
}
