//! The look at the whole picture, and what is to be made of it: the ladder, the chunks, and their jobs.

use super::first::no_picture;
use super::{order, part, settle};
use crate::app::App;
use crate::error::Error;
use crate::file::examined::{Looked, look};
use crate::fresh;
use crate::port::{Examined, StoredChunk};
use crate::work::Finished;
use kinora_domain::chunk::{Grid, Pictures, chunks, steady};
use kinora_domain::job::{LeasedJob, NewJob, Work};
use kinora_domain::ladder::{self, Rung};
use kinora_domain::output::{Chunking, Filter, Output, OutputState, PicturePlan, Rendition, Role, Source, Timing};
use kinora_domain::picture::{PictureFacts, Scan, Transfer};
use kinora_domain::preset::{self, Shape};
use kinora_domain::track::{Track, TrackKind};
use kinora_domain::{ChunkId, JobId, OutputId, RenditionId};
use kinora_media::SegmentMap;

/// Groups of pictures of an original that is to be a rung, in milliseconds at most: players switch at their ends.
const LONGEST_GROUP_MS: u64 = 6_000;
/// The H.264 profiles that every player takes: Baseline, Main, High.
const PROFILES: [u8; 3] = [66, 77, 100];

/// The job.
pub(crate) async fn run(app: &App, job: &LeasedJob, id: OutputId) -> Result<Finished, Error> {
    let output = app.store.read().await?.output(id).await?;
    let Some(output) = output.filter(|output| output.plan.is_none() && !output.state.is_over()) else {
        return settle::complete_only(app, job).await;
    };
    let Some(source) = output.picture else { return settle::complete_only(app, job).await };
    match plan(app, &output, source).await {
        Ok((plan, rungs)) => store(app, job, output, plan, rungs).await,
        Err(error) => settle::failed(app, job, id, error).await,
    }
}

/// The picture that was uploaded, where it plays as it is.
struct Original {
    map: SegmentMap,
}

async fn plan(app: &App, output: &Output, source: Source) -> Result<(PicturePlan, Vec<Rung>), Error> {
    let Looked { object, container, examination } = look(app, source.object).await?;
    let track = examination.track(source.kind, source.number).ok_or_else(no_picture)?;
    let Examined::Picture(facts) = track.what else { return Err(no_picture()) };
    let pictures = app.prober.pictures(object, container, track.stream, &facts, source.is_untrimmed()).await?;
    app.limits.check_length(&pictures)?;
    let original = original(app, output, source).await?;
    let shape = preset::find(&output.preset)?.shape;
    let keeps_original = original.as_ref().is_some_and(|original| fits(&original.map, &facts, shape));
    let rungs = match (keeps_original, shape) {
        (true, Shape::Single { .. }) | (_, Shape::Sound(_)) => Vec::new(),
        (true, Shape::Ladder { .. }) => ladder::below(facts.shown, facts.shown.short_side()),
        (false, _) => ladder::rungs(shape, facts.shown),
    };
    if !rungs.is_empty() {
        app.limits.check_work(facts.shown, pictures.times.len() as u64)?;
    }
    let first = pictures.times.first().copied().unwrap_or(0);
    // Beside an original that plays, the rungs begin when it does.
    let origin = match &original {
        Some(original) => {
            let scale = original.map.header().timescale.get();
            first.saturating_sub(pictures.base.ticks_of(original.map.start().max(0), scale))
        }
        None => pictures.base.ticks_of(source.origin_micros.unwrap_or(examination.start_micros), 1_000_000),
    };
    let filters = order::filters(&facts);
    // Pictures whose times are not told are shown one after the other as they are decoded.
    let rate = if pictures.jumps { None } else { steady(&pictures, facts.rate) };
    let cuts = original.filter(|_| keeps_original).map(|original| cuts(&original.map, &pictures, origin));
    let grid = cuts.as_deref().map_or(Grid::Regular(rate), Grid::Of);
    let pre_roll = filters.iter().map(|filter| pre_roll(*filter)).max().unwrap_or(0);
    let chunks = if rungs.is_empty() { Vec::new() } else { chunks(&pictures, grid, pre_roll) };
    let plan = PicturePlan {
        source,
        stream: track.stream,
        filters,
        timing: rate.map_or(Timing::VARIABLE, Timing::Steady),
        base: facts.base,
        origin,
        vague: pictures.vague,
        keeps_original,
        chunks,
    };
    Ok((plan, rungs))
}

const fn pre_roll(filter: Filter) -> usize {
    match filter.chunking() {
        Chunking::Free => 0,
        Chunking::PreRoll(pictures) => pictures,
    }
}

