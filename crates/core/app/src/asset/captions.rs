//! Captions of an asset: read once, and stored as they are shown.

use super::prepare::PreparedCaptions;
use crate::app::App;
use crate::error::Error;
use crate::file::captions;
use crate::fresh;
use kinora_domain::file::File;
use kinora_domain::selection::Selected;
use kinora_domain::{ObjectId, Problem};
use kinora_media::captions::Facts;

/// Reads the captions that were selected, and stores them with what manifests say of them.
///
/// # Errors
/// The file is not there any more, or cannot be read; storage.
pub(super) async fn prepare(
    app: &App,
    pick: &Selected,
    files: &[File],
    position: u32,
) -> Result<PreparedCaptions, Error> {
    let file = files.get(pick.source).ok_or_else(|| Problem::not_found("file"))?;
    let object = app.blobs.open(file.object).await?;
    let (_, captions) = captions::read(&*object).await?;
    let facts = Facts { language: pick.language.clone(), name: pick.name.clone() };
    let text = store(app, captions.write().into_bytes()).await?;
    Ok(PreparedCaptions { position, text, facts: store(app, facts.encode()).await? })
}

async fn store(app: &App, bytes: Vec<u8>) -> Result<(ObjectId, u64), Error> {
    let object = ObjectId::new(fresh::uuid(app));
    let size = bytes.len() as u64;
    app.blobs.put(object, bytes).await?;
    Ok((object, size))
}
