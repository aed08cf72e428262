//! `GET /settings/tenant/{id}/status`.

use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::path_id;
use axum::Json;
use axum::extract::{Path, State};
use kinora_app::access::own_organization;
use serde::Serialize;
use utoipa::ToSchema;

/// The state of a tenant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TenantState {
    /// A word.
    pub status: TenantStatus,
    /// The same in a sentence.
    pub message: String,
}

/// The states of tenants.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) enum TenantStatus {
    /// It works.
    Active,
}

/// Whether the tenant works.
#[utoipa::path(
    get, path = "/core/v1/settings/tenant/{id}/status", operation_id = "getTenantStatus", tag = "Core",
    params(("id" = String, Path, description = "The tenant of the key.")),
    responses(
        (status = 200, description = "Its state.", body = TenantState),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 404, description = "The key does not act for such a tenant.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn get_tenant_status(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
) -> Result<Json<TenantState>, Failure> {
    let tenant = own_organization(&edge.app, &caller, path_id(&id, "organization")?).await?;
    let message = format!("Tenant {} is active and running.", tenant.name);
    Ok(Json(TenantState { status: TenantStatus::Active, message }))
}
