//! Keys that playback tokens are checked with.

use super::facts::{checking, purpose};
use crate::app::App;
use crate::error::Error;
use crate::fresh;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::playback::{KeyLife, PlaybackKey, TokenAlgorithm, TokenKey};
use kinora_domain::{Kind, PlaybackKeyId, Problem, Timestamp};

/// Keys of one organization at most: a token that names none is tried with each.
const MOST: usize = 16;
/// Bytes of a public key in PEM at most.
const PEM_LENGTH: usize = 8_192;

/// A key that was just made. The secret can be asked for again by nobody.
#[derive(Clone)]
pub struct NewPlaybackKey {
    /// Its record.
    pub key: PlaybackKey,
    /// 32 random bytes, which sign and check.
    pub secret: [u8; 32],
}

/// The keys of the caller's organization, oldest first.
///
/// # Errors
/// `Forbidden` for who may not manage keys.
pub async fn playback_keys(app: &App, caller: &Caller) -> Result<Vec<PlaybackKey>, Error> {
    caller.require(Permission::ManageKeys)?;
    Ok(app.store.read().await?.playback_keys(caller.organization).await?)
}

/// Makes a secret key.
///
/// # Errors
/// `Forbidden` for who may not manage keys; `Limited`: there are too many.
pub async fn create_playback_key(app: &App, caller: &Caller) -> Result<NewPlaybackKey, Error> {
    let mut secret = [0; 32];
    app.random.fill(&mut secret);
    let id = PlaybackKeyId::new(fresh::uuid(app));
    let sealed = TokenKey::Sealed(app.vault.seal(&*app.random, &purpose(id), &secret)?);
    Ok(NewPlaybackKey { key: insert(app, caller, id, sealed).await?, secret })
}

/// Takes the public key of somebody who signs tokens himself.
///
/// # Errors
/// `Invalid`: it is no such key; as [`create_playback_key`].
pub async fn add_public_key(
    app: &App,
    caller: &Caller,
    algorithm: TokenAlgorithm,
    pem: &str,
) -> Result<PlaybackKey, Error> {
    if algorithm == TokenAlgorithm::Hs256 || pem.len() > PEM_LENGTH {
        let message = "The value must be a public key of RS256, ES256 or EdDSA in PEM.";
        return Err(Problem::invalid("key", message).into());
    }
    let id = PlaybackKeyId::new(fresh::uuid(app));
    insert(app, caller, id, TokenKey::Public { algorithm, pem: pem.to_owned() }).await
}

async fn insert(app: &App, caller: &Caller, id: PlaybackKeyId, key: TokenKey) -> Result<PlaybackKey, Error> {
    caller.require(Permission::ManageKeys)?;
    let organization = caller.organization;
    let key = PlaybackKey { id, organization, key, life: KeyLife::Active, created: app.clock.now() };
    checking(&app.vault, key.clone())?;
    let mut tx = app.store.begin().await?;
    if tx.playback_keys(organization).await?.len() >= MOST {
        let message = format!("An organization has {MOST} playback keys at most: remove one that is over.");
        return Err(Problem::new(Kind::Limited, "too_many_playback_keys", message).into());
    }
    tx.insert_playback_key(&key).await?;
    tx.commit().await?;
    app.guards.forget();
    Ok(key)
}

/// Nothing new is signed with a key from now on, and its tokens count until the moment given: who watches is not
/// interrupted while another key takes over.
///
/// # Errors
/// The organization has no such key.
pub async fn retire_playback_key(
    app: &App,
    caller: &Caller,
    id: PlaybackKeyId,
    until: Timestamp,
) -> Result<PlaybackKey, Error> {
    caller.require(Permission::ManageKeys)?;
    let mut tx = app.store.begin().await?;
    let keys = tx.playback_keys(caller.organization).await?;
    let key = keys.into_iter().find(|key| key.id == id).ok_or_else(|| Problem::not_found("playback key"))?;
    let key = PlaybackKey { life: KeyLife::Retiring { until }, ..key };
    tx.update_playback_key(&key).await?;
    tx.commit().await?;
    app.guards.forget();
    Ok(key)
}

/// Ends a key with all its tokens.
///
/// # Errors
/// The organization has no such key.
pub async fn remove_playback_key(app: &App, caller: &Caller, id: PlaybackKeyId) -> Result<(), Error> {
    caller.require(Permission::ManageKeys)?;
    let mut tx = app.store.begin().await?;
    if !tx.delete_playback_key(caller.organization, id).await? {
        return Err(Problem::not_found("playback key").into());
    }
    tx.commit().await?;
    app.guards.forget();
    Ok(())
}
