//! `PATCH /files/{id}`.

use super::list::UploadedFileResult;
use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::{OptionalInput, path_id};
use crate::videokit::metadata::{self, Metadata};
use axum::Json;
use axum::extract::{Path, State};
use kinora_app::file::FileChange;
use serde::Deserialize;
use utoipa::ToSchema;

/// What is to be changed; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdateFile {
    /// Merged into what is there (RFC 7396): a key that is `null` is removed.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Metadata>,
    /// Its name, 1 to 1024 characters.
    pub name: Option<String>,
    /// Its display name, 1 to 1024 characters.
    pub friendly_name: Option<String>,
    /// All tags from now on.
    pub tags: Option<Vec<String>>,
    /// All attributes from now on, each `key=value`.
    pub attributes: Option<Vec<String>>,
}

/// Changes what is said about a file.
#[utoipa::path(
    patch, path = "/vod/v1/files/{id}", operation_id = "updateFile", tag = "Files",
    params(("id" = String, Path, description = "The file.")),
    request_body = Option<UpdateFile>,
    responses(
        (status = 200, description = "The file as it is now.", body = UploadedFileResult),
        (status = 400, description = "A field is wrong; nothing was changed.", body = ServiceStatus),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
        (status = 404, description = "There is no such file.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn update_file(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
    OptionalInput(body): OptionalInput<UpdateFile>,
) -> Result<Json<UploadedFileResult>, Failure> {
    let body = body.unwrap_or_default();
    let change = FileChange {
        name: body.name,
        friendly_name: body.friendly_name,
        metadata: metadata::store(body.metadata),
        tags: body.tags,
        attributes: body.attributes,
    };
    let file = kinora_app::file::update_file(&edge.app, &caller, path_id(&id, "file")?, change).await?;
    Ok(Json(file.into()))
}
