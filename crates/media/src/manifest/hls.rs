//! HLS playlists (RFC 8216 and its successor draft).

use core::fmt::{self, Write as _};
use core::ops::Range;

use super::presentation::{
    Carriage, Presentation, Protection, Rendition, Subtitles, clean, default_of, labels, labels_of_captions,
};
use super::storyboard::Storyboard;
use crate::captions::{SEGMENT_MS, segments_of};
use crate::facts::TrackKind;
use crate::protect::{Hex, Scheme, segment_iv};
use crate::timing::{Timescale, decimal, rescale_len};

/// What is used beside segments that have an initialization segment: those need 6, `CHANNELS` and alternative audio nothing
/// more; 7 is what players of CMAF expect.
const VERSION: u32 = 7;
/// What is used beside other segments, for players who know no more: alternative sound (RFC 8216, 7).
const OLD_VERSION: u32 = 4;
/// Durations with a fraction, and vectors of keys.
const OLD_MEDIA_VERSION: u32 = 3;

/// Bits in a second with which a player should start that knows nothing of its network.
const START_BANDWIDTH: u64 = 2_500_000;

/// Where players begin that would begin at the end of what grows.
const FROM_THE_BEGINNING: &str = "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES";

/// The multivariant playlist: a variant for each rendition of picture and each codec of sound, or the sound alone.
///
/// Players start with the first variant: it is the best of at most 2.5 Mbit/s, or the least of all. The others follow
/// from the best to the least. A growing presentation is played from its beginning, not from where it grows.
pub fn multivariant(presentation: &Presentation) -> String {
    let of_kind = |kind| presentation.tracks.iter().filter(move |track| track.kind == kind);
    let pictures = ordered(of_kind(TrackKind::Video).collect());
    let sounds: Vec<_> = of_kind(TrackKind::Audio).collect();
    let mut out = Document::new();
    let is_old = presentation.tracks.iter().all(|track| track.urls.init.is_none());
    out.line(format_args!("#EXT-X-VERSION:{}", if is_old { OLD_VERSION } else { VERSION }));
    if presentation.tracks.iter().all(|track| track.independent) {
        out.line(format_args!("#EXT-X-INDEPENDENT-SEGMENTS"));
    }
    if presentation.growing {
        out.line(format_args!("{FROM_THE_BEGINNING}"));
    }
    for track in pictures.iter().chain(&sounds) {
        out.session_key(track);
    }
    let labels = labels(&sounds);
    let default = default_of(&sounds);
    // Sound alone needs a group only where there is something to choose.
    let has_groups = !pictures.is_empty() || sounds.len() > 1;
    let groups = if has_groups { groups(&sounds) } else { Vec::new() };
    for (number, group) in groups.iter().enumerate() {
        for &index in group {
            let (Some(track), Some(label)) = (sounds.get(index), labels.get(index)) else {
                continue;
            };
            // Each group has a default: that of the presentation, or the first of its own.
            let is_default = index == default || (!group.contains(&default) && group.first() == Some(&index));
            out.media(track, label, number, is_default);
        }
    }
    for (captions, label) in presentation.captions.iter().zip(labels_of_captions(&presentation.captions)) {
        out.subtitles(captions, &label);
    }
    out.has_captions = !presentation.captions.is_empty();
    for track in &pictures {
        if groups.is_empty() {
            out.variant(track, &[track], None, track);
        }
        for (number, group) in groups.iter().enumerate() {
            let members: Vec<_> = group.iter().filter_map(|index| sounds.get(*index).copied()).collect();
            out.variant(track, &members, Some(number), track);
        }
    }
    // What grows has no end that somebody could look ahead to.
    for track in pictures.iter().filter(|_track| !presentation.growing) {
        out.key_frames(track);
    }
    if let Some(storyboard) = presentation.storyboard.as_ref().filter(|_storyboard| !presentation.growing) {
        out.storyboard(storyboard);
    }
    if pictures.is_empty() {
        for (number, group) in groups.iter().enumerate() {
            let members: Vec<_> = group.iter().filter_map(|index| sounds.get(*index).copied()).collect();
            let at = group.iter().position(|index| *index == default).unwrap_or(0);
            if let Some(played) = members.get(at) {
                out.variant(played, &members, Some(number), played);
            }
        }
        if let (true, Some(track)) = (groups.is_empty(), sounds.first()) {
            out.variant(track, &[track], None, track);
        }
    }
    out.text
}

