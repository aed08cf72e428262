//! Requests.

use super::PUBLIC_URL;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::http::request::Builder;
use serde_json::Value;
use std::net::SocketAddr;

/// A request in the making.
pub(crate) struct Ask {
    request: Builder,
    body: Body,
}

/// A request to a path of this server, or to a link that it handed out.
pub(crate) fn ask(method: &str, target: &str) -> Ask {
    let path = target.strip_prefix(PUBLIC_URL).unwrap_or(target);
    Ask { request: Request::builder().method(method).uri(path), body: Body::empty() }
}

impl Ask {
    /// Shows an API key.
    pub(crate) fn key(self, secret: &str) -> Self {
        self.header("x-api-key", secret)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// Comes from that address.
    pub(crate) fn from(mut self, address: &str) -> Self {
        let peer = SocketAddr::new(address.parse().unwrap(), 50_000);
        self.request = self.request.extension(ConnectInfo(peer));
        self
    }

    /// Sends a JSON body.
    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    /// Sends bytes, of whatever type was said.
    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn into_request(self) -> Request<Body> {
        self.request.body(self.body).unwrap()
    }
}
