//! `POST /assets/{id}/outputs`.

use super::endpoint::EndpointInfo;
use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::creation::{self, Creation, Shown};
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::path_id;
use crate::videokit::moment;
use axum::extract::{Path, State};
use axum::response::Response;
use kinora_app::asset::NewOutput;
use kinora_domain::output::Output;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an asset is to be made into besides.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AddOutput {
    /// Name of a preset.
    #[schema(example = "mp4_720p")]
    pub preset: String,
    /// Its id in the asset, of up to 128 letters, digits, `_` and `-`; made up when left out.
    #[schema(example = "output-720p")]
    pub id: Option<String>,
    /// When it is to be removed.
    #[schema(format = DateTime)]
    pub expiration_date: Option<String>,
    /// Copies of it elsewhere, given back as its endpoints.
    pub harvested_endpoint_infos: Option<Vec<EndpointInfo>>,
}

/// The output that was added.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddedOutput {
    /// Its id in the asset.
    pub output_id: String,
}

impl Shown for AddedOutput {}

/// Makes an asset into something more.
#[utoipa::path(
    post, path = "/vod/v1/assets/{id}/outputs", operation_id = "addOutput", tag = "Assets",
    params(
        ("id" = String, Path, description = "The asset."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request with the same key is served once."),
    ),
    request_body = AddOutput,
    responses(
        (status = 200, description = "The output is there; its status tells how far it is.", body = AddedOutput),
        (status = 400, description = "A field is missing or wrong.", body = ServiceStatus),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
        (status = 404, description = "There is no such asset.", body = ServiceStatus),
        (status = 409, description = "It has an output of this id, a file that it was made of is gone, or the same request is being served.", body = ServiceStatus),
        (status = 422, description = "The idempotency key stands for another request.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn add_output(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
    Creation { body, repeat }: Creation<AddOutput>,
) -> Result<Response, Failure> {
    let expires = body.expiration_date.map(|text| moment::read("expirationDate", &text)).transpose()?;
    let harvested = body.harvested_endpoint_infos.unwrap_or_default().into_iter().map(Into::into).collect();
    let new = NewOutput { preset: body.preset, name: body.id, expires, harvested };
    let asset = path_id(&id, "asset")?;
    let show = |output: &Output| AddedOutput { output_id: output.called() };
    let act = |once| kinora_app::asset::add_output(&edge.app, &caller, asset, new, once);
    creation::once(&edge, &caller, repeat, &show, act).await
}
