//! Publishing what an encoder writes while it writes: whole segments, piece by piece, each in one fenced
//! transaction.

use super::part;
use crate::app::App;
use crate::error::Error;
use crate::port::{Amount, Done, Object, Watch};
use async_trait::async_trait;
use core::time::Duration;
use kinora_domain::job::{Beat, LEASE_MS, LeasedJob};
use kinora_domain::output::{Part, Rendition};
use kinora_domain::{Kind, Problem};
use kinora_media::map::{Cuts, IndexedSample, MapBuilder, SegmentMap, TrackFacts};
use kinora_media::mp4::fragments::FragmentIndexer;
use kinora_media::mp4::{Locator, Step};
use kinora_media::timing::{Timescale, rescale};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::time::Instant;

/// Pieces behind the first are published no more often than this.
const EVERY: Duration = Duration::from_secs(1);

/// How what is written becomes a rendition.
pub(super) struct Growing {
    /// Where the encoder's zero lies in the presentation, in microseconds.
    pub(super) zero_micros: i64,
    /// Segments that begin earlier are there already, in microseconds of the presentation.
    pub(super) published_micros: Option<i64>,
    /// The length of segments that is aimed at.
    pub(super) target: Duration,
    /// Language to show.
    pub(super) language: Option<String>,
    /// Name to show.
    pub(super) name: Option<String>,
}

/// Hears of an encoder's progress and publishes.
pub(super) struct Growth<'a> {
    app: &'a App,
    job: &'a LeasedJob,
    rendition: &'a Rendition,
    growing: Growing,
    next_part: u32,
    /// When something was published last.
    last: Option<Instant>,
    reader: Option<Reader>,
}

/// A lease that was lost while the work went on: whoever has the job now does it.
pub(super) fn lost() -> Error {
    Problem::new(Kind::Conflict, "lease_lost", "Another worker has this work now.").into()
}

impl<'a> Growth<'a> {
    pub(super) fn new(
        app: &'a App,
        job: &'a LeasedJob,
        rendition: &'a Rendition,
        parts: &[Part],
        growing: Growing,
    ) -> Self {
        let next_part = parts.last().map_or(0, |last| last.number + 1);
        Self { app, job, rendition, growing, next_part, last: None, reader: None }
    }

    async fn publish(&mut self, output: &Arc<dyn Object>, map: &SegmentMap, done: Done) -> Result<(), Error> {
        let stored = part::store(self.app, output, map).await?;
        let kept = self.keep(&stored, done).await;
        if kept.is_err() {
            stored.discard(self.app).await;
        }
        kept
    }

    async fn keep(&mut self, stored: &part::Stored, done: Done) -> Result<(), Error> {
        let mut tx = self.app.store.begin().await?;
        if tx.beat(self.job.id, self.job.token, LEASE_MS).await? != Beat::Held {
            return Err(lost());
        }
        stored.insert(&mut *tx).await?;
        let part = Part { number: self.next_part, media: stored.media, map: stored.map };
        tx.insert_part(self.rendition.id, &part).await?;
        let amount = Amount { done: done.micros / 1_000, total: self.rendition.duration_ms };
        tx.report_rendition(self.rendition.id, amount).await?;
        tx.commit().await?;
        self.next_part += 1;
        self.app.playables.forget(self.rendition.asset);
        Ok(())
    }
}

#[async_trait]
impl Watch for Growth<'_> {
    async fn hear(&mut self, done: Done, outputs: &[Arc<dyn Object>], ended: bool) -> Result<(), Error> {
        let Some(output) = outputs.first() else { return Ok(()) };
        if self.reader.is_none() {
            self.reader = Reader::open(output, &self.growing).await?;
        }
        let Some(reader) = &mut self.reader else { return Ok(()) };
        reader.read(output).await?;
        reader.find()?;
        if !ended && self.last.is_some_and(|last| last.elapsed() < EVERY) {
            return Ok(());
        }
        if let Some(map) = reader.take(ended)? {
            self.publish(output, &map, done).await?;
            self.last = Some(Instant::now());
        }
        Ok(())
    }
}

