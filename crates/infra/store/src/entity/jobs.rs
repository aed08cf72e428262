//! Table `jobs`.

use sea_orm::entity::prelude::*;

/// A job that waits, runs or is parked. A job that is done has no row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization: Uuid,
    /// A `WorkKind` by name.
    pub work: String,
    /// What the work is about.
    pub subject: Uuid,
    /// A `JobState` by name. What is `ready` may be claimed at any time; a claim makes so what is
    /// `scheduled` and whose moment has come.
    pub state: String,
    /// A `Priority` by rank.
    pub priority: i64,
    /// Place in the line: later ones are larger. Clocks that are set back do not change it.
    pub turn: i64,
    /// Counted when it is claimed.
    pub attempts: i64,
    /// Leased: when the lease ends. Waiting or scheduled: its moment, if it has one.
    pub due: Option<i64>,
    /// From when `due` was reckoned; absent where `due` is a moment that was asked for.
    pub since: Option<i64>,
    /// Set exactly when leased.
    pub token: Option<Uuid>,
    /// The process that holds the lease.
    pub holder: Option<Uuid>,
    /// Leased, and its worker is to stop.
    pub canceled: bool,
    /// The join that it is a child of.
    pub parent: Option<Uuid>,
    /// Children that are not done.
    pub outstanding: i64,
    /// Those of them that are not queued either.
    pub unborn: i64,
    pub enqueued: i64,
    /// Of the last attempt that failed.
    pub last_words: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
