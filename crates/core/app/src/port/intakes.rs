//! Announced videos and the blocks that they are uploaded in, kept in the metadata store.

use super::StoreError;
use async_trait::async_trait;
use kinora_domain::block::{Block, BlockName, Waiting};
use kinora_domain::intake::{Intake, Stretch};
use kinora_domain::{AssetId, ObjectId, OrganizationId, Timestamp};

/// Intakes. Releasing the objects of blocks is the caller's.
#[async_trait]
pub trait Intakes: Send {
    /// Adds an intake.
    async fn insert_intake(&mut self, intake: &Intake) -> Result<(), StoreError>;
    /// The intake of that id in that organization.
    async fn intake(&mut self, organization: OrganizationId, id: AssetId) -> Result<Option<Intake>, StoreError>;
    /// The intake of that id whoever owns it: for links that carry their own proof, and what is made of it.
    async fn intake_of_anyone(&mut self, id: AssetId) -> Result<Option<Intake>, StoreError>;
    /// Stores an intake's name, preset, key, state and modification time.
    async fn update_intake(&mut self, intake: &Intake) -> Result<(), StoreError>;
    /// Removes an intake with its blocks; nothing where there is none.
    async fn delete_intake(&mut self, id: AssetId) -> Result<(), StoreError>;
    /// The intakes of an organization that have become no asset, the newest first, at most `limit`, of those older than `before`.
    async fn awaited_intakes(
        &mut self,
        organization: OrganizationId,
        before: Option<AssetId>,
        limit: u64,
    ) -> Result<Vec<Intake>, StoreError>;
    /// Open intakes whose last change is before `moment`, oldest first, at most `limit`.
    async fn stale_intakes(&mut self, moment: Timestamp, limit: u64) -> Result<Vec<Intake>, StoreError>;

    /// Stores a block that waits for a list, in place of one of its name, whose object is given.
    async fn put_block(&mut self, id: AssetId, block: &Block) -> Result<Option<ObjectId>, StoreError>;
    /// How much waits.
    async fn waiting(&mut self, id: AssetId) -> Result<Waiting, StoreError>;
    /// The blocks that wait, by name.
    async fn waiting_blocks(&mut self, id: AssetId) -> Result<Vec<Block>, StoreError>;
    /// The name of any block of it, waiting or in order.
    async fn any_block(&mut self, id: AssetId) -> Result<Option<BlockName>, StoreError>;
    /// The content, in its order.
    async fn stretches(&mut self, id: AssetId) -> Result<Vec<Stretch>, StoreError>;
    /// Stores the content in place of the one before, and forgets what waits.
    async fn put_stretches(&mut self, id: AssetId, stretches: &[Stretch]) -> Result<(), StoreError>;
}
