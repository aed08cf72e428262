//! What the state of renditions means for output and asset, and how work on them ends early.

use super::part;
use crate::app::App;
use crate::error::Error;
use crate::port::Tx;
use crate::work::Finished;
use kinora_domain::asset::AssetState;
use kinora_domain::file::Failure;
use kinora_domain::job::{LeasedJob, Work};
use kinora_domain::output::{Output, OutputState, Rendition, Role};
use kinora_domain::track::{Track, TrackKind};
use kinora_domain::{Kind, OutputId};
use kinora_media::SegmentMap;
use kinora_media::timing::{Timescale, rescale};

/// The attempt from which on a verdict against a file is believed.
const BELIEVED_AT: u32 = 3;

/// The reason of what needs a person.
const STALLED: &str = "processing_failed";

/// Completes a job whose work is not wanted any more, or is done already.
pub(super) async fn complete_only(app: &App, job: &LeasedJob) -> Result<Finished, Error> {
    let mut tx = app.store.begin().await?;
    if !tx.complete(job.id, job.token).await? {
        return Ok(Finished::LostLease);
    }
    tx.commit().await?;
    Ok(Finished::Done)
}

/// The work failed. What lies in the file fails the output, and the job is done; anything else may go
/// better another time. A verdict against the file counts when it comes three times: a program that is short of
/// memory or hit by something says the strangest things.
pub(super) async fn failed(app: &App, job: &LeasedJob, output: OutputId, error: Error) -> Result<Finished, Error> {
    let lasts = matches!(error.kind(), Kind::UnreadableMedia | Kind::UnsupportedMedia | Kind::TooLarge);
    if !lasts || job.attempt < BELIEVED_AT {
        return Err(error);
    }
    tracing::warn!(%output, error = %crate::causes(&error), "an output cannot be made of this file");
    let mut tx = app.store.begin().await?;
    if !tx.complete(job.id, job.token).await? {
        return Ok(Finished::LostLease);
    }
    fail_output(app, &mut *tx, output, Failure::from_problem(error.problem())).await?;
    tx.commit().await?;
    Ok(Finished::Done)
}

/// Nobody tries again what an output needs: it is stalled until a person has it tried anew. The rest of its
/// work goes on, so that nothing else is missing then.
pub(crate) async fn give_up(app: &App, tx: &mut dyn Tx, work: Work) -> Result<(), Error> {
    let Some(output) = output_of(tx, work).await? else { return Ok(()) };
    let Some(mut output) = tx.output(output).await?.filter(|output| !output.state.is_over()) else { return Ok(()) };
    let message = "The conversion failed on this server at every attempt.".to_owned();
    let failure = Failure { reason: STALLED.to_owned(), message };
    output.state = OutputState::Stalled(failure.clone());
    output.modified = app.clock.now();
    tx.update_output(&output).await?;
    fail_asset(app, tx, &output, failure).await
}

/// A job that was given up is tried anew: what it stalled goes on.
pub(crate) async fn resume(app: &App, tx: &mut dyn Tx, work: Work) -> Result<(), Error> {
    let Some(output) = output_of(tx, work).await? else { return Ok(()) };
    let Some(mut output) = tx.output(output).await? else { return Ok(()) };
    let OutputState::Stalled(_) = output.state else { return Ok(()) };
    output.state = OutputState::Processing { since: tx.database_now().await? };
    output.modified = app.clock.now();
    tx.update_output(&output).await?;
    if is_main(tx, &output).await?
        && let Some(mut asset) = tx.asset_of_anyone(output.asset).await?
        && matches!(&asset.state, AssetState::Failed(failure) if failure.reason == STALLED)
    {
        asset.state = AssetState::Processing;
        asset.modified = output.modified;
        tx.update_asset(&asset).await?;
    }
    app.playables.forget(output.asset);
    Ok(())
}

