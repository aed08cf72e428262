//! The metadata store: one transaction type through which everything of a use case commits together.

use super::jobs::Jobs;
use super::{Answers, Intakes, KeptPictures, Outputs, Playback};
use async_trait::async_trait;
use kinora_domain::access::{ApiKey, Organization};
use kinora_domain::asset::{Asset, AssetStatus};
use kinora_domain::file::{File, FileStatus};
use kinora_domain::labels::{Attribute, Labels};
use kinora_domain::page::{Page, PageRequest};
use kinora_domain::track::{Track, TrackKind};
use kinora_domain::upload::StoredPart;
use kinora_domain::{AssetId, FileId, KeyId, ObjectId, OrganizationId, OutputId, Timestamp, TrackId};
use std::collections::HashMap;

/// What can go wrong with the store. Absence is never an error here.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk is full; the transaction is undone.
    #[error("the metadata store is full")]
    Full,
    /// The store is busy or away; another attempt may succeed.
    #[error("the metadata store is busy or away")]
    Unavailable(#[source] Box<dyn core::error::Error + Send + Sync>),
    /// A stored row says something that cannot be.
    #[error("table {table}, row {row}: {why}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// Its key.
        row: String,
        /// What is wrong.
        why: String,
    },
    /// The driver refused.
    #[error("{doing}")]
    Driver {
        /// What was being done, such as `inserting a file`.
        doing: &'static str,
        /// Why not.
        #[source]
        source: Box<dyn core::error::Error + Send + Sync>,
    },
}

/// The metadata store.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Begins a transaction that may write. Only one is open at a time where the database wants it so.
    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError>;

    /// Begins a transaction that only reads, with a stable view. Never waits for a writer.
    async fn read(&self) -> Result<Box<dyn Tx>, StoreError>;
}

/// A transaction: every repository, one commit. Dropped without [`commit`](Self::commit), it is undone.
#[async_trait]
pub trait Tx:
    Organizations
    + Keys
    + Answers
    + Files
    + Intakes
    + Assets
    + Tracks
    + Outputs
    + KeptPictures
    + Playback
    + Objects
    + Jobs
    + Secrets
    + Send
{
    /// Makes everything done through it durable (power loss included).
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// Organizations and their default projects.
#[async_trait]
pub trait Organizations: Send {
    /// Adds an organization with its default project.
    async fn insert_organization(&mut self, organization: &Organization) -> Result<(), StoreError>;
    /// The organization of that id.
    async fn organization(&mut self, id: OrganizationId) -> Result<Option<Organization>, StoreError>;
    /// All organizations, by name.
    async fn organizations(&mut self) -> Result<Vec<Organization>, StoreError>;
}

/// API keys.
#[async_trait]
pub trait Keys: Send {
    /// Adds a key with its grants.
    async fn insert_key(&mut self, key: &ApiKey) -> Result<(), StoreError>;
    /// The keys, revoked ones included, whose secret begins with `prefix`.
    async fn keys_by_prefix(&mut self, prefix: &str) -> Result<Vec<ApiKey>, StoreError>;
    /// The key of that id.
    async fn key(&mut self, id: KeyId) -> Result<Option<ApiKey>, StoreError>;
    /// All keys, oldest first.
    async fn keys(&mut self) -> Result<Vec<ApiKey>, StoreError>;
    /// Stores a key's name, grants and state; its other fields never change.
    async fn update_key(&mut self, key: &ApiKey) -> Result<(), StoreError>;
    /// A page of the active keys that act for an organization, of those whose name contains the text (letter
    /// case aside, ASCII).
    async fn keys_of(
        &mut self,
        organization: OrganizationId,
        text: Option<&str>,
        sort: (KeySort, Order),
        page: PageRequest,
    ) -> Result<Page<ApiKey>, StoreError>;
    /// How many active keys, this one aside, are admin of an organization.
    async fn other_admins(&mut self, organization: OrganizationId, key: KeyId) -> Result<u64, StoreError>;
}

/// What a listing of keys is sorted by. Equal ones follow their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySort {
    /// [`ApiKey::created`].
    Created,
    /// [`ApiKey::name`].
    Name,
    /// The name of its role in the organization.
    Role,
}

