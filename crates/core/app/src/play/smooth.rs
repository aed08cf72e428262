//! Smooth Streaming: the client manifest, and fragments by their addresses.

use super::cache::playable;
use super::documents::{Document, Shown, presentation, rendition};
use super::playable::{Playable, PlayableTrack};
use super::segment::Segment;
use crate::app::App;
use crate::error::Error;
use kinora_domain::track::TrackKind;
use kinora_domain::{AssetId, OutputId, Problem};
use kinora_media::presentation::Presentation;
use kinora_media::smooth::{self, Address};

/// The client manifest of what is to be shown.
///
/// # Errors
/// The asset or the output does not exist or does not play; nothing of it, or not all that belongs together, is taken by
/// players of Smooth Streaming; it grows.
pub async fn smooth_manifest(app: &App, id: AssetId, shown: Shown<'_>) -> Result<Document, Error> {
    let playable = playable(app, id).await?;
    let presentation = named(&playable, shown)?;
    let text = smooth::manifest(&presentation, &shown.of_media()).ok_or_else(|| Problem::not_found("manifest"))?;
    Ok(Document::of(text))
}

/// The fragment of an address that the manifest tells, relative to it; and what it carries.
///
/// # Errors
/// As [`smooth_manifest`]; the manifest tells no such address.
pub async fn smooth_fragment(
    app: &App,
    id: AssetId,
    output: Option<OutputId>,
    address: &str,
) -> Result<(Segment, TrackKind), Error> {
    let absent = || Problem::not_found("fragment");
    let address: Address = address.parse().map_err(|_malformed| absent())?;
    let playable = playable(app, id).await?;
    let presentation = named(&playable, Shown { output, ..Shown::default() })?;
    let found = smooth::rendition(&presentation, &address).ok_or_else(absent)?;
    let (own, _) = playable.output(output)?;
    let track = playable.listed(own).find(|track| name(track) == found.id).ok_or_else(absent)?;
    let number = smooth::segment_at(&track.map, address.time).ok_or_else(absent)?;
    let fragment = smooth::fragment(&track.map, number).ok_or_else(absent)?;
    let segment = Segment::stored(format!("{}-{number}.ism", track.slug), fragment.into(), track.media.clone());
    Ok((segment, track.slug.kind))
}

/// What a manifest names. Addresses say which track it is, without the version of its map: who plays goes on when sound is
/// copied out.
fn named(playable: &Playable, shown: Shown<'_>) -> Result<Presentation, Error> {
    let (own, _) = playable.output(shown.output)?;
    playable.require_clear(own, "manifest")?;
    let unversioned = |track| {
        let mut rendition = rendition(track, shown);
        rendition.id = name(track);
        rendition
    };
    presentation(playable, shown, playable.listed(own).map(unversioned).collect())
}

fn name(track: &PlayableTrack) -> String {
    track.slug.position.to_string()
}
