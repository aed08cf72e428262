//! Pictures of assets that were made and are kept.

use super::StoreError;
use async_trait::async_trait;
use kinora_domain::{AssetId, ObjectId, OutputId, Timestamp};

/// A picture that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPicture {
    /// Of which asset.
    pub asset: AssetId,
    /// Of what of it; the picture goes with it.
    pub output: OutputId,
    /// What it shows, and how: no two pictures of an asset have one name.
    pub name: String,
    /// The object that holds it, with a reference of its own.
    pub object: ObjectId,
    /// How many bytes it has.
    pub bytes: u64,
    /// When it was last asked for, roughly.
    pub used: Timestamp,
}

/// Pictures that are kept.
#[async_trait]
pub trait KeptPictures: Send {
    /// The picture of that name.
    async fn kept_picture(&mut self, asset: AssetId, name: &str) -> Result<Option<KeptPicture>, StoreError>;
    /// Adds a picture, unless there is one of its name: then `false`.
    async fn keep_picture(&mut self, picture: &KeptPicture) -> Result<bool, StoreError>;
    /// A picture was asked for; nothing happens where it is gone.
    async fn use_picture(&mut self, asset: AssetId, name: &str, moment: Timestamp) -> Result<(), StoreError>;
    /// The pictures of an asset, those that were asked for least lately first.
    async fn kept_pictures(&mut self, asset: AssetId) -> Result<Vec<KeptPicture>, StoreError>;
    /// Removes a picture; releasing its object is the caller's.
    async fn forget_picture(&mut self, asset: AssetId, name: &str) -> Result<(), StoreError>;
}
