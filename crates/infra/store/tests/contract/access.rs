//! Organizations, keys, secrets.

use crate::fixture::{at, key_id, organization, organization_id, two_organizations, write};
use kinora_app::port::{Store, StoreError};
use kinora_domain::access::{ApiKey, Grant, KeyState, Role};

pub(crate) async fn an_organization_comes_back_with_its_project(store: &dyn Store) {
    two_organizations(store).await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.organization(organization_id(2)).await.unwrap(), Some(organization(2)));
    assert_eq!(tx.organization(organization_id(3)).await.unwrap(), None);
}

pub(crate) async fn organizations_are_listed_by_name(store: &dyn Store) {
    let named =
        |number, name: &str| kinora_domain::access::Organization { name: name.to_owned(), ..organization(number) };
    let (b, upper, a) = (named(1, "b"), named(2, "C"), named(3, "a"));
    write(store, async |tx| {
        for organization in [&b, &upper, &a] {
            tx.insert_organization(organization).await.unwrap();
        }
    })
    .await;
    assert_eq!(store.read().await.unwrap().organizations().await.unwrap(), [upper, a, b], "by their bytes");
}

pub(crate) async fn two_organizations_cannot_share_a_name(store: &dyn Store) {
    two_organizations(store).await;
    let twin = kinora_domain::access::Organization { name: organization(1).name, ..organization(3) };
    let mut tx = store.begin().await.unwrap();
    let refused = tx.insert_organization(&twin).await.unwrap_err();
    assert!(matches!(refused, StoreError::Driver { doing: "inserting an organization", .. }), "{refused:?}");
}

fn key(number: u128, prefix: &str) -> ApiKey {
    ApiKey {
        id: key_id(number),
        prefix: prefix.to_owned(),
        hash: [u8::try_from(number).unwrap(); 32],
        name: format!("key {number}"),
        grants: vec![],
        state: KeyState::Active,
        created: at(1_000),
    }
}

pub(crate) async fn a_key_comes_back_in_every_state_with_its_grants_in_order(store: &dyn Store) {
    two_organizations(store).await;
    let grants = vec![
        Grant { organization: organization_id(2), role: Role::Viewer },
        Grant { organization: organization_id(1), role: Role::Admin },
        Grant { organization: organization_id(1), role: Role::Editor },
    ];
    let mut active = ApiKey { grants, ..key(1, "abc") };
    let revoked = ApiKey { state: KeyState::Revoked { at: at(5_000) }, ..key(2, "abc") };
    write(store, async |tx| {
        tx.insert_key(&active).await.unwrap();
        tx.insert_key(&revoked).await.unwrap();
    })
    .await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.key(active.id).await.unwrap().as_ref(), Some(&active));
    assert_eq!(tx.key(revoked.id).await.unwrap().as_ref(), Some(&revoked));
    assert_eq!(tx.key(key_id(3)).await.unwrap(), None);
    drop(tx);

    active.state = KeyState::Revoked { at: at(7_000) };
    write(store, async |tx| tx.update_key(&active).await.unwrap()).await;
    assert_eq!(store.read().await.unwrap().key(active.id).await.unwrap(), Some(active));
}

pub(crate) async fn keys_are_found_by_their_prefix_and_listed_oldest_first(store: &dyn Store) {
    let old = ApiKey { created: at(500), ..key(3, "twin") };
    let (first, second, other) = (key(1, "twin"), key(2, "twin"), key(4, "twi"));
    write(store, async |tx| {
        for key in [&second, &other, &first, &old] {
            tx.insert_key(key).await.unwrap();
        }
    })
    .await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.keys_by_prefix("twin").await.unwrap(), [old.clone(), first.clone(), second.clone()]);
    assert_eq!(tx.keys_by_prefix("TWIN").await.unwrap(), []);
    assert_eq!(tx.keys().await.unwrap(), [old, first, second, other]);
}

pub(crate) async fn a_secret_is_kept_once(store: &dyn Store) {
    write(store, async |tx| {
        tx.insert_secret("parts", &[0, 1, 255]).await.unwrap();
    })
    .await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.secret("parts").await.unwrap(), Some(vec![0, 1, 255]));
    assert_eq!(tx.secret("other").await.unwrap(), None);
    assert!(tx.insert_secret("parts", &[2]).await.is_err());
    drop(tx);
    assert_eq!(store.read().await.unwrap().secret("parts").await.unwrap(), Some(vec![0, 1, 255]));
}
