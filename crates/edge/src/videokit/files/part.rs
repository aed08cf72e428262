//! `GET /files/{id}/part/{number}`.

use crate::http::state::Edge;
use crate::upload;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::path_id;
use axum::Json;
use axum::extract::{Path, State};
use kinora_app::upload::part_link;
use kinora_domain::Problem;
use serde::Serialize;
use utoipa::ToSchema;

/// Where a part goes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PartUrl {
    /// `PUT` the part's bytes here. Works for a day.
    pub url: String,
}

/// A new URL for a part.
#[utoipa::path(
    get, path = "/vod/v1/files/{id}/part/{partNumber}", operation_id = "getFilePart", tag = "Files",
    params(("id" = String, Path, description = "The file."), ("partNumber" = u64, Path, description = "The part, from 1.")),
    responses(
        (status = 200, description = "The URL.", body = PartUrl),
        (status = 400, description = "There is no such part.", body = ServiceStatus),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
        (status = 404, description = "There is no such file.", body = ServiceStatus),
        (status = 409, description = "The upload is over.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn get_part(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path((id, number)): Path<(String, String)>,
) -> Result<Json<PartUrl>, Failure> {
    let number = number.parse().map_err(|_malformed| Problem::invalid("partNumber", "Parts are numbered from 1."))?;
    let link = part_link(&edge.app, &caller, path_id(&id, "file")?, number).await?;
    Ok(Json(PartUrl { url: upload::url(&edge, &link) }))
}
