//! `PATCH /assets/{id}`.

use super::model::AssetStatusName;
use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::error::{Failure, ServiceStatus};
use crate::videokit::input::{OptionalInput, path_id};
use crate::videokit::metadata::{self, Metadata};
use crate::videokit::moment;
use axum::Json;
use axum::extract::{Path, State};
use kinora_app::asset::AssetChange;
use kinora_domain::asset::Asset;
use kinora_domain::labels::Labels;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is to be changed; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdateAsset {
    /// Merged into what is there (RFC 7396): a key that is `null` is removed.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Metadata>,
    /// Its title.
    pub title: Option<String>,
    /// All tags from now on.
    pub tags: Option<Vec<String>>,
    /// All attributes from now on, each `key=value`.
    pub attributes: Option<Vec<String>>,
}

/// An asset after a change.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdatedAsset {
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// All of its metadata.
    #[schema(value_type = Object)]
    pub metadata: Metadata,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its attributes, each `key=value`.
    pub attributes: Vec<String>,
    /// How far it is.
    pub status: AssetStatusName,
    /// When it was made.
    #[schema(format = DateTime)]
    pub create_date: String,
    /// When anything of it last changed.
    #[schema(format = DateTime)]
    pub last_modification_date: String,
}

fn show(asset: Asset, labels: Labels) -> UpdatedAsset {
    UpdatedAsset {
        id: asset.id.to_string(),
        metadata: metadata::show(asset.metadata.as_ref()),
        tags: labels.tags,
        attributes: labels.attributes.iter().map(ToString::to_string).collect(),
        status: asset.state.status().into(),
        create_date: moment::show(asset.created),
        last_modification_date: moment::show(asset.modified),
        title: asset.title,
    }
}

/// Changes what is said about an asset.
#[utoipa::path(
    patch, path = "/vod/v1/assets/{id}", operation_id = "updateAsset", tag = "Assets",
    params(("id" = String, Path, description = "The asset.")),
    request_body = Option<UpdateAsset>,
    responses(
        (status = 200, description = "The asset as it is now.", body = UpdatedAsset),
        (status = 400, description = "A field is wrong; nothing was changed.", body = ServiceStatus),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
        (status = 404, description = "There is no such asset.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn update_asset(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
    OptionalInput(body): OptionalInput<UpdateAsset>,
) -> Result<Json<UpdatedAsset>, Failure> {
    let body = body.unwrap_or_default();
    let change = AssetChange {
        title: body.title,
        metadata: metadata::store(body.metadata),
        tags: body.tags,
        attributes: body.attributes,
    };
    let id = path_id(&id, "asset")?;
    let (asset, labels) = kinora_app::asset::update_asset(&edge.app, &caller, id, change).await?;
    Ok(Json(show(asset, labels)))
}
