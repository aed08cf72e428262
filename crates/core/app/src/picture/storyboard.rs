//! Sheets of small pictures, and the documents that say where each is.

use super::film::{Cut, are_affordable, is_affordable, lay_out, paint, ticks, undecodable};
use super::kept::{Named, Picture, picture};
use super::source::{Source, size, smallest};
use crate::app::App;
use crate::error::Error;
use crate::guard::Pass;
use crate::play::playable::{PlayableTrack, not_ready};
use crate::play::{Document, Shown, Slug, base};
use crate::port::Take;
use crate::process::settle::end_ms;
use kinora_domain::still::Storyboard;
use kinora_domain::{AssetId, Problem};
use kinora_media::map::SegmentInfo;
use kinora_media::progressive::{Progressive, Span};
use kinora_media::{SegmentMap, hls, storyboard as media};
use std::sync::Arc;

/// What follows the track's name in that of the playlist of its sheets.
pub(crate) const STORYBOARD: &str = "-storyboard";

/// The media type of sheets.
pub const SHEET_TYPE: &str = "image/jpeg";

/// Milliseconds between the pictures of a film of key frames.
const SECOND_MS: u64 = 1_000;

/// How the small pictures of a track lie; nothing but the track decides it.
fn board(map: &SegmentMap) -> Storyboard {
    Storyboard::of(size(map), end_ms(map))
}

/// The storyboard of what an output lists, as manifests tell of it.
pub(crate) fn of_tracks<'tracks>(
    tracks: impl Iterator<Item = &'tracks PlayableTrack>,
    shown: Shown<'_>,
) -> Option<media::Storyboard> {
    let track = smallest(tracks, |film| Storyboard::of(film, 0).frame)?;
    Some(told(track.slug, &track.map, &format!("{}/", base(shown.output)), shown))
}

/// As a document tells of it; `way` leads from there to the asset, and has a slash at its end where it is not empty.
fn told(slug: Slug, map: &SegmentMap, way: &str, shown: Shown<'_>) -> media::Storyboard {
    let board = board(map);
    media::Storyboard {
        id: format!("{slug}{STORYBOARD}"),
        playlist: format!("{slug}{STORYBOARD}.m3u8{}", shown.of_documents()),
        sheet_template: format!("{way}{slug}/storyboard/$Number$.jpg{}", shown.of_media()),
        width: board.frame.shown.width,
        height: board.frame.shown.height,
        columns: board.columns,
        rows: board.rows,
        every_ms: board.every_ms,
        pictures: board.pictures,
        duration_ms: end_ms(map),
    }
}

/// Where each moment of an output has its small picture, as `WebVTT`: the text of each cue is the address of a sheet and the
/// place on it.
///
/// # Errors
/// The asset or the output does not exist, does not play, has no picture, or grows; as [`Pass::proves`] where it is
/// encrypted.
pub async fn storyboard(app: &App, asset: AssetId, shown: Shown<'_>) -> Result<Document, Error> {
    let source = Source::of_output(app, asset, shown.output, |film| Storyboard::of(film, 0).frame).await?;
    source.opens(shown.pass)?;
    let map = &whole(&source)?.map;
    let way = if shown.output.is_some() { "../../" } else { "" };
    Ok(Document::of(told(source.slug, map, way, shown).webvtt()))
}

/// The HLS playlist of the sheets of a track.
///
/// # Errors
/// As [`storyboard`]; there is no such track in that output.
pub(crate) async fn hls_storyboard_playlist(
    app: &App,
    asset: AssetId,
    shown: Shown<'_>,
    slug: Slug,
) -> Result<Document, Error> {
    let source = Source::of_track(app, asset, slug, |film| Storyboard::of(film, 0).frame).await?;
    if source.playable.output(shown.output)?.0 != source.output {
        return Err(Problem::not_found("track").into());
    }
    source.opens(shown.pass)?;
    let map = &whole(&source)?.map;
    Ok(Document::of(hls::storyboard(&told(slug, map, &format!("{}/", base(shown.output)), shown))))
}

/// A sheet of a track, from 0, as JPEG.
///
/// # Errors
/// As [`storyboard`]; there is no such sheet; `Unavailable`: too much is made already.
pub async fn sheet(
    app: &Arc<App>,
    asset: AssetId,
    slug: Slug,
    number: u32,
    pass: Option<&Pass>,
) -> Result<Picture, Error> {
    let source = Source::of_track(app, asset, slug, |film| Storyboard::of(film, 0).frame).await?;
    let private = source.opens(pass)?;
    let board = board(&whole(&source)?.map);
    let times = board.sheet(number).ok_or_else(|| Problem::not_found("sheet"))?;
    let named = Named { asset, output: source.output, name: source.name(&format!("sheet{number}"), "jpg") };
    let make = async {
        let every_ms = board.every_ms;
        let (film, cut) = lay_out(&source, move |map| film(map, &times, every_ms).ok_or_else(undecodable)).await?;
        let every_ms = if cut == Cut::KeyFrames { SECOND_MS } else { every_ms };
        let take = Take::Sheet { every_ms, columns: board.columns, rows: board.rows };
        paint(app, &source, film, cut, take).await
    };
    picture(app, named, (source.changing, private), make).await
}

/// The track, where all of it is there: before that nobody knows how many pictures there will be.
fn whole(source: &Source) -> Result<&PlayableTrack, Error> {
    if source.growing { Err(not_ready()) } else { source.track() }
}

/// What has to be decoded to show a track at these times, in milliseconds: all of it where that is little, and else the
/// nearest key frames.
fn film(map: &SegmentMap, times: &[u64], every_ms: u64) -> Option<(Progressive, Cut)> {
    let scale = map.header().timescale;
    let micros = |ms: u64| ms.saturating_mul(1_000);
    let (first, last) = (*times.first()?, *times.last()?);
    let (start, end) = (micros(first), micros(last.saturating_add(every_ms)));
    let within = |segment: &SegmentInfo| {
        segment.start < ticks(end, scale)
            && segment.start.saturating_add_unsigned(segment.duration) > ticks(start, scale)
    };
    let pictures: u64 = map.segments().filter(within).map(|segment| u64::from(segment.sample_count)).sum();
    if are_affordable(map, usize::try_from(pictures).unwrap_or(usize::MAX))
        && let Some(film) = Progressive::new(&[map], Some(Span { start, end }))
        && is_affordable(map, &film)
    {
        return Some((film, Cut::Run));
    }
    let times: Vec<i64> = times.iter().map(|ms| ticks(micros(*ms), scale)).collect();
    Some((Progressive::key_frames(map, &times)?, Cut::KeyFrames))
}
