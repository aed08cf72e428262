//! The calls of an application that uploads a film.

use crate::failure::{Context as _, Failure, Outcome};
use crate::http::{Answer, Client};
use crate::server::{KEY, Server};
use crate::wait;
use core::time::Duration;
use serde_json::{Value, json};
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// How long jobs may take that a film brings with it.
const JOBS: Duration = Duration::from_mins(5);

/// An application with its key.
pub(crate) struct Kit {
    client: Client,
    headers: String,
}

/// An upload that is under way.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) file: String,
    pub(crate) part_size: usize,
    links: Vec<String>,
    tags: Vec<String>,
}

impl Kit {
    pub(crate) fn new(server: &Server<'_>) -> Self {
        let headers = format!("X-Api-Key: {KEY}\r\nContent-Type: application/json\r\n");
        Self { client: server.client(), headers }
    }

    /// Opens an upload of `size` bytes.
    pub(crate) fn start(&mut self, size: u64) -> Outcome<Upload> {
        let name = "bench.mp4";
        let body = json!({ "name": name, "friendlyName": name, "fileSize": size });
        let answer = self.post("/vod/v1/files/start", &body)?;
        let parts = answer["partsCount"].as_u64().context("there is no partsCount")?;
        let links: Vec<String> = strings(&answer["multipartUrls"]);
        if u64::try_from(links.len())? < parts {
            return Err(Failure::new("there are not as many part URLs as parts"));
        }
        let part_size = answer["partSize"].as_u64().and_then(|size| size.try_into().ok());
        Ok(Upload {
            file: text(&answer["fileId"])?,
            part_size: part_size.context("there is no partSize")?,
            links,
            tags: Vec::new(),
        })
    }

    /// Sends the next part.
    pub(crate) fn put(&mut self, upload: &mut Upload, bytes: &[u8]) -> Outcome<()> {
        let link = upload.links.get(upload.tags.len()).context("there are more parts than URLs")?;
        let path = link.strip_prefix("http://").and_then(|rest| rest.find('/').and_then(|slash| rest.get(slash..)));
        let path = path.context(format!("{link} is no link"))?;
        let answer = self.client.send("PUT", path, "Content-Type: application/octet-stream\r\n", bytes)?;
        answer.succeeded(&format!("PUT {path}"))?;
        upload.tags.push(answer.header("etag").context("a part was answered without ETag")?.to_owned());
        Ok(())
    }

    /// Sends all parts of the film at `path`.
    pub(crate) fn upload(&mut self, path: &Path) -> Outcome<Upload> {
        let film = File::open(path).context(path.display())?;
        let size = film.metadata()?.len();
        let mut upload = self.start(size)?;
        let mut part = vec![0; upload.part_size];
        let mut offset = 0;
        while offset < size {
            let left = usize::try_from(size - offset)?.min(part.len());
            part.truncate(left);
            film.read_exact_at(&mut part, offset).context(path.display())?;
            self.put(&mut upload, &part)?;
            offset += u64::try_from(left)?;
        }
        Ok(upload)
    }

    /// Completes it.
    pub(crate) fn complete(&mut self, upload: &Upload) -> Outcome<()> {
        let tags = (1_u64..).zip(&upload.tags);
        let parts: Vec<Value> = tags.map(|(number, tag)| json!({ "partNumber": number, "eTag": tag })).collect();
        self.post("/vod/v1/files/complete", &json!({ "fileId": upload.file, "parts": parts }))?;
        Ok(())
    }

    /// Makes an asset of it, and returns the asset's id.
    pub(crate) fn asset(&mut self, upload: &Upload) -> Outcome<String> {
        let source = json!({ "fileId": upload.file, "fileTypesFlag": "Video, Audio" });
        let body = json!({ "transcodedSources": [source], "preset": "mp4", "title": "bench" });
        text(&self.post("/vod/v1/assets", &body)?["id"])
    }

    /// Gives an upload up, with its bytes.
    pub(crate) fn cancel(&mut self, upload: &Upload) -> Outcome<()> {
        let path = format!("/vod/v1/files/{}/cancel", upload.file);
        let body = json!({ "delete": true }).to_string();
        self.client.send("POST", &path, &self.headers, body.as_bytes())?.succeeded(&path)
    }

    /// Uploads a film, makes an asset of it, and waits until the server has nothing left to do.
    pub(crate) fn publish(&mut self, path: &Path) -> Outcome<String> {
        let upload = self.upload(path)?;
        self.complete(&upload)?;
        let asset = self.asset(&upload)?;
        self.settle()?;
        Ok(asset)
    }

    /// Waits until no job is left.
    pub(crate) fn settle(&mut self) -> Outcome<()> {
        wait::until("the server has no job left", JOBS, || {
            let text = self.client.get("/metrics")?;
            let text = String::from_utf8_lossy(&text);
            let jobs = text.lines().find_map(|line| line.strip_prefix("kinora_jobs_unfinished "));
            let jobs: f64 = jobs.context("/metrics has no kinora_jobs_unfinished")?.parse()?;
            Ok((jobs < 0.5).then_some(()))
        })
    }

    fn post(&mut self, path: &str, body: &Value) -> Outcome<Value> {
        let answer: Answer = self.client.send("POST", path, &self.headers, body.to_string().as_bytes())?;
        answer.succeeded(&format!("POST {path}"))?;
        serde_json::from_slice(&answer.body).context(path)
    }
}

fn text(value: &Value) -> Outcome<String> {
    value.as_str().map(str::to_owned).context("the answer lacks a text")
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}
