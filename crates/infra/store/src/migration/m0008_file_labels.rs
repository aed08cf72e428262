//! Tags and attributes of files.

use super::column::{id, index, number, reference, text};
use sea_orm_migration::sea_query::{Expr, Index, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0008_file_labels"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the macro lets no other spelling match")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tags = Table::create()
            .table("file_tags")
            .col(id("file"))
            .col(number("position").check(Expr::cust("position >= 0")))
            .col(id("organization"))
            .col(text(manager, "tag"))
            .primary_key(Index::create().col("file").col("position"))
            .foreign_key(&mut reference(("file_tags", "file"), ("files", "id"), true))
            .take();
        manager.create_table(tags).await?;
        manager.create_index(index("file_tags", "by_value", &["organization", "tag", "file"])).await?;

        let attributes = Table::create()
            .table("file_attributes")
            .col(id("file"))
            .col(number("position").check(Expr::cust("position >= 0")))
            .col(id("organization"))
            .col(text(manager, "key"))
            .col(text(manager, "value"))
            .primary_key(Index::create().col("file").col("position"))
            .foreign_key(&mut reference(("file_attributes", "file"), ("files", "id"), true))
            .take();
        manager.create_table(attributes).await?;
        manager.create_index(index("file_attributes", "by_value", &["organization", "key", "value", "file"])).await
    }
}
