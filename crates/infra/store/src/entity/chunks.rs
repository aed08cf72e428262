//! Table `chunks`.

use sea_orm::entity::prelude::*;

/// A chunk of an output's picture.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chunks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub output: Uuid,
    /// Unique in the output; its number in the plan.
    pub number: i64,
    pub pictures: i64,
    /// Pictures, all of them when finished.
    pub done: i64,
    /// 1 or 0.
    pub finished: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
