//! What a presentation offers: renditions, each of one map, and the addresses under which they are served.

use super::storyboard::Storyboard;
use crate::cmaf::Front;
use crate::facts::{FrameRate, TrackKind, VideoRange};
use crate::map::{SegmentInfo, SegmentMap};
use crate::progressive::Span;
use crate::protect::{KeyId, Scheme, TrackSalt};
use crate::smooth::Setup;
use crate::timing::{Timescale, rescale_len};
use core::ops::Range;

/// Everything that a player may choose from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Presentation {
    /// The renditions. Several of picture are qualities of one film, several of sound are alternatives.
    pub tracks: Vec<Rendition>,
    /// Captions, alternatives to each other.
    pub captions: Vec<Subtitles>,
    /// Small pictures of it, where there are any.
    pub storyboard: Option<Storyboard>,
    /// When it begins, in microseconds of the timeline of its segments: 0, unless it is a part of something longer.
    pub from: u64,
    /// Whether more segments will follow.
    pub growing: bool,
}

/// How much later than the others a rendition may end and still end with them: a frame of sound is not longer.
const TOLERANCE_MICROS: u64 = 100_000;

impl Presentation {
    /// Length in ticks of `scale`: that of the longest rendition.
    pub fn duration(&self, scale: Timescale) -> u64 {
        let end = self.tracks.iter().map(|track| rescale_len(track.end(), track.timescale, scale)).max().unwrap_or(0);
        end.saturating_sub(rescale_len(self.from, Timescale::MICROS, scale))
    }

    /// When it begins and ends, in milliseconds of the timeline of its segments.
    pub fn span_ms(&self) -> Range<u64> {
        let from = self.from / 1_000;
        from..from.saturating_add(self.duration(Timescale::MILLIS))
    }

    /// Until when every rendition lasts, in ticks of `scale`.
    pub fn common_end(&self, scale: Timescale) -> u64 {
        self.tracks.iter().map(|track| rescale_len(track.end(), track.timescale, scale)).min().unwrap_or(0)
    }

    /// The same with only the segments that end at or before `end`, in ticks of `scale`. A last frame that reaches a
    /// little over it stays, so that sound which is cut beside the picture ends with it, and the first segment stays where
    /// it begins before `end`: players do not begin without one of each rendition.
    ///
    /// Of a growing presentation, whose renditions are not equally far, [`common_end`](Self::common_end) is the end
    /// to offer.
    #[must_use]
    pub fn truncated(mut self, end: u64, scale: Timescale) -> Self {
        let end = rescale_len(end, scale, Timescale::MICROS);
        let tolerated = end.saturating_add(TOLERANCE_MICROS);
        for track in &mut self.tracks {
            let scale = track.timescale;
            let micros = |ticks| rescale_len(ticks, scale, Timescale::MICROS);
            let ends = |segment: &Timed| micros(segment.start.saturating_add(segment.duration));
            let whole = track.segments.iter().take_while(|segment| ends(segment) <= tolerated).count();
            let begun = track.segments.first().is_some_and(|first| micros(first.start) < end);
            track.segments.truncate(whole.max(usize::from(begun)));
        }
        self
    }

    /// A part of it, in microseconds: the segments of the picture that are shown in it, whole, and of other renditions those
    /// that are needed beside them. Small pictures are of the whole, and left out. `None` where nothing is shown in it.
    #[must_use]
    pub fn part(mut self, span: Span) -> Option<Self> {
        let micros = |track: &Rendition, ticks| rescale_len(ticks, track.timescale, Timescale::MICROS);
        let leads = |track: &&Rendition| track.kind == TrackKind::Video;
        let lead = self.tracks.iter().find(leads).or(self.tracks.first())?;
        let mut shown = lead
            .segments
            .iter()
            .map(|segment| (micros(lead, segment.start), micros(lead, segment.start.saturating_add(segment.duration))))
            .filter(|(start, end)| *start < span.end && *end > span.start);
        let (start, mut end) = shown.next()?;
        if let Some((_, last)) = shown.next_back() {
            end = last;
        }
        // What is cut beside it begins and ends a part of a frame earlier or later.
        let (after, before) = (start.saturating_add(TOLERANCE_MICROS), end.saturating_sub(TOLERANCE_MICROS));
        for track in &mut self.tracks {
            let ends = |segment: &Timed| micros(track, segment.start.saturating_add(segment.duration));
            let first = track.segments.partition_point(|segment| ends(segment) <= after);
            let behind = track.segments.partition_point(|segment| micros(track, segment.start) < before);
            track.segments.truncate(behind);
            track.segments.drain(..first.min(behind));
            track.first = track.first.saturating_add(first);
        }
        self.tracks.retain(|track| !track.segments.is_empty());
        self.storyboard = None;
        self.from = start;
        Some(self)
    }
}

