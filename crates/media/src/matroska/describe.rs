//! From a track entry to what is told of a track, and how its blocks are timed.

use super::codec::{self, Seen};
use super::entry::Entry;
use super::flow::Flow;
use crate::codec::Codec;
use crate::facts::{FrameRate, TrackKind};
use crate::index::{
    FrameGrid, FrameLength, IndexedTrack, KnownPicture, Picture, SampleClock, Vp9Frame, frame_rate, pixel_aspect,
};
use crate::mp4::{chosen_name, language_of_code, language_of_tag};
use crate::timing::Timescale;

/// What the file says of itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct FileFacts {
    /// Nanoseconds of a tick.
    pub(super) tick: u64,
    /// Duration in ticks. A hint.
    pub(super) duration: Option<u64>,
    /// Whether it is WebM.
    pub(super) web: bool,
}

impl FileFacts {
    /// A scale for times that are not counted otherwise.
    fn scale(self) -> Timescale {
        let per_second = 1_000_000_000u64.checked_div(self.tick).unwrap_or(0);
        let exact = per_second.checked_mul(self.tick) == Some(1_000_000_000);
        u32::try_from(per_second).ok().filter(|_| exact).and_then(Timescale::new).unwrap_or(Timescale::MICROS)
    }

    /// Ticks of the file in a scale.
    pub(super) fn to_scale(self, ticks: i64, scale: Timescale) -> Option<i64> {
        scaled(i128::from(ticks).checked_mul(i128::from(self.tick))?, scale)
    }
}

/// Nanoseconds in a scale, rounded to nearest; `None` for what is no time of a film.
pub(super) fn scaled(nanoseconds: i128, scale: Timescale) -> Option<i64> {
    let ticks = nanoseconds.checked_mul(i128::from(scale.get()))?.checked_add(500_000_000)?;
    let ticks = i64::try_from(ticks.checked_div_euclid(1_000_000_000)?).ok()?;
    (ticks.unsigned_abs() < 1 << 56).then_some(ticks)
}

/// A track, and how its blocks are timed. The sample entry of VP9 is made when its first frame is seen.
pub(super) fn track(entry: &Entry<'_>, file: FileFacts) -> (IndexedTrack, Flow) {
    let kind = match entry.kind {
        1 => TrackKind::Video,
        2 => TrackKind::Audio,
        17 => TrackKind::Captions,
        _ => TrackKind::Other,
    };
    let mut track = IndexedTrack {
        kind,
        codec: Codec::Unsupported { fourcc: codec::fourcc(entry) },
        sample_entry: Vec::new(),
        timescale: file.scale(),
        width: 0,
        height: 0,
        coded_width: 0,
        coded_height: 0,
        sample_rate: 0,
        channels: 0,
        language: language(entry, file.web),
        name: chosen_name(entry.name),
        frame_rate: None,
        enabled: entry.enabled,
        duration_hint: None,
        playable: false,
        priming: 0,
    };
    let mut flow = Flow::new(entry.number);
    match kind {
        TrackKind::Video => video(entry, &mut track, &mut flow),
        TrackKind::Audio => audio(entry, &mut track, &mut flow),
        TrackKind::Captions | TrackKind::Other => {}
    }
    if entry.encoded {
        track.playable = false;
        flow.awaits_frame = None;
    }
    if !track.playable && flow.awaits_frame.is_none() {
        track.sample_entry = Vec::new();
    }
    flow.frame = scaled(i128::from(entry.frame), track.timescale).filter(|frame| *frame > 0);
    let duration = file.duration.and_then(|ticks| i64::try_from(ticks).ok());
    track.duration_hint =
        duration.and_then(|ticks| file.to_scale(ticks, track.timescale)).and_then(|ticks| u64::try_from(ticks).ok());
    (track, flow)
}

fn settle(track: &mut IndexedTrack, (codec, sample_entry): KnownPicture) {
    track.codec = codec;
    track.sample_entry = sample_entry;
    track.playable = true;
}

