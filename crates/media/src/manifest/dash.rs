//! The DASH manifest (ISO/IEC 23009-1).

use super::presentation::{
    Presentation, Protection, Rendition, Subtitles, Timed, default_of, labels, labels_of_captions,
};
use super::protected::Locks;
use super::storyboard::Storyboard;
use super::xml::{Xml, escape};
use crate::cmaf::Front;
use crate::facts::TrackKind;
use crate::timing::{Timescale, decimal, rescale_len};

/// What a player should have before it begins.
const MIN_BUFFER: &str = "PT4S";

/// How often a player asks for a growing manifest again.
const UPDATE_PERIOD: &str = "PT2S";

/// Since when a growing presentation is available, if nobody says better: long enough for any.
const EPOCH: &str = "1970-01-01T00:00:00Z";

/// What names the elements of protection: those of common encryption, and those of the DASH Industry Forum.
const NAMESPACES: &str = " xmlns:cenc=\"urn:mpeg:cenc:2013\" xmlns:dashif=\"https://dashif.org/CPS\"";

/// Clear Key, as the DASH Industry Forum numbers it.
const CLEAR_KEY: &str = "urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e";

/// Starts of segments that differ by no more are the same.
const ALIGNED_MICROS: u64 = 1_000;

/// The MPD: static, or dynamic where the presentation grows. Segments are numbered from 0 and timed by a
/// `SegmentTimeline`.
///
/// Renditions of picture share an adaptation set where a player may switch between them: one codec family, one range
/// of brightness, one way of protection, and segments that start together. Each rendition of sound has a set of its own.
/// Renditions whose segments are encrypted whole are left out: see [`Protection::Segments`].
pub fn mpd(presentation: &Presentation) -> String {
    mpd_since(presentation, EPOCH)
}

/// The same by the on-demand profile (ISO/IEC 23009-1, 8.3): each rendition is one file that tells where its segments are.
/// Renditions that have no such file are left out. Not of what grows.
pub fn on_demand(presentation: &Presentation) -> String {
    write(presentation, EPOCH, Profile::OnDemand)
}

/// The same with the `availabilityStartTime` of a growing presentation, as `xs:dateTime`. It must be the same in
/// every update, and so early that the segments that are there could have been there in time: segments are made
/// faster than they are played. The delay that is suggested to players leads them to the beginning; it is longer than what
/// there is, since a player that were to begin a moment behind the beginning might seek there and wait for what it
/// does not get.
pub fn mpd_since(presentation: &Presentation, available_from: &str) -> String {
    write(presentation, available_from, Profile::Live)
}

/// How a manifest tells where segments are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Profile {
    /// Each has an address.
    Live,
    /// They lie in files.
    OnDemand,
}

impl Profile {
    const fn names(self) -> &'static str {
        match self {
            Self::Live => "urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019",
            Self::OnDemand => "urn:mpeg:dash:profile:isoff-on-demand:2011",
        }
    }

    /// What a set says of segments that begin together, and with a sample that can be decoded by itself.
    fn alignment(self, tracks: &[&Rendition]) -> &'static str {
        match (self, tracks.iter().all(|track| track.independent)) {
            (Self::Live, true) => " segmentAlignment=\"true\" startWithSAP=\"1\"",
            (Self::Live, false) => " segmentAlignment=\"true\"",
            (Self::OnDemand, true) => " subsegmentAlignment=\"true\" subsegmentStartsWithSAP=\"1\"",
            (Self::OnDemand, false) => " subsegmentAlignment=\"true\"",
        }
    }

    /// Whether a rendition is in manifests of this profile.
    fn takes(self, track: &Rendition) -> bool {
        let is_whole = matches!(track.protection(), Some(Protection::Segments { .. }));
        !is_whole && (self == Self::Live || track.urls.file.is_some())
    }
}

