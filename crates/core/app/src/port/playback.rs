//! Who may fetch what plays, and the keys of what is encrypted, kept in the metadata store.

use super::StoreError;
use async_trait::async_trait;
use kinora_domain::playback::{AllowedSite, ContentKeys, PlaybackKey, TokenPolicy};
use kinora_domain::{AssetId, ContentKeyId, OrganizationId, OutputId, PlaybackKeyId, SiteId};

/// Policies, sites and keys of organizations; keys of outputs, which go with their output.
#[async_trait]
pub trait Playback: Send {
    /// What an organization asks of viewers; `None` where it does not exist.
    async fn token_policy(&mut self, organization: OrganizationId) -> Result<Option<TokenPolicy>, StoreError>;
    /// Stores what an organization asks of viewers.
    async fn set_token_policy(&mut self, organization: OrganizationId, policy: TokenPolicy) -> Result<(), StoreError>;

    /// The sites that an organization allows, oldest first; none means all.
    async fn allowed_sites(&mut self, organization: OrganizationId) -> Result<Vec<AllowedSite>, StoreError>;
    /// Allows a site.
    async fn insert_allowed_site(&mut self, site: &AllowedSite) -> Result<(), StoreError>;
    /// Forgets a site; `false` where the organization has none of that id.
    async fn delete_allowed_site(&mut self, organization: OrganizationId, id: SiteId) -> Result<bool, StoreError>;

    /// The keys of an organization, oldest first.
    async fn playback_keys(&mut self, organization: OrganizationId) -> Result<Vec<PlaybackKey>, StoreError>;
    /// Adds a key.
    async fn insert_playback_key(&mut self, key: &PlaybackKey) -> Result<(), StoreError>;
    /// Stores whether a key counts.
    async fn update_playback_key(&mut self, key: &PlaybackKey) -> Result<(), StoreError>;
    /// Forgets a key; `false` where the organization has none of that id.
    async fn delete_playback_key(
        &mut self,
        organization: OrganizationId,
        id: PlaybackKeyId,
    ) -> Result<bool, StoreError>;

    /// Adds the keys of an output, which has none yet.
    async fn insert_content_keys(&mut self, keys: &ContentKeys) -> Result<(), StoreError>;
    /// The keys of an asset's outputs.
    async fn content_keys(&mut self, asset: AssetId) -> Result<Vec<ContentKeys>, StoreError>;
    /// The output whose keys have that id.
    async fn output_of_content_keys(&mut self, id: ContentKeyId) -> Result<Option<OutputId>, StoreError>;
}
