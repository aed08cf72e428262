//! New jobs, children and joins.

use super::TABLE;
use crate::clock;
use crate::convert::inconsistent;
use crate::error::Doing;
use crate::tx::SqlTx;
use kinora_app::port::StoreError;
use kinora_domain::JobId;
use kinora_domain::job::{Due, JobState, NewJob};

/// Work that waits or runs already is not queued twice: whoever does it acts on the state it finds. The
/// condition is spelled as the index of it spells it.
const INSERT: &str = "\
    INSERT INTO jobs (id, organization, work, subject, state, priority, turn, attempts, due, since, \
        canceled, parent, outstanding, unborn, enqueued) \
    VALUES ($1, $2, $3, $4, $5, $6, (SELECT COALESCE(MAX(turn), 0) + 1 FROM jobs), 0, $7, $8, \
        FALSE, $9, $10, $10, $11) \
    ON CONFLICT (work, subject) WHERE state <> 'parked' AND NOT canceled DO NOTHING";

impl SqlTx {
    pub(super) async fn enqueue_job(&self, job: &NewJob) -> Result<bool, StoreError> {
        let now = clock::now(&self.db).await?.millis();
        let (due, since) = match job.due {
            Due::Now => (None, None),
            Due::At(moment) => (Some(moment.millis()), None),
            Due::After(millis) => (Some(now.saturating_add(millis)), Some(now)),
        };
        let state = match due {
            _ if job.waits_for > 0 => JobState::Waiting,
            Some(due) if due > now => JobState::Scheduled,
            _ => JobState::Ready,
        };
        if let Some(join) = job.group {
            self.take_place(join, job.id).await?;
        }
        let inserted = self
            .run(
                INSERT,
                [
                    job.id.uuid().into(),
                    job.organization.uuid().into(),
                    job.work.kind().name().into(),
                    job.work.subject().into(),
                    state.name().into(),
                    i64::from(job.priority.rank()).into(),
                    due.into(),
                    since.into(),
                    job.group.map(JobId::uuid).into(),
                    i64::from(job.waits_for).into(),
                    now.into(),
                ],
                "enqueuing a job",
            )
            .await?;
        if inserted == 0
            && let Some(join) = job.group
        {
            self.free_place(join.uuid()).await?;
        }
        Ok(inserted == 1)
    }

    /// One of the children that a join waits for is there now.
    async fn take_place(&self, join: JobId, child: JobId) -> Result<(), StoreError> {
        let sql = "UPDATE jobs SET unborn = unborn - 1 WHERE id = $1 AND state = 'waiting' AND unborn > 0";
        if self.run(sql, [join.uuid().into()], "adding a child to its join").await? == 1 {
            return Ok(());
        }
        Err(inconsistent(TABLE, &child, format!("it is to be a child of {join}, which waits for no further one")))
    }

    /// A child of a join that still waits is gone without being done.
    pub(super) async fn free_place(&self, join: uuid::Uuid) -> Result<(), StoreError> {
        let sql = "UPDATE jobs SET unborn = unborn + 1 WHERE id = $1 AND state = 'waiting' AND unborn < outstanding";
        self.run(sql, [join.into()], "taking a child from its join").await?;
        Ok(())
    }

    /// Frees the places of the children that a `DELETE ... RETURNING parent` removed.
    pub(super) async fn free_places(&self, removed: &[sea_orm::QueryResult]) -> Result<(), StoreError> {
        for row in removed {
            let join: Option<uuid::Uuid> = row.try_get_by_index(0).doing("reading the join of a job")?;
            if let Some(join) = join {
                self.free_place(join).await?;
            }
        }
        Ok(())
    }
}
