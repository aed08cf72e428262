//! `POST /files/complete`.

use super::file_key;
use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::{Input, path_id};
use axum::Json;
use axum::extract::State;
use kinora_app::upload::complete_upload;
use kinora_domain::upload::ClaimedPart;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was uploaded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CompleteFile {
    /// The file.
    pub file_id: String,
    /// Every part of it, in any order.
    pub parts: Vec<PartETag>,
    /// The vendor's own sample sends one, from an answer that has none.
    #[schema(ignore)]
    #[expect(dead_code, reason = "taken, and of no meaning here")]
    pub upload_id: Option<IgnoredAny>,
}

/// A part as it was answered. Clients of object stores say more about each, and it is passed over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PartETag {
    /// From 1.
    pub part_number: u64,
    /// The `ETag` answered to its `PUT`, with or without quotes.
    pub e_tag: String,
}

/// The completed file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompletedFile {
    /// The file.
    pub file_id: String,
    /// Key of the file's bytes.
    pub file_key: String,
}

/// Completes an upload.
#[utoipa::path(
    post, path = "/vod/v1/files/complete", operation_id = "completeFile", tag = "Files",
    request_body = CompleteFile,
    responses(
        (status = 200, description = "All parts are here and are media.", body = CompletedFile),
        (status = 400, description = "A part is missing or its ETag is wrong; the upload stays open.", body = ServiceStatus),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
        (status = 404, description = "There is no such file.", body = ServiceStatus),
        (status = 409, description = "The upload is over.", body = ServiceStatus),
        (status = 415, description = "The bytes are not of a type that is taken.", body = ServiceStatus),
        (status = 422, description = "The bytes cannot be read.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn complete_file(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Input(body): Input<CompleteFile>,
) -> Result<Json<CompletedFile>, Failure> {
    let claimed: Vec<_> =
        body.parts.into_iter().map(|part| ClaimedPart { number: part.part_number, etag: part.e_tag }).collect();
    let file = complete_upload(&edge.app, &caller, path_id(&body.file_id, "file")?, &claimed).await?;
    Ok(Json(CompletedFile { file_id: file.id.to_string(), file_key: file_key(file.organization, file.id) }))
}
