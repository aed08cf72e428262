//! Tags and attributes of files: rows, and filters by them.

use crate::convert::padded;
use crate::entity::files::Column;
use crate::entity::{file_attributes, file_tags};
use crate::error::Doing;
use crate::found::Listing;
use crate::listing::Spelling;
use crate::tx::SqlTx;
use kinora_app::port::StoreError;
use kinora_domain::file::File;
use kinora_domain::labels::{Attribute, Labels};
use kinora_domain::{FileId, OrganizationId};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use std::collections::HashMap;

impl SqlTx {
    pub(super) async fn labels_of_files(&self, ids: &[FileId]) -> Result<HashMap<FileId, Labels>, StoreError> {
        let mut labels: HashMap<FileId, Labels> = HashMap::with_capacity(ids.len());
        if ids.is_empty() {
            return Ok(labels);
        }
        let ids = padded(ids.iter().copied().map(FileId::uuid));
        let tags = file_tags::Entity::find()
            .filter(file_tags::Column::File.is_in(ids.iter().copied()))
            .order_by_asc(file_tags::Column::File)
            .order_by_asc(file_tags::Column::Position)
            .all(&self.db)
            .await
            .doing("loading the tags of files")?;
        for row in tags {
            labels.entry(FileId::new(row.file)).or_default().tags.push(row.tag);
        }
        let attributes = file_attributes::Entity::find()
            .filter(file_attributes::Column::File.is_in(ids))
            .order_by_asc(file_attributes::Column::File)
            .order_by_asc(file_attributes::Column::Position)
            .all(&self.db)
            .await
            .doing("loading the attributes of files")?;
        for row in attributes {
            let attribute = Attribute { key: row.key, value: row.value };
            labels.entry(FileId::new(row.file)).or_default().attributes.push(attribute);
        }
        Ok(labels)
    }

    pub(super) async fn label_file(&self, file: &File, labels: &Labels) -> Result<(), StoreError> {
        let (id, organization) = (file.id.uuid(), file.organization.uuid());
        self.changed(organization, Listing::Files).await?;
        file_tags::Entity::delete_many()
            .filter(file_tags::Column::File.eq(id))
            .exec(&self.db)
            .await
            .doing("deleting the tags of a file")?;
        file_attributes::Entity::delete_many()
            .filter(file_attributes::Column::File.eq(id))
            .exec(&self.db)
            .await
            .doing("deleting the attributes of a file")?;
        let tags = (0..).zip(&labels.tags).map(|(position, tag)| {
            file_tags::Model { file: id, position, organization, tag: tag.clone() }.into_active_model()
        });
        file_tags::Entity::insert_many(tags)
            .exec_without_returning(&self.db)
            .await
            .doing("inserting the tags of a file")?;
        let attributes = (0..).zip(labels.attributes.iter().cloned()).map(|(position, Attribute { key, value })| {
            file_attributes::Model { file: id, position, organization, key, value }.into_active_model()
        });
        file_attributes::Entity::insert_many(attributes)
            .exec_without_returning(&self.db)
            .await
            .doing("inserting the attributes of a file")?;
        Ok(())
    }
}

/// The condition that a file has a tag.
pub(super) fn with_tag(organization: OrganizationId, tag: &str, spelling: Spelling) -> Expr {
    let files = Query::select()
        .column(file_tags::Column::File)
        .from(file_tags::Entity)
        .and_where(file_tags::Column::Organization.eq(organization.uuid()))
        .and_where(file_tags::Column::Tag.eq(tag))
        .to_owned();
    spelling.condition(Column::Id, file_tags::Column::File, files)
}

/// The condition that a file has an attribute.
pub(super) fn with_attribute(organization: OrganizationId, attribute: &Attribute, spelling: Spelling) -> Expr {
    let files = Query::select()
        .column(file_attributes::Column::File)
        .from(file_attributes::Entity)
        .and_where(file_attributes::Column::Organization.eq(organization.uuid()))
        .and_where(file_attributes::Column::Key.eq(attribute.key.as_str()))
        .and_where(file_attributes::Column::Value.eq(attribute.value.as_str()))
        .to_owned();
    spelling.condition(Column::Id, file_attributes::Column::File, files)
}
