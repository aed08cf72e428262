//! `GET /vod/v1/languages`.

use super::acting::Acting;
use super::error::{Failure, ServiceStatus};
use axum::Json;
use kinora_domain::access::Permission;
use kinora_domain::language::CODES;
use serde::Serialize;
use utoipa::ToSchema;

/// Languages that a track can have.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Languages {
    /// Two-letter codes of ISO 639-1. Tracks take codes of three letters and subtags as well.
    #[schema(example = json!(["de", "en", "pl"]))]
    pub languages: Vec<&'static str>,
}

/// The languages of tracks.
#[utoipa::path(
    get, path = "/vod/v1/languages", operation_id = "listLanguages", tag = "Files",
    responses(
        (status = 200, description = "All of them.", body = Languages),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
    ),
)]
pub(super) async fn list(Acting(caller): Acting) -> Result<Json<Languages>, Failure> {
    caller.require(Permission::ReadMedia)?;
    Ok(Json(Languages { languages: CODES.to_vec() }))
}
