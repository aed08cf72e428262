//! Announced videos and the blocks that they are uploaded in.

use super::intake_row;
use crate::convert::{from_column, inconsistent};
use crate::entity::{assets, intake_blocks, intake_stretches, intakes};
use crate::error::Doing;
use crate::listing;
use crate::tx::SqlTx;
use async_trait::async_trait;
use kinora_app::port::{Intakes, StoreError};
use kinora_domain::block::{Block, BlockName, Waiting};
use kinora_domain::intake::{Intake, Stretch};
use kinora_domain::{AssetId, ObjectId, OrganizationId, Timestamp};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, OnConflict, Query};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

/// Rows of one statement: their values stay below the number that SQLite takes.
const ROWS: usize = 1_000;

#[async_trait]
impl Intakes for SqlTx {
    async fn insert_intake(&mut self, intake: &Intake) -> Result<(), StoreError> {
        intakes::Entity::insert(intake_row::to_row(intake)?.into_active_model())
            .exec_without_returning(&self.db)
            .await
            .doing("inserting an intake")?;
        Ok(())
    }

    async fn intake(&mut self, organization: OrganizationId, id: AssetId) -> Result<Option<Intake>, StoreError> {
        let find = intakes::Entity::find_by_id(id.uuid()).filter(intakes::Column::Organization.eq(organization.uuid()));
        find.one(&self.db).await.doing("loading an intake")?.map(intake_row::from_row).transpose()
    }

    async fn intake_of_anyone(&mut self, id: AssetId) -> Result<Option<Intake>, StoreError> {
        let find = intakes::Entity::find_by_id(id.uuid());
        find.one(&self.db).await.doing("loading an intake")?.map(intake_row::from_row).transpose()
    }

    async fn update_intake(&mut self, intake: &Intake) -> Result<(), StoreError> {
        let row = intake_row::to_row(intake)?;
        let columns = intakes::ActiveModel {
            name: Set(row.name),
            preset: Set(row.preset),
            content_key: Set(row.content_key),
            status: Set(row.status),
            tag: Set(row.tag),
            size: Set(row.size),
            written: Set(row.written),
            file: Set(row.file),
            failure_reason: Set(row.failure_reason),
            failure_message: Set(row.failure_message),
            modified: Set(row.modified),
            ..intakes::ActiveModel::default()
        };
        let result = intakes::Entity::update_many()
            .set(columns)
            .filter(intakes::Column::Id.eq(intake.id.uuid()))
            .exec(&self.db)
            .await
            .doing("updating an intake")?;
        if result.rows_affected == 0 {
            return Err(inconsistent(intake_row::TABLE, &intake.id, "it is to be updated, but is not there"));
        }
        Ok(())
    }

    async fn delete_intake(&mut self, id: AssetId) -> Result<(), StoreError> {
        // Its blocks go with it.
        intakes::Entity::delete_by_id(id.uuid()).exec(&self.db).await.doing("deleting an intake")?;
        Ok(())
    }

    async fn awaited_intakes(
        &mut self,
        organization: OrganizationId,
        before: Option<AssetId>,
        limit: u64,
    ) -> Result<Vec<Intake>, StoreError> {
        let asset = Query::select()
            .expr(Expr::val(1))
            .from(assets::Entity)
            .and_where(Expr::col((assets::Entity, assets::Column::Id)).equals((intakes::Entity, intakes::Column::Id)))
            .take();
        let mut find = intakes::Entity::find()
            .filter(intakes::Column::Organization.eq(organization.uuid()))
            .filter(Expr::exists(asset).not());
        if let Some(before) = before {
            find = find.filter(intakes::Column::Id.lt(before.uuid()));
        }
        let rows = find
            .order_by_desc(intakes::Column::Id)
            .limit(listing::limit(limit))
            .all(&self.db)
            .await
            .doing("listing intakes")?;
        rows.into_iter().map(intake_row::from_row).collect()
    }

    async fn stale_intakes(&mut self, moment: Timestamp, limit: u64) -> Result<Vec<Intake>, StoreError> {
        let rows = intakes::Entity::find()
            // Spelled as the index of open intakes spells it, without which the planner would not take it.
            .filter(Expr::cust("status = 'open'"))
            .filter(intakes::Column::Modified.lt(moment.millis()))
            .order_by_asc(intakes::Column::Modified)
            .order_by_asc(intakes::Column::Id)
            .limit(listing::limit(limit))
            .all(&self.db)
            .await
            .doing("listing stale intakes")?;
        rows.into_iter().map(intake_row::from_row).collect()
    }