/// The picture to start with, and the others from the best to the least.
fn ordered(mut pictures: Vec<&Rendition>) -> Vec<&Rendition> {
    pictures.sort_by_key(|track| core::cmp::Reverse(track.peak_bandwidth));
    let fits = pictures.iter().position(|track| track.peak_bandwidth <= START_BANDWIDTH);
    if let Some(start) = fits.or_else(|| pictures.len().checked_sub(1))
        && let Some(whole) = pictures.get_mut(..=start)
    {
        whole.rotate_right(1);
    }
    pictures
}

/// Indexes of renditions of sound by codec: a group has one codec, so that a player can tell whether it can play it.
fn groups(sounds: &[&Rendition]) -> Vec<Vec<usize>> {
    let mut groups: Vec<(&str, Vec<usize>)> = Vec::new();
    for (index, track) in sounds.iter().enumerate() {
        match groups.iter_mut().find(|(codec, _)| *codec == track.codec) {
            Some((_, members)) => members.push(index),
            None => groups.push((&track.codec, vec![index])),
        }
    }
    groups.into_iter().map(|(_, members)| members).collect()
}

/// The media playlist of a rendition: all of it, ended.
///
/// Durations are differences of rounded start times, so that they do not drift from the segments.
pub fn media(track: &Rendition) -> String {
    let lengths = lengths(track);
    playlist(track, &lengths, rounded(&lengths), Kind::Whole)
}

/// The media playlist of a rendition that grows: what there is of it, to be asked for again.
///
/// Its target duration must not change from one answer to the next (RFC 8216, 6.2.1): it is one and a half times the
/// length that is aimed at, rounded up. A segment that is longer still raises it, for a playlist whose segments are
/// longer than it says is worse; who knows that groups of pictures are long should make the target longer.
pub fn growing_media(track: &Rendition) -> String {
    let lengths = lengths(track);
    let aimed = u64::from(track.target_ms).saturating_mul(3).div_ceil(2_000);
    playlist(track, &lengths, aimed.max(rounded(&lengths)), Kind::Growing)
}

/// The media playlist of captions beside what is shown in a span, in milliseconds: all of it, ended.
pub fn captions(captions: &Subtitles, span_ms: Range<u64>) -> String {
    captions_playlist(captions, span_ms, Kind::Whole)
}

/// The media playlist of captions beside what is there of a presentation that grows, up to `end_ms`, to be asked for again.
///
/// All that is said is known from the beginning, and the segment in which the presentation ends at this moment has it: that is
/// as long as every other, since a segment must not become longer than it was said to be.
pub fn growing_captions(captions: &Subtitles, end_ms: u64) -> String {
    captions_playlist(captions, 0..end_ms, Kind::Growing)
}

fn captions_playlist(captions: &Subtitles, span_ms: Range<u64>, kind: Kind) -> String {
    let mut out = Document::new();
    out.line(format_args!("#EXT-X-VERSION:{OLD_MEDIA_VERSION}"));
    out.line(format_args!("#EXT-X-TARGETDURATION:{}", SEGMENT_MS / 1_000));
    out.line(format_args!("#EXT-X-PLAYLIST-TYPE:{}", kind.name()));
    if kind == Kind::Growing {
        out.line(format_args!("{FROM_THE_BEGINNING}"));
    }
    for number in segments_of(span_ms.clone()) {
        let length = match kind {
            Kind::Whole => SEGMENT_MS.min(span_ms.end.saturating_sub(number.saturating_mul(SEGMENT_MS))),
            Kind::Growing => SEGMENT_MS,
        };
        out.line(format_args!("#EXTINF:{},", decimal(length.saturating_mul(1_000))));
        out.line(format_args!("{}", one_line(&captions.segment_url(number))));
    }
    if kind == Kind::Whole {
        out.line(format_args!("#EXT-X-ENDLIST"));
    }
    out.text
}

