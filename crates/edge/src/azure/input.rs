//! JSON bodies of operations, which have to come in time; ids in paths.

use super::error::Failure;
use crate::http::{body, creation};
use axum::extract::{FromRequest, Request};
use core::time::Duration;
use kinora_app::idempotency::Repeat;
use kinora_domain::{AssetId, Kind, Problem};
use serde::de::DeserializeOwned;

/// A body that takes longer than that is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A JSON body.
pub(super) struct Input<T>(pub(super) T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Input<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        Ok(Self(in_time(body::json(&parts.headers, body)).await?))
    }
}

/// A JSON body, and what the request says of coming again.
pub(super) struct Creation<T> {
    /// The body.
    pub(super) body: T,
    /// Its idempotency key, if it has one.
    pub(super) repeat: Option<Repeat>,
}

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Creation<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Failure> {
        let (body, repeat) = in_time(creation::read(request)).await?;
        Ok(Self { body, repeat })
    }
}

async fn in_time<T>(reading: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    tokio::time::timeout(PATIENCE, reading).await.unwrap_or_else(|_late| {
        let message = format!("The body did not come within {} seconds.", PATIENCE.as_secs());
        Err(Problem::new(Kind::TimedOut, "request_timeout", message))
    })
}

/// An id in a path: a text that is no id names nothing.
pub(super) fn video_id(text: &str) -> Result<AssetId, Problem> {
    text.parse().map_err(|_malformed| Problem::not_found("video"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::response::IntoResponse as _;
    use bytes::Bytes;
    use futures_util::{StreamExt as _, stream};

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_given_up() {
        let begun = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{"))]);
        let body = Body::from_stream(begun.chain(stream::pending()));
        let request = Request::builder().body(body).unwrap();
        let refused = Input::<serde_json::Value>::from_request(request, &()).await;
        let status = refused.err().unwrap().into_response().status();
        assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
    }
}
