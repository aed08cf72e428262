//! Files, the tracks found in them, and the parts that they are uploaded in.

use super::super::column::{id, index, number, optional_text, partial, reference, text, word};
use sea_orm_migration::sea_query::{Expr, Index, Table};
use sea_orm_migration::{DbErr, SchemaManager};

/// Which columns each state fills. `IS NOT NULL` is said where a comparison would let NULL pass.
const STATES: &str = "\
    (status = 'uploading' AND container IS NULL AND probe IS NULL \
        AND failure_reason IS NULL AND failure_message IS NULL) \
    OR (status = 'completed' AND container IS NOT NULL AND probe IS NOT NULL AND probe IN ('pending', 'done') \
        AND failure_reason IS NULL AND failure_message IS NULL) \
    OR (status = 'completed' AND container IS NOT NULL AND probe IS NOT NULL AND probe = 'failed' \
        AND failure_reason IS NOT NULL AND failure_message IS NOT NULL) \
    OR (status = 'failed' AND container IS NULL AND probe IS NULL \
        AND failure_reason IS NOT NULL AND failure_message IS NOT NULL)";

pub(super) async fn create(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let files = Table::create()
        .table("files")
        .col(id("id").primary_key())
        .col(id("organization"))
        .col(id("project"))
        .col(text(manager, "name"))
        .col(text(manager, "friendly_name"))
        .col(optional_text(manager, "metadata"))
        .col(number("size").check(Expr::cust("size >= 0")))
        .col(id("object"))
        .col(word(manager, "status", &["uploading", "completed", "failed"]))
        .col(optional_text(manager, "container"))
        .col(optional_text(manager, "probe"))
        .col(number("kinds").check(Expr::cust("kinds BETWEEN 0 AND 7")))
        .col(optional_text(manager, "failure_reason"))
        .col(optional_text(manager, "failure_message"))
        .col(number("created"))
        .col(number("modified"))
        .check(Expr::cust(STATES))
        .foreign_key(&mut reference(("files", "organization"), ("organizations", "id"), false))
        .foreign_key(&mut reference(("files", "project"), ("projects", "id"), false))
        .take();
    manager.create_table(files).await?;
    // What filters look at is in all of them: a page and its count need nothing but the index.
    for sort in ["created", "modified", "name", "friendly_name", "size"] {
        let columns = ["organization", sort, "id", "status", "kinds"];
        manager.create_index(index("files", &format!("by_{sort}"), &columns)).await?;
    }
    let by_status = index("files", "by_status", &["organization", "status", "id", "kinds"]);
    manager.create_index(by_status).await?;
    let uploads = partial(index("files", "uploads", &["modified", "id"]), "status = 'uploading'");
    manager.create_index(uploads).await?;

    let tracks = Table::create()
        .table("file_tracks")
        .col(id("file"))
        .col(number("position"))
        .col(text(manager, "selector"))
        .col(word(manager, "kind", &["video", "audio", "captions"]))
        .col(text(manager, "codec"))
        .col(optional_text(manager, "language"))
        .col(optional_text(manager, "name"))
        .primary_key(Index::create().col("file").col("position"))
        .foreign_key(&mut reference(("file_tracks", "file"), ("files", "id"), true))
        .take();
    manager.create_table(tracks).await?;

    let parts = Table::create()
        .table("upload_parts")
        .col(id("file"))
        .col(number("number").check(Expr::cust("number >= 0")))
        .col(text(manager, "etag"))
        .col(number("size").check(Expr::cust("size >= 0")))
        .primary_key(Index::create().col("file").col("number"))
        .foreign_key(&mut reference(("upload_parts", "file"), ("files", "id"), true))
        .take();
    manager.create_table(parts).await
}
