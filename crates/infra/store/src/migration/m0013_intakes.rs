//! Videos that are announced before their bytes, and the blocks that these come in.

use super::column::{
    id, index, number, optional_bytes, optional_id, optional_number, optional_text, partial, reference, text, word,
};
use sea_orm_migration::sea_query::{Expr, Index, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

/// Which columns each state fills.
const STATES: &str = "\
    (status = 'open' AND file IS NULL AND failure_reason IS NULL AND failure_message IS NULL \
        AND (tag IS NULL) = (size IS NULL) AND (tag IS NULL) = (written IS NULL)) \
    OR (status = 'received' AND file IS NOT NULL AND tag IS NULL AND size IS NULL AND written IS NULL \
        AND failure_reason IS NULL AND failure_message IS NULL) \
    OR (status = 'failed' AND file IS NULL AND tag IS NULL AND size IS NULL AND written IS NULL \
        AND failure_reason IS NOT NULL AND failure_message IS NOT NULL)";

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0013_intakes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the macro lets no other spelling match")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let intakes = Table::create()
            .table("intakes")
            .col(id("id").primary_key())
            .col(id("organization"))
            .col(id("project"))
            .col(text(manager, "name"))
            .col(text(manager, "preset"))
            .col(optional_id("content_key"))
            .col(optional_bytes("sealed"))
            .col(word(manager, "status", &["open", "received", "failed"]))
            .col(optional_text(manager, "tag"))
            .col(optional_number("size").check(Expr::cust("size >= 0")))
            .col(optional_number("written"))
            .col(optional_id("file"))
            .col(optional_text(manager, "failure_reason"))
            .col(optional_text(manager, "failure_message"))
            .col(number("created"))
            .col(number("modified"))
            .check(Expr::cust(STATES))
            .foreign_key(&mut reference(("intakes", "organization"), ("organizations", "id"), false))
            .foreign_key(&mut reference(("intakes", "project"), ("projects", "id"), false))
            .take();
        manager.create_table(intakes).await?;
        manager.create_index(index("intakes", "by_organization", &["organization", "id"])).await?;
        manager.create_index(partial(index("intakes", "open", &["modified", "id"]), "status = 'open'")).await?;

        let blocks = Table::create()
            .table("intake_blocks")
            .col(id("intake"))
            .col(text(manager, "name"))
            .col(id("object"))
            .col(number("size").check(Expr::cust("size >= 0")))
            .primary_key(Index::create().col("intake").col("name"))
            .foreign_key(&mut reference(("intake_blocks", "intake"), ("intakes", "id"), true))
            .take();
        manager.create_table(blocks).await?;

        let stretches = Table::create()
            .table("intake_stretches")
            .col(id("intake"))
            .col(number("position").check(Expr::cust("position >= 0")))
            .col(optional_text(manager, "name"))
            .col(id("object"))
            .col(number("size").check(Expr::cust("size >= 0")))
            .primary_key(Index::create().col("intake").col("position"))
            .foreign_key(&mut reference(("intake_stretches", "intake"), ("intakes", "id"), true))
            .take();
        manager.create_table(stretches).await
    }
}
