//! Table `api_keys`.

use sea_orm::entity::prelude::*;

/// An API key: never its secret.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub prefix: String,
    /// SHA-256 of the secret.
    pub hash: Vec<u8>,
    pub name: String,
    /// `active` or `revoked`.
    pub state: String,
    /// Set exactly when revoked.
    pub revoked_at: Option<i64>,
    pub created: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
