//! Who calls: the key of a request.

use super::error::Failure;
use crate::http::limit;
use crate::http::state::Edge;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use kinora_domain::access::Caller;

/// The caller of an operation.
pub(super) struct Acting(pub(super) Caller);

impl FromRequestParts<Edge> for Acting {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Failure> {
        Ok(Self(limit::enter(edge, parts).await?))
    }
}
