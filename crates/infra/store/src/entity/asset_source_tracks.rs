//! Table `asset_source_tracks`.

use sea_orm::entity::prelude::*;

/// A track that the client asked for, in the order given.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "asset_source_tracks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub asset: Uuid,
    /// Position of the source.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub selector: String,
    /// A `TrackKind` by name.
    pub kind: String,
    pub language: Option<String>,
    pub name: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
