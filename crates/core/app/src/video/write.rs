//! The bytes of a video on their way to the disk: one block, or all at once.

use super::checksum::{Checksum, Sum};
use super::link::{self, UploadLink};
use crate::app::App;
use crate::error::{Error, causes};
use crate::fresh;
use crate::port::{Blobs, Tx};
use crate::upload::BodyError;
use crate::work::sweep_objects;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use kinora_domain::block::{Block, BlockName, left_behind, same_length, too_large};
use kinora_domain::intake::{Content, Intake, IntakeState, Stretch};
use kinora_domain::{Kind, ObjectId, Problem};
use std::pin::pin;
use std::sync::Arc;

/// What must hold for content to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// There is none yet.
    Absent,
    /// There is some.
    Present,
    /// It is of one of these tags.
    Tagged(Vec<String>),
    /// It is of none of these tags.
    NotTagged(Vec<String>),
}

/// Passes content that meets all conditions.
///
/// # Errors
/// `AlreadyExists`: there is some that must not be; `Outdated`: it is another.
pub(super) fn check(conditions: &[Condition], content: Option<&Content>) -> Result<(), Problem> {
    let is_one = |tags: &[String]| content.is_some_and(|content| tags.contains(&content.tag));
    for condition in conditions {
        let holds = match condition {
            Condition::Absent if content.is_some() => {
                return Err(Problem::new(Kind::AlreadyExists, "content_exists", "The video has been written already."));
            }
            Condition::Absent => true,
            Condition::Present => content.is_some(),
            Condition::Tagged(tags) => is_one(tags),
            Condition::NotTagged(tags) => !is_one(tags),
        };
        if !holds {
            return Err(Problem::new(Kind::Outdated, "outdated", "What is written is not what the condition names."));
        }
    }
    Ok(())
}

/// An object that is deleted unless it is kept, however its making ends: the space of an upload that broke off is free again.
struct Unkept {
    blobs: Arc<dyn Blobs>,
    object: Option<ObjectId>,
}

impl Unkept {
    fn keep(mut self) {
        self.object = None;
    }
}

impl Drop for Unkept {
    fn drop(&mut self) {
        let Some(object) = self.object.take() else { return };
        let blobs = Arc::clone(&self.blobs);
        // Without a runtime the process is ending: what is left then is swept at the next start.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = blobs.delete(object).await {
                    tracing::warn!(error = %causes(&error), "removing a block that broke off");
                }
            });
        }
    }
}

/// Writes a block, which waits for a list from then on, in place of one of its name.
///
/// # Errors
/// `Forbidden` link; no such video; `Conflict`: the upload is over, or too many blocks wait; `TooLarge`; `Invalid`: the body ends
/// early, or is not what its checksum says; the name is longer or shorter than others; `StorageFull`. Whatever fails,
/// the block can be sent again.
pub async fn write_block<B>(
    app: &App,
    link: &UploadLink,
    name: BlockName,
    (size, checksum): (u64, Option<Checksum>),
    body: B,
) -> Result<(), Error>
where
    B: Stream<Item = Result<Bytes, BodyError>> + Send,
{
    let intake = link::follow(app, link).await?;
    intake.state.content()?;
    {
        let mut tx = app.store.read().await?;
        welcome(app, &mut *tx, &intake, &name, size).await?;
    }
    let (object, unkept) = receive(app, (size, checksum), body).await?;
    let mut tx = app.store.begin().await?;
    let mut intake = still_open(app, &mut *tx, &intake).await?;
    welcome(app, &mut *tx, &intake, &name, size).await?;
    tx.insert_object(object, size).await?;
    let replaced = tx.put_block(intake.id, &Block { name, object, size }).await?;
    if let Some(replaced) = replaced {
        tx.release_object(replaced).await?;
    }
    intake.modified = app.clock.now();
    tx.update_intake(&intake).await?;
    tx.commit().await?;
    unkept.keep();
    if replaced.is_some() { sweep_objects(app).await } else { Ok(()) }
}

/// Whether one more block may wait.
async fn welcome(app: &App, tx: &mut dyn Tx, intake: &Intake, name: &BlockName, size: u64) -> Result<(), Error> {
    same_length(name, tx.any_block(intake.id).await?.as_ref())?;
    Ok(tx.waiting(intake.id).await?.welcome(size, app.limits.file_bytes)?)
}

