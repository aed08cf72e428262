//! Table `rendition_parts`.

use sea_orm::entity::prelude::*;

/// A finished piece of a rendition.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rendition_parts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub rendition: Uuid,
    /// From 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// Object of the samples.
    pub media: Uuid,
    /// Object of the segment map.
    pub map: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
