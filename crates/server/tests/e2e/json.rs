//! Bodies that are no JSON, or not the right one.

use crate::films;
use crate::harness::{Answer, KEY, Server, sources};
use serde_json::{Value, json};

/// An id that nothing has.
const NOBODY: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

#[track_caller]
fn post(server: &Server, target: &str, body: &[u8]) -> Answer {
    server.request("POST", target).key(KEY).header("Content-Type", "application/json").bytes(body).send()
}

const TARGETS: [&str; 4] = [
    "/vod/v1/files/start",
    "/vod/v1/files/complete",
    "/vod/v1/assets",
    "/vod/v1/files/01890a5d-ac96-774b-bcce-b302099a8057/cancel",
];

#[test]
fn what_is_no_json_is_refused_with_the_place() {
    let server = Server::start();
    let deep = |open: &str, close: &str| [open.repeat(100_000), "1".to_owned(), close.repeat(100_000)].concat();
    let texts = [
        "{".to_owned(),
        "{]".to_owned(),
        "{\"nam".to_owned(),
        "{} {}".to_owned(),
        "nul".to_owned(),
        "\u{0}".to_owned(),
        "<name>a</name>".to_owned(),
    ];
    for target in TARGETS {
        for text in &texts {
            let answer = post(&server, target, text.as_bytes());
            // An object that is whole lacks fields before anybody sees what follows it.
            let code =
                if text.starts_with("{} ") && !target.ends_with("cancel") { "invalid_field" } else { "malformed_json" };
            answer.refused(400, code, &[]);
        }
    }
    post(&server, "/vod/v1/files/start", b"{\"name\": \"\xff\xfe\"}").refused(400, "malformed_json", &[]);
    for target in ["/vod/v1/files/start", "/vod/v1/assets"] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let body = format!("{{\"metadata\": {{\"a\": {}}}}}", deep(open, close));
            let answer = post(&server, target, body.as_bytes());
            assert_eq!(answer.status, 400, "{}", answer.text());
        }
        post(&server, target, deep("[", "").as_bytes()).expect(400);
    }
    server.is_well();
}

#[test]
fn ten_megabytes_of_json_are_too_much() {
    let server = Server::start();
    let padding = "x".repeat(10_000_000);
    for target in TARGETS {
        let body = json!({ "name": padding }).to_string();
        post(&server, target, body.as_bytes()).refused(413, "body_too_large", &["4194304 bytes"]);
        let chunked = server.request("POST", target).key(KEY).header("Content-Type", "application/json");
        chunked.chunked(body.as_bytes()).send().refused(413, "body_too_large", &["4194304 bytes"]);
    }
    server.is_well();
}

#[test]
fn a_missing_or_wrong_field_is_named_with_its_path() {
    let server = Server::start();
    let start = json!({ "name": "a", "friendlyName": "a", "fileSize": 1 });
    for field in ["name", "friendlyName", "fileSize"] {
        let mut body = start.clone();
        body.as_object_mut().unwrap().remove(field);
        let name = format!("`{field}`");
        server.post("/vod/v1/files/start", &body).refused(400, "invalid_field", &[&name]);
        body[field] = json!({});
        server.post("/vod/v1/files/start", &body).refused(400, "invalid_field", &[&name]);
    }
    let assets: [(Value, &str); 10] = [
        (json!({ "preset": "mp4" }), "`transcodedSources`"),
        (json!({ "transcodedSources": [] }), "`preset`"),
        (json!({ "transcodedSources": {}, "preset": "mp4" }), "`transcodedSources`"),
        (json!({ "transcodedSources": [{}], "preset": "mp4" }), "`transcodedSources[0].fileId`"),
        (json!({ "transcodedSources": [{ "fileId": 7 }], "preset": "mp4" }), "`transcodedSources[0].fileId`"),
        (json!({ "transcodedSources": sources(&[NOBODY]), "preset": 7 }), "`preset`"),
        (json!({ "transcodedSources": sources(&[NOBODY]), "preset": "mp4", "title": [] }), "`title`"),
        (
            json!({ "transcodedSources": [{ "fileId": NOBODY, "fileTypesFlag": "Smell" }], "preset": "mp4" }),
            "`transcodedSources[0].fileTypesFlag`",
        ),
        (
            json!({ "transcodedSources": [{ "fileId": NOBODY, "transcodingTracks": [{ "type": "Audio" }] }], "preset": "mp4" }),
            "`transcodedSources[0].transcodingTracks[0].trackSelector`",
        ),
        (
            json!({ "transcodedSources": [{ "fileId": NOBODY, "transcodingTracks": [
                { "trackSelector": { "trackId": "audio_1" }, "type": "Smell" }
            ] }], "preset": "mp4" }),
            "`transcodedSources[0].transcodingTracks[0].type`",
        ),
    ];
    for (body, field) in assets {
        server.post("/vod/v1/assets", &body).refused(400, "invalid_field", &[field]);
    }
    for (body, field) in [(json!({ "parts": [] }), "`fileId`"), (json!({ "fileId": NOBODY }), "`parts`")] {
        server.post("/vod/v1/files/complete", &body).refused(400, "invalid_field", &[field]);
    }
    for body in [json!([]), json!("text"), json!(7), json!(null)] {
        for target in TARGETS {
            server.post(target, &body).expect(400);
        }
    }
}

#[test]
fn another_type_of_content_is_not_taken() {
    let server = Server::start();
    let body = json!({ "name": "a", "friendlyName": "a", "fileSize": 1 }).to_string();
    let send = |content_type: &str| {
        let request = server.request("POST", "/vod/v1/files/start").key(KEY).header("Content-Type", content_type);
        request.bytes(body.as_bytes()).send()
    };
    for wrong in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "json",
    ] {
        send(wrong).refused(415, "unsupported_content_type", &["application/json"]);
    }
    for right in ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"] {
        send(right).expect(200);
    }
    server.request("POST", "/vod/v1/files/start").key(KEY).bytes(body.as_bytes()).send().expect(200);
}

