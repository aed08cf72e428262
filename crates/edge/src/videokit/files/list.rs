//! `GET /files`.

use super::{UploadFileStatus, file_key, read_status, show_status};
use crate::http::query::Query;
use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::labels;
use crate::videokit::moment;
use crate::videokit::page::{self, PageOf};
use crate::videokit::track::read_flags;
use axum::Json;
use axum::extract::State;
use kinora_app::file::LabeledFile;
use kinora_app::port::{FileFilter, FileSort};
use kinora_domain::Problem;
use kinora_domain::labels::Labels;
use serde::Serialize;
use utoipa::ToSchema;

/// A file in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UploadedFileResult {
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
    /// Key of its bytes.
    pub file_key: String,
    /// How far it is.
    pub status: UploadFileStatus,
    /// Bytes.
    pub file_size: u64,
    /// Its name.
    pub name: String,
    /// Its display name.
    pub friendly_name: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its attributes, as `key=value`.
    pub attributes: Vec<String>,
    /// When the upload began.
    #[schema(format = DateTime)]
    pub create_date: String,
    /// When anything of it last changed.
    #[schema(format = DateTime)]
    pub last_modification_date: String,
}

impl From<LabeledFile> for UploadedFileResult {
    fn from(LabeledFile { file, labels }: LabeledFile) -> Self {
        Self {
            id: file.id.to_string(),
            file_key: file_key(file.organization, file.id),
            status: show_status(file.state.status()),
            file_size: file.size,
            tags: labels.tags,
            attributes: labels.attributes.iter().map(ToString::to_string).collect(),
            create_date: moment::show(file.created),
            last_modification_date: moment::show(file.modified),
            name: file.name,
            friendly_name: file.friendly_name,
        }
    }
}

const SORTS: [(&str, FileSort); 8] = [
    // Ids begin with the moment of their making.
    ("Id", FileSort::Created),
    ("CreateDate", FileSort::Created),
    ("LastModificationDate", FileSort::Modified),
    ("Name", FileSort::Name),
    ("FriendlyName", FileSort::FriendlyName),
    ("Metadata.FriendlyName", FileSort::FriendlyName),
    ("FileSize", FileSort::Size),
    ("Status", FileSort::Status),
];

/// Files in pages.
#[utoipa::path(
    get, path = "/vod/v1/files", operation_id = "listFiles", tag = "Files",
    params(
        ("limit" = Option<i32>, Query, description = "Items on a page, 1 to 1000; 100 when left out."),
        ("page" = Option<i32>, Query, description = "The page, from 1."),
        ("fileType" = Option<String>, Query, description = "`Video`, `Audio` or `Caption`."),
        ("status" = Option<String>, Query, description = "`Uploading`, `Completed` or `Error`."),
        ("statuses" = Option<Vec<String>>, Query, description = "Any of these."),
        ("query" = Option<String>, Query, description = "Part of the name or display name."),
        ("sort" = Option<String>, Query, description = "A property, without letter case; newest first when left out."),
        ("desc" = Option<bool>, Query, description = "Large to small."),
        ("ids" = Option<Vec<String>>, Query, description = "Any of these."),
        ("createDateStart" = Option<String>, Query, format = DateTime, description = "Created at or after."),
        ("createDateEnd" = Option<String>, Query, format = DateTime, description = "Created at or before."),
        ("lastModificationDateStart" = Option<String>, Query, format = DateTime, description = "Changed at or after."),
        ("lastModificationDateEnd" = Option<String>, Query, format = DateTime, description = "Changed at or before."),
        ("tags" = Option<Vec<String>>, Query, description = "Has all of these."),
        ("attributes" = Option<Vec<String>>, Query, description = "Has all of these, as `key=value`."),
    ),
    responses(
        (status = 200, description = "A page.", body = PageOf<UploadedFileResult>),
        (status = 400, description = "A parameter is wrong.", body = ServiceStatus),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn list_files(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    query: Query,
) -> Result<Json<PageOf<UploadedFileResult>>, Failure> {
    let request = page::request(&query)?;
    let sort = page::sort(&query, &SORTS, FileSort::Created)?;
    let filter = filter(&query)?;
    let files = kinora_app::file::list_files(&edge.app, &caller, &filter, sort, request).await?;
    Ok(Json(PageOf::of(files, UploadedFileResult::from)))
}

fn filter(query: &Query) -> Result<FileFilter, Problem> {
    let allowed = "`Uploading`, `Completed` or `Error`";
    let mut statuses = query.parsed_list("statuses", allowed, read_status)?;
    statuses.extend(query.parsed_list("status", allowed, read_status)?);
    let Labels { tags, attributes } = labels::filter(query)?;
    let kinds = query.parsed_list("fileType", "`Video`, `Audio` or `Caption`", read_flags)?;
    let (created_from, created_to) = query.moments("createDateStart", "createDateEnd")?;
    let (modified_from, modified_to) = query.moments("lastModificationDateStart", "lastModificationDateEnd")?;
    Ok(FileFilter {
        ids: query.parsed_list("ids", "a file id", |text| text.parse().ok())?,
        statuses,
        kinds: kinds.into_iter().flatten().collect(),
        text: query.one("query").map(str::to_owned),
        created_from,
        created_to,
        modified_from,
        modified_to,
        tags,
        attributes,
    })
}
