//! A failure as plain text, for what is no API: players show statuses, people read sentences.

use crate::http::failure::{Failure, Words};
use crate::http::problem;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};
use kinora_domain::Problem;

/// A request that is refused.
pub type Refusal = Failure<Plain>;

/// Plain text.
#[derive(Debug)]
pub struct Plain;

impl Words for Plain {
    fn answer(problem: &Problem) -> Response {
        let mut response = (problem::status(problem.kind), format!("{problem}\n")).into_response();
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

impl Refusal {
    /// There is no such thing: `what` is a noun.
    pub fn not_found(what: &str) -> Self {
        Problem::not_found(what).into()
    }
}
