//! A failure as plain text, for what is no API: players show statuses, people read sentences.

use crate::http::problem;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use kinora_app::Error;
use kinora_domain::Problem;

/// A request that is refused.
#[derive(Debug)]
pub struct Refusal(Problem);

impl Refusal {
    /// There is no such thing: `what` is a noun.
    pub fn not_found(what: &str) -> Self {
        Self(Problem::not_found(what))
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        problem::log(&error);
        Self(error.problem().clone())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (problem::status(self.0.kind), format!("{}\n", self.0)).into_response();
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = problem::retry_after(self.0.kind) {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
