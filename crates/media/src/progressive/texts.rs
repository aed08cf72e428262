//! Captions in a progressive file: text tracks whose samples are made, and lie together in front of everything else.

use core::ops::Range;
use std::borrow::Cow;

use super::Laid;
use super::chunks::Chunks;
use super::edits::Shown;
use super::tables::Tables;
use crate::captions::{Captions, Facts, text_entry, text_samples};
use crate::cmaf::track::IDENTITY;
use crate::facts::TrackKind;
use crate::map::{Sample, TrackHeader};
use crate::timing::Timescale;

/// Captions that a file has beside picture and sound.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// What is said.
    pub captions: &'a Captions,
    /// In which language, and its name.
    pub facts: &'a Facts,
}

/// A text track, and the bytes of its samples.
pub(super) struct LaidText {
    pub(super) laid: Laid<'static>,
    pub(super) bytes: Vec<u8>,
}

/// The track of captions beside a picture of that size, from one millisecond of the presentation to another; `None` where nothing
/// is said then.
pub(super) fn lay(text: &Text<'_>, part: &Range<u64>, (width, height): (u32, u32)) -> Option<LaidText> {
    let header = TrackHeader {
        kind: TrackKind::Captions,
        codec: "tx3g".to_owned(),
        codec_name: "tx3g".to_owned(),
        timescale: Timescale::MILLIS,
        target_ms: 0,
        priming: 0,
        independent: true,
        enabled: false,
        width,
        height,
        coded_width: 0,
        coded_height: 0,
        rotation: 0,
        frame_rate: None,
        sample_rate: 0,
        channels: 0,
        language: text.facts.language.clone(),
        name: text.facts.name.clone(),
        matrix: IDENTITY,
        sample_entry: text_entry(),
    };
    let (mut tables, mut bytes, mut decode) = (Tables::default(), Vec::new(), 0_u64);
    for (duration, sample) in text_samples(text.captions, part) {
        let size = u32::try_from(sample.len()).ok()?;
        tables.push(&Sample { size, duration, composition_offset: 0, sync: true }, decode);
        decode = decode.saturating_add(duration.into());
        bytes.extend(sample);
    }
    tables.end();
    let chunks = Chunks::together(Timescale::MILLIS, u32::try_from(tables.count()).ok()?);
    let shown = Shown::whole(Timescale::MILLIS, tables.duration())?;
    Some(LaidText { laid: Laid { header: Cow::Owned(header), tables, chunks, shown }, bytes })
}
