//! Tracks of assets.

use crate::convert::{flag, from_column, inconsistent, promised, word};
use crate::entity::tracks;
use crate::error::Doing;
use crate::tx::SqlTx;
use async_trait::async_trait;
use kinora_app::port::{StoreError, Tracks};
use kinora_domain::track::{Track, TrackKind};
use kinora_domain::{AssetId, ObjectId, OutputId, TrackId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

const TABLE: &str = "tracks";

#[async_trait]
impl Tracks for SqlTx {
    async fn insert_track(&mut self, track: &Track) -> Result<(), StoreError> {
        let row = tracks::Model {
            id: track.id.uuid(),
            asset: track.asset.uuid(),
            output: Some(track.output.uuid()),
            position: i64::from(track.position),
            kind: track.kind.name().to_owned(),
            media: track.media.uuid(),
            map: track.map.uuid(),
            version: i64::from(track.version),
            listed: i64::from(track.listed),
        };
        tracks::Entity::insert(row.into_active_model())
            .exec_without_returning(&self.db)
            .await
            .doing("inserting a track")?;
        Ok(())
    }

    async fn tracks(&mut self, asset: AssetId) -> Result<Vec<Track>, StoreError> {
        let rows = tracks::Entity::find()
            .filter(tracks::Column::Asset.eq(asset.uuid()))
            .order_by_asc(tracks::Column::Position)
            .all(&self.db)
            .await
            .doing("loading the tracks of an asset")?;
        rows.iter().map(from_row).collect()
    }

    async fn track(&mut self, id: TrackId) -> Result<Option<Track>, StoreError> {
        let row = tracks::Entity::find_by_id(id.uuid()).one(&self.db).await.doing("loading a track")?;
        row.as_ref().map(from_row).transpose()
    }

    async fn update_track(&mut self, track: &Track) -> Result<(), StoreError> {
        let columns = tracks::ActiveModel {
            media: Set(track.media.uuid()),
            map: Set(track.map.uuid()),
            version: Set(i64::from(track.version)),
            listed: Set(i64::from(track.listed)),
            ..tracks::ActiveModel::default()
        };
        let result = tracks::Entity::update_many()
            .set(columns)
            .filter(tracks::Column::Id.eq(track.id.uuid()))
            .exec(&self.db)
            .await
            .doing("updating a track")?;
        if result.rows_affected == 0 {
            return Err(inconsistent(TABLE, &track.id, "it is to be updated, but is not there"));
        }
        Ok(())
    }

    async fn delete_tracks_of(&mut self, output: OutputId) -> Result<(), StoreError> {
        tracks::Entity::delete_many()
            .filter(tracks::Column::Output.eq(output.uuid()))
            .exec(&self.db)
            .await
            .doing("deleting the tracks of an output")?;
        Ok(())
    }
}

fn from_row(row: &tracks::Model) -> Result<Track, StoreError> {
    Ok(Track {
        id: TrackId::new(row.id),
        asset: AssetId::new(row.asset),
        output: OutputId::new(promised(TABLE, &row.id, "output", row.output)?),
        position: from_column(TABLE, &row.id, "position", row.position)?,
        kind: word(TABLE, &row.id, "kind", &row.kind, TrackKind::from_name)?,
        media: ObjectId::new(row.media),
        map: ObjectId::new(row.map),
        version: from_column(TABLE, &row.id, "version", row.version)?,
        listed: flag(TABLE, &row.id, "listed", row.listed)?,
    })
}