/// A job was canceled by an operator: the output that it is needed for is canceled as a whole, since it
/// would never be finished.
pub(crate) async fn call_off(app: &App, tx: &mut dyn Tx, work: Work) -> Result<(), Error> {
    let Some(output) = output_of(tx, work).await? else { return Ok(()) };
    let message = "The conversion was canceled by an operator of this server.".to_owned();
    fail_output(app, tx, output, Failure { reason: "processing_canceled".to_owned(), message }).await
}

/// The output that a piece of work is for.
async fn output_of(tx: &mut dyn Tx, work: Work) -> Result<Option<OutputId>, Error> {
    Ok(match work {
        Work::PlanOutput(output) | Work::SealPicture(output) | Work::IndexUpload(output) => Some(output),
        Work::FirstRung(rendition) | Work::EncodeSound(rendition) => {
            tx.rendition(rendition).await?.map(|rendition| rendition.output)
        }
        Work::EncodeChunk(chunk) => tx.chunk(chunk).await?.map(|chunk| chunk.output),
        // No film stalls for its captions.
        Work::ProbeFile(_) | Work::CopyAudio(_) | Work::ExpireOutput(_) | Work::ReadCaptions(_) => None,
    })
}

/// The output fails, the rest of its work is canceled, and an asset that does not play without it fails too.
async fn fail_output(app: &App, tx: &mut dyn Tx, id: OutputId, failure: Failure) -> Result<(), Error> {
    let Some(mut output) = tx.output(id).await?.filter(|output| !output.state.is_over()) else { return Ok(()) };
    let renditions = of_output(tx, &output).await?;
    cancel(tx, &output, &renditions).await?;
    release_sources(tx, &output, &renditions).await?;
    output.state = OutputState::Failed(failure.clone());
    output.modified = app.clock.now();
    tx.update_output(&output).await?;
    fail_asset(app, tx, &output, failure).await
}

/// Whether the state of its asset is that of this output: it is the oldest one.
async fn is_main(tx: &mut dyn Tx, output: &Output) -> Result<bool, Error> {
    Ok(tx.outputs(output.asset).await?.first().is_some_and(|main| main.id == output.id))
}

/// An asset that does not play without what failed fails with it.
async fn fail_asset(app: &App, tx: &mut dyn Tx, output: &Output, failure: Failure) -> Result<(), Error> {
    let id = output.asset;
    if is_main(tx, output).await?
        && let Some(mut asset) = tx.asset_of_anyone(id).await?
        && matches!(asset.state, AssetState::Pending | AssetState::Processing)
    {
        asset.state = AssetState::Failed(failure);
        asset.modified = app.clock.now();
        tx.update_asset(&asset).await?;
    }
    app.playables.forget(id);
    Ok(())
}

/// Ends all work that an output still has.
pub(super) async fn cancel(tx: &mut dyn Tx, output: &Output, renditions: &[Rendition]) -> Result<(), Error> {
    // The join takes its chunks with it.
    tx.cancel_work(Work::PlanOutput(output.id)).await?;
    tx.cancel_work(Work::SealPicture(output.id)).await?;
    tx.cancel_work(Work::IndexUpload(output.id)).await?;
    tx.cancel_work(Work::ReadCaptions(output.id)).await?;
    for rendition in renditions.iter().filter(|rendition| !rendition.sealed) {
        match rendition.role {
            Role::First(_) => tx.cancel_work(Work::FirstRung(rendition.id)).await?,
            Role::Sound(_) => tx.cancel_work(Work::EncodeSound(rendition.id)).await?,
            Role::Rung(_) | Role::Indexed { .. } | Role::Captions { .. } => false,
        };
    }
    Ok(())
}

/// The uploads are not needed for an output any more.
pub(super) async fn release_sources(tx: &mut dyn Tx, output: &Output, renditions: &[Rendition]) -> Result<(), Error> {
    for source in output.picture.iter().map(|source| source.object).chain(other_sources(renditions)) {
        tx.release_object(source).await?;
    }
    Ok(())
}

