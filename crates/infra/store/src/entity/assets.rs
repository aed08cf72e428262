//! Table `assets`.

use sea_orm::entity::prelude::*;

/// An asset, tombstones included.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization: Uuid,
    pub project: Uuid,
    pub title: Option<String>,
    pub preset: String,
    /// JSON, as given.
    pub metadata: Option<String>,
    /// An `AssetPolicy` by name.
    pub playback: String,
    /// An `AssetStatus` by name.
    pub status: String,
    /// 0 unless available.
    pub duration_ms: i64,
    /// 0 unless available.
    pub size_bytes: i64,
    /// Set exactly when failed.
    pub failure_reason: Option<String>,
    /// Set exactly when failed.
    pub failure_message: Option<String>,
    /// Set exactly when deleted.
    pub deleted_at: Option<i64>,
    pub created: i64,
    pub modified: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
