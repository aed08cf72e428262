//! A new link for a part, when the first one expired or was not given.

use super::link::{self, PartLink};
use crate::app::App;
use crate::error::Error;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::upload::PartLayout;
use kinora_domain::{FileId, Problem};

/// A link to write part `number` of an upload.
///
/// # Errors
/// No such file or part; the upload is over.
pub async fn part_link(app: &App, caller: &Caller, id: FileId, number: u64) -> Result<PartLink, Error> {
    caller.require(Permission::WriteMedia)?;
    let file = app.store.read().await?.file(caller.organization, id).await?;
    let file = file.ok_or_else(|| Problem::not_found("file"))?;
    PartLayout::stored(file.size).range(number)?;
    file.state.while_uploading()?;
    Ok(link::sign(app, id, number, app.clock.now()))
}
