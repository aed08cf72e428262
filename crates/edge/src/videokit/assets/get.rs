//! `GET /assets/{id}`.

use super::endpoint::EndpointInfo;
use super::model::{AssetStatusName, VodSource};
use super::output::OutputInfo;
use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::path_id;
use crate::videokit::metadata::{self, Metadata};
use crate::videokit::moment;
use crate::videokit::track::flags;
use axum::Json;
use axum::extract::{Path, State};
use kinora_app::asset::AssetView;
use kinora_domain::asset::AssetState;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// An asset.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssetDetail {
    /// Its id.
    pub id: String,
    /// Name of its preset.
    pub preset: String,
    /// The job that converts it; absent where nothing is converted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcoded_job_id: Option<String>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// As given.
    #[schema(value_type = Object)]
    pub metadata: Metadata,
    /// Whose it is.
    pub tenant_id: String,
    /// When it was made.
    #[schema(format = DateTime)]
    pub create_date: String,
    /// When anything of it last changed.
    #[schema(format = DateTime)]
    pub last_modification_date: String,
    /// How far it is.
    pub status: AssetStatusName,
    /// Files that it is made of, and what is in each.
    pub file_ids: BTreeMap<String, String>,
    /// Files that it is made of, as asked.
    pub sources: Vec<VodSource>,
    /// Ways to play it.
    pub endpoints: Vec<EndpointInfo>,
    /// What it is made into, and how far that is.
    pub outputs: Vec<OutputInfo>,
    /// Why it cannot play.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// Its length in milliseconds; 0 while it is not known.
    pub duration_milliseconds: u64,
}

fn show(edge: &Edge, view: AssetView) -> AssetDetail {
    let AssetView { asset, files, outputs } = view;
    let job = outputs.first().map(|view| view.output.id.to_string());
    let outputs: Vec<_> = outputs.iter().map(|view| OutputInfo::show(edge, view)).collect();
    let kinds = asset.sources.iter().zip(&files).map(|(source, file)| {
        let found = file.as_ref().map(kinora_domain::file::File::kinds).filter(|kinds| !kinds.is_empty());
        (source.file.to_string(), flags(&found.unwrap_or_else(|| source.kinds.clone())))
    });
    AssetDetail {
        file_ids: kinds.collect(),
        sources: asset.sources.iter().map(VodSource::show).collect(),
        endpoints: outputs.iter().flat_map(|output| output.endpoints.clone()).collect(),
        outputs,
        transcoded_job_id: job,
        error_message: match &asset.state {
            AssetState::Failed(failure) => Some(failure.message.clone()),
            AssetState::Pending
            | AssetState::Processing
            | AssetState::Available { .. }
            | AssetState::Deleted { .. } => None,
        },
        duration_milliseconds: match asset.state {
            AssetState::Available { duration_ms, .. } => duration_ms,
            AssetState::Pending | AssetState::Processing | AssetState::Failed(_) | AssetState::Deleted { .. } => 0,
        },
        status: asset.state.status().into(),
        id: asset.id.to_string(),
        metadata: metadata::show(asset.metadata.as_ref()),
        tenant_id: asset.organization.to_string(),
        create_date: moment::show(asset.created),
        last_modification_date: moment::show(asset.modified),
        preset: asset.preset,
        title: asset.title,
    }
}

/// One asset.
#[utoipa::path(
    get, path = "/vod/v1/assets/{id}", operation_id = "getAsset", tag = "Assets",
    params(("id" = String, Path, description = "The asset.")),
    responses(
        (status = 200, description = "The asset.", body = AssetDetail),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 404, description = "There is no such asset.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn get_asset(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
) -> Result<Json<AssetDetail>, Failure> {
    let view = kinora_app::asset::get_asset(&edge.app, &caller, path_id(&id, "asset")?).await?;
    Ok(Json(show(&edge, view)))
}
