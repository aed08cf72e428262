//! Playlists and manifests.

use super::cache::playable;
use super::playable::{Playable, PlayableTrack, Slug};
use crate::app::App;
use crate::error::Error;
use crate::fresh;
use kinora_domain::{AssetId, Problem};
use kinora_media::presentation::{Presentation, Rendition, Urls};
use kinora_media::timing::Timescale;
use kinora_media::{dash, hls};
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

/// The multivariant playlist of an asset; its URLs are relative to `/play/{asset}/hls/`.
///
/// # Errors
/// The asset does not exist or does not play.
pub async fn hls_multivariant_playlist(app: &App, id: AssetId) -> Result<Document, Error> {
    let playable = playable(app, id).await?;
    let presentation = presentation(&playable, |slug| format!("{slug}.m3u8"));
    Ok(Document::of(hls::multivariant(&presentation)))
}

/// The media playlist of a track; its URLs are relative to `/play/{asset}/hls/`.
///
/// # Errors
/// The asset or the track does not exist, or the asset does not play.
pub async fn hls_media_playlist(app: &App, id: AssetId, slug: Slug) -> Result<Document, Error> {
    let playable = playable(app, id).await?;
    let track = playable.track(slug)?;
    if !playable.is_growing() {
        return Ok(Document::of(hls::media(&rendition(track, String::new()))));
    }
    // No further than all that plays together is.
    let presentation = presentation(&playable, |_slug| String::new());
    let named = slug.to_string();
    let growing = presentation.tracks.iter().find(|track| track.id == named);
    Ok(Document::of(hls::growing_media(growing.ok_or_else(|| Problem::not_found("track"))?)))
}

/// The MPD of an asset; its URLs are relative to `/play/{asset}/dash/`.
///
/// # Errors
/// The asset does not exist or does not play.
pub async fn dash_manifest(app: &App, id: AssetId) -> Result<Document, Error> {
    let playable = playable(app, id).await?;
    let presentation = presentation(&playable, |_slug| String::new());
    Ok(Document::of(dash::mpd(&presentation)))
}

fn presentation(playable: &Playable, playlist: impl Fn(Slug) -> String) -> Presentation {
    let listed = playable.tracks.iter().filter(|track| track.listed);
    let tracks = listed.map(|track| rendition(track, playlist(track.slug))).collect();
    let presentation = Presentation { tracks, growing: playable.is_growing() };
    if !presentation.growing {
        return presentation;
    }
    let end = presentation.common_end(Timescale::MILLIS);
    presentation.truncated(end, Timescale::MILLIS)
}

fn rendition(track: &PlayableTrack, playlist: String) -> Rendition {
    let slug = track.slug;
    let init = format!("../{slug}/init.mp4");
    let segment_template = format!("../{slug}/$Number$.m4s");
    Rendition::new(slug.to_string(), &track.map, Urls { playlist, init, segment_template })
}