/// The playlist of the pictures that segments begin with, for a quick look through a film: of each segment the bytes up to
/// the end of its first picture, as `ends` tells them. Of renditions that are not protected.
pub fn key_frames(track: &Rendition, ends: impl IntoIterator<Item = u64>) -> String {
    let lengths = lengths(track);
    let mut out = Document::new();
    out.line(format_args!("#EXT-X-VERSION:{VERSION}"));
    out.line(format_args!("#EXT-X-TARGETDURATION:{}", rounded(&lengths)));
    out.line(format_args!("#EXT-X-PLAYLIST-TYPE:VOD"));
    out.line(format_args!("#EXT-X-I-FRAMES-ONLY"));
    if let Some(init) = &track.urls.init {
        out.line(format_args!("#EXT-X-MAP:URI={}", Quoted(init)));
    }
    for ((number, length), end) in lengths.iter().enumerate().zip(ends) {
        out.line(format_args!("#EXTINF:{},", decimal(*length)));
        out.line(format_args!("#EXT-X-BYTERANGE:{end}@0"));
        out.line(format_args!("{}", one_line(&track.segment_url(number))));
    }
    out.line(format_args!("#EXT-X-ENDLIST"));
    out.text
}

/// The playlist of sheets of small pictures: a convention of Roku's, which other players pass over.
pub fn storyboard(storyboard: &Storyboard) -> String {
    let Storyboard { width, height, columns, rows, every_ms, duration_ms, .. } = storyboard;
    let mut out = Document::new();
    let sheet_ms = storyboard.sheet_ms();
    let longest = if storyboard.sheets() > 1 { sheet_ms } else { *duration_ms };
    out.line(format_args!("#EXT-X-VERSION:{VERSION}"));
    out.line(format_args!("#EXT-X-TARGETDURATION:{}", longest.div_ceil(1_000).max(1)));
    out.line(format_args!("#EXT-X-PLAYLIST-TYPE:VOD"));
    out.line(format_args!("#EXT-X-IMAGES-ONLY"));
    for sheet in 0..storyboard.sheets() {
        let left = duration_ms.saturating_sub(sheet.saturating_mul(sheet_ms));
        let length = if sheet.saturating_add(1) == storyboard.sheets() { left } else { sheet_ms };
        out.line(format_args!("#EXTINF:{},", decimal(length.saturating_mul(1_000))));
        let every = decimal(every_ms.saturating_mul(1_000));
        out.line(format_args!("#EXT-X-TILES:RESOLUTION={width}x{height},LAYOUT={columns}x{rows},DURATION={every}"));
        out.line(format_args!("{}", one_line(&storyboard.sheet_url(sheet))));
    }
    out.line(format_args!("#EXT-X-ENDLIST"));
    out.text
}

/// Microseconds of each segment.
fn lengths(track: &Rendition) -> Vec<u64> {
    let micros = |ticks| rescale_len(ticks, track.timescale, Timescale::MICROS);
    track
        .segments
        .iter()
        .map(|segment| micros(segment.start.saturating_add(segment.duration)).saturating_sub(micros(segment.start)))
        .collect()
}

/// Seconds of the longest segment, rounded, at least one.
fn rounded(lengths: &[u64]) -> u64 {
    lengths.iter().max().map_or(1, |longest| ((longest + 500_000) / 1_000_000).max(1))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Whole,
    Growing,
}

impl Kind {
    /// The type of the playlist.
    const fn name(self) -> &'static str {
        match self {
            Self::Whole => "VOD",
            Self::Growing => "EVENT",
        }
    }
}

