//! Table `intake_blocks`.

use sea_orm::entity::prelude::*;

/// A block that waits for a list.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "intake_blocks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub intake: Uuid,
    /// As the client wrote it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub object: Uuid,
    /// Bytes.
    pub size: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
