//! One rendition that is indexed: from samples to segments that wait to be published.

use super::part;
use crate::app::App;
use crate::error::Error;
use crate::file::indexing::{Found, IndexTrack};
use core::time::Duration;
use kinora_domain::ObjectId;
use kinora_domain::output::{Part, Rendition, Role, Source};
use kinora_domain::track::TrackKind;
use kinora_media::MapError;
use kinora_media::map::{Cuts, MapBuilder, SegmentMap};
use kinora_media::timing::{Timescale, rescale};

/// The most bytes of a segment that are kept in memory.
const MOST_GATHERED: usize = 256 << 20;

/// A rendition in the making.
pub(super) struct Lane {
    pub(super) rendition: Rendition,
    /// Its track in the upload.
    pub(super) track: usize,
    source: Source,
    language: Option<String>,
    name: Option<String>,
    scale: Timescale,
    shift: i64,
    /// Gone before the track is placed, and when it has ended.
    builder: Option<MapBuilder>,
    /// Whole segments that are not published.
    pub(super) ready: Vec<SegmentMap>,
    /// Segments that begin earlier were published before, in ticks.
    published: Option<i64>,
    pub(super) next_part: u32,
    gathered: Option<Gathered>,
    /// The latest time, in microseconds of the presentation.
    pub(super) reached: i64,
}

/// Bytes of samples that are stored anew.
#[derive(Default)]
struct Gathered {
    bytes: Vec<u8>,
    /// How many were before them.
    base: u64,
}

impl Gathered {
    /// The offset at which the next sample begins.
    fn end(&self) -> u64 {
        self.base.saturating_add(self.bytes.len() as u64)
    }

    /// Takes out what lies in front of `end`; gives what of it lies behind `start`.
    fn take(&mut self, start: u64, end: u64) -> Vec<u8> {
        let at = |offset: u64| usize::try_from(offset.saturating_sub(self.base)).unwrap_or(usize::MAX);
        let end = at(end).min(self.bytes.len());
        let start = at(start).min(end);
        let left = self.bytes.split_off(end);
        let mut taken = core::mem::replace(&mut self.bytes, left);
        self.base = self.base.saturating_add(end as u64);
        taken.drain(..start);
        taken
    }
}

impl Lane {
    /// The lane of a rendition that is indexed; `None` for others.
    pub(super) async fn open(app: &App, rendition: &Rendition, is_rewritten: bool) -> Result<Option<Self>, Error> {
        let Role::Indexed { source, language, name } = &rendition.role else { return Ok(None) };
        let parts: Vec<Part> = app.store.read().await?.rendition_parts(rendition.id).await?;
        let published = match parts.last() {
            Some(last) => {
                let map = part::load_map(app, last.map).await?;
                Some(map.start().saturating_add_unsigned(map.duration()))
            }
            None => None,
        };
        Ok(Some(Self {
            rendition: rendition.clone(),
            track: usize::MAX,
            source: *source,
            language: language.clone(),
            name: name.clone(),
            scale: Timescale::MILLIS,
            shift: 0,
            builder: None,
            ready: Vec::new(),
            published,
            next_part: parts.last().map_or(0, |last| last.number + 1),
            gathered: is_rewritten.then(Gathered::default),
            reached: i64::MIN,
        }))
    }

    pub(super) const fn kind(&self) -> TrackKind {
        self.source.kind
    }

    /// What of the upload's timeline is zero in the presentation, in microseconds, where a `pts` of zero is at `offset` of it.
    pub(super) fn origin_micros(&self, offset: i64) -> i64 {
        rescale(offset.saturating_sub(self.shift), self.scale, Timescale::MICROS)
    }

    pub(super) const fn source(&self) -> Source {
        self.source
    }

    /// Whether viewers have something of it.
    pub(super) const fn is_published(&self) -> bool {
        self.next_part > 0
    }

