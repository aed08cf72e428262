//! What the server answered.

use serde_json::Value;
use std::io::{self, BufRead, Read};

/// Headers that differ between any two answers.
const OF_ITS_OWN: [&str; 2] = ["date", "x-request-id"];

/// A whole answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Reads status and headers; an interim answer (100) counts as one.
    pub(crate) fn head(from: &mut impl BufRead) -> io::Result<Self> {
        let first = line(from)?;
        let status = first.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.split(' ').next()?.parse().ok());
        let status = status.ok_or_else(|| io::Error::other(format!("`{first}` is no HTTP answer")))?;
        let mut headers = Vec::new();
        loop {
            let line = line(from)?;
            if line.is_empty() {
                return Ok(Self { status, headers, body: Vec::new() });
            }
            let (name, value) = line.split_once(':').ok_or_else(|| io::Error::other("a header has no colon"))?;
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    /// Reads the body that these headers announce.
    pub(crate) fn read_body(&mut self, from: &mut impl BufRead) -> io::Result<()> {
        if self.header("transfer-encoding") == Some("chunked") {
            self.body = chunks(from)?;
        } else if let Some(length) = self.header("content-length") {
            let length: usize = length.parse().map_err(io::Error::other)?;
            self.body = exactly(from, length)?;
        } else if !matches!(self.status, 204 | 304) {
            from.read_to_end(&mut self.body)?;
        }
        Ok(())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("{error}: {} {}", self.status, self.text()),
        }
    }

    /// Passes itself on when it has that status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:?}\n{}", self.headers, self.text());
        self
    }

    /// It is an error of the API: status, stable code, and a sentence in which all of these words are.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str, words: &[&str]) {
        assert_eq!(self.status, status, "{}", self.text());
        let error = self.json();
        assert_eq!((error["status"].as_u64(), error["code"].as_str()), (Some(status.into()), Some(code)), "{error}");
        let message = error["message"].as_str().unwrap_or_default();
        assert!(message.ends_with('.') && message.len() > 15, "this is no sentence: {message}");
        for word in words {
            assert!(message.contains(word), "`{word}` is not in: {message}");
        }
        assert!(self.header("x-request-id").is_some_and(|id| !id.is_empty()), "an answer without request id");
    }

    /// It is a refusal outside of the API: status, and a sentence as plain text in which all of these words are.
    #[track_caller]
    pub(crate) fn refused_plainly(&self, status: u16, words: &[&str]) {
        let text = self.text();
        assert_eq!(self.status, status, "{text}");
        assert!(self.header("content-type").is_some_and(|kind| kind.starts_with("text/plain")), "{:?}", self.headers);
        assert!(text.ends_with(".\n") && text.len() > 15, "this is no sentence: {text}");
        for word in words {
            assert!(text.contains(word), "`{word}` is not in: {text}");
        }
        assert!(self.header("x-request-id").is_some_and(|id| !id.is_empty()), "an answer without request id");
    }

    /// Headers without those that every answer has of its own.
    pub(crate) fn lasting_headers(&self) -> Vec<(String, String)> {
        let mut headers = self.headers.clone();
        headers.retain(|(name, _)| !OF_ITS_OWN.contains(&name.as_str()));
        headers.sort();
        headers
    }

    /// Nobody can tell the two answers apart.
    #[track_caller]
    pub(crate) fn same_as(&self, other: &Self, what: &str) {
        assert_eq!(self.status, other.status, "{what}: {} {}", self.text(), other.text());
        assert_eq!(self.text(), other.text(), "{what}");
        assert_eq!(self.lasting_headers(), other.lasting_headers(), "{what}");
    }
}

fn line(from: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_ascii_end().to_owned())
}

fn exactly(from: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn chunks(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(from)?;
        let size = usize::from_str_radix(size.split(';').next().unwrap_or_default(), 16).map_err(io::Error::other)?;
        body.extend(exactly(from, size)?);
        if !line(from)?.is_empty() {
            return Err(io::Error::other("a chunk is longer than it says"));
        }
        if size == 0 {
            return Ok(body);
        }
    }
}
