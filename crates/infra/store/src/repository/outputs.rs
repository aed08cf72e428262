//! Outputs of assets, their renditions and chunks.

use super::output_row;
use crate::convert::{bound, from_column, inconsistent};
use crate::entity::{chunks, outputs, rendition_parts, renditions, tracks};
use crate::error::Doing;
use crate::tx::SqlTx;
use async_trait::async_trait;
use kinora_app::port::{Amount, Outputs, StoreError, StoredChunk};
use kinora_domain::output::{Output, Part, Rendition};
use kinora_domain::{AssetId, ChunkId, OutputId, RenditionId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter, QueryOrder, QuerySelect, Select};

#[async_trait]
impl Outputs for SqlTx {
    async fn insert_output(&mut self, output: &Output) -> Result<(), StoreError> {
        outputs::Entity::insert(output_row::to_row(output)?.into_active_model())
            .exec_without_returning(&self.db)
            .await
            .doing("inserting an output")?;
        Ok(())
    }

    async fn output(&mut self, id: OutputId) -> Result<Option<Output>, StoreError> {
        let select = outputs::Entity::find_by_id(id.uuid()).lock_exclusive();
        let row = select.one(&self.db).await.doing("loading an output")?;
        row.map(output_row::from_row).transpose()
    }

    async fn outputs(&mut self, asset: AssetId) -> Result<Vec<Output>, StoreError> {
        let columns = outputs::Column::iter().filter(|column| !matches!(column, outputs::Column::Plan));
        let rows = outputs::Entity::find()
            .select_only()
            .columns(columns)
            .column_as(Expr::cust("CAST(NULL AS TEXT)"), "plan")
            .filter(outputs::Column::Asset.eq(asset.uuid()))
            // That of the asset's own preset comes first, also where another was added in the same millisecond.
            .order_by_asc(Expr::col(outputs::Column::Name).is_not_null())
            .order_by_asc(outputs::Column::Created)
            .order_by_asc(outputs::Column::Id)
            .all(&self.db)
            .await
            .doing("loading the outputs of an asset")?;
        rows.into_iter().map(output_row::from_row).collect()
    }

    async fn update_output(&mut self, output: &Output) -> Result<(), StoreError> {
        let state = output_row::state_columns(&output.state);
        let columns = outputs::ActiveModel {
            status: Set(state.status),
            since: Set(state.since),
            failure_reason: Set(state.failure_reason),
            failure_message: Set(state.failure_message),
            plan: Set(output_row::plan_column(output)?),
            modified: Set(output.modified.millis()),
            ..outputs::ActiveModel::default()
        };
        let result = outputs::Entity::update_many()
            .set(columns)
            .filter(outputs::Column::Id.eq(output.id.uuid()))
            .exec(&self.db)
            .await
            .doing("updating an output")?;
        if result.rows_affected == 0 {
            return Err(inconsistent(output_row::TABLE, &output.id, "it is to be updated, but is not there"));
        }
        Ok(())
    }

    async fn delete_output(&mut self, id: OutputId) -> Result<(), StoreError> {
        // Renditions, parts and chunks go with it.
        outputs::Entity::delete_by_id(id.uuid()).exec(&self.db).await.doing("deleting an output")?;
        Ok(())
    }

    async fn insert_rendition(&mut self, rendition: &Rendition) -> Result<(), StoreError> {
        renditions::Entity::insert(output_row::to_rendition_row(rendition)?.into_active_model())
            .exec_without_returning(&self.db)
            .await
            .doing("inserting a rendition")?;
        Ok(())
    }

    async fn rendition(&mut self, id: RenditionId) -> Result<Option<Rendition>, StoreError> {
        let row = renditions::Entity::find_by_id(id.uuid()).one(&self.db).await.doing("loading a rendition")?;
        row.as_ref().map(output_row::from_rendition_row).transpose()
    }

