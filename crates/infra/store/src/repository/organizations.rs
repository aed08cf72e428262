//! Organizations and their default projects.

use crate::entity::{organizations, projects};
use crate::error::Doing;
use crate::tx::SqlTx;
use async_trait::async_trait;
use kinora_app::port::{Organizations, StoreError};
use kinora_domain::access::Organization;
use kinora_domain::playback::TokenPolicy;
use kinora_domain::{OrganizationId, ProjectId};
use sea_orm::{EntityTrait, IntoActiveModel, QueryOrder};

#[async_trait]
impl Organizations for SqlTx {
    async fn insert_organization(&mut self, organization: &Organization) -> Result<(), StoreError> {
        let row = organizations::Model {
            id: organization.id.uuid(),
            name: organization.name.clone(),
            default_project: organization.default_project.uuid(),
            playback: TokenPolicy::default().name().to_owned(),
        };
        let project = projects::Model { id: row.default_project, organization: row.id };
        organizations::Entity::insert(row.into_active_model())
            .exec_without_returning(&self.db)
            .await
            .doing("inserting an organization")?;
        projects::Entity::insert(project.into_active_model())
            .exec_without_returning(&self.db)
            .await
            .doing("inserting an organization's default project")?;
        Ok(())
    }

    async fn organization(&mut self, id: OrganizationId) -> Result<Option<Organization>, StoreError> {
        let row = organizations::Entity::find_by_id(id.uuid()).one(&self.db).await.doing("loading an organization")?;
        Ok(row.map(from_row))
    }

    async fn organizations(&mut self) -> Result<Vec<Organization>, StoreError> {
        let rows = organizations::Entity::find()
            .order_by_asc(organizations::Column::Name)
            .all(&self.db)
            .await
            .doing("listing organizations")?;
        Ok(rows.into_iter().map(from_row).collect())
    }
}

fn from_row(row: organizations::Model) -> Organization {
    Organization {
        id: OrganizationId::new(row.id),
        name: row.name,
        default_project: ProjectId::new(row.default_project),
    }
}
