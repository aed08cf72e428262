//! What time alone changes.

use crate::error::Doing;
use crate::tx::SqlTx;
use kinora_app::port::StoreError;
use kinora_domain::Timestamp;
use kinora_domain::job::{MAX_ATTEMPTS, MAX_BURIALS};

/// Last words of a job whose attempt never came back and said nothing before.
const WENT_AWAY: &str = "the worker went away in the middle of the work";

/// Timers that go off in one transaction at most: a claim does not hold up others for long.
const AT_ONCE: i64 = 1_000;

/// Whether there is anything to do: nearly always there is not.
const DUE: &str = "\
    SELECT CASE WHEN EXISTS (SELECT 1 FROM jobs WHERE state = 'leased' AND (due <= $1 OR since > $1)) \
        OR EXISTS (SELECT 1 FROM jobs WHERE state = 'scheduled' AND due <= $1) \
        OR EXISTS (SELECT 1 FROM jobs WHERE state = 'scheduled' AND since IS NOT NULL AND since > $1) \
    THEN 1 ELSE 0 END";

/// A wait that began in the future began before the clock was set back: it begins anew. So it takes
/// its own length at most, and not the hour longer by which the clock was set back.
const RESTART_LEASES: &str = "\
    UPDATE jobs SET due = $1 + (due - since), since = $1 WHERE state = 'leased' AND since > $1";
const RESTART_TIMERS: &str = "\
    UPDATE jobs SET due = $1 + (due - since), since = $1 \
    WHERE state = 'scheduled' AND since IS NOT NULL AND since > $1";

const DROP_CANCELED: &str = "DELETE FROM jobs WHERE state = 'leased' AND canceled AND due <= $1 RETURNING parent";

/// The worker went away. The job is ready in its old place; after too many claims, it is parked.
const END_LEASES: &str = "\
    UPDATE jobs SET state = CASE WHEN attempts < $2 THEN 'ready' ELSE 'parked' END, \
        due = NULL, since = NULL, token = NULL, holder = NULL, last_words = COALESCE(last_words, $3) \
    WHERE state = 'leased' AND due <= $1 RETURNING id, state";

const GO_OFF: &str = "\
    UPDATE jobs SET state = 'ready', due = NULL, since = NULL WHERE id IN \
        (SELECT id FROM jobs WHERE state = 'scheduled' AND due <= $1 ORDER BY due LIMIT $2)";

impl SqlTx {
    pub(super) async fn settle(&self, now: Timestamp) -> Result<(), StoreError> {
        let doing = "settling what time has changed in the queue";
        let at = now.millis();
        let due = self.rows(DUE, [at.into()], doing).await?;
        let is_due = match due.first() {
            Some(row) => row.try_get_by_index::<i32>(0).doing(doing)? == 1,
            None => false,
        };
        if !is_due {
            return Ok(());
        }
        self.run(RESTART_LEASES, [at.into()], doing).await?;
        self.run(RESTART_TIMERS, [at.into()], doing).await?;
        let dropped = self.rows(DROP_CANCELED, [at.into()], doing).await?;
        self.free_places(&dropped).await?;
        let claims = i64::from(MAX_ATTEMPTS.saturating_add(MAX_BURIALS));
        for row in self.rows(END_LEASES, [at.into(), claims.into(), WENT_AWAY.into()], doing).await? {
            let id: uuid::Uuid = row.try_get_by_index(0).doing(doing)?;
            let state: String = row.try_get_by_index(1).doing(doing)?;
            if state == "parked" {
                tracing::error!(job.id = %id, "a job was parked: its workers went away at every attempt");
            } else {
                tracing::warn!(job.id = %id, "the lease of a job ended: its worker went away");
            }
        }
        self.run(GO_OFF, [at.into(), AT_ONCE.into()], doing).await?;
        Ok(())
    }
}