fn video(entry: &Entry<'_>, track: &mut IndexedTrack, flow: &mut Flow) {
    let video = &entry.video;
    let side = |pixels: u64| u16::try_from(pixels).map_or(0, u32::from);
    let coded = (side(video.coded.0), side(video.coded.1));
    let [bottom, top, left, right] = video.crop;
    let whole = (
        side(video.coded.0.saturating_sub(left.saturating_add(right))),
        side(video.coded.1.saturating_sub(top.saturating_add(bottom))),
    );
    let shown = (side(video.shown.0), side(video.shown.1));
    let aspect = match video.unit {
        _ if shown.0 == 0 || shown.1 == 0 => (1, 1),
        // Everything but pixels tells the shape only.
        _ => pixel_aspect(whole, shown),
    };
    (track.width, track.height) = match video.unit {
        0 if shown.0 > 0 && shown.1 > 0 => shown,
        _ => {
            let wide = u64::from(whole.0) * u64::from(aspect.0);
            let high = u64::from(aspect.1);
            let wide = wide.saturating_add(high / 2).checked_div(high).map_or(0, side);
            (if wide == 0 { whole.0 } else { wide }, whole.1)
        }
    };
    (track.coded_width, track.coded_height) = coded;
    let picture = Picture { coded, aspect, color: video.color.map(|color| (color.codes, color.full_range)) };
    track.frame_rate = frame_rate(entry.frame);
    if let Some((scale, grid)) = track.frame_rate.and_then(|rate| FrameGrid::new(rate, track.timescale)) {
        track.timescale = scale;
        flow.grid = Some(grid);
    }
    if coded.0 == 0 || coded.1 == 0 {
        return;
    }
    flow.reordered = true;
    match codec::picture(entry, &picture) {
        Seen::Known(known) => settle(track, known),
        Seen::Vp9 => flow.awaits_frame = Some(picture),
        Seen::Other => {}
    }
}

/// Completes a VP9 track from its first frame; one that begins otherwise does not play.
pub(super) fn first_frame(track: &mut IndexedTrack, picture: &Picture, frame: &[u8]) {
    let milli = track.frame_rate.map_or(30_000, FrameRate::milli);
    if let Some(known) = Vp9Frame::parse(frame).and_then(|frame| picture.vp9(&frame, milli)) {
        settle(track, known);
    }
}

fn audio(entry: &Entry<'_>, track: &mut IndexedTrack, flow: &mut Flow) {
    (track.sample_rate, track.channels) = (entry.audio.rate, entry.audio.channels);
    let Some(heard) = codec::sound(entry) else { return };
    (track.sample_rate, track.channels) = (heard.sample_rate, heard.channels);
    settle(track, (heard.codec, heard.sample_entry));
    if heard.length != FrameLength::Unknown
        && let Some(scale) = Timescale::new(heard.sample_rate)
    {
        track.timescale = scale;
        flow.clock = Some(SampleClock::default());
        flow.length = heard.length;
    }
    // The delay is the truth of blocks, which it has made later; the configuration says the same without rounding.
    let told = scaled(i128::from(entry.delay), track.timescale).and_then(|ticks| u64::try_from(ticks).ok());
    track.priming = match told.unwrap_or(0) {
        0 => 0,
        told if told.abs_diff(heard.skip) <= 1 => heard.skip,
        told => told,
    };
    flow.delay = i64::try_from(track.priming).unwrap_or(0);
}

/// `LanguageBCP47` counts before `Language`. Where a Matroska file has neither it is English by definition; writers
/// of WebM never say, and mean nothing by it.
fn language(entry: &Entry<'_>, web: bool) -> Option<String> {
    if let Some(tag) = entry.tag {
        return language_of_tag(tag);
    }
    let code = match entry.language {
        Some(code) => code,
        None if web => return None,
        None => b"eng",
    };
    match code {
        [a, b, c] if code.iter().all(u8::is_ascii_lowercase) => {
            let packed = [a, b, c].iter().fold(0u16, |packed, letter| packed << 5 | u16::from(**letter & 0x1f));
            language_of_code(packed)
        }
        _ => language_of_tag(code),
    }
}
