//! Table `files`.

use sea_orm::entity::prelude::*;

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "files")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization: Uuid,
    pub project: Uuid,
    pub name: String,
    /// What `name` was at first.
    pub original_name: String,
    pub friendly_name: String,
    /// JSON, as given.
    pub metadata: Option<String>,
    /// Bytes.
    pub size: i64,
    pub object: Uuid,
    /// A `FileStatus` by name.
    pub status: String,
    /// Set exactly when completed.
    pub container: Option<String>,
    /// Set exactly when completed: `pending`, `done` or `failed`.
    pub probe: Option<String>,
    /// Which kinds its tracks are of: bit 0 video, bit 1 audio, bit 2 captions. For listings only.
    pub kinds: i64,
    /// Of the file or of its probe, whichever failed.
    pub failure_reason: Option<String>,
    pub failure_message: Option<String>,
    pub created: i64,
    pub modified: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
