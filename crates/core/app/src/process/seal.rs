//! From the pieces of renditions to tracks.

use super::part::{self, Assembled};
use super::{captions, request, settle};
use crate::app::App;
use crate::error::Error;
use crate::fresh;
use crate::port::{Piece, Tx};
use crate::work::{Finished, copy_audio, sweep_objects};
use kinora_domain::job::{LeasedJob, Work};
use kinora_domain::output::{Output, Part, Rendition, Role};
use kinora_domain::track::{Track, TrackKind};
use kinora_domain::{Kind, ObjectId, OutputId, Problem, TrackId};

/// A rendition in one object and one map that no row refers to yet.
struct Sealed {
    rendition: Rendition,
    parts: Vec<Part>,
    media: Media,
    map: (ObjectId, u64),
    /// Whether it is sound that lies scattered over an upload.
    scattered: bool,
}

enum Media {
    /// Gathered from the pieces: the object and its size.
    Own(ObjectId, u64),
    /// All pieces lie in this one.
    Shared(ObjectId),
}

impl Sealed {
    async fn discard(&self, app: &App) {
        let own = match self.media {
            Media::Own(object, _) => Some(object),
            Media::Shared(_) => None,
        };
        for object in own.into_iter().chain([self.map.0]) {
            if let Err(error) = app.blobs.delete(object).await {
                tracing::warn!(error = %crate::causes(&error), "removing what is not needed");
            }
        }
    }

    /// The track, in place of the pieces.
    async fn insert(&self, app: &App, tx: &mut dyn Tx) -> Result<TrackId, Error> {
        let media = match self.media {
            Media::Own(object, size) => {
                tx.insert_object(object, size).await?;
                object
            }
            Media::Shared(object) => {
                tx.retain_object(object).await?;
                object
            }
        };
        tx.insert_object(self.map.0, self.map.1).await?;
        let track = Track {
            id: TrackId::new(fresh::uuid(app)),
            asset: self.rendition.asset,
            output: self.rendition.output,
            position: self.rendition.position,
            kind: self.rendition.role.kind(),
            media,
            map: self.map.0,
            version: 1,
            listed: true,
        };
        tx.insert_track(&track).await?;
        for part in &self.parts {
            tx.release_object(part.media).await?;
            tx.release_object(part.map).await?;
        }
        tx.seal_rendition(self.rendition.id).await?;
        Ok(track.id)
    }
}

/// Puts the pieces of a rendition into one object, and their maps into one.
async fn gather(app: &App, rendition: Rendition) -> Result<Sealed, Error> {
    let parts = app.store.read().await?.rendition_parts(rendition.id).await?;
    let Some(Assembled { map, media }) = part::assemble(app, &parts).await? else {
        let message = "Nothing came out of the conversion.";
        return Err(Problem::new(Kind::UnreadableMedia, "unreadable_media", message).into());
    };
    let media = match media.as_slice() {
        [(_, shared, _)] => Media::Shared(*shared),
        several => {
            let pieces = several.iter().map(|(_, _, object)| Piece {
                from: std::sync::Arc::clone(object),
                ranges: core::iter::once(0..object.size()).collect(),
            });
            let object = ObjectId::new(fresh::uuid(app));
            let size = app.blobs.gather(pieces.collect(), object).await?;
            Media::Own(object, size)
        }
    };
    let scattered = rendition.role.kind() == TrackKind::Audio && copy_audio::is_scattered(&map);
    let map = part::store_map(app, map).await?;
    Ok(Sealed { rendition, parts, media, map, scattered })
}

/// The end of a rendition that grew by itself: it becomes a track, and its job is done.
pub(super) async fn seal(app: &App, job: &LeasedJob, rendition: &Rendition) -> Result<Finished, Error> {
    let sealed = match gather(app, rendition.clone()).await {
        Ok(sealed) => sealed,
        Err(error) => return settle::failed(app, job, rendition.output, error).await,
    };
    let committed = async {
        let mut tx = app.store.begin().await?;
        if !tx.complete(job.id, job.token).await? {
            return Ok(Finished::LostLease);
        }
        sealed.insert(app, &mut *tx).await?;
        settle::settle(app, &mut *tx, rendition.output).await?;
        tx.commit().await?;
        Ok(Finished::Done)
    }
    .await;
    ended(app, rendition.asset, committed, &[sealed]).await
}

