//! A server's Cloud Video Kit API, as far as the command line needs it.

use super::error::RemoteError;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a server may take to say anything.
const SILENCE: Duration = Duration::from_mins(1);

/// How often a request is sent that the server has no time for yet.
const TRIES: u32 = 10;

/// How long is waited at most between two of them.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// A server and the key for it.
#[derive(Clone)]
pub(crate) struct Api {
    http: Client,
    server: Url,
    key: String,
}

/// The body of every error.
#[derive(Deserialize)]
struct ServiceStatus {
    code: String,
    message: String,
}

impl Api {
    /// An API at `server`, opened with `key`.
    pub(crate) fn new(server: &str, key: &str) -> Result<Self, RemoteError> {
        let not_an_address = || RemoteError::NotAnAddress(server.to_owned());
        let mut url: Url = server.parse().map_err(|_malformed| not_an_address())?;
        if !matches!(url.scheme(), "http" | "https") || url.cannot_be_a_base() {
            return Err(not_an_address());
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        // A second call finds it installed.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let client = Client::builder()
            .user_agent(concat!("kinora/", env!("CARGO_PKG_VERSION")))
            // As many connections as there are parts on their way, which one of HTTP/2 would share.
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(SILENCE)
            .build()
            .map_err(RemoteError::Client)?;
        Ok(Self { http: client, server: url, key: key.to_owned() })
    }

    /// Where the server is.
    pub(crate) fn server(&self) -> &str {
        self.server.as_str()
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<T, RemoteError> {
        self.json(self.request(Method::GET, path)?.query(query)).await
    }

    pub(crate) async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, RemoteError> {
        let text = serde_json::to_string(body).map_err(|error| RemoteError::Strange(error.to_string()))?;
        self.json(self.request(Method::POST, path)?.header(CONTENT_TYPE, "application/json").body(text)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<(), RemoteError> {
        self.patiently(self.request(Method::DELETE, path)?).await.map(drop)
    }

    /// Sends the `len` bytes of a part to its link, which needs no key. Gives the part's `ETag`.
    pub(crate) async fn put_part(&self, url: &str, body: reqwest::Body, len: u64) -> Result<String, RemoteError> {
        let request =
            self.http.put(url).header(CONTENT_TYPE, "application/octet-stream").header(CONTENT_LENGTH, len).body(body);
        let answer = self.send(request).await?;
        let etag = answer.headers().get(ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
        etag.ok_or_else(|| RemoteError::Strange("no ETag for a part".to_owned()))
    }

    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, RemoteError> {
        let url = self.server.join(path).map_err(|error| RemoteError::Strange(error.to_string()))?;
        Ok(self.http.request(method, url).header("X-Api-Key", &self.key))
    }

    async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, RemoteError> {
        let answer = self.patiently(request).await?;
        let bytes = answer.bytes().await.map_err(|source| self.unreachable(source))?;
        serde_json::from_slice(&bytes).map_err(|error| RemoteError::Strange(error.to_string()))
    }

    /// Sends a request, and again when the server says that the key asks too often.
    async fn patiently(&self, request: RequestBuilder) -> Result<Response, RemoteError> {
        let mut tries = 1;
        while let Some(again) = request.try_clone().filter(|_again| tries < TRIES) {
            let answer = again.send().await.map_err(|source| self.unreachable(source))?;
            if answer.status() != StatusCode::TOO_MANY_REQUESTS {
                return Self::judge(answer).await;
            }
            tokio::time::sleep(wait_of(&answer)).await;
            tries += 1;
        }
        self.send(request).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, RemoteError> {
        Self::judge(request.send().await.map_err(|source| self.unreachable(source))?).await
    }

    async fn judge(answer: Response) -> Result<Response, RemoteError> {
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let bytes = answer.bytes().await.unwrap_or_default();
        let (code, message) = match serde_json::from_slice(&bytes) {
            Ok(ServiceStatus { code, message }) => (code, message),
            Err(_not_ours) => (String::new(), status.canonical_reason().unwrap_or("no reason given").to_owned()),
        };
        Err(RemoteError::Refused { status: status.as_u16(), code, message })
    }

    fn unreachable(&self, source: reqwest::Error) -> RemoteError {
        // A part's link is a secret: errors name the server alone.
        RemoteError::Unreachable { server: self.server.to_string(), source: source.without_url() }
    }
}

/// How long an answer says to wait: a second where it says nothing.
fn wait_of(answer: &Response) -> Duration {
    let seconds = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    seconds.map_or(Duration::from_secs(1), Duration::from_secs).min(LONGEST_WAIT)
}
