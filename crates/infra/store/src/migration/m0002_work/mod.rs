//! The queue in full: priorities, fair shares, timers, joins, cancellation, and who holds a lease.
//! Table `jobs` is built anew; what waits, runs or is parked is carried over.

use super::column::{id, index, number, optional_number, optional_text, partial, reference, text, word};
use sea_orm_migration::sea_orm::ConnectionTrait;
use sea_orm_migration::sea_query::{ColumnDef, Expr, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

/// Which columns each state fills.
const STATES: &str = "\
    (state = 'leased') = (token IS NOT NULL) \
    AND (state = 'waiting') = (outstanding > 0) \
    AND (state = 'leased' OR (holder IS NULL AND NOT canceled)) \
    AND (state NOT IN ('scheduled', 'leased') OR due IS NOT NULL) \
    AND unborn BETWEEN 0 AND outstanding";

/// Jobs of the first schema as those of this one. A ready job that had failed waits for its moment.
const CARRY_OVER: &str = "\
    INSERT INTO jobs (id, organization, work, subject, state, priority, turn, attempts, due, since, token, \
        canceled, outstanding, unborn, enqueued, last_words) \
    SELECT id, organization, work, subject, \
        CASE WHEN state = 'ready' AND attempts > 0 THEN 'scheduled' ELSE state END, \
        CASE work WHEN 'probe_file' THEN 0 WHEN 'copy_audio' THEN 2 ELSE 1 END, \
        ROW_NUMBER() OVER (ORDER BY enqueued, id), attempts, \
        CASE WHEN state = 'leased' OR (state = 'ready' AND attempts > 0) THEN due END, \
        CASE WHEN state = 'leased' THEN due - 30000 END, \
        token, FALSE, 0, 0, enqueued, last_words \
    FROM jobs_m0001";

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_work"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the macro lets no other spelling match")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let away = Table::rename().table("jobs", "jobs_m0001").take();
        manager.rename_table(away).await?;
        create(manager).await?;
        manager.get_connection().execute_unprepared(CARRY_OVER).await?;
        // The old indexes go with it, and their names are free.
        manager.drop_table(Table::drop().table("jobs_m0001").take()).await?;
        create_indexes(manager).await
    }
}

async fn create(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let jobs = Table::create()
        .table("jobs")
        .col(id("id").primary_key())
        .col(id("organization"))
        .col(text(manager, "work"))
        .col(id("subject"))
        .col(word(manager, "state", &["waiting", "scheduled", "ready", "leased", "parked"]))
        .col(number("priority").check(Expr::cust("priority BETWEEN 0 AND 2")))
        .col(number("turn"))
        .col(number("attempts").check(Expr::cust("attempts >= 0")))
        .col(optional_number("due"))
        .col(optional_number("since"))
        .col(ColumnDef::new("token").uuid().null())
        .col(ColumnDef::new("holder").uuid().null())
        .col(ColumnDef::new("canceled").boolean().not_null())
        .col(ColumnDef::new("parent").uuid().null())
        .col(number("outstanding"))
        .col(number("unborn"))
        .col(number("enqueued"))
        .col(optional_text(manager, "last_words"))
        .check(Expr::cust(STATES))
        .foreign_key(&mut reference(("jobs", "organization"), ("organizations", "id"), false))
        .take();
    manager.create_table(jobs).await
}

async fn create_indexes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // The lines that claims look at: one of each organization, for each kind and priority.
    let ready = index("jobs", "ready", &["work", "priority", "organization", "turn", "id"]);
    manager.create_index(partial(ready, "state = 'ready'")).await?;
    // As many rows as there are workers: whatever is asked of leases is a walk through it.
    let leased = index("jobs", "leased", &["work", "organization", "due", "since", "holder"]);
    manager.create_index(partial(leased, "state = 'leased'")).await?;
    manager.create_index(partial(index("jobs", "scheduled", &["due"]), "state = 'scheduled'")).await?;
    let waits = partial(index("jobs", "since", &["since"]), "state = 'scheduled' AND since IS NOT NULL");
    manager.create_index(waits).await?;
    manager.create_index(partial(index("jobs", "children", &["parent"]), "parent IS NOT NULL")).await?;
    // The same work on the same thing waits or runs at most once.
    let once = index("jobs", "once", &["work", "subject"]).unique().take();
    manager.create_index(partial(once, "state <> 'parked' AND NOT canceled")).await?;
    manager.create_index(index("jobs", "by_subject", &["subject", "work"])).await?;
    // Listings and counts.
    manager.create_index(index("jobs", "by_turn", &["turn", "id", "state", "work", "organization"])).await
}

#[cfg(test)]
mod carry_over_test;
