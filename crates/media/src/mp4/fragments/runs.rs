//! What fragments say of samples, and what of a track is kept from one fragment to the next.

use super::traf::{self, Defaults, Header, Lasting, Position};
use crate::error::{FourCc, Mp4Error};
use crate::map::IndexedSample;
use crate::mp4::boxes::Atom;

/// The most samples that one `moof` may describe.
pub const MAX_MOOF_SAMPLES: u32 = 1 << 20;

/// The tracks of a fragmented file, in its order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Runs {
    tracks: Vec<State>,
}

#[derive(Debug, Clone, Copy)]
struct State {
    id: u32,
    defaults: Defaults,
    /// The decode time at which a fragment without one begins.
    next: i64,
}

/// The samples of one track in one fragment.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// Index of the track.
    pub(crate) track: usize,
    /// Which entry of its `stsd`, from 1, they use.
    pub(crate) entry: u32,
    /// Where the `moof` begins that describes them.
    pub(crate) moof: u64,
    pub(crate) samples: Vec<Lasting>,
}

impl Runs {
    /// A track behind those that are there, which goes on at `next` with its first fragment. `extends` are the boxes of the
    /// `mvex`.
    ///
    /// # Errors
    /// A `trex` that is too short.
    pub(crate) fn add(&mut self, id: u32, next: i64, extends: &[Atom<'_>]) -> Result<(), Mp4Error> {
        let mut defaults = Defaults { entry: 1, ..Defaults::default() };
        for extend in extends {
            if let Some((_, own)) = read_trex(extend)?.filter(|(track, _)| *track == id) {
                defaults = own;
            }
        }
        self.tracks.push(State { id, defaults, next });
        Ok(())
    }

    /// Reads a `moof` that begins at `at` of the file, track by track.
    ///
    /// # Errors
    /// It contradicts itself; those of `each`. What was given before stays.
    pub(crate) fn read(
        &mut self,
        at: u64,
        moof: &[u8],
        mut each: impl FnMut(Run) -> Result<(), Mp4Error>,
    ) -> Result<(), Mp4Error> {
        let Some(moof) = Atom::outermost_at(moof, at) else { return Ok(()) };
        let moof = moof?;
        let mut left = MAX_MOOF_SAMPLES;
        // Where the data of the fragment in front ended (ISO/IEC 14496-12, 8.8.7.1).
        let mut behind = at;
        for traf in moof.children() {
            let traf = traf?;
            if &traf.name.0 != b"traf" {
                continue;
            }
            let header = Header::parse(&traf)?;
            let known = self.tracks.iter_mut().enumerate().find(|(_, state)| state.id == header.track);
            let Some((track, state)) = known else { continue };
            let defaults = header.defaults(state.defaults);
            let base = header.base.unwrap_or(if header.from_moof { at } else { behind });
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
            (behind, state.next) = (position.offset, position.decode);
            each(Run { track, entry: defaults.entry, moof: at, samples })?;
        }
        Ok(())
    }
}

impl Run {
    /// Whether a sample, with which its track has `payload` bytes, can lie in a file that ends at `file_end`.
    ///
    /// # Errors
    /// The file was cut short, or its fragments claim the same bytes again and again.
    pub(crate) fn check(&self, sample: &IndexedSample, payload: u64, file_end: Option<u64>) -> Result<(), Mp4Error> {
        let Some(has) = file_end else { return Ok(()) };
        let needs = sample.offset.saturating_add(u64::from(sample.size));
        if needs > has {
            return Err(Mp4Error::Truncated { what: "the media data", needs, has });
        }
        if payload > has {
            let why = "claims more bytes of samples than the file has";
            return Err(Mp4Error::Malformed { name: FourCc(*b"moof"), offset: self.moof, why });
        }
        Ok(())
    }
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
