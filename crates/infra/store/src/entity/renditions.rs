//! Table `renditions`.

use sea_orm::entity::prelude::*;

/// A track in the making.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "renditions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub output: Uuid,
    pub asset: Uuid,
    /// Unique in the asset.
    pub position: i64,
    /// The `TrackKind` of its role by name.
    pub kind: String,
    /// A `Role` as JSON.
    pub role: String,
    /// 1 or 0.
    pub sealed: i64,
    /// What the headers name; 0 where they name none.
    pub duration_ms: i64,
    /// How much is done.
    pub done_ms: i64,
    /// Of how much.
    pub total_ms: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
