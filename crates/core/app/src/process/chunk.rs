//! One chunk of a picture in all rungs: decoded once, encoded, and published piece by piece of each rung in
//! one fenced transaction.

use super::{grow, part, settle};
use crate::app::App;
use crate::error::Error;
use crate::file::container::container;
use crate::file::movie;
use crate::port::{Done, Effort, EncodeOrder, EncodeWork, KeyFrames, Object, PictureWork, StoredChunk, Watch, Window};
use crate::work::Finished;
use async_trait::async_trait;
use core::time::Duration;
use kinora_domain::chunk::{Chunk, SEGMENT_MS};
use kinora_domain::job::{Beat, LEASE_MS, LeasedJob};
use kinora_domain::ladder::Rung;
use kinora_domain::output::{Part, PicturePlan, Rendition, Role, Timing};
use kinora_domain::{ChunkId, Kind, Problem};
use kinora_media::SegmentMap;
use kinora_media::map::ChunkPlace;
use kinora_media::timing::Timescale;
use std::sync::Arc;

/// The job.
pub(crate) async fn run(app: &App, job: &LeasedJob, id: ChunkId) -> Result<Finished, Error> {
    let Some(wanted) = wanted(app, id).await? else { return settle::complete_only(app, job).await };
    let stored = match encode(app, job, &wanted).await {
        Ok(stored) => stored,
        Err(error) => return settle::failed(app, job, wanted.chunk.output, error).await,
    };
    let published = publish(app, job, &wanted, &stored).await;
    if !matches!(published, Ok(Finished::Done)) {
        for piece in &stored {
            piece.discard(app).await;
        }
    }
    published
}

struct Wanted {
    chunk: StoredChunk,
    plan: PicturePlan,
    piece: Chunk,
    /// With their rungs, largest first.
    renditions: Vec<(Rendition, Rung)>,
}

/// The chunk, while it is still to be made.
async fn wanted(app: &App, id: ChunkId) -> Result<Option<Wanted>, Error> {
    let mut tx = app.store.read().await?;
    let Some(chunk) = tx.chunk(id).await?.filter(|chunk| !chunk.finished) else { return Ok(None) };
    let Some(output) = tx.output(chunk.output).await?.filter(|output| !output.state.is_over()) else { return Ok(None) };
    let renditions = tx.renditions(output.asset).await?;
    let renditions = renditions.into_iter().filter(|rendition| rendition.output == output.id && !rendition.sealed);
    let renditions = renditions.filter_map(|rendition| match rendition.role {
        Role::Rung(rung) => Some((rendition, rung)),
        Role::First(_) | Role::Sound(_) | Role::Indexed { .. } | Role::Captions { .. } => None,
    });
    let Some(plan) = output.plan else { return Ok(None) };
    let number = usize::try_from(chunk.number).unwrap_or(usize::MAX);
    let Some(piece) = plan.chunks.get(number).cloned() else { return Ok(None) };
    Ok(Some(Wanted { chunk, plan, piece, renditions: renditions.collect() }))
}

/// Encodes the chunk and stores the pieces.
async fn encode(app: &App, job: &LeasedJob, wanted: &Wanted) -> Result<Vec<part::Stored>, Error> {
    let (plan, piece) = (&wanted.plan, &wanted.piece);
    let input = app.blobs.open(plan.source.object).await?;
    let container = container(&*input).await?;
    let mut heard = Heard { app, job, chunk: wanted.chunk.id, reported: wanted.chunk.done, pictures: 0 };
    let (mut timing, mut seek) = (plan.timing, piece.seek);
    let outputs = loop {
        let order = EncodeOrder {
            container,
            stream: plan.stream,
            untrimmed: plan.source.is_untrimmed(),
            window: if plan.vague {
                Window::All
            } else {
                Window::Pictures { base: plan.base, seek, from: piece.from, until: piece.until }
            },
            work: EncodeWork::Pictures(PictureWork {
                filters: plan.filters.clone(),
                timing,
                keys: if plan.vague { super::order::every_group() } else { KeyFrames::At(piece.keys.clone()) },
                rungs: wanted.renditions.iter().map(|(_, rung)| *rung).collect(),
                effort: Effort::Good,
            }),
            threads: threads(app.cores, plan.chunks.len()),
        };
        let outputs = app.encoder.encode(Arc::clone(&input), &order, &mut heard).await?;
        // A container that did not lead to the place: what was passed over is found from the beginning.
        if seek.is_some() && heard.pictures.saturating_mul(10) < piece.pictures.saturating_mul(9) {
            seek = None;
            continue;
        }
        // Pictures that could not be decoded leave a gap that counting would close.
        if let Timing::Steady(rate) = timing
            && heard.pictures != piece.pictures
        {
            timing = Timing::AsIs { scale: rate.timescale() };
            continue;
        }
        break outputs;
    };
    let mut stored = Vec::with_capacity(outputs.len());
    for output in &outputs {
        match place(app, output, plan, piece).await {
            Ok(piece) => stored.push(piece),
            Err(error) => {
                for piece in &stored {
                    piece.discard(app).await;
                }
                return Err(error);
            }
        }
    }
    Ok(stored)
}

