//! `POST /assets`.

use super::model::VodSource;
use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::creation::{self, Creation, Shown};
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::metadata::{self, Metadata};
use axum::extract::State;
use axum::response::Response;
use kinora_app::asset::NewAsset;
use kinora_domain::asset::Asset;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an asset is made of and into.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateAsset {
    /// Files that it is made of.
    pub transcoded_sources: Vec<VodSource>,
    /// Name of a preset.
    #[schema(example = "dash_hls_1080p")]
    pub preset: String,
    /// Anything, kept as given.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Metadata>,
    /// Its title.
    pub title: Option<String>,
}

/// The asset that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedAsset {
    /// Its id.
    pub id: String,
}

impl Shown for CreatedAsset {}

/// Makes an asset of uploaded files.
#[utoipa::path(
    post, path = "/vod/v1/assets", operation_id = "createAsset", tag = "Assets",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same request with the same key is served once.")),
    request_body = CreateAsset,
    responses(
        (status = 200, description = "The asset is made; its status tells whether it plays.", body = CreatedAsset),
        (status = 400, description = "A field is missing or wrong.", body = ServiceStatus),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
        (status = 404, description = "A file does not exist.", body = ServiceStatus),
        (status = 409, description = "A file is not complete, or the same request is being served.", body = ServiceStatus),
        (status = 422, description = "The idempotency key stands for another request.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn create_asset(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Creation { body, repeat }: Creation<CreateAsset>,
) -> Result<Response, Failure> {
    let sources = body.transcoded_sources.into_iter().enumerate().map(|(index, source)| source.read(index));
    let new = NewAsset {
        id: None,
        sources: sources.collect::<Result<_, _>>()?,
        preset: body.preset,
        title: body.title,
        metadata: metadata::store(body.metadata),
    };
    let show = |asset: &Asset| CreatedAsset { id: asset.id.to_string() };
    let act = |once| kinora_app::asset::create_asset(&edge.app, &caller, new, once);
    creation::once(&edge, &caller, repeat, &show, act).await
}
