//! Table `answers`.

use sea_orm::entity::prelude::*;

/// An answer that is given again when the same request comes again.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "answers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization: Uuid,
    /// The client's word for the request.
    #[sea_orm(primary_key, auto_increment = false)]
    pub word: String,
    /// SHA-256 of the request.
    pub fingerprint: Vec<u8>,
    pub status: i64,
    pub body: Vec<u8>,
    pub created: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
