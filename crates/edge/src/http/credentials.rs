//! Who shows which key: the same three places in every dialect.

use crate::http::query::Query;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use kinora_domain::{Kind, OrganizationId, Problem};

/// The secret that a request shows: header `X-Api-Key`, else query parameter `X-Api-Key`, else
/// `Authorization: Bearer`.
///
/// # Errors
/// There is none.
pub fn secret(headers: &HeaderMap, query: &Query) -> Result<String, Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = || {
        let (scheme, token) = text(AUTHORIZATION.as_str())?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    };
    let shown = text("x-api-key").or_else(|| query.one("x-api-key")).or_else(bearer);
    shown.map(str::to_owned).ok_or_else(|| {
        Problem::new(
            Kind::Unauthenticated,
            "missing_api_key",
            "An API key is needed: in the header `X-Api-Key`, or as `Authorization: Bearer`.",
        )
    })
}

/// The organization that a request names in `X-Tenant-Id`, if any. One that is no id is told apart
/// from one that the key may not act for by nothing.
///
/// # Errors
/// `NotFound`: it can name no organization.
pub fn organization(headers: &HeaderMap) -> Result<Option<OrganizationId>, Problem> {
    let Some(value) = headers.get("x-tenant-id").filter(|value| !value.is_empty()) else { return Ok(None) };
    let id = value.to_str().ok().and_then(|text| text.parse().ok());
    id.map(Some).ok_or_else(|| Problem::not_found("organization"))
}
