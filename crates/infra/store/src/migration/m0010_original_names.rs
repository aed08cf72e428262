//! The name that a file had when its upload began.

use super::column::text;
use sea_orm_migration::sea_orm::ConnectionTrait as _;
use sea_orm_migration::sea_query::Table;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

/// Files that are older show the name that they have.
const OLDER: &str = "UPDATE files SET original_name = name";

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0010_original_names"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the macro lets no other spelling match")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let original = text(manager, "original_name").default("").take();
        manager.alter_table(Table::alter().table("files").add_column(original).take()).await?;
        manager.get_connection().execute_unprepared(OLDER).await?;
        Ok(())
    }
}
