//! The Azure Media Services Connector dialect, from an announcement to pictures.

use crate::films;
use crate::harness::{KEY, Server, command, finish, path, until};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Hashes of the pictures at an address or in a file, as ffmpeg decodes them.
#[track_caller]
fn pictures(input: &str, options: &[&str]) -> Vec<String> {
    let mut ffmpeg = command("ffmpeg");
    ffmpeg.args(["-v", "error", "-nostdin"]).args(options).args(["-i", input]);
    let out = finish(ffmpeg.args(["-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framemd5", "-"])).succeeded();
    let frames = out.lines().filter(|line| !line.starts_with('#'));
    frames.map(|line| line.rsplit(',').next().unwrap().trim().to_owned()).collect()
}

/// Hashes of the pictures of a film.
#[track_caller]
fn pictures_of(film: &[u8]) -> Vec<String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), film).unwrap();
    pictures(file.path().to_str().unwrap(), &[])
}

/// What openssl makes of a film with the key of an upload.
#[track_caller]
fn encrypted(video: &Value, film: &[u8]) -> Vec<u8> {
    let hex = |name: &str| {
        let bytes = STANDARD.decode(text(&video[name])).unwrap();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
    };
    let (key, iv) = (hex("InputStorageEncryptionSymmetricKey"), hex("InputStorageEncryptionIv"));
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("clear"), folder.path().join("encrypted"));
    std::fs::write(&from, film).unwrap();
    let mut openssl = command("openssl");
    openssl.args(["enc", "-aes-256-ctr", "-nosalt", "-K", &key, "-iv", &iv]);
    finish(openssl.arg("-in").arg(&from).arg("-out").arg(&to)).succeeded();
    std::fs::read(to).unwrap()
}

/// A client of the dialect.
struct Client<'server>(&'server Server);

impl Client<'_> {
    #[track_caller]
    fn get(&self, target: &str) -> Value {
        let bearer = format!("Bearer {KEY}");
        self.0.request("GET", target).header("Authorization", &bearer).send().expect(200).json()
    }

    #[track_caller]
    fn create(&self, body: &Value) -> Value {
        self.0.post("/api/Videos", body).expect(201).json()
    }

    #[track_caller]
    fn put(&self, video: &Value, query: &str, bytes: &[u8]) {
        let target = format!("{}{query}", path(&video["UploadUri"]));
        let request = self.0.request("PUT", &target).header("x-ms-version", "2020-10-02");
        let request = if query.is_empty() { request.header("x-ms-blob-type", "BlockBlob") } else { request };
        request.bytes(bytes).send().expect(201);
    }

    /// Sends the bytes in blocks of that size, the last one first, and puts them in order.
    #[track_caller]
    fn put_blocks(&self, video: &Value, bytes: &[u8], size: usize) {
        let blocks: Vec<_> =
            (0..).map(|number| STANDARD.encode(format!("{number:06}"))).zip(bytes.chunks(size)).collect();
        for (id, block) in blocks.iter().rev() {
            self.put(video, &format!("&comp=block&blockid={}", id.replace('=', "%3D")), block);
        }
        let list = blocks.iter().map(|(id, _)| format!("<Latest>{id}</Latest>")).collect::<Vec<_>>().concat();
        self.put(video, "&comp=blocklist", format!("<?xml version=\"1.0\"?><BlockList>{list}</BlockList>").as_bytes());
    }

    /// Marks the upload as complete, and waits until it plays.
    #[track_caller]
    fn complete(&self, video: &Value) {
        let target = format!("/api/Videos/{}", text(&video["Id"]));
        self.0.request("POST", &format!("{target}/MarkComplete")).key(KEY).send().expect(200);
        until("the video is completed", || {
            let status = self.get(&format!("{target}/Status"));
            assert_ne!(status["StatusCode"], 3, "{status}");
            (status["StatusCode"] == 2).then_some(())
        });
        assert_eq!(self.get(&target)["UploadUri"], Value::Null);
    }

    #[track_caller]
    fn endpoint(&self, video: &Value, kind: &str) -> String {
        let found = self.get(&format!("/api/Videos/{}/PlaybackEndpoint?endpointType={kind}", text(&video["Id"])));
        assert_eq!(found["Type"], kind);
        text(&found["PlaybackUrl"])
    }

    /// What `Authorization` is to be for viewers.
    #[track_caller]
    fn token(&self, video: &Value) -> String {
        let (id, key) = (text(&video["Id"]), text(&video["ContentProtectionKeyId"]));
        text(&self.get(&format!("/api/Videos/{id}/AuthorizationToken?KeyId={key}"))["value"])
    }
}

