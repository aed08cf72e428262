//! What of a video was written, for who writes it.

use super::link::{self, UploadLink};
use crate::app::App;
use crate::error::Error;
use kinora_domain::block::Block;
use kinora_domain::intake::{Content, Stretch};
use kinora_domain::{Kind, Problem};

/// The blocks of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocks {
    /// What was written as a whole.
    pub content: Option<Content>,
    /// Its stretches, in order.
    pub stretches: Vec<Stretch>,
    /// Blocks that wait for a list, by name.
    pub waiting: Vec<Block>,
}

/// What was written as a whole.
///
/// # Errors
/// `Forbidden` link; no such video; `Conflict`: the upload is over; `NotFound`: nothing was.
pub async fn properties(app: &App, link: &UploadLink) -> Result<Content, Error> {
    let intake = link::follow(app, link).await?;
    let content = intake.state.content()?.cloned();
    Ok(content.ok_or_else(|| Problem::new(Kind::NotFound, "nothing_written", "Nothing was written as a whole yet."))?)
}

/// All blocks, in order and waiting.
///
/// # Errors
/// As [`properties`].
pub async fn blocks(app: &App, link: &UploadLink) -> Result<Blocks, Error> {
    let intake = link::follow(app, link).await?;
    let content = intake.state.content()?.cloned();
    let mut tx = app.store.read().await?;
    let (stretches, waiting) = (tx.stretches(intake.id).await?, tx.waiting_blocks(intake.id).await?);
    if content.is_none() && waiting.is_empty() {
        return Err(Problem::new(Kind::NotFound, "nothing_written", "Nothing was written yet.").into());
    }
    Ok(Blocks { content, stretches, waiting })
}