fn write(presentation: &Presentation, available_from: &str, profile: Profile) -> String {
    let mut out = Xml::new();
    let duration = decimal(presentation.duration(Timescale::MICROS));
    out.put(format_args!(
        "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"{} profiles=\"{}\" {} minBufferTime=\"{MIN_BUFFER}\">\n",
        if presentation.tracks.iter().any(|track| Locks::of(&[track]).is_some()) { NAMESPACES } else { "" },
        profile.names(),
        if presentation.growing {
            let since = escape(available_from);
            let delay = presentation.duration(Timescale::MICROS).div_ceil(1_000_000).saturating_add(1);
            format!(
                "type=\"dynamic\" availabilityStartTime=\"{since}\" publishTime=\"{since}\" minimumUpdatePeriod=\"{UPDATE_PERIOD}\" suggestedPresentationDelay=\"PT{delay}S\"",
            )
        } else {
            format!("type=\"static\" mediaPresentationDuration=\"PT{duration}S\"")
        },
    ));
    out.put(format_args!("  <Period id=\"0\" start=\"PT0S\">\n"));
    let is_known = |track: &&Rendition| profile.takes(track);
    let of_kind = |kind| presentation.tracks.iter().filter(is_known).filter(move |track| track.kind == kind);
    let mut set = 0;
    for group in picture_sets(of_kind(TrackKind::Video)) {
        out.put(format_args!(
            "    <AdaptationSet id=\"{set}\" contentType=\"video\" mimeType=\"video/mp4\"{}>\n",
            profile.alignment(&group),
        ));
        let locks = Locks::of(&group);
        out.locks(locks.as_ref(), "      ");
        if let Some(transfer) = group.first().and_then(|track| track.range.transfer()) {
            out.put(format_args!(
                "      <SupplementalProperty schemeIdUri=\"urn:mpeg:mpegB:cicp:TransferCharacteristics\" value=\"{transfer}\"/>\n"
            ));
        }
        for track in group {
            // What is said of the set need not be said again, unless it has several keys.
            let own = Locks::of(&[track]).filter(|own| Some(own) != locks.as_ref());
            out.representation(track, own.as_ref(), presentation.from, profile);
        }
        out.put(format_args!("    </AdaptationSet>\n"));
        set += 1;
    }
    let sounds: Vec<_> = of_kind(TrackKind::Audio).collect();
    let default = default_of(&sounds);
    for (index, (track, label)) in sounds.iter().zip(labels(&sounds)).enumerate() {
        let language = track.language.as_deref().map(|tag| format!(" lang=\"{}\"", escape(tag))).unwrap_or_default();
        out.put(format_args!(
            "    <AdaptationSet id=\"{set}\" contentType=\"audio\" mimeType=\"audio/mp4\"{language}{}>\n",
            profile.alignment(&[track]),
        ));
        out.locks(Locks::of(&[track]).as_ref(), "      ");
        let role = if index == default { "main" } else { "alternate" };
        out.put(format_args!("      <Role schemeIdUri=\"urn:mpeg:dash:role:2011\" value=\"{role}\"/>\n"));
        if track.name.is_some() {
            out.put(format_args!("      <Label>{}</Label>\n", escape(&label)));
        }
        out.representation(track, None, presentation.from, profile);
        out.put(format_args!("    </AdaptationSet>\n"));
        set += 1;
    }
    for (captions, label) in presentation.captions.iter().zip(labels_of_captions(&presentation.captions)) {
        out.captions(set, captions, &label, presentation.from);
        set += 1;
    }
    if let Some(storyboard) = presentation.storyboard.as_ref().filter(|_storyboard| !presentation.growing) {
        out.storyboard(set, storyboard);
    }
    out.put(format_args!("  </Period>\n</MPD>\n"));
    out.text()
}

/// Renditions of picture between which a player may switch.
fn picture_sets<'a>(tracks: impl Iterator<Item = &'a Rendition>) -> Vec<Vec<&'a Rendition>> {
    let mut sets: Vec<Vec<&Rendition>> = Vec::new();
    for track in tracks {
        match sets.iter_mut().find(|set| set.first().is_some_and(|first| switchable(first, track))) {
            Some(set) => set.push(track),
            None => sets.push(vec![track]),
        }
    }
    sets
}

