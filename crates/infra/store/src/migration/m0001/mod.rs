//! The first schema: who may do what, files, assets and their tracks, objects, jobs, secrets.

mod access;
mod assets;
mod files;
mod planner;
mod work;

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the macro lets no other spelling match")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        access::create(manager).await?;
        work::create(manager).await?;
        files::create(manager).await?;
        assets::create(manager).await?;
        planner::advise(manager).await
    }
}
