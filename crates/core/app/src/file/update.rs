//! Changes to what a client says about a file.

use super::list::LabeledFile;
use super::name;
use crate::app::App;
use crate::error::Error;
use crate::metadata;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::file::MetadataJson;
use kinora_domain::{FileId, Problem};

/// What is to be changed; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileChange {
    /// The name from now on.
    pub name: Option<String>,
    /// The display name from now on.
    pub friendly_name: Option<String>,
    /// A JSON object that is merged into the metadata (RFC 7396): `null` removes a key.
    pub metadata: Option<MetadataJson>,
    /// All tags from now on.
    pub tags: Option<Vec<String>>,
    /// All attributes from now on, each `key=value`.
    pub attributes: Option<Vec<String>>,
}

/// Changes a file. Nothing is changed where a part of it is refused.
///
/// # Errors
/// There is no such file for this caller; `Invalid` names, metadata, tags or attributes.
pub async fn update_file(app: &App, caller: &Caller, id: FileId, change: FileChange) -> Result<LabeledFile, Error> {
    caller.require(Permission::WriteMedia)?;
    let mut tx = app.store.begin().await?;
    let mut file = tx.file(caller.organization, id).await?.ok_or_else(|| Problem::not_found("file"))?;
    let labels = tx.file_labels(&[id]).await?.remove(&id).unwrap_or_default();
    if change == FileChange::default() {
        return Ok(LabeledFile { file, labels });
    }
    let FileChange { name, friendly_name, metadata, tags, attributes } = change;
    let relabels = tags.is_some() || attributes.is_some();
    if let Some(name) = name {
        name::check("name", &name)?;
        file.name = name;
    }
    if let Some(name) = friendly_name {
        name::check("friendlyName", &name)?;
        file.friendly_name = name;
    }
    if let Some(patch) = metadata {
        file.metadata = metadata::merge(file.metadata.as_ref(), &patch)?;
    }
    let labels = labels.changed(tags.as_deref(), attributes.as_deref())?;
    if relabels {
        tx.put_file_labels(&file, &labels).await?;
    }
    file.modified = app.clock.now();
    tx.update_file(&file).await?;
    tx.commit().await?;
    Ok(LabeledFile { file, labels })
}
