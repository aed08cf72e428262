//! What assets are made into, kept in the metadata store.

use super::StoreError;
use async_trait::async_trait;
use kinora_domain::output::{Output, Part, Rendition};
use kinora_domain::{AssetId, ChunkId, OutputId, RenditionId};

/// One chunk of an output's picture, as the store keeps it; what it is made of is in the output's plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredChunk {
    /// Its id.
    pub id: ChunkId,
    /// Whose chunk it is.
    pub output: OutputId,
    /// Its number in the plan, from 0.
    pub number: u32,
    /// Pictures that it has.
    pub pictures: u64,
    /// Pictures that are encoded: the most that any attempt reported.
    pub done: u64,
    /// Whether all its parts are stored.
    pub finished: bool,
}

/// How much is done of what is counted, pictures or milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amount {
    /// Done.
    pub done: u64,
    /// All of it.
    pub total: u64,
}

/// Outputs, their renditions and chunks. All of them go with their asset.
#[async_trait]
pub trait Outputs: Send {
    /// Adds an output.
    async fn insert_output(&mut self, output: &Output) -> Result<(), StoreError>;
    /// The output of that id. Where several may write at a time, nobody else changes it until the
    /// transaction ends.
    async fn output(&mut self, id: OutputId) -> Result<Option<Output>, StoreError>;
    /// The outputs of an asset, oldest first, and that of its own preset before all; their plans are left out.
    async fn outputs(&mut self, asset: AssetId) -> Result<Vec<Output>, StoreError>;
    /// Stores an output's state, plan and modification time.
    async fn update_output(&mut self, output: &Output) -> Result<(), StoreError>;

    /// Removes an output with its renditions, parts, chunks and pictures; releasing objects is the caller's.
    async fn delete_output(&mut self, id: OutputId) -> Result<(), StoreError>;

    /// Adds a rendition.
    async fn insert_rendition(&mut self, rendition: &Rendition) -> Result<(), StoreError>;
    /// The rendition of that id.
    async fn rendition(&mut self, id: RenditionId) -> Result<Option<Rendition>, StoreError>;
    /// The renditions of an asset, by position.
    async fn renditions(&mut self, asset: AssetId) -> Result<Vec<Rendition>, StoreError>;
    /// Removes a rendition and its parts; releasing their objects is the caller's.
    async fn delete_rendition(&mut self, id: RenditionId) -> Result<(), StoreError>;
    /// A rendition has become a track: it is marked, and its parts are removed.
    async fn seal_rendition(&mut self, id: RenditionId) -> Result<(), StoreError>;
    /// The first position that no track and no rendition of the asset has.
    async fn next_position(&mut self, asset: AssetId) -> Result<u32, StoreError>;

    /// Adds a part. An error when there is one of its number already.
    async fn insert_part(&mut self, rendition: RenditionId, part: &Part) -> Result<(), StoreError>;
    /// The parts of a rendition, by number.
    async fn rendition_parts(&mut self, rendition: RenditionId) -> Result<Vec<Part>, StoreError>;
    /// How much sound of a rendition is done, in milliseconds. What was stored never shrinks.
    async fn report_rendition(&mut self, id: RenditionId, amount: Amount) -> Result<(), StoreError>;

    /// Adds a chunk on which nothing is done.
    async fn insert_chunk(&mut self, chunk: &StoredChunk) -> Result<(), StoreError>;
    /// The chunk of that id.
    async fn chunk(&mut self, id: ChunkId) -> Result<Option<StoredChunk>, StoreError>;
    /// How many pictures of a chunk are encoded. What was stored never shrinks.
    async fn report_chunk(&mut self, id: ChunkId, done: u64) -> Result<(), StoreError>;
    /// All parts of a chunk are stored: all its pictures are done.
    async fn finish_chunk(&mut self, id: ChunkId) -> Result<(), StoreError>;
    /// How much of an output's picture is done, over all chunks; where it has none, how much of its sound.
    async fn amount(&mut self, output: OutputId) -> Result<Amount, StoreError>;
}
