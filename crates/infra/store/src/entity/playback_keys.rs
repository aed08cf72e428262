//! Table `playback_keys`.

use sea_orm::entity::prelude::*;

/// A key that playback tokens are checked with.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "playback_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization: Uuid,
    /// A `TokenAlgorithm` by name.
    pub algorithm: String,
    /// The sealed secret of HS256; of the others a public key in PEM.
    pub material: Vec<u8>,
    /// `active` or `retiring`.
    pub life: String,
    /// Set exactly when retiring.
    pub until: Option<i64>,
    pub created: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
