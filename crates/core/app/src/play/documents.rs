//! Playlists and manifests.

use super::cache::playable;
use super::playable::{Playable, PlayableCaptions, PlayableTrack, Slug};
use crate::app::App;
use crate::error::Error;
use crate::fresh;
use crate::process::settle::end_ms;
use kinora_domain::track::TrackKind;
use kinora_domain::{AssetId, OutputId, Problem};
use kinora_media::captions::Facts;
use kinora_media::presentation::{Presentation, Rendition, Subtitles, Urls};
use kinora_media::timing::Timescale;
use kinora_media::{cmaf, dash, hls, packed};
use sha2::{Digest, Sha256};

/// What follows the track's name in that of the playlist of its key frames.
pub const KEY_FRAMES: &str = "-key";

/// A text document and the tag of its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The text.
    pub text: String,
    /// Tag of the text, without quotes.
    pub etag: String,
}

impl Document {
    fn of(text: String) -> Self {
        let digest = Sha256::digest(text.as_bytes());
        // Sixteen bytes of SHA-256 tell texts apart as well as anybody needs.
        let etag = fresh::hex(digest.get(..16).unwrap_or_default());
        Self { text, etag }
    }
}

/// The multivariant playlist of an output, or of an asset's oldest one.
///
/// # Errors
/// The asset or the output does not exist or does not play.
pub async fn hls_multivariant_playlist(app: &App, id: AssetId, output: Option<OutputId>) -> Result<Document, Error> {
    let playable = playable(app, id).await?;
    let presentation = presentation(&playable, output, |own| playable.listed(own).collect(), hls_rendition)?;
    Ok(Document::of(hls::multivariant(&presentation)))
}

/// The media playlist of a track of an output, or of an asset's oldest one. Tracks that manifests do not name any more
/// have one for who began with them.
///
/// # Errors
/// The asset, the output or the track does not exist, or the output does not play.
pub async fn hls_media_playlist(
    app: &App,
    id: AssetId,
    output: Option<OutputId>,
    slug: Slug,
) -> Result<Document, Error> {
    let playable = playable(app, id).await?;
    let (own, is_growing) = playable.output(output)?;
    if slug.kind == TrackKind::Captions {
        let captions = playable.captions_of(slug)?;
        if captions.output != own || is_growing {
            return Err(Problem::not_found("track").into());
        }
        let text = hls::captions(&subtitles(captions, base(output)), duration_ms(&playable, own));
        return Ok(Document::of(text));
    }
    let track = playable.track(slug)?;
    if track.output != own {
        return Err(Problem::not_found("track").into());
    }
    if !is_growing {
        return Ok(Document::of(hls::media(&hls_rendition(track, base(output)))));
    }
    // No further than all that plays together is.
    let presentation = presentation(&playable, output, |own| playable.listed(own).collect(), hls_rendition)?;
    let named = slug.to_string();
    let growing = presentation.tracks.iter().find(|track| track.id == named);
    Ok(Document::of(hls::growing_media(growing.ok_or_else(|| Problem::not_found("track"))?)))
}

/// The playlist of the pictures that segments of a track begin with, of an output, or of an asset's oldest one.
///
/// # Errors
/// As [`hls_media_playlist`]; the track grows, or has segments that begin with no key frame.
pub async fn hls_key_frame_playlist(
    app: &App,
    id: AssetId,
    output: Option<OutputId>,
    slug: Slug,
) -> Result<Document, Error> {
    let playable = playable(app, id).await?;
    let (own, is_growing) = playable.output(output)?;
    let track = playable.track(slug)?;
    let rendition = hls_rendition(track, base(output));
    if track.output != own || is_growing || rendition.key_frame_bandwidth.is_none() {
        return Err(Problem::not_found("track").into());
    }
    let ends = (0..track.map.segment_count()).map_while(|n| cmaf::first_sample_end(&track.map, n));
    Ok(Document::of(hls::key_frames(&rendition, ends)))
}

/// The MPD of an output, or of an asset's oldest one.
///
/// # Errors
/// The asset or the output does not exist or does not play.
pub async fn dash_manifest(app: &App, id: AssetId, output: Option<OutputId>) -> Result<Document, Error> {
    let playable = playable(app, id).await?;
    let now = app.clock.now();
    let named = |own| playable.listed_or_replaced(own, now).collect();
    let presentation = presentation(&playable, output, named, rendition)?;
    Ok(Document::of(dash::mpd(&presentation)))
}

fn presentation<'playable>(
    playable: &Playable,
    output: Option<OutputId>,
    named: impl FnOnce(OutputId) -> Vec<&'playable PlayableTrack>,
    rendition: impl Fn(&PlayableTrack, &str) -> Rendition,
) -> Result<Presentation, Error> {
    let (own, growing) = playable.output(output)?;
    let tracks = named(own).into_iter().map(|track| rendition(track, base(output))).collect();
    // Beside what grows there are none: players of it do not look whether any were added.
    let captions = playable.captions(own).filter(|_captions| !growing);
    let captions = captions.map(|captions| subtitles(captions, base(output))).collect();
    let presentation = Presentation { tracks, captions, growing };
    if !growing {
        return Ok(presentation);
    }
    let end = presentation.common_end(Timescale::MILLIS);
    Ok(presentation.truncated(end, Timescale::MILLIS))
}

/// The way from a document to the segments: `/play/{asset}/{hls or dash}/`, or `/play/{asset}/o/{output}/{hls or dash}/`.
const fn base(output: Option<OutputId>) -> &'static str {
    if output.is_some() { "../../.." } else { ".." }
}

/// How long an output plays, in milliseconds.
pub(super) fn duration_ms(playable: &Playable, output: OutputId) -> u64 {
    playable.listed(output).map(|track| end_ms(&track.map)).max().unwrap_or(0)
}

/// Captions, as every manifest may name them.
fn subtitles(captions: &PlayableCaptions, base: &str) -> Subtitles {
    let slug = captions.slug;
    let Facts { language, name } = captions.facts.clone();
    Subtitles {
        id: slug.to_string(),
        language,
        name,
        playlist: format!("{slug}.m3u8"),
        whole: format!("{base}/{slug}/all.vtt"),
        segment_template: format!("{base}/{slug}/$Number$.vtt"),
    }
}

/// A track in fragments, as every manifest may name it.
fn rendition(track: &PlayableTrack, base: &str) -> Rendition {
    let slug = track.slug;
    let urls = Urls {
        playlist: format!("{slug}.m3u8"),
        key_frames: (slug.kind == TrackKind::Video).then(|| format!("{slug}{KEY_FRAMES}.m3u8")),
        init: Some(format!("{base}/{slug}/init.mp4")),
        segment_template: format!("{base}/{slug}/$Number$.m4s"),
    };
    Rendition::new(slug.to_string(), &track.map, urls)
}

/// The same for HLS, which knows packed audio as well.
fn hls_rendition(track: &PlayableTrack, base: &str) -> Rendition {
    let mut rendition = rendition(track, base);
    if packed::takes(track.map.header()) {
        packed::MP3.clone_into(&mut rendition.codec);
        rendition.urls.init = None;
        rendition.urls.segment_template = format!("{base}/{}/$Number$.mp3", track.slug);
    }
    rendition
}
