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
const JOBS: Duration = Duration::from_mins(15);

/// How often is asked whether jobs are left that take minutes: each answer costs the server a little.
const SELDOM: Duration = Duration::from_millis(100);

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
    pub(crate) fn start(&mut self, name: &str, size: u64) -> Outcome<Upload> {
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
        let name = path.file_name().and_then(|name| name.to_str()).context("a film without a name")?;
        let mut upload = self.start(name, size)?;
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

    /// Makes an asset of it that plays as it is, and returns the asset's id.
    pub(crate) fn asset(&mut self, upload: &Upload) -> Outcome<String> {
        self.asset_as(upload, "mp4")
    }

    /// Makes an asset of it in a preset, and returns the asset's id.
    pub(crate) fn asset_as(&mut self, upload: &Upload, preset: &str) -> Outcome<String> {
        let source = json!({ "fileId": upload.file, "fileTypesFlag": "Video, Audio" });
        let body = json!({ "transcodedSources": [source], "preset": preset, "title": "bench" });
        text(&self.post("/vod/v1/assets", &body)?["id"])
    }

    /// Deletes an asset, and waits until nothing is made of it any more.
    pub(crate) fn delete(&mut self, asset: &str) -> Outcome<()> {
        let path = format!("/vod/v1/assets/{asset}");
        let answer = self.client.send("DELETE", &path, &self.headers, &[])?;
        if !matches!(answer.status, 200 | 204) {
            return answer.succeeded(&path);
        }
        self.settle_seldom()
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
        self.settle_every(Duration::from_millis(1))
    }

    /// The same where it takes long and the server's work is measured.
    pub(crate) fn settle_seldom(&mut self) -> Outcome<()> {
        self.settle_every(SELDOM)
    }

    fn settle_every(&mut self, every: Duration) -> Outcome<()> {
        wait::until_every("the server has no job left", every, JOBS, || {
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
