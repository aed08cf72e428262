//! Errors as that vendor's `ServiceStatus`.

use crate::http::failure::{self, Words};
use crate::http::problem;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use kinora_domain::Problem;
use serde::Serialize;
use utoipa::ToSchema;

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceStatus {
    /// A stable word for programs.
    #[schema(example = "invalid_field")]
    pub code: String,
    /// The HTTP status.
    #[schema(example = 400)]
    pub status: u16,
    /// What is wrong and what is allowed; begins with the field where there is one.
    #[schema(example = "`fileSize`: An empty file cannot be uploaded: the size must be at least 1 byte.")]
    pub message: String,
}

impl ServiceStatus {
    /// The body that tells of a problem.
    pub(super) fn of(problem: &Problem) -> Self {
        let status = problem::status(problem.kind).as_u16();
        Self { code: problem.reason.to_owned(), status, message: problem.to_string() }
    }
}

/// A failed operation.
pub type Failure = failure::Failure<VideoKit>;

/// The words of this dialect.
#[derive(Debug)]
pub struct VideoKit;

impl Words for VideoKit {
    fn answer(problem: &Problem) -> Response {
        (problem::status(problem.kind), Json(ServiceStatus::of(problem))).into_response()
    }
}

/// The answer to a method that a path does not have.
pub(super) async fn method_not_allowed() -> Response {
    status(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This path does not have this method.".to_owned())
}

/// The answer to a path that nothing has.
pub(super) async fn no_such_path() -> Response {
    status(StatusCode::NOT_FOUND, "no_such_path", "There is no such path in this API.".to_owned())
}

fn status(status: StatusCode, code: &str, message: String) -> Response {
    (status, Json(ServiceStatus { code: code.to_owned(), status: status.as_u16(), message })).into_response()
}
