//! The walk over the boxes of a fragmented file.

use core::ops::Range;

use super::traf::{self, Defaults, Header, Lasting, Position};
use super::{FragmentTrack, shift};
use crate::bits::{Cursor, len_u64};
use crate::error::{FourCc, Mp4Error};
use crate::facts::{FrameRate, TrackKind};
use crate::map::{IndexedSample, TrackFacts};
use crate::mp4::boxes::Atom;
use crate::mp4::parse::parse_fragmented;
use crate::mp4::{MAX_SAMPLES, MAX_SAMPLES_OF_ALL_TRACKS};

/// The largest `moof` that is read into memory.
pub const MAX_MOOF_LEN: u64 = 32 << 20;

/// The most samples that one `moof` may describe.
pub const MAX_MOOF_SAMPLES: u32 = 1 << 20;

/// How many boxes a file may have beside one another: a fragment each second for a month.
const MAX_BOXES: u32 = 8 << 20;

/// What is read where a box begins: most `moof` boxes are smaller, so that each fragment is one read.
const LOOK: u64 = 4096;

/// Bytes of a box header with a 64-bit size.
const HEADER_LEN: u64 = 16;

/// Reads the index of a fragmented file: first the samples that the `moov` describes itself, then fragment after
/// fragment. The caller does the reading; media data is passed over.
///
/// Order of fragments is order of the file. An error leaves what was found before it: a recording that was cut short
/// plays until there.
#[derive(Debug, Clone)]
pub struct FragmentIndexer {
    file_len: u64,
    /// Where the next box begins.
    at: u64,
    /// Bytes that are needed from there.
    needs: u64,
    /// Fewer bytes than these are not worth asking for.
    must: u64,
    /// Whether the file is still being written.
    grows: bool,
    boxes: u32,
    samples: u64,
    tracks: Vec<FragmentTrack>,
    states: Vec<State>,
    found: Vec<(usize, IndexedSample)>,
}

