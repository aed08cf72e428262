//! Answers.

use super::alias::aliased;
use axum::response::Response;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use serde_json::{Map, Value};

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// By name, then in the order sent.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(super) async fn read(response: Response) -> Self {
        let (head, body) = response.into_parts();
        let text = |value: &axum::http::HeaderValue| value.to_str().unwrap().to_owned();
        let mut headers: Vec<_> =
            head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        headers.sort_by(|one, other| one.0.cmp(&other.0));
        let body = body.collect().await.unwrap().to_bytes();
        Self { status: head.status.as_u16(), headers, body }
    }

    /// The value of a header that is there once.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let value = values.next();
        assert_eq!(values.next(), None, "{name} is there twice");
        value
    }

    pub(crate) fn text(&self) -> &str {
        core::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"), "{} {}", self.status, self.text());
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The stable word of an error, whose body says the status once more.
    pub(crate) fn code(&self) -> String {
        let body = self.json();
        assert_eq!(body["status"], self.status, "{body}");
        body["code"].as_str().unwrap().to_owned()
    }

    /// The sentence of an error.
    pub(crate) fn message(&self) -> String {
        self.json()["message"].as_str().unwrap().to_owned()
    }

    /// Passes when the status is this one.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:?} {}", self.headers, String::from_utf8_lossy(&self.body));
        self
    }

    /// The same without what differs from request to request.
    pub(crate) fn without_request_id(mut self) -> Self {
        self.headers.retain(|(name, _)| name != "x-request-id");
        self
    }

    /// Status and headers, one a line. A true length says nothing more than the body, and where there
    /// can be none it is not sent.
    pub(crate) fn head(&self) -> String {
        let mut head = self.status.to_string();
        for (name, value) in &self.headers {
            if name != "content-length" {
                head.extend(["\n", name, ": ", value]);
            } else if !matches!(self.status, 204 | 304) {
                assert_eq!(*value, self.body.len().to_string());
                head.push_str("\ncontent-length: [length]");
            }
        }
        aliased(&head)
    }

    /// Status and body, JSON spread out with its names sorted.
    pub(crate) fn shown(&self) -> String {
        let body = match serde_json::from_slice(&self.body) {
            Ok(value) => serde_json::to_string_pretty(&sorted(value)).unwrap(),
            Err(_) => String::from_utf8_lossy(&self.body).into_owned(),
        };
        aliased(&format!("{}\n{body}", self.status))
    }
}

/// The same JSON whatever order of names its reader keeps.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut pairs: Vec<_> = object.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            pairs.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(pairs.into_iter().collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