/// Whether two renditions have one codec family, one range, one way of protection and segments that start together, as far
/// as both go.
fn switchable(one: &Rendition, other: &Rendition) -> bool {
    let family = |track: &Rendition| track.codec.split('.').next().unwrap_or_default().to_owned();
    let micros = |track: &Rendition, segment: &Timed| rescale_len(segment.start, track.timescale, Timescale::MICROS);
    let mut pairs = one.segments.iter().zip(&other.segments);
    family(one) == family(other)
        && one.range == other.range
        && Locks::are_alike(one, other)
        && pairs.all(|(left, right)| micros(one, left).abs_diff(micros(other, right)) <= ALIGNED_MICROS)
}

impl Xml {
    /// How renditions are protected (ISO/IEC 23009-1, 5.8.4.1), and where their keys are asked for.
    fn locks(&mut self, locks: Option<&Locks<'_>>, indent: &str) {
        let Some(locks) = locks else { return };
        let kid = locks.only_key().map(|kid| format!(" cenc:default_KID=\"{kid}\"")).unwrap_or_default();
        self.put(format_args!(
            "{indent}<ContentProtection schemeIdUri=\"urn:mpeg:dash:mp4protection:2011\" value=\"{}\"{kid}/>\n\
             {indent}<ContentProtection schemeIdUri=\"{CLEAR_KEY}\" value=\"ClearKey1.0\">\n\
             {indent}  <cenc:pssh>{}</cenc:pssh>\n\
             {indent}  <dashif:Laurl>{}</dashif:Laurl>\n\
             {indent}</ContentProtection>\n",
            locks.scheme.name(),
            locks.pssh(),
            escape(locks.license_url),
        ));
    }

    /// A rendition whose timeline begins at `from`, in microseconds, with the protection that is its own.
    fn representation(&mut self, track: &Rendition, locks: Option<&Locks<'_>>, from: u64, profile: Profile) {
        self.put(format_args!(
            "      <Representation id=\"{}\" codecs=\"{}\" bandwidth=\"{}\"",
            escape(&track.id),
            escape(&track.codec),
            track.peak_bandwidth.max(1),
        ));
        if track.width > 0 && track.height > 0 {
            self.put(format_args!(" width=\"{}\" height=\"{}\"", track.width, track.height));
        }
        if let Some(rate) = track.frame_rate {
            match rate.den.get() {
                1 => self.put(format_args!(" frameRate=\"{}\"", rate.num)),
                den => self.put(format_args!(" frameRate=\"{}/{den}\"", rate.num)),
            }
        }
        if track.sample_rate > 0 {
            self.put(format_args!(" audioSamplingRate=\"{}\"", track.sample_rate));
        }
        self.put(format_args!(">\n"));
        if track.channels > 0 {
            self.put(format_args!(
                "        <AudioChannelConfiguration schemeIdUri=\"urn:mpeg:dash:23003:3:audio_channel_configuration:2011\" value=\"{}\"/>\n",
                channel_configuration(track.channels),
            ));
        }
        self.locks(locks, "        ");
        let offset = time_offset(rescale_len(from, Timescale::MICROS, track.timescale));
        match (&track.urls.file, profile) {
            (Some((url, front)), Profile::OnDemand) => self.file(track, url, front, &offset),
            _ => self.segments(track, &offset),
        }
        self.put(format_args!("      </Representation>\n"));
    }

    /// Where the file of a rendition is, and its index in it; the last byte of a range is in it.
    fn file(&mut self, track: &Rendition, url: &str, front: &Front, offset: &str) {
        self.put(format_args!(
            "        <BaseURL>{}</BaseURL>\n        \
             <SegmentBase timescale=\"{}\"{offset} indexRange=\"{}-{}\" indexRangeExact=\"true\">\n          \
             <Initialization range=\"{}-{}\"/>\n        </SegmentBase>\n",
            escape(url),
            track.timescale.get(),
            front.index.start,
            front.index.end.saturating_sub(1),
            front.init.start,
            front.init.end.saturating_sub(1),
        ));
    }

