//! What of AV1 is protected: the data of tiles (AV1 in ISO BMFF, 4.1).

mod frame;
mod references;
mod tiles;

use super::error::Fault;
use super::ranges::Ranges;
use crate::bits::BitCursor;
use crate::index::{Av1Sequence, av1_unit as unit, av1_units};

use frame::Header;
use references::References;
use tiles::Tiles;

/// Walks through the samples of a track.
#[derive(Debug)]
pub(super) struct Walk {
    sequence: Option<Av1Sequence>,
    references: References,
    /// How the tiles lie of the frame whose tile groups follow.
    tiles: Option<Tiles>,
}

impl Walk {
    /// A walk that begins with what an `av1C` says, which need not hold a sequence header.
    pub(super) fn new(config: &[u8]) -> Self {
        Self { sequence: Av1Sequence::of_config(config), references: References::default(), tiles: None }
    }

    /// Finds the protected ranges of the next sample, a temporal unit.
    pub(super) fn sample(&mut self, sample: &[u8], ranges: &mut Ranges) -> Result<(), Fault> {
        self.tiles = None;
        for found in av1_units(sample) {
            let found = found.ok_or(Fault::Damaged("a unit reaches past its end"))?;
            match found.kind {
                unit::SEQUENCE => {
                    let sequence = Av1Sequence::parse(found.payload);
                    self.sequence = Some(sequence.ok_or(Fault::Damaged("a sequence header cannot be read"))?);
                }
                unit::FRAME_HEADER | unit::FRAME => {
                    let mut bits = BitCursor::new(found.payload);
                    let is_repeated = found.kind == unit::FRAME_HEADER && self.tiles.is_some();
                    if !is_repeated {
                        self.tiles = self.header(&mut bits, found.layers)?;
                    }
                    if found.kind == unit::FRAME {
                        self.tile_group(found.payload, bits.begun(), found.at, ranges)?;
                    }
                }
                unit::TILE_GROUP => self.tile_group(found.payload, 0, found.at, ranges)?,
                unit::TILE_LIST => return Err(Fault::Unprotectable("it has a list of tiles")),
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads a frame header. Gives how the tiles lie that follow.
    fn header(&mut self, bits: &mut BitCursor<'_>, layers: (u8, u8)) -> Result<Option<Tiles>, Fault> {
        let sequence = self.sequence.as_ref().ok_or(Fault::Damaged("its sequence header is missing"))?;
        let header = Header::read(bits, sequence, layers, &mut self.references);
        header.map(|header| header.tiles).ok_or(Fault::Damaged("a frame header cannot be read"))
    }

    /// Protects the tiles of a group that begins so far in a payload, which lies so far in its sample.
    fn tile_group(&mut self, payload: &[u8], begun: usize, at: usize, ranges: &mut Ranges) -> Result<(), Fault> {
        let tiles = self.tiles.as_ref().ok_or(Fault::Damaged("its frame header is missing"))?;
        let group = payload.get(begun..).and_then(|group| tiles.of_group(group));
        let (places, is_last) = group.ok_or(Fault::Damaged("its tiles cannot be told apart"))?;
        let from = at.saturating_add(begun);
        for place in places {
            ranges.protect(from.saturating_add(place.start)..from.saturating_add(place.end))?;
        }
        if is_last {
            self.tiles = None;
        }
        Ok(())
    }
}