/// Addresses of one rendition, relative to the manifest or absolute. They are written as they are given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Urls {
    /// HLS media playlist.
    pub playlist: String,
    /// HLS playlist of the pictures that segments begin with, where there is one.
    pub key_frames: Option<String>,
    /// Initialization segment; none where segments need none, as those of packed audio.
    pub init: Option<String>,
    /// All of it in one file, and where that has what players read first; none where there is no such file.
    pub file: Option<(String, Front)>,
    /// Media segment, with `$Number$` where its number (from 0) is to stand and `$$` for a dollar sign.
    pub segment_template: String,
}

/// Captions that a player may show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subtitles {
    /// A name of letters, digits, `-` and `_`, unique in the presentation.
    pub id: String,
    /// BCP 47 tag of the language.
    pub language: Option<String>,
    /// A name for people, as somebody wrote it: any text.
    pub name: Option<String>,
    /// Address of the HLS media playlist.
    pub playlist: String,
    /// Address of all of them in one file of `WebVTT`.
    pub whole: String,
    /// Addresses of segments of `WebVTT`, as [`Urls::segment_template`] has it.
    pub segment_template: String,
}

impl Subtitles {
    /// The address of a segment, from 0.
    pub fn segment_url(&self, number: u64) -> String {
        numbered(&self.segment_template, usize::try_from(number).unwrap_or(usize::MAX))
    }
}

/// How a rendition is protected, and where players get what they need for it. Addresses are relative to the manifest or absolute,
/// and written as they are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Protection {
    /// Whole segments are encrypted by [`Aes128`](crate::protect::Aes128), each with its
    /// [`segment_iv`](crate::protect::segment_iv); the initialization segment is not.
    ///
    /// Manifests of DASH leave such renditions out. Segment encryption of DASH (ISO/IEC 23009-4) could name a vector for each
    /// segment, but the players that know it take one key and one vector for all renditions of a set, and for the
    /// initialization segment too.
    Segments {
        /// Where the key is: 16 bytes.
        key_url: String,
        /// Names the track at its version, among those that share the key.
        salt: TrackSalt,
    },
    /// Samples are encrypted ([`media_segment`](crate::protect::media_segment)), and players know them by Clear Key
    /// (Encrypted Media Extensions, 9.1).
    Samples {
        /// The scheme.
        scheme: Scheme,
        /// The name of the key.
        kid: KeyId,
        /// Where licenses are given. A player asks once for all keys of a set of renditions, and some ask for the keys of
        /// one and expect those of all.
        license_url: String,
        /// Where the key alone is, as 16 bytes, for players that want it so by HLS: shaka-player knows no other form. Players
        /// that know both may take this one and fail, as hls.js does under [`Scheme::Cbcs`].
        key_url: Option<String>,
    },
}

/// One segment on the timeline of the presentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timed {
    /// When it starts, in ticks of the rendition. Never negative: encoder priming is not shown.
    pub start: u64,
    /// How long it is shown.
    pub duration: u64,
}

/// In which segments a rendition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carriage {
    /// In its own.
    Own,
    /// In those of every picture, as transport streams have it: it has no address of its own.
    WithPictures,
}

/// One track that a player can play.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rendition {
    /// A name of letters, digits, `-` and `_`, unique in the presentation.
    pub id: String,
    /// Video or audio.
    pub kind: TrackKind,
    /// RFC 6381 name of the codec.
    pub codec: String,
    /// Bits in a second, over the whole track.
    pub average_bandwidth: u64,
    /// Bits in a second of the segment that has most.
    pub peak_bandwidth: u64,
    /// Width as shown. Zero without picture.
    pub width: u32,
    /// Height as shown. Zero without picture.
    pub height: u32,
    /// The range of brightness, of pictures.
    pub range: VideoRange,
    /// The frame rate, of pictures.
    pub frame_rate: Option<FrameRate>,
    /// Samples of sound in a second. Zero without sound.
    pub sample_rate: u32,
    /// Channels of sound. Zero without sound.
    pub channels: u16,
    /// BCP 47 tag of the language.
    pub language: Option<String>,
    /// A name for people, as somebody wrote it: any text.
    pub name: Option<String>,
    /// Whether it plays unless somebody chooses another. Of several of a kind the first default counts.
    pub default: bool,
    /// In which segments it is.
    pub carriage: Carriage,
    /// Whether every segment begins with a sync sample.
    pub independent: bool,
    /// Bits in a second of the pictures that segments begin with, where each lasts as long as its segment: the most of
    /// any. Nothing of sound.
    pub key_frame_bandwidth: Option<u64>,
    /// Ticks in a second.
    pub timescale: Timescale,
    /// Length of segments that was aimed at, in milliseconds.
    pub target_ms: u32,
    /// The segments in order, without gaps.
    pub segments: Vec<Timed>,
    /// The number of the first of them: 0, unless it is a part of the presentation.
    pub first: usize,
    /// Where it is served.
    pub urls: Urls,
    /// What its decoder must know, as Smooth Streaming says it; nothing of what players of that do not take.
    pub setup: Option<Setup>,
    /// How it is protected, if it is: see [`protected`](Self::protected).
    pub(super) protection: Option<Protection>,
}

