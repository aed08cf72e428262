//! Assets and what they are made of.

use super::{asset_list, asset_row, labels};
use crate::convert::{inconsistent, padded};
use crate::entity::{asset_source_tracks, asset_sources, assets};
use crate::error::Doing;
use crate::found::Listing;
use crate::listing;
use crate::tx::SqlTx;
use async_trait::async_trait;
use kinora_app::port::{AssetFilter, AssetSort, Assets, Order, StoreError};
use kinora_domain::asset::{AskedTrack, Asset, AssetSource};
use kinora_domain::labels::Labels;
use kinora_domain::page::{Page, PageRequest};
use kinora_domain::{AssetId, FileId, OrganizationId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;

#[async_trait]
impl Assets for SqlTx {
    async fn insert_asset(&mut self, asset: &Asset) -> Result<(), StoreError> {
        assets::Entity::insert(asset_row::to_row(asset)?.into_active_model())
            .exec_without_returning(&self.db)
            .await
            .doing("inserting an asset")?;
        self.changed(asset.organization.uuid(), Listing::Assets).await?;
        asset_sources::Entity::insert_many(asset_row::source_rows(asset).map(IntoActiveModel::into_active_model))
            .exec_without_returning(&self.db)
            .await
            .doing("inserting the sources of an asset")?;
        asset_source_tracks::Entity::insert_many(asset_row::asked_rows(asset).map(IntoActiveModel::into_active_model))
            .exec_without_returning(&self.db)
            .await
            .doing("inserting the tracks asked for an asset")?;
        Ok(())
    }

    async fn asset(&mut self, organization: OrganizationId, id: AssetId) -> Result<Option<Asset>, StoreError> {
        let select = asset_list::living()
            .filter(assets::Column::Id.eq(id.uuid()))
            .filter(assets::Column::Organization.eq(organization.uuid()));
        let rows = select.all(&self.db).await.doing("loading an asset")?;
        Ok(self.with_sources(rows).await?.pop())
    }

    async fn asset_of_anyone(&mut self, id: AssetId) -> Result<Option<Asset>, StoreError> {
        let select = asset_list::living().filter(assets::Column::Id.eq(id.uuid()));
        let rows = select.all(&self.db).await.doing("loading an asset")?;
        Ok(self.with_sources(rows).await?.pop())
    }

    async fn update_asset(&mut self, asset: &Asset) -> Result<(), StoreError> {
        let state = asset_row::state_columns(asset)?;
        let columns = assets::ActiveModel {
            title: Set(asset.title.clone()),
            metadata: Set(asset.metadata.clone()),
            playback: Set(asset.playback.name().to_owned()),
            status: Set(state.status),
            duration_ms: Set(state.duration_ms),
            size_bytes: Set(state.size_bytes),
            failure_reason: Set(state.failure_reason),
            failure_message: Set(state.failure_message),
            deleted_at: Set(state.deleted_at),
            modified: Set(asset.modified.millis()),
            ..assets::ActiveModel::default()
        };
        let result = assets::Entity::update_many()
            .set(columns)
            .filter(assets::Column::Id.eq(asset.id.uuid()))
            .exec(&self.db)
            .await
            .doing("updating an asset")?;
        self.changed(asset.organization.uuid(), Listing::Assets).await?;
        if result.rows_affected == 0 {
            return Err(inconsistent(asset_row::TABLE, &asset.id, "it is to be updated, but is not there"));
        }
        Ok(())
    }

    async fn assets(
        &mut self,
        organization: OrganizationId,
        filter: &AssetFilter,
        sort: (AssetSort, Order),
        page: PageRequest,
    ) -> Result<Page<Asset>, StoreError> {
        let Some(select) = asset_list::select(organization, filter) else {
            return Ok(Page { items: Vec::new(), total: 0, request: page });
        };
        let sort = (asset_list::column(sort.0), sort.1);
        let of = (organization.uuid(), Listing::Assets);
        let (ids, total) = listing::found(self, of, select, assets::Column::Id, sort, page).await?;
        Ok(Page { items: self.load_assets(&ids).await?, total, request: page })
    }

    async fn asset_labels(&mut self, id: AssetId) -> Result<Labels, StoreError> {
        Ok(self.labels(labels::OF_ASSETS, &[id.uuid()]).await?.remove(&id.uuid()).unwrap_or_default())
    }

    async fn put_asset_labels(&mut self, asset: &Asset, labels: &Labels) -> Result<(), StoreError> {
        self.put_labels(labels::OF_ASSETS, (asset.organization, asset.id.uuid()), labels).await
    }

    async fn assets_of_file(&mut self, file: FileId) -> Result<Vec<AssetId>, StoreError> {
        let ids: Vec<Uuid> = asset_list::living()
            .select_only()
            .column(assets::Column::Id)
            .filter(assets::Column::Id.in_subquery(asset_list::made_of(file)))
            .order_by_asc(assets::Column::Created)
            .order_by_asc(assets::Column::Id)
            .into_tuple()
            .all(&self.db)
            .await
            .doing("looking for the assets that are made of a file")?;
        Ok(ids.into_iter().map(AssetId::new).collect())
    }
}

impl SqlTx {
    /// The assets of those ids, in that order.
    async fn load_assets(&self, ids: &[Uuid]) -> Result<Vec<Asset>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = assets::Entity::find()
            .filter(assets::Column::Id.is_in(padded(ids.iter().copied())))
            .all(&self.db)
            .await
            .doing("loading assets")?;
        let mut assets = self.with_sources(rows).await?;
        listing::arrange(&mut assets, ids, |asset| asset.id.uuid());
        Ok(assets)
    }

    async fn with_sources(&self, rows: Vec<assets::Model>) -> Result<Vec<Asset>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids = padded(rows.iter().map(|row| row.id));
        let mut asked = self.asked_tracks(&ids).await?;
        let sources = asset_sources::Entity::find()
            .filter(asset_sources::Column::Asset.is_in(ids))
            .order_by_asc(asset_sources::Column::Asset)
            .order_by_asc(asset_sources::Column::Position)
            .all(&self.db)
            .await
            .doing("loading the sources of assets")?;
        let mut by_asset: HashMap<Uuid, Vec<AssetSource>> = HashMap::new();
        for row in sources {
            let tracks = asked.remove(&(row.asset, row.position)).unwrap_or_default();
            by_asset.entry(row.asset).or_default().push(asset_row::from_source_row(&row, tracks)?);
        }
        rows.into_iter()
            .map(|row| {
                let sources = by_asset.remove(&row.id).unwrap_or_default();
                asset_row::from_row(row, sources)
            })
            .collect()
    }

    /// The tracks asked for, by asset and position of the source.
    async fn asked_tracks(&self, ids: &[Uuid]) -> Result<HashMap<(Uuid, i64), Vec<AskedTrack>>, StoreError> {
        let rows = asset_source_tracks::Entity::find()
            .filter(asset_source_tracks::Column::Asset.is_in(ids.iter().copied()))
            .order_by_asc(asset_source_tracks::Column::Asset)
            .order_by_asc(asset_source_tracks::Column::Source)
            .order_by_asc(asset_source_tracks::Column::Position)
            .all(&self.db)
            .await
            .doing("loading the tracks asked for assets")?;
        let mut asked: HashMap<(Uuid, i64), Vec<AskedTrack>> = HashMap::new();
        for row in rows {
            asked.entry((row.asset, row.source)).or_default().push(asset_row::from_asked_row(row)?);
        }
        Ok(asked)
    }
}
