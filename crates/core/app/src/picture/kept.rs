//! What was made: found, stored, forgotten.

use crate::app::App;
use crate::error::Error;
use crate::fresh;
use crate::play::{Body, Ranged};
use crate::port::{BlobError, KeptPicture, Object};
use crate::work::sweep_objects;
use bytes::Bytes;
use core::ops::Range;
use kinora_domain::{AssetId, ObjectId, OutputId, Problem};
use std::sync::Arc;

/// Pictures of an asset that are kept at most, and their bytes: those that were not asked for longest go.
const MOST: usize = 300;
const MOST_BYTES: u64 = 64 << 20;

/// How exactly it is known when a picture was asked for, in milliseconds: a write for each answer would be too much.
const USED_EVERY_MS: i64 = 3_600_000;

/// A picture that was made.
pub struct Picture {
    tag: String,
    object: Arc<dyn Object>,
    /// Whether the asset is still being made, so that there may be a better one soon.
    pub changing: bool,
    /// Whether it was shown for a proof alone, and is for no shared cache.
    pub private: bool,
}

/// What a picture is called and belongs to.
#[derive(Clone)]
pub(super) struct Named {
    pub(super) asset: AssetId,
    pub(super) output: OutputId,
    /// Of the asset; begins with the track that it is made of, and its version.
    pub(super) name: String,
}

/// The bytes of a picture, kept.
#[derive(Clone)]
pub(super) struct Made {
    id: ObjectId,
    object: Arc<dyn Object>,
}

impl Ranged for Picture {
    fn tag(&self) -> String {
        self.tag.clone()
    }

    fn size(&self) -> u64 {
        self.object.size()
    }

    fn read(&self, range: Range<u64>) -> Body {
        let length = range.end.saturating_sub(range.start);
        Body::read(Bytes::new(), Arc::clone(&self.object).stream(vec![range]), length)
    }
}

/// The picture of that name, from what is kept, or as `make` makes it.
///
/// # Errors
/// Those of `make`; `Unavailable` where too much is made already; storage.
pub(super) async fn picture(
    app: &Arc<App>,
    named: Named,
    (changing, private): (bool, bool),
    make: impl Future<Output = Result<Bytes, Error>> + Send,
) -> Result<Picture, Error> {
    let found = match find(app, &named).await? {
        Some(found) => found,
        None => app.studio.once((named.asset, named.name.clone()), Box::pin(made(app, &named, make))).await?,
    };
    // The name of an object names its bytes, and the track of which version.
    let track = named.name.split('/').next().unwrap_or_default();
    Ok(Picture { tag: format!("{track}-{}", found.id), object: found.object, changing, private })
}

async fn made(app: &Arc<App>, named: &Named, make: impl Future<Output = Result<Bytes, Error>>) -> Result<Made, Error> {
    // It may have been made since it was looked for.
    if let Some(found) = find(app, named).await? {
        return Ok(found);
    }
    let bytes = {
        let _place = app.studio.place().await?;
        make.await?
    };
    // Also for whoever has gone away meanwhile: of bytes that nobody keeps nothing would know until the next start.
    let (app, named) = (Arc::clone(app), named.clone());
    tokio::spawn(async move { keep(&app, &named, bytes).await }).await.map_err(Error::internal)?
}

