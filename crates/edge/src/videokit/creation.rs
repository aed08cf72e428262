//! Operations that make something: served once however often the same request comes.

use super::error::Failure;
use crate::http::state::Edge;
use crate::http::{body, repeat};
use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use kinora_app::Error;
use kinora_app::idempotency::{Answer, Answered, Made, Once, Repeat, idempotent};
use kinora_domain::access::Caller;
use kinora_domain::{Kind, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;

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
        let (parts, body) = request.into_parts();
        let bytes = body::read(&parts.headers, body).await?;
        let repeat = repeat::repeat(&parts, &bytes)?;
        Ok(Self { body: body::from_slice(&bytes)?, repeat })
    }
}

/// The wire form of something that was made.
pub(super) trait Shown: Serialize + Sized {
    /// The form that is stored, and given again: without what may be seen once only.
    fn again(self) -> Self {
        self
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
    let stored = Box::new(move |made: &T| stored(&show(made).again()));
    match idempotent(&edge.app, caller, repeat, stored, act).await? {
        Answered::Now(made) => Ok(Json(show(&made)).into_response()),
        Answered::Before(Answer { status, body }) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            Ok((status, [(CONTENT_TYPE, "application/json")], [repeat::REPLAYED], body).into_response())
        }
    }
}

fn stored(wire: &impl Shown) -> Result<Answer, Problem> {
    let unwritable = |_error| Problem::new(Kind::Internal, "internal", "The answer cannot be written.");
    let body = serde_json::to_vec(wire).map_err(unwritable)?;
    Ok(Answer { status: StatusCode::OK.as_u16(), body })
}
