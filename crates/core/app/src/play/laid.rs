//! The indexes of files that are being fetched, in memory: made once however many ask at the same time.

use super::movie::FileFormat;
use super::playable::{Playable, Slug};
use crate::app::App;
use crate::error::Error;
use kinora_domain::{AssetId, ObjectId, Problem};
use kinora_media::SegmentMap;
use kinora_media::cmaf::IndexedFile;
use kinora_media::progressive::{Progressive, Span, Text};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::sync::Arc;

/// Bytes of indexes kept: one of a 2-hour film has about three MiB.
const CAPACITY_BYTES: u64 = 64 << 20;
/// Files kept.
const ITEMS: usize = 1_024;

/// What a file is, and where what it is made of lies: sound that is copied out leaves the file the same, but not the ranges
/// that it is read from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) asset: AssetId,
    pub(super) tag: String,
    pub(super) maps: Vec<Option<ObjectId>>,
}

/// What can be kept.
pub(crate) trait Weighs: Send + Sync + 'static {
    /// Bytes that it holds in memory, roughly.
    fn weight(&self) -> usize;
}

impl Weighs for Progressive {
    fn weight(&self) -> usize {
        Self::weight(self)
    }
}

impl Weighs for IndexedFile {
    fn weight(&self) -> usize {
        Self::weight(self)
    }
}

#[derive(Clone)]
struct ByBytes;

impl<T: Weighs> Weighter<Key, Arc<T>> for ByBytes {
    fn weight(&self, _key: &Key, file: &Arc<T>) -> u64 {
        file.weight() as u64
    }
}

/// The cache.
pub(crate) struct Layouts<T> {
    entries: Cache<Key, Arc<T>, ByBytes>,
}

impl<T: Weighs> Layouts<T> {
    pub(crate) fn new() -> Self {
        Self { entries: Cache::with_weighter(ITEMS, CAPACITY_BYTES, ByBytes) }
    }

    /// What is made, from memory where it is there. The key names what it is made of, so it is never stale.
    /// `None` where nothing can be made.
    ///
    /// # Errors
    /// The making failed.
    pub(super) async fn get(
        &self,
        key: Key,
        make: impl FnOnce() -> Option<T> + Send + 'static,
    ) -> Result<Option<Arc<T>>, Error> {
        // Nothing is kept of what cannot be made.
        let make = async {
            // That of a long film takes some milliseconds of a processor.
            let made = tokio::task::spawn_blocking(make).await.map_err(|error| Some(Error::internal(error)))?;
            made.map(Arc::new).ok_or(None)
        };
        match self.entries.get_or_insert_async(&key, make).await {
            Ok(made) => Ok(Some(made)),
            Err(None) => Ok(None),
            Err(Some(error)) => Err(error),
        }
    }
}

/// The file of these tracks, with captions.
///
/// # Errors
/// Nothing of the tracks lies in the span.
pub(super) async fn laid(
    app: &App,
    key: Key,
    playable: Arc<Playable>,
    (tracks, texts): (Vec<Slug>, Vec<Slug>),
    format: FileFormat,
    span: Option<Span>,
) -> Result<Arc<Progressive>, Error> {
    let made = app.layouts.get(key, move || lay(&playable, &tracks, &texts, format, span)).await?;
    made.ok_or_else(|| Problem::not_found(format.extension()).into())
}

fn lay(
    playable: &Playable,
    tracks: &[Slug],
    texts: &[Slug],
    format: FileFormat,
    span: Option<Span>,
) -> Option<Progressive> {
    let map = |slug: &Slug| playable.tracks.iter().find(|track| track.slug == *slug).map(|track| &track.map);
    let maps: Vec<&SegmentMap> = tracks.iter().filter_map(map).collect();
    let text =
        |slug: &Slug| playable.captions_of(*slug).ok().map(|found| Text { captions: &found.text, facts: &found.facts });
    let texts: Vec<Text<'_>> = texts.iter().filter_map(text).collect();
    match format {
        FileFormat::Mp4 | FileFormat::M4a => Progressive::with_texts(&maps, span, &texts),
        FileFormat::Mp3 => Progressive::frames(maps.first()?),
    }
}
