//! The content of an upload as one object: put together and decrypted where it has to be, in one copy.

use super::input::Decryption;
use crate::app::App;
use crate::error::Error;
use crate::fresh;
use crate::port::{Object, Piece};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use kinora_domain::ObjectId;
use kinora_domain::intake::{InputEncryption, Intake, Stretch};
use std::collections::HashMap;
use std::sync::Arc;

/// Where all the bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    /// Where they were written.
    InPlace(ObjectId),
    /// In an object that was made of them, which nobody refers to yet.
    Made(ObjectId),
}

impl Whole {
    pub(super) const fn object(self) -> ObjectId {
        match self {
            Self::InPlace(object) | Self::Made(object) => object,
        }
    }
}

/// The bytes of an upload, as they were before the client encrypted them. Only a few of them are in memory at a time.
///
/// # Errors
/// Storage; then nothing is left behind.
pub(super) async fn assemble(app: &App, intake: &Intake, stretches: &[Stretch]) -> Result<Whole, Error> {
    if let ([only], InputEncryption::None) = (stretches, &intake.input) {
        return Ok(Whole::InPlace(only.object));
    }
    let made = ObjectId::new(fresh::uuid(app));
    let result = match &intake.input {
        InputEncryption::None => gather(app, stretches, made).await,
        InputEncryption::Aes256 { sealed } => {
            decrypt(app, Decryption::open(app, intake.id, sealed)?, stretches, made).await
        }
    };
    if result.is_err() {
        app.blobs.delete(made).await?;
    }
    result.map(|()| Whole::Made(made))
}

/// Opens each object once, however often it is listed.
async fn open(app: &App, stretches: &[Stretch]) -> Result<Vec<Arc<dyn Object>>, Error> {
    let mut opened: HashMap<ObjectId, Arc<dyn Object>> = HashMap::new();
    let mut all = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        let object = match opened.get(&stretch.object) {
            Some(object) => Arc::clone(object),
            None => app.blobs.open(stretch.object).await?,
        };
        opened.insert(stretch.object, Arc::clone(&object));
        all.push(object);
    }
    Ok(all)
}

async fn gather(app: &App, stretches: &[Stretch], to: ObjectId) -> Result<(), Error> {
    let pieces = open(app, stretches).await?.into_iter().map(|from| {
        let all = 0..from.size();
        Piece { from, ranges: vec![all] }
    });
    app.blobs.gather(pieces.collect(), to).await?;
    Ok(())
}

async fn decrypt(app: &App, mut key: Decryption, stretches: &[Stretch], to: ObjectId) -> Result<(), Error> {
    let size = stretches.iter().map(|stretch| stretch.size).sum();
    let objects = open(app, stretches).await?;
    app.blobs.create(to, size).await?;
    let mut writer = app.blobs.writer(to, 0..size).await?;
    let all = |object: Arc<dyn Object>| {
        let range = 0..object.size();
        object.stream(vec![range])
    };
    let mut encrypted = stream::iter(objects).flat_map(all);
    while let Some(piece) = encrypted.try_next().await? {
        let mut clear = piece.to_vec();
        key.apply(&mut clear)?;
        writer.write(clear.into()).await?;
    }
    writer.finish().await?;
    Ok(())
}
