//! The index of what can be packaged.

use core::ops::Range;

use super::FragmentTrack;
use super::runs::{Run, Runs};
use super::traf::Lasting;
use super::walk::Walk;
use crate::bits::len_u64;
use crate::error::Mp4Error;
use crate::facts::{FrameRate, TrackKind};
use crate::map::{IndexedSample, TrackFacts};
use crate::mp4::parse::parse_fragmented;
use crate::mp4::{MAX_SAMPLES, MAX_SAMPLES_OF_ALL_TRACKS};

/// Reads the index of a fragmented file: first the samples that the `moov` describes itself, then fragment after
/// fragment. The caller does the reading; media data is passed over.
///
/// Order of fragments is order of the file. An error leaves what was found before it: a recording that was cut short
/// plays until there.
#[derive(Debug, Clone)]
pub struct FragmentIndexer {
    walk: Walk,
    runs: Runs,
    kept: Kept,
}

/// What was found.
#[derive(Debug, Clone, Default)]
struct Kept {
    samples: u64,
    tracks: Vec<FragmentTrack>,
    counts: Vec<Count>,
    found: Vec<(usize, IndexedSample)>,
}

/// How much of a track was found.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    samples: u32,
    payload: u64,
}

impl FragmentIndexer {
    /// Begins with the whole `moov` box, header included, of a file of `file_len` bytes.
    ///
    /// # Errors
    /// A `moov` that cannot be understood.
    pub fn new(moov: &[u8], file_len: u64) -> Result<Self, Mp4Error> {
        let (movie, extends) = parse_fragmented(moov, file_len)?;
        let extends = extends.unwrap_or_default();
        let (mut runs, mut kept) = (Runs::default(), Kept::default());
        for (index, track) in movie.tracks.iter().enumerate() {
            let (mut count, mut next, mut end_pts) = (Count::default(), 0_i64, None);
            if let Some(tables) = track.tables.as_ref() {
                for sample in tables.samples.samples() {
                    let sample = sample?;
                    let (offset, size, sync) = (sample.offset, sample.size, sample.sync);
                    let pts = next + i64::from(sample.composition);
                    kept.found.push((index, IndexedSample { offset, size, dts: next, pts, sync }));
                    next += i64::from(sample.duration);
                    count.samples += 1;
                    count.payload += u64::from(size);
                    end_pts = end_pts.max(Some(pts.saturating_add(i64::from(sample.duration))));
                }
            }
            runs.add(track.id, next, &extends)?;
            kept.samples += u64::from(count.samples);
            kept.counts.push(count);
            kept.tracks.push(FragmentTrack {
                id: track.id,
                kind: track.kind,
                codec: track.codec,
                language: track.language.clone(),
                name: track.name.clone(),
                facts: TrackFacts::of(track),
                shift: track.tables.as_ref().map_or(0, |tables| tables.timeline.shift()),
                end_pts,
            });
        }
        Ok(Self { walk: Walk::new(file_len), runs, kept })
    }

    /// As [`new`](Self::new), of a file that is still being written and has `file_len` bytes so far. A fragment
    /// that is not whole is waited for. Samples may be found before their bytes are there.
    ///
    /// # Errors
    /// A `moov` that cannot be understood.
    pub fn growing(moov: &[u8], file_len: u64) -> Result<Self, Mp4Error> {
        let Self { walk, runs, kept } = Self::new(moov, file_len)?;
        Ok(Self { walk: walk.growing(), runs, kept })
    }

    /// The file has grown to so many bytes.
    pub fn grow(&mut self, file_len: u64) {
        self.walk.grow(file_len);
    }

    /// The tracks, in the order of the file.
    pub fn tracks(&self) -> &[FragmentTrack] {
        &self.kept.tracks
    }

    /// The bytes of the file to [`feed`](Self::feed) next; `None` at its end, or where it has to grow first.
    pub fn wants(&self) -> Option<Range<u64>> {
        self.walk.wants()
    }

    /// The samples found since the last call, each with the index of its track, in decode order for each track.
    /// Tracks that cannot be packaged are left out.
    pub fn drain(&mut self) -> Vec<(usize, IndexedSample)> {
        core::mem::take(&mut self.kept.found)
    }

    /// Takes the bytes that [`wants`](Self::wants) asked for.
    ///
    /// # Errors
    /// A file that is damaged, cut short, or larger than a file may be.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), Mp4Error> {
        let end = self.walk.end();
        let Self { walk, runs, kept } = self;
        walk.feed(bytes, |at, moof| runs.read(at, moof, |run| kept.keep(&run, end)))
    }
}

impl Kept {
    /// Keeps the samples of one fragment of a track, none of which lies behind `file_end`.
    fn keep(&mut self, run: &Run, file_end: Option<u64>) -> Result<(), Mp4Error> {
        let (Some(track), Some(count)) = (self.tracks.get_mut(run.track), self.counts.get_mut(run.track)) else {
            return Ok(());
        };
        let Some(facts) = &mut track.facts else { return Ok(()) };
        if run.samples.is_empty() {
            return Ok(());
        }
        if run.entry != 1 {
            return Err(Mp4Error::SeveralSampleEntries { track: track.id });
        }
        self.samples += len_u64(run.samples.len());
        count.samples = count.samples.saturating_add(u32::try_from(run.samples.len()).unwrap_or(u32::MAX));
        for (count, limit, what) in [
            (u64::from(count.samples), u64::from(MAX_SAMPLES), "samples in one track"),
            (self.samples, MAX_SAMPLES_OF_ALL_TRACKS, "samples"),
        ] {
            if count > limit {
                return Err(Mp4Error::LimitExceeded { what, limit });
            }
        }
        if track.kind == TrackKind::Video && facts.frame_rate().is_none() {
            *facts = facts.clone().with_frame_rate(steady_rate(&run.samples, facts.timescale().get()));
        }
        for (sample, duration) in &run.samples {
            count.payload = count.payload.saturating_add(u64::from(sample.size));
            run.check(sample, count.payload, file_end)?;
            track.end_pts = track.end_pts.max(Some(sample.pts.saturating_add(i64::from(*duration))));
            self.found.push((run.track, *sample));
        }
        Ok(())
    }
}

/// The rate of pictures that all last equally long.
fn steady_rate(samples: &[Lasting], ticks: u32) -> Option<FrameRate> {
    let (_, duration) = samples.first()?;
    let steady = samples.iter().all(|(_, other)| other == duration);
    if steady { FrameRate::new(ticks, *duration) } else { None }
}
