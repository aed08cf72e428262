//! The assets that are being watched, in memory: loaded once however many ask at the same time.

use super::playable::Playable;
use crate::app::App;
use crate::error::Error;
use core::time::Duration;
use kinora_domain::AssetId;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::sync::Arc;
use tokio::time::Instant;

/// Bytes of maps kept: a 2-hour film has about one MiB, so this holds what a busy server shows at once.
const CAPACITY_BYTES: u64 = 64 << 20;
/// Assets kept.
const ITEMS: usize = 1_024;
/// A change made by another process of this server is seen after this time.
const FRESH: Duration = Duration::from_secs(5);
/// The same of an asset of which more is coming.
const FRESH_GROWING: Duration = Duration::from_millis(250);

#[derive(Clone)]
struct ByBytes;

#[derive(Clone)]
struct Entry {
    playable: Arc<Playable>,
    /// When the store was last asked whether it is current.
    checked: Instant,
}

impl Weighter<AssetId, Entry> for ByBytes {
    fn weight(&self, _id: &AssetId, entry: &Entry) -> u64 {
        entry.playable.weight()
    }
}

/// The cache.
pub(crate) struct Playables {
    entries: Cache<AssetId, Entry, ByBytes>,
}

impl Playables {
    pub(crate) fn new() -> Self {
        Self { entries: Cache::with_weighter(ITEMS, CAPACITY_BYTES, ByBytes) }
    }

    /// Drops an asset whose tracks changed.
    pub(crate) fn forget(&self, id: AssetId) {
        self.entries.remove(&id);
    }
}

/// The asset, from memory where it is fresh.
///
/// # Errors
/// As [`Playable::load`]; failures are not kept.
pub(crate) async fn playable(app: &App, id: AssetId) -> Result<Arc<Playable>, Error> {
    fresh(app, id, FRESH_GROWING).await
}

/// The asset, and where more of it was coming, as the store has it now: who was told that all is there is not shown less
/// a moment later.
///
/// # Errors
/// As [`playable`].
pub(crate) async fn playable_now(app: &App, id: AssetId) -> Result<Arc<Playable>, Error> {
    fresh(app, id, Duration::ZERO).await
}

async fn fresh(app: &App, id: AssetId, growing: Duration) -> Result<Arc<Playable>, Error> {
    let now = Instant::now();
    let is_fresh = |entry: &Entry| {
        let fresh = if entry.playable.is_changing() { growing } else { FRESH };
        now.duration_since(entry.checked) < fresh
    };
    match app.playables.entries.get(&id) {
        Some(entry) if is_fresh(&entry) => Ok(entry.playable),
        // Apart, as every connection would have room for it otherwise, and every request move it.
        entry => Box::pin(renewed(app, id, entry, now)).await,
    }
}

/// The asset as the store has it, which had that `entry` before.
async fn renewed(app: &App, id: AssetId, entry: Option<Entry>, now: Instant) -> Result<Arc<Playable>, Error> {
    let cache = &app.playables.entries;
    if let Some(entry) = entry {
        match entry.playable.is_current(app, id).await {
            Ok(true) => {
                cache.insert(id, Entry { checked: now, ..entry.clone() });
                return Ok(entry.playable);
            }
            Ok(false) => app.playables.forget(id),
            Err(error) => {
                app.playables.forget(id);
                return Err(error);
            }
        }
    }
    let load = async {
        let playable = Arc::new(Playable::load(app, id).await?);
        Ok::<_, Error>(Entry { playable, checked: now })
    };
    Ok(cache.get_or_insert_async(&id, load).await?.playable)
}
