//! Jobs as operators see them.

use super::TABLE;
use crate::clock;
use crate::convert::{from_column, inconsistent, promised, word};
use crate::entity::jobs::{Column, Entity, Model};
use crate::error::Doing;
use crate::listing;
use crate::tx::SqlTx;
use kinora_app::port::{Order, StoreError};
use kinora_domain::job::{JobFilter, JobState, JobView, LeaseView, Priority, Work, WorkKind};
use kinora_domain::page::{Page, PageRequest};
use kinora_domain::{HolderId, JobId, OrganizationId, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

impl SqlTx {
    pub(super) async fn job_view(&self, id: JobId) -> Result<Option<JobView>, StoreError> {
        let row = Entity::find_by_id(id.uuid()).one(&self.db).await.doing("loading a job")?;
        row.map(view).transpose()
    }

    pub(super) async fn job_views(&self, filter: &JobFilter, page: PageRequest) -> Result<Page<JobView>, StoreError> {
        let mut rows = Entity::find();
        if let Some(state) = filter.state {
            rows = rows.filter(Column::State.eq(state.name()));
        }
        if let Some(kind) = filter.kind {
            rows = rows.filter(Column::Work.eq(kind.name()));
        }
        if let Some(organization) = filter.organization {
            rows = rows.filter(Column::Organization.eq(organization.uuid()));
        }
        let sort = (Column::Turn, Order::Descending);
        let (ids, total) = listing::ids(&self.db, rows, Column::Id, sort, page).await.doing("listing jobs")?;
        let on_page = Entity::find().filter(Column::Id.is_in(crate::convert::padded(ids.iter().copied())));
        let mut rows = on_page.all(&self.db).await.doing("loading a page of jobs")?;
        listing::arrange(&mut rows, &ids, |row| row.id);
        let items = rows.into_iter().map(view).collect::<Result<_, _>>()?;
        Ok(Page { items, total, request: page })
    }

    pub(super) async fn depth(&self) -> Result<Vec<(JobState, u64)>, StoreError> {
        let doing = "counting jobs";
        let mut depth = Vec::new();
        for row in self.rows("SELECT state, COUNT(*) FROM jobs GROUP BY state", [], doing).await? {
            let name: String = row.try_get_by_index(0).doing(doing)?;
            let count: i64 = row.try_get_by_index(1).doing(doing)?;
            let state = word(TABLE, &"any", "state", &name, JobState::from_name)?;
            depth.push((state, from_column(TABLE, &"any", "count", count)?));
        }
        Ok(depth)
    }

    pub(super) async fn unfinished(&self) -> Result<u64, StoreError> {
        let doing = "counting unfinished jobs";
        let now = clock::now(&self.db).await?.millis();
        // What was scheduled and never tried is a timer.
        let sql = "SELECT COUNT(*) FROM jobs WHERE state <> 'parked' \
            AND NOT (state = 'scheduled' AND attempts = 0 AND due > $1)";
        let row = self.rows(sql, [now.into()], doing).await?.into_iter().next();
        let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0)).doing(doing)?;
        from_column(TABLE, &"any", "count", count)
    }
}

fn view(row: Model) -> Result<JobView, StoreError> {
    let state = word(TABLE, &row.id, "state", &row.state, JobState::from_name)?;
    let rank = from_column(TABLE, &row.id, "priority", row.priority)?;
    let priority = Priority::from_rank(rank)
        .ok_or_else(|| inconsistent(TABLE, &row.id, format!("`priority` is {}", row.priority)))?;
    let due = row.due.map(Timestamp::from_millis);
    let lease = match state {
        JobState::Leased => Some(LeaseView {
            until: promised(TABLE, &row.id, "due", due)?,
            since: row.since.map_or_else(|| Timestamp::from_millis(row.enqueued), Timestamp::from_millis),
            holder: row.holder.map(HolderId::new),
            canceled: row.canceled,
        }),
        _ => None,
    };
    Ok(JobView {
        id: JobId::new(row.id),
        organization: OrganizationId::new(row.organization),
        work: WorkKind::from_name(&row.work).map(|kind| Work::from_parts(kind, row.subject)),
        kind: row.work,
        subject: row.subject,
        priority,
        attempts: from_column(TABLE, &row.id, "attempts", row.attempts)?,
        enqueued: Timestamp::from_millis(row.enqueued),
        due: due.filter(|_| lease.is_none()),
        state,
        lease,
        last_words: row.last_words,
        group: row.parent.map(JobId::new),
        outstanding: from_column(TABLE, &row.id, "outstanding", row.outstanding)?,
    })
}
