//! Errors of the Blob service: a word in a header, and an XML document.

use super::answer::{DECLARATION, element, xml};
use crate::http::problem;
use axum::http::header::{ALLOW, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kinora_app::Error;
use kinora_domain::{Kind, Problem};

const CODE: HeaderName = HeaderName::from_static("x-ms-error-code");

/// A request that is refused: status, the vendor's word, and a sentence.
#[derive(Debug)]
pub(super) struct Fault {
    status: StatusCode,
    code: &'static str,
    message: String,
    retry_after: Option<u32>,
}

impl Fault {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None }
    }

    /// A header, a parameter or a body that is wrong.
    pub(super) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        let (status, code) = match (problem.kind, problem.reason) {
            (Kind::Forbidden, _) => (StatusCode::FORBIDDEN, "AuthenticationFailed"),
            (Kind::NotFound, "nothing_written") => (StatusCode::NOT_FOUND, "BlobNotFound"),
            (Kind::NotFound, _) => (StatusCode::NOT_FOUND, "ContainerNotFound"),
            (Kind::AlreadyExists, _) => (StatusCode::CONFLICT, "BlobAlreadyExists"),
            (Kind::Outdated, _) => (StatusCode::PRECONDITION_FAILED, "ConditionNotMet"),
            (Kind::Conflict, "too_many_blocks") => (StatusCode::CONFLICT, "BlockCountExceedsLimit"),
            (Kind::Conflict, _) => (StatusCode::CONFLICT, "BlobImmutableDueToPolicy"),
            (Kind::TooLarge, _) => (StatusCode::PAYLOAD_TOO_LARGE, "RequestBodyTooLarge"),
            (Kind::Invalid, "invalid_block_id") => (StatusCode::BAD_REQUEST, "InvalidBlockId"),
            (Kind::Invalid, "block_ids_differ") => (StatusCode::BAD_REQUEST, "InvalidBlobOrBlock"),
            (Kind::Invalid, "unknown_block") => (StatusCode::BAD_REQUEST, "InvalidBlockList"),
            (Kind::Invalid, "too_many_listed") => (StatusCode::BAD_REQUEST, "BlockListTooLong"),
            (Kind::Invalid, "md5_mismatch") => (StatusCode::BAD_REQUEST, "Md5Mismatch"),
            (Kind::Invalid, "crc64_mismatch") => (StatusCode::BAD_REQUEST, "Crc64Mismatch"),
            (Kind::Invalid, _) => (StatusCode::BAD_REQUEST, "InvalidInput"),
            (Kind::StorageFull | Kind::Unavailable, _) => (StatusCode::SERVICE_UNAVAILABLE, "ServerBusy"),
            (_, _) => (StatusCode::INTERNAL_SERVER_ERROR, "InternalError"),
        };
        Self { status, code, message: problem.to_string(), retry_after: problem::retry_after(problem.kind) }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        problem::log(&error);
        error.problem().clone().into()
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let Self { status, code, message, retry_after } = self;
        let inside = element("Code", code) + &element("Message", &message);
        let mut response = xml((status, format!("{DECLARATION}<Error>{inside}</Error>")).into_response());
        let headers = response.headers_mut();
        headers.insert(CODE, HeaderValue::from_static(code));
        headers.extend(retry_after.map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds))));
        response
    }
}

/// The answer to a method that blobs of an upload do not have.
pub(super) async fn unsupported_verb() -> Response {
    let fault = Fault::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "UnsupportedHttpVerb",
        "The resource doesn't have this method: it is written, and nothing else.",
    );
    let mut response = fault.into_response();
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET,HEAD,PUT"));
    response
}

/// The answer to a path that names no blob.
pub(super) async fn no_such_resource() -> Response {
    Fault::new(StatusCode::NOT_FOUND, "ResourceNotFound", "There is no such resource.").into_response()
}
