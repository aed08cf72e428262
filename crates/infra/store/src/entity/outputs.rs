//! Table `outputs`.

use sea_orm::entity::prelude::*;

/// What an asset is made into.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outputs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization: Uuid,
    pub asset: Uuid,
    /// Unset exactly for the asset's own preset.
    pub name: Option<String>,
    pub preset: String,
    /// A `Encryption` by name.
    pub encryption: String,
    pub expires: Option<i64>,
    /// `HarvestedEndpoint`s as JSON; unset where there are none.
    pub harvested: Option<String>,
    /// An `OutputStatus` by name.
    pub status: String,
    /// Set exactly when processing.
    pub since: Option<i64>,
    /// Set exactly when failed.
    pub failure_reason: Option<String>,
    /// Set exactly when failed.
    pub failure_message: Option<String>,
    /// A `Source` as JSON.
    pub picture: Option<String>,
    /// A `PicturePlan` as JSON.
    pub plan: Option<String>,
    pub created: i64,
    pub modified: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