    async fn renditions(&mut self, asset: AssetId) -> Result<Vec<Rendition>, StoreError> {
        let rows = renditions::Entity::find()
            .filter(renditions::Column::Asset.eq(asset.uuid()))
            .order_by_asc(renditions::Column::Position)
            .all(&self.db)
            .await
            .doing("loading the renditions of an asset")?;
        rows.iter().map(output_row::from_rendition_row).collect()
    }

    async fn delete_rendition(&mut self, id: RenditionId) -> Result<(), StoreError> {
        // Its parts go with it.
        renditions::Entity::delete_by_id(id.uuid()).exec(&self.db).await.doing("deleting a rendition")?;
        Ok(())
    }

    async fn seal_rendition(&mut self, id: RenditionId) -> Result<(), StoreError> {
        let whole = || larger(renditions::Column::DoneMs, Expr::col(renditions::Column::TotalMs));
        let sealed = renditions::Entity::update_many()
            .col_expr(renditions::Column::Sealed, Expr::val(1_i64))
            .col_expr(renditions::Column::DoneMs, whole())
            .col_expr(renditions::Column::TotalMs, whole())
            .filter(renditions::Column::Id.eq(id.uuid()))
            .exec(&self.db)
            .await
            .doing("sealing a rendition")?;
        if sealed.rows_affected == 0 {
            return Err(inconsistent(output_row::RENDITIONS, &id, "it is to be sealed, but is not there"));
        }
        rendition_parts::Entity::delete_many()
            .filter(rendition_parts::Column::Rendition.eq(id.uuid()))
            .exec(&self.db)
            .await
            .doing("deleting the parts of a rendition")?;
        Ok(())
    }

    async fn next_position(&mut self, asset: AssetId) -> Result<u32, StoreError> {
        const DOING: &str = "looking for the next position in an asset";
        let tracks = tracks::Entity::find().filter(tracks::Column::Asset.eq(asset.uuid()));
        let tracks = last(tracks, tracks::Column::Position).one(&self.db).await.doing(DOING)?.flatten();
        let renditions = renditions::Entity::find().filter(renditions::Column::Asset.eq(asset.uuid()));
        let renditions = last(renditions, renditions::Column::Position).one(&self.db).await.doing(DOING)?.flatten();
        let next = Ord::max(tracks, renditions).map_or(0, |position| position.saturating_add(1));
        from_column("assets", &asset, "next position", next)
    }

    async fn insert_part(&mut self, rendition: RenditionId, part: &Part) -> Result<(), StoreError> {
        rendition_parts::Entity::insert(output_row::to_part_row(rendition, part).into_active_model())
            .exec_without_returning(&self.db)
            .await
            .doing("inserting a part of a rendition")?;
        Ok(())
    }

    async fn rendition_parts(&mut self, rendition: RenditionId) -> Result<Vec<Part>, StoreError> {
        let rows = rendition_parts::Entity::find()
            .filter(rendition_parts::Column::Rendition.eq(rendition.uuid()))
            .order_by_asc(rendition_parts::Column::Number)
            .all(&self.db)
            .await
            .doing("loading the parts of a rendition")?;
        rows.iter().map(output_row::from_part_row).collect()
    }

    async fn report_rendition(&mut self, id: RenditionId, amount: Amount) -> Result<(), StoreError> {
        let (done, total) = (Expr::val(bound(amount.done)), Expr::val(bound(amount.total)));
        // What is sealed is done: who reports now is late. What is gone is of no interest to anyone.
        renditions::Entity::update_many()
            .col_expr(renditions::Column::DoneMs, larger(renditions::Column::DoneMs, done))
            .col_expr(renditions::Column::TotalMs, larger(renditions::Column::TotalMs, total))
            .filter(renditions::Column::Id.eq(id.uuid()))
            .filter(renditions::Column::Sealed.eq(0))
            .exec(&self.db)
            .await
            .doing("keeping how much of a rendition is done")?;
        Ok(())
    }

