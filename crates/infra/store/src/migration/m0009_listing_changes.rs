//! How often what an organization lists has changed.

use super::column::{id, number, word};
use sea_orm_migration::sea_query::{Expr, Index, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0009_listing_changes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the macro lets no other spelling match")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let changes = Table::create()
            .table("listing_changes")
            .col(id("organization"))
            .col(word(manager, "listing", &["assets", "files"]))
            .col(number("changes").check(Expr::cust("changes >= 0")))
            .primary_key(Index::create().col("organization").col("listing"))
            .take();
        manager.create_table(changes).await
    }
}
