//! What an upload is started with.

use crate::harness::{PART, Server};
use serde_json::{Value, json};

#[test]
fn a_size_that_cannot_be_is_refused_by_its_name_and_takes_no_space() {
    let server = Server::start();
    server.try_start("a.mp4", 0).refused(400, "invalid_field", &["`fileSize`", "empty"]);
    server.try_start("a.mp4", -1).refused(400, "invalid_field", &["`fileSize`"]);
    server.try_start("a.mp4", i64::MIN).refused(400, "invalid_field", &["`fileSize`"]);
    server.try_start("a.mp4", (1 << 40) + 1).refused(413, "file_too_large", &["`fileSize`", "1099511627776"]);
    server.try_start("a.mp4", i64::MAX).refused(413, "file_too_large", &["`fileSize`"]);
    for size in [json!(1.5), json!("1"), json!(null), json!(u64::MAX), json!(1e30)] {
        let body = json!({ "name": "a.mp4", "friendlyName": "a", "fileSize": size });
        server.post("/vod/v1/files/start", &body).refused(400, "invalid_field", &["`fileSize`"]);
    }
    assert_eq!(server.objects().len(), 0);
    assert_eq!(server.get("/vod/v1/files").json()["totalCount"], 0);
}

#[test]
fn the_operators_limit_of_size_holds() {
    let server = Server::with(&[("KINORA_MAX_FILE_BYTES", "1000")]);
    server.try_start("a.mp4", 1_000).expect(200);
    server.try_start("a.mp4", 1_001).refused(413, "file_too_large", &["`fileSize`", "1000 bytes"]);
}

#[test]
fn names_have_1_to_1024_characters_of_any_kind_and_are_kept_as_given() {
    let server = Server::start();
    let start = |name: &str, friendly: &str| {
        server.post("/vod/v1/files/start", &json!({ "name": name, "friendlyName": friendly, "fileSize": 1 }))
    };
    let longest = "ä".repeat(1_024);
    for name in
        ["../../etc/passwd", "-y", "img%03d.png", "http:x.mp4", "a\0b", "concat:a|b", "\u{202e}4pm.exe", &longest]
    {
        let file = start(name, name).expect(200).json()["fileId"].as_str().unwrap().to_owned();
        let detail = server.file_detail(&file);
        let kept = ["name", "friendlyName", "orginalFileName"].map(|field| detail[field].as_str().unwrap().to_owned());
        assert_eq!(kept, [name, name, name]);
        assert!(!detail["fileKey"].as_str().unwrap().contains(name), "{detail}");
    }
    let too_long = "a".repeat(1_025);
    for name in ["", &too_long] {
        start(name, "a").refused(400, "invalid_field", &["`name`", "1024"]);
        start("a", name).refused(400, "invalid_field", &["`friendlyName`", "1024"]);
    }
}

#[test]
fn metadata_come_back_as_they_were_given_and_have_a_bound() {
    let server = Server::start();
    let start = |metadata: Value| {
        server.post(
            "/vod/v1/files/start",
            &json!({ "name": "a", "friendlyName": "a", "fileSize": 1, "metadata": metadata }),
        )
    };
    let metadata = json!({ "z": 1, "a": [null, 1.5, { "ü": "\u{0}" }], "big": 18_446_744_073_709_551_615_u64 });
    let file = start(metadata.clone()).expect(200).json()["fileId"].as_str().unwrap().to_owned();
    assert_eq!(server.file_detail(&file)["metadata"], metadata);
    start(json!({ "text": "x".repeat(70_000) })).refused(400, "invalid_field", &["`metadata`", "65536"]);
    for wrong in [json!("text"), json!([1]), json!(7)] {
        start(wrong).refused(400, "invalid_field", &["`metadata`"]);
    }
}

#[test]
fn an_upload_is_cut_into_parts_of_fifty_million_bytes_of_which_the_last_is_the_rest() {
    let server = Server::start();
    for (size, count, last) in [(1, 1, 1), (PART, 1, PART), (PART + 1, 2, 1), (3 * PART - 1, 3, PART - 1)] {
        let started = server.try_start("a.mp4", i64::try_from(size).unwrap()).expect(200).json();
        let told = ["partSize", "partsCount", "lastPartSize"].map(|field| started[field].as_u64());
        assert_eq!(told, [PART, count, last].map(|number| Some(number as u64)), "{started}");
        let links = started["multipartUrls"].as_array().unwrap();
        assert_eq!(links.len(), count);
        let file = started["fileId"].as_str().unwrap();
        assert!(started["fileKey"].as_str().unwrap().ends_with(file));
        server.post(&format!("/vod/v1/files/{file}/cancel"), &json!({ "delete": true })).expect(200);
    }
}

#[test]
fn links_begin_with_the_public_address_and_not_with_what_a_request_says() {
    let server = Server::with(&[("KINORA_PUBLIC_URL", "https://video.example/kinora/")]);
    let started = server
        .request("POST", "/vod/v1/files/start")
        .key(crate::harness::KEY)
        .header("X-Forwarded-Host", "evil.example")
        .header("X-Forwarded-Proto", "ftp")
        .header("Forwarded", "host=evil.example")
        .json(&json!({ "name": "a", "friendlyName": "a", "fileSize": 1 }))
        .send()
        .expect(200)
        .json();
    let link = started["multipartUrls"][0].as_str().unwrap();
    assert!(link.starts_with("https://video.example/kinora/upload/"), "{link}");
}
