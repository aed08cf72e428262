//! Playlists and manifests.

use super::cache::playable;
use super::lock::Sealed;
use super::part::Part;
use super::playable::{Playable, PlayableCaptions, PlayableTrack, Slug, not_ready};
use super::sealed::form_of;
use super::segment::Form;
use super::track_file::TRACK_FILE;
use crate::app::App;
use crate::error::Error;
use crate::fresh;
use crate::guard::Pass;
use crate::picture::storyboard;
use crate::process::settle::end_ms;
use kinora_domain::track::TrackKind;
use kinora_domain::{AssetId, Kind, OutputId, Problem, Timestamp};
use kinora_media::captions::Facts;
use kinora_media::presentation::{Presentation, Rendition, Subtitles, Urls};
use kinora_media::protect::Scheme;
use kinora_media::timing::Timescale;
use kinora_media::{cmaf, dash, hls, packed, protect};
use sha2::{Digest, Sha256};

/// What follows the track's name in that of the playlist of its key frames.
pub(super) const KEY_FRAMES: &str = "-key";

/// A text document and the tag of its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The text.
    pub text: String,
    /// Tag of the text, without quotes.
    pub etag: String,
}

impl Document {
    pub(crate) fn of(text: String) -> Self {
        let digest = Sha256::digest(text.as_bytes());
        // Sixteen bytes of SHA-256 tell texts apart as well as anybody needs.
        let etag = fresh::hex(digest.get(..16).unwrap_or_default());
        Self { text, etag }
    }
}

/// What of an asset a document is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shown<'a> {
    /// The output; the oldest one without.
    pub output: Option<OutputId>,
    /// What of it: the segments of the picture in which that is shown, whole.
    pub part: Part,
    /// What who asks was let in with: every address in it carries that on.
    pub pass: Option<&'a Pass>,
    /// How the samples of what is encrypted are; what its players usually take without.
    pub scheme: Option<Scheme>,
    /// The absolute address of `/play/{asset}`, for what players do not read relative to a document.
    pub at: &'a str,
    /// Whether it is for players to come only: then no manifest names tracks that better ones replaced a moment ago.
    pub settled: bool,
}

impl Shown<'_> {
    /// Parameters that every address carries, such as the token by which it was fetched; empty for none.
    fn carried(&self) -> &str {
        self.pass.map_or("", |pass| &pass.carried)
    }

    /// The query of the documents that a document names.
    pub(crate) fn of_documents(&self) -> String {
        let scheme = self.scheme.map(|scheme| format!("scheme={}", scheme.name())).unwrap_or_default();
        joined(&[&self.part.query(), &scheme, self.carried()])
    }

    /// The query of media.
    pub(crate) fn of_media(&self) -> String {
        joined(&[self.carried()])
    }
}

/// A query of such parameters, with its question mark; nothing where there are none.
fn joined(parameters: &[&str]) -> String {
    let given: Vec<&str> = parameters.iter().copied().filter(|parameters| !parameters.is_empty()).collect();
    if given.is_empty() { String::new() } else { format!("?{}", given.join("&")) }
}

/// The multivariant playlist of what is to be shown.
///
/// # Errors
/// The asset or the output does not exist or does not play; `Invalid` ends of a part.
pub(super) async fn hls_multivariant_playlist(app: &App, id: AssetId, shown: Shown<'_>) -> Result<Document, Error> {
    let playable = playable(app, id).await?;
    Ok(Document::of(hls::multivariant(&hls_presentation(&playable, shown)?)))
}

/// The media playlist of a track, or of captions. Tracks that manifests do not name any more have one for who began with
/// them.
///
/// # Errors
/// As of the multivariant playlist; there is no such track, or nothing of it in the part.
pub(super) async fn hls_media_playlist(
    app: &App,
    id: AssetId,
    shown: Shown<'_>,
    slug: Slug,
) -> Result<Document, Error> {
    let playable = playable(app, id).await?;
    let (own, is_growing) = playable.output(shown.output)?;
    if slug.kind == TrackKind::Captions {
        return captions_playlist(&hls_presentation(&playable, shown)?, slug);
    }
    let track = playable.track(slug)?;
    if track.output != own {
        return Err(Problem::not_found("track").into());
    }
    let rendition = one(&playable, shown, track)?;
    Ok(Document::of(if is_growing { hls::growing_media(&rendition) } else { hls::media(&rendition) }))
}

/// The playlist of the pictures that segments of a track begin with.
///
/// # Errors
/// As [`hls_media_playlist`]; the track grows, or has segments that begin with no key frame.
pub(super) async fn hls_key_frame_playlist(
    app: &App,
    id: AssetId,
    shown: Shown<'_>,
    slug: Slug,
) -> Result<Document, Error> {
    let playable = playable(app, id).await?;
    let (own, is_growing) = playable.output(shown.output)?;
    let track = playable.track(slug)?;
    let rendition = one(&playable, shown, track)?;
    if track.output != own || is_growing || rendition.key_frame_bandwidth.is_none() {
        return Err(Problem::not_found("track").into());
    }
    let first = u32::try_from(rendition.first).unwrap_or(u32::MAX);
    let ends = (first..track.map.segment_count()).map_while(|n| cmaf::first_sample_end(&track.map, n));
    Ok(Document::of(hls::key_frames(&rendition, ends)))
}

