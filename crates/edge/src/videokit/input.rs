//! JSON bodies of operations, and ids in paths.

use super::error::Failure;
use crate::http::body;
use axum::extract::{FromRequest, Request};
use core::str::FromStr;
use kinora_domain::Problem;
use serde::de::DeserializeOwned;

/// A JSON body.
pub(super) struct Input<T>(pub(super) T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Input<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        Ok(Self(body::json(&parts.headers, body).await?))
    }
}

/// A JSON body that may be left out.
pub(super) struct OptionalInput<T>(pub(super) Option<T>);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for OptionalInput<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        Ok(Self(body::optional_json(&parts.headers, body).await?))
    }
}

/// An id in a path: a text that is no id names nothing.
pub(super) fn path_id<T: FromStr>(text: &str, what: &str) -> Result<T, Problem> {
    text.parse().map_err(|_malformed| Problem::not_found(what))
}