/// What is kept under a name. Objects that are about to be removed are not there any more.
async fn find(app: &App, named: &Named) -> Result<Option<Made>, Error> {
    let kept = app.store.read().await?.kept_picture(named.asset, &named.name).await?;
    let Some(kept) = kept else { return Ok(None) };
    let object = match app.blobs.open(kept.object).await {
        Ok(object) => object,
        Err(BlobError::Missing(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if app.clock.now().millis().saturating_sub(kept.used.millis()) >= USED_EVERY_MS
        && let Err(error) = note_use(app, named).await
    {
        tracing::warn!(error = %crate::causes(&error), "when a picture was asked for could not be stored");
    }
    Ok(Some(Made { id: kept.object, object }))
}

async fn note_use(app: &App, named: &Named) -> Result<(), Error> {
    let mut tx = app.store.begin().await?;
    tx.use_picture(named.asset, &named.name, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Stores a picture. Of two processes that made the same one, the second takes that of the first.
async fn keep(app: &App, named: &Named, bytes: Bytes) -> Result<Made, Error> {
    let (id, size) = (ObjectId::new(fresh::uuid(app)), bytes.len() as u64);
    app.blobs.put(id, bytes.into()).await?;
    let stored = match insert(app, named, id, size).await {
        Ok(true) => Ok(Made { id, object: app.blobs.open(id).await? }),
        Ok(false) => match find(app, named).await {
            Ok(Some(found)) => Ok(found),
            Ok(None) => Err(Error::from(Problem::not_found("picture"))),
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    };
    if !stored.as_ref().is_ok_and(|made| made.id == id) {
        app.blobs.delete(id).await?;
    }
    stored
}

/// Commits the row of a picture, and what it takes the place of. `false`: there is one of its name.
async fn insert(app: &App, named: &Named, object: ObjectId, bytes: u64) -> Result<bool, Error> {
    let mut tx = app.store.begin().await?;
    // It may have been deleted while the picture was made.
    tx.output(named.output).await?.ok_or_else(|| Problem::not_found("output"))?;
    let Named { asset, output, name } = named;
    let (asset, output, name) = (*asset, *output, name.clone());
    // Its bytes may have been lost, as where a backup has rows alone.
    if let Some(there) = tx.kept_picture(asset, &name).await?
        && matches!(app.blobs.open(there.object).await, Err(BlobError::Missing(_)))
    {
        tx.forget_picture(asset, &name).await?;
        tx.release_object(there.object).await?;
    }
    let picture = KeptPicture { asset, output, name, object, bytes, used: app.clock.now() };
    if !tx.keep_picture(&picture).await? {
        return Ok(false);
    }
    tx.insert_object(object, bytes).await?;
    let all = tx.kept_pictures(asset).await?;
    let surplus = surplus(&all, object);
    for picture in &surplus {
        tx.forget_picture(asset, &picture.name).await?;
        tx.release_object(picture.object).await?;
    }
    tx.commit().await?;
    // What is not removed now is removed another time.
    if !surplus.is_empty()
        && let Err(error) = sweep_objects(app).await
    {
        tracing::warn!(error = %crate::causes(&error), "pictures that made room could not be removed");
    }
    Ok(true)
}

/// Which pictures of an asset go, of those that were asked for least lately first; the new one never does.
fn surplus(all: &[KeptPicture], new: ObjectId) -> Vec<&KeptPicture> {
    let (mut count, mut bytes) = (all.len(), all.iter().map(|picture| picture.bytes).sum::<u64>());
    let goes = |picture: &&KeptPicture| {
        let goes = count > MOST || bytes > MOST_BYTES;
        if goes {
            count = count.saturating_sub(1);
            bytes = bytes.saturating_sub(picture.bytes);
        }
        goes
    };
    all.iter().filter(|picture| picture.object != new).take_while(goes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_domain::Timestamp;
    use uuid::Uuid;

    fn picture(number: u128, bytes: u64) -> KeptPicture {
        KeptPicture {
            asset: AssetId::new(Uuid::nil()),
            output: OutputId::new(Uuid::nil()),
            name: number.to_string(),
            object: ObjectId::new(Uuid::from_u128(number)),
            bytes,
            used: Timestamp::from_millis(0),
        }
    }

    fn gone(all: &[KeptPicture], new: u128) -> Vec<String> {
        surplus(all, ObjectId::new(Uuid::from_u128(new))).into_iter().map(|picture| picture.name.clone()).collect()
    }

    #[test]
    fn what_was_not_asked_for_longest_makes_room() {
        let many: Vec<_> = (0..302).map(|number| picture(number, 1_000)).collect();
        assert_eq!(gone(&many[..300], 299), Vec::<String>::new());
        assert_eq!(gone(&many, 301), ["0", "1"]);
        // The new one stays, wherever it stands.
        assert_eq!(gone(&many, 0), ["1", "2"]);
        let large = [picture(1, 40 << 20), picture(2, 1), picture(3, 30 << 20)];
        assert_eq!(gone(&large, 3), ["1"]);
        assert_eq!(gone(&[picture(1, 1), picture(2, 100 << 20)], 2), ["1"]);
    }
}
