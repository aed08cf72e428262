//! What the addresses below `/play/{asset}/` name of what players fetch, and how each is to be kept by caches: the same for
//! who serves it and for who lays it down elsewhere.

use super::documents::{
    Document, KEY_FRAMES, Shown, dash_manifest, hls_key_frame_playlist, hls_media_playlist, hls_multivariant_playlist,
};
use super::playable::Slug;
use super::segment::{CaptionsPart, Form, Segment, captions, init_segment, media_segment};
use super::streams::Streams;
use super::transport::{
    CAPTIONS, transport_captions_playlist, transport_media_playlist, transport_multivariant_playlist, transport_segment,
};
use crate::app::App;
use crate::error::Error;
use crate::picture::{STORYBOARD, hls_storyboard_playlist};
use core::fmt;
use kinora_domain::track::TrackKind;
use kinora_domain::{AssetId, Problem};

/// How caches keep what never changes: the version of the map is in its address.
pub const FOREVER: &str = "public, max-age=31536000, immutable";
/// How caches keep what changes when the tracks do, documents above all: it is asked for again each time.
pub const REVALIDATE: &str = "no-cache";

const INIT: &str = "init.mp4";
const MASTER: &str = "master";
const PLAYLIST: &str = ".m3u8";
const MPD: &str = "manifest.mpd";

/// Which documents players begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HLS of fragmented MP4, and of packed audio.
    Hls,
    /// HLS of transport streams.
    HlsTransport,
    /// DASH.
    Dash,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Hls, Self::HlsTransport, Self::Dash];

    /// Its name, which is that of the folder of its documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hls => "hls",
            Self::HlsTransport => "hls-ts",
            Self::Dash => "dash",
        }
    }

    /// The protocol of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.name() == name)
    }
}

/// Names a document of an output. Its text form is its address below that of the output: `hls/v0-1.m3u8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentName {
    /// The multivariant playlist.
    Multivariant,
    /// The media playlist of a track or of captions.
    Media(Slug),
    /// The playlist of the pictures that segments begin with.
    KeyFrames(Slug),
    /// The playlist of sheets of small pictures.
    Sheets(Slug),
    /// The multivariant playlist of transport streams.
    TransportMultivariant,
    /// The media playlist of a transport stream.
    TransportMedia(Streams),
    /// The media playlist of captions beside transport streams.
    TransportCaptions(Slug),
    /// The MPD.
    Dash,
}

impl fmt::Display for DocumentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.protocol().name())?;
        match self {
            Self::Multivariant | Self::TransportMultivariant => write!(f, "{MASTER}{PLAYLIST}"),
            Self::Media(slug) | Self::TransportCaptions(slug) => write!(f, "{slug}{PLAYLIST}"),
            Self::KeyFrames(slug) => write!(f, "{slug}{KEY_FRAMES}{PLAYLIST}"),
            Self::Sheets(slug) => write!(f, "{slug}{STORYBOARD}{PLAYLIST}"),
            Self::TransportMedia(streams) => write!(f, "{streams}{PLAYLIST}"),
            Self::Dash => f.write_str(MPD),
        }
    }
}

impl DocumentName {
    /// The one that players of a protocol begin with.
    pub const fn entry(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Hls => Self::Multivariant,
            Protocol::HlsTransport => Self::TransportMultivariant,
            Protocol::Dash => Self::Dash,
        }
    }

    /// The document of that name in the folder of a protocol.
    ///
    /// # Errors
    /// `NotFound`: no document has such a name.
    pub fn parse(protocol: Protocol, name: &str) -> Result<Self, Problem> {
        let nothing = || Problem::not_found("playlist");
        if protocol == Protocol::Dash {
            return if name == MPD { Ok(Self::Dash) } else { Err(nothing()) };
        }
        let name = name.strip_suffix(PLAYLIST).ok_or_else(nothing)?;
        if name == MASTER {
            return Ok(Self::entry(protocol));
        }
        let slug = |name: &str| name.parse::<Slug>().map_err(|_malformed| nothing());
        if protocol == Protocol::HlsTransport {
            return match slug(name) {
                Ok(slug) if slug.kind == TrackKind::Captions => Ok(Self::TransportCaptions(slug)),
                _ => name.parse().map(Self::TransportMedia).map_err(|_malformed| nothing()),
            };
        }
        if let Some(track) = name.strip_suffix(STORYBOARD) {
            slug(track).map(Self::Sheets)
        } else if let Some(track) = name.strip_suffix(KEY_FRAMES) {
            slug(track).map(Self::KeyFrames)
        } else {
            slug(name).map(Self::Media)
        }
    }

    /// Whose document it is.
    pub const fn protocol(self) -> Protocol {
        match self {
            Self::Multivariant | Self::Media(_) | Self::KeyFrames(_) | Self::Sheets(_) => Protocol::Hls,
            Self::TransportMultivariant | Self::TransportMedia(_) | Self::TransportCaptions(_) => {
                Protocol::HlsTransport
            }
            Self::Dash => Protocol::Dash,
        }
    }

    /// Its media type.
    pub const fn content_type(self) -> &'static str {
        match self.protocol() {
            Protocol::Hls | Protocol::HlsTransport => "application/vnd.apple.mpegurl",
            Protocol::Dash => "application/dash+xml",
        }
    }
}

