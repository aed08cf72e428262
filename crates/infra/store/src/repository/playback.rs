//! Who may fetch what plays, and the keys of what is encrypted.

use crate::convert::{inconsistent, promised, word};
use crate::entity::{allowed_sites, content_keys, organizations, outputs, playback_keys};
use crate::error::Doing;
use crate::tx::SqlTx;
use async_trait::async_trait;
use kinora_app::port::{Playback, StoreError};
use kinora_domain::playback::{
    AllowedSite, ContentKeys, KeyLife, PlaybackKey, Site, TokenAlgorithm, TokenKey, TokenPolicy,
};
use kinora_domain::{AssetId, ContentKeyId, OrganizationId, OutputId, PlaybackKeyId, SiteId, Timestamp};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

const ORGANIZATIONS: &str = "organizations";
const SITES: &str = "allowed_sites";
const KEYS: &str = "playback_keys";
const ACTIVE: &str = "active";
const RETIRING: &str = "retiring";

#[async_trait]
impl Playback for SqlTx {
    async fn token_policy(&mut self, organization: OrganizationId) -> Result<Option<TokenPolicy>, StoreError> {
        let find = organizations::Entity::find_by_id(organization.uuid());
        let row = find.one(&self.db).await.doing("loading the policy of an organization")?;
        row.map(|row| word(ORGANIZATIONS, &row.id, "playback", &row.playback, TokenPolicy::from_name)).transpose()
    }

    async fn set_token_policy(&mut self, organization: OrganizationId, policy: TokenPolicy) -> Result<(), StoreError> {
        let columns = organizations::ActiveModel {
            playback: Set(policy.name().to_owned()),
            ..organizations::ActiveModel::default()
        };
        let result = organizations::Entity::update_many()
            .set(columns)
            .filter(organizations::Column::Id.eq(organization.uuid()))
            .exec(&self.db)
            .await
            .doing("storing the policy of an organization")?;
        if result.rows_affected == 0 {
            return Err(inconsistent(ORGANIZATIONS, &organization, "it is to be updated, but is not there"));
        }
        Ok(())
    }

    async fn allowed_sites(&mut self, organization: OrganizationId) -> Result<Vec<AllowedSite>, StoreError> {
        let rows = allowed_sites::Entity::find()
            .filter(allowed_sites::Column::Organization.eq(organization.uuid()))
            .order_by_asc(allowed_sites::Column::Created)
            .order_by_asc(allowed_sites::Column::Id)
            .all(&self.db)
            .await
            .doing("loading the sites of an organization")?;
        rows.into_iter().map(site).collect()
    }

    async fn insert_allowed_site(&mut self, site: &AllowedSite) -> Result<(), StoreError> {
        let row = allowed_sites::Model {
            id: site.id.uuid(),
            organization: site.organization.uuid(),
            url: site.url.clone(),
            created: site.created.millis(),
        };
        allowed_sites::Entity::insert(row.into_active_model())
            .exec_without_returning(&self.db)
            .await
            .doing("inserting a site")?;
        Ok(())
    }

    async fn delete_allowed_site(&mut self, organization: OrganizationId, id: SiteId) -> Result<bool, StoreError> {
        let deleted = allowed_sites::Entity::delete_many()
            .filter(allowed_sites::Column::Id.eq(id.uuid()))
            .filter(allowed_sites::Column::Organization.eq(organization.uuid()))
            .exec(&self.db)
            .await
            .doing("deleting a site")?;
        Ok(deleted.rows_affected > 0)
    }

    async fn playback_keys(&mut self, organization: OrganizationId) -> Result<Vec<PlaybackKey>, StoreError> {
        let rows = playback_keys::Entity::find()
            .filter(playback_keys::Column::Organization.eq(organization.uuid()))
            .order_by_asc(playback_keys::Column::Created)
            .order_by_asc(playback_keys::Column::Id)
            .all(&self.db)
            .await
            .doing("loading the playback keys of an organization")?;
        rows.into_iter().map(key).collect()
    }

    async fn insert_playback_key(&mut self, key: &PlaybackKey) -> Result<(), StoreError> {
        let (life, until) = life_columns(key.life);
        let row = playback_keys::Model {
            id: key.id.uuid(),
            organization: key.organization.uuid(),
            algorithm: key.key.algorithm().name().to_owned(),
            material: match &key.key {
                TokenKey::Sealed(sealed) => sealed.clone(),
                TokenKey::Public { pem, .. } => pem.clone().into_bytes(),
            },
            life: life.to_owned(),
            until,
            created: key.created.millis(),
        };
        playback_keys::Entity::insert(row.into_active_model())
            .exec_without_returning(&self.db)
            .await
            .doing("inserting a playback key")?;
        Ok(())
    }