/// The MPD of what is to be shown.
///
/// # Errors
/// As of the multivariant playlist.
pub(super) async fn dash_manifest(app: &App, id: AssetId, shown: Shown<'_>) -> Result<Document, Error> {
    let playable = playable(app, id).await?;
    Ok(Document::of(dash::mpd(&dash_presentation(&playable, shown, app.clock.now())?)))
}

/// What the MPD tells of at this moment.
pub(super) fn dash_presentation(playable: &Playable, shown: Shown<'_>, now: Timestamp) -> Result<Presentation, Error> {
    let (own, _) = playable.output(shown.output)?;
    let named = playable.listed_or_replaced(own, now).filter(|track| track.listed || !shown.settled);
    let tracks = named.map(|track| dash_rendition(playable, track, shown)).collect::<Result<_, _>>()?;
    let presentation = presentation(playable, shown, tracks)?;
    pictured(playable, shown, presentation)
}

/// What the playlists of fragments tell of.
pub(super) fn hls_presentation(playable: &Playable, shown: Shown<'_>) -> Result<Presentation, Error> {
    let (own, _) = playable.output(shown.output)?;
    let tracks = playable.listed(own).map(|track| hls_rendition(playable, track, shown)).collect::<Result<_, _>>()?;
    let presentation = presentation(playable, shown, tracks)?;
    pictured(playable, shown, presentation)
}

/// A presentation with the small pictures of its output, where all of that is shown, to whom they are for.
fn pictured(playable: &Playable, shown: Shown<'_>, presentation: Presentation) -> Result<Presentation, Error> {
    let (own, growing) = playable.output(shown.output)?;
    let is_whole = !growing && shown.part == Part::default();
    let is_seen = is_whole && playable.opens(own, shown.pass).is_ok();
    let storyboard = is_seen.then(|| storyboard::of_tracks(playable.listed(own), shown)).flatten();
    Ok(Presentation { storyboard, ..presentation })
}

/// The media playlist of captions beside what is shown.
pub(super) fn captions_playlist(presentation: &Presentation, slug: Slug) -> Result<Document, Error> {
    let named = slug.to_string();
    let captions = presentation.captions.iter().find(|captions| captions.id == named);
    let captions = captions.ok_or_else(|| Problem::not_found("track"))?;
    let span = presentation.span_ms();
    if presentation.growing {
        return Ok(Document::of(hls::growing_captions(captions, span.end)));
    }
    Ok(Document::of(hls::captions(captions, span)))
}

/// The MPD of what is to be shown by the on-demand profile: each track is one file.
///
/// # Errors
/// As of the MPD; `NotFound` of what is encrypted; it grows.
pub async fn dash_on_demand_manifest(app: &App, id: AssetId, shown: Shown<'_>) -> Result<Document, Error> {
    let playable = playable(app, id).await?;
    let (own, is_growing) = playable.output(shown.output)?;
    playable.require_clear(own, "manifest")?;
    if is_growing {
        return Err(not_ready());
    }
    let file = |track: &PlayableTrack| {
        let mut rendition = rendition(track, shown);
        let url = format!("{}/{}/{TRACK_FILE}{}", base(shown.output), track.slug, shown.of_media());
        rendition.urls.file = cmaf::Front::of(&track.map).map(|front| (url, front));
        rendition
    };
    let tracks = playable.listed(own).map(file).collect();
    Ok(Document::of(dash::on_demand(&presentation(&playable, shown, tracks)?)))
}

/// One track as what is to be shown has it: no further than all that plays together is, and no more than the part.
fn one(playable: &Playable, shown: Shown<'_>, track: &PlayableTrack) -> Result<Rendition, Error> {
    let (own, is_growing) = playable.output(shown.output)?;
    if !is_growing && shown.part == Part::default() {
        return hls_rendition(playable, track, shown);
    }
    // One that is not named any more is cut like the others.
    let listed = playable.listed(own).filter(|listed| listed.slug != track.slug);
    let tracks = [track].into_iter().chain(listed).map(|track| hls_rendition(playable, track, shown));
    let presentation = presentation(playable, shown, tracks.collect::<Result<_, _>>()?)?;
    let slug = track.slug.to_string();
    let found = presentation.tracks.into_iter().find(|track| track.id == slug);
    found.ok_or_else(|| Problem::not_found("track").into())
}