    async fn put_block(&mut self, id: AssetId, block: &Block) -> Result<Option<ObjectId>, StoreError> {
        let before = intake_blocks::Entity::find_by_id((id.uuid(), block.name.as_str().to_owned()))
            .one(&self.db)
            .await
            .doing("looking for a block")?;
        let in_place = OnConflict::columns([intake_blocks::Column::Intake, intake_blocks::Column::Name])
            .update_columns([intake_blocks::Column::Object, intake_blocks::Column::Size])
            .to_owned();
        intake_blocks::Entity::insert(intake_row::to_block_row(id, block)?.into_active_model())
            .on_conflict(in_place)
            .exec_without_returning(&self.db)
            .await
            .doing("storing a block")?;
        Ok(before.map(|row| ObjectId::new(row.object)))
    }

    async fn waiting(&mut self, id: AssetId) -> Result<Waiting, StoreError> {
        let bytes = intake_blocks::Column::Size.sum().cast_as(Alias::new("bigint"));
        let found: Option<(i64, Option<i64>)> = intake_blocks::Entity::find()
            .select_only()
            .column_as(intake_blocks::Column::Name.count(), "count")
            .column_as(bytes, "bytes")
            .filter(intake_blocks::Column::Intake.eq(id.uuid()))
            .into_tuple()
            .one(&self.db)
            .await
            .doing("counting blocks")?;
        let (count, bytes) = found.unwrap_or((0, None));
        Ok(Waiting {
            count: from_column(intake_row::TABLE, &id, "count", count)?,
            bytes: from_column(intake_row::TABLE, &id, "bytes", bytes.unwrap_or(0))?,
        })
    }

    async fn waiting_blocks(&mut self, id: AssetId) -> Result<Vec<Block>, StoreError> {
        let rows = intake_blocks::Entity::find()
            .filter(intake_blocks::Column::Intake.eq(id.uuid()))
            .order_by_asc(intake_blocks::Column::Name)
            .all(&self.db)
            .await
            .doing("loading the blocks of an intake")?;
        rows.iter().map(intake_row::from_block_row).collect()
    }

    async fn any_block(&mut self, id: AssetId) -> Result<Option<BlockName>, StoreError> {
        let waiting = intake_blocks::Entity::find().filter(intake_blocks::Column::Intake.eq(id.uuid()));
        if let Some(row) = waiting.one(&self.db).await.doing("looking for a block")? {
            return intake_row::from_block_row(&row).map(|block| Some(block.name));
        }
        let ordered = intake_stretches::Entity::find().filter(intake_stretches::Column::Intake.eq(id.uuid()));
        let row = ordered.one(&self.db).await.doing("looking for a block")?;
        Ok(row.map(intake_row::from_stretch_row).transpose()?.and_then(|stretch| stretch.name))
    }

    async fn stretches(&mut self, id: AssetId) -> Result<Vec<Stretch>, StoreError> {
        let rows = intake_stretches::Entity::find()
            .filter(intake_stretches::Column::Intake.eq(id.uuid()))
            .order_by_asc(intake_stretches::Column::Position)
            .all(&self.db)
            .await
            .doing("loading the content of an intake")?;
        rows.into_iter().map(intake_row::from_stretch_row).collect()
    }

    async fn put_stretches(&mut self, id: AssetId, stretches: &[Stretch]) -> Result<(), StoreError> {
        intake_blocks::Entity::delete_many()
            .filter(intake_blocks::Column::Intake.eq(id.uuid()))
            .exec(&self.db)
            .await
            .doing("forgetting the blocks of an intake")?;
        intake_stretches::Entity::delete_many()
            .filter(intake_stretches::Column::Intake.eq(id.uuid()))
            .exec(&self.db)
            .await
            .doing("forgetting the content of an intake")?;
        let mut position = 0;
        for some in stretches.chunks(ROWS) {
            let mut rows = Vec::with_capacity(some.len());
            for stretch in some {
                rows.push(intake_row::to_stretch_row(id, position, stretch)?.into_active_model());
                position += 1;
            }
            intake_stretches::Entity::insert_many(rows)
                .exec_without_returning(&self.db)
                .await
                .doing("storing the content of an intake")?;
        }
        Ok(())
    }
}
