//! API keys and their grants.

use super::key_list;
use crate::convert::{inconsistent, padded, promised, word};
use crate::entity::{api_keys, key_grants};
use crate::error::Doing;
use crate::listing;
use crate::tx::SqlTx;
use async_trait::async_trait;
use kinora_app::port::{KeySort, Keys, Order, StoreError};
use kinora_domain::access::{ApiKey, Grant, KeyState, Role};
use kinora_domain::page::{Page, PageRequest};
use kinora_domain::{KeyId, OrganizationId, Timestamp};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, Select};
use std::collections::HashMap;
use uuid::Uuid;

const TABLE: &str = "api_keys";
pub(super) const ACTIVE: &str = "active";
const REVOKED: &str = "revoked";

#[async_trait]
impl Keys for SqlTx {
    async fn insert_key(&mut self, key: &ApiKey) -> Result<(), StoreError> {
        let (state, revoked_at) = state_columns(key.state);
        let row = api_keys::Model {
            id: key.id.uuid(),
            prefix: key.prefix.clone(),
            hash: key.hash.to_vec(),
            name: key.name.clone(),
            state: state.to_owned(),
            revoked_at,
            created: key.created.millis(),
        };
        api_keys::Entity::insert(row.into_active_model())
            .exec_without_returning(&self.db)
            .await
            .doing("inserting an API key")?;
        self.insert_grants(key).await
    }

    async fn keys_by_prefix(&mut self, prefix: &str) -> Result<Vec<ApiKey>, StoreError> {
        self.load_keys(api_keys::Entity::find().filter(api_keys::Column::Prefix.eq(prefix))).await
    }

    async fn key(&mut self, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
        Ok(self.load_keys(api_keys::Entity::find_by_id(id.uuid())).await?.pop())
    }

    async fn keys(&mut self) -> Result<Vec<ApiKey>, StoreError> {
        self.load_keys(api_keys::Entity::find()).await
    }

    async fn update_key(&mut self, key: &ApiKey) -> Result<(), StoreError> {
        let (state, revoked_at) = state_columns(key.state);
        let columns = api_keys::ActiveModel {
            name: Set(key.name.clone()),
            state: Set(state.to_owned()),
            revoked_at: Set(revoked_at),
            ..api_keys::ActiveModel::default()
        };
        let result = api_keys::Entity::update_many()
            .set(columns)
            .filter(api_keys::Column::Id.eq(key.id.uuid()))
            .exec(&self.db)
            .await
            .doing("updating an API key")?;
        if result.rows_affected == 0 {
            return Err(inconsistent(TABLE, &key.id, "it is to be updated, but is not there"));
        }
        key_grants::Entity::delete_many()
            .filter(key_grants::Column::Key.eq(key.id.uuid()))
            .exec(&self.db)
            .await
            .doing("deleting an API key's grants")?;
        self.insert_grants(key).await
    }

    async fn keys_of(
        &mut self,
        organization: OrganizationId,
        text: Option<&str>,
        sort: (KeySort, Order),
        page: PageRequest,
    ) -> Result<Page<ApiKey>, StoreError> {
        let Some(select) = key_list::select(organization, text) else {
            return Ok(Page { items: Vec::new(), total: 0, request: page });
        };
        let (ids, total) = key_list::ids(&self.db, select, sort, page).await.doing("listing API keys")?;
        if ids.is_empty() {
            return Ok(Page { items: Vec::new(), total, request: page });
        }
        let wanted = api_keys::Entity::find().filter(api_keys::Column::Id.is_in(padded(ids.iter().copied())));
        let mut items = self.load_keys(wanted).await?;
        listing::arrange(&mut items, &ids, |key| key.id.uuid());
        Ok(Page { items, total, request: page })
    }

    async fn other_admins(&mut self, organization: OrganizationId, key: KeyId) -> Result<u64, StoreError> {
        key_list::active(organization)
            .filter(key_grants::Column::Role.eq(Role::Admin.name()))
            .filter(api_keys::Column::Id.ne(key.uuid()))
            .count(&self.db)
            .await
            .doing("counting admin keys")
    }
}

impl SqlTx {
    async fn insert_grants(&self, key: &ApiKey) -> Result<(), StoreError> {
        let grants = (0..).zip(&key.grants).map(|(position, grant)| {
            let row = key_grants::Model {
                key: key.id.uuid(),
                position,
                organization: grant.organization.uuid(),
                role: grant.role.name().to_owned(),
            };
            row.into_active_model()
        });
        key_grants::Entity::insert_many(grants)
            .exec_without_returning(&self.db)
            .await
            .doing("inserting an API key's grants")?;
        Ok(())
    }

    /// The selected keys, oldest first.
    async fn load_keys(&self, keys: Select<api_keys::Entity>) -> Result<Vec<ApiKey>, StoreError> {
        let rows = keys
            .order_by_asc(api_keys::Column::Created)
            .order_by_asc(api_keys::Column::Id)
            .all(&self.db)
            .await
            .doing("loading API keys")?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let grants = key_grants::Entity::find()
            .filter(key_grants::Column::Key.is_in(padded(rows.iter().map(|row| row.id))))
            .order_by_asc(key_grants::Column::Key)
            .order_by_asc(key_grants::Column::Position)
            .all(&self.db)
            .await
            .doing("loading the grants of API keys")?;
        let mut by_key: HashMap<Uuid, Vec<Grant>> = HashMap::new();
        for row in grants {
            by_key.entry(row.key).or_default().push(grant(&row)?);
        }
        rows.into_iter().map(|row| from_row(&row, by_key.remove(&row.id).unwrap_or_default())).collect()
    }
}

fn state_columns(state: KeyState) -> (&'static str, Option<i64>) {
    match state {
        KeyState::Active => (ACTIVE, None),
        KeyState::Revoked { at } => (REVOKED, Some(at.millis())),
    }
}

fn from_row(row: &api_keys::Model, grants: Vec<Grant>) -> Result<ApiKey, StoreError> {
    let hash = <[u8; 32]>::try_from(row.hash.as_slice())
        .map_err(|_length| inconsistent(TABLE, &row.id, format!("`hash` is {} bytes long", row.hash.len())))?;
    let state = match row.state.as_str() {
        ACTIVE => KeyState::Active,
        REVOKED => {
            KeyState::Revoked { at: Timestamp::from_millis(promised(TABLE, &row.id, "revoked_at", row.revoked_at)?) }
        }
        other => {
            return Err(inconsistent(TABLE, &row.id, format!("`state` is `{other}`, which is none of its words")));
        }
    };
    Ok(ApiKey {
        id: KeyId::new(row.id),
        prefix: row.prefix.clone(),
        hash,
        name: row.name.clone(),
        grants,
        state,
        created: Timestamp::from_millis(row.created),
    })
}

fn grant(row: &key_grants::Model) -> Result<Grant, StoreError> {
    let key = format!("{} {}", row.key, row.position);
    let role = word("key_grants", &key, "role", &row.role, Role::from_name)?;
    Ok(Grant { organization: OrganizationId::new(row.organization), role })
}
