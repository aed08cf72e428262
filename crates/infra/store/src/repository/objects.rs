//! Objects: how many things refer to each.

use crate::convert::{inconsistent, to_column};
use crate::entity::objects;
use crate::error::Doing;
use crate::listing;
use crate::tx::SqlTx;
use async_trait::async_trait;
use kinora_app::port::{Objects, StoreError};
use kinora_domain::ObjectId;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

const TABLE: &str = "objects";
/// Spelled as the index of unreferenced objects spells it, without which the planner would not take it.
const UNREFERENCED: &str = "refs = 0";

#[async_trait]
impl Objects for SqlTx {
    async fn insert_object(&mut self, id: ObjectId, size: u64) -> Result<(), StoreError> {
        let row = objects::Model { id: id.uuid(), size: to_column(TABLE, &id, size)?, refs: 1 };
        objects::Entity::insert(row.into_active_model())
            .exec_without_returning(&self.db)
            .await
            .doing("inserting an object")?;
        Ok(())
    }

    async fn retain_object(&mut self, id: ObjectId) -> Result<bool, StoreError> {
        self.count_object(id, 1).await
    }

    async fn release_object(&mut self, id: ObjectId) -> Result<(), StoreError> {
        if self.count_object(id, -1).await? {
            return Ok(());
        }
        Err(inconsistent(TABLE, &id, "a reference to it is to go, but it has none"))
    }

    async fn unreferenced_objects(&mut self, limit: u64) -> Result<Vec<ObjectId>, StoreError> {
        let ids: Vec<Uuid> = objects::Entity::find()
            .select_only()
            .column(objects::Column::Id)
            .filter(Expr::cust(UNREFERENCED))
            .order_by_asc(objects::Column::Id)
            .limit(listing::limit(limit))
            .into_tuple()
            .all(&self.db)
            .await
            .doing("listing objects without references")?;
        Ok(ids.into_iter().map(ObjectId::new).collect())
    }

    async fn delete_object(&mut self, id: ObjectId) -> Result<(), StoreError> {
        let deleted = objects::Entity::delete_many()
            .filter(objects::Column::Id.eq(id.uuid()))
            .filter(Expr::cust(UNREFERENCED))
            .exec(&self.db)
            .await
            .doing("deleting an object")?;
        if deleted.rows_affected == 1 {
            return Ok(());
        }
        match objects::Entity::find_by_id(id.uuid()).one(&self.db).await.doing("loading an object")? {
            None => Ok(()),
            Some(row) => {
                Err(inconsistent(TABLE, &id, format!("it is to be forgotten, but has {} references", row.refs)))
            }
        }
    }

    async fn object_ids(&mut self) -> Result<Vec<ObjectId>, StoreError> {
        let ids: Vec<Uuid> = objects::Entity::find()
            .select_only()
            .column(objects::Column::Id)
            .order_by_asc(objects::Column::Id)
            .into_tuple()
            .all(&self.db)
            .await
            .doing("listing objects")?;
        Ok(ids.into_iter().map(ObjectId::new).collect())
    }
}

impl SqlTx {
    /// Adds to the references of an object that still has one; `false` when there is none such.
    async fn count_object(&self, id: ObjectId, by: i64) -> Result<bool, StoreError> {
        let counted = objects::Entity::update_many()
            .col_expr(objects::Column::Refs, Expr::col(objects::Column::Refs).add(by))
            .filter(objects::Column::Id.eq(id.uuid()))
            .filter(objects::Column::Refs.gt(0))
            .exec(&self.db)
            .await
            .doing("counting the references of an object")?;
        Ok(counted.rows_affected == 1)
    }
}
