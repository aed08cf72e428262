//! Jobs that are not wanted any more, and parked ones that are wanted again.

use crate::error::Doing;
use crate::tx::SqlTx;
use kinora_app::port::StoreError;
use kinora_domain::JobId;
use kinora_domain::job::Work;
use uuid::Uuid;

/// A job, its children, theirs, and so on.
const TREE: &str = "\
    WITH RECURSIVE tree(id) AS ( \
        SELECT id FROM jobs WHERE id = $1 \
        UNION \
        SELECT child.id FROM jobs child JOIN tree ON child.parent = tree.id WHERE child.parent IS NOT NULL \
    )";

/// The fence of the index of unfinished work holds here, too: one of each at a time.
const REPLAY: &str = "\
    UPDATE jobs SET state = 'ready', attempts = 0, due = NULL, since = NULL \
    WHERE id = $1 AND state = 'parked' AND NOT EXISTS (SELECT 1 FROM jobs other \
        WHERE other.work = jobs.work AND other.subject = jobs.subject \
        AND other.state <> 'parked' AND NOT other.canceled)";

impl SqlTx {
    pub(super) async fn cancel_tree(&self, id: Uuid) -> Result<bool, StoreError> {
        let tell = format!(
            "{TREE} UPDATE jobs SET canceled = TRUE \
             WHERE id IN (SELECT id FROM tree) AND state = 'leased' AND NOT canceled"
        );
        let told = self.run(&tell, [id.into()], "canceling jobs under work").await?;
        // While the whole tree is there. Places are freed after it is gone: only joins outside of it count.
        let remove =
            format!("{TREE} DELETE FROM jobs WHERE id IN (SELECT id FROM tree) AND state <> 'leased' RETURNING parent");
        let removed = self.rows(&remove, [id.into()], "canceling jobs that wait").await?;
        self.free_places(&removed).await?;
        Ok(told > 0 || !removed.is_empty())
    }

    pub(super) async fn cancel_all_about(&self, work: Work) -> Result<bool, StoreError> {
        let doing = "looking for the jobs about something";
        let sql = "SELECT id FROM jobs WHERE subject = $1 AND work = $2";
        let mut any = false;
        for row in self.rows(sql, [work.subject().into(), work.kind().name().into()], doing).await? {
            any |= self.cancel_tree(row.try_get_by_index(0).doing(doing)?).await?;
        }
        Ok(any)
    }

    pub(super) async fn replay_job(&self, id: JobId) -> Result<bool, StoreError> {
        Ok(self.run(REPLAY, [id.uuid().into()], "replaying a job").await? == 1)
    }
}
