//! What is asked of viewers of an asset, in memory: read once however many ask at the same time.

use super::vault::Vault;
use crate::app::App;
use crate::error::Error;
use core::time::Duration;
use jsonwebtoken::{Algorithm, DecodingKey};
use kinora_domain::playback::{PlaybackKey, Site, TokenAlgorithm, TokenKey, TokenPolicy};
use kinora_domain::{AssetId, OrganizationId, PlaybackKeyId, Problem};
use quick_cache::sync::Cache;
use std::sync::Arc;
use tokio::time::Instant;

/// Assets kept.
const ITEMS: usize = 4_096;
/// A change is seen by every process after this time.
const FRESH: Duration = Duration::from_secs(5);

/// What holds for an asset.
pub(crate) struct Guard {
    pub(super) organization: OrganizationId,
    pub(super) policy: TokenPolicy,
    /// None means all.
    pub(super) sites: Vec<Site>,
    pub(super) keys: Vec<CheckingKey>,
}

/// A key, ready to check with.
pub(super) struct CheckingKey {
    pub(super) id: PlaybackKeyId,
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
    pub(super) record: PlaybackKey,
}

#[derive(Clone)]
struct Entry {
    guard: Arc<Guard>,
    read: Instant,
}

/// The cache.
pub(crate) struct Guards {
    entries: Cache<AssetId, Entry>,
}

impl Guards {
    pub(crate) fn new() -> Self {
        Self { entries: Cache::new(ITEMS) }
    }

    /// Drops everything: somebody changed what is asked.
    pub(super) fn forget(&self) {
        self.entries.clear();
    }
}

/// What holds for the asset, from memory where it is fresh.
///
/// # Errors
/// There is no such asset; failures are not kept.
pub(super) async fn guard(app: &App, id: AssetId) -> Result<Arc<Guard>, Error> {
    let now = Instant::now();
    match app.guards.entries.get(&id) {
        Some(entry) if now.duration_since(entry.read) < FRESH => return Ok(entry.guard),
        Some(_) => {
            app.guards.entries.remove(&id);
        }
        None => {}
    }
    // Apart, as every connection would have room for it otherwise, and every request move it.
    Box::pin(loaded(app, id, now)).await
}

async fn loaded(app: &App, id: AssetId, now: Instant) -> Result<Arc<Guard>, Error> {
    let cache = &app.guards.entries;
    let load = async { Ok::<_, Error>(Entry { guard: Arc::new(read(app, id).await?), read: now }) };
    Ok(cache.get_or_insert_async(&id, load).await?.guard)
}

async fn read(app: &App, id: AssetId) -> Result<Guard, Error> {
    let mut tx = app.store.read().await?;
    let asset = tx.asset_of_anyone(id).await?.ok_or_else(|| Problem::not_found("asset"))?;
    let own = tx.token_policy(asset.organization).await?.ok_or_else(|| Problem::not_found("organization"))?;
    let sites = tx.allowed_sites(asset.organization).await?;
    let keys = tx.playback_keys(asset.organization).await?;
    Ok(Guard {
        organization: asset.organization,
        policy: asset.playback.within(own),
        sites: sites.into_iter().map(|allowed| allowed.site).collect(),
        keys: keys.into_iter().map(|record| checking(&app.vault, record)).collect::<Result<_, _>>()?,
    })
}

/// The purpose under which the secret of a key is sealed.
pub(super) fn purpose(id: PlaybackKeyId) -> String {
    format!("playback key {id}")
}

/// A key, ready to check with.
///
/// # Errors
/// Its secret does not open, or its text is no key of its kind.
pub(super) fn checking(vault: &Vault, record: PlaybackKey) -> Result<CheckingKey, Error> {
    let (algorithm, key) = match &record.key {
        TokenKey::Sealed(sealed) => {
            (Algorithm::HS256, DecodingKey::from_secret(&vault.unseal(&purpose(record.id), sealed)?))
        }
        TokenKey::Public { algorithm, pem } => {
            let (algorithm, key) = match algorithm {
                TokenAlgorithm::Rs256 => (Algorithm::RS256, DecodingKey::from_rsa_pem(pem.as_bytes())),
                TokenAlgorithm::Es256 => (Algorithm::ES256, DecodingKey::from_ec_pem(pem.as_bytes())),
                TokenAlgorithm::EdDsa | TokenAlgorithm::Hs256 => {
                    (Algorithm::EdDSA, DecodingKey::from_ed_pem(pem.as_bytes()))
                }
            };
            let wrong = |error| {
                let message = "The value must be a public key in PEM (`-----BEGIN PUBLIC KEY-----`) of the kind that the algorithm needs.";
                Error::caused(Problem::invalid("key", message), error)
            };
            (algorithm, key.map_err(wrong)?)
        }
    };
    Ok(CheckingKey { id: record.id, algorithm, key, record })
}
