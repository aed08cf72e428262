//! The index of uploads that have none: read once from the beginning, published while it grows, sealed at the end.
//! What plays lies in the upload itself; only of streams the samples are stored anew.
//!
//! An attempt that follows another reads again from the beginning and publishes what is new: where tracks are placed
//! and cut depends on the file alone.

mod foreign;
mod lane;
mod upload;

use super::{grow, part, seal, settle};
use crate::app::App;
use crate::error::Error;
use crate::port::Amount;
use crate::work::Finished;
use core::time::Duration;
use kinora_domain::job::{Beat, LEASE_MS, LeasedJob};
use kinora_domain::output::{Output, Part, Rendition, Role};
use kinora_domain::track::TrackKind;
use kinora_domain::{ObjectId, OutputId};
use lane::Lane;
use tokio::time::Instant;
use upload::{Trouble, Upload};

/// After the first, pieces are published this far apart.
const EVERY: Duration = Duration::from_millis(300);
/// Unless so many bytes wait in memory.
const MOST_WAITING: usize = 8 << 20;

/// The job.
pub(crate) async fn run(app: &App, job: &LeasedJob, id: OutputId) -> Result<Finished, Error> {
    let Some((output, all)) = wanted(app, id).await? else { return settle::complete_only(app, job).await };
    let own: Vec<_> = all.iter().filter(|rendition| is_indexed(rendition) && !rendition.sealed).cloned().collect();
    if own.is_empty() {
        return settle::complete_only(app, job).await;
    }
    match index(app, job, &output, &all, &own).await {
        Ok(Ended::Whole { empty, origins }) => {
            let (empty, full): (Vec<_>, Vec<_>) =
                own.into_iter().partition(|rendition| empty.contains(&rendition.position));
            seal::seal_indexed(app, job, &output, (&full, &empty), &origins).await
        }
        Ok(Ended::Foreign(why)) => {
            tracing::info!(output = %id, %why, "an upload is converted, as its index cannot be read");
            foreign::turn(app, job, &output, &own).await
        }
        Err(error) => settle::failed(app, job, id, error).await,
    }
}

/// How the reading ended.
enum Ended {
    /// All that there is was published; the renditions at these positions have nothing. With it the uploads, each with what
    /// of its timeline is zero in the presentation, in microseconds.
    Whole { empty: Vec<u32>, origins: Vec<(ObjectId, i64)> },
    /// Nothing was published, and why.
    Foreign(String),
}

async fn wanted(app: &App, id: OutputId) -> Result<Option<(Output, Vec<Rendition>)>, Error> {
    let mut tx = app.store.read().await?;
    let Some(output) = tx.output(id).await?.filter(|output| !output.state.is_over()) else { return Ok(None) };
    let renditions = settle::of_output(&mut *tx, &output).await?;
    Ok(Some((output, renditions)))
}

const fn is_indexed(rendition: &Rendition) -> bool {
    matches!(rendition.role, Role::Indexed { .. })
}

async fn index(
    app: &App,
    job: &LeasedJob,
    output: &Output,
    all: &[Rendition],
    own: &[Rendition],
) -> Result<Ended, Error> {
    let Some(mut uploads) = upload::open(app, output, all, own).await? else {
        return Ok(Ended::Foreign("the upload cannot be indexed".to_owned()));
    };
    let mut published: Option<Instant> = None;
    // The upload that is the least far goes on: what plays together comes together.
    while let Some(upload) = uploads.iter_mut().filter(|upload| !upload.ended).min_by_key(|upload| upload.reached()) {
        match upload.advance(app).await? {
            Ok(()) => {}
            Err(Trouble::Refused(problem)) => return Err(problem.into()),
            Err(Trouble::Damaged(problem)) if was_published(&uploads) => {
                tracing::warn!(output = %output.id, %problem, "what of an upload can be read is played");
            }
            Err(Trouble::Damaged(problem)) => return Ok(Ended::Foreign(problem.to_string())),
        }
        if is_due(&uploads, published) {
            publish(app, job, &mut uploads).await?;
            published = Some(Instant::now());
        }
    }
    let without = |lane: &&Lane| !lane.is_published() && lane.ready.is_empty();
    let empty: Vec<_> = lanes(&uploads).filter(without).map(|lane| (lane.kind(), lane.rendition.position)).collect();
    let nothing = empty.len() == own.len() || empty.iter().any(|(kind, _)| *kind == TrackKind::Video);
    if nothing && !was_published(&uploads) {
        return Ok(Ended::Foreign("a track has no samples".to_owned()));
    }
    publish(app, job, &mut uploads).await?;
    let origins = uploads.iter().filter_map(Upload::origin).collect();
    Ok(Ended::Whole { empty: empty.into_iter().map(|(_, position)| position).collect(), origins })
}

fn lanes(uploads: &[Upload]) -> impl Iterator<Item = &Lane> {
    uploads.iter().flat_map(|upload| &upload.lanes)
}

fn was_published(uploads: &[Upload]) -> bool {
    lanes(uploads).any(Lane::is_published)
}

/// Whether there is something to publish by now: at first a segment of everything.
fn is_due(uploads: &[Upload], published: Option<Instant>) -> bool {
    if lanes(uploads).map(Lane::bytes_ready).sum::<usize>() > MOST_WAITING {
        return true;
    }
    match published {
        Some(last) => last.elapsed() >= EVERY,
        None => lanes(uploads).all(|lane| lane.is_published() || !lane.ready.is_empty()),
    }
}

/// Publishes all closed segments in one fenced transaction.
async fn publish(app: &App, job: &LeasedJob, uploads: &mut [Upload]) -> Result<(), Error> {
    let mut pieces = Vec::new();
    for lane in uploads.iter_mut().flat_map(|upload| &mut upload.lanes) {
        match lane.store(app).await {
            Ok(piece) => pieces.extend(piece.map(|piece| (lane, piece))),
            Err(error) => {
                discard(app, &pieces).await;
                return Err(error);
            }
        }
    }
    if pieces.is_empty() {
        return Ok(());
    }
    let kept = keep(app, job, &pieces).await;
    if kept.is_err() {
        discard(app, &pieces).await;
    }
    kept?;
    for (lane, _) in &mut pieces {
        lane.next_part += 1;
    }
    if let Some((lane, _)) = pieces.first() {
        app.playables.forget(lane.rendition.asset);
    }
    Ok(())
}

async fn keep(app: &App, job: &LeasedJob, pieces: &[(&mut Lane, part::Stored)]) -> Result<(), Error> {
    let mut tx = app.store.begin().await?;
    if tx.beat(job.id, job.token, LEASE_MS).await? != Beat::Held {
        return Err(grow::lost());
    }
    for (lane, piece) in pieces {
        piece.insert(&mut *tx).await?;
        let part = Part { number: lane.next_part, media: piece.media, map: piece.map };
        tx.insert_part(lane.rendition.id, &part).await?;
        if lane.kind() == TrackKind::Audio {
            let amount = Amount { done: lane.reached_ms(), total: lane.rendition.duration_ms };
            tx.report_rendition(lane.rendition.id, amount).await?;
        }
    }
    Ok(tx.commit().await?)
}

async fn discard(app: &App, pieces: &[(&mut Lane, part::Stored)]) {
    for (_, piece) in pieces {
        piece.discard(app).await;
    }
}
