//! Outputs of assets, their renditions and chunks; tracks that manifests leave out.

use super::column::{id, index, number, optional_number, optional_text, reference, text, word};
use sea_orm_migration::sea_query::{ColumnDef, Expr, Index, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

/// Which columns each state fills.
const STATES: &str = "\
    (status = 'processing') = (since IS NOT NULL) \
    AND (status IN ('stalled', 'failed')) = (failure_reason IS NOT NULL) \
    AND (status IN ('stalled', 'failed')) = (failure_message IS NOT NULL)";
/// What is sealed or finished is done as a whole.
const SEALED: &str = "sealed = 0 OR done_ms = total_ms";
const FINISHED: &str = "done BETWEEN 0 AND pictures AND (finished = 0 OR done = pictures)";

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0003_outputs"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the macro lets no other spelling match")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Every track that is there already is in the manifests.
        let listed = Table::alter().table("tracks").add_column(flag("listed").default(1)).take();
        manager.alter_table(listed).await?;
        outputs(manager).await?;
        renditions(manager).await?;
        chunks(manager).await
    }
}

async fn outputs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let outputs = Table::create()
        .table("outputs")
        .col(id("id").primary_key())
        .col(id("organization"))
        .col(id("asset"))
        .col(text(manager, "preset"))
        .col(word(manager, "status", &["waiting", "processing", "completed", "stalled", "failed"]))
        .col(optional_number("since"))
        .col(optional_text(manager, "failure_reason"))
        .col(optional_text(manager, "failure_message"))
        .col(optional_text(manager, "picture"))
        .col(optional_text(manager, "plan"))
        .col(number("created"))
        .col(number("modified"))
        .check(Expr::cust(STATES))
        .foreign_key(&mut reference(("outputs", "organization"), ("organizations", "id"), false))
        .foreign_key(&mut reference(("outputs", "asset"), ("assets", "id"), true))
        .take();
    manager.create_table(outputs).await?;
    manager.create_index(index("outputs", "by_asset", &["asset", "created", "id"])).await
}

async fn renditions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let renditions = Table::create()
        .table("renditions")
        .col(id("id").primary_key())
        .col(id("output"))
        .col(id("asset"))
        .col(number("position").check(Expr::cust("position >= 0")))
        .col(word(manager, "kind", &["video", "audio", "captions"]))
        .col(text(manager, "role"))
        .col(flag("sealed"))
        .col(number("duration_ms").check(Expr::cust("duration_ms >= 0")))
        .col(number("done_ms").check(Expr::cust("done_ms >= 0")))
        .col(number("total_ms").check(Expr::cust("total_ms >= 0")))
        .check(Expr::cust(SEALED))
        .foreign_key(&mut reference(("renditions", "output"), ("outputs", "id"), true))
        .foreign_key(&mut reference(("renditions", "asset"), ("assets", "id"), true))
        .take();
    manager.create_table(renditions).await?;
    manager.create_index(index("renditions", "by_asset", &["asset", "position"]).unique().take()).await?;
    manager.create_index(index("renditions", "by_output", &["output"])).await?;

    let parts = Table::create()
        .table("rendition_parts")
        .col(id("rendition"))
        .col(number("number").check(Expr::cust("number >= 0")))
        .col(id("media"))
        .col(id("map"))
        .primary_key(Index::create().col("rendition").col("number"))
        .foreign_key(&mut reference(("rendition_parts", "rendition"), ("renditions", "id"), true))
        .take();
    manager.create_table(parts).await
}

async fn chunks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let chunks = Table::create()
        .table("chunks")
        .col(id("id").primary_key())
        .col(id("output"))
        .col(number("number").check(Expr::cust("number >= 0")))
        .col(number("pictures").check(Expr::cust("pictures >= 0")))
        .col(number("done"))
        .col(flag("finished"))
        .check(Expr::cust(FINISHED))
        .foreign_key(&mut reference(("chunks", "output"), ("outputs", "id"), true))
        .take();
    manager.create_table(chunks).await?;
    manager.create_index(index("chunks", "by_output", &["output", "number"]).unique().take()).await
}

/// 1 or 0.
fn flag(name: &'static str) -> ColumnDef {
    number(name).check(Expr::cust(format!("{name} IN (0, 1)"))).take()
}