/// Reads a fragmented file of one track while it grows.
struct Reader {
    indexer: FragmentIndexer,
    /// Found, but their bytes may not be there.
    waiting: VecDeque<IndexedSample>,
    /// Gone when the last segment was taken.
    builder: Option<MapBuilder>,
    /// Whole segments that were not given away.
    ready: Vec<SegmentMap>,
    published: Option<i64>,
    len: u64,
}

impl Reader {
    /// The reader, once the beginning of the file is there.
    async fn open(output: &Arc<dyn Object>, growing: &Growing) -> Result<Option<Self>, Error> {
        let Some(moov) = moov(output).await? else { return Ok(None) };
        let indexer = FragmentIndexer::growing(&moov, output.size()).map_err(strange)?;
        let track = indexer.tracks().first().and_then(|track| Some((track.facts.clone()?, track.shift)));
        let Some((facts, shift)) = track else { return Ok(None) };
        let scale = facts.timescale();
        let facts: TrackFacts = facts
            .without_bit_rates()
            .with_language(growing.language.clone())
            .with_name(growing.name.clone())
            .with_enabled(true);
        let mut builder = MapBuilder::new(facts, growing.target, Cuts::Grid);
        builder.set_shift(shift.saturating_add(rescale(growing.zero_micros, Timescale::MICROS, scale)));
        let published = growing.published_micros.map(|micros| rescale(micros, Timescale::MICROS, scale));
        Ok(Some(Self {
            indexer,
            waiting: VecDeque::new(),
            builder: Some(builder),
            ready: Vec::new(),
            published,
            len: 0,
        }))
    }

    async fn read(&mut self, output: &Arc<dyn Object>) -> Result<(), Error> {
        self.len = output.size();
        self.indexer.grow(self.len);
        while let Some(range) = self.indexer.wants() {
            let bytes = output.read(range).await?;
            self.indexer.feed(&bytes).map_err(strange)?;
        }
        self.waiting
            .extend(self.indexer.drain().into_iter().filter(|(track, _)| *track == 0).map(|(_, sample)| sample));
        Ok(())
    }

    /// Finds the segments that are whole.
    fn find(&mut self) -> Result<(), Error> {
        let Some(mut builder) = self.builder.take() else { return Ok(()) };
        while let Some(sample) = self.waiting.front().copied() {
            if sample.offset.saturating_add(sample.size.into()) > self.len {
                break;
            }
            self.waiting.pop_front();
            builder.push(sample).map_err(part::unfit)?;
            self.keep(builder.take_closed());
        }
        self.builder = Some(builder);
        Ok(())
    }

    /// The segments that are whole and were not there before; all that is left when the file has ended.
    fn take(&mut self, ended: bool) -> Result<Option<SegmentMap>, Error> {
        if ended && let Some(builder) = self.builder.take() {
            self.keep(builder.finish(None));
        }
        if self.ready.is_empty() {
            return Ok(None);
        }
        let pieces: Vec<_> = self.ready.iter().map(|map| (map, 0)).collect();
        let joined = SegmentMap::join(&pieces).map_err(part::unfit)?;
        self.ready.clear();
        Ok(Some(joined))
    }

    /// Samples come one by one, so at most one segment is closed at a time.
    fn keep(&mut self, closed: Option<SegmentMap>) {
        let is_new = |map: &SegmentMap| self.published.is_none_or(|published| map.start() >= published);
        self.ready.extend(closed.filter(is_new));
    }
}

/// The `moov` of a file that grows, once it is whole.
async fn moov(output: &Arc<dyn Object>) -> Result<Option<bytes::Bytes>, Error> {
    let size = output.size();
    let mut locator = Locator::new(size);
    let mut answer: Option<bytes::Bytes> = None;
    loop {
        match locator.next(answer.as_deref()) {
            Ok(Step::Read { offset, len }) => {
                answer = Some(output.read(offset..offset.saturating_add(len.into()).min(size)).await?);
            }
            Ok(Step::Moov { range }) if range.end <= size => return Ok(Some(output.read(range).await?)),
            // Not there yet.
            Ok(Step::Moov { .. }) | Err(_) => return Ok(None),
        }
    }
}

/// What an encoder of ours wrote cannot be read: a fault of this server.
fn strange(error: kinora_media::Mp4Error) -> Error {
    Error::caused(Problem::new(Kind::Internal, "internal", "What the encoder wrote cannot be read."), error)
}
