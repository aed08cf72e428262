//! Requests that make something: served once however often the same one comes, in every dialect.

use crate::http::state::Edge;
use crate::http::{body, repeat};
use axum::extract::Request;
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
///
/// # Errors
/// As [`body::read`] and [`body::from_slice`]; the header is no idempotency key.
pub async fn read<T: DeserializeOwned>(request: Request) -> Result<(T, Option<Repeat>), Problem> {
    let (parts, body) = request.into_parts();
    let bytes = body::read(&parts.headers, body).await?;
    let repeat = repeat::repeat(&parts, &bytes)?;
    Ok((body::from_slice(&bytes)?, repeat))
}

/// The wire form of something that was made.
pub trait Shown: Serialize + Sized {
    /// The form that is stored, and given again: without what may be seen once only.
    #[must_use]
    fn again(self) -> Self {
        self
    }
}

/// What a request was answered with.
pub enum Served<Wire> {
    /// It was made now.
    Now(Wire),
    /// It was made before, and this was said of it.
    Before(Answer),
}

/// Serves a request that makes something: lets `act` make it, unless the same request was answered before. `status` is that of a
/// success.
///
/// # Errors
/// As [`idempotent`].
pub async fn once<'show, T, Wire, Acting>(
    edge: &Edge,
    (caller, repeat): (&Caller, Option<Repeat>),
    status: StatusCode,
    show: &'show (impl Fn(&T) -> Wire + Send + Sync),
    act: impl FnOnce(Once<'show, T>) -> Acting,
) -> Result<Served<Wire>, Error>
where
    T: Made,
    Wire: Shown,
    Acting: Future<Output = Result<T, Error>>,
{
    let stored = Box::new(move |made: &T| stored(status, &show(made).again()));
    Ok(match idempotent(&edge.app, caller, repeat, stored, act).await? {
        Answered::Now(made) => Served::Now(show(&made)),
        Answered::Before(answer) => Served::Before(answer),
    })
}

/// An answer that was given before, marked as such.
pub fn replayed(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    (status, [(CONTENT_TYPE, "application/json")], [repeat::REPLAYED], answer.body).into_response()
}

fn stored(status: StatusCode, wire: &impl Shown) -> Result<Answer, Problem> {
    let unwritable = |_error| Problem::new(Kind::Internal, "internal", "The answer cannot be written.");
    let body = serde_json::to_vec(wire).map_err(unwritable)?;
    Ok(Answer { status: status.as_u16(), body })
}
