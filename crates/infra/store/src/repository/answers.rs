//! Answers that are given again when the same request comes again.

use crate::convert::{from_column, inconsistent};
use crate::entity::answers::{Column, Entity, Model};
use crate::error::Doing;
use crate::listing;
use crate::tx::SqlTx;
use async_trait::async_trait;
use kinora_app::port::{AnswerId, Answers, StoreError, StoredAnswer};
use kinora_domain::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

const TABLE: &str = "answers";

#[async_trait]
impl Answers for SqlTx {
    async fn answer(&mut self, id: &AnswerId) -> Result<Option<StoredAnswer>, StoreError> {
        let row = Entity::find_by_id((id.key.uuid(), id.organization.uuid(), id.word.clone()))
            .one(&self.db)
            .await
            .doing("loading an answer")?;
        row.map(|row| from_row(id, row)).transpose()
    }

    async fn put_answer(&mut self, answer: &StoredAnswer, over: Timestamp) -> Result<bool, StoreError> {
        let row = Model {
            key: answer.id.key.uuid(),
            organization: answer.id.organization.uuid(),
            word: answer.id.word.clone(),
            fingerprint: answer.fingerprint.to_vec(),
            status: answer.status.into(),
            body: answer.body.clone(),
            created: answer.created.millis(),
        };
        // One statement, so that of two processes only one stores its answer.
        let in_place = OnConflict::columns([Column::Key, Column::Organization, Column::Word])
            .update_columns([Column::Fingerprint, Column::Status, Column::Body, Column::Created])
            .action_and_where(Expr::col((Entity, Column::Created)).lt(over.millis()))
            .to_owned();
        let stored = Entity::insert(row.into_active_model())
            .on_conflict(in_place)
            .exec_without_returning(&self.db)
            .await
            .doing("storing an answer")?;
        Ok(stored > 0)
    }

    async fn delete_answers(&mut self, moment: Timestamp, limit: u64) -> Result<u64, StoreError> {
        let last: Option<i64> = Entity::find()
            .select_only()
            .column(Column::Created)
            .filter(Column::Created.lt(moment.millis()))
            .order_by_asc(Column::Created)
            .offset(listing::limit(limit.saturating_sub(1)))
            .limit(1)
            .into_tuple()
            .one(&self.db)
            .await
            .doing("looking for old answers")?;
        let old = match last {
            Some(last) => Column::Created.lte(last),
            None => Column::Created.lt(moment.millis()),
        };
        let deleted = Entity::delete_many().filter(old).exec(&self.db).await.doing("deleting old answers")?;
        Ok(deleted.rows_affected)
    }
}

fn from_row(id: &AnswerId, row: Model) -> Result<StoredAnswer, StoreError> {
    let fingerprint = <[u8; 32]>::try_from(row.fingerprint.as_slice()).map_err(|_length| {
        inconsistent(TABLE, &row.key, format!("`fingerprint` is {} bytes long", row.fingerprint.len()))
    })?;
    Ok(StoredAnswer {
        id: id.clone(),
        fingerprint,
        status: from_column(TABLE, &row.key, "status", row.status)?,
        body: row.body,
        created: Timestamp::from_millis(row.created),
    })
}
