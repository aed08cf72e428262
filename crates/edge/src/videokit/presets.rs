//! `GET /transcoder/v1/presets`.

use super::acting::Acting;
use super::error::{Failure, ServiceStatus};
use super::page::{self, PageOf};
use crate::http::query::Query;
use axum::Json;
use kinora_app::preset::list_presets;
use kinora_domain::preset::Preset;
use serde::Serialize;
use utoipa::ToSchema;

/// What an asset can be made into.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PresetResult {
    /// Its name, for `preset` of an asset or an output.
    #[schema(example = "dash_hls_1080p")]
    pub name: String,
    /// What it gives.
    pub description: String,
    /// Whether it gives one file rather than qualities to switch between.
    pub creates_download: bool,
}

impl From<Preset> for PresetResult {
    fn from(preset: Preset) -> Self {
        Self {
            name: preset.name.to_owned(),
            description: preset.description.to_owned(),
            creates_download: preset.creates_download(),
        }
    }
}

/// Presets in pages.
#[utoipa::path(
    get, path = "/transcoder/v1/presets", operation_id = "listPresets", tag = "Transcoder",
    params(
        ("limit" = Option<i32>, Query, description = "Items on a page, 1 to 1000; 100 when left out."),
        ("page" = Option<i32>, Query, description = "The page, from 1."),
    ),
    responses(
        (status = 200, description = "A page.", body = PageOf<PresetResult>),
        (status = 400, description = "A parameter is wrong.", body = ServiceStatus),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
    ),
)]
pub(super) async fn list(Acting(caller): Acting, query: Query) -> Result<Json<PageOf<PresetResult>>, Failure> {
    let presets = list_presets(&caller, page::request(&query)?)?;
    Ok(Json(PageOf::of(presets, PresetResult::from)))
}
