//! Audio of an interleaved upload, copied into an object of its own: a few per cent of the bytes, but
//! read in place it drags in the video between them, twenty times as much.

use super::ending::Finished;
use super::sweep::sweep_objects;
use crate::app::App;
use crate::error::Error;
use crate::fresh;
use crate::port::Piece;
use kinora_domain::job::LeasedJob;
use kinora_domain::track::Track;
use kinora_domain::{Kind, ObjectId, Problem, TrackId};
use kinora_media::map::SegmentMap;

/// Sound is copied out when reading it in place drags in more than this many times its bytes.
const COPY_OUT_ABOVE: u64 = 2;

/// Whether it is worth the while.
pub(crate) fn is_scattered(map: &SegmentMap) -> bool {
    let span = map.span();
    span.end.saturating_sub(span.start) > map.payload_bytes().saturating_mul(COPY_OUT_ABOVE)
}

/// The job: copies the samples, renders the same map over the copy, and moves the track to both in one
/// fenced transaction. The version stays: the same segments come out of either object.
pub(super) async fn run(app: &App, job: &LeasedJob, id: TrackId) -> Result<Finished, Error> {
    let track = app.store.read().await?.track(id).await?;
    let Some(track) = track else { return complete_only(app, job).await };
    let stored = app.blobs.open(track.map).await?;
    let map = SegmentMap::decode(stored.read(0..stored.size()).await?.to_vec()).map_err(|error| {
        Error::caused(Problem::new(Kind::Internal, "internal", "The index of the track is damaged."), error)
    })?;
    if map.is_contiguous() {
        return complete_only(app, job).await;
    }
    let moved = Track { media: ObjectId::new(fresh::uuid(app)), map: ObjectId::new(fresh::uuid(app)), ..track.clone() };
    let relocated = map.relocated().map_err(|error| {
        Error::caused(Problem::new(Kind::Internal, "internal", "The index of the track cannot be moved."), error)
    })?;
    let map_size = relocated.as_bytes().len() as u64;
    let published = async {
        let from = app.blobs.open(track.media).await?;
        let size = app.blobs.gather(vec![Piece { from, ranges: map.all_runs().collect() }], moved.media).await?;
        app.blobs.put(moved.map, relocated.as_bytes().to_vec()).await?;
        publish(app, job, &track, &moved, [(moved.media, size), (moved.map, map_size)]).await
    }
    .await;
    if !matches!(published, Ok(Finished::Done)) {
        app.blobs.delete(moved.media).await?;
        app.blobs.delete(moved.map).await?;
        return published;
    }
    app.playables.forget(track.asset);
    sweep_objects(app).await?;
    published
}

async fn publish(
    app: &App,
    job: &LeasedJob,
    from: &Track,
    to: &Track,
    objects: [(ObjectId, u64); 2],
) -> Result<Finished, Error> {
    let mut tx = app.store.begin().await?;
    if !tx.complete(job.id, job.token).await? {
        return Ok(Finished::LostLease);
    }
    if tx.track(from.id).await?.as_ref() != Some(from) {
        // The asset was deleted, or the track moved, while the copy was made.
        tx.commit().await?;
        return Ok(Finished::LostLease);
    }
    for (object, size) in objects {
        tx.insert_object(object, size).await?;
    }
    tx.update_track(to).await?;
    tx.release_object(from.media).await?;
    tx.release_object(from.map).await?;
    tx.commit().await?;
    Ok(Finished::Done)
}

async fn complete_only(app: &App, job: &LeasedJob) -> Result<Finished, Error> {
    let mut tx = app.store.begin().await?;
    if !tx.complete(job.id, job.token).await? {
        return Ok(Finished::LostLease);
    }
    tx.commit().await?;
    Ok(Finished::Done)
}