/// Which way a listing runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Small to large.
    Ascending,
    /// Large to small.
    Descending,
}

/// What a listing of files is sorted by. Equal ones follow their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileSort {
    /// [`File::created`].
    Created,
    /// [`File::modified`].
    Modified,
    /// [`File::name`].
    Name,
    /// [`File::friendly_name`].
    FriendlyName,
    /// [`File::size`].
    Size,
    /// The status' name.
    Status,
}

/// Which files are listed. Empty lists and `None` do not filter; everything given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileFilter {
    /// Any of these.
    pub ids: Vec<FileId>,
    /// Any of these.
    pub statuses: Vec<FileStatus>,
    /// Has a track of any of these kinds.
    pub kinds: Vec<TrackKind>,
    /// Name or friendly name contains this text, letter case aside (ASCII); `%` and `_` mean themselves.
    pub text: Option<String>,
    /// Created at or after.
    pub created_from: Option<Timestamp>,
    /// Created at or before.
    pub created_to: Option<Timestamp>,
    /// Modified at or after.
    pub modified_from: Option<Timestamp>,
    /// Modified at or before.
    pub modified_to: Option<Timestamp>,
    /// Has all of these.
    pub tags: Vec<String>,
    /// Has all of these.
    pub attributes: Vec<Attribute>,
}

/// Files and their parts.
#[async_trait]
pub trait Files: Send {
    /// Adds a file.
    async fn insert_file(&mut self, file: &File) -> Result<(), StoreError>;
    /// The file of that id in that organization.
    async fn file(&mut self, organization: OrganizationId, id: FileId) -> Result<Option<File>, StoreError>;
    /// The file of that id whoever owns it: for jobs and for links that carry their own proof.
    async fn file_of_anyone(&mut self, id: FileId) -> Result<Option<File>, StoreError>;
    /// Stores a file's state, names, metadata and modification time.
    async fn update_file(&mut self, file: &File) -> Result<(), StoreError>;
    /// Removes a file and its parts; assets that were made of it stay.
    async fn delete_file(&mut self, id: FileId) -> Result<(), StoreError>;
    /// A page of an organization's files.
    async fn files(
        &mut self,
        organization: OrganizationId,
        filter: &FileFilter,
        sort: (FileSort, Order),
        page: PageRequest,
    ) -> Result<Page<File>, StoreError>;
    /// The tags and attributes of files; of those that have none there is no entry.
    async fn file_labels(&mut self, ids: &[FileId]) -> Result<HashMap<FileId, Labels>, StoreError>;
    /// Stores the tags and attributes of a file in place of those that it has.
    async fn put_file_labels(&mut self, file: &File, labels: &Labels) -> Result<(), StoreError>;
    /// Uploads still going on whose last change is before `moment`, oldest first, at most `limit`.
    async fn stale_uploads(&mut self, moment: Timestamp, limit: u64) -> Result<Vec<File>, StoreError>;

    /// Stores a part as acknowledged, in place of an earlier one of its number.
    async fn put_part(&mut self, file: FileId, part: &StoredPart) -> Result<(), StoreError>;
    /// Forgets a part that is about to be written anew.
    async fn delete_part(&mut self, file: FileId, number: u64) -> Result<(), StoreError>;
    /// The parts of a file that are stored, by number.
    async fn parts(&mut self, file: FileId) -> Result<Vec<StoredPart>, StoreError>;
}

/// What a listing of assets is sorted by. Equal ones follow their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssetSort {
    /// [`Asset::created`].
    Created,
    /// [`Asset::modified`].
    Modified,
    /// [`Asset::title`].
    Title,
    /// The status' name.
    Status,
    /// [`Asset::preset`].
    Preset,
    /// The presentation's duration; without one, 0.
    Duration,
}