#[test]
fn an_unknown_preset_is_refused_with_those_that_there_are() {
    let server = Server::start();
    let file = server.store("film.mp4", &films::film());
    for preset in ["", "mp5", "MP4", "aac_192"] {
        let answer =
            server.post("/vod/v1/assets", &json!({ "transcodedSources": sources(&[&file]), "preset": preset }));
        answer.refused(400, "invalid_field", &["`preset`", "mp4_720p", "dash_hls_1080p"]);
    }
}

#[test]
fn sources_that_make_no_asset_are_refused_and_make_none() {
    let server = Server::start();
    let file = server.store("film.mp4", &films::film());
    let open = server.start_upload("open.mp4", 10);
    server.try_asset(&[]).refused(400, "invalid_field", &["`transcodedSources`", "1 to 32"]);
    server.try_asset(&[&*file; 33]).refused(400, "invalid_field", &["`transcodedSources`", "1 to 32"]);
    server.try_asset(&[&open.file]).refused(409, "upload_incomplete", &["`transcodedSources[0].fileId`"]);
    server.try_asset(&[&file, NOBODY]).refused(404, "not_found", &["`transcodedSources[1].fileId`", "no such file"]);
    let asked = |selector: &str, kind: &str| {
        let track = json!({ "trackSelector": { "trackId": selector }, "type": kind });
        let source = json!({ "fileId": file, "transcodingTracks": [track] });
        server.post("/vod/v1/assets", &json!({ "transcodedSources": [source], "preset": "mp4" }))
    };
    for (selector, kind) in [("audio_2", "Audio"), ("audio_1", "Video"), ("", "Video"), ("captions_1", "Captions")] {
        asked(selector, kind).refused(400, "invalid_field", &["`transcodedSources[0].transcodingTracks`", selector]);
    }
    assert_eq!(server.get("/vod/v1/assets").json()["totalCount"], 0);
    assert_eq!(server.objects().len(), 2, "the two uploads alone");
    asked("audio_1", "Audio").expect(200);
}

#[test]
fn a_text_that_is_no_id_names_nothing_like_an_id_that_nobody_has() {
    let server = Server::start();
    for id in ["1", "0000", "..%2f..%2fetc%2fpasswd", "%00", "%c3%bc", "01890a5d-ac96-774b-bcce-b302099a805"] {
        for (method, shape) in [
            ("GET", "/vod/v1/files/{}"),
            ("GET", "/vod/v1/files/{}/part/1"),
            ("POST", "/vod/v1/files/{}/cancel"),
            ("POST", "/vod/v1/files/{}/detect"),
            ("GET", "/vod/v1/assets/{}"),
            ("DELETE", "/vod/v1/assets/{}"),
            ("GET", "/play/{}/hls/master.m3u8"),
            ("GET", "/play/{}/dash/manifest.mpd"),
            ("GET", "/play/{}/v0-1/init.mp4"),
            ("GET", "/play/{}/original.mp4"),
        ] {
            let ask = |id: &str| server.request(method, &shape.replace("{}", id)).key(KEY).send();
            ask(NOBODY).expect(404).same_as(&ask(id), &format!("{method} {shape} {id}"));
        }
        let complete = |id: &str| server.post("/vod/v1/files/complete", &json!({ "fileId": id, "parts": [] }));
        complete(NOBODY).expect(404).same_as(&complete(id), "complete");
        server.try_asset(&[NOBODY]).expect(404).same_as(&server.try_asset(&[id]), "asset");
    }
}

#[test]
fn a_path_that_is_no_text_is_refused_in_the_form_of_the_api() {
    let server = Server::start();
    for (method, target) in
        [("GET", "/vod/v1/files/%ff"), ("GET", "/vod/v1/files/%ff/part/%ff"), ("DELETE", "/vod/v1/assets/%ff")]
    {
        let answer = server.request(method, target).key(KEY).send();
        assert!(matches!(answer.status, 400 | 404), "{target}: {}", answer.text());
        assert_eq!(answer.json()["status"], answer.status, "{target}");
    }
    let viewed = server.fetch("/play/%ff/hls/master.m3u8").status;
    let sent = server.request("PUT", "/upload/%ff/1?expires=1&signature=a").send().status;
    assert!(matches!(viewed, 400 | 404) && matches!(sent, 400 | 403), "{viewed} {sent}");
}

#[test]
fn lists_name_the_parameter_that_they_cannot_read() {
    let server = Server::start();
    for list in ["/vod/v1/files", "/vod/v1/assets"] {
        for (query, parameter) in [
            ("limit=0", "`limit`"),
            ("limit=1001", "`limit`"),
            ("limit=many", "`limit`"),
            ("page=0", "`page`"),
            ("page=-1", "`page`"),
            ("page=99999999999999999999", "`page`"),
            ("statuses=Nothing", "`statuses`"),
            ("sort=shoesize", "`sort`"),
            ("desc=perhaps", "`desc`"),
            ("ids=1,2", "`ids`"),
            ("createDateStart=yesterday", "`createDateStart`"),
        ] {
            server.get(&format!("{list}?{query}")).refused(400, "invalid_field", &[parameter]);
        }
        // The last page that can be named is empty, and no more than that.
        let empty = server.get(&format!("{list}?page=9223372036854775807&limit=1000")).expect(200).json();
        assert_eq!((empty["items"].as_array().map(Vec::len), empty["hasMore"].as_bool()), (Some(0), Some(false)));
        server.get(&format!("{list}?query=%25_'%22;--%00")).expect(200);
    }
}