/// Room for the boxes in front of a picture, and what each sample of its segment adds to them.
const BOXES: u64 = 256;
const BOXES_OF_SAMPLE: u64 = 16;

/// As [`Rendition::key_frame_bandwidth`]: a little more than it is, since the boxes are not rendered for it.
fn key_frame_bandwidth(map: &SegmentMap) -> Option<u64> {
    if map.header().kind != TrackKind::Video || !map.header().independent {
        return None;
    }
    let bandwidth = |(n, segment): (u32, SegmentInfo)| {
        let boxes = BOXES.saturating_add(BOXES_OF_SAMPLE.saturating_mul(segment.sample_count.into()));
        let bits = u64::from(map.first_size(n)?).saturating_add(boxes).saturating_mul(8);
        bits.saturating_mul(map.header().timescale.get().into()).checked_div(segment.duration)
    };
    (0..).zip(map.segments()).filter_map(bandwidth).max()
}

impl Rendition {
    /// The rendition of a map. `default` is what the source marks as enabled; the caller may change it, as it may the
    /// language and the name.
    pub fn new(id: impl Into<String>, map: &SegmentMap, urls: Urls) -> Self {
        let header = map.header();
        let segments = map
            .segments()
            .map(|segment| {
                let end = segment.start.saturating_add_unsigned(segment.duration).max(0).unsigned_abs();
                let start = segment.start.max(0).unsigned_abs();
                Timed { start, duration: end.saturating_sub(start) }
            })
            .collect();
        Self {
            id: id.into(),
            kind: header.kind,
            codec: header.codec.clone(),
            average_bandwidth: map.average_bitrate(),
            peak_bandwidth: map.peak_bitrate(),
            width: header.width,
            height: header.height,
            range: header.range(),
            frame_rate: header.frame_rate,
            sample_rate: header.sample_rate,
            channels: header.channels,
            language: header.language.clone(),
            name: header.name.clone(),
            default: header.enabled,
            carriage: Carriage::Own,
            key_frame_bandwidth: key_frame_bandwidth(map),
            independent: header.independent,
            timescale: header.timescale,
            target_ms: header.target_ms,
            segments,
            first: 0,
            urls,
            setup: Setup::of(header),
            protection: None,
        }
    }

    /// The same, protected. It has no playlist of key frames: a part of a segment cannot be decrypted by itself.
    #[must_use]
    pub fn protected(self, protection: Protection) -> Self {
        Self { key_frame_bandwidth: None, protection: Some(protection), ..self }
    }

    /// How it is protected, if it is.
    pub fn protection(&self) -> Option<&Protection> {
        self.protection.as_ref()
    }

    /// When the first segment begins, in ticks.
    pub fn start(&self) -> u64 {
        self.segments.first().map_or(0, |first| first.start)
    }

    /// When the last segment ends, in ticks.
    pub fn end(&self) -> u64 {
        self.segments.last().map_or(0, |last| last.start.saturating_add(last.duration))
    }

    /// The address of the segment that is `n`-th here, from 0.
    pub fn segment_url(&self, n: usize) -> String {
        numbered(&self.urls.segment_template, self.first.saturating_add(n))
    }
}

/// The address of number `n` by a template.
pub(super) fn numbered(template: &str, n: usize) -> String {
    // The parts between dollar signs are literal, `Number` or, where empty, a dollar sign.
    let parts = template.split('$').enumerate();
    parts.fold(String::new(), |mut url, (at, part)| {
        match part {
            "Number" if at % 2 == 1 => url.push_str(&n.to_string()),
            "" if at % 2 == 1 => url.push('$'),
            literal => url.push_str(literal),
        }
        url
    })
}

/// Labels of renditions of sound, unique among them: the name, else the language, else a number.
pub(super) fn labels(tracks: &[&Rendition]) -> Vec<String> {
    unique("Audio", tracks.iter().map(|track| (&track.name, &track.language)))
}

/// The same of captions.
pub(super) fn labels_of_captions(captions: &[Subtitles]) -> Vec<String> {
    unique("Captions", captions.iter().map(|track| (&track.name, &track.language)))
}

fn unique<'a>(kind: &str, tracks: impl Iterator<Item = (&'a Option<String>, &'a Option<String>)>) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    for (index, (name, language)) in tracks.enumerate() {
        let name = name.as_deref().map(clean).filter(|name| !name.is_empty());
        let label = name.or_else(|| language.clone()).unwrap_or_else(|| format!("{kind} {}", index + 1));
        let unique = (2..).map(|number| format!("{label} ({number})"));
        let unique = core::iter::once(label.clone()).chain(unique).find(|label| !labels.contains(label));
        labels.push(unique.unwrap_or(label));
    }
    labels
}

/// Text of somebody else's on one line.
pub(super) fn clean(text: &str) -> String {
    let spaced: String = text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The index of the rendition that plays unless another is chosen.
pub(super) fn default_of(tracks: &[&Rendition]) -> usize {
    tracks.iter().position(|track| track.default).unwrap_or(0)
}
