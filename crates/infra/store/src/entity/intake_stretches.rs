//! Table `intake_stretches`.

use sea_orm::entity::prelude::*;

/// A stretch of the content of an upload. Stretches of one object share one reference on it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "intake_stretches")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub intake: Uuid,
    /// From 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// Unset where the content came in one piece.
    pub name: Option<String>,
    pub object: Uuid,
    /// Bytes.
    pub size: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