/// Writes all of the content in one piece; blocks that wait are gone from then on. Gives what was written.
///
/// # Errors
/// As [`write_block`]; `AlreadyExists` and `Outdated` where a condition does not hold.
pub async fn write_whole<B>(
    app: &App,
    link: &UploadLink,
    conditions: &[Condition],
    (size, checksum): (u64, Option<Checksum>),
    body: B,
) -> Result<Content, Error>
where
    B: Stream<Item = Result<Bytes, BodyError>> + Send,
{
    let intake = link::follow(app, link).await?;
    check(conditions, intake.state.content()?)?;
    if size > app.limits.file_bytes {
        return Err(too_large(app.limits.file_bytes).into());
    }
    let (object, unkept) = receive(app, (size, checksum), body).await?;
    let mut tx = app.store.begin().await?;
    let intake = still_open(app, &mut *tx, &intake).await?;
    check(conditions, intake.state.content()?)?;
    tx.insert_object(object, size).await?;
    let content = put_content(app, &mut *tx, intake, &[Stretch { name: None, object, size }]).await?;
    tx.commit().await?;
    unkept.keep();
    sweep_objects(app).await?;
    Ok(content)
}

/// Stores the content in place of the one before, and lets go of what nothing needs any more.
pub(super) async fn put_content(
    app: &App,
    tx: &mut dyn Tx,
    mut intake: Intake,
    made: &[Stretch],
) -> Result<Content, Error> {
    let (before, waiting) = (tx.stretches(intake.id).await?, tx.waiting_blocks(intake.id).await?);
    for object in left_behind(made, &before, &waiting) {
        tx.release_object(object).await?;
    }
    tx.put_stretches(intake.id, made).await?;
    let now = app.clock.now();
    let size = made.iter().map(|stretch| stretch.size).sum();
    let content = Content { tag: fresh::hex_token::<8>(app), size, written: now };
    intake.state = IntakeState::Open { content: Some(content.clone()) };
    intake.modified = now;
    tx.update_intake(&intake).await?;
    Ok(content)
}

/// The intake as it is now.
pub(super) async fn still_open(app: &App, tx: &mut dyn Tx, intake: &Intake) -> Result<Intake, Error> {
    let intake = tx.intake_of_anyone(intake.id).await?.ok_or_else(|| Problem::not_found("video"))?;
    intake.state.content()?;
    if app.turns.is_taken(intake.id) {
        let message = "The upload of this video is being completed.";
        return Err(Problem::new(Kind::Conflict, "upload_completed", message).into());
    }
    Ok(intake)
}

/// Writes the bytes of a body into an object of its own, whose space is taken first.
async fn receive<B>(app: &App, (size, checksum): (u64, Option<Checksum>), body: B) -> Result<(ObjectId, Unkept), Error>
where
    B: Stream<Item = Result<Bytes, BodyError>> + Send,
{
    let object = ObjectId::new(fresh::uuid(app));
    let unkept = Unkept { blobs: Arc::clone(&app.blobs), object: Some(object) };
    app.blobs.create(object, size).await?;
    let mut writer = app.blobs.writer(object, 0..size).await?;
    let mut sum = checksum.map(Sum::new);
    let mut body = pin!(body);
    let mut received = 0_u64;
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|broken| Error::caused(ended_early(), broken))?;
        received = received.saturating_add(piece.len() as u64);
        if received > size {
            let message = format!("The body is longer than the {size} bytes that were announced.");
            return Err(Problem::new(Kind::TooLarge, "body_too_long", message).into());
        }
        if let Some(sum) = &mut sum {
            sum.update(&piece);
        }
        writer.write(piece).await?;
    }
    if received < size {
        return Err(ended_early().into());
    }
    if let Some(sum) = sum {
        sum.check()?;
    }
    writer.finish().await?;
    Ok((object, unkept))
}

fn ended_early() -> Problem {
    Problem::new(
        Kind::Invalid,
        "incomplete_body",
        "The body ended early. Send it again; what was stored before is kept.",
    )
}