/// The document of that name.
///
/// # Errors
/// Those of each document.
pub async fn document(app: &App, id: AssetId, shown: Shown<'_>, name: DocumentName) -> Result<Document, Error> {
    match name {
        DocumentName::Multivariant => hls_multivariant_playlist(app, id, shown).await,
        DocumentName::Media(slug) => hls_media_playlist(app, id, shown, slug).await,
        DocumentName::KeyFrames(slug) => hls_key_frame_playlist(app, id, shown, slug).await,
        DocumentName::Sheets(slug) => hls_storyboard_playlist(app, id, shown, slug).await,
        DocumentName::TransportMultivariant => transport_multivariant_playlist(app, id, shown).await,
        DocumentName::TransportMedia(streams) => transport_media_playlist(app, id, shown, streams).await,
        DocumentName::TransportCaptions(slug) => transport_captions_playlist(app, id, shown, slug).await,
        DocumentName::Dash => dash_manifest(app, id, shown).await,
    }
}

/// Names a segment in the clear. Its text form is its address below that of the asset: `v0-1/0.m4s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SegmentName {
    /// The init segment of a track.
    Init(Slug),
    /// A media segment, from 0.
    Media(Slug, u32, Form),
    /// Captions, or a segment of them.
    Captions(Slug, CaptionsPart),
    /// A segment of a transport stream, from 0.
    Transport(Streams, u32),
}

impl fmt::Display for SegmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Init(slug) => write!(f, "{slug}/{INIT}"),
            Self::Media(slug, number, form) => write!(f, "{slug}/{number}.{}", form.extension()),
            Self::Captions(slug, CaptionsPart::Whole) => write!(f, "{slug}/all.vtt"),
            Self::Captions(slug, CaptionsPart::Segment(number)) => write!(f, "{slug}/{number}.vtt"),
            Self::Captions(slug, CaptionsPart::TransportSegment(number)) => {
                write!(f, "{slug}/{CAPTIONS}/{number}.vtt")
            }
            Self::Transport(streams, number) => write!(f, "{streams}/{number}.ts"),
        }
    }
}

impl SegmentName {
    /// What is called so in the folder of a track or a stream.
    ///
    /// # Errors
    /// `NotFound`: no track, or no segment of one, has such a name.
    pub fn parse(track: &str, segment: &str) -> Result<Self, Problem> {
        if let Some(number) = segment.strip_suffix(".ts") {
            return Ok(Self::Transport(streams(track)?, numbered(number)?));
        }
        let slug = slug(track)?;
        if slug.kind == TrackKind::Captions {
            let part = match segment.strip_suffix(".vtt").ok_or_else(nothing)? {
                "all" => CaptionsPart::Whole,
                number => CaptionsPart::Segment(numbered(number)?),
            };
            return Ok(Self::Captions(slug, part));
        }
        if segment == INIT {
            return Ok(Self::Init(slug));
        }
        let (number, extension) = segment.split_once('.').ok_or_else(nothing)?;
        let form = Form::from_extension(extension).ok_or_else(nothing)?;
        Ok(Self::Media(slug, numbered(number)?, form))
    }

    /// What is called so in the folder of a form, which is in that of captions.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_formed(track: &str, form: &str, segment: &str) -> Result<Self, Problem> {
        if form != CAPTIONS {
            return Err(nothing());
        }
        let number = numbered(segment.strip_suffix(".vtt").ok_or_else(nothing)?)?;
        Ok(Self::Captions(slug(track)?, CaptionsPart::TransportSegment(number)))
    }

    /// Its media type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Init(slug) | Self::Media(slug, _, Form::Fragment) => fragments_of(slug.kind),
            Self::Media(_, _, Form::Packed) => "audio/mpeg",
            Self::Captions(..) => "text/vtt; charset=utf-8",
            Self::Transport(..) => "video/mp2t",
        }
    }
}

/// The media type of a track in fragments.
pub const fn fragments_of(kind: TrackKind) -> &'static str {
    match kind {
        TrackKind::Audio => "audio/mp4",
        TrackKind::Video | TrackKind::Captions => "video/mp4",
    }
}