/// The end of what was indexed: the renditions become tracks, those without samples go, and what is to be made of the
/// picture can be planned. `origins` are the uploads, each with what of its timeline is zero, in microseconds.
pub(super) async fn seal_indexed(
    app: &App,
    job: &LeasedJob,
    output: &Output,
    (renditions, empty): (&[Rendition], &[Rendition]),
    origins: &[(ObjectId, i64)],
) -> Result<Finished, Error> {
    let sealed = match gather_all(app, renditions.iter()).await {
        Ok(sealed) => sealed,
        Err(error) => return settle::failed(app, job, output.id, error).await,
    };
    let committed = async {
        let mut tx = app.store.begin().await?;
        if !tx.complete(job.id, job.token).await? {
            return Ok(Finished::LostLease);
        }
        for rendition in empty {
            tx.delete_rendition(rendition.id).await?;
            if let Role::Indexed { source, .. } = &rendition.role
                && source.kind == TrackKind::Audio
            {
                tx.release_object(source.object).await?;
            }
        }
        for one in &sealed {
            let track = one.insert(app, &mut *tx).await?;
            // The first track stays with the upload: it is what the original is found by.
            if one.scattered && one.rendition.position > 0 {
                request::enqueue(app, &mut *tx, output, Work::CopyAudio(track)).await?;
            }
        }
        if renditions.iter().any(|rendition| rendition.role.kind() == TrackKind::Video) {
            request::enqueue(app, &mut *tx, output, Work::PlanOutput(output.id)).await?;
        }
        captions::begin(app, &mut *tx, output, origins).await?;
        settle::settle(app, &mut *tx, output.id).await?;
        tx.commit().await?;
        Ok(Finished::Done)
    }
    .await;
    ended(app, output.asset, committed, &sealed).await
}

async fn gather_all<'a>(app: &App, renditions: impl Iterator<Item = &'a Rendition>) -> Result<Vec<Sealed>, Error> {
    let mut sealed: Vec<Sealed> = Vec::new();
    for rendition in renditions {
        match gather(app, rendition.clone()).await {
            Ok(one) => sealed.push(one),
            Err(error) => {
                for one in &sealed {
                    one.discard(app).await;
                }
                return Err(error);
            }
        }
    }
    Ok(sealed)
}

/// The job: all chunks are there, and the ladder takes the place of what played until now.
pub(crate) async fn run(app: &App, job: &LeasedJob, id: OutputId) -> Result<Finished, Error> {
    let output = {
        let mut tx = app.store.read().await?;
        tx.output(id).await?.filter(|output| !output.state.is_over())
    };
    let Some(output) = output else { return settle::complete_only(app, job).await };
    let renditions = app.store.read().await?.renditions(output.asset).await?;
    let rungs = renditions.iter().filter(|rendition| rendition.output == id && !rendition.sealed);
    let rungs = rungs.filter(|rendition| matches!(rendition.role, Role::Rung(_)));
    let sealed = match gather_all(app, rungs).await {
        Ok(sealed) => sealed,
        Err(error) => return settle::failed(app, job, id, error).await,
    };
    let keeps_original = output.plan.as_ref().is_some_and(|plan| plan.keeps_original);
    let committed = async {
        let mut tx = app.store.begin().await?;
        if !tx.complete(job.id, job.token).await? {
            return Ok(Finished::LostLease);
        }
        for one in &sealed {
            one.insert(app, &mut *tx).await?;
        }
        if !keeps_original {
            let new: Vec<u32> = sealed.iter().map(|one| one.rendition.position).collect();
            replace(&mut *tx, &output, &new).await?;
        }
        settle::settle(app, &mut *tx, id).await?;
        tx.commit().await?;
        Ok(Finished::Done)
    }
    .await;
    ended(app, output.asset, committed, &sealed).await
}

/// What played until now is listed no more; who watches it goes on. A quick rung that still grows is given up.
async fn replace(tx: &mut dyn Tx, output: &Output, new: &[u32]) -> Result<(), Error> {
    for rendition in tx.renditions(output.asset).await? {
        if rendition.output == output.id && matches!(rendition.role, Role::First(_)) && !rendition.sealed {
            tx.cancel_work(Work::FirstRung(rendition.id)).await?;
            for part in tx.rendition_parts(rendition.id).await? {
                tx.release_object(part.media).await?;
                tx.release_object(part.map).await?;
            }
            tx.delete_rendition(rendition.id).await?;
        }
    }
    for track in tx.tracks(output.asset).await? {
        let is_own = track.output == output.id;
        if is_own && track.kind == TrackKind::Video && track.listed && !new.contains(&track.position) {
            tx.update_track(&Track { listed: false, ..track }).await?;
        }
    }
    Ok(())
}

async fn ended(
    app: &App,
    asset: kinora_domain::AssetId,
    committed: Result<Finished, Error>,
    sealed: &[Sealed],
) -> Result<Finished, Error> {
    if matches!(committed, Ok(Finished::Done)) {
        app.playables.forget(asset);
        app.work_waiting.notify_one();
        sweep_objects(app).await?;
    } else {
        for one in sealed {
            one.discard(app).await;
        }
    }
    committed
}
