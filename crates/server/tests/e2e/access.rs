//! Who may do what, and that nobody learns what others have.

use crate::films;
use crate::harness::{Answer, KEY, Server, sources};
use serde_json::json;

/// An id that nothing has.
const NOBODY: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A new key, made on the command line while the server runs.
#[track_caller]
fn new_key(server: &Server, role: &str, organization: &str) -> String {
    let args = ["key", "create", "--name", "made by a test", "--role", role, "--organization", organization];
    let secret = server.home.run(&args, &[]).succeeded().trim().to_owned();
    assert!(secret.starts_with("kin_") && secret.len() > 70, "{secret}");
    secret
}

/// What of a key everybody may see, and the rest.
fn public(secret: &str) -> (&str, &str) {
    secret.split_at(12)
}

#[track_caller]
fn ask(server: &Server, secret: &str, method: &str, target: &str) -> Answer {
    server.request(method, target).key(secret).send()
}

#[test]
fn without_a_key_or_with_a_wrong_one_nothing_opens() {
    let server = Server::start();
    let file = server.store("film.mp4", &films::film());
    let operations = [
        ("POST", "/vod/v1/files/start".to_owned()),
        ("POST", "/vod/v1/files/complete".to_owned()),
        ("GET", "/vod/v1/files".to_owned()),
        ("GET", format!("/vod/v1/files/{file}")),
        ("GET", format!("/vod/v1/files/{file}/part/1")),
        ("POST", format!("/vod/v1/files/{file}/cancel")),
        ("POST", format!("/vod/v1/files/{file}/detect")),
        ("POST", "/vod/v1/assets".to_owned()),
        ("GET", "/vod/v1/assets".to_owned()),
        ("GET", format!("/vod/v1/assets/{NOBODY}")),
        ("DELETE", format!("/vod/v1/assets/{NOBODY}")),
        ("GET", format!("/core/v1/settings/tenant/{NOBODY}/status")),
        ("GET", "/core/v1/api-key".to_owned()),
        ("POST", "/core/v1/api-key".to_owned()),
        ("GET", format!("/core/v1/api-key/{NOBODY}")),
        ("PUT", format!("/core/v1/api-key/{NOBODY}")),
        ("DELETE", format!("/core/v1/api-key/{NOBODY}")),
    ];
    let nearly = format!("{}x", KEY.strip_suffix('z').unwrap());
    for (method, target) in &operations {
        let none = server.request(method, target).send();
        none.refused(401, "missing_api_key", &["X-Api-Key"]);
        assert_eq!(none.header("www-authenticate"), Some("Bearer"));
        ask(&server, "no text: \u{e4}", method, target).expect(401);
        for wrong in [nearly.as_str(), "short", "", &"a".repeat(10_000), &KEY.to_uppercase()] {
            ask(&server, wrong, method, target).refused(401, "invalid_api_key", &["wrong or revoked"]);
        }
    }
    assert_eq!(server.file_detail(&file)["status"], "Completed");
}

#[test]
fn a_key_is_taken_from_the_header_the_query_and_as_a_bearer() {
    let server = Server::start();
    let list = "/vod/v1/files";
    server.request("GET", list).header("x-api-key", KEY).send().expect(200);
    server.request("GET", &format!("{list}?X-Api-Key={KEY}")).send().expect(200);
    server.request("GET", &format!("{list}?x-api-key={KEY}&limit=1")).send().expect(200);
    server.request("GET", list).header("Authorization", &format!("Bearer {KEY}")).send().expect(200);
    server.request("GET", list).header("Authorization", &format!("bearer {KEY}")).send().expect(200);
    server.request("GET", list).header("Authorization", &format!("Basic {KEY}")).send().expect(401);
    // The header counts before the query, the query before the bearer.
    server.request("GET", &format!("{list}?X-Api-Key={KEY}")).header("X-Api-Key", "wrong").send().expect(401);
}

#[test]
fn a_key_revoked_while_the_server_runs_opens_nothing_from_then_on() {
    let server = Server::start();
    let secret = new_key(&server, "admin", "default");
    ask(&server, &secret, "GET", "/vod/v1/files").expect(200);
    let keys = server.home.run(&["key", "list"], &[]).succeeded();
    let line = keys.lines().find(|line| line.contains(public(&secret).0)).unwrap();
    let id = line.split_whitespace().next().unwrap();
    server.home.run(&["key", "revoke", id], &[]).succeeded();
    let revoked = ask(&server, &secret, "GET", "/vod/v1/files");
    revoked.refused(401, "invalid_api_key", &["wrong or revoked"]);
    revoked
        .same_as(&ask(&server, "a-key-that-never-was-0123456789abcdef", "GET", "/vod/v1/files"), "revoked and unknown");
    ask(&server, KEY, "GET", "/vod/v1/files").expect(200);
    let keys = server.home.run(&["key", "list"], &[]).succeeded();
    assert!(keys.lines().any(|line| line.contains(id) && line.contains("revoked")), "{keys}");
    // Once more changes nothing, and what is no key says so.
    server.home.run(&["key", "revoke", id], &[]).succeeded();
    server.home.run(&["key", "revoke", NOBODY], &[]).failed(1, &["no such API key"]);
    server.home.run(&["key", "revoke", "x"], &[]).failed(1, &["an id is a UUID"]);
}

