//! The text tracks of fragmented files.

use core::ops::Range;

use super::super::MOST_BYTES;
use super::{MOST_SAMPLES, TextTrack};
use crate::bits::len_u64;
use crate::error::Mp4Error;
use crate::facts::TrackKind;
use crate::mp4::fragments::{Run, Runs, Walk};
use crate::mp4::{TextRead, TextSample, TextTables, parse_fragmented};

/// Samples of all text tracks of a file at most: ten hours in forty languages, of which each has two in two
/// seconds, have fewer.
const MOST_SAMPLES_OF_ALL: u64 = 2_000_000;

/// Finds the samples of the text tracks of a fragmented MP4 or MOV. The caller does the reading, as for
/// [`FragmentIndexer`](crate::mp4::fragments::FragmentIndexer); media data is passed over.
///
/// An error leaves what was found before it. What is wrong with one track is not in the way of the others.
#[derive(Debug, Clone)]
pub struct TextIndexer<'a> {
    walk: Walk,
    runs: Runs,
    kept: Kept<'a>,
}

#[derive(Debug, Clone)]
struct Kept<'a> {
    /// Samples of all tracks.
    samples: u64,
    /// The tracks, in the order of the file.
    tracks: Vec<Text<'a>>,
}

/// What is known of a track.
#[derive(Debug, Clone)]
enum Text<'a> {
    /// It is no captions.
    Other,
    /// It does not say how it is written.
    Unknown,
    /// Its samples are not looked for any more.
    Failed(Mp4Error),
    Found(Found<'a>),
}

/// A track whose samples are looked for.
#[derive(Debug, Clone)]
struct Found<'a> {
    tables: TextTables<'a>,
    /// What the edit list adds to times.
    shift: i64,
    /// Which entry, from 1, the samples use, once there is one.
    entry: Option<u32>,
    samples: Vec<TextSample>,
    payload: u64,
}

impl<'a> TextIndexer<'a> {
    /// Begins with the whole `moov` box, header included, of a file of `file_len` bytes.
    ///
    /// # Errors
    /// A `moov` that cannot be understood.
    pub fn new(moov: &'a [u8], file_len: u64) -> Result<Self, Mp4Error> {
        let (movie, extends) = parse_fragmented(moov, file_len)?;
        let extends = extends.unwrap_or_default();
        let (mut runs, mut kept) = (Runs::default(), Kept { samples: 0, tracks: Vec::new() });
        for track in &movie.tracks {
            let mut next = 0;
            let text = match (track.kind, track.text) {
                (TrackKind::Captions, Some(tables)) => match Found::new(tables, file_len) {
                    Ok((found, behind)) => {
                        kept.samples += len_u64(found.samples.len());
                        next = behind;
                        Text::Found(found)
                    }
                    Err(error) => Text::Failed(error),
                },
                (TrackKind::Captions, None) => Text::Unknown,
                _ => Text::Other,
            };
            runs.add(track.id, next, &extends)?;
            kept.tracks.push(text);
        }
        Ok(Self { walk: Walk::new(file_len), runs, kept })
    }

    /// The bytes of the file to [`feed`](Self::feed) next; `None` at its end.
    pub fn wants(&self) -> Option<Range<u64>> {
        self.walk.wants()
    }

    /// Takes the bytes that [`wants`](Self::wants) asked for.
    ///
    /// # Errors
    /// A file that is damaged or cut short, or has more captions than a file may have.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), Mp4Error> {
        let end = self.walk.end();
        let Self { walk, runs, kept } = self;
        walk.feed(bytes, |at, moof| runs.read(at, moof, |run| kept.keep(&run, end)))
    }

    /// The text of each track of captions, in the order of the file; `None` where it is none that is read.
    ///
    /// # Errors
    /// Of a track: its samples contradict themselves or the file, or are more than captions have.
    pub fn finish(self) -> Vec<Option<Result<TextTrack, Mp4Error>>> {
        let texts = self.kept.tracks.into_iter().filter_map(|text| match text {
            Text::Other => None,
            Text::Unknown => Some(None),
            Text::Failed(error) => Some(Some(Err(error))),
            Text::Found(found) => Some(found.track().transpose()),
        });
        texts.collect()
    }
}

impl Kept<'_> {
    /// Keeps the samples of one fragment of a track, none of which may lie behind `file_end`.
    fn keep(&mut self, run: &Run, file_end: Option<u64>) -> Result<(), Mp4Error> {
        let Some(text) = self.tracks.get_mut(run.track) else { return Ok(()) };
        let Text::Found(found) = text else { return Ok(()) };
        self.samples += len_u64(run.samples.len());
        if self.samples > MOST_SAMPLES_OF_ALL {
            let what = "samples of captions in all tracks";
            return Err(Mp4Error::LimitExceeded { what, limit: MOST_SAMPLES_OF_ALL });
        }
        match found.keep(run, file_end) {
            // The file ends here for all of its tracks.
            Err(error @ Mp4Error::Truncated { .. }) => return Err(error),
            Err(error) => *text = Text::Failed(error),
            Ok(()) => {}
        }
        Ok(())
    }
}

impl<'a> Found<'a> {
    /// With the samples that the `moov` describes itself, and the decode time behind them.
    fn new(tables: TextTables<'a>, file_len: u64) -> Result<(Self, i64), Mp4Error> {
        let TextRead { entry, shift, next, samples } = tables.read(file_len, (MOST_SAMPLES, MOST_BYTES))?;
        let entry = (!samples.is_empty()).then_some(entry);
        let payload = samples.iter().map(|sample| u64::from(sample.size)).sum();
        Ok((Self { tables, shift, entry, samples, payload }, next))
    }

    fn keep(&mut self, run: &Run, file_end: Option<u64>) -> Result<(), Mp4Error> {
        if run.samples.is_empty() {
            return Ok(());
        }
        if *self.entry.get_or_insert(run.entry) != run.entry {
            return Err(Mp4Error::SeveralSampleEntries { track: self.tables.track() });
        }
        for (sample, duration) in &run.samples {
            self.payload = self.payload.saturating_add(u64::from(sample.size));
            run.check(sample, self.payload, file_end)?;
            for (count, limit, what) in [
                (len_u64(self.samples.len()).saturating_add(1), u64::from(MOST_SAMPLES), "samples of captions"),
                (self.payload, MOST_BYTES, "bytes of captions"),
            ] {
                if count > limit {
                    return Err(Mp4Error::LimitExceeded { what, limit });
                }
            }
            let start = sample.pts.saturating_add(self.shift);
            let end = start.saturating_add(i64::from(*duration));
            self.samples.push(TextSample { offset: sample.offset, size: sample.size, start, end });
        }
        Ok(())
    }

    fn track(self) -> Result<Option<TextTrack>, Mp4Error> {
        TextTrack::coded(&self.tables, self.entry.unwrap_or(1), self.samples)
    }
}
