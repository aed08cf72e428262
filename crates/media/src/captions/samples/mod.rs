//! Text tracks of MP4 and MOV files: their samples read into cues.
//!
//! | module | samples |
//! |---|---|
//! | `timed` | 3GPP timed text (`tx3g`, 3GPP TS 26.245, 5.17) and that of QuickTime (`text`) |
//! | `cues` | `WebVTT` (`wvtt`, ISO/IEC 14496-30, 7) |
//! | `fragments` | the tracks of files whose samples are described piece by piece |
//! | `parts` | what is shown on from one sample to the next becomes one cue |
//! | `write` | cues as samples of 3GPP timed text |
//!
//! Samples of TTML (`stpp`, ISO/IEC 14496-30, 6) are whole documents, of which each is shown while its sample lasts.

mod cues;
mod fragments;
mod parts;
mod timed;
mod write;

use core::ops::Range;

use super::{Captions, CaptionsError, MOST_BYTES};
use crate::error::Mp4Error;
use crate::mp4::{TextEntry, TextRead, TextSample, TextTables, Track};
use crate::timing::{Timescale, rescale};
use parts::Parts;

pub use fragments::TextIndexer;
pub(crate) use write::{entry, samples};

/// Samples of a track at most: a cue, and nothing behind it, for each cue that there may be, and as many again that are cut.
const MOST_SAMPLES: u32 = 400_000;

/// How samples are written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Coding {
    /// 3GPP timed text, and how its letters look where a sample does not say: the flags of a style.
    Timed(u8),
    /// QuickTime text.
    QuickTime,
    /// `WebVTT`, with the styles and regions that its entry has.
    WebVtt(String),
    /// TTML.
    Ttml,
}

impl Coding {
    /// That of an entry; `None` where it is none that is read.
    fn of(entry: &TextEntry<'_>) -> Option<Self> {
        match &entry.name() {
            b"tx3g" => Some(Self::Timed(timed::default_face(entry.fields()))),
            b"text" => Some(Self::QuickTime),
            b"wvtt" => Some(Self::WebVtt(cues::preamble(entry.child_after(8, *b"vttC").unwrap_or_default()))),
            b"stpp" => Some(Self::Ttml),
            _ => None,
        }
    }
}

/// A text track of a file: which bytes it is made of, and when each sample is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextTrack {
    coding: Coding,
    scale: Timescale,
    samples: Vec<TextSample>,
}

/// What was read of a text track.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// What can be shown.
    pub captions: Captions,
    /// Samples that could not be read, and were left out.
    pub damaged: usize,
}

impl TextTrack {
    /// The text of a track of a file of `file_len` bytes; `None` where it is none that is read.
    ///
    /// # Errors
    /// Tables that contradict themselves or the file, an edit list that says more than when the track begins, or more samples
    /// and bytes than captions have.
    pub fn of(track: &Track<'_>, file_len: u64) -> Option<Result<Self, Mp4Error>> {
        let tables = track.text?;
        let read = tables.read(file_len, (MOST_SAMPLES, MOST_BYTES));
        read.and_then(|TextRead { entry, samples, .. }| Self::coded(&tables, entry, samples)).transpose()
    }

    /// Of samples that use that entry; `None` where its format is none that is read.
    fn coded(tables: &TextTables<'_>, entry: u32, samples: Vec<TextSample>) -> Result<Option<Self>, Mp4Error> {
        let coding = Coding::of(&tables.entry(entry)?);
        Ok(coding.map(|coding| Self { coding, scale: tables.scale(), samples }))
    }

    /// Where its samples lie in the file, in the order of the file: what is to be given to [`read`](Self::read).
    pub fn ranges(&self) -> Vec<Range<u64>> {
        let mut all: Vec<Range<u64>> = self.samples.iter().map(TextSample::range).collect();
        all.retain(|range| !range.is_empty());
        all.sort_by_key(|range| (range.start, range.end));
        let mut joined: Vec<Range<u64>> = Vec::new();
        for range in all {
            match joined.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        joined
    }

    /// Reads the samples. `bytes` are those of [`ranges`](Self::ranges), one after the other; zero of the presentation lies at
    /// `origin_micros` of the movie's timeline. A sample that is damaged is left out.
    ///
    /// # Errors
    /// More cues than captions have.
    pub fn read(&self, bytes: &[u8], origin_micros: i64) -> Result<Reading, CaptionsError> {
        let ranges = self.ranges();
        let mut begins = Vec::with_capacity(ranges.len());
        let mut end = 0_u64;
        for range in &ranges {
            begins.push(end);
            end = end.saturating_add(range.end.saturating_sub(range.start));
        }
        let find = |sample: &TextSample| {
            let at = ranges.partition_point(|range| range.start <= sample.offset).checked_sub(1);
            let (range, begin) = at.and_then(|at| ranges.get(at).zip(begins.get(at)))?;
            let start = usize::try_from(begin.checked_add(sample.offset.checked_sub(range.start)?)?).ok()?;
            bytes.get(start..start.checked_add(usize::try_from(sample.size).ok()?)?)
        };
        let time = |ticks| {
            let micros = rescale(ticks, self.scale, Timescale::MICROS).saturating_sub(origin_micros);
            rescale(micros, Timescale::MICROS, Timescale::MILLIS)
        };
        let origin_ms = rescale(origin_micros, Timescale::MICROS, Timescale::MILLIS);
        let mut parts = Parts::default();
        let mut damaged = 0_usize;
        for sample in &self.samples {
            let shown = time(sample.start)..time(sample.end);
            let data = if sample.size == 0 { Some(&[][..]) } else { find(sample) };
            let read = match (&self.coding, data) {
                (_, None) => None,
                (Coding::Timed(face), Some(data)) => timed::timed(data, *face).map(|text| parts.add_text(shown, text)),
                (Coding::QuickTime, Some(data)) => timed::quick_time(data).map(|text| parts.add_text(shown, text)),
                (Coding::WebVtt(_), Some(data)) => cues::cues(data).map(|cues| parts.add_cues(&shown, cues)),
                (Coding::Ttml, Some([])) => Some(Ok(())),
                (Coding::Ttml, Some(data)) => {
                    let document = Captions::of_document(data);
                    document.map(|document| parts.add_document(&shown, document, origin_ms))
                }
            };
            damaged = damaged.saturating_add(usize::from(read.is_none()));
            read.transpose()?;
        }
        let preamble = match &self.coding {
            Coding::WebVtt(preamble) => preamble.clone(),
            Coding::Timed(_) | Coding::QuickTime | Coding::Ttml => String::new(),
        };
        Ok(Reading { captions: Captions { preamble, cues: parts.finish()? }, damaged })
    }
}