/// What is kept of a track from fragment to fragment.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    defaults: Defaults,
    /// The decode time at which a fragment without one begins.
    next: i64,
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
        let mut indexer = Self {
            file_len,
            at: 0,
            needs: LOOK,
            must: 8,
            grows: false,
            boxes: 0,
            samples: 0,
            tracks: Vec::new(),
            states: Vec::new(),
            found: Vec::new(),
        };
        for (index, track) in movie.tracks.iter().enumerate() {
            let mut state = State { defaults: Defaults { entry: 1, ..Defaults::default() }, ..State::default() };
            let mut end_pts = None;
            if let Some(tables) = track.tables.as_ref() {
                for sample in tables.samples.samples() {
                    let sample = sample?;
                    let (offset, size, sync) = (sample.offset, sample.size, sample.sync);
                    let pts = state.next + i64::from(sample.composition);
                    indexer.found.push((index, IndexedSample { offset, size, dts: state.next, pts, sync }));
                    state.next += i64::from(sample.duration);
                    state.samples += 1;
                    state.payload += u64::from(size);
                    end_pts = end_pts.max(Some(pts.saturating_add(i64::from(sample.duration))));
                }
            }
            indexer.samples += u64::from(state.samples);
            for extend in &extends {
                if let Some((_, defaults)) = read_trex(extend)?.filter(|(id, _)| *id == track.id) {
                    state.defaults = defaults;
                }
            }
            indexer.states.push(state);
            indexer.tracks.push(FragmentTrack {
                id: track.id,
                kind: track.kind,
                codec: track.codec,
                facts: TrackFacts::of(track),
                shift: track.tables.as_ref().map_or(0, |tables| shift(tables.timeline)),
                end_pts,
            });
        }
        Ok(indexer)
    }

    /// As [`new`](Self::new), of a file that is still being written and has `file_len` bytes so far. A fragment
    /// that is not whole is waited for. Samples may be found before their bytes are there.
    ///
    /// # Errors
    /// A `moov` that cannot be understood.
    pub fn growing(moov: &[u8], file_len: u64) -> Result<Self, Mp4Error> {
        Ok(Self { grows: true, ..Self::new(moov, file_len)? })
    }

    /// The file has grown to so many bytes.
    pub fn grow(&mut self, file_len: u64) {
        self.file_len = self.file_len.max(file_len);
    }

    /// The tracks, in the order of the file.
    pub fn tracks(&self) -> &[FragmentTrack] {
        &self.tracks
    }

    /// The bytes of the file to [`feed`](Self::feed) next; `None` at its end, or where it has to grow first.
    pub fn wants(&self) -> Option<Range<u64>> {
        // Fewer bytes than a box header at the end are padding.
        (self.file_len.saturating_sub(self.at) >= self.must)
            .then(|| self.at..self.at.saturating_add(self.needs).min(self.file_len))
    }

    /// The samples found since the last call, each with the index of its track, in decode order for each track.
    /// Tracks that cannot be packaged are left out.
    pub fn drain(&mut self) -> Vec<(usize, IndexedSample)> {
        core::mem::take(&mut self.found)
    }

    /// Takes the bytes that [`wants`](Self::wants) asked for.
    ///
    /// # Errors
    /// A file that is damaged, cut short, or larger than a file may be.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), Mp4Error> {
        let Some(wanted) = self.wants() else { return Ok(()) };
        let truncated = Mp4Error::Truncated { what: "an index (moof box)", needs: wanted.end, has: self.file_len };
        if len_u64(bytes.len()) < wanted.end - wanted.start {
            return Err(truncated);
        }
        let begin = self.at;
        // Everything that is whole in these bytes; the rest is asked for again.
        loop {
            let Some(rest) = self.at.checked_sub(begin).and_then(|passed| usize::try_from(passed).ok()) else {
                return Ok(());
            };
            let Some(rest) = bytes.get(rest..).filter(|rest| rest.len() >= 8) else {
                self.needs = LOOK;
                return Ok(());
            };
            if !self.pass(rest)? {
                return Ok(());
            }
        }
    }

    /// Passes the box that `bytes` begin with. `false` where more of it is needed.
    fn pass(&mut self, bytes: &[u8]) -> Result<bool, Mp4Error> {
        let mut cursor = Cursor::new(bytes);
        let (Some(short), Some(name)) = (cursor.u32(), cursor.array().map(FourCc)) else {
            return Ok(false);
        };
        let offset = self.at;
        let malformed = |why| Mp4Error::Malformed { name, offset, why };
        if !name.0.iter().all(|byte| matches!(byte, 0x20..=0x7e | 0xa9)) {
            // Behind real boxes this is padding.
            self.at = self.file_len;
            return if self.boxes == 0 { Err(malformed("is not a box of an MP4 file")) } else { Ok(true) };
        }
        let (header_len, size) = match short {
            0 => (8, self.file_len.saturating_sub(offset)),
            1 => match cursor.u64() {
                Some(size) => (HEADER_LEN, size),
                None if self.file_len.saturating_sub(offset) >= HEADER_LEN => {
                    self.needs = LOOK;
                    return Ok(false);
                }
                None => return Err(malformed("ends before its size")),
            },
            size => (8, u64::from(size)),
        };
        if size < header_len {
            return Err(malformed("is smaller than its own header"));
        }
        let end = offset.checked_add(size).ok_or_else(|| malformed("has an impossible size"))?;
        if &name.0 == b"moof" {
            if size > MAX_MOOF_LEN {
                return Err(Mp4Error::LimitExceeded { what: "bytes of index (moof box)", limit: MAX_MOOF_LEN });
            }
            if end > self.file_len && self.grows {
                (self.must, self.needs) = (size, size.saturating_add(HEADER_LEN));
                return Ok(false);
            }
            if end > self.file_len {
                return Err(Mp4Error::Truncated { what: "an index (moof box)", needs: end, has: self.file_len });
            }
            let Some(moof) = usize::try_from(size).ok().and_then(|size| bytes.get(..size)) else {
                // The header of the box behind it comes with it.
                self.needs = size.saturating_add(HEADER_LEN);
                return Ok(false);
            };
            self.fragment(moof)?;
        }
        self.boxes += 1;
        if self.boxes > MAX_BOXES {
            return Err(Mp4Error::LimitExceeded { what: "boxes in a fragmented file", limit: u64::from(MAX_BOXES) });
        }
        // The samples were checked one by one: data of the last fragment may be cut off behind them.
        self.at = if self.grows { end } else { end.min(self.file_len) };
        (self.must, self.needs) = (8, LOOK);
        Ok(true)
    }

    fn fragment(&mut self, bytes: &[u8]) -> Result<(), Mp4Error> {
        let Some(moof) = Atom::outermost_at(bytes, self.at) else { return Ok(()) };
        let moof = moof?;
        let mut left = MAX_MOOF_SAMPLES;
        // Where the data of the fragment in front ended (ISO/IEC 14496-12, 8.8.7.1).
        let mut behind = self.at;
        for traf in moof.children() {
            let traf = traf?;
            if &traf.name.0 != b"traf" {
                continue;
            }
            let header = Header::parse(&traf)?;
            let known = self.tracks.iter().position(|track| track.id == header.track);
            let Some((index, state)) = known.and_then(|index| Some((index, *self.states.get(index)?))) else {
                continue;
            };
            let defaults = header.defaults(state.defaults);
            let base = header.base.unwrap_or(if header.from_moof { self.at } else { behind });
            let decode = traf::decode_time(&traf)?.unwrap_or(state.next);
            let mut position = Position { base, offset: base, decode };
            let mut samples = Vec::new();
            for trun in traf.children() {
                let trun = trun?;
                if &trun.name.0 == b"trun" {
                    let before = samples.len();
                    traf::run(&trun, defaults, &mut position, left, &mut samples)?;
                    left = left.saturating_sub(u32::try_from(samples.len() - before).unwrap_or(u32::MAX));
                }
            }
            behind = position.offset;
            self.keep(index, defaults.entry, &samples, position.decode)?;
        }
        Ok(())
    }

    /// Keeps the samples of one fragment of a track, behind which the track goes on at `next`.
    fn keep(&mut self, index: usize, entry: u32, samples: &[Lasting], next: i64) -> Result<(), Mp4Error> {
        let (Some(track), Some(state)) = (self.tracks.get_mut(index), self.states.get_mut(index)) else {
            return Ok(());
        };
        state.next = next;
        let Some(facts) = &mut track.facts else { return Ok(()) };
        if samples.is_empty() {
            return Ok(());
        }
        if entry != 1 {
            return Err(Mp4Error::SeveralSampleEntries { track: track.id });
        }
        self.samples += len_u64(samples.len());
        state.samples = state.samples.saturating_add(u32::try_from(samples.len()).unwrap_or(u32::MAX));
        for (count, limit, what) in [
            (u64::from(state.samples), u64::from(MAX_SAMPLES), "samples in one track"),
            (self.samples, MAX_SAMPLES_OF_ALL_TRACKS, "samples"),
        ] {
            if count > limit {
                return Err(Mp4Error::LimitExceeded { what, limit });
            }
        }
        if track.kind == TrackKind::Video && facts.frame_rate().is_none() {
            *facts = facts.clone().with_frame_rate(steady_rate(samples, facts.timescale().get()));
        }
        for (sample, duration) in samples {
            let end = sample.offset.saturating_add(u64::from(sample.size));
            if end > self.file_len && !self.grows {
                return Err(Mp4Error::Truncated { what: "the media data", needs: end, has: self.file_len });
            }
            state.payload = state.payload.saturating_add(u64::from(sample.size));
            if state.payload > self.file_len && !self.grows {
                let (name, offset) = (FourCc(*b"moof"), self.at);
                return Err(Mp4Error::Malformed {
                    name,
                    offset,
                    why: "claims more bytes of samples than the file has",
                });
            }
            track.end_pts = track.end_pts.max(Some(sample.pts.saturating_add(i64::from(*duration))));
            self.found.push((index, *sample));
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

/// Track id and defaults of a `trex`; `None` for other boxes.
fn read_trex(trex: &Atom<'_>) -> Result<Option<(u32, Defaults)>, Mp4Error> {
    if &trex.name.0 != b"trex" {
        return Ok(None);
    }
    let (_, _, mut cursor) = trex.full()?;
    let mut read = || {
        let id = cursor.u32()?;
        let (entry, duration) = (cursor.u32()?, cursor.u32()?);
        Some((id, Defaults { entry, duration, size: cursor.u32()?, flags: cursor.u32()? }))
    };
    read().map(Some).ok_or_else(|| trex.malformed("is too short"))
}
