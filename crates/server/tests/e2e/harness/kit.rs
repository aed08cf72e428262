//! The calls of an application that uploads films and makes assets of them.

use super::answer::Answer;
use super::play::path;
use super::server::{KEY, Server};
use super::wait::until;
use serde_json::{Value, json};

/// Bytes of every part but the last.
pub(crate) const PART: usize = 50_000_000;

/// An upload as its client sees it.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) file: String,
    /// Path and query of each part's URL.
    pub(crate) links: Vec<String>,
    /// What was answered to each part, by number.
    pub(crate) tags: Vec<(usize, String)>,
}

impl Upload {
    /// The link of part `number`, from 1.
    pub(crate) fn link(&self, number: usize) -> &str {
        &self.links[number - 1]
    }

    /// The body of `complete`.
    pub(crate) fn claim(&self) -> Value {
        let part = |(number, tag): &(usize, String)| json!({ "partNumber": number, "eTag": tag });
        json!({ "fileId": self.file, "parts": self.tags.iter().map(part).collect::<Vec<_>>() })
    }
}

/// The sources of an asset that is made of these files as they are.
pub(crate) fn sources(files: &[&str]) -> Value {
    files.iter().map(|file| json!({ "fileId": file })).collect()
}

impl Server {
    #[track_caller]
    pub(crate) fn get(&self, target: &str) -> Answer {
        self.request("GET", target).key(KEY).send()
    }

    /// As a viewer: without a key.
    #[track_caller]
    pub(crate) fn fetch(&self, target: &str) -> Answer {
        self.request("GET", target).send()
    }

    #[track_caller]
    pub(crate) fn post(&self, target: &str, body: &Value) -> Answer {
        self.request("POST", target).key(KEY).json(body).send()
    }

    #[track_caller]
    pub(crate) fn try_start(&self, name: &str, size: i64) -> Answer {
        self.post("/vod/v1/files/start", &json!({ "name": name, "friendlyName": name, "fileSize": size }))
    }

    /// Starts an upload of `size` bytes.
    #[track_caller]
    pub(crate) fn start_upload(&self, name: &str, size: usize) -> Upload {
        let started = self.try_start(name, i64::try_from(size).unwrap()).expect(200).json();
        let links: Vec<_> = started["multipartUrls"].as_array().unwrap().iter().map(path).collect();
        assert_eq!(links.len(), size.div_ceil(PART));
        Upload { file: started["fileId"].as_str().unwrap().to_owned(), links, tags: Vec::new() }
    }

    /// Sends a part, whatever comes of it.
    #[track_caller]
    pub(crate) fn put(&self, link: &str, bytes: &[u8]) -> Answer {
        self.request("PUT", link).header("Content-Type", "application/octet-stream").bytes(bytes).send()
    }

    /// Sends part `number` of a film and keeps its tag.
    #[track_caller]
    pub(crate) fn put_part(&self, upload: &mut Upload, number: usize, film: &[u8]) {
        let answer = self.put(upload.link(number), part(film, number)).expect(200);
        upload.tags.retain(|(other, _)| *other != number);
        upload.tags.push((number, answer.header("etag").unwrap().to_owned()));
    }

    /// Starts an upload and sends all its parts.
    #[track_caller]
    pub(crate) fn upload(&self, name: &str, film: &[u8]) -> Upload {
        let mut upload = self.start_upload(name, film.len());
        for number in 1..=upload.links.len() {
            self.put_part(&mut upload, number, film);
        }
        upload
    }

    #[track_caller]
    pub(crate) fn complete(&self, upload: &Upload) -> Answer {
        self.post("/vod/v1/files/complete", &upload.claim())
    }

    /// Uploads a film to its end; gives the file's id.
    #[track_caller]
    pub(crate) fn store(&self, name: &str, film: &[u8]) -> String {
        let upload = self.upload(name, film);
        self.complete(&upload).expect(200);
        upload.file
    }

    #[track_caller]
    pub(crate) fn try_asset(&self, files: &[&str]) -> Answer {
        self.post("/vod/v1/assets", &json!({ "transcodedSources": sources(files), "preset": "dash_hls_1080p" }))
    }

    /// Makes an asset of a file; gives its id.
    #[track_caller]
    pub(crate) fn asset(&self, file: &str) -> String {
        self.try_asset(&[file]).expect(200).json()["id"].as_str().unwrap().to_owned()
    }

    /// Uploads a film and makes an asset of it.
    #[track_caller]
    pub(crate) fn publish(&self, name: &str, film: &[u8]) -> String {
        self.asset(&self.store(name, film))
    }

    #[track_caller]
    pub(crate) fn file_detail(&self, file: &str) -> Value {
        self.get(&format!("/vod/v1/files/{file}")).expect(200).json()
    }

    #[track_caller]
    pub(crate) fn asset_detail(&self, asset: &str) -> Value {
        self.get(&format!("/vod/v1/assets/{asset}")).expect(200).json()
    }

    /// The asset is available, and what it gives back as original are these bytes.
    #[track_caller]
    pub(crate) fn plays(&self, asset: &str, film: &[u8]) {
        let detail = self.asset_detail(asset);
        assert_eq!(detail["status"], "Available", "{detail}");
        let original = self.fetch(&format!("/play/{asset}/original.mp4")).expect(200);
        assert!(original.body == film, "{} bytes came back of {}", original.body.len(), film.len());
    }

    /// The value of a metric of whole numbers; 0 where nothing was counted yet.
    #[track_caller]
    pub(crate) fn metric(&self, name: &str) -> u64 {
        let text = self.fetch("/metrics").expect(200).text();
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map(|value| value.parse().unwrap()).unwrap_or_default()
    }

    /// Waits until no job is left.
    #[track_caller]
    pub(crate) fn settle(&self) {
        until("no job is left", || (self.metric("kinora_jobs_unfinished") == 0).then_some(()));
    }

    /// The server answers, and is ready.
    #[track_caller]
    pub(crate) fn is_well(&self) {
        self.fetch("/readyz").expect(200);
        self.get("/vod/v1/files").expect(200);
    }
}

/// The bytes of part `number`, from 1.
pub(crate) fn part(film: &[u8], number: usize) -> &[u8] {
    film.chunks(PART).nth(number - 1).unwrap()
}
