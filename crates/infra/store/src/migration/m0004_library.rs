//! Tags and attributes of assets; outputs that are added to an asset; tracks that belong to an output.

use super::column::{id, index, number, optional_number, optional_text, reference, text};
use sea_orm_migration::sea_orm::ConnectionTrait as _;
use sea_orm_migration::sea_query::{ColumnDef, Expr, Index, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

/// Assets that are older than outputs have one like those that came after: its id is that of the asset.
const OLDER: &str = "\
    INSERT INTO outputs (id, organization, asset, preset, status, created, modified) \
    SELECT id, organization, id, preset, 'completed', created, modified FROM assets \
    WHERE status = 'available' AND NOT EXISTS (SELECT 1 FROM outputs WHERE outputs.asset = assets.id)";
/// Until now an asset had one output.
const OWNED: &str = "UPDATE tracks SET output = (SELECT id FROM outputs WHERE outputs.asset = tracks.asset)";

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0004_library"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the macro lets no other spelling match")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        labels(manager).await?;
        outputs(manager).await
    }
}

async fn labels(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let tags = Table::create()
        .table("asset_tags")
        .col(id("asset"))
        .col(number("position").check(Expr::cust("position >= 0")))
        .col(id("organization"))
        .col(text(manager, "tag"))
        .primary_key(Index::create().col("asset").col("position"))
        .foreign_key(&mut reference(("asset_tags", "asset"), ("assets", "id"), true))
        .take();
    manager.create_table(tags).await?;
    let by_value = index("asset_tags", "by_value", &["organization", "tag", "asset"]);
    manager.create_index(by_value).await?;

    let attributes = Table::create()
        .table("asset_attributes")
        .col(id("asset"))
        .col(number("position").check(Expr::cust("position >= 0")))
        .col(id("organization"))
        .col(text(manager, "key"))
        .col(text(manager, "value"))
        .primary_key(Index::create().col("asset").col("position"))
        .foreign_key(&mut reference(("asset_attributes", "asset"), ("assets", "id"), true))
        .take();
    manager.create_table(attributes).await?;
    let by_value = index("asset_attributes", "by_value", &["organization", "key", "value", "asset"]);
    manager.create_index(by_value).await
}

async fn outputs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // The output of the asset's own preset has no name. One column a statement is what SQLite takes.
    for column in [optional_text(manager, "name"), optional_number("expires"), optional_text(manager, "harvested")] {
        manager.alter_table(Table::alter().table("outputs").add_column(column).take()).await?;
    }
    manager.create_index(index("outputs", "by_name", &["asset", "name"]).unique().take()).await?;
    let output = ColumnDef::new("output").uuid().null().take();
    manager.alter_table(Table::alter().table("tracks").add_column(output).take()).await?;
    manager.get_connection().execute_unprepared(OLDER).await?;
    manager.get_connection().execute_unprepared(OWNED).await?;
    Ok(())
}
