//! Table `intakes`.

use sea_orm::entity::prelude::*;

/// A video that is announced.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "intakes")]
pub struct Model {
    /// That of the asset that it becomes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization: Uuid,
    pub project: Uuid,
    pub name: String,
    pub preset: String,
    /// The id that the key of its output is going to have.
    pub content_key: Option<Uuid>,
    /// The sealed key of its bytes; set exactly when they come encrypted.
    pub sealed: Option<Vec<u8>>,
    /// `open`, `received` or `failed`.
    pub status: String,
    /// Set, with the next two, where an open one has content.
    pub tag: Option<String>,
    pub size: Option<i64>,
    pub written: Option<i64>,
    /// Set exactly when received.
    pub file: Option<Uuid>,
    /// Set exactly when failed.
    pub failure_reason: Option<String>,
    /// Set exactly when failed.
    pub failure_message: Option<String>,
    pub created: i64,
    pub modified: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