#[test]
fn the_list_of_keys_shows_no_secret_and_neither_does_the_log() {
    let server = Server::with(&[("KINORA_LOG", "debug")]);
    let secret = new_key(&server, "viewer", "default");
    for shown in [KEY, &secret] {
        server.request("GET", &format!("/vod/v1/files?X-Api-Key={shown}")).send().expect(200);
        server.request("GET", &format!("/nowhere/{shown}")).send().expect(404);
    }
    let keys = server.home.run(&["key", "list"], &[]).succeeded();
    let ((prefix, bootstrap), (other_prefix, other)) = (public(KEY), public(&secret));
    assert!([prefix, other_prefix, "viewer"].iter().all(|shown| keys.contains(shown)), "{keys}");
    for text in [keys, server.log()] {
        assert!(!text.contains(bootstrap) && !text.contains(other), "{text}");
    }
    let database = std::fs::read(server.data().join("kinora.sqlite")).unwrap();
    let holds = |text: &str| database.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!holds(bootstrap) && !holds(other), "a secret is stored");
}

#[test]
fn a_viewer_looks_and_changes_nothing_and_an_editor_does_both() {
    let server = Server::start();
    let film = films::film();
    let (viewer, editor) = (new_key(&server, "viewer", "default"), new_key(&server, "editor", "default"));
    let file = server.store("film.mp4", &film);
    let asset = server.asset(&file);
    let open = server.start_upload("open.mp4", film.len());
    let start = json!({ "name": "a", "friendlyName": "a", "fileSize": 1 });
    let create = json!({ "transcodedSources": sources(&[&file]), "preset": "mp4" });
    let writes = [
        ("POST", "/vod/v1/files/start".to_owned(), start),
        ("GET", format!("/vod/v1/files/{}/part/1", open.file), json!({})),
        ("POST", "/vod/v1/files/complete".to_owned(), open.claim()),
        ("POST", format!("/vod/v1/files/{}/cancel", open.file), json!({})),
        ("POST", "/vod/v1/assets".to_owned(), create),
        ("DELETE", format!("/vod/v1/assets/{asset}"), json!({})),
    ];
    let send = |secret: &str, (method, target, body): &(&str, String, serde_json::Value)| {
        server.request(method, target).key(secret).json(body).send()
    };
    for write in &writes {
        send(&viewer, write).refused(403, "forbidden", &["`viewer`"]);
    }
    assert_eq!(server.file_detail(&open.file)["status"], "Uploading");
    server.plays(&asset, &film);
    for (method, target) in [
        ("GET", "/vod/v1/files".to_owned()),
        ("GET", format!("/vod/v1/files/{file}")),
        ("POST", format!("/vod/v1/files/{file}/detect")),
        ("GET", "/vod/v1/assets".to_owned()),
        ("GET", format!("/vod/v1/assets/{asset}")),
    ] {
        ask(&server, &viewer, method, &target).expect(200);
        ask(&server, &editor, method, &target).expect(200);
    }
    for write in &writes {
        let answer = send(&editor, write);
        assert!(matches!(answer.status, 200 | 400), "{} {}: {}", write.0, write.1, answer.text());
        assert_eq!(answer.status == 400, write.1.ends_with("complete"), "only its missing parts are refused");
    }
}

#[test]
fn another_organizations_things_are_answered_like_things_that_do_not_exist() {
    let server = Server::start();
    let film = films::film();
    let file = server.store("film.mp4", &film);
    let asset = server.asset(&file);
    let open = server.start_upload("open.mp4", film.len());
    let stranger = new_key(&server, "admin", "strangers");
    let shapes = [
        ("GET", "/vod/v1/files/{}", &file),
        ("GET", "/vod/v1/files/{}/part/1", &open.file),
        ("GET", "/vod/v1/files/{}/part/99", &open.file),
        ("POST", "/vod/v1/files/{}/cancel", &open.file),
        ("POST", "/vod/v1/files/{}/detect", &file),
        ("POST", "/vod/v1/files/{}/detect", &open.file),
        ("GET", "/vod/v1/assets/{}", &asset),
        ("DELETE", "/vod/v1/assets/{}", &asset),
        // An id of another kind of thing is none.
        ("GET", "/vod/v1/assets/{}", &file),
        ("GET", "/vod/v1/files/{}", &asset),
    ];
    for (method, shape, id) in shapes {
        let foreign = ask(&server, &stranger, method, &shape.replace("{}", id));
        let unknown = ask(&server, &stranger, method, &shape.replace("{}", NOBODY));
        unknown.refused(404, "not_found", &["no such"]);
        foreign.same_as(&unknown, &format!("{method} {shape}"));
    }
    let complete = |id: &str| {
        let body = json!({ "fileId": id, "parts": [{ "partNumber": 1, "eTag": "x" }] });
        server.request("POST", "/vod/v1/files/complete").key(&stranger).json(&body).send()
    };
    complete(&open.file).same_as(&complete(NOBODY), "complete");
    let create = |id: &str| {
        let body = json!({ "transcodedSources": sources(&[id]), "preset": "mp4" });
        server.request("POST", "/vod/v1/assets").key(&stranger).json(&body).send()
    };
    create(&file).same_as(&create(NOBODY), "asset");
    for target in [
        "/vod/v1/files".to_owned(),
        format!("/vod/v1/files?ids={file},{}", open.file),
        "/vod/v1/files?query=film".to_owned(),
        "/vod/v1/assets".to_owned(),
        format!("/vod/v1/assets?ids={asset}"),
        format!("/vod/v1/assets?fileId={file}"),
    ] {
        let list = ask(&server, &stranger, "GET", &target).expect(200).json();
        assert_eq!(
            (list["totalCount"].as_u64(), list["items"].as_array().map(Vec::len)),
            (Some(0), Some(0)),
            "{target}"
        );
    }
    assert_eq!(server.file_detail(&open.file)["status"], "Uploading");
    server.plays(&asset, &film);
}