/// Which assets are listed; tombstones never are. Empty lists and `None` do not filter; everything
/// given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssetFilter {
    /// Any of these.
    pub ids: Vec<AssetId>,
    /// Any of these.
    pub statuses: Vec<AssetStatus>,
    /// Any of these.
    pub presets: Vec<String>,
    /// Made of this file.
    pub file: Option<FileId>,
    /// Title contains this text, letter case aside (ASCII); `%` and `_` mean themselves.
    pub text: Option<String>,
    /// Created at or after.
    pub created_from: Option<Timestamp>,
    /// Created at or before.
    pub created_to: Option<Timestamp>,
    /// Modified at or after.
    pub modified_from: Option<Timestamp>,
    /// Modified at or before.
    pub modified_to: Option<Timestamp>,
    /// Duration at least, in milliseconds.
    pub duration_from_ms: Option<u64>,
    /// Duration at most, in milliseconds.
    pub duration_to_ms: Option<u64>,
    /// Has all of these.
    pub tags: Vec<String>,
    /// Has all of these.
    pub attributes: Vec<Attribute>,
}

/// Assets.
#[async_trait]
pub trait Assets: Send {
    /// Adds an asset with its sources.
    async fn insert_asset(&mut self, asset: &Asset) -> Result<(), StoreError>;
    /// The asset of that id in that organization; tombstones are absent.
    async fn asset(&mut self, organization: OrganizationId, id: AssetId) -> Result<Option<Asset>, StoreError>;
    /// The asset of that id whoever owns it, for its viewers; tombstones are absent.
    async fn asset_of_anyone(&mut self, id: AssetId) -> Result<Option<Asset>, StoreError>;
    /// Stores an asset's state, title, metadata and modification time.
    async fn update_asset(&mut self, asset: &Asset) -> Result<(), StoreError>;
    /// A page of an organization's assets.
    async fn assets(
        &mut self,
        organization: OrganizationId,
        filter: &AssetFilter,
        sort: (AssetSort, Order),
        page: PageRequest,
    ) -> Result<Page<Asset>, StoreError>;
    /// The tags and attributes of an asset.
    async fn asset_labels(&mut self, id: AssetId) -> Result<Labels, StoreError>;
    /// Stores the tags and attributes of an asset in place of those that it has.
    async fn put_asset_labels(&mut self, asset: &Asset, labels: &Labels) -> Result<(), StoreError>;
    /// The assets that are made of a file, tombstones aside, oldest first.
    async fn assets_of_file(&mut self, file: FileId) -> Result<Vec<AssetId>, StoreError>;
}

/// Tracks of assets.
#[async_trait]
pub trait Tracks: Send {
    /// Adds a track.
    async fn insert_track(&mut self, track: &Track) -> Result<(), StoreError>;
    /// The tracks of an asset, by position, those that are not listed included.
    async fn tracks(&mut self, asset: AssetId) -> Result<Vec<Track>, StoreError>;
    /// The track of that id.
    async fn track(&mut self, id: TrackId) -> Result<Option<Track>, StoreError>;
    /// Stores where a track's samples and map are now, and whether it is listed.
    async fn update_track(&mut self, track: &Track) -> Result<(), StoreError>;
    /// Removes the tracks of an output; releasing their objects is the caller's.
    async fn delete_tracks_of(&mut self, output: OutputId) -> Result<(), StoreError>;
}

/// Objects and how many things refer to each.
#[async_trait]
pub trait Objects: Send {
    /// Adds an object with one reference.
    async fn insert_object(&mut self, id: ObjectId, size: u64) -> Result<(), StoreError>;
    /// One reference more. `false` when there is no such object or its last reference is gone.
    async fn retain_object(&mut self, id: ObjectId) -> Result<bool, StoreError>;
    /// One reference less.
    async fn release_object(&mut self, id: ObjectId) -> Result<(), StoreError>;
    /// Objects without a reference, at most `limit`.
    async fn unreferenced_objects(&mut self, limit: u64) -> Result<Vec<ObjectId>, StoreError>;
    /// Forgets an object without references, once its bytes are gone.
    async fn delete_object(&mut self, id: ObjectId) -> Result<(), StoreError>;
    /// The ids of all objects.
    async fn object_ids(&mut self) -> Result<Vec<ObjectId>, StoreError>;
}

/// Secrets that this server made for itself, such as the key that signs part URLs.
#[async_trait]
pub trait Secrets: Send {
    /// The secret of that name.
    async fn secret(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;
    /// Keeps a secret under a name that has none yet.
    async fn insert_secret(&mut self, name: &str, secret: &[u8]) -> Result<(), StoreError>;
}
