//! Blocks become content.

use super::link::{self, UploadLink};
use super::write::{Condition, check, put_content, still_open};
use crate::app::App;
use crate::error::Error;
use crate::work::sweep_objects;
use kinora_domain::block::{Listed, ordered};
use kinora_domain::intake::Content;

/// Makes the listed blocks the content, in that order; others are gone from then on. No byte is moved.
///
/// # Errors
/// `Forbidden` link; no such video; `Conflict`: the upload is over; `Invalid`: a block is not there; `TooLarge`;
/// `AlreadyExists` and `Outdated` where a condition does not hold.
pub async fn order_blocks(
    app: &App,
    link: &UploadLink,
    conditions: &[Condition],
    list: &[Listed],
) -> Result<Content, Error> {
    let intake = link::follow(app, link).await?;
    let mut tx = app.store.begin().await?;
    let intake = still_open(app, &mut *tx, &intake).await?;
    check(conditions, intake.state.content()?)?;
    let (before, waiting) = (tx.stretches(intake.id).await?, tx.waiting_blocks(intake.id).await?);
    let made = ordered(list, &before, &waiting, app.limits.file_bytes)?;
    let content = put_content(app, &mut *tx, intake, &made).await?;
    tx.commit().await?;
    sweep_objects(app).await?;
    Ok(content)
}
