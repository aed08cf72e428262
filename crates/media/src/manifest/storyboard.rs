//! Small pictures of a film in equal distances, many to a sheet: for a look at what is where.

use super::presentation::numbered;
use crate::captions::{Captions, Cue};

/// Bits that a pixel of a sheet takes, roughly: what players are told before they fetch one.
const BITS_OF_PIXEL: u64 = 1;

/// The pictures, and how they lie on their sheets: from left to right, from top to bottom, the last sheet not always full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storyboard {
    /// A name of letters, digits, `-` and `_`, unique in the presentation.
    pub id: String,
    /// Address of the HLS playlist of the sheets.
    pub playlist: String,
    /// Address of a sheet, a JPEG, with `$Number$` where its number (from 0) is to stand and `$$` for a dollar sign.
    pub sheet_template: String,
    /// Pixels of one picture from left to right.
    pub width: u32,
    /// Pixels of one picture from top to bottom.
    pub height: u32,
    /// Pictures beside each other on a sheet; at least one.
    pub columns: u32,
    /// Pictures one below the other on a sheet; at least one.
    pub rows: u32,
    /// Milliseconds from one picture to the next, the first being at zero; at least one.
    pub every_ms: u64,
    /// How many there are.
    pub pictures: u64,
    /// How long the film is, in milliseconds: how long the last picture stands.
    pub duration_ms: u64,
}

impl Storyboard {
    /// How many sheets there are.
    pub fn sheets(&self) -> u64 {
        self.pictures.div_ceil(self.of_sheet())
    }

    /// Milliseconds of the film that a full sheet shows.
    pub fn sheet_ms(&self) -> u64 {
        self.every_ms.saturating_mul(self.of_sheet())
    }

    /// Size of a sheet in pixels.
    pub(super) fn sheet_size(&self) -> (u64, u64) {
        (u64::from(self.width) * u64::from(self.columns), u64::from(self.height) * u64::from(self.rows))
    }

    /// Bits in a second of film.
    pub(super) fn bandwidth(&self) -> u64 {
        let (width, height) = self.sheet_size();
        let bits = width.saturating_mul(height).saturating_mul(BITS_OF_PIXEL);
        bits.saturating_mul(1_000).div_ceil(self.sheet_ms().max(1))
    }

    /// The address of a sheet, from 0.
    pub fn sheet_url(&self, sheet: u64) -> String {
        numbered(&self.sheet_template, usize::try_from(sheet).unwrap_or(usize::MAX))
    }

    /// A `WebVTT` file with a cue for each picture: its text is the address of a sheet and where on it the picture lies, as a
    /// spatial media fragment (W3C Media Fragments URI 1.0, 4.2.2).
    pub fn webvtt(&self) -> String {
        let of_sheet = self.of_sheet();
        let columns = u64::from(self.columns.max(1));
        let cue = |picture: u64| {
            let (sheet, place) = (picture / of_sheet, picture % of_sheet);
            let (left, top) = (place % columns * u64::from(self.width), place / columns * u64::from(self.height));
            let start_ms = picture.saturating_mul(self.every_ms);
            let is_last = picture.saturating_add(1) == self.pictures;
            let url = self.sheet_url(sheet);
            Cue {
                start_ms,
                end_ms: if is_last { self.duration_ms } else { start_ms.saturating_add(self.every_ms) },
                settings: String::new(),
                text: format!("{url}#xywh={left},{top},{},{}", self.width, self.height),
            }
        };
        Captions { preamble: String::new(), cues: (0..self.pictures).map(cue).collect() }.write()
    }

    fn of_sheet(&self) -> u64 {
        u64::from(self.columns.max(1)) * u64::from(self.rows.max(1))
    }
}
