//! Pictures of assets that were made and are kept.

use super::column::{id, index, number, reference, text};
use sea_orm_migration::sea_query::{Expr, Index, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0012_pictures"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the macro lets no other spelling match")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let pictures = Table::create()
            .table("pictures")
            .col(id("asset"))
            .col(text(manager, "name"))
            .col(id("output"))
            .col(id("object"))
            .col(number("bytes").check(Expr::cust("bytes >= 0")))
            .col(number("used"))
            .primary_key(Index::create().col("asset").col("name"))
            .foreign_key(&mut reference(("pictures", "asset"), ("assets", "id"), true))
            .foreign_key(&mut reference(("pictures", "output"), ("outputs", "id"), true))
            .take();
        manager.create_table(pictures).await?;
        manager.create_index(index("pictures", "by_output", &["output"])).await
    }
}