async fn original(app: &App, output: &Output, source: Source) -> Result<Option<Original>, Error> {
    let (tracks, renditions) = {
        let mut tx = app.store.read().await?;
        (tx.tracks(output.asset).await?, settle::of_output(&mut *tx, output).await?)
    };
    // Samples of a stream were stored anew.
    let is_source = |role: &Role| matches!(role, Role::Indexed { source: indexed, .. } if *indexed == source);
    let anew = renditions.iter().find(|rendition| is_source(&rendition.role)).map(|rendition| rendition.position);
    let plays = |track: &&Track| {
        let is_it = track.media == source.object || Some(track.position) == anew;
        track.output == output.id && track.kind == TrackKind::Video && track.listed && is_it
    };
    match tracks.iter().find(plays) {
        Some(track) => Ok(Some(Original { map: part::load_map(app, track.map).await? })),
        None => Ok(None),
    }
}

/// Whether an original may stand among rungs: every player takes it, it can be switched to and from, and it
/// is no larger than was asked for.
fn fits(map: &SegmentMap, facts: &PictureFacts, shape: Shape) -> bool {
    let most = match shape {
        Shape::Single { height } => height.unwrap_or(u32::MAX),
        Shape::Ladder { height } => height,
        Shape::Sound(_) => return false,
    };
    let header = map.header();
    let groups = map.groups();
    let longest_ms = u128::from(groups.longest) * 1_000 / u128::from(header.timescale.get());
    let plain = header
        .avc()
        .is_some_and(|avc| PROFILES.contains(&avc.profile) && avc.bit_depth_luma == 8 && avc.chroma_format == 1);
    plain
        && groups.closed
        && map.header().independent
        && longest_ms <= u128::from(LONGEST_GROUP_MS)
        && header.rotation == 0
        // Its pixels are square.
        && (header.coded_width, header.coded_height) == (facts.shown.width, facts.shown.height)
        && facts.scan == Scan::Progressive
        && facts.transfer == Transfer::Sdr
        && facts.shown.short_side() <= most
        && map.peak_bitrate() <= u64::from(ladder::most_kbps_of_original(facts.shown)) * 1_000
}

/// Where the segments of the original begin, in ticks of the source. Half a picture early, as both times
/// were rounded and the picture at or behind each is taken.
fn cuts(map: &SegmentMap, pictures: &Pictures, origin: i64) -> Vec<i64> {
    let scale = map.header().timescale.get();
    let first = pictures.times.first().copied().unwrap_or(0);
    let count = i64::try_from(pictures.times.len().max(1)).unwrap_or(i64::MAX);
    let half = pictures.end.saturating_sub(first) / count / 2;
    map.segments()
        .map(|segment| origin.saturating_add(pictures.base.ticks_of(segment.start, scale)).saturating_sub(half))
        .collect()
}

/// The plan with its renditions, its chunks and their jobs, in one fenced transaction.
async fn store(
    app: &App,
    job: &LeasedJob,
    mut output: Output,
    plan: PicturePlan,
    rungs: Vec<Rung>,
) -> Result<Finished, Error> {
    let mut tx = app.store.begin().await?;
    if !tx.complete(job.id, job.token).await? {
        return Ok(Finished::LostLease);
    }
    let since = tx.database_now().await?;
    let duration_ms = u64::try_from(
        plan.chunks.last().map_or(0, |last| plan.base.rescale(last.until.saturating_sub(plan.origin), 1_000)),
    )
    .unwrap_or(0);
    for rung in rungs {
        let rendition = Rendition {
            id: RenditionId::new(fresh::uuid(app)),
            output: output.id,
            asset: output.asset,
            position: tx.next_position(output.asset).await?,
            role: Role::Rung(rung),
            sealed: false,
            duration_ms,
        };
        tx.insert_rendition(&rendition).await?;
    }
    if !plan.chunks.is_empty() {
        let join = JobId::new(fresh::uuid(app));
        let count = u32::try_from(plan.chunks.len()).unwrap_or(u32::MAX);
        let sealing = NewJob::new(join, output.organization, Work::SealPicture(output.id));
        tx.enqueue(&sealing.with_waits_for(count)).await?;
        for (number, chunk) in (0..).zip(&plan.chunks) {
            let id = ChunkId::new(fresh::uuid(app));
            let (done, finished) = (0, false);
            let stored = StoredChunk { id, output: output.id, number, pictures: chunk.pictures, done, finished };
            tx.insert_chunk(&stored).await?;
            let child = NewJob::new(JobId::new(fresh::uuid(app)), output.organization, Work::EncodeChunk(id));
            tx.enqueue(&child.with_group(join)).await?;
        }
    }
    output.state = OutputState::Processing { since };
    output.plan = Some(plan);
    output.modified = app.clock.now();
    tx.update_output(&output).await?;
    settle::settle(app, &mut *tx, output.id).await?;
    tx.commit().await?;
    app.work_waiting.notify_one();
    Ok(Finished::Done)
}
