//! Objects, jobs, secrets.

use super::super::column::{bytes, id, index, number, optional_text, partial, reference, text, word};
use sea_orm_migration::sea_query::{ColumnDef, Expr, Table};
use sea_orm_migration::{DbErr, SchemaManager};

/// Jobs that somebody is still to finish.
const UNFINISHED: &str = "state <> 'parked'";

pub(super) async fn create(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let objects = Table::create()
        .table("objects")
        .col(id("id").primary_key())
        .col(number("size").check(Expr::cust("size >= 0")))
        .col(number("refs").check(Expr::cust("refs >= 0")))
        .take();
    manager.create_table(objects).await?;
    let unreferenced = partial(index("objects", "unreferenced", &["id"]), "refs = 0");
    manager.create_index(unreferenced).await?;

    let jobs = Table::create()
        .table("jobs")
        .col(id("id").primary_key())
        .col(id("organization"))
        .col(text(manager, "work"))
        .col(id("subject"))
        .col(word(manager, "state", &["ready", "leased", "parked"]))
        .col(number("attempts").check(Expr::cust("attempts >= 0")))
        .col(number("due"))
        .col(ColumnDef::new("token").uuid().null())
        .col(number("enqueued"))
        .col(optional_text(manager, "last_words"))
        .check(Expr::cust("(state = 'leased') = (token IS NOT NULL)"))
        .foreign_key(&mut reference(("jobs", "organization"), ("organizations", "id"), false))
        .take();
    manager.create_table(jobs).await?;
    let queue = partial(index("jobs", "queue", &["enqueued", "id", "due"]), UNFINISHED);
    manager.create_index(queue).await?;
    let leases = partial(index("jobs", "leases", &["due", "attempts"]), "state = 'leased'");
    manager.create_index(leases).await?;
    // The same work on the same thing waits or runs at most once.
    let once = partial(index("jobs", "once", &["work", "subject"]).unique().take(), UNFINISHED);
    manager.create_index(once).await?;

    let secrets = Table::create().table("secrets").col(text(manager, "name").primary_key()).col(bytes("secret")).take();
    manager.create_table(secrets).await
}
