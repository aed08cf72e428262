//! The headers that say how often somebody may still ask (draft-ietf-httpapi-ratelimit-headers-07).

use super::bucket::Standing;
use axum::extract::Request;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::{Arc, OnceLock};

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// What the gate says about a request, for its answer.
#[derive(Debug, Clone, Default)]
pub struct Told(Arc<OnceLock<Word>>);

#[derive(Debug)]
enum Word {
    /// How the bucket of the key stands.
    Standing(Standing),
    /// Seconds to wait.
    Wait(u64),
}

impl Told {
    pub(super) fn standing(&self, standing: Standing) {
        self.0.get_or_init(|| Word::Standing(standing));
    }

    pub(super) fn wait(&self, seconds: u64) {
        self.0.get_or_init(|| Word::Wait(seconds));
    }
}

/// Lets the gate speak, and puts what it said into the answer.
pub async fn tell(mut request: Request, next: Next) -> Response {
    let told = Told::default();
    request.extensions_mut().insert(told.clone());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let wait = match told.0.get() {
        None => None,
        Some(Word::Wait(seconds)) => Some(*seconds),
        Some(Word::Standing(Standing { limit, remaining, reset, wait })) => {
            headers.insert(LIMIT, HeaderValue::from(*limit));
            headers.insert(REMAINING, HeaderValue::from(*remaining));
            headers.insert(RESET, HeaderValue::from(*reset));
            *wait
        }
    };
    if let Some(seconds) = wait {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
