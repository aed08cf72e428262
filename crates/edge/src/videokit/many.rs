//! Operations on many things at once: a bare list of ids, and what became of each.

use super::error::{Failure, ServiceStatus};
use crate::http::{body, problem};
use axum::extract::{FromRequest, Request};
use core::hash::Hash;
use core::str::FromStr;
use kinora_app::Error;
use kinora_domain::Problem;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

/// A body that is a list of ids, at most `MOST`.
pub(super) struct Ids<const MOST: usize>(pub(super) Vec<String>);

impl<S: Sync, const MOST: usize> FromRequest<S> for Ids<MOST> {
    type Rejection = Failure;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let ids: Vec<String> = body::json_list(&parts.headers, body).await?;
        if ids.len() > MOST {
            return Err(Problem::invalid("body", format!("There may be {MOST} ids at most.")).into());
        }
        Ok(Self(ids))
    }
}

/// What became of the thing of each text of the request. `results` are those of the texts that are ids; `what` names
/// the things where there is none.
pub(super) fn by_id<Id: FromStr + Eq + Hash>(
    texts: Vec<String>,
    results: Vec<(Id, Result<(), Error>)>,
    what: &str,
) -> BTreeMap<String, ServiceResponse> {
    let results: HashMap<Id, ServiceResponse> =
        results.into_iter().map(|(id, result)| (id, ServiceResponse::of(result))).collect();
    let entry = |text: String| {
        let found = text.parse().ok().and_then(|id: Id| results.get(&id).cloned());
        (text, found.unwrap_or_else(|| ServiceResponse::refused(&Problem::not_found(what))))
    };
    texts.into_iter().map(entry).collect()
}

/// What became of one of many things.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ServiceResponse {
    /// `success`, or why not.
    pub status: ResponseStatus,
    /// Whether it was done.
    pub success: bool,
}

/// How one of many things went.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ResponseStatus {
    /// `success`, or a stable word for programs.
    #[schema(example = "success")]
    pub code: String,
    /// The HTTP status that it would have by itself.
    #[schema(example = 200)]
    pub status: u16,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl ServiceResponse {
    /// The answer about one thing.
    pub(super) fn of(result: Result<(), Error>) -> Self {
        match result {
            Ok(()) => Self {
                status: ResponseStatus { code: "success".to_owned(), status: 200, message: None },
                success: true,
            },
            Err(error) => {
                problem::log(&error);
                Self::refused(error.problem())
            }
        }
    }

    /// The answer about one thing that was not done.
    pub(super) fn refused(problem: &Problem) -> Self {
        let ServiceStatus { code, status, message } = ServiceStatus::of(problem);
        Self { status: ResponseStatus { code, status, message: Some(message) }, success: false }
    }
}
