//! Tags and attributes of assets: rows, and filters by them.

use crate::entity::assets::Column;
use crate::entity::{asset_attributes, asset_tags};
use crate::error::Doing;
use crate::found::Listing;
use crate::listing::Spelling;
use crate::tx::SqlTx;
use kinora_app::port::StoreError;
use kinora_domain::asset::Asset;
use kinora_domain::labels::{Attribute, Labels};
use kinora_domain::{AssetId, OrganizationId};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

impl SqlTx {
    pub(super) async fn labels_of_asset(&self, id: AssetId) -> Result<Labels, StoreError> {
        let tags = asset_tags::Entity::find()
            .filter(asset_tags::Column::Asset.eq(id.uuid()))
            .order_by_asc(asset_tags::Column::Position)
            .all(&self.db)
            .await
            .doing("loading the tags of an asset")?;
        let attributes = asset_attributes::Entity::find()
            .filter(asset_attributes::Column::Asset.eq(id.uuid()))
            .order_by_asc(asset_attributes::Column::Position)
            .all(&self.db)
            .await
            .doing("loading the attributes of an asset")?;
        Ok(Labels {
            tags: tags.into_iter().map(|row| row.tag).collect(),
            attributes: attributes.into_iter().map(|row| Attribute { key: row.key, value: row.value }).collect(),
        })
    }

    pub(super) async fn label_asset(&self, asset: &Asset, labels: &Labels) -> Result<(), StoreError> {
        let (id, organization) = (asset.id.uuid(), asset.organization.uuid());
        self.changed(organization, Listing::Assets).await?;
        asset_tags::Entity::delete_many()
            .filter(asset_tags::Column::Asset.eq(id))
            .exec(&self.db)
            .await
            .doing("deleting the tags of an asset")?;
        asset_attributes::Entity::delete_many()
            .filter(asset_attributes::Column::Asset.eq(id))
            .exec(&self.db)
            .await
            .doing("deleting the attributes of an asset")?;
        let tags = (0..).zip(&labels.tags).map(|(position, tag)| {
            asset_tags::Model { asset: id, position, organization, tag: tag.clone() }.into_active_model()
        });
        asset_tags::Entity::insert_many(tags)
            .exec_without_returning(&self.db)
            .await
            .doing("inserting the tags of an asset")?;
        let attributes = (0..).zip(labels.attributes.iter().cloned()).map(|(position, Attribute { key, value })| {
            asset_attributes::Model { asset: id, position, organization, key, value }.into_active_model()
        });
        asset_attributes::Entity::insert_many(attributes)
            .exec_without_returning(&self.db)
            .await
            .doing("inserting the attributes of an asset")?;
        Ok(())
    }
}

/// The condition that an asset has a tag.
pub(super) fn with_tag(organization: OrganizationId, tag: &str, spelling: Spelling) -> Expr {
    let assets = Query::select()
        .column(asset_tags::Column::Asset)
        .from(asset_tags::Entity)
        .and_where(asset_tags::Column::Organization.eq(organization.uuid()))
        .and_where(asset_tags::Column::Tag.eq(tag))
        .to_owned();
    spelling.condition(Column::Id, asset_tags::Column::Asset, assets)
}

/// The condition that an asset has an attribute.
pub(super) fn with_attribute(organization: OrganizationId, attribute: &Attribute, spelling: Spelling) -> Expr {
    let assets = Query::select()
        .column(asset_attributes::Column::Asset)
        .from(asset_attributes::Entity)
        .and_where(asset_attributes::Column::Organization.eq(organization.uuid()))
        .and_where(asset_attributes::Column::Key.eq(attribute.key.as_str()))
        .and_where(asset_attributes::Column::Value.eq(attribute.value.as_str()))
        .to_owned();
    spelling.condition(Column::Id, asset_attributes::Column::Asset, assets)
}