/// What is to be shown, of these renditions of its output.
pub(super) fn presentation(
    playable: &Playable,
    shown: Shown<'_>,
    tracks: Vec<Rendition>,
) -> Result<Presentation, Error> {
    let (own, growing) = playable.output(shown.output)?;
    // Beside what grows only those that were there before it: players of it do not look whether any were added.
    let captions = playable.captions(own).filter(|captions| !growing || !playable.came_later(captions));
    let captions = captions.map(|captions| subtitles(captions, shown)).collect();
    let presentation = Presentation { tracks, captions, growing, ..Presentation::default() };
    let span = shown.part.within(presentation.duration(Timescale::MICROS))?;
    if growing {
        // Nobody knows yet where its segments will lie.
        if span.is_some() {
            return Err(not_ready());
        }
        let end = presentation.common_end(Timescale::MILLIS);
        return Ok(presentation.truncated(end, Timescale::MILLIS));
    }
    match span {
        None => Ok(presentation),
        Some(span) => presentation.part(span).ok_or_else(|| Problem::not_found("part").into()),
    }
}

/// The way from a document to the segments: `/play/{asset}/{hls or dash}/`, or `/play/{asset}/o/{output}/{hls or dash}/`.
pub(crate) const fn base(output: Option<OutputId>) -> &'static str {
    if output.is_some() { "../../.." } else { ".." }
}

/// How long an output plays, in milliseconds.
pub(crate) fn duration_ms(playable: &Playable, output: OutputId) -> u64 {
    playable.listed(output).map(|track| end_ms(&track.map)).max().unwrap_or(0)
}

/// Captions, as every manifest may name them.
fn subtitles(captions: &PlayableCaptions, shown: Shown<'_>) -> Subtitles {
    let (slug, base, query, media) = (captions.slug, base(shown.output), shown.of_documents(), shown.of_media());
    let Facts { language, name } = captions.facts.clone();
    Subtitles {
        id: slug.to_string(),
        language,
        name,
        playlist: format!("{slug}.m3u8{query}"),
        whole: format!("{base}/{slug}/all.vtt{media}"),
        segment_template: format!("{base}/{slug}/$Number$.vtt{media}"),
    }
}

/// A track in fragments, as every manifest may name it.
pub(super) fn rendition(track: &PlayableTrack, shown: Shown<'_>) -> Rendition {
    let (slug, base, query, media) = (track.slug, base(shown.output), shown.of_documents(), shown.of_media());
    let urls = Urls {
        playlist: format!("{slug}.m3u8{query}"),
        key_frames: (slug.kind == TrackKind::Video).then(|| format!("{slug}{KEY_FRAMES}.m3u8{query}")),
        init: Some(format!("{base}/{slug}/init.mp4{media}")),
        segment_template: format!("{base}/{slug}/$Number$.m4s{media}"),
        file: None,
    };
    Rendition::new(slug.to_string(), &track.map, urls)
}

/// The same for HLS, which knows packed audio as well, and encrypted in the form that its players take.
fn hls_rendition(playable: &Playable, track: &PlayableTrack, shown: Shown<'_>) -> Result<Rendition, Error> {
    let mut rendition = rendition(track, shown);
    let form = playable.lock(track.output).map(|lock| lock.of_hls(shown.scheme));
    let is_packed = match form {
        None => packed::takes(track.map.header()),
        Some(sealed) => form_of(&track.map, sealed) == Form::Packed,
    };
    if is_packed {
        packed::MP3.clone_into(&mut rendition.codec);
        rendition.urls.init = None;
        let (base, slug) = (base(shown.output), track.slug);
        rendition.urls.segment_template = format!("{base}/{slug}/$Number$.mp3{}", shown.of_media());
    }
    sealed(playable, track, rendition, form, (shown, base(shown.output)))
}

/// The same for DASH, whose players know common encryption only.
fn dash_rendition(playable: &Playable, track: &PlayableTrack, shown: Shown<'_>) -> Result<Rendition, Error> {
    let form = Sealed::Samples(shown.scheme.unwrap_or(Scheme::Cenc));
    let form = playable.lock(track.output).map(|_lock| form);
    // Players take the address of licenses as it stands.
    sealed(playable, track, rendition(track, shown), form, (shown, shown.at))
}

/// A rendition in the form in which it is given out; `keys` is the way to the asset's addresses.
///
/// # Errors
/// `UnreadableMedia`: nobody knows how this codec is encrypted so.
fn sealed(
    playable: &Playable,
    track: &PlayableTrack,
    mut rendition: Rendition,
    form: Option<Sealed>,
    (shown, keys): (Shown<'_>, &str),
) -> Result<Rendition, Error> {
    let (Some(lock), Some(form)) = (playable.lock(track.output), form) else { return Ok(rendition) };
    if let Sealed::Samples(scheme) = form
        && !protect::takes(track.map.header(), scheme)
    {
        return Err(cannot_protect().into());
    }
    let slug = track.slug;
    let inside = |url: &str| url.replacen(&format!("/{slug}/"), &format!("/{slug}/{}/", form.name()), 1);
    rendition.urls.init = rendition.urls.init.as_deref().map(inside);
    rendition.urls.segment_template = inside(&rendition.urls.segment_template);
    Ok(rendition.protected(lock.protection(slug, form, keys, &shown.of_media())?))
}

/// A track that cannot be given out as it was asked to be.
pub(super) fn cannot_protect() -> Problem {
    let message = "This video cannot be encrypted in this way: its codec, or how it is coded, does not allow it.";
    Problem::new(Kind::UnreadableMedia, "cannot_protect", message)
}
