//! A request that failed, in the words of whoever was asked.

use crate::http::problem;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use core::marker::PhantomData;
use kinora_app::Error;
use kinora_domain::Problem;

/// How an edge tells of problems.
pub trait Words {
    /// Status and body.
    fn answer(problem: &Problem) -> Response;
}

/// The failure.
#[derive(Debug)]
pub struct Failure<W> {
    problem: Problem,
    words: PhantomData<W>,
}

impl<W> From<Problem> for Failure<W> {
    fn from(problem: Problem) -> Self {
        Self { problem, words: PhantomData }
    }
}

impl<W> From<Error> for Failure<W> {
    fn from(error: Error) -> Self {
        problem::log(&error);
        error.problem().clone().into()
    }
}

impl<W: Words> IntoResponse for Failure<W> {
    fn into_response(self) -> Response {
        let mut response = W::answer(&self.problem);
        let is_challenge = response.status() == StatusCode::UNAUTHORIZED;
        let headers = response.headers_mut();
        if is_challenge {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = problem::retry_after(self.problem.kind) {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
