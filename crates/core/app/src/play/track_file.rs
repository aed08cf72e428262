//! A track in one file, for players of the on-demand profile of DASH.

use super::cache::playable;
use super::laid::Key;
use super::playable::{Playable, PlayableTrack, Slug, not_ready};
use super::ranged::Ranged;
use super::segment::{Body, Form, Segment};
use crate::app::App;
use crate::error::Error;
use bytes::Bytes;
use core::ops::Range;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use kinora_domain::{AssetId, Problem};
use kinora_media::cmaf::IndexedFile;
use std::sync::Arc;

/// Its name in addresses, below that of the track.
pub const TRACK_FILE: &str = "track.mp4";

/// A file that is rendered where it is read.
pub struct TrackFile {
    playable: Arc<Playable>,
    slug: Slug,
    file: Arc<IndexedFile>,
}

/// A track in one file: initialization, index, segments.
///
/// # Errors
/// The asset or the track does not exist at this version, does not play, grows, or is encrypted; no index has room for it.
pub async fn track_file(app: &App, id: AssetId, slug: Slug) -> Result<TrackFile, Error> {
    let playable = playable(app, id).await?;
    let track = playable.track(slug)?;
    playable.require_clear(track.output, "file")?;
    if playable.output(Some(track.output))?.1 {
        return Err(not_ready());
    }
    let key = Key { asset: id, tag: tag(slug), maps: vec![track.stored] };
    let made = Arc::clone(&playable);
    let file = app.indexed.get(key, move || IndexedFile::new(&found(&made, slug)?.map)).await?;
    let file = file.ok_or_else(|| Problem::not_found("file"))?;
    Ok(TrackFile { playable, slug, file })
}

fn found(playable: &Playable, slug: Slug) -> Option<&PlayableTrack> {
    playable.tracks.iter().find(|track| track.slug == slug)
}

/// Slugs carry the version of what they render, so equal names mean equal bytes.
fn tag(slug: Slug) -> String {
    format!("{slug}-{TRACK_FILE}")
}

impl Ranged for TrackFile {
    fn tag(&self) -> String {
        tag(self.slug)
    }

    fn size(&self) -> u64 {
        self.file.size()
    }

    fn read(&self, range: Range<u64>) -> Body {
        let length = range.end.saturating_sub(range.start);
        let front = self.file.front().len();
        let index = |at: u64| usize::try_from(at).unwrap_or(front).min(front);
        let head =
            Bytes::copy_from_slice(self.file.front().get(index(range.start)..index(range.end)).unwrap_or_default());
        let (playable, slug) = (Arc::clone(&self.playable), self.slug);
        // One after the other, so that a whole film is never in memory.
        let part = move |(number, part): (u32, Range<u64>)| -> BoxStream<'static, _> {
            let segment = found(&playable, slug).and_then(|track| Segment::of(track, number, Form::Fragment));
            let Some(Body { head, payload, .. }) = segment.map(|segment| segment.read(part)) else {
                return stream::empty().boxed();
            };
            let head = stream::iter((!head.is_empty()).then_some(Ok(head)));
            head.chain(payload.unwrap_or_else(|| stream::empty().boxed())).boxed()
        };
        let segments = self.file.segments(range);
        let payload = (!segments.is_empty()).then(|| stream::iter(segments).flat_map(part).boxed());
        Body { head, payload, length }
    }
}
