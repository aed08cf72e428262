//! What a holder does with its job; each write is fenced by the token.

use crate::clock;
use crate::error::Doing;
use crate::tx::SqlTx;
use kinora_app::port::StoreError;
use kinora_domain::job::{AfterFailure, Beat, bounded_words};
use kinora_domain::{HolderId, JobId, LeaseToken};
use uuid::Uuid;

/// The child that is done last makes its join ready, or lets it wait for its moment.
const COUNT_CHILD: &str = "\
    UPDATE jobs SET outstanding = outstanding - 1, \
        state = CASE WHEN outstanding > 1 THEN 'waiting' WHEN due > $2 THEN 'scheduled' ELSE 'ready' END \
    WHERE id = $1 AND state = 'waiting' AND outstanding > unborn";

impl SqlTx {
    pub(super) async fn lease_state(&self, id: JobId, token: LeaseToken) -> Result<Beat, StoreError> {
        let doing = "looking after a lease";
        let sql = "SELECT canceled FROM jobs WHERE id = $1 AND token = $2 AND state = 'leased'";
        let rows = self.rows(sql, [id.uuid().into(), token.uuid().into()], doing).await?;
        let Some(row) = rows.first() else { return Ok(Beat::Lost) };
        let canceled: bool = row.try_get_by_index(0).doing(doing)?;
        Ok(if canceled { Beat::Canceled } else { Beat::Held })
    }

    pub(super) async fn extend_lease(&self, id: JobId, token: LeaseToken, lease_ms: i64) -> Result<Beat, StoreError> {
        let now = clock::now(&self.db).await?;
        let sql = "UPDATE jobs SET due = $3, since = $4 \
                   WHERE id = $1 AND token = $2 AND state = 'leased' AND NOT canceled";
        let values =
            [id.uuid().into(), token.uuid().into(), now.plus_millis(lease_ms).millis().into(), now.millis().into()];
        match self.run(sql, values, "extending a lease").await? {
            0 => self.lease_state(id, token).await,
            _ => Ok(Beat::Held),
        }
    }

    pub(super) async fn complete_job(&self, id: JobId, token: LeaseToken) -> Result<bool, StoreError> {
        let doing = "completing a job";
        let sql = "DELETE FROM jobs WHERE id = $1 AND token = $2 AND state = 'leased' AND NOT canceled \
                   RETURNING parent";
        let rows = self.rows(sql, [id.uuid().into(), token.uuid().into()], doing).await?;
        let Some(row) = rows.first() else { return Ok(false) };
        let join: Option<Uuid> = row.try_get_by_index(0).doing(doing)?;
        if let Some(join) = join {
            let now = clock::now(&self.db).await?.millis();
            self.run(COUNT_CHILD, [join.into(), now.into()], "counting a child of a join").await?;
        }
        Ok(true)
    }

    pub(super) async fn fail_job(
        &self,
        id: JobId,
        token: LeaseToken,
        after: AfterFailure,
        words: &str,
    ) -> Result<bool, StoreError> {
        let (state, due, since) = match after {
            AfterFailure::Park => ("parked", None, None),
            AfterFailure::RetryAfter(millis) if millis <= 0 => ("ready", None, None),
            AfterFailure::RetryAfter(millis) => {
                let now = clock::now(&self.db).await?;
                ("scheduled", Some(now.plus_millis(millis).millis()), Some(now.millis()))
            }
        };
        let sql = "UPDATE jobs SET state = $3, due = $4, since = $5, token = NULL, holder = NULL, last_words = $6 \
                   WHERE id = $1 AND token = $2 AND state = 'leased' AND NOT canceled";
        let words = bounded_words(words);
        let values = [id.uuid().into(), token.uuid().into(), state.into(), due.into(), since.into(), words.into()];
        Ok(self.run(sql, values, "keeping why a job failed").await? == 1)
    }

    pub(super) async fn drop_canceled_job(&self, id: JobId, token: LeaseToken) -> Result<bool, StoreError> {
        let sql = "DELETE FROM jobs WHERE id = $1 AND token = $2 AND state = 'leased' AND canceled RETURNING parent";
        let removed = self.rows(sql, [id.uuid().into(), token.uuid().into()], "dropping a canceled job").await?;
        self.free_places(&removed).await?;
        Ok(!removed.is_empty())
    }

    pub(super) async fn lease_holders(&self) -> Result<Vec<HolderId>, StoreError> {
        let doing = "listing who holds leases";
        let sql = "SELECT DISTINCT holder FROM jobs WHERE state = 'leased' AND holder IS NOT NULL";
        let rows = self.rows(sql, [], doing).await?;
        rows.iter().map(|row| row.try_get_by_index(0).map(HolderId::new).doing(doing)).collect()
    }

    /// Their jobs are taken up by the next claim, like those of any lease that ended.
    pub(super) async fn end_leases_of(&self, holder: HolderId) -> Result<u64, StoreError> {
        // Without a beginning, so that no clock that is set back lets it run on.
        let sql = "UPDATE jobs SET due = $2, since = NULL WHERE state = 'leased' AND holder = $1";
        self.run(sql, [holder.uuid().into(), i64::MIN.into()], "ending the leases of a process that is gone").await
    }
}
