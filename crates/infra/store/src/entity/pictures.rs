//! Table `pictures`.

use sea_orm::entity::prelude::*;

/// A picture of an asset that is kept.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pictures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub asset: Uuid,
    /// What it shows, and how.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub output: Uuid,
    pub object: Uuid,
    /// Of the object.
    pub bytes: i64,
    /// When it was last asked for, roughly.
    pub used: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
