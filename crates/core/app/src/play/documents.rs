//! Playlists and manifests.

use super::cache::playable;
use super::playable::{Playable, PlayableTrack, Slug};
use crate::app::App;
use crate::error::Error;
use crate::fresh;
use kinora_domain::{AssetId, OutputId, Problem};
use kinora_media::presentation::{Presentation, Rendition, Urls};
use kinora_media::timing::Timescale;
use kinora_media::{dash, hls, packed};
use sha2::{Digest, Sha256};

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
    let presentation = Presentation { tracks, growing };
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

/// A track in fragments, as every manifest may name it.
fn rendition(track: &PlayableTrack, base: &str) -> Rendition {
    let slug = track.slug;
    let urls = Urls {
        playlist: format!("{slug}.m3u8"),
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
