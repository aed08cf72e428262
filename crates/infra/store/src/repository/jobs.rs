//! The queue. Every write of a holder is fenced by its token; time is the database's.

use crate::clock;
use crate::convert::from_column;
use crate::entity::jobs::{ActiveModel, Column, Entity, Model};
use crate::error::Doing;
use crate::tx::SqlTx;
use async_trait::async_trait;
use kinora_app::port::{Jobs, StoreError};
use kinora_domain::job::{AfterFailure, LeasedJob, MAX_ATTEMPTS, Work};
use kinora_domain::{FileId, JobId, LeaseToken, OrganizationId, Timestamp, TrackId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, LockBehavior, LockType, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;

const TABLE: &str = "jobs";
const READY: &str = "ready";
const LEASED: &str = "leased";
const PARKED: &str = "parked";
// Spelled as the indexes of the queue spell them, without which the planner would not take those.
const UNFINISHED: &str = "state <> 'parked'";
const UNDER_LEASE: &str = "state = 'leased'";
/// Last words of a job whose last attempt never came back.
const WENT_AWAY: &str = "the worker went away in the middle of the work";
/// Last words of a job that was made by a program that knows more kinds of work.
const UNKNOWN: &str = "this version of the program does not know this kind of work";

#[async_trait]
impl Jobs for SqlTx {
    async fn enqueue(&mut self, id: JobId, organization: OrganizationId, work: Work) -> Result<(), StoreError> {
        let now = clock::now(&self.db).await?.millis();
        let (work, subject) = columns(work);
        let row = Model {
            id: id.uuid(),
            organization: organization.uuid(),
            work: work.to_owned(),
            subject,
            state: READY.to_owned(),
            attempts: 0,
            due: now,
            token: None,
            enqueued: now,
            last_words: None,
        };
        // Work that waits or runs already is not queued twice: whoever does it acts on the state it finds.
        let once = OnConflict::columns([Column::Work, Column::Subject])
            .target_and_where(Expr::cust(UNFINISHED))
            .do_nothing()
            .to_owned();
        Entity::insert(row.into_active_model())
            .on_conflict(once)
            .exec_without_returning(&self.db)
            .await
            .doing("enqueuing a job")?;
        Ok(())
    }

    async fn claim(&mut self, token: LeaseToken, lease_ms: i64) -> Result<Option<LeasedJob>, StoreError> {
        let now = clock::now(&self.db).await?;
        self.park_abandoned(now).await?;
        while let Some(row) = self.oldest_due(now).await? {
            let Some(work) = work(&row) else {
                tracing::error!(job = %row.id, work = row.work, "parking a job of a kind that is not known");
                let columns = ActiveModel { last_words: Set(Some(UNKNOWN.to_owned())), ..parked() };
                self.change(row.id, columns, "parking a job of an unknown kind").await?;
                continue;
            };
            let attempts = row.attempts.saturating_add(1);
            let until = now.plus_millis(lease_ms);
            let leased = ActiveModel {
                state: Set(LEASED.to_owned()),
                attempts: Set(attempts),
                due: Set(until.millis()),
                token: Set(Some(token.uuid())),
                ..ActiveModel::default()
            };
            self.change(row.id, leased, "leasing a job").await?;
            let attempt = from_column(TABLE, &row.id, "attempts", attempts)?;
            return Ok(Some(LeasedJob { id: JobId::new(row.id), work, attempt, token, until }));
        }
        Ok(None)
    }

    async fn extend(&mut self, id: JobId, token: LeaseToken, lease_ms: i64) -> Result<bool, StoreError> {
        let until = clock::now(&self.db).await?.plus_millis(lease_ms);
        let columns = ActiveModel { due: Set(until.millis()), ..ActiveModel::default() };
        self.change_leased(id, token, columns, "extending a lease").await
    }

    async fn complete(&mut self, id: JobId, token: LeaseToken) -> Result<bool, StoreError> {
        let deleted = Entity::delete_many().filter(held(id, token)).exec(&self.db).await.doing("completing a job")?;
        Ok(deleted.rows_affected == 1)
    }

    async fn fail(
        &mut self,
        id: JobId,
        token: LeaseToken,
        after: AfterFailure,
        words: &str,
    ) -> Result<bool, StoreError> {
        let columns = match after {
            AfterFailure::RetryAt(moment) => ActiveModel {
                state: Set(READY.to_owned()),
                due: Set(moment.millis()),
                token: Set(None),
                ..ActiveModel::default()
            },
            AfterFailure::Park => parked(),
        };
        let columns = ActiveModel { last_words: Set(Some(words.to_owned())), ..columns };
        self.change_leased(id, token, columns, "keeping why a job failed").await
    }

    async fn database_now(&mut self) -> Result<Timestamp, StoreError> {
        clock::now(&self.db).await
    }

    async fn unfinished_jobs(&mut self) -> Result<u64, StoreError> {
        Entity::find().filter(Expr::cust(UNFINISHED)).count(&self.db).await.doing("counting jobs")
    }
}

impl SqlTx {
    /// Parks the jobs whose last attempt ended with its lease: nobody is left to say so.
    async fn park_abandoned(&self, now: Timestamp) -> Result<(), StoreError> {
        let columns = ActiveModel { last_words: Set(Some(WENT_AWAY.to_owned())), ..parked() };
        let parked = Entity::update_many()
            .set(columns)
            .filter(Expr::cust(UNDER_LEASE))
            .filter(Column::Due.lte(now.millis()))
            .filter(Column::Attempts.gte(i64::from(MAX_ATTEMPTS)))
            .exec(&self.db)
            .await
            .doing("parking jobs whose worker went away")?;
        if parked.rows_affected > 0 {
            tracing::error!(jobs = parked.rows_affected, "parked jobs whose workers went away at every attempt");
        }
        Ok(())
    }

    /// The oldest job that is ready or whose lease ended. Where several may write at a time, each
    /// passes over what another is just taking.
    async fn oldest_due(&self, now: Timestamp) -> Result<Option<Model>, StoreError> {
        let mut select = Entity::find()
            .filter(Expr::cust(UNFINISHED))
            .filter(Column::Due.lte(now.millis()))
            .order_by_asc(Column::Enqueued)
            .order_by_asc(Column::Id)
            .limit(1);
        QueryTrait::query(&mut select).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        select.one(&self.db).await.doing("looking for a job")
    }

    async fn change(&self, id: Uuid, columns: ActiveModel, doing: &'static str) -> Result<(), StoreError> {
        Entity::update_many().set(columns).filter(Column::Id.eq(id)).exec(&self.db).await.doing(doing)?;
        Ok(())
    }

    async fn change_leased(
        &self,
        id: JobId,
        token: LeaseToken,
        columns: ActiveModel,
        doing: &'static str,
    ) -> Result<bool, StoreError> {
        let result = Entity::update_many().set(columns).filter(held(id, token)).exec(&self.db).await.doing(doing)?;
        Ok(result.rows_affected == 1)
    }
}

/// The fence: that job, as long as that token holds it.
fn held(id: JobId, token: LeaseToken) -> Condition {
    Condition::all().add(Column::Id.eq(id.uuid())).add(Column::Token.eq(token.uuid())).add(Column::State.eq(LEASED))
}

fn parked() -> ActiveModel {
    ActiveModel { state: Set(PARKED.to_owned()), token: Set(None), ..ActiveModel::default() }
}

const PROBE_FILE: &str = "probe_file";
const COPY_AUDIO: &str = "copy_audio";

fn columns(work: Work) -> (&'static str, Uuid) {
    match work {
        Work::ProbeFile(file) => (PROBE_FILE, file.uuid()),
        Work::CopyAudio(track) => (COPY_AUDIO, track.uuid()),
    }
}

fn work(row: &Model) -> Option<Work> {
    match row.work.as_str() {
        PROBE_FILE => Some(Work::ProbeFile(FileId::new(row.subject))),
        COPY_AUDIO => Some(Work::CopyAudio(TrackId::new(row.subject))),
        _ => None,
    }
}