    /// Bytes in memory that may go when they are published.
    pub(super) fn bytes_ready(&self) -> usize {
        match (&self.gathered, self.ready.is_empty()) {
            (Some(gathered), false) => gathered.bytes.len(),
            _ => 0,
        }
    }

    pub(super) fn reached_ms(&self) -> u64 {
        u64::try_from(self.reached / 1_000).unwrap_or(0)
    }

    /// Puts the track on the timeline of the presentation: from here on samples are taken.
    pub(super) fn place(&mut self, track: &IndexTrack, shift: i64, target: Duration) {
        let Some(facts) = track.facts.clone() else { return };
        self.scale = facts.timescale();
        self.shift = shift;
        let facts = match (&self.language, &self.name) {
            (None, None) => facts,
            (language, name) => {
                let (of_file, name_of_file) = (facts.header().language.clone(), facts.header().name.clone());
                facts.with_language(language.clone().or(of_file)).with_name(name.clone().or(name_of_file))
            }
        };
        let mut builder = MapBuilder::new(facts, target, Cuts::Grid);
        builder.set_shift(shift);
        self.builder = Some(builder);
    }

    /// Takes the next sample.
    pub(super) fn push(&mut self, found: Found) -> Result<(), MapError> {
        let Some(mut builder) = self.builder.take() else { return Ok(()) };
        let mut sample = found.sample;
        if let (Some(gathered), Some(data)) = (&mut self.gathered, found.data) {
            sample.offset = gathered.end();
            if gathered.bytes.len().saturating_add(data.len()) > MOST_GATHERED {
                return Err(MapError::Unfit { what: "a group of pictures is too large" });
            }
            gathered.bytes.extend_from_slice(&data);
        }
        let pushed = builder.push(sample);
        let closed = builder.take_closed();
        self.builder = Some(builder);
        pushed?;
        let shown = rescale(sample.pts.saturating_add(self.shift), self.scale, Timescale::MICROS);
        self.reached = self.reached.max(shown);
        self.keep(closed);
        Ok(())
    }

    /// The upload has ended.
    pub(super) fn finish(&mut self, end_pts: Option<i64>) {
        let closed = self.builder.take().and_then(|builder| builder.finish(end_pts));
        self.keep(closed);
    }

    fn keep(&mut self, closed: Option<SegmentMap>) {
        let Some(map) = closed else { return };
        if self.published.is_none_or(|published| map.start() >= published) {
            self.ready.push(map);
        } else if let Some(gathered) = &mut self.gathered {
            gathered.take(u64::MAX, map.span().end);
        }
    }

    /// Stores what is ready; `None` where nothing is.
    pub(super) async fn store(&mut self, app: &App) -> Result<Option<part::Stored>, Error> {
        let pieces: Vec<_> = self.ready.iter().map(|map| (map, 0)).collect();
        if pieces.is_empty() {
            return Ok(None);
        }
        let map = SegmentMap::join(&pieces).map_err(part::unfit)?;
        self.ready.clear();
        let stored = match &mut self.gathered {
            Some(gathered) => {
                let span = map.span();
                part::store_bytes(app, gathered.take(span.start, span.end), &map).await?
            }
            None => part::store_shared(app, self.object(), map).await?,
        };
        Ok(Some(stored))
    }

    const fn object(&self) -> ObjectId {
        self.source.object
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_taken_from_the_front_and_what_was_published_before_is_left_out() {
        let mut gathered = Gathered { bytes: vec![0, 1, 2, 3, 4, 5], base: 100 };
        assert_eq!(gathered.end(), 106);
        assert_eq!(gathered.take(u64::MAX, 102), [0; 0]);
        assert_eq!(gathered.take(103, 105), [3, 4]);
        assert_eq!((gathered.base, gathered.bytes.as_slice(), gathered.end()), (105, &[5][..], 106));
        assert_eq!(gathered.take(105, 900), [5]);
    }
}
