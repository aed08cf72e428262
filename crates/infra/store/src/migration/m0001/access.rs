//! Organizations, projects, API keys and what they may do.

use super::super::column::{bytes, id, index, number, optional_number, reference, text, word};
use sea_orm_migration::sea_query::{Expr, Index, Table};
use sea_orm_migration::{DbErr, SchemaManager};

pub(super) async fn create(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let organizations = Table::create()
        .table("organizations")
        .col(id("id").primary_key())
        .col(text(manager, "name").unique_key())
        .col(id("default_project"))
        .take();
    manager.create_table(organizations).await?;

    let projects = Table::create()
        .table("projects")
        .col(id("id").primary_key())
        .col(id("organization"))
        .foreign_key(&mut reference(("projects", "organization"), ("organizations", "id"), false))
        .take();
    manager.create_table(projects).await?;
    manager.create_index(index("projects", "by_organization", &["organization", "id"])).await?;

    let keys = Table::create()
        .table("api_keys")
        .col(id("id").primary_key())
        .col(text(manager, "prefix"))
        .col(bytes("hash"))
        .col(text(manager, "name"))
        .col(word(manager, "state", &["active", "revoked"]))
        .col(optional_number("revoked_at"))
        .col(number("created"))
        .check(Expr::cust("(state = 'revoked') = (revoked_at IS NOT NULL)"))
        .take();
    manager.create_table(keys).await?;
    manager.create_index(index("api_keys", "by_prefix", &["prefix"])).await?;

    let grants = Table::create()
        .table("key_grants")
        .col(id("key"))
        .col(number("position"))
        .col(id("organization"))
        .col(word(manager, "role", &["admin", "editor", "viewer"]))
        .primary_key(Index::create().col("key").col("position"))
        .foreign_key(&mut reference(("key_grants", "key"), ("api_keys", "id"), true))
        .foreign_key(&mut reference(("key_grants", "organization"), ("organizations", "id"), false))
        .take();
    manager.create_table(grants).await
}
