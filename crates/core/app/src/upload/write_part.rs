//! The bytes of a part.

use super::active::PartSlot;
use super::link::{self, PartLink};
use crate::app::App;
use crate::error::Error;
use crate::file::unless_gone;
use crate::fresh;
use crate::port::RangeWriter;
use bytes::Bytes;
use core::ops::Range;
use futures_util::{Stream, StreamExt as _};
use kinora_domain::file::File;
use kinora_domain::upload::{PartLayout, StoredPart};
use kinora_domain::{Kind, Problem};
use std::pin::pin;

/// The client's connection broke, or its body was malformed.
#[derive(Debug, thiserror::Error)]
#[error("receiving the body")]
pub struct BodyError(#[source] pub Box<dyn core::error::Error + Send + Sync>);

/// Writes a part at its place and acknowledges it with an ETag that names this writing. `declared`
/// is the length that the client announced, where it did.
///
/// # Errors
/// `Forbidden` link; no such file; `Conflict` when the upload is over or a newer request for the same
/// part took over; `TooLarge` or `Invalid` length; `StorageFull`. Whatever fails, the part can be sent
/// again and the other parts are untouched.
pub async fn write_part<B>(app: &App, link: &PartLink, declared: Option<u64>, body: B) -> Result<StoredPart, Error>
where
    B: Stream<Item = Result<Bytes, BodyError>> + Send,
{
    link::check(app, link)?;
    let (file, range) = accept(app, link).await?;
    if let Some(declared) = declared {
        check_length(link.part, declared, &range)?;
    }
    let slot = app.active_parts.take(file.id, link.part).await.ok_or_else(superseded)?;
    forget_stored(app, link).await?;
    let writer = match app.blobs.writer(file.object, range.clone()).await {
        Ok(writer) => writer,
        Err(error) => return Err(unless_gone(app, file.organization, file.id, error.into()).await),
    };
    let size = tokio::select! {
        size = receive(writer, body, link.part, &range) => size?,
        () = slot.superseded() => return Err(superseded().into()),
    };
    check_length(link.part, size, &range)?;
    acknowledge(app, link, size, slot).await
}

async fn accept(app: &App, link: &PartLink) -> Result<(File, Range<u64>), Error> {
    let file = app.store.read().await?.file_of_anyone(link.file).await?;
    let file = file.ok_or_else(|| Problem::not_found("file"))?;
    file.state.while_uploading()?;
    let range = PartLayout::stored(file.size).range(link.part)?;
    Ok((file, range))
}

/// The row of an earlier writing goes first: from here on its bytes are being replaced.
async fn forget_stored(app: &App, link: &PartLink) -> Result<(), Error> {
    let stored = app.store.read().await?.parts(link.file).await?;
    if stored.iter().all(|part| part.number != link.part) {
        return Ok(());
    }
    let mut tx = app.store.begin().await?;
    let file = tx.file_of_anyone(link.file).await?.ok_or_else(|| Problem::not_found("file"))?;
    file.state.while_uploading()?;
    tx.delete_part(link.file, link.part).await?;
    Ok(tx.commit().await?)
}

async fn receive<B>(mut writer: Box<dyn RangeWriter>, body: B, part: u64, range: &Range<u64>) -> Result<u64, Error>
where
    B: Stream<Item = Result<Bytes, BodyError>> + Send,
{
    let mut body = pin!(body);
    let mut received: u64 = 0;
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|broken| {
            let message =
                format!("The body of part {part} ended early. Send the part again; the other parts are kept.");
            Error::caused(Problem::new(Kind::Invalid, "incomplete_body", message), broken)
        })?;
        received = received.saturating_add(piece.len() as u64);
        if received > range.end - range.start {
            return Err(too_long(part, range).into());
        }
        writer.write(piece).await?;
    }
    Ok(writer.finish().await?)
}

async fn acknowledge(app: &App, link: &PartLink, size: u64, slot: PartSlot) -> Result<StoredPart, Error> {
    let part = StoredPart { number: link.part, etag: fresh::hex_token::<16>(app), size };
    let mut tx = app.store.begin().await?;
    let mut file = tx.file_of_anyone(link.file).await?.ok_or_else(|| Problem::not_found("file"))?;
    file.state.while_uploading()?;
    tx.put_part(link.file, &part).await?;
    file.modified = app.clock.now();
    tx.update_file(&file).await?;
    tx.commit().await?;
    drop(slot);
    Ok(part)
}

fn check_length(part: u64, length: u64, range: &Range<u64>) -> Result<(), Problem> {
    let expected = range.end - range.start;
    match length.cmp(&expected) {
        core::cmp::Ordering::Equal => Ok(()),
        core::cmp::Ordering::Greater => Err(too_long(part, range)),
        core::cmp::Ordering::Less => Err(Problem::new(
            Kind::Invalid,
            "part_too_short",
            format!("Part {part} has {length} bytes; {expected} are expected. Send the part again."),
        )),
    }
}

fn too_long(part: u64, range: &Range<u64>) -> Problem {
    Problem::new(
        Kind::TooLarge,
        "part_too_long",
        format!("Part {part} is longer than the {} bytes expected.", range.end - range.start),
    )
}

fn superseded() -> Problem {
    Problem::new(Kind::Conflict, "part_superseded", "A newer request is sending this part.")
}
