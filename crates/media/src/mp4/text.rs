//! The samples of a text track: where each lies, and when it is shown.

use core::ops::Range;

use super::boxes::Atom;
use super::edits::{self, Scales, Timeline};
use super::tables::SampleTables;
use super::track::is_external;
use crate::error::{FourCc, Mp4Error};
use crate::timing::Timescale;

/// Where in the index a text track is described. Nothing of it is checked before somebody asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextTables<'a> {
    pub(super) track: u32,
    pub(super) trak: Atom<'a>,
    pub(super) minf: Atom<'a>,
    pub(super) stbl: Atom<'a>,
    pub(super) stsd: Atom<'a>,
    pub(super) scale: Timescale,
    /// That of the movie, in which edit lists count.
    pub(super) movie: Timescale,
}

/// The entry of the `stsd` that the samples use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextEntry<'a>(Atom<'a>);

/// One sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TextSample {
    /// Where it begins in the file, and its bytes.
    pub(crate) offset: u64,
    pub(crate) size: u32,
    /// When it is shown on the timeline of the movie, edit list applied, in ticks of the track.
    pub(crate) start: i64,
    /// When it is not shown any more.
    pub(crate) end: i64,
}

/// What the sample tables of a text track say.
#[derive(Debug, Clone)]
pub(crate) struct TextRead {
    /// Which entry of the `stsd`, from 1, the samples use.
    pub(crate) entry: u32,
    /// What the edit list adds to times, in ticks of the track.
    pub(crate) shift: i64,
    /// The decode time behind the last sample, without what the edit list adds.
    pub(crate) next: i64,
    pub(crate) samples: Vec<TextSample>,
}

impl TextSample {
    /// Where it lies in the file.
    pub(crate) fn range(&self) -> Range<u64> {
        self.offset..self.offset.saturating_add(u64::from(self.size))
    }
}

impl<'a> TextEntry<'a> {
    /// The name of the format.
    pub(crate) fn name(&self) -> [u8; 4] {
        self.0.name.0
    }

    /// What stands behind the fields that every sample entry has.
    pub(crate) fn fields(&self) -> &'a [u8] {
        self.0.body.get(8..).unwrap_or_default()
    }

    /// The first box of that name behind `skip` bytes of fields.
    pub(crate) fn child_after(&self, skip: usize, name: [u8; 4]) -> Option<&'a [u8]> {
        let mut children = self.0.children_after(skip).map_while(Result::ok);
        Some(children.find(|child| child.name.0 == name)?.body)
    }
}

impl<'a> TextTables<'a> {
    /// Ticks in a second of its times.
    pub(crate) const fn scale(&self) -> Timescale {
        self.scale
    }

    /// The id that the file gives the track.
    pub(crate) const fn track(&self) -> u32 {
        self.track
    }

    /// The samples of the track in a file of `file_len` bytes: `most` samples of together `most_bytes`, at most.
    ///
    /// # Errors
    /// Tables that contradict themselves or the file, and edit lists that say more than when the track begins; more samples
    /// or bytes than that.
    pub(crate) fn read(&self, file_len: u64, (most, most_bytes): (u32, u64)) -> Result<TextRead, Mp4Error> {
        let tables = SampleTables::parse(&self.stbl, self.track)?;
        if tables.count > most {
            return Err(Mp4Error::LimitExceeded { what: "samples of captions", limit: u64::from(most) });
        }
        if is_external(&self.minf)? {
            return Err(Mp4Error::ExternalMedia { track: self.track });
        }
        if tables.survey(file_len)?.payload > most_bytes {
            return Err(Mp4Error::LimitExceeded { what: "bytes of captions", limit: most_bytes });
        }
        let timeline = match self.trak.child(*b"edts")? {
            Some(edts) => edits::parse(&edts, self.track, Scales { movie: self.movie, media: self.scale })?,
            None => Timeline::default(),
        };
        let mut samples = Vec::new();
        let shift = timeline.shift();
        let mut decode = shift;
        for sample in tables.samples() {
            let sample = sample?;
            let start = decode.saturating_add(i64::from(sample.composition));
            let end = start.saturating_add(i64::from(sample.duration));
            samples.push(TextSample { offset: sample.offset, size: sample.size, start, end });
            decode = decode.saturating_add(i64::from(sample.duration));
        }
        Ok(TextRead { entry: tables.entry, shift, next: decode.saturating_sub(shift), samples })
    }

    /// The entry of that number, from 1.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn entry(&self, number: u32) -> Result<TextEntry<'a>, Mp4Error> {
        let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let found = place.and_then(|place| self.stsd.children_after(8).nth(place));
        match found {
            Some(entry) => entry.map(TextEntry),
            None => Err(Mp4Error::Malformed {
                name: FourCc(*b"stsd"),
                offset: self.stsd.offset,
                why: "lacks the entry that samples use",
            }),
        }
    }
}
