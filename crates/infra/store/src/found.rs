//! What listings found, kept until something of them changes.
//!
//! Each organization counts the changes of its assets and of its files, in the transaction that makes them. What a
//! filter finds is true as long as that count is the same, whichever process made the change. Only transactions that
//! read use it: they see one state of the store, and its count with it.

use crate::error::Doing;
use crate::tx::SqlTx;
use kinora_app::port::StoreError;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sea_orm::{ConnectionTrait, Statement, Value};
use std::sync::Arc;
use uuid::Uuid;

/// So many ids are kept; of more, only how many they are.
pub(crate) const FEW: u64 = 500;

/// Bytes kept, roughly.
const CAPACITY: u64 = 16 << 20;
const ITEMS: usize = 4_096;

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Listing {
    Assets,
    Files,
}

impl Listing {
    const fn name(self) -> &'static str {
        match self {
            Self::Assets => "assets",
            Self::Files => "files",
        }
    }
}

/// What a filter finds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// All of them, in no order.
    Few(Vec<Uuid>),
    /// How many, more than [`FEW`].
    Many(u64),
}

/// A filter at a state of the store.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    organization: Uuid,
    listing: Listing,
    changes: i64,
    /// The filter, as SQL with its values.
    filter: String,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Arc<Found>> for ByBytes {
    fn weight(&self, key: &Key, found: &Arc<Found>) -> u64 {
        let ids = match &**found {
            Found::Few(ids) => ids.len() * size_of::<Uuid>(),
            Found::Many(_) => 0,
        };
        u64::try_from(128 + key.filter.len() + ids).unwrap_or(u64::MAX)
    }
}

/// What was found lately.
pub(crate) struct Memory(Cache<Key, Arc<Found>, ByBytes>);

impl core::fmt::Debug for Memory {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Memory")
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self(Cache::with_weighter(ITEMS, CAPACITY, ByBytes))
    }
}

impl Memory {
    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Found>> {
        self.0.get(key)
    }

    pub(crate) fn keep(&self, key: Key, found: &Arc<Found>) {
        self.0.insert(key, Arc::clone(found));
    }
}

impl SqlTx {
    /// Counts a change of what is listed.
    pub(crate) async fn changed(&self, organization: Uuid, listing: Listing) -> Result<(), StoreError> {
        let sql = "INSERT INTO listing_changes (organization, listing, changes) VALUES ($1, $2, 1) \
            ON CONFLICT (organization, listing) DO UPDATE SET changes = listing_changes.changes + 1";
        let values: [Value; 2] = [organization.into(), listing.name().into()];
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
        self.db.execute_raw(statement).await.doing("counting a change of a listing")?;
        Ok(())
    }

    /// The same for the organization of a file that is about to go.
    pub(crate) async fn file_goes(&self, file: Uuid) -> Result<(), StoreError> {
        let sql = "INSERT INTO listing_changes (organization, listing, changes) \
            SELECT organization, $2, 1 FROM files WHERE id = $1 \
            ON CONFLICT (organization, listing) DO UPDATE SET changes = listing_changes.changes + 1";
        let values: [Value; 2] = [file.into(), Listing::Files.name().into()];
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
        self.db.execute_raw(statement).await.doing("counting a change of a listing")?;
        Ok(())
    }

    /// Under which a filter's finds are kept; `None` where this transaction may not use what was kept.
    pub(crate) async fn key(
        &self,
        organization: Uuid,
        listing: Listing,
        filter: String,
    ) -> Result<Option<(Arc<Memory>, Key)>, StoreError> {
        let Some(memory) = &self.memory else { return Ok(None) };
        let sql = "SELECT changes FROM listing_changes WHERE organization = $1 AND listing = $2";
        let values: [Value; 2] = [organization.into(), listing.name().into()];
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
        let doing = "reading how often a listing has changed";
        let row = self.db.query_one_raw(statement).await.doing(doing)?;
        let changes: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0)).doing(doing)?;
        Ok(Some((Arc::clone(memory), Key { organization, listing, changes, filter })))
    }
}