/// The segment of that name.
///
/// # Errors
/// Those of each kind of segment.
pub async fn segment(app: &App, id: AssetId, name: SegmentName) -> Result<Segment, Error> {
    match name {
        SegmentName::Init(slug) => init_segment(app, id, slug).await,
        SegmentName::Media(slug, number, form) => media_segment(app, id, slug, number, form).await,
        SegmentName::Captions(slug, part) => captions(app, id, slug, part).await,
        SegmentName::Transport(streams, number) => transport_segment(app, id, streams, number).await,
    }
}

/// A number in its only spelling.
pub fn plain(number: &str) -> Option<u32> {
    let is_plain = number == "0" || number.starts_with(|first: char| matches!(first, '1'..='9'));
    number.parse().ok().filter(|_number| is_plain)
}

fn nothing() -> Problem {
    Problem::not_found("segment")
}

fn numbered(text: &str) -> Result<u32, Problem> {
    plain(text).ok_or_else(nothing)
}

fn slug(text: &str) -> Result<Slug, Problem> {
    text.parse().map_err(|_malformed| Problem::not_found("track"))
}

fn streams(text: &str) -> Result<Streams, Problem> {
    text.parse().map_err(|_malformed| Problem::not_found("track"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_one_name() {
        for (name, content_type) in [
            ("hls/master.m3u8", "application/vnd.apple.mpegurl"),
            ("hls/v0-1.m3u8", "application/vnd.apple.mpegurl"),
            ("hls/c2-1.m3u8", "application/vnd.apple.mpegurl"),
            ("hls/v0-1-key.m3u8", "application/vnd.apple.mpegurl"),
            ("hls/v0-1-storyboard.m3u8", "application/vnd.apple.mpegurl"),
            ("hls-ts/master.m3u8", "application/vnd.apple.mpegurl"),
            ("hls-ts/v0-1_a1-1.m3u8", "application/vnd.apple.mpegurl"),
            ("hls-ts/c2-1.m3u8", "application/vnd.apple.mpegurl"),
            ("dash/manifest.mpd", "application/dash+xml"),
        ] {
            let (folder, file) = name.split_once('/').unwrap();
            let parsed = DocumentName::parse(Protocol::from_name(folder).unwrap(), file).unwrap();
            assert_eq!((parsed.to_string().as_str(), parsed.content_type()), (name, content_type));
        }
        for (protocol, name) in [
            (Protocol::Hls, "master"),
            (Protocol::Hls, "v00-1.m3u8"),
            (Protocol::Hls, "v0-1_a1-1.m3u8"),
            (Protocol::Hls, "v0-1-key-key.m3u8"),
            (Protocol::HlsTransport, "v0-1-key.m3u8"),
            (Protocol::HlsTransport, "a1-1_v0-1.m3u8"),
            (Protocol::Dash, "master.m3u8"),
        ] {
            assert_eq!(DocumentName::parse(protocol, name), Err(Problem::not_found("playlist")), "{protocol:?} {name}");
        }
        assert_eq!(Protocol::from_name("smooth"), None);
    }

    #[test]
    fn a_segment_has_one_name() {
        for (name, content_type) in [
            ("v0-1/init.mp4", "video/mp4"),
            ("a1-2/init.mp4", "audio/mp4"),
            ("v0-1/0.m4s", "video/mp4"),
            ("a1-1/12.m4s", "audio/mp4"),
            ("a1-1/12.mp3", "audio/mpeg"),
            ("c2-1/all.vtt", "text/vtt; charset=utf-8"),
            ("c2-1/0.vtt", "text/vtt; charset=utf-8"),
            ("c2-1/ts/3.vtt", "text/vtt; charset=utf-8"),
            ("v0-1_a1-1/7.ts", "video/mp2t"),
        ] {
            let names: Vec<&str> = name.split('/').collect();
            let parsed = match names[..] {
                [track, form, segment] => SegmentName::parse_formed(track, form, segment),
                [track, segment] => SegmentName::parse(track, segment),
                _ => panic!("{name}"),
            };
            let parsed = parsed.unwrap();
            assert_eq!((parsed.to_string().as_str(), parsed.content_type()), (name, content_type));
        }
        for (track, segment, what) in [
            ("v0-1", "00.m4s", "segment"),
            ("v0-1", "+0.m4s", "segment"),
            ("v0-1", "0.vtt", "segment"),
            ("v0-1", "4294967296.m4s", "segment"),
            ("c0-1", "0.m4s", "segment"),
            ("c0-1", "0.ts", "track"),
            ("v00-1", "init.mp4", "track"),
            ("v0-1_a1-1", "0.m4s", "track"),
        ] {
            assert_eq!(SegmentName::parse(track, segment), Err(Problem::not_found(what)), "{track}/{segment}");
        }
        assert_eq!(SegmentName::parse_formed("c0-1", "cenc", "0.vtt"), Err(Problem::not_found("segment")));
    }
}
