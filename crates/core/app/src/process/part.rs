//! Pieces of renditions as stored objects, and putting them together.

use crate::app::App;
use crate::error::Error;
use crate::fresh;
use crate::port::{Object, Piece, Tx};
use kinora_domain::output::Part;
use kinora_domain::{Kind, ObjectId, Problem};
use kinora_media::map::SegmentMap;
use std::sync::Arc;

/// A piece whose bytes are stored and that no row refers to yet.
pub(super) struct Stored {
    pub(super) media: ObjectId,
    /// `None`: the object is there already, and is shared.
    media_size: Option<u64>,
    pub(super) map: ObjectId,
    map_size: u64,
}

/// Stores the samples of a map, which lie in `from`, and the map of them where they lie then.
pub(super) async fn store(app: &App, from: &Arc<dyn Object>, map: &SegmentMap) -> Result<Stored, Error> {
    let moved = map.relocated().map_err(unfit)?;
    let media = ObjectId::new(fresh::uuid(app));
    let piece = Piece { from: Arc::clone(from), ranges: map.all_runs().collect() };
    let media_size = app.blobs.gather(vec![piece], media).await?;
    beside(app, media, media_size, moved).await
}

/// Stores samples in decode order, and the map of where they lie: `map` may begin at any offset.
pub(super) async fn store_bytes(app: &App, bytes: Vec<u8>, map: &SegmentMap) -> Result<Stored, Error> {
    let moved = map.relocated().map_err(unfit)?;
    let (media, size) = (ObjectId::new(fresh::uuid(app)), bytes.len() as u64);
    app.blobs.put(media, bytes).await?;
    beside(app, media, size, moved).await
}

/// Stores the map of samples that lie in an object that is there already.
pub(super) async fn store_shared(app: &App, media: ObjectId, map: SegmentMap) -> Result<Stored, Error> {
    let (map, map_size) = store_map(app, map).await?;
    Ok(Stored { media, media_size: None, map, map_size })
}

async fn beside(app: &App, media: ObjectId, media_size: u64, map: SegmentMap) -> Result<Stored, Error> {
    match store_map(app, map).await {
        Ok((map, map_size)) => Ok(Stored { media, media_size: Some(media_size), map, map_size }),
        Err(error) => {
            app.blobs.delete(media).await?;
            Err(error)
        }
    }
}

/// Stores a map. Gives its object and size.
pub(super) async fn store_map(app: &App, map: SegmentMap) -> Result<(ObjectId, u64), Error> {
    let bytes = map.into_bytes();
    let (object, size) = (ObjectId::new(fresh::uuid(app)), bytes.len() as u64);
    app.blobs.put(object, bytes).await?;
    Ok((object, size))
}

impl Stored {
    /// The rows of both objects.
    pub(super) async fn insert(&self, tx: &mut dyn Tx) -> Result<(), Error> {
        match self.media_size {
            Some(size) => tx.insert_object(self.media, size).await?,
            None if tx.retain_object(self.media).await? => {}
            None => return Err(Problem::not_found("file").into()),
        }
        tx.insert_object(self.map, self.map_size).await?;
        Ok(())
    }

    /// Removes the bytes of a piece that did not come to be. What a crash leaves is swept at a start.
    pub(super) async fn discard(&self, app: &App) {
        for object in self.media_size.map(|_| self.media).into_iter().chain([self.map]) {
            if let Err(error) = app.blobs.delete(object).await {
                tracing::warn!(error = %crate::causes(&error), "removing a piece that is not needed");
            }
        }
    }
}

/// Pieces put together: one map, whose offsets run through all the objects as if they lay one behind the
/// other.
pub(crate) struct Assembled {
    /// The map.
    pub(crate) map: SegmentMap,
    /// The objects, each with the offset at which it begins.
    pub(crate) media: Vec<(u64, ObjectId, Arc<dyn Object>)>,
}

/// Puts the pieces of a rendition together, in order; `None` where there are none.
pub(crate) async fn assemble(app: &App, parts: &[Part]) -> Result<Option<Assembled>, Error> {
    let mut media: Vec<(u64, ObjectId, Arc<dyn Object>)> = Vec::new();
    let mut maps = Vec::with_capacity(parts.len());
    let mut end = 0_u64;
    for part in parts {
        // Pieces of one object share it.
        if media.last().is_none_or(|(_, id, _)| *id != part.media) {
            let object = app.blobs.open(part.media).await?;
            let size = object.size();
            media.push((end, part.media, object));
            end = end.saturating_add(size);
        }
        let base = media.last().map_or(0, |(base, _, _)| *base);
        maps.push((load_map(app, part.map).await?, base));
    }
    if maps.is_empty() {
        return Ok(None);
    }
    let pieces: Vec<_> = maps.iter().map(|(map, base)| (map, *base)).collect();
    Ok(Some(Assembled { map: SegmentMap::join(&pieces).map_err(unfit)?, media }))
}

/// A stored map.
pub(crate) async fn load_map(app: &App, id: ObjectId) -> Result<SegmentMap, Error> {
    let stored = app.blobs.open(id).await?;
    let bytes = stored.read(0..stored.size()).await?;
    SegmentMap::decode(bytes.to_vec()).map_err(unfit)
}

/// A map that cannot be read or made: a fault of ours.
pub(super) fn unfit(error: kinora_media::MapError) -> Error {
    Error::caused(Problem::new(Kind::Internal, "internal", "The index of this video is damaged."), error)
}
