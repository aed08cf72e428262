//! Table `file_tracks`.

use sea_orm::entity::prelude::*;

/// A track that the probe found in a file, in file order.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "file_tracks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub file: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub selector: String,
    /// A `TrackKind` by name.
    pub kind: String,
    pub codec: String,
    pub language: Option<String>,
    pub name: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
