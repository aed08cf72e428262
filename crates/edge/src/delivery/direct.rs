//! Media segments without the general stack: what is asked for most is answered with the least work.

use super::answer::{SENT, asset_id};
use super::door;
use super::ranged::{Parted, parted};
use crate::http::egress::Pace;
use crate::http::state::Edge;
use crate::http::{cors, observe};
use axum::http::header::{IF_NONE_MATCH, RANGE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use bytes::{BufMut as _, Bytes, BytesMut};
use core::cell::RefCell;
use core::net::IpAddr;
use core::time::Duration;
use httpdate::HttpDate;
use kinora_app::guard::Asked;
use kinora_app::play::{FOREVER, Files, Ranged as _, SegmentName};
use kinora_domain::Timestamp;
use metrics::{Counter, Histogram};
use std::time::{Instant, SystemTime};

/// The route whose requests are answered, as measurements name it.
const ROUTE: &str = "/play/{asset}/{track}/{segment}";

/// Answers requests for media segments.
#[derive(Clone)]
pub struct Direct {
    edge: Edge,
    whole: Histogram,
    part: Histogram,
    sent: Counter,
}

/// What follows the head of an answer.
pub struct Answer {
    /// For the kernel to send.
    pub files: Files,
    /// How fast, where there is a limit.
    pub pace: Option<Pace>,
    /// Counts the bytes that went out.
    pub sent: Counter,
}

impl Direct {
    /// Of the same state as the router.
    pub fn new(edge: Edge) -> Self {
        let measured = |status: &'static str| metrics::histogram!("kinora_http_request_duration_seconds", "method" => "GET", "route" => ROUTE, "status" => status);
        Self { edge, whole: measured("200"), part: measured("206"), sent: metrics::counter!(SENT) }
    }

    /// The answer to a request without a body that came from `peer`, where it is for a media segment that lies in files, and
    /// succeeds: its head, as it goes over the wire, takes the place of what `head` holds. Everything else is the router's, which
    /// does the same with more words.
    pub async fn answer(&self, request: &Parts, peer: IpAddr, head: &mut BytesMut) -> Option<Answer> {
        let (asset, track, segment) = named(request)?;
        let name = SegmentName::parse(track, segment).ok().filter(|name| matches!(name, SegmentName::Media(..)))?;
        let begun = Instant::now();
        let address = Some(observe::client_behind(&self.edge, peer, &request.headers));
        let pass = door::admit(&self.edge, asset, request, address, Asked::Media).await.ok()?;
        let segment = kinora_app::play::segment(&self.edge.app, asset_id(asset).ok()?, name).await.ok()?;
        let part = || parted(&segment, &request.headers, name.content_type(), FOREVER);
        let is_usual =
            !(pass.private || request.headers.contains_key(RANGE) || request.headers.contains_key(IF_NONE_MATCH));
        let (status, words, range) = if is_usual {
            (StatusCode::OK, segment.words(|| words(part().headers)), 0..segment.size())
        } else {
            let Parted { status, mut headers, range } = part();
            if pass.private {
                door::keep_private(&mut headers);
            }
            (status, words(headers), range?)
        };
        let files = segment.files(range)?;
        let measured = if status == StatusCode::OK { &self.whole } else { &self.part };
        measured.record(begun.elapsed());
        tracing::debug!(route = ROUTE, status = status.as_u16(), "answered");
        let pace = self.edge.egress.as_ref().map(|egress| Pace::to(egress, address));
        let id = observe::request_id(&self.edge, &request.headers);
        put_head(head, status, self.edge.app.now(), &words, &id);
        Some(Answer { files, pace, sent: self.sent.clone() })
    }
}

/// Asset, track and segment of a path that names them plainly, with nothing in it that could be read in two ways.
fn named(request: &Parts) -> Option<(&str, &str, &str)> {
    let (asset, names) = request.uri.path().strip_prefix("/play/")?.split_once('/')?;
    let (track, segment) = names.split_once('/')?;
    (request.method == Method::GET && !segment.contains('/')).then_some((asset, track, segment))
}

/// Bytes of a head and of what may be put behind it, mostly.
const ROOM: usize = 8 << 10;

/// A head (RFC 9112 clauses 4 and 5).
fn put_head(head: &mut BytesMut, status: StatusCode, now: Timestamp, words: &[u8], id: &HeaderValue) {
    head.clear();
    head.reserve(ROOM);
    let reason = status.canonical_reason().unwrap_or_default();
    for part in ["HTTP/1.1 ", status.as_str(), " ", reason, "\r\ndate: "] {
        head.put_slice(part.as_bytes());
    }
    put_date(head, now);
    head.put_slice(b"\r\n");
    head.put_slice(words);
    line(head, &observe::REQUEST_ID, id);
    head.put_slice(b"\r\n");
}

/// The text of a second.
struct Dated {
    second: u64,
    text: String,
}

thread_local! {
    /// The second that was written last: most answers are of the same.
    static DATE: RefCell<Dated> = const { RefCell::new(Dated { second: u64::MAX, text: String::new() }) };
}

/// A moment as heads write it (RFC 9110 clause 5.6.7).
fn put_date(out: &mut BytesMut, now: Timestamp) {
    let second = u64::try_from(now.millis().div_euclid(1_000)).unwrap_or(0);
    DATE.with_borrow_mut(|date| {
        if date.second != second {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
            *date = Dated { second, text: HttpDate::from(time).to_string() };
        }
        out.put_slice(date.text.as_bytes());
    });
}

/// What is said of a segment, whoever asks.
fn words(mut headers: HeaderMap) -> Bytes {
    cors::mark(&mut headers);
    let mut words = BytesMut::with_capacity(512);
    for (name, value) in &headers {
        line(&mut words, name, value);
    }
    words.freeze()
}

fn line(out: &mut BytesMut, name: &HeaderName, value: &HeaderValue) {
    out.put_slice(name.as_str().as_bytes());
    out.put_slice(b": ");
    out.put_slice(value.as_bytes());
    out.put_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_that_of_its_second() {
        for (millis, expected) in [
            (784_111_777_000, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (784_111_777_999, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (784_111_778_000, "Sun, 06 Nov 1994 08:49:38 GMT"),
            (784_111_777_500, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        ] {
            let mut out = BytesMut::new();
            put_date(&mut out, Timestamp::from_millis(millis));
            assert_eq!(out, expected);
        }
    }
}
