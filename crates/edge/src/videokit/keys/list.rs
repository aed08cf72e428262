//! `GET /api-key`.

use super::show_role;
use crate::http::query::Query;
use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::moment;
use crate::videokit::page::{self, PageOf};
use axum::Json;
use axum::extract::State;
use kinora_app::access::{OrganizationKey, keys_of_organization};
use kinora_app::port::KeySort;
use serde::Serialize;
use utoipa::ToSchema;

/// A key in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKeyItem {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The name of its role.
    #[schema(example = "Editor")]
    pub role_name: String,
    /// The id of its role.
    pub role_id: String,
    /// When it was made.
    pub created_at: String,
}

impl From<OrganizationKey> for ApiKeyItem {
    fn from(key: OrganizationKey) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name,
            role_name: show_role(key.role).to_owned(),
            role_id: key.role.id().to_string(),
            created_at: moment::show(key.created),
        }
    }
}

const SORTS: [(&str, KeySort); 5] = [
    // Ids begin with the moment of their making.
    ("Id", KeySort::Created),
    ("CreatedAt", KeySort::Created),
    ("Name", KeySort::Name),
    ("RoleName", KeySort::Role),
    // In the order of their names.
    ("RoleId", KeySort::Role),
];

/// The tenant's keys in pages.
#[utoipa::path(
    get, path = "/core/v1/api-key", operation_id = "listApiKeys", tag = "Core",
    params(
        ("Query" = Option<String>, Query, description = "Part of the name."),
        ("Sort" = Option<String>, Query, description = "A property, without letter case; newest first when left out."),
        ("Desc" = Option<bool>, Query, description = "Large to small."),
        ("Page" = Option<i32>, Query, description = "The page, from 1."),
        ("Limit" = Option<i32>, Query, description = "Items on a page, 1 to 1000; 100 when left out."),
    ),
    responses(
        (status = 200, description = "A page.", body = PageOf<ApiKeyItem>),
        (status = 400, description = "A parameter is wrong.", body = ServiceStatus),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn list_api_keys(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    query: Query,
) -> Result<Json<PageOf<ApiKeyItem>>, Failure> {
    let request = page::request(&query)?;
    let sort = page::sort(&query, &SORTS, KeySort::Created)?;
    let keys = keys_of_organization(&edge.app, &caller, query.one("query"), sort, request).await?;
    Ok(Json(PageOf::of(keys, ApiKeyItem::from)))
}
