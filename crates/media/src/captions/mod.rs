//! Captions: `SubRip`, `WebVTT` and TTML, and the text tracks of MP4 and MOV files, read into cues, and cues written as `WebVTT`,
//! whole and in segments.

mod clock;
mod facts;
mod samples;
mod srt;
mod text;
mod ttml;
mod webvtt;

use core::ops::Range;
use thiserror::Error;

pub use facts::Facts;
pub use samples::{Reading, TextIndexer, TextTrack};
pub(crate) use samples::{entry as text_entry, samples as text_samples};

/// Bytes of a file of captions at most. Those of a long film take some hundred thousand.
pub const MOST_BYTES: u64 = 8 << 20;

/// Cues of a file at most.
const MOST_CUES: usize = 100_000;

/// How long a segment of them is, in milliseconds.
pub const SEGMENT_MS: u64 = 30_000;

/// The numbers of the segments of what is shown in a span, in milliseconds.
pub const fn segments_of(span_ms: Range<u64>) -> Range<u64> {
    span_ms.start / SEGMENT_MS..span_ms.end.div_ceil(SEGMENT_MS)
}

/// What a file of captions is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// `SubRip`.
    Srt,
    /// `WebVTT` (W3C).
    WebVtt,
    /// Timed Text Markup Language 1 or 2 (W3C).
    Ttml,
}

/// Text that is shown for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// When it is shown, in milliseconds.
    pub start_ms: u64,
    /// When it is not shown any more; behind the start.
    pub end_ms: u64,
    /// Where it is shown, in the words of `WebVTT` (`line:0 align:start`); nowhere special when it is empty.
    pub settings: String,
    /// The text as `WebVTT` has it: lines, tags and escapes.
    pub text: String,
}

/// All captions of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Captions {
    /// Blocks of styles and regions, as they stand in front of the cues of `WebVTT`.
    pub preamble: String,
    /// By start; those that start together in the order of the file.
    pub cues: Vec<Cue>,
}

/// Why bytes are not captions.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CaptionsError {
    /// Neither of the formats.
    #[error("this is not SubRip, WebVTT or TTML")]
    Unknown,
    /// Longer than captions are.
    #[error("captions have at most {MOST_BYTES} bytes")]
    TooLong,
    /// Bytes that are no text.
    #[error("this is not text in UTF-8 or UTF-16")]
    NotText,
    /// More cues than captions have.
    #[error("captions have at most {MOST_CUES} cues")]
    TooMany,
    /// Something that the format does not allow.
    #[error("line {line}: {why}")]
    Malformed {
        /// From 1.
        line: usize,
        /// What is wrong.
        why: &'static str,
    },
}

impl Captions {
    /// Reads a whole file.
    ///
    /// # Errors
    /// It is too long, no text, of no known format, or not as its format has it.
    pub fn parse(bytes: &[u8]) -> Result<(Format, Self), CaptionsError> {
        if u64::try_from(bytes.len()).map_or(true, |len| len > MOST_BYTES) {
            return Err(CaptionsError::TooLong);
        }
        Self::read(bytes)
    }

    /// Reads what [`write`](Self::write) wrote, which escapes may have made longer than a file may be.
    ///
    /// # Errors
    /// It was damaged.
    pub fn stored(bytes: &[u8]) -> Result<Self, CaptionsError> {
        Self::read(bytes).map(|(_, captions)| captions)
    }

    fn read(bytes: &[u8]) -> Result<(Format, Self), CaptionsError> {
        let text = text::decode(bytes).ok_or(CaptionsError::NotText)?;
        let (format, mut captions) = if webvtt::is_it(&text) {
            (Format::WebVtt, webvtt::parse(&text)?)
        } else if ttml::is_it(&text) {
            (Format::Ttml, ttml::parse(&text)?)
        } else if srt::is_it(&text) {
            (Format::Srt, srt::parse(&text)?)
        } else {
            return Err(CaptionsError::Unknown);
        };
        // What ends before it begins is never shown.
        captions.cues.retain(|cue| cue.end_ms > cue.start_ms);
        captions.cues.sort_by_key(|cue| cue.start_ms);
        Ok((format, captions))
    }

    /// The cues of a sample that is a document of TTML; `None` where it is none.
    fn of_document(bytes: &[u8]) -> Option<Self> {
        let text = text::decode(bytes)?;
        ttml::is_it(&text).then(|| ttml::parse(&text).ok())?
    }

    /// The same so many milliseconds earlier. What is over by zero is left out.
    #[must_use]
    pub fn earlier(mut self, ms: u64) -> Self {
        for cue in &mut self.cues {
            (cue.start_ms, cue.end_ms) = (cue.start_ms.saturating_sub(ms), cue.end_ms.saturating_sub(ms));
        }
        self.cues.retain(|cue| cue.end_ms > cue.start_ms);
        self
    }

    /// When the last of them is not shown any more, in milliseconds.
    pub fn end_ms(&self) -> u64 {
        self.cues.iter().map(|cue| cue.end_ms).max().unwrap_or(0)
    }

    /// All of them as one file of `WebVTT`.
    pub fn write(&self) -> String {
        webvtt::write("", &self.preamble, &self.cues)
    }

    /// Segment `n`, from 0, of HLS (RFC 8216, 3.5): times count from the beginning of the presentation, and a cue is in every
    /// segment in which it is shown. `clock` is when the media beside it begin, in ticks of 1/90000 s: 0 of fragments,
    /// [`START`](crate::transport::START) of transport streams.
    pub fn segment(&self, n: u32, clock: i64) -> String {
        let start_ms = u64::from(n).saturating_mul(SEGMENT_MS);
        let end_ms = start_ms.saturating_add(SEGMENT_MS);
        let within: Vec<Cue> =
            self.cues.iter().filter(|cue| cue.start_ms < end_ms && cue.end_ms > start_ms).cloned().collect();
        let map = format!("X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:{clock}\n");
        webvtt::write(&map, &self.preamble, &within)
    }

    fn add(&mut self, cue: Cue) -> Result<(), CaptionsError> {
        if self.cues.len() >= MOST_CUES {
            return Err(CaptionsError::TooMany);
        }
        self.cues.push(Cue { text: text::of_cue(&cue.text), ..cue });
        Ok(())
    }
}