/// Threads of a chunk's encoders: where there are chunks enough, each has one and no thread waits for another.
fn threads(cores: u32, chunks: usize) -> u32 {
    let chunks = u32::try_from(chunks).unwrap_or(u32::MAX).max(1);
    cores.div_ceil(chunks.min(cores.max(1)))
}

/// Puts one rung of the chunk into its place in the film, and stores it.
async fn place(app: &App, output: &Arc<dyn Object>, plan: &PicturePlan, piece: &Chunk) -> Result<part::Stored, Error> {
    let strange = |why: String| Error::from(Problem::new(Kind::Internal, "internal", why));
    let index = movie::read_index(output).await?.map_err(|unfit| strange(format!("The encoder wrote {unfit:?}.")))?;
    let (limits, plan, piece) = (app.limits, plan.clone(), piece.clone());
    let map = movie::apart(move || {
        let movie = index.parse(&limits).map_err(|unfit| strange(format!("The encoder wrote {unfit:?}.")))?;
        let length = movie.tracks.first().map_or(0, |track| track.duration);
        let place = chunk_place(&plan, &piece, length);
        SegmentMap::of_chunk(&movie, 0, place).map_err(misfit)
    })
    .await??;
    part::store(app, output, &map).await
}

/// What came out does not fit into its place: the times of the file were not what its packets said.
fn misfit(error: kinora_media::MapError) -> Error {
    let message = "The pictures of this file do not come when it says that they do.";
    Error::caused(Problem::new(Kind::UnreadableMedia, "unreadable_media", message), error)
}

/// Where a chunk lies. Of vague times only what came out says how long it is, in `length` ticks.
fn chunk_place(plan: &PicturePlan, piece: &Chunk, length: u64) -> ChunkPlace {
    let scale = Timescale::new(plan.timing.timescale()).unwrap_or(Timescale::MILLIS);
    let start = plan.start_of(piece);
    let target = Duration::from_millis(SEGMENT_MS.unsigned_abs());
    if plan.vague {
        let end = start.saturating_add_unsigned(length);
        let step = i64::from(scale.get()).saturating_mul(SEGMENT_MS) / 1_000;
        let segments = i64::try_from(length).unwrap_or(i64::MAX).checked_div(step).unwrap_or(0);
        let cuts = (1..=segments).map(|n| start.saturating_add(step.saturating_mul(n)));
        let cuts = cuts.filter(|cut| *cut < end).collect();
        return ChunkPlace { start, scale, end, cuts, priming: 0, target };
    }
    let cuts = piece.cuts.iter().map(|cut| plan.presented(*cut)).collect();
    ChunkPlace { start, scale, end: plan.end_of(piece), cuts, priming: 0, target }
}

async fn publish(app: &App, job: &LeasedJob, wanted: &Wanted, stored: &[part::Stored]) -> Result<Finished, Error> {
    let mut tx = app.store.begin().await?;
    for ((rendition, _), piece) in wanted.renditions.iter().zip(stored) {
        piece.insert(&mut *tx).await?;
        let part = Part { number: wanted.chunk.number, media: piece.media, map: piece.map };
        tx.insert_part(rendition.id, &part).await?;
    }
    tx.finish_chunk(wanted.chunk.id).await?;
    if !tx.complete(job.id, job.token).await? {
        return Ok(Finished::LostLease);
    }
    tx.commit().await?;
    app.work_waiting.notify_one();
    Ok(Finished::Done)
}

/// Tells the store how many pictures are done, fenced.
struct Heard<'a> {
    app: &'a App,
    job: &'a LeasedJob,
    chunk: ChunkId,
    /// The most that was told.
    reported: u64,
    /// Of this run.
    pictures: u64,
}

#[async_trait]
impl Watch for Heard<'_> {
    async fn hear(&mut self, done: Done, _outputs: &[Arc<dyn Object>], _ended: bool) -> Result<(), Error> {
        self.pictures = done.pictures;
        if done.pictures <= self.reported {
            return Ok(());
        }
        let mut tx = self.app.store.begin().await?;
        if tx.beat(self.job.id, self.job.token, LEASE_MS).await? != Beat::Held {
            return Err(grow::lost());
        }
        tx.report_chunk(self.chunk, done.pictures).await?;
        tx.commit().await?;
        self.reported = done.pictures;
        Ok(())
    }
}