#[test]
fn a_clear_video_is_uploaded_completed_and_decoded_in_every_way() {
    let server = Server::start();
    let client = Client(&server);
    let film = films::film();
    let wanted = pictures_of(&film);
    assert_eq!(wanted.len(), 200);
    for blocks in [None, Some(70_001)] {
        let video = client.create(&json!({ "OriginalFileName": "film.mp4" }));
        match blocks {
            None => client.put(&video, "", &film),
            Some(size) => client.put_blocks(&video, &film, size),
        }
        client.complete(&video);
        for kind in ["HLS", "DASH", "Progressive"] {
            assert_eq!(pictures(&client.endpoint(&video, kind), &[]), wanted, "{kind}");
        }
        let smooth = path(&json!(client.endpoint(&video, "Streaming")));
        let manifest = server.fetch(&smooth).expect(200).text();
        assert!(manifest.contains("<SmoothStreamingMedia"), "{manifest}");
        let level = manifest.split("Bitrate=\"").nth(1).unwrap().split('"').next().unwrap();
        let fragment = smooth.replace("Manifest", &format!("QualityLevels({level})/Fragments(video=0)"));
        assert!(server.fetch(&fragment).expect(200).body.len() > 1_000, "{fragment}");
        server.plays(&text(&video["Id"]), &film);
    }
}

#[test]
fn thumbnails_are_pictures_of_the_video_for_who_has_their_links() {
    let server = Server::start();
    let client = Client(&server);
    let video = client.create(&json!({ "OriginalFileName": "film.mp4", "ContentProtectionMode": "AES128" }));
    client.put(&video, "", &films::film());
    client.complete(&video);
    server.home.run(&["playback", "policy", "required"], &[]).succeeded();
    let found = client.get(&format!("/api/Videos/{}/Thumbnails", text(&video["Id"])));
    assert_eq!(found.as_array().unwrap().len(), 4);
    let mut seen = std::collections::HashSet::new();
    for one in found.as_array().unwrap() {
        let address = path(&one["Url"]);
        let answer = server.fetch(&address).expect(200);
        assert_eq!(answer.header("content-type"), Some("image/jpeg"), "{one}");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &answer.body).unwrap();
        let mut ffprobe = command("ffprobe");
        ffprobe.args(["-v", "error", "-show_entries", "stream=height", "-of", "csv=p=0"]).arg(file.path());
        assert_eq!(finish(&mut ffprobe).succeeded().trim(), text(&one["Height"]), "{one}");
        assert!(seen.insert(answer.body), "each shows another moment: {one}");
        server.fetch(address.split("&expires").next().unwrap()).expect(401);
    }
}

#[test]
fn a_protected_video_is_decoded_by_who_has_its_token_and_by_nobody_else() {
    let server = Server::start();
    let client = Client(&server);
    let film = films::film();
    let wanted = pictures_of(&film);
    let body = json!({ "OriginalFileName": "film.mp4", "ContentProtectionMode": "AES128", "InputStorageEncryptionMode": "AES256" });
    let video = client.create(&body);
    client.put_blocks(&video, &encrypted(&video, &film), 100_003);
    client.complete(&video);
    let hls = client.endpoint(&video, "HLS");
    let value = client.token(&video);
    let token = value.strip_prefix("Bearer=").unwrap();
    assert_eq!(pictures(&format!("{hls}?token={token}"), &[]), wanted);
    assert_eq!(pictures(&hls, &["-headers", &format!("Authorization: {value}\r\n")]), wanted);
    let other = client.create(&body);
    let foreign = client.token(&other);
    for options in [vec![], vec!["-headers".to_owned(), format!("Authorization: {foreign}\r\n")]] {
        let options: Vec<_> = options.iter().map(String::as_str).collect();
        let mut ffmpeg = command("ffmpeg");
        ffmpeg.args(["-v", "error", "-nostdin", "-xerror"]).args(options).args(["-i", &hls]);
        let ended = finish(ffmpeg.args(["-map", "0:v:0", "-f", "null", "-"]));
        assert_ne!(ended.code, Some(0), "{}", ended.err);
    }
    // By DASH the samples are encrypted, with keys that the same token opens.
    let mpd =
        server.fetch(&format!("{}?token={token}", path(&json!(client.endpoint(&video, "DASH"))))).expect(200).text();
    assert!(mpd.contains("/license/clearkey?token="), "{mpd}");
}

