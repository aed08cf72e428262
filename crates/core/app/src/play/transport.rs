//! HLS of transport streams, for players that take no fragmented MP4: playlists, and segments made on request.
//!
//! Every picture carries the sound that plays unless another is chosen, since old players choose none; the others of its
//! codec are streams of their own.

use super::cache::playable;
use super::documents::{Document, Shown, base, captions_playlist, presentation};
use super::enciphered::Seal;
use super::lock::{Lock, Sealed};
use super::playable::{Playable, PlayableTrack, Slug, not_ready};
use super::sealed::on_thread;
use super::segment::Segment;
use super::streams::Streams;
use crate::app::App;
use crate::error::Error;
use core::ops::Range;
use futures_util::future::try_join;
use kinora_domain::track::TrackKind;
use kinora_domain::{AssetId, Kind, OutputId, Problem};
use kinora_media::presentation::{Carriage, Presentation, Rendition, Urls};
use kinora_media::protect::segment_iv;
use kinora_media::transport::{self, Plan, TransportError};
use kinora_media::{hls, packed};

/// The form of addresses of captions beside transport streams.
pub const CAPTIONS: &str = "ts";

/// The multivariant playlist of what is to be shown.
///
/// # Errors
/// The asset or the output does not exist, does not play or grows; `NotFound`: nothing of its picture, or nothing of its
/// sound, is taken by transport streams, or it is encrypted as those are not; `Invalid` ends of a part.
pub(super) async fn transport_multivariant_playlist(
    app: &App,
    id: AssetId,
    shown: Shown<'_>,
) -> Result<Document, Error> {
    let playable = playable(app, id).await?;
    Ok(Document::of(hls::multivariant(&offered(&playable, shown, None)?)))
}

/// The media playlist of a stream. Those that the multivariant playlist does not name any more have one for who began
/// with them.
///
/// # Errors
/// As [`transport_multivariant_playlist`]; there is no such stream, or nothing of it in the part.
pub(super) async fn transport_media_playlist(
    app: &App,
    id: AssetId,
    shown: Shown<'_>,
    streams: Streams,
) -> Result<Document, Error> {
    let playable = playable(app, id).await?;
    let named = streams.to_string();
    let presentation = offered(&playable, shown, Some(streams))?;
    let rendition = presentation.tracks.into_iter().find(|track| track.id == named && track.carriage == Carriage::Own);
    Ok(Document::of(hls::media(&rendition.ok_or_else(|| Problem::not_found("track"))?)))
}

/// The media playlist of captions.
///
/// # Errors
/// As [`transport_media_playlist`].
pub(super) async fn transport_captions_playlist(
    app: &App,
    id: AssetId,
    shown: Shown<'_>,
    slug: Slug,
) -> Result<Document, Error> {
    let playable = playable(app, id).await?;
    captions_playlist(&offered(&playable, shown, None)?, slug)
}

/// Segment `number`, from 0, of a stream. It is in memory whole.
///
/// # Errors
/// The asset, a track or the segment does not exist or does not play, or is not given out so; `UnreadableMedia`: the
/// samples are damaged; `Unavailable`: no memory is left for it.
pub(super) async fn transport_segment(app: &App, id: AssetId, streams: Streams, number: u32) -> Result<Segment, Error> {
    let playable = playable(app, id).await?;
    let output = playable.track(streams.leader)?.output;
    playable.require_clear(output, "segment")?;
    written(app, &playable, streams, number, format!("{streams}-{number}.ts")).await
}

/// The same of what is encrypted by AES-128.
///
/// # Errors
/// As of those in the clear.
pub async fn sealed_transport_segment(app: &App, id: AssetId, streams: Streams, number: u32) -> Result<Segment, Error> {
    let playable = playable(app, id).await?;
    let lock = locked(&playable, playable.track(streams.leader)?.output)?;
    let lock = lock.ok_or_else(|| Problem::not_found("segment"))?;
    let seal = Seal { key: lock.whole()?, iv: segment_iv(lock.salt_of_stream(streams)?, number) };
    let tag = format!("{streams}-{}-{number}.ts", Sealed::Whole.name());
    Ok(written(app, &playable, streams, number, String::new()).await?.sealed(tag, seal))
}