/// Of sound and captions, each of which has a reference of its own.
fn other_sources(renditions: &[Rendition]) -> impl Iterator<Item = kinora_domain::ObjectId> {
    renditions.iter().filter_map(|rendition| match &rendition.role {
        Role::Sound(plan) => Some(plan.source.object),
        Role::Indexed { source, .. } if source.kind == TrackKind::Audio => Some(source.object),
        Role::Captions { source, .. } => Some(source.object),
        Role::First(_) | Role::Rung(_) | Role::Indexed { .. } => None,
    })
}

pub(super) async fn of_output(tx: &mut dyn Tx, output: &Output) -> Result<Vec<Rendition>, Error> {
    let renditions = tx.renditions(output.asset).await?;
    Ok(renditions.into_iter().filter(|rendition| rendition.output == output.id).collect())
}

/// Brings output and asset to the state that their renditions have. What is done for one output at a time
/// by the lock on its row.
pub(crate) async fn settle(app: &App, tx: &mut dyn Tx, id: OutputId) -> Result<(), Error> {
    let Some(mut output) = tx.output(id).await? else { return Ok(()) };
    let renditions = of_output(tx, &output).await?;
    let planned = output.picture.is_none() || output.plan.is_some();
    // A quick rung is not waited for: the ladder takes its place.
    let waits = |rendition: &Rendition| !rendition.sealed && !matches!(rendition.role, Role::First(_));
    if !output.state.is_over() && planned && !renditions.iter().any(waits) {
        release_sources(tx, &output, &renditions).await?;
        output.state = OutputState::Completed;
        output.modified = app.clock.now();
        tx.update_output(&output).await?;
    }
    if !is_main(tx, &output).await? {
        return Ok(());
    }
    let Some(mut asset) = tx.asset_of_anyone(output.asset).await? else { return Ok(()) };
    // An asset is available when nothing of what it plays grows any more.
    if let Some(available) = available(app, tx, &output).await? {
        asset.state = available;
        asset.modified = app.clock.now();
        tx.update_asset(&asset).await?;
    }
    Ok(())
}

/// The state of an asset whose main output this is.
pub(crate) async fn state_of(app: &App, tx: &mut dyn Tx, output: &Output) -> Result<AssetState, Error> {
    if let Some(available) = available(app, tx, output).await? {
        return Ok(available);
    }
    Ok(match &output.state {
        OutputState::Stalled(failure) | OutputState::Failed(failure) => AssetState::Failed(failure.clone()),
        OutputState::Waiting | OutputState::Processing { .. } | OutputState::Completed => AssetState::Processing,
    })
}

/// `Available`, when nothing of what the output plays grows any more.
async fn available(app: &App, tx: &mut dyn Tx, output: &Output) -> Result<Option<AssetState>, Error> {
    let growing = |rendition: &Rendition| !rendition.sealed && rendition.role.plays_while_growing();
    let tracks = tx.tracks(output.asset).await?.into_iter();
    let plays = |track: &Track| track.output == output.id && track.listed && track.kind != TrackKind::Captions;
    let tracks: Vec<_> = tracks.filter(plays).collect();
    if tracks.is_empty() || of_output(tx, output).await?.iter().any(growing) {
        return Ok(None);
    }
    let (mut duration_ms, mut size_bytes) = (0, 0);
    for track in tracks {
        let map = part::load_map(app, track.map).await?;
        duration_ms = duration_ms.max(end_ms(&map));
        size_bytes += map.payload_bytes();
    }
    Ok(Some(AssetState::Available { duration_ms, size_bytes }))
}

/// When a track ends on the timeline of the presentation, in milliseconds.
pub(crate) fn end_ms(map: &SegmentMap) -> u64 {
    let end = map.start().saturating_add_unsigned(map.duration());
    u64::try_from(rescale(end, map.header().timescale, Timescale::MILLIS)).unwrap_or(0)
}