#[test]
fn what_players_do_not_take_is_processed_first() {
    let server = Server::start();
    let client = Client(&server);
    let video = client.create(&json!({ "OriginalFileName": "film.avi" }));
    client.put(&video, "", &films::avi());
    client.complete(&video);
    server.settle();
    let decoded = pictures(&client.endpoint(&video, "HLS"), &[]);
    assert_eq!(decoded.len(), 200);
}

#[test]
fn blocks_that_were_acknowledged_survive_the_servers_death() {
    let mut server = Server::start();
    let film = films::film();
    let (one, two) = film.split_at(100_000);
    let video = Client(&server).create(&json!({ "OriginalFileName": "film.mp4" }));
    Client(&server).put(&video, "&comp=block&blockid=AAAA", one);
    server.kill();
    server.restart();
    Client(&server).put(&video, "&comp=block&blockid=AAAB", two);
    let list = "<BlockList><Latest>AAAA</Latest><Latest>AAAB</Latest></BlockList>";
    Client(&server).put(&video, "&comp=blocklist", list.as_bytes());
    server.kill();
    server.restart();
    Client(&server).complete(&video);
    server.plays(&text(&video["Id"]), &film);
    server.settle();
    // The film, two maps, and the sound that was copied out of it.
    server.keeps(4);
}

#[test]
fn a_client_that_waits_to_be_asked_is_asked_or_told_why_not() {
    let server = Server::start();
    let client = Client(&server);
    let video = client.create(&json!({ "OriginalFileName": "film.mp4" }));
    let target = path(&video["UploadUri"]);
    let put = |target: &str| server.request("PUT", target).header("x-ms-blob-type", "BlockBlob");
    let mut asked = put(&target).begin(5);
    asked.send(b"bytes");
    asked.answer().expect(201);
    let forged = target.replace("sig=", "sig=0");
    let refused = put(&forged).header("Expect", "100-continue").header("Content-Length", "5").send().expect(403);
    assert_eq!(refused.header("x-ms-error-code"), Some("AuthenticationFailed"));
    // A body without a length has no place to be kept.
    put(&target).chunked(b"bytes").send().expect(411);
}

#[test]
fn an_upload_that_breaks_off_gives_its_space_back() {
    let server = Server::start();
    let client = Client(&server);
    let video = client.create(&json!({ "OriginalFileName": "film.mp4" }));
    let target = format!("{}&comp=block&blockid=AAAA", path(&video["UploadUri"]));
    let mut begun = server.request("PUT", &target).begin(50_000_000);
    begun.send(&vec![7; 1_000_000]);
    until("its space is taken", || (server.objects().len() == 1).then_some(()));
    drop(begun);
    until("its space is free", || server.objects().is_empty().then_some(()));
}

#[test]
fn a_large_upload_takes_little_memory_to_complete() {
    let server = Server::start();
    let client = Client(&server);
    let video = client.create(&json!({ "OriginalFileName": "film.mp4", "InputStorageEncryptionMode": "AES256" }));
    client.put(&video, "&comp=block&blockid=AAAA", &vec![9; 2 << 20]);
    // One block many times over.
    let list = "<Latest>AAAA</Latest>".repeat(16);
    client.put(&video, "&comp=blocklist", format!("<BlockList>{list}</BlockList>").as_bytes());
    let before = server.peak_memory();
    let target = format!("/api/Videos/{}", text(&video["Id"]));
    server.request("POST", &format!("{target}/MarkComplete")).key(KEY).send().expect(200);
    assert_eq!(client.get(&format!("{target}/Status"))["StatusCode"], 3);
    let grown = server.peak_memory().saturating_sub(before);
    assert!(grown < 24 << 20, "{grown} bytes more");
    server.keeps(0);
}
