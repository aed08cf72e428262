//! Table `file_tags`.

use sea_orm::entity::prelude::*;

/// A tag of a file.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "file_tags")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub file: Uuid,
    /// Its place in the order given.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// That of the file.
    pub organization: Uuid,
    pub tag: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
