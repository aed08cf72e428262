//! Who calls: the key and the tenant of a request.

use super::error::Failure;
use crate::http::credentials;
use crate::http::query::Query;
use crate::http::state::Edge;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use kinora_app::access::authenticate;
use kinora_domain::access::Caller;

/// The caller of an operation.
pub(super) struct Acting(pub(super) Caller);

impl FromRequestParts<Edge> for Acting {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Failure> {
        let query = Query::parse(parts.uri.query().unwrap_or_default());
        let secret = credentials::secret(&parts.headers, &query)?;
        let organization = credentials::organization(&parts.headers);
        // The key first: what a tenant is called is nothing that a stranger may try out.
        let Ok(organization) = organization else {
            authenticate(&edge.app, &secret, None).await?;
            return Err(kinora_domain::Problem::not_found("organization").into());
        };
        Ok(Self(authenticate(&edge.app, &secret, organization).await?))
    }
}
