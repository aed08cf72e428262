//! Table `jobs`.

use sea_orm::entity::prelude::*;

/// A job that waits, runs or is parked. A job that is done has no row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization: Uuid,
    /// A `Work` by name.
    pub work: String,
    /// What the work is about.
    pub subject: Uuid,
    /// `ready`, `leased` or `parked`.
    pub state: String,
    /// Counted when it is claimed.
    pub attempts: i64,
    /// When it may be claimed: ready, not before this; leased, when the lease ends.
    pub due: i64,
    /// Set exactly when leased.
    pub token: Option<Uuid>,
    pub enqueued: i64,
    /// Of the last attempt that failed.
    pub last_words: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