    async fn update_playback_key(&mut self, key: &PlaybackKey) -> Result<(), StoreError> {
        let (life, until) = life_columns(key.life);
        let columns = playback_keys::ActiveModel {
            life: Set(life.to_owned()),
            until: Set(until),
            ..playback_keys::ActiveModel::default()
        };
        let result = playback_keys::Entity::update_many()
            .set(columns)
            .filter(playback_keys::Column::Id.eq(key.id.uuid()))
            .exec(&self.db)
            .await
            .doing("updating a playback key")?;
        if result.rows_affected == 0 {
            return Err(inconsistent(KEYS, &key.id, "it is to be updated, but is not there"));
        }
        Ok(())
    }

    async fn delete_playback_key(
        &mut self,
        organization: OrganizationId,
        id: PlaybackKeyId,
    ) -> Result<bool, StoreError> {
        let deleted = playback_keys::Entity::delete_many()
            .filter(playback_keys::Column::Id.eq(id.uuid()))
            .filter(playback_keys::Column::Organization.eq(organization.uuid()))
            .exec(&self.db)
            .await
            .doing("deleting a playback key")?;
        Ok(deleted.rows_affected > 0)
    }

    async fn insert_content_keys(&mut self, keys: &ContentKeys) -> Result<(), StoreError> {
        let row = content_keys::Model {
            id: keys.id.uuid(),
            output: keys.output.uuid(),
            sealed: keys.sealed.clone(),
            created: keys.created.millis(),
        };
        content_keys::Entity::insert(row.into_active_model())
            .exec_without_returning(&self.db)
            .await
            .doing("inserting the keys of an output")?;
        Ok(())
    }

    async fn content_keys(&mut self, asset: AssetId) -> Result<Vec<ContentKeys>, StoreError> {
        let own = Query::select()
            .column(outputs::Column::Id)
            .from(outputs::Entity)
            .and_where(outputs::Column::Asset.eq(asset.uuid()))
            .take();
        let rows = content_keys::Entity::find()
            .filter(content_keys::Column::Output.in_subquery(own))
            .all(&self.db)
            .await
            .doing("loading the keys of an asset's outputs")?;
        let keys = |row: content_keys::Model| ContentKeys {
            id: ContentKeyId::new(row.id),
            output: OutputId::new(row.output),
            sealed: row.sealed,
            created: Timestamp::from_millis(row.created),
        };
        Ok(rows.into_iter().map(keys).collect())
    }

    async fn output_of_content_keys(&mut self, id: ContentKeyId) -> Result<Option<OutputId>, StoreError> {
        let find = content_keys::Entity::find_by_id(id.uuid());
        let row = find.one(&self.db).await.doing("looking for the output of keys")?;
        Ok(row.map(|row| OutputId::new(row.output)))
    }
}

fn site(row: allowed_sites::Model) -> Result<AllowedSite, StoreError> {
    let named = Site::named(&row.url);
    Ok(AllowedSite {
        id: SiteId::new(row.id),
        organization: OrganizationId::new(row.organization),
        site: named.map_err(|problem| inconsistent(SITES, &row.id, format!("`url` names no site: {problem}")))?,
        url: row.url,
        created: Timestamp::from_millis(row.created),
    })
}

const fn life_columns(life: KeyLife) -> (&'static str, Option<i64>) {
    match life {
        KeyLife::Active => (ACTIVE, None),
        KeyLife::Retiring { until } => (RETIRING, Some(until.millis())),
    }
}

fn key(row: playback_keys::Model) -> Result<PlaybackKey, StoreError> {
    let key = match word(KEYS, &row.id, "algorithm", &row.algorithm, TokenAlgorithm::from_name)? {
        TokenAlgorithm::Hs256 => TokenKey::Sealed(row.material),
        algorithm => {
            let pem = String::from_utf8(row.material);
            let pem = pem.map_err(|error| inconsistent(KEYS, &row.id, format!("`material` is no text: {error}")))?;
            TokenKey::Public { algorithm, pem }
        }
    };
    let life = match row.life.as_str() {
        ACTIVE => KeyLife::Active,
        RETIRING => KeyLife::Retiring { until: Timestamp::from_millis(promised(KEYS, &row.id, "until", row.until)?) },
        other => return Err(inconsistent(KEYS, &row.id, format!("`life` is `{other}`"))),
    };
    Ok(PlaybackKey {
        id: PlaybackKeyId::new(row.id),
        organization: OrganizationId::new(row.organization),
        key,
        life,
        created: Timestamp::from_millis(row.created),
    })
}
