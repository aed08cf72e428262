//! Who may fetch what plays, and the keys of what is encrypted.

use crate::fixture::{asset, asset_id, at, organization_id, output, output_id, two_organizations, write};
use kinora_app::port::{Store, StoreError};
use kinora_domain::playback::{
    AllowedSite, ContentKeys, KeyLife, PlaybackKey, Site, TokenAlgorithm, TokenKey, TokenPolicy,
};
use kinora_domain::{ContentKeyId, PlaybackKeyId, SiteId};
use uuid::Uuid;

pub(crate) async fn an_organization_is_open_until_it_says_otherwise(store: &dyn Store) {
    two_organizations(store).await;
    write(store, async |tx| tx.set_token_policy(organization_id(2), TokenPolicy::Required).await.unwrap()).await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.token_policy(organization_id(1)).await.unwrap(), Some(TokenPolicy::Open));
    assert_eq!(tx.token_policy(organization_id(2)).await.unwrap(), Some(TokenPolicy::Required));
    assert_eq!(tx.token_policy(organization_id(3)).await.unwrap(), None);
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    let refused = tx.set_token_policy(organization_id(3), TokenPolicy::Open).await.unwrap_err();
    assert!(matches!(refused, StoreError::Inconsistent { table: "organizations", .. }), "{refused:?}");
}

pub(crate) async fn sites_are_of_one_organization_oldest_first(store: &dyn Store) {
    two_organizations(store).await;
    let site = |number, organization, url: &str, created| AllowedSite {
        id: SiteId::new(Uuid::from_u128(number)),
        organization: organization_id(organization),
        url: url.to_owned(),
        site: Site::named(url).unwrap(),
        created: at(created),
    };
    let (late, early) = (site(1, 1, "https://a.example/x", 9), site(2, 1, "*.b.example", 5));
    let other = site(3, 2, "a.example", 1);
    write(store, async |tx| {
        for site in [&late, &early, &other] {
            tx.insert_allowed_site(site).await.unwrap();
        }
        assert!(!tx.delete_allowed_site(organization_id(1), other.id).await.unwrap());
    })
    .await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.allowed_sites(organization_id(1)).await.unwrap(), [early.clone(), late.clone()]);
    drop(tx);
    assert!(write(store, async |tx| tx.delete_allowed_site(organization_id(1), early.id).await.unwrap()).await);
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.allowed_sites(organization_id(1)).await.unwrap(), [late]);
    assert_eq!(tx.allowed_sites(organization_id(2)).await.unwrap(), [other]);
}

pub(crate) async fn playback_keys_come_back_in_every_form_and_state(store: &dyn Store) {
    two_organizations(store).await;
    let key = |number, organization, key, life| PlaybackKey {
        id: PlaybackKeyId::new(Uuid::from_u128(number)),
        organization: organization_id(organization),
        key,
        life,
        created: at(i64::try_from(number).unwrap()),
    };
    let public = |algorithm| TokenKey::Public { algorithm, pem: "-----BEGIN".to_owned() };
    let mut keys = vec![
        key(1, 1, TokenKey::Sealed(vec![0, 255]), KeyLife::Active),
        key(2, 1, public(TokenAlgorithm::Rs256), KeyLife::Retiring { until: at(7) }),
        key(3, 1, public(TokenAlgorithm::Es256), KeyLife::Active),
        key(4, 1, public(TokenAlgorithm::EdDsa), KeyLife::Active),
    ];
    let other = key(5, 2, TokenKey::Sealed(vec![1]), KeyLife::Active);
    write(store, async |tx| {
        for key in keys.iter().rev().chain([&other]) {
            tx.insert_playback_key(key).await.unwrap();
        }
    })
    .await;
    assert_eq!(store.read().await.unwrap().playback_keys(organization_id(1)).await.unwrap(), keys);
    keys[0].life = KeyLife::Retiring { until: at(99) };
    let gone = keys.remove(3).id;
    write(store, async |tx| {
        tx.update_playback_key(&keys[0]).await.unwrap();
        assert!(tx.delete_playback_key(organization_id(1), gone).await.unwrap());
        assert!(!tx.delete_playback_key(organization_id(1), other.id).await.unwrap());
    })
    .await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.playback_keys(organization_id(1)).await.unwrap(), keys);
    assert_eq!(tx.playback_keys(organization_id(2)).await.unwrap(), [other]);
}

pub(crate) async fn keys_of_what_is_encrypted_are_one_for_an_output_and_go_with_it(store: &dyn Store) {
    two_organizations(store).await;
    let keys = |number| ContentKeys {
        id: ContentKeyId::new(Uuid::from_u128(number)),
        output: output_id(1),
        sealed: vec![7; 60],
        created: at(3),
    };
    write(store, async |tx| {
        tx.insert_asset(&asset(1)).await.unwrap();
        tx.insert_output(&output(1, asset_id(1))).await.unwrap();
        tx.insert_content_keys(&keys(1)).await.unwrap();
    })
    .await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.content_keys(asset_id(1)).await.unwrap(), [keys(1)]);
    assert_eq!(tx.content_keys(asset_id(2)).await.unwrap(), []);
    assert_eq!(tx.output_of_content_keys(keys(1).id).await.unwrap(), Some(output_id(1)));
    assert_eq!(tx.output_of_content_keys(keys(2).id).await.unwrap(), None);
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    assert!(tx.insert_content_keys(&keys(2)).await.is_err());
    drop(tx);
    write(store, async |tx| tx.delete_output(output_id(1)).await.unwrap()).await;
    assert_eq!(store.read().await.unwrap().content_keys(asset_id(1)).await.unwrap(), []);
}
