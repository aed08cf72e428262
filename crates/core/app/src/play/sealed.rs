//! Segments of what is encrypted, made on request from what is stored in the clear; and the keys that open them.

use super::cache::playable;
use super::documents::cannot_protect;
use super::enciphered::Seal;
use super::lock::{Lock, Sealed, salt};
use super::playable::{Playable, PlayableTrack, Slug};
use super::segment::{Form, Segment};
use crate::app::App;
use crate::error::Error;
use kinora_domain::{AssetId, Problem};
use kinora_media::protect::{self, ProtectError, Scheme, segment_iv};
use kinora_media::{SegmentMap, cmaf, packed};
use std::sync::Arc;

/// The init segment of a track in a form in which it is given out.
///
/// # Errors
/// As of media segments.
pub async fn sealed_init_segment(app: &App, id: AssetId, slug: Slug, sealed: Sealed) -> Result<Segment, Error> {
    let playable = playable(app, id).await?;
    let (track, lock) = locked(&playable, slug, sealed)?;
    let bytes = match sealed {
        // It shows nothing, and players take it as it is.
        Sealed::Whole => cmaf::init_segment(&track.map),
        Sealed::Samples(scheme) => {
            protect::init_segment(&track.map, scheme, &lock.samples(slug, scheme)?).map_err(refused)?
        }
    };
    Ok(Segment::made(format!("{slug}-{}-init.mp4", sealed.name()), bytes))
}

/// Media segment `number`, from 0, of a track in a form in which it is given out. What is encrypted whole is encrypted as it
/// goes out; where samples are, it is in memory.
///
/// # Errors
/// The asset, the track or the segment does not exist, does not play, or is not given out so; the samples cannot be
/// encrypted; `Unavailable`: no memory is left for it.
pub async fn sealed_media_segment(
    app: &App,
    id: AssetId,
    slug: Slug,
    number: u32,
    (form, sealed): (Form, Sealed),
) -> Result<Segment, Error> {
    let playable = playable(app, id).await?;
    let (track, lock) = locked(&playable, slug, sealed)?;
    let segment = form.of(&track.map, number).ok_or_else(|| Problem::not_found("segment"))?;
    if form != form_of(&track.map, sealed) {
        return Err(Problem::not_found("segment").into());
    }
    let tag = format!("{slug}-{}-{number}.{}", sealed.name(), form.extension());
    let scheme = match sealed {
        Sealed::Whole => {
            let seal = Seal { key: lock.whole()?, iv: segment_iv(salt(slug), number) };
            return Ok(Segment::stored(String::new(), segment.into(), track.media.clone()).sealed(tag, seal));
        }
        Sealed::Samples(scheme) => scheme,
    };
    let held = app.room.take(segment.len).await?;
    let payload = track.media.read(segment.payload).await?;
    let (key, playable) = (lock.samples(slug, scheme)?, Arc::clone(&playable));
    let sealed = on_thread(move || {
        let map = map(&playable, slug)?;
        let sealed = protect::media_segment(map, number, payload, scheme, &key).map_err(refused)?;
        Ok(Segment::held(tag, sealed.head, sealed.payload, held))
    });
    sealed.await
}

fn locked(playable: &Playable, slug: Slug, sealed: Sealed) -> Result<(&PlayableTrack, &Lock), Error> {
    let track = playable.track(slug)?;
    let lock = playable.lock(track.output).filter(|lock| lock.allows(sealed));
    Ok((track, lock.ok_or_else(|| Problem::not_found("segment"))?))
}

/// The one form in which segments of a track are encrypted, as manifests name them: in two, one vector would serve two
/// texts, and tell what they have in common.
pub(super) fn form_of(map: &SegmentMap, sealed: Sealed) -> Form {
    form(packed::takes(map.header()), sealed)
}

const fn form(is_packed: bool, sealed: Sealed) -> Form {
    match sealed {
        Sealed::Whole if is_packed => Form::Packed,
        // Only fragments tell of samples that are encrypted.
        Sealed::Whole | Sealed::Samples(_) => Form::Fragment,
    }
}

fn map(playable: &Playable, slug: Slug) -> Result<&SegmentMap, Error> {
    Ok(&playable.track(slug)?.map)
}

/// What computes for some milliseconds, as a cipher does, has a thread of its own, so that nobody else waits for it.
pub(super) async fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

fn refused(error: ProtectError) -> Error {
    Error::caused(cannot_protect(), error)
}

/// A key with its name, as licenses have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LicensedKey {
    /// The name.
    pub kid: [u8; 16],
    /// The key.
    pub key: [u8; 16],
}

/// The keys of all that is encrypted together with what has a key of those names: of an output, by one scheme. Players ask
/// for one and expect those of all qualities and sounds.
///
/// # Errors
/// The asset does not exist or does not play; `NotFound`: no key has such a name.
pub async fn license(app: &App, id: AssetId, kids: &[[u8; 16]]) -> Result<Vec<LicensedKey>, Error> {
    let playable = playable(app, id).await?;
    let mut found = Vec::new();
    for (output, lock) in playable.locks() {
        for scheme in [Scheme::Cenc, Scheme::Cbcs] {
            let tracks = playable.tracks.iter().filter(|track| track.output == output);
            let keys = tracks.map(|track| {
                let key = lock.samples(track.slug, scheme)?;
                Ok(LicensedKey { kid: *key.kid.bytes(), key: *key.key.bytes() })
            });
            let keys = keys.collect::<Result<Vec<_>, Error>>()?;
            if keys.iter().any(|licensed| kids.contains(&licensed.kid)) {
                found.extend(keys);
            }
        }
    }
    if found.is_empty() { Err(Problem::not_found("key").into()) } else { Ok(found) }
}

/// The key of that name alone: of samples, or the one that whole segments of an output are encrypted with.
///
/// # Errors
/// As [`license`].
pub async fn content_key(app: &App, id: AssetId, name: [u8; 16]) -> Result<[u8; 16], Error> {
    let playable = playable(app, id).await?;
    for (_, lock) in playable.locks() {
        if lock.id().uuid().into_bytes() == name && lock.allows(Sealed::Whole) {
            return Ok(*lock.whole()?.bytes());
        }
    }
    let found = license(app, id, &[name]).await?;
    let own = found.iter().find(|licensed| licensed.kid == name);
    own.map(|licensed| licensed.key).ok_or_else(|| Problem::not_found("key").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_has_one_form() {
        for (is_packed, sealed, expected) in [
            (false, Sealed::Whole, Form::Fragment),
            (true, Sealed::Whole, Form::Packed),
            (false, Sealed::Samples(Scheme::Cenc), Form::Fragment),
            (true, Sealed::Samples(Scheme::Cbcs), Form::Fragment),
        ] {
            assert_eq!(form(is_packed, sealed), expected, "{is_packed} {sealed:?}");
        }
    }
}
