//! Whose turn it is.

use super::TABLE;
use crate::convert::from_column;
use crate::entity::jobs::{Entity, Model};
use crate::error::Doing;
use crate::tx::SqlTx;
use core::fmt::Write as _;
use kinora_app::port::StoreError;
use kinora_domain::job::{LeasedJob, MAX_ATTEMPTS, Work, WorkKind};
use kinora_domain::{HolderId, JobId, LeaseToken, OrganizationId, Timestamp};
use sea_orm::EntityTrait;
use uuid::Uuid;

/// Of one kind and priority: the organizations that have ready jobs, each found by one step in the index
/// past all jobs of the one before, and of the organization that has the fewest leased jobs, the first.
fn line(leased_kinds: &str) -> String {
    format!(
        "WITH RECURSIVE lines(organization) AS ( \
            SELECT (SELECT organization FROM jobs WHERE state = 'ready' AND work = $1 AND priority = $2 \
                ORDER BY organization LIMIT 1) \
            UNION ALL \
            SELECT (SELECT j.organization FROM jobs j WHERE j.state = 'ready' AND j.work = $1 AND j.priority = $2 \
                AND j.organization > lines.organization ORDER BY j.organization LIMIT 1) \
            FROM lines WHERE lines.organization IS NOT NULL \
        ), heads AS ( \
            SELECT lines.organization AS organization, (SELECT j.turn FROM jobs j WHERE j.state = 'ready' \
                AND j.work = $1 AND j.priority = $2 AND j.organization = lines.organization \
                ORDER BY j.turn LIMIT 1) AS turn \
            FROM lines WHERE lines.organization IS NOT NULL \
        ), busy AS ( \
            SELECT organization, COUNT(*) AS leased FROM jobs \
            WHERE state = 'leased' AND work IN ({leased_kinds}) GROUP BY organization \
        ), first AS ( \
            SELECT heads.organization AS organization, heads.turn AS turn, COALESCE(busy.leased, 0) AS leased \
            FROM heads LEFT JOIN busy ON busy.organization = heads.organization \
            ORDER BY COALESCE(busy.leased, 0), heads.turn LIMIT 1 \
        ) \
        SELECT first.leased, first.turn, (SELECT j.id FROM jobs j WHERE j.state = 'ready' AND j.work = $1 \
            AND j.priority = $2 AND j.organization = first.organization AND j.turn = first.turn \
            ORDER BY j.id LIMIT 1) \
        FROM first"
    )
}

/// The names of kinds as a list of SQL; they are ours, and words.
fn names(kinds: &[WorkKind]) -> String {
    kinds.iter().map(|kind| format!("'{}'", kind.name())).collect::<Vec<_>>().join(", ")
}

impl SqlTx {
    /// The ready job of those kinds whose turn it is.
    pub(super) async fn next_in_line(&self, kinds: &[WorkKind]) -> Result<Option<Uuid>, StoreError> {
        let doing = "looking for a job";
        let ranks = self.best_priorities(kinds).await?;
        let Some(best) = ranks.iter().map(|(_, rank)| *rank).min() else { return Ok(None) };
        let line = line(&names(kinds));
        let mut first: Option<(i64, i64, Uuid)> = None;
        for (kind, _) in ranks.into_iter().filter(|(_, rank)| *rank == best) {
            let rows = self.rows(&line, [kind.name().into(), best.into()], doing).await?;
            for row in rows {
                let leased = row.try_get_by_index(0).doing(doing)?;
                let turn = row.try_get_by_index(1).doing(doing)?;
                let id = row.try_get_by_index(2).doing(doing)?;
                let head = (leased, turn, id);
                first = Some(first.map_or(head, |other| Ord::min(other, head)));
            }
        }
        Ok(first.map(|(_, _, id)| id))
    }

    /// The best rank among the ready jobs of each kind that has any.
    async fn best_priorities(&self, kinds: &[WorkKind]) -> Result<Vec<(WorkKind, i64)>, StoreError> {
        let doing = "looking for the priority of the next job";
        let mut sql = String::new();
        for (number, kind) in kinds.iter().enumerate() {
            let union = if number == 0 { "" } else { " UNION ALL " };
            let name = kind.name();
            write!(
                sql,
                "{union}SELECT {number} AS kind, (SELECT priority FROM jobs WHERE state = 'ready' AND work = '{name}' \
                 ORDER BY priority LIMIT 1) AS priority"
            )
            .unwrap_or_default();
        }
        if sql.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for row in self.rows(&sql, [], doing).await? {
            let number: i32 = row.try_get_by_index(0).doing(doing)?;
            let rank: Option<i64> = row.try_get_by_index(1).doing(doing)?;
            let kind = usize::try_from(number).ok().and_then(|number| kinds.get(number).copied());
            found.extend(kind.zip(rank));
        }
        Ok(found)
    }

    /// Leases a ready job; `None` when another worker was quicker.
    pub(super) async fn lease_to(
        &self,
        id: Uuid,
        (token, holder): (LeaseToken, HolderId),
        now: Timestamp,
        lease_ms: i64,
    ) -> Result<Option<LeasedJob>, StoreError> {
        let until = now.plus_millis(lease_ms);
        let sql = "UPDATE jobs SET state = 'leased', attempts = attempts + 1, due = $2, since = $3, token = $4, \
                   holder = $5 WHERE id = $1 AND state = 'ready'";
        let values = [id.into(), until.millis().into(), now.millis().into(), token.uuid().into(), holder.uuid().into()];
        if self.run(sql, values, "leasing a job").await? == 0 {
            return Ok(None);
        }
        let row: Option<Model> = Entity::find_by_id(id).one(&self.db).await.doing("loading a leased job")?;
        let Some(row) = row else { return Ok(None) };
        let Some(kind) = WorkKind::from_name(&row.work) else { return Ok(None) };
        let attempt: u32 = from_column(TABLE, &row.id, "attempts", row.attempts)?;
        Ok(Some(LeasedJob {
            id: JobId::new(row.id),
            organization: OrganizationId::new(row.organization),
            work: Work::from_parts(kind, row.subject),
            attempt,
            token,
            until,
            spent: attempt > MAX_ATTEMPTS,
            last_words: row.last_words,
        }))
    }
}
