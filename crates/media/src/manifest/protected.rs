//! How renditions that share an adaptation set are protected.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::presentation::{Protection, Rendition};
use crate::protect::{KeyId, Scheme, pssh};

/// What opens some renditions, which are protected alike.
///
/// A set says it of all its keys: players ask for the keys of a set by what the set says, or by the first rendition alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Locks<'a> {
    pub(super) scheme: Scheme,
    pub(super) license_url: &'a str,
    /// Each once.
    keys: Vec<KeyId>,
}

impl<'a> Locks<'a> {
    /// Those of renditions that are [alike](Self::are_alike); `None` where their samples are not protected.
    pub(super) fn of(tracks: &[&'a Rendition]) -> Option<Self> {
        let mut all: Option<Self> = None;
        for track in tracks {
            let Some(Protection::Samples { scheme, kid, license_url, .. }) = track.protection() else { continue };
            let locks = all.get_or_insert(Self { scheme: *scheme, license_url, keys: Vec::new() });
            if !locks.keys.contains(kid) {
                locks.keys.push(*kid);
            }
        }
        all
    }

    /// Whether two renditions are protected by one scheme, with licenses from one place, or neither is.
    pub(super) fn are_alike(one: &'a Rendition, other: &'a Rendition) -> bool {
        let way = |track: &'a Rendition| Self::of(&[track]).map(|locks| (locks.scheme, locks.license_url));
        way(one) == way(other)
    }

    /// The key, if there is one only.
    pub(super) fn only_key(&self) -> Option<KeyId> {
        let [key] = self.keys.as_slice() else { return None };
        Some(*key)
    }

    /// A `pssh` box that asks for all keys, in base64.
    pub(super) fn pssh(&self) -> String {
        STANDARD.encode(pssh(&self.keys))
    }
}