fn playlist(track: &Rendition, lengths: &[u64], target: u64, kind: Kind) -> String {
    let mut out = Document::new();
    out.line(format_args!("#EXT-X-VERSION:{}", if track.urls.init.is_none() { OLD_MEDIA_VERSION } else { VERSION }));
    out.line(format_args!("#EXT-X-TARGETDURATION:{target}"));
    out.line(format_args!("#EXT-X-PLAYLIST-TYPE:{}", kind.name()));
    if track.independent {
        out.line(format_args!("#EXT-X-INDEPENDENT-SEGMENTS"));
    }
    if kind == Kind::Growing {
        // Not every player looks for it in the multivariant playlist.
        out.line(format_args!("{FROM_THE_BEGINNING}"));
    }
    if let Some(init) = &track.urls.init {
        out.line(format_args!("#EXT-X-MAP:URI={}", Quoted(init)));
    }
    // Behind the initialization segment, which is not encrypted.
    out.sample_keys(track);
    for (number, length) in lengths.iter().enumerate() {
        out.segment_key(track, number);
        out.line(format_args!("#EXTINF:{},", decimal(*length)));
        out.line(format_args!("{}", one_line(&track.segment_url(number))));
    }
    if kind == Kind::Whole {
        out.line(format_args!("#EXT-X-ENDLIST"));
    }
    out.text
}

struct Document {
    text: String,
    /// Whether variants have captions beside them.
    has_captions: bool,
}

impl Document {
    fn new() -> Self {
        Self { text: "#EXTM3U\n".to_owned(), has_captions: false }
    }

    fn line(&mut self, line: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        writeln!(self.text, "{line}").unwrap_or_default();
    }

    /// What the samples of a rendition are decrypted with, so that a player knows before it chooses one.
    fn session_key(&mut self, track: &Rendition) {
        if let Some(key) = track.protection().and_then(clear_key) {
            self.line(format_args!("#EXT-X-SESSION-KEY:{key}"));
        }
    }

    /// What the samples of a rendition are decrypted with: by a license, and by the key itself.
    fn sample_keys(&mut self, track: &Rendition) {
        let Some(key) = track.protection().and_then(clear_key) else { return };
        self.line(format_args!("#EXT-X-KEY:{key}"));
        if let Some(Protection::Samples { scheme, key_url: Some(url), .. }) = track.protection() {
            self.line(format_args!(
                "#EXT-X-KEY:METHOD={},URI={},KEYFORMAT=\"identity\",KEYFORMATVERSIONS=\"1\"",
                method(*scheme),
                Quoted(url)
            ));
        }
    }

    /// What the segment is decrypted with that is `n`-th here, from 0: each has a vector of its own.
    fn segment_key(&mut self, track: &Rendition, n: usize) {
        if let Some(Protection::Segments { key_url, salt }) = track.protection() {
            let number = u32::try_from(track.first.saturating_add(n)).unwrap_or(u32::MAX);
            let iv = segment_iv(*salt, number);
            self.line(format_args!("#EXT-X-KEY:METHOD=AES-128,URI={},IV={}", Quoted(key_url), Hex(iv.bytes())));
        }
    }

    fn media(&mut self, track: &Rendition, label: &str, group: usize, is_default: bool) {
        let language = match &track.language {
            Some(language) => format!(",LANGUAGE={}", Quoted(language)),
            None => String::new(),
        };
        let channels = match track.channels {
            0 => String::new(),
            channels => format!(",CHANNELS=\"{channels}\""),
        };
        let default = if is_default { "YES" } else { "NO" };
        let uri = match track.carriage {
            Carriage::Own => format!(",URI={}", Quoted(&track.urls.playlist)),
            Carriage::WithPictures => String::new(),
        };
        self.line(format_args!(
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio{group}\",NAME={}{language},DEFAULT={default},AUTOSELECT=YES{channels}{uri}",
            Quoted(label),
        ));
    }

    fn subtitles(&mut self, captions: &Subtitles, label: &str) {
        let language = match &captions.language {
            Some(language) => format!(",LANGUAGE={}", Quoted(language)),
            None => String::new(),
        };
        self.line(format_args!(
            "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"captions\",NAME={}{language},DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI={}",
            Quoted(label),
            Quoted(&captions.playlist),
        ));
    }

