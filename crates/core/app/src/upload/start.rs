//! The start of an upload.

use super::link::{self, PartLink};
use crate::app::App;
use crate::error::Error;
use crate::file::name;
use crate::fresh;
use crate::idempotency::{Made, Once};
use crate::metadata;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::file::{File, FileState, MetadataJson};
use kinora_domain::upload::PartLayout;
use kinora_domain::{FileId, ObjectId, Problem};

/// Links given at the start; for the parts after them a client asks one by one.
const LINKS_AT_START: u64 = 1_000;

/// What a client says about the file that it is going to send.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// Its name for the file. Data only.
    pub name: String,
    /// Its display name.
    pub friendly_name: String,
    /// Its metadata, a JSON object.
    pub metadata: Option<MetadataJson>,
    /// Bytes.
    pub size: u64,
}

/// An upload that parts can be sent to.
#[derive(Debug, Clone)]
pub struct StartedUpload {
    /// The file, uploading.
    pub file: File,
    /// How it is cut.
    pub layout: PartLayout,
    /// Links for the first parts, at most 1,000.
    pub links: Vec<PartLink>,
}

impl Made for StartedUpload {
    const NEEDS: Permission = Permission::WriteMedia;
}

/// Reserves the space of a file and hands out links to write its parts.
///
/// # Errors
/// `Invalid` names; size zero; `TooLarge`; `StorageFull` when the space cannot be reserved: then
/// nothing is left behind.
pub async fn start_upload(
    app: &App,
    caller: &Caller,
    new: NewUpload,
    once: Once<'_, StartedUpload>,
) -> Result<StartedUpload, Error> {
    caller.require(Permission::WriteMedia)?;
    name::check("name", &new.name)?;
    name::check("friendlyName", &new.friendly_name)?;
    metadata::check(new.metadata.as_ref())?;
    let layout = PartLayout::new(new.size, app.limits.file_bytes)?;
    let organization = app.store.read().await?.organization(caller.organization).await?;
    let organization = organization.ok_or_else(|| Problem::not_found("organization"))?;
    let now = app.clock.now();
    let file = File {
        id: FileId::new(fresh::uuid(app)),
        organization: caller.organization,
        project: organization.default_project,
        original_name: new.name.clone(),
        name: new.name,
        friendly_name: new.friendly_name,
        metadata: new.metadata,
        size: new.size,
        object: ObjectId::new(fresh::uuid(app)),
        state: FileState::Uploading,
        created: now,
        modified: now,
    };
    app.blobs.create(file.object, file.size).await?;
    let links = (1..=layout.count().min(LINKS_AT_START)).map(|part| link::sign(app, file.id, part, now)).collect();
    let started = StartedUpload { file, layout, links };
    if let Err(error) = record(app, &started, &once).await {
        app.blobs.delete(started.file.object).await?;
        return Err(error);
    }
    Ok(started)
}

async fn record(app: &App, started: &StartedUpload, once: &Once<'_, StartedUpload>) -> Result<(), Error> {
    let file = &started.file;
    let mut tx = app.store.begin().await?;
    tx.insert_object(file.object, file.size).await?;
    tx.insert_file(file).await?;
    once.keep(&mut *tx, started).await?;
    Ok(tx.commit().await?)
}