/// A segment in the clear.
async fn written(app: &App, playable: &Playable, streams: Streams, number: u32, tag: String) -> Result<Segment, Error> {
    let (picture, sound) = tracks(playable, streams)?;
    let plan = Plan::new(picture.map(|track| &track.map), sound.map(|track| &track.map), number);
    let plan = plan.ok_or_else(|| Problem::not_found("segment"))?;
    // For the samples, and for what is made of them, which is a little more.
    let samples: u64 = plan.video().iter().chain(plan.audio()).map(|run| run.end.saturating_sub(run.start)).sum();
    let held = app.room.take(samples.saturating_mul(9) / 4).await?;
    let read = async |track: Option<&PlayableTrack>, runs: &[Range<u64>]| match track {
        Some(track) => track.media.read(runs.to_vec()).await,
        None => Ok(Vec::new()),
    };
    let (picture, sound) = try_join(read(picture, plan.video()), read(sound, plan.audio())).await?;
    let written = on_thread(move || {
        let bytes = plan.write(&picture, &sound).map_err(damaged)?;
        Ok(Segment::held(tag, Vec::new(), bytes, held))
    });
    written.await
}

/// The tracks of a stream: of one output, which is whole.
fn tracks(playable: &Playable, streams: Streams) -> Result<(Option<&PlayableTrack>, Option<&PlayableTrack>), Error> {
    let leader = playable.track(streams.leader)?;
    let sound = streams.sound.map(|slug| playable.track(slug)).transpose()?;
    let (_, is_growing) = playable.output(Some(leader.output))?;
    if is_growing {
        return Err(not_ready());
    }
    if sound.is_some_and(|sound| sound.output != leader.output) {
        return Err(Problem::not_found("track").into());
    }
    Ok(if leader.slug.kind == TrackKind::Video { (Some(leader), sound) } else { (None, Some(leader)) })
}

/// What of an output transport streams carry.
struct Carried<'a> {
    pictures: Vec<&'a PlayableTrack>,
    /// Alternatives of one codec.
    sounds: Vec<&'a PlayableTrack>,
    /// The one that every picture carries.
    default: Option<Slug>,
}

impl<'a> Carried<'a> {
    /// Nothing is left out of what would be missed: without a sound of its own a film would be silent.
    fn of(playable: &'a Playable, output: OutputId) -> Option<Self> {
        let kind = |kind| move |track: &&PlayableTrack| track.slug.kind == kind;
        let listed = || playable.listed(output);
        // A stream does not tell that a picture is to be turned.
        let upright = |track: &&PlayableTrack| transport::takes(track.map.header()) && track.map.header().rotation == 0;
        let pictures: Vec<_> = listed().filter(kind(TrackKind::Video)).filter(upright).collect();
        let mut sounds: Vec<_> =
            listed().filter(kind(TrackKind::Audio)).filter(|track| transport::takes(track.map.header())).collect();
        let has = |wanted| listed().any(|track| kind(wanted)(&track));
        if (pictures.is_empty() && has(TrackKind::Video)) || (sounds.is_empty() && has(TrackKind::Audio)) {
            return None;
        }
        let default = sounds.iter().find(|track| track.map.header().enabled).or(sounds.first()).copied();
        sounds.retain(|track| default.is_some_and(|default| track.map.header().codec == default.map.header().codec));
        let default = default.filter(|_sound| !pictures.is_empty()).map(|track| track.slug);
        Some(Self { pictures, sounds, default })
    }
}

