//! `POST /files/deletemany`.

use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::many::{Ids, ServiceResponse, by_id};
use axum::Json;
use axum::extract::State;
use kinora_app::file::MOST_DELETED;
use kinora_domain::FileId;
use std::collections::BTreeMap;

/// Deletes files and says of each what became of it.
#[utoipa::path(
    post, path = "/vod/v1/files/deletemany", operation_id = "deleteFiles", tag = "Files",
    request_body(content = Vec<String>, description = "Ids of files, at most 1000.", example = json!(["01890a5d-ac96-774b-bcce-b302099a8057"])),
    responses(
        (status = 200, description = "By id, whether it is gone.", body = BTreeMap<String, ServiceResponse>),
        (status = 400, description = "The body is no list of ids, or it is too long.", body = ServiceStatus),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn delete_files(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Ids(texts): Ids<MOST_DELETED>,
) -> Result<Json<BTreeMap<String, ServiceResponse>>, Failure> {
    let ids: Vec<FileId> = texts.iter().filter_map(|text| text.parse().ok()).collect();
    let deleted = kinora_app::file::delete_files(&edge.app, &caller, &ids).await?;
    Ok(Json(by_id(texts, deleted, "file")))
}