#[test]
fn a_tenant_is_chosen_among_those_of_the_key_and_others_do_not_exist() {
    let server = Server::start();
    let file = server.store("film.mp4", &films::film());
    let own = server.file_detail(&file)["tenantId"].as_str().unwrap().to_owned();
    let stranger = new_key(&server, "admin", "strangers");
    let body = json!({ "name": "a", "friendlyName": "a", "fileSize": 1 });
    let theirs = server.request("POST", "/vod/v1/files/start").key(&stranger).json(&body).send().expect(200).json();
    let theirs = theirs["fileKey"].as_str().unwrap().split('/').next().unwrap().to_owned();
    let list = |secret: &str, tenant: &str| {
        server.request("GET", "/vod/v1/files").key(secret).header("X-Tenant-Id", tenant).send()
    };
    assert_eq!(list(KEY, &own).expect(200).json()["totalCount"], 1);
    assert_eq!(list(&stranger, &theirs).expect(200).json()["totalCount"], 1);
    let unknown = list(KEY, NOBODY);
    unknown.refused(404, "not_found", &["no such organization"]);
    for tenant in [theirs.as_str(), "default", "strangers", "1", "*"] {
        list(KEY, tenant).same_as(&unknown, tenant);
    }
    // A stranger learns nothing by trying names.
    for tenant in [own.as_str(), NOBODY, "default"] {
        list("a-key-that-never-was-0123456789abcdef", tenant).refused(401, "invalid_api_key", &[]);
    }
}

#[test]
fn the_bootstrap_key_is_installed_on_an_empty_store_only() {
    let mut server = Server::start();
    let keys = server.home.run(&["key", "list"], &[]).succeeded();
    let id =
        keys.lines().find(|line| line.contains("bootstrap")).unwrap().split_whitespace().next().unwrap().to_owned();
    server.home.run(&["key", "revoke", &id], &[]).succeeded();
    server.restart();
    server.request("GET", "/vod/v1/files").key(KEY).send().expect(401);
}

#[test]
fn the_same_paths_without_the_version_and_with_a_slash_are_the_same() {
    let server = Server::start();
    let file = server.store("film.mp4", &films::film());
    let versioned = server.get(&format!("/vod/v1/files/{file}")).expect(200);
    for target in [format!("/vod/files/{file}"), format!("/vod/files/{file}/"), format!("/vod/v1/files/{file}/")] {
        server.get(&target).same_as(&versioned, &target);
    }
    server.get("/vod/v1/nothing").refused(404, "no_such_path", &[]);
    server.request("PATCH", "/vod/v1/files").key(KEY).send().refused(405, "method_not_allowed", &[]);
}

#[test]
fn limits_are_on_by_default_and_each_key_has_its_own() {
    let (limit, burst) = (("KINORA_RATE_LIMIT", "1"), ("KINORA_RATE_BURST", "3"));
    let server = Server::with(&[limit, burst]);
    let viewer = new_key(&server, "viewer", "default");
    for remaining in ["2", "1", "0"] {
        let answer = ask(&server, KEY, "GET", "/vod/v1/files").expect(200);
        assert_eq!(answer.header("ratelimit-limit"), Some("3"));
        // A slow machine may get a token back meanwhile.
        assert!(answer.header("ratelimit-remaining") >= Some(remaining));
    }
    let refused = (0..100).map(|_| ask(&server, KEY, "GET", "/vod/v1/files")).find(|answer| answer.status != 200);
    let refused = refused.unwrap();
    refused.refused(429, "rate_limited", &["wait"]);
    assert_eq!(refused.header("retry-after"), Some("1"));
    ask(&server, &viewer, "GET", "/vod/v1/files").expect(200);
    assert!(server.request("GET", "/metrics").send().text().contains("kinora_refused_total{by=\"key\"} 1"));
    let run = server.home.run(&["config"], &[]);
    let printed = run.succeeded();
    assert!(printed.contains("#rate_limit = 100\n") && printed.contains("#rate_burst = 500\n"), "{printed}");
}
