//! The little of a track that a program gets to make a picture of, laid down where it can read it.

use super::source::{Source, size};
use crate::app::App;
use crate::error::Error;
use crate::file::container::container;
use crate::file::examined::examine;
use crate::file::movie::apart;
use crate::play::playable::PlayableTrack;
use crate::port::{BlobError, Examined, Object, PictureOrder, Take};
use crate::process::order;
use bytes::Bytes;
use core::ops::Range;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use kinora_domain::output::Filter;
use kinora_domain::track::TrackKind;
use kinora_domain::{Kind, Problem};
use kinora_media::progressive::{KeyOrder, Progressive, Slice};
use kinora_media::timing::Timescale;
use kinora_media::{SegmentMap, TrackHeader};
use std::sync::Arc;

/// Pixels of all pictures that may be decoded for one, in millions: of a longer way from the key frame, the key frame itself
/// is shown. It is some seconds of work.
pub(super) const MOST_MEGAPIXELS: u64 = 2_000;

/// Bytes of a film that is laid down for one picture, at most: several of the largest pictures that cameras make.
pub(super) const MOST_BYTES: u64 = 512 << 20;

/// Bytes of a key frame that is put in its order, at most: that takes all of it in memory.
const MOST_OF_KEY: u64 = 32 << 20;

/// Threads of a program, at most: more do not make a picture sooner.
const THREADS: u32 = 4;

/// Which pictures of a track a film has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// Key frames alone. What lay beside them is not there.
    KeyFrames,
    /// Pictures in a row.
    Run,
}

/// Lays out a film of a track, which for long ones takes some milliseconds of a processor.
///
/// # Errors
/// The track is gone; those of `lay`.
pub(super) async fn lay_out<T: Send + 'static>(
    source: &Source,
    lay: impl FnOnce(&SegmentMap) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Error> {
    let (playable, slug) = (Arc::clone(&source.playable), source.slug);
    apart(move || Ok(lay(&playable.track(slug)?.map)?)).await?
}

/// Has a picture made of a film of a track.
///
/// # Errors
/// It cannot be decoded; the program cannot be run; storage.
pub(super) async fn paint(app: &App, source: &Source, film: Progressive, cut: Cut, take: Take) -> Result<Bytes, Error> {
    let track = source.track()?;
    if film.size() > MOST_BYTES {
        let message = "The pictures of this video have too many bytes to be made smaller here.";
        return Err(Problem::new(Kind::UnreadableMedia, "too_many_bytes", message).into());
    }
    let order = (cut == Cut::KeyFrames).then(|| KeyOrder::new(&track.map)).flatten();
    let object = app.painter.lay_down(bytes(&film, track, order)).await?;
    let filters = filters(app, track, &object, cut).await?;
    let order = PictureOrder { filters, take, frame: source.frame, threads: app.cores.clamp(1, THREADS) };
    Ok(app.painter.paint(object, &order).await?)
}

/// The bytes of a film of one track; of key frames in the order that they are told.
fn bytes(
    film: &Progressive,
    track: &PlayableTrack,
    order: Option<KeyOrder>,
) -> BoxStream<'static, Result<Bytes, BlobError>> {
    let ranges = film.read(0..film.size()).into_iter().filter_map(|slice| match slice {
        Slice::Media { range, .. } => Some(range),
        Slice::Head(_) => None,
    });
    let ranges: Vec<Range<u64>> = ranges.collect();
    let head = Bytes::copy_from_slice(film.head());
    let head = stream::once(async { Ok(head) });
    let is_small = |range: &Range<u64>| range.end.saturating_sub(range.start) <= MOST_OF_KEY;
    let Some(order) = order.filter(|_order| ranges.iter().all(is_small)) else {
        return head.chain(track.media.stream(ranges)).boxed();
    };
    let state = (ranges.into_iter(), track.media.clone(), order);
    let keys = stream::try_unfold(state, async |(mut ranges, media, mut order)| {
        let Some(range) = ranges.next() else { return Ok(None) };
        let mut sample = media.read(vec![range]).await?;
        order.put(&mut sample);
        Ok(Some((sample.into(), (ranges, media, order))))
    });
    head.chain(keys).boxed()
}

/// What is done to the pictures of a track, as to those of renditions. What a track is like is looked at once.
async fn filters(app: &App, track: &PlayableTrack, film: &Arc<dyn Object>, cut: Cut) -> Result<Vec<Filter>, Error> {
    let container = container(&**film).await?;
    let examination = examine(app, track.stored, film, container).await?;
    let what = examination.track(TrackKind::Video, 0).map(|track| track.what);
    let Some(Examined::Picture(facts)) = what else {
        let message = "The picture of this video cannot be read.";
        return Err(Problem::new(Kind::UnreadableMedia, "unreadable_media", message).into());
    };
    let mut filters = order::filters(&facts);
    // Fields are put together by what lies before and behind. Small pictures are scaled down so far that both melt into one.
    filters.retain(|filter| cut == Cut::Run || !matches!(filter, Filter::Deinterlace(_)));
    Ok(filters)
}

/// Whether a film of a track may be decoded for one picture.
pub(super) fn is_affordable(map: &SegmentMap, film: &Progressive) -> bool {
    are_affordable(map, film.samples()) && film.size() <= MOST_BYTES
}

/// Whether so many pictures of a track may be decoded for one.
pub(super) fn are_affordable(map: &SegmentMap, samples: usize) -> bool {
    let TrackHeader { coded_width, coded_height, .. } = map.header();
    let coded = u64::from(*coded_width) * u64::from(*coded_height);
    let shown = size(map);
    let pixels = coded.max(u64::from(shown.width) * u64::from(shown.height));
    pixels.saturating_mul(samples as u64) <= MOST_MEGAPIXELS * 1_000_000
}

/// A time on the timeline of a track, rounded down: what is shown until then is shown a moment before it.
pub(super) fn ticks(micros: u64, scale: Timescale) -> i64 {
    let ticks = u128::from(micros) * u128::from(scale.get()) / 1_000_000;
    i64::try_from(ticks).unwrap_or(i64::MAX)
}

/// What cannot be shown, because the track has nothing that decoding can begin with.
pub(super) fn undecodable() -> Problem {
    Problem::new(Kind::UnreadableMedia, "unreadable_media", "The picture of this video has no key frame.")
}
