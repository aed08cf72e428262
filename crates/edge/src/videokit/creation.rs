//! Operations that make something: served once however often the same request comes.

use super::error::Failure;
use crate::http::creation::{self, Served};
use crate::http::state::Edge;
use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use kinora_app::Error;
use kinora_app::idempotency::{Made, Once, Repeat};
use kinora_domain::access::Caller;
use serde::de::DeserializeOwned;

pub(super) use crate::http::creation::Shown;

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
        let (body, repeat) = creation::read(request).await?;
        Ok(Self { body, repeat })
    }
}

/// Serves a request that makes something: lets `act` make it, unless the same request was answered before.
pub(super) async fn once<'show, T, Wire, Acting>(
    edge: &Edge,
    caller: &Caller,
    repeat: Option<Repeat>,
    show: &'show (impl Fn(&T) -> Wire + Send + Sync),
    act: impl FnOnce(Once<'show, T>) -> Acting,
) -> Result<Response, Failure>
where
    T: Made,
    Wire: Shown,
    Acting: Future<Output = Result<T, Error>>,
{
    Ok(match creation::once(edge, (caller, repeat), StatusCode::OK, show, act).await? {
        Served::Now(made) => Json(made).into_response(),
        Served::Before(answer) => creation::replayed(answer),
    })
}
