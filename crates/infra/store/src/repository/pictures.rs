//! Pictures of assets that are kept.

use crate::convert::{from_column, to_column};
use crate::entity::pictures::{Column, Entity, Model};
use crate::error::Doing;
use crate::tx::SqlTx;
use async_trait::async_trait;
use kinora_app::port::{KeptPicture, KeptPictures, StoreError};
use kinora_domain::{AssetId, ObjectId, OutputId, Timestamp};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

const TABLE: &str = "pictures";

#[async_trait]
impl KeptPictures for SqlTx {
    async fn kept_picture(&mut self, asset: AssetId, name: &str) -> Result<Option<KeptPicture>, StoreError> {
        let row = Entity::find_by_id((asset.uuid(), name.to_owned())).one(&self.db).await.doing("loading a picture")?;
        row.map(from_row).transpose()
    }

    async fn keep_picture(&mut self, picture: &KeptPicture) -> Result<bool, StoreError> {
        let row = Model {
            asset: picture.asset.uuid(),
            name: picture.name.clone(),
            output: picture.output.uuid(),
            object: picture.object.uuid(),
            bytes: to_column(TABLE, &picture.name, picture.bytes)?,
            used: picture.used.millis(),
        };
        // One statement, so that of two processes only one stores its picture.
        let there = OnConflict::columns([Column::Asset, Column::Name]).do_nothing().to_owned();
        let kept = Entity::insert(row.into_active_model())
            .on_conflict(there)
            .exec_without_returning(&self.db)
            .await
            .doing("storing a picture")?;
        Ok(kept > 0)
    }

    async fn use_picture(&mut self, asset: AssetId, name: &str, moment: Timestamp) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::Used, Expr::val(moment.millis()))
            .filter(Column::Asset.eq(asset.uuid()))
            .filter(Column::Name.eq(name))
            .exec(&self.db)
            .await
            .doing("keeping when a picture was asked for")?;
        Ok(())
    }

    async fn kept_pictures(&mut self, asset: AssetId) -> Result<Vec<KeptPicture>, StoreError> {
        let rows = Entity::find()
            .filter(Column::Asset.eq(asset.uuid()))
            .order_by_asc(Column::Used)
            .order_by_asc(Column::Name)
            .all(&self.db)
            .await
            .doing("loading the pictures of an asset")?;
        rows.into_iter().map(from_row).collect()
    }

    async fn forget_picture(&mut self, asset: AssetId, name: &str) -> Result<(), StoreError> {
        Entity::delete_by_id((asset.uuid(), name.to_owned())).exec(&self.db).await.doing("deleting a picture")?;
        Ok(())
    }
}

fn from_row(row: Model) -> Result<KeptPicture, StoreError> {
    let key = format!("{} {}", row.asset, row.name);
    Ok(KeptPicture {
        asset: AssetId::new(row.asset),
        output: OutputId::new(row.output),
        object: ObjectId::new(row.object),
        bytes: from_column(TABLE, &key, "bytes", row.bytes)?,
        used: Timestamp::from_millis(row.used),
        name: row.name,
    })
}