    /// The pictures that segments begin with, where they have a playlist.
    fn key_frames(&mut self, track: &Rendition) {
        let (Some(playlist), Some(peak)) = (&track.urls.key_frames, track.key_frame_bandwidth) else { return };
        self.line(format_args!(
            "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={peak},CODECS={},RESOLUTION={}x{},VIDEO-RANGE={},URI={}",
            Quoted(&track.codec),
            track.width,
            track.height,
            track.range.name(),
            Quoted(playlist),
        ));
    }

    /// Sheets of small pictures.
    fn storyboard(&mut self, storyboard: &Storyboard) {
        self.line(format_args!(
            "#EXT-X-IMAGE-STREAM-INF:BANDWIDTH={},RESOLUTION={}x{},CODECS=\"jpeg\",URI={}",
            storyboard.bandwidth(),
            storyboard.width,
            storyboard.height,
            Quoted(&storyboard.playlist),
        ));
    }

    /// A variant of `main` with one of `sounds`, played from the playlist of `played`.
    fn variant(&mut self, main: &Rendition, sounds: &[&Rendition], group: Option<usize>, played: &Rendition) {
        let others = || sounds.iter().filter(|sound| sound.id != main.id && sound.kind != main.kind);
        let heaviest = |bandwidth: fn(&Rendition) -> u64| {
            others().filter(|sound| sound.carriage == Carriage::Own).map(|sound| bandwidth(sound)).max().unwrap_or(0)
        };
        let peak = main.peak_bandwidth.saturating_add(heaviest(|sound| sound.peak_bandwidth));
        let average = main.average_bandwidth.saturating_add(heaviest(|sound| sound.average_bandwidth));
        let mut codecs = main.codec.clone();
        if let Some(sound) = others().next() {
            codecs.push(',');
            codecs.push_str(&sound.codec);
        }
        let mut line =
            format!("#EXT-X-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},CODECS={}", Quoted(&codecs));
        // Writing to a string cannot fail.
        if main.width > 0 && main.height > 0 {
            write!(line, ",RESOLUTION={}x{}", main.width, main.height).unwrap_or_default();
        }
        if let Some(rate) = main.frame_rate {
            let milli = rate.milli();
            write!(line, ",FRAME-RATE={}.{:03}", milli / 1000, milli % 1000).unwrap_or_default();
        }
        if main.kind == TrackKind::Video {
            write!(line, ",VIDEO-RANGE={}", main.range.name()).unwrap_or_default();
        }
        if let Some(group) = group {
            write!(line, ",AUDIO=\"audio{group}\"").unwrap_or_default();
        }
        if self.has_captions {
            write!(line, ",SUBTITLES=\"captions\"").unwrap_or_default();
        }
        self.line(format_args!("{line}"));
        self.line(format_args!("{}", one_line(&played.urls.playlist)));
    }
}

/// The attributes by which players find a license by Clear Key; nothing where segments are encrypted whole.
fn clear_key(protection: &Protection) -> Option<String> {
    let Protection::Samples { scheme, kid, license_url, .. } = protection else { return None };
    Some(format!(
        "METHOD={},URI={},KEYID={},KEYFORMAT=\"org.w3.clearkey\",KEYFORMATVERSIONS=\"1\"",
        method(*scheme),
        Quoted(license_url),
        Hex(kid.bytes()),
    ))
}

/// How HLS names a scheme (draft-pantos-hls-rfc8216bis, 4.4.4.4).
fn method(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Cbcs => "SAMPLE-AES",
        Scheme::Cenc => "SAMPLE-AES-CTR",
    }
}

/// A quoted string, which can hold neither quotes nor line ends (RFC 8216, 4.2).
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", clean(self.0).replace('"', "'"))
    }
}

/// An address on a line of its own.
fn one_line(url: &str) -> String {
    url.chars().filter(|char| !char.is_control()).collect()
}
