//! Table `asset_sources`.

use sea_orm::entity::prelude::*;

/// A file that an asset is made of, in the order given.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "asset_sources")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub asset: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// The file may be gone.
    pub file: Uuid,
    /// Names of `TrackKind`s, separated by commas, as the client said them.
    pub kinds: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
