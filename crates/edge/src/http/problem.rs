//! From the kinds of failure to HTTP statuses: the one table.

use axum::http::StatusCode;
use kinora_app::{Error, causes};
use kinora_domain::Kind;

/// The status of a kind of failure.
pub const fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::AlreadyExists | Kind::Conflict | Kind::UnderWay => StatusCode::CONFLICT,
        Kind::Outdated => StatusCode::PRECONDITION_FAILED,
        Kind::Invalid => StatusCode::BAD_REQUEST,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::Gone => StatusCode::GONE,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Kind::UnreadableMedia | Kind::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Limited => StatusCode::TOO_MANY_REQUESTS,
        Kind::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Seconds after which a client may try again, for the kinds where waiting helps.
pub const fn retry_after(kind: Kind) -> Option<u32> {
    match kind {
        Kind::StorageFull => Some(60),
        Kind::UnderWay => Some(1),
        Kind::Limited | Kind::Unavailable | Kind::TimedOut => Some(5),
        Kind::NotFound
        | Kind::AlreadyExists
        | Kind::Conflict
        | Kind::Outdated
        | Kind::Invalid
        | Kind::KeyReused
        | Kind::Unauthenticated
        | Kind::Forbidden
        | Kind::Gone
        | Kind::TooLarge
        | Kind::UnsupportedMedia
        | Kind::UnreadableMedia
        | Kind::Internal => None,
    }
}

/// Logs a failure where somebody should look; expected refusals say nothing here.
pub fn log(error: &Error) {
    match error.kind() {
        Kind::Internal => tracing::error!(error = %causes(error), "a request failed"),
        Kind::Unavailable | Kind::StorageFull => {
            tracing::warn!(error = %causes(error), "a request cannot be served now");
        }
        Kind::NotFound
        | Kind::AlreadyExists
        | Kind::Conflict
        | Kind::Outdated
        | Kind::UnderWay
        | Kind::KeyReused
        | Kind::Invalid
        | Kind::Unauthenticated
        | Kind::Forbidden
        | Kind::Gone
        | Kind::TooLarge
        | Kind::UnsupportedMedia
        | Kind::UnreadableMedia
        | Kind::Limited
        | Kind::TimedOut => {}
    }
}
