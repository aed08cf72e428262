//! `GET /assets`.

use super::model::AssetStatusName;
use crate::http::query::{Query, ordered};
use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::labels;
use crate::videokit::moment;
use crate::videokit::page::{self, PageOf};
use axum::Json;
use axum::extract::State;
use kinora_app::port::{AssetFilter, AssetSort};
use kinora_domain::Problem;
use kinora_domain::asset::Asset;
use kinora_domain::labels::Labels;
use serde::Serialize;
use utoipa::ToSchema;

/// An asset in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VodAsset {
    /// Its id.
    pub id: String,
    /// Name of its preset.
    pub preset: String,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How far it is.
    pub status: AssetStatusName,
    /// When it was made.
    #[schema(format = DateTime)]
    pub create_date: String,
    /// When anything of it last changed.
    #[schema(format = DateTime)]
    pub last_modification_date: String,
}

impl From<Asset> for VodAsset {
    fn from(asset: Asset) -> Self {
        Self {
            id: asset.id.to_string(),
            status: asset.state.status().into(),
            create_date: moment::show(asset.created),
            last_modification_date: moment::show(asset.modified),
            preset: asset.preset,
            title: asset.title,
        }
    }
}

const SORTS: [(&str, AssetSort); 8] = [
    // Ids begin with the moment of their making.
    ("Id", AssetSort::Created),
    ("CreateDate", AssetSort::Created),
    ("LastModificationDate", AssetSort::Modified),
    ("Title", AssetSort::Title),
    ("Metadata.Title", AssetSort::Title),
    ("Status", AssetSort::Status),
    ("Preset", AssetSort::Preset),
    ("DurationMilliseconds", AssetSort::Duration),
];

/// Assets in pages.
#[utoipa::path(
    get, path = "/vod/v1/assets", operation_id = "listAssets", tag = "Assets",
    params(
        ("statuses" = Option<Vec<String>>, Query, description = "Any of `Pending`, `Processing`, `Available`, `Error`."),
        ("limit" = Option<i32>, Query, description = "Items on a page, 1 to 1000; 100 when left out."),
        ("page" = Option<i32>, Query, description = "The page, from 1."),
        ("fileId" = Option<String>, Query, format = "uuid", description = "Made of this file."),
        ("query" = Option<String>, Query, description = "Part of the title."),
        ("sort" = Option<String>, Query, description = "A property, without letter case; newest first when left out."),
        ("desc" = Option<bool>, Query, description = "Large to small."),
        ("ids" = Option<Vec<String>>, Query, description = "Any of these."),
        ("createDateStart" = Option<String>, Query, format = DateTime, description = "Created at or after."),
        ("createDateEnd" = Option<String>, Query, format = DateTime, description = "Created at or before."),
        ("lastModificationDateStart" = Option<String>, Query, format = DateTime, description = "Changed at or after."),
        ("lastModificationDateEnd" = Option<String>, Query, format = DateTime, description = "Changed at or before."),
        ("durationFrom" = Option<i64>, Query, description = "At least this long, in milliseconds."),
        ("durationTo" = Option<i64>, Query, description = "At most this long, in milliseconds."),
        ("presets" = Option<Vec<String>>, Query, description = "Any of these."),
        ("tags" = Option<Vec<String>>, Query, description = "Has all of these."),
        ("attributes" = Option<Vec<String>>, Query, description = "Has all of these, as `key=value`."),
    ),
    responses(
        (status = 200, description = "A page.", body = PageOf<VodAsset>),
        (status = 400, description = "A parameter is wrong.", body = ServiceStatus),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn list_assets(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    query: Query,
) -> Result<Json<PageOf<VodAsset>>, Failure> {
    let request = page::request(&query)?;
    let sort = page::sort(&query, &SORTS, AssetSort::Created)?;
    let filter = filter(&query)?;
    let assets = kinora_app::asset::list_assets(&edge.app, &caller, &filter, sort, request).await?;
    Ok(Json(PageOf::of(assets, VodAsset::from)))
}

fn filter(query: &Query) -> Result<AssetFilter, Problem> {
    let Labels { tags, attributes } = labels::filter(query)?;
    let (created_from, created_to) = query.moments("createDateStart", "createDateEnd")?;
    let (modified_from, modified_to) = query.moments("lastModificationDateStart", "lastModificationDateEnd")?;
    let milliseconds = |name| Ok::<_, Problem>((name, query.parsed(name, "a number of milliseconds")?));
    let (duration_from_ms, duration_to_ms) = ordered(milliseconds("durationFrom")?, milliseconds("durationTo")?)?;
    Ok(AssetFilter {
        ids: query.parsed_list("ids", "an asset id", |text| text.parse().ok())?,
        statuses: query.parsed_list(
            "statuses",
            "`Pending`, `Processing`, `Available` or `Error`",
            AssetStatusName::read,
        )?,
        presets: query.list("presets").into_iter().map(str::to_owned).collect(),
        file: query.parsed("fileId", "a file id")?,
        text: query.one("query").map(str::to_owned),
        created_from,
        created_to,
        modified_from,
        modified_to,
        duration_from_ms,
        duration_to_ms,
        tags,
        attributes,
    })
}
