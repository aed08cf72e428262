//! Answers that are given again when the same request comes again.

use super::column::{bytes, id, index, number, reference, text};
use sea_orm_migration::sea_query::{Expr, Index, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0007_idempotency"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the macro lets no other spelling match")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let answers = Table::create()
            .table("answers")
            .col(id("key"))
            .col(id("organization"))
            .col(text(manager, "word"))
            .col(bytes("fingerprint"))
            .col(number("status").check(Expr::cust("status BETWEEN 200 AND 299")))
            .col(bytes("body"))
            .col(number("created"))
            .primary_key(Index::create().col("key").col("organization").col("word"))
            .foreign_key(&mut reference(("answers", "key"), ("api_keys", "id"), true))
            .foreign_key(&mut reference(("answers", "organization"), ("organizations", "id"), true))
            .take();
        manager.create_table(answers).await?;
        manager.create_index(index("answers", "by_age", &["created"])).await
    }
}