/// What playlists name, and one stream more that somebody began with.
pub(super) fn offered(playable: &Playable, shown: Shown<'_>, begun: Option<Streams>) -> Result<Presentation, Error> {
    let (own, is_growing) = playable.output(shown.output)?;
    if is_growing {
        return Err(not_ready());
    }
    let lock = locked(playable, own)?;
    // The scheme that was asked for is one of fragments.
    if lock.is_some() && shown.scheme.is_some() {
        return Err(Problem::not_found("playlist").into());
    }
    let carried = Carried::of(playable, own).ok_or_else(|| Problem::not_found("playlist"))?;
    let pictures = carried.pictures.iter().map(|track| Streams { leader: track.slug, sound: carried.default });
    let sounds = carried.sounds.iter().map(|track| {
        let is_default = carried.default == Some(track.slug);
        let carriage = if is_default { Carriage::WithPictures } else { Carriage::Own };
        (Streams { leader: track.slug, sound: None }, carriage)
    });
    let mut streams: Vec<_> = pictures.map(|streams| (streams, Carriage::Own)).chain(sounds).collect();
    if let Some(begun) = begun
        && !streams.contains(&(begun, Carriage::Own))
    {
        if playable.track(begun.leader)?.output != own {
            return Err(Problem::not_found("track").into());
        }
        streams.push((begun, Carriage::Own));
    }
    let tracks = streams.iter().map(|(streams, carriage)| {
        let mut rendition = rendition(playable, *streams, shown, lock)?;
        rendition.carriage = *carriage;
        Ok(rendition)
    });
    let mut presentation = presentation(playable, shown, tracks.collect::<Result<_, Error>>()?)?;
    for captions in &mut presentation.captions {
        let (from, to) = (format!("/{}/", captions.id), format!("/{}/{CAPTIONS}/", captions.id));
        captions.segment_template = captions.segment_template.replacen(&from, &to, 1);
    }
    Ok(presentation)
}

/// What a stream is locked with; nothing in the clear.
///
/// # Errors
/// `NotFound`: it is encrypted as transport streams are not.
fn locked(playable: &Playable, output: OutputId) -> Result<Option<&Lock>, Error> {
    match playable.lock(output) {
        Some(lock) if !lock.allows(Sealed::Whole) => Err(Problem::not_found("playlist").into()),
        lock => Ok(lock),
    }
}

/// A stream, as playlists name it.
fn rendition(playable: &Playable, streams: Streams, shown: Shown<'_>, lock: Option<&Lock>) -> Result<Rendition, Error> {
    let (picture, sound) = tracks(playable, streams)?;
    let (picture, sound) = (picture.map(|track| &track.map), sound.map(|track| &track.map));
    let absent = || Problem::not_found("track");
    let leader = picture.or(sound).ok_or_else(absent)?;
    let bandwidth = transport::bandwidth(picture, sound).ok_or_else(absent)?;
    let (base, media) = (base(shown.output), shown.of_media());
    let inside = lock.map(|_lock| format!("/{}", Sealed::Whole.name())).unwrap_or_default();
    let urls = Urls {
        playlist: format!("{streams}.m3u8{}", shown.of_documents()),
        segment_template: format!("{base}/{streams}{inside}/$Number$.ts{media}"),
        ..Urls::default()
    };
    let mut rendition = Rendition::new(streams.to_string(), leader, urls);
    rendition.key_frame_bandwidth = None;
    (rendition.average_bandwidth, rendition.peak_bandwidth) = (bandwidth.average, bandwidth.peak);
    if packed::takes(leader.header()) {
        packed::MP3.clone_into(&mut rendition.codec);
    }
    Ok(match lock {
        Some(lock) => rendition.protected(lock.protection_of_stream(streams, base, &media)?),
        None => rendition,
    })
}

fn damaged(error: TransportError) -> Error {
    let message = "The media of this video are damaged.";
    Error::caused(Problem::new(Kind::UnreadableMedia, "damaged_media", message), error)
}
