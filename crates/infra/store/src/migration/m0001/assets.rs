//! Assets, what they are made of, and their tracks.

use super::super::column::{id, index, number, optional_number, optional_text, partial, reference, text, word};
use sea_orm_migration::sea_query::{Expr, ForeignKey, ForeignKeyAction, Index, Table};
use sea_orm_migration::{DbErr, SchemaManager};

/// Which columns each state fills. Duration and size are 0 where there is none, as listings sort them.
const STATES: &str = "\
    (status = 'failed') = (failure_reason IS NOT NULL) AND (status = 'failed') = (failure_message IS NOT NULL) \
    AND (status = 'deleted') = (deleted_at IS NOT NULL) \
    AND (status = 'available' OR (duration_ms = 0 AND size_bytes = 0))";
/// Listings leave tombstones out, so their indexes do, too.
const LIVING: &str = "status <> 'deleted'";

pub(super) async fn create(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let assets = Table::create()
        .table("assets")
        .col(id("id").primary_key())
        .col(id("organization"))
        .col(id("project"))
        .col(optional_text(manager, "title"))
        .col(text(manager, "preset"))
        .col(optional_text(manager, "metadata"))
        .col(word(manager, "status", &["pending", "processing", "available", "failed", "deleted"]))
        .col(number("duration_ms").check(Expr::cust("duration_ms >= 0")))
        .col(number("size_bytes").check(Expr::cust("size_bytes >= 0")))
        .col(optional_text(manager, "failure_reason"))
        .col(optional_text(manager, "failure_message"))
        .col(optional_number("deleted_at"))
        .col(number("created"))
        .col(number("modified"))
        .check(Expr::cust(STATES))
        .foreign_key(&mut reference(("assets", "organization"), ("organizations", "id"), false))
        .foreign_key(&mut reference(("assets", "project"), ("projects", "id"), false))
        .take();
    manager.create_table(assets).await?;
    // What filters look at is in all of them: a page and its count need nothing but the index.
    for sort in ["created", "modified", "title"] {
        let columns = ["organization", sort, "id", "status", "preset", "duration_ms"];
        let listing = index("assets", &format!("by_{sort}"), &columns);
        manager.create_index(partial(listing, LIVING)).await?;
    }
    let by_duration = index("assets", "by_duration", &["organization", "duration_ms", "id", "status", "preset"]);
    manager.create_index(partial(by_duration, LIVING)).await?;
    let by_status = index("assets", "by_status", &["organization", "status", "id", "preset"]);
    manager.create_index(partial(by_status, LIVING)).await?;
    let by_preset = index("assets", "by_preset", &["organization", "preset", "id", "status"]);
    manager.create_index(partial(by_preset, LIVING)).await?;

    // No reference to `files`: an asset outlives the files that it was made of.
    let sources = Table::create()
        .table("asset_sources")
        .col(id("asset"))
        .col(number("position"))
        .col(id("file"))
        .col(text(manager, "kinds"))
        .primary_key(Index::create().col("asset").col("position"))
        .foreign_key(&mut reference(("asset_sources", "asset"), ("assets", "id"), true))
        .take();
    manager.create_table(sources).await?;
    manager.create_index(index("asset_sources", "by_file", &["file", "asset"])).await?;

    let asked = Table::create()
        .table("asset_source_tracks")
        .col(id("asset"))
        .col(number("source"))
        .col(number("position"))
        .col(text(manager, "selector"))
        .col(word(manager, "kind", &["video", "audio", "captions"]))
        .col(optional_text(manager, "language"))
        .col(optional_text(manager, "name"))
        .primary_key(Index::create().col("asset").col("source").col("position"))
        .foreign_key(
            ForeignKey::create()
                .from("asset_source_tracks", ("asset", "source"))
                .to("asset_sources", ("asset", "position"))
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take();
    manager.create_table(asked).await?;

    let tracks = Table::create()
        .table("tracks")
        .col(id("id").primary_key())
        .col(id("asset"))
        .col(number("position").check(Expr::cust("position >= 0")))
        .col(word(manager, "kind", &["video", "audio", "captions"]))
        .col(id("media"))
        .col(id("map"))
        .col(number("version").check(Expr::cust("version >= 0")))
        .foreign_key(&mut reference(("tracks", "asset"), ("assets", "id"), true))
        .take();
    manager.create_table(tracks).await?;
    manager.create_index(index("tracks", "by_asset", &["asset", "position"]).unique().take()).await
}
