//! Changes to what a client says about an asset.

use super::create::check_title;
use crate::app::App;
use crate::error::Error;
use crate::metadata;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::asset::Asset;
use kinora_domain::file::MetadataJson;
use kinora_domain::labels::Labels;
use kinora_domain::{AssetId, Problem};

/// What is to be changed; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssetChange {
    /// The title from now on.
    pub title: Option<String>,
    /// A JSON object that is merged into the metadata (RFC 7396): `null` removes a key.
    pub metadata: Option<MetadataJson>,
    /// All tags from now on.
    pub tags: Option<Vec<String>>,
    /// All attributes from now on, each `key=value`.
    pub attributes: Option<Vec<String>>,
}

/// Changes an asset. Nothing is changed where a part of it is refused.
///
/// # Errors
/// There is no such asset for this caller; `Invalid` title, metadata, tags or attributes.
pub async fn update_asset(
    app: &App,
    caller: &Caller,
    id: AssetId,
    change: AssetChange,
) -> Result<(Asset, Labels), Error> {
    caller.require(Permission::WriteMedia)?;
    let mut tx = app.store.begin().await?;
    let mut asset = tx.asset(caller.organization, id).await?.ok_or_else(|| Problem::not_found("asset"))?;
    let labels = tx.asset_labels(id).await?;
    let AssetChange { title, metadata, tags, attributes } = change;
    let relabels = tags.is_some() || attributes.is_some();
    if !relabels && title.is_none() && metadata.is_none() {
        return Ok((asset, labels));
    }
    if title.is_some() {
        check_title(title.as_deref())?;
        asset.title = title;
    }
    if let Some(patch) = metadata {
        asset.metadata = metadata::merge(asset.metadata.as_ref(), &patch)?;
    }
    let labels = labels.changed(tags.as_deref(), attributes.as_deref())?;
    if relabels {
        tx.put_asset_labels(&asset, &labels).await?;
    }
    asset.modified = app.clock.now();
    tx.update_asset(&asset).await?;
    tx.commit().await?;
    Ok((asset, labels))
}
