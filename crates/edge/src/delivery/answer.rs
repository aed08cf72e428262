//! The parts of answers that all of delivery shares.

use crate::http::refusal::Refusal;
use axum::body::Body;
use axum::http::header::{AsHeaderName, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use core::pin::Pin;
use core::task::{Context, Poll};
use http_body::{Frame, SizeHint};
use kinora_app::causes;
use kinora_app::play::{Body as Gathered, Broken};
use kinora_domain::AssetId;

/// The name of the measurement of all that is given out, in bytes.
pub(super) const SENT: &str = "kinora_delivery_bytes_total";

/// An asset's id in a path; anything else names no asset.
pub(super) fn asset_id(text: &str) -> Result<AssetId, Refusal> {
    text.parse().map_err(|_malformed| Refusal::not_found("asset"))
}

/// The value of a header as text.
pub(super) fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// 304: the client has these bytes.
pub(super) fn not_modified(etag: &str, cache: &'static str) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    tag(response.headers_mut(), etag, cache);
    response
}

/// Bytes with their type, length, tag and life.
pub(super) fn bytes(body: Gathered, content_type: &'static str, etag: &str, cache: &'static str) -> Response {
    let length = body.length;
    let mut response = whole(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    tag(headers, etag, cache);
    response
}

/// Bytes on their way, with nothing said about them.
pub(super) fn whole(body: Gathered) -> Response {
    Response::new(Body::new(Outgoing::new(body)))
}

/// The tag and the life of what is given out.
pub(super) fn tag(headers: &mut HeaderMap, etag: &str, cache: &'static str) {
    headers.extend(HeaderValue::try_from(etag).ok().map(|value| (ETAG, value)));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
}

/// A gathered body on its way out.
struct Outgoing {
    body: Gathered,
    left: u64,
}

impl Outgoing {
    fn new(body: Gathered) -> Self {
        let left = body.length;
        Self { body, left }
    }

    fn send(&mut self, piece: Bytes) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        // Counted as they go out: a `HEAD` sends none, and many a viewer leaves in the middle.
        metrics::counter!(SENT).increment(piece.len() as u64);
        self.left = self.left.saturating_sub(piece.len() as u64);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if !self.body.head.is_empty() {
            let head = core::mem::take(&mut self.body.head);
            return self.send(head);
        }
        let Some(payload) = &mut self.body.payload else { return Poll::Ready(None) };
        match payload.as_mut().poll_next(context) {
            Poll::Ready(Some(Ok(piece))) => self.send(piece),
            Poll::Ready(Some(Err(error))) => {
                tracing::error!(error = %causes(&error), "sending media to a viewer");
                Poll::Ready(Some(Err(error)))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
