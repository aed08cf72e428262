//! Cross-origin access. Credentials are keys in headers, never cookies, so every origin may ask.

use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// Headers that pages may read.
const EXPOSED: &str = "accept-ranges, content-length, content-range, etag, idempotent-replayed, ratelimit-limit, \
                       ratelimit-remaining, ratelimit-reset, retry-after, x-request-id";

/// Answers preflights and marks every answer as readable from everywhere. `ETag` is exposed because
/// an upload cannot be completed without it.
pub async fn allow_all(request: Request, next: Next) -> Response {
    allow(
        request,
        next,
        "authorization, content-type, idempotency-key, if-match, if-none-match, range, x-api-key, x-request-id, x-tenant-id",
        EXPOSED,
    )
    .await
}

/// The same with headers of any name, as clients of other vendors send and read them.
pub async fn allow_everything(request: Request, next: Next) -> Response {
    allow(request, next, "*", "*").await
}

async fn allow(request: Request, next: Next, allowed: &'static str, exposed: &'static str) -> Response {
    let preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if preflight {
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE"));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(allowed));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
        expose(headers, exposed);
        return response;
    }
    let mut response = next.run(request).await;
    expose(response.headers_mut(), exposed);
    response
}

/// Marks an answer as readable from everywhere.
pub(crate) fn mark(headers: &mut HeaderMap) {
    expose(headers, EXPOSED);
}

fn expose(headers: &mut HeaderMap, exposed: &'static str) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(exposed));
}
