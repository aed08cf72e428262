//! Segments as they were rendered, without their media: what many viewers ask for is rendered once.

use super::playable::{PlayableTrack, Slug};
use super::segment::Form;
use bytes::Bytes;
use core::ops::Range;
use kinora_domain::{AssetId, ObjectId};
use kinora_media::cmaf::MediaSegment;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::sync::{Arc, OnceLock};

/// Bytes of heads kept: one has two or three KB, so this is what a thousand viewers of fifty films ask for within a minute.
const CAPACITY_BYTES: u64 = 32 << 20;
/// Segments kept.
const ITEMS: usize = 16_384;
/// Bytes of what is said of one, at most.
const WORDS: usize = 1_024;

/// Which segment it is, and where its track lies: sound that is copied out leaves the head the same, but not the ranges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    asset: AssetId,
    slug: Slug,
    form: Form,
    number: u32,
    map: ObjectId,
}

/// What is in front of the media, and where those lie.
#[derive(Debug, Clone)]
pub(super) struct Rendered {
    pub(super) head: Bytes,
    pub(super) payload: Arc<[Range<u64>]>,
    /// Bytes of all of it.
    pub(super) size: u64,
    /// What is said of all of it.
    pub(super) words: Words,
}

impl From<MediaSegment> for Rendered {
    fn from(segment: MediaSegment) -> Self {
        Self { head: segment.head.into(), payload: segment.payload.into(), size: segment.len, words: Words::default() }
    }
}

/// What is said in front of a whole segment, written once for all who ask.
#[derive(Debug, Clone, Default)]
pub(super) struct Words(Arc<OnceLock<Bytes>>);

impl Words {
    pub(super) fn once(&self, write: impl FnOnce() -> Bytes) -> Bytes {
        self.0.get_or_init(write).clone()
    }
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Rendered> for ByBytes {
    fn weight(&self, _key: &Key, rendered: &Rendered) -> u64 {
        (size_of::<(Key, Rendered)>() + WORDS + rendered.head.len() + size_of_val(&*rendered.payload)) as u64
    }
}

/// The cache.
pub(crate) struct Heads {
    entries: Cache<Key, Rendered, ByBytes>,
}

impl Heads {
    pub(crate) fn new() -> Self {
        Self { entries: Cache::with_weighter(ITEMS, CAPACITY_BYTES, ByBytes) }
    }

    /// The segment of a track; `None` where it has none of that number, or not in that form.
    pub(super) fn get(&self, asset: AssetId, track: &PlayableTrack, number: u32, form: Form) -> Option<Rendered> {
        let render = || form.of(&track.map, number).map(Rendered::from);
        // Of what grows, a segment may become longer.
        let Some(map) = track.stored else { return render() };
        let key = Key { asset, slug: track.slug, form, number, map };
        if let Some(rendered) = self.entries.get(&key) {
            return Some(rendered);
        }
        let rendered = render()?;
        self.entries.insert(key, rendered.clone());
        Some(rendered)
    }
}
