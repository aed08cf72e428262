//! Table `tracks`.

use sea_orm::entity::prelude::*;

/// A track of an asset.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tracks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub asset: Uuid,
    /// Unique in the asset.
    /// Set since outputs can be several.
    pub output: Option<Uuid>,
    pub position: i64,
    /// A `TrackKind` by name.
    pub kind: String,
    /// Object of the samples.
    pub media: Uuid,
    /// Object of the segment map.
    pub map: Uuid,
    pub version: i64,
    /// 1 or 0.
    pub listed: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
