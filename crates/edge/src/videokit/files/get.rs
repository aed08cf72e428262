//! `GET /files/{id}`.

use super::{UploadFileStatus, file_key, show_status};
use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::path_id;
use crate::videokit::metadata::{self, Metadata};
use crate::videokit::moment;
use crate::videokit::track::{TranscodingTrack, flags};
use axum::Json;
use axum::extract::{Path, State};
use kinora_app::file::FileView;
use serde::Serialize;
use utoipa::ToSchema;

/// A file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FileDetail {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub tenant_id: String,
    /// Key of its bytes.
    pub file_key: String,
    /// As given.
    #[schema(value_type = Object)]
    pub metadata: Metadata,
    /// How far it is.
    pub status: UploadFileStatus,
    /// When the upload began.
    #[schema(format = DateTime)]
    pub create_date: String,
    /// When anything of it last changed.
    #[schema(format = DateTime)]
    pub last_modification_date: String,
    /// Assets made of it.
    pub vod_assets: Vec<String>,
    /// Kinds of track in it, such as `Video, Audio`; empty while nobody has looked.
    pub file_types: String,
    /// Bytes.
    pub file_size: u64,
    /// Where its bytes lie on S3; absent where they do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_uri: Option<String>,
    /// Where its bytes lie.
    pub location: String,
    /// The bucket of its bytes; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// The name given when the upload began (spelled as that vendor spells it).
    pub orginal_file_name: String,
    /// Its name.
    pub name: String,
    /// Its display name.
    pub friendly_name: String,
    /// What the probe found.
    pub tracks: Vec<TranscodingTrack>,
}

impl From<FileView> for FileDetail {
    fn from(view: FileView) -> Self {
        let FileView { file, assets } = view;
        let key = file_key(file.organization, file.id);
        Self {
            id: file.id.to_string(),
            tenant_id: file.organization.to_string(),
            metadata: metadata::show(file.metadata.as_ref()),
            status: show_status(file.state.status()),
            create_date: moment::show(file.created),
            last_modification_date: moment::show(file.modified),
            vod_assets: assets.iter().map(ToString::to_string).collect(),
            file_types: flags(&file.kinds()),
            file_size: file.size,
            s3_uri: None,
            location: key.clone(),
            file_key: key,
            bucket: None,
            tracks: file.tracks().iter().map(TranscodingTrack::from).collect(),
            orginal_file_name: file.original_name,
            name: file.name,
            friendly_name: file.friendly_name,
        }
    }
}

/// One file.
#[utoipa::path(
    get, path = "/vod/v1/files/{id}", operation_id = "getFile", tag = "Files",
    params(("id" = String, Path, description = "The file.")),
    responses(
        (status = 200, description = "The file.", body = FileDetail),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 404, description = "There is no such file.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn get_file(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
) -> Result<Json<FileDetail>, Failure> {
    let view = kinora_app::file::get_file(&edge.app, &caller, path_id(&id, "file")?).await?;
    Ok(Json(view.into()))
}