    /// The addresses of segments, and their times.
    fn segments(&mut self, track: &Rendition, offset: &str) {
        let init =
            track.urls.init.as_deref().map(|url| format!(" initialization=\"{}\"", escape(&url.replace('$', "$$"))));
        self.put(format_args!(
            "        <SegmentTemplate timescale=\"{}\"{} startNumber=\"{}\"{} media=\"{}\">\n          <SegmentTimeline>\n",
            track.timescale.get(),
            offset,
            track.first,
            init.unwrap_or_default(),
            escape(&track.urls.segment_template),
        ));
        self.timeline(&track.segments);
        self.put(format_args!("          </SegmentTimeline>\n        </SegmentTemplate>\n"));
    }

    /// All of them in one file, which players fetch once.
    fn captions(&mut self, set: usize, captions: &Subtitles, label: &str, from: u64) {
        let language = captions.language.as_deref().map(|tag| format!(" lang=\"{}\"", escape(tag))).unwrap_or_default();
        self.put(format_args!(
            "    <AdaptationSet id=\"{set}\" contentType=\"text\" mimeType=\"text/vtt\"{language}>\n      \
             <Role schemeIdUri=\"urn:mpeg:dash:role:2011\" value=\"subtitle\"/>\n      <Label>{}</Label>\n      \
             <Representation id=\"{}\" bandwidth=\"1000\">\n        <BaseURL>{}</BaseURL>\n",
            escape(label),
            escape(&captions.id),
            escape(&captions.whole),
        ));
        if from > 0 {
            let offset = time_offset(from / 1_000);
            self.put(format_args!("        <SegmentBase timescale=\"1000\"{offset}/>\n"));
        }
        self.put(format_args!("      </Representation>\n    </AdaptationSet>\n"));
    }

    /// Sheets of pictures (DASH-IF Interoperability Points, 6.2.6). Players that do not know the property leave them aside.
    fn storyboard(&mut self, set: usize, storyboard: &Storyboard) {
        let (width, height) = storyboard.sheet_size();
        self.put(format_args!(
            "    <AdaptationSet id=\"{set}\" contentType=\"image\" mimeType=\"image/jpeg\">\n      \
             <SegmentTemplate timescale=\"1000\" duration=\"{}\" startNumber=\"0\" media=\"{}\"/>\n      \
             <Representation id=\"{}\" bandwidth=\"{}\" width=\"{width}\" height=\"{height}\">\n        \
             <EssentialProperty schemeIdUri=\"http://dashif.org/guidelines/thumbnail_tile\" value=\"{}x{}\"/>\n      \
             </Representation>\n    </AdaptationSet>\n",
            storyboard.sheet_ms(),
            escape(&storyboard.sheet_template),
            escape(&storyboard.id),
            storyboard.bandwidth(),
            storyboard.columns,
            storyboard.rows,
        ));
    }

    /// `S` elements: equal durations are counted, and only the first has a time, for there are no gaps.
    fn timeline(&mut self, segments: &[Timed]) {
        let mut time = segments.first().map(|first| format!(" t=\"{}\"", first.start)).unwrap_or_default();
        for run in segments.chunk_by(|one, other| one.duration == other.duration) {
            let Some(first) = run.first() else { continue };
            let repeat = match run.len() {
                1 => String::new(),
                len => format!(" r=\"{}\"", len - 1),
            };
            self.put(format_args!("            <S{time} d=\"{}\"{repeat}/>\n", first.duration));
            time.clear();
        }
    }
}

/// Which time of the segments is the beginning of the period, where that is not zero.
fn time_offset(ticks: u64) -> String {
    if ticks > 0 { format!(" presentationTimeOffset=\"{ticks}\"") } else { String::new() }
}

/// ChannelConfiguration of ISO/IEC 23003-3 for the usual layouts.
fn channel_configuration(channels: u16) -> u16 {
    match channels {
        8 => 12,
        7 => 11,
        other => other,
    }
}