    async fn insert_chunk(&mut self, chunk: &StoredChunk) -> Result<(), StoreError> {
        chunks::Entity::insert(output_row::to_chunk_row(chunk)?.into_active_model())
            .exec_without_returning(&self.db)
            .await
            .doing("inserting a chunk")?;
        Ok(())
    }

    async fn chunk(&mut self, id: ChunkId) -> Result<Option<StoredChunk>, StoreError> {
        let row = chunks::Entity::find_by_id(id.uuid()).one(&self.db).await.doing("loading a chunk")?;
        row.as_ref().map(output_row::from_chunk_row).transpose()
    }

    async fn report_chunk(&mut self, id: ChunkId, done: u64) -> Result<(), StoreError> {
        let done = bound(done);
        // No more than there are: the rest would count for other chunks, and be taken back at the end.
        let counted = Expr::case(Expr::col(chunks::Column::Pictures).lt(done), Expr::col(chunks::Column::Pictures));
        chunks::Entity::update_many()
            .col_expr(chunks::Column::Done, counted.finally(done).into())
            .filter(chunks::Column::Id.eq(id.uuid()))
            .filter(chunks::Column::Done.lt(done))
            .exec(&self.db)
            .await
            .doing("keeping how much of a chunk is done")?;
        Ok(())
    }

    async fn finish_chunk(&mut self, id: ChunkId) -> Result<(), StoreError> {
        let finished = chunks::Entity::update_many()
            .col_expr(chunks::Column::Done, Expr::col(chunks::Column::Pictures))
            .col_expr(chunks::Column::Finished, Expr::val(1_i64))
            .filter(chunks::Column::Id.eq(id.uuid()))
            .exec(&self.db)
            .await
            .doing("finishing a chunk")?;
        if finished.rows_affected == 0 {
            return Err(inconsistent(output_row::CHUNKS, &id, "it is to be finished, but is not there"));
        }
        Ok(())
    }

    async fn amount(&mut self, output: OutputId) -> Result<Amount, StoreError> {
        let pictures = chunks::Entity::find().filter(chunks::Column::Output.eq(output.uuid()));
        let (rows, pictures) = self.sums(pictures, "done", "pictures", output).await?;
        if rows > 0 {
            return Ok(pictures);
        }
        let sound = renditions::Entity::find().filter(renditions::Column::Output.eq(output.uuid()));
        Ok(self.sums(sound, "done_ms", "total_ms", output).await?.1)
    }
}

impl SqlTx {
    /// How many rows there are, and the sums of two columns over them.
    async fn sums<E: EntityTrait>(
        &self,
        rows: Select<E>,
        done: &str,
        total: &str,
        output: OutputId,
    ) -> Result<(i64, Amount), StoreError> {
        // PostgreSQL's sums are of a type without bounds.
        let sum = |column| Expr::cust(format!("CAST(COALESCE(SUM({column}), 0) AS BIGINT)"));
        let sums: Option<(i64, i64, i64)> = rows
            .select_only()
            .expr(Expr::cust("COUNT(*)"))
            .expr(sum(done))
            .expr(sum(total))
            .into_tuple()
            .one(&self.db)
            .await
            .doing("adding up how much of an output is done")?;
        let (rows, sum_done, sum_total) = sums.unwrap_or_default();
        let amount = Amount {
            done: from_column(output_row::TABLE, &output, done, sum_done)?,
            total: from_column(output_row::TABLE, &output, total, sum_total)?,
        };
        Ok((rows, amount))
    }
}

/// What a column holds, or `other` where that is more: the databases name this function differently.
fn larger(column: renditions::Column, other: Expr) -> Expr {
    Expr::case(Expr::col(column).lt(other.clone()), other).finally(Expr::col(column)).into()
}

/// The largest position among those rows.
fn last<E: EntityTrait>(
    rows: Select<E>,
    position: E::Column,
) -> sea_orm::Selector<sea_orm::SelectGetableTuple<Option<i64>>> {
    rows.select_only().expr(position.max()).into_tuple()
}
