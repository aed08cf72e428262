//! Organizations, keys, secrets.

use crate::fixture::{at, key_id, organization, organization_id, page, two_organizations, write};
use kinora_app::port::{KeySort, Order, Store, StoreError};
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

pub(crate) fn key(number: u128, prefix: &str) -> ApiKey {
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

pub(crate) async fn an_update_changes_name_grants_and_state_of_a_key_and_nothing_else(store: &dyn Store) {
    two_organizations(store).await;
    let before = of(1, 1, Role::Admin);
    let bystander = of(2, 1, Role::Viewer);
    write(store, async |tx| {
        tx.insert_key(&before).await.unwrap();
        tx.insert_key(&bystander).await.unwrap();
    })
    .await;
    let after = ApiKey {
        name: "renamed".to_owned(),
        grants: vec![Grant { organization: organization_id(2), role: Role::Editor }],
        state: KeyState::Revoked { at: at(9_000) },
        ..before.clone()
    };
    let other = ApiKey { prefix: "other".to_owned(), hash: [9; 32], created: at(1), ..after.clone() };
    write(store, async |tx| tx.update_key(&other).await.unwrap()).await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.key(before.id).await.unwrap(), Some(after));
    assert_eq!(tx.key(bystander.id).await.unwrap(), Some(bystander));
}

pub(crate) async fn a_key_acts_for_an_organization_in_one_role(store: &dyn Store) {
    two_organizations(store).await;
    let grant = |role| Grant { organization: organization_id(1), role };
    let twice = ApiKey { grants: vec![grant(Role::Admin), grant(Role::Viewer)], ..key(1, "abc") };
    let mut tx = store.begin().await.unwrap();
    assert!(matches!(tx.insert_key(&twice).await, Err(StoreError::Driver { .. })));
}

/// Key `number` of an organization, made at its number.
fn of(number: u128, organization: u128, role: Role) -> ApiKey {
    let grants = vec![Grant { organization: organization_id(organization), role }];
    ApiKey { grants, created: at(i64::try_from(number).unwrap()), ..key(number, "abc") }
}

pub(crate) async fn active_keys_of_an_organization_are_found_sorted_and_paged(store: &dyn Store) {
    two_organizations(store).await;
    let named = |number, name: &str, role| ApiKey { name: name.to_owned(), ..of(number, 1, role) };
    let revoked = ApiKey { state: KeyState::Revoked { at: at(9) }, ..named(5, "b gone", Role::Admin) };
    let shared = ApiKey {
        grants: vec![
            Grant { organization: organization_id(2), role: Role::Admin },
            Grant { organization: organization_id(1), role: Role::Viewer },
        ],
        ..named(4, "Both_", Role::Viewer)
    };
    write(store, async |tx| {
        for key in [
            &named(2, "b", Role::Viewer),
            &named(1, "B%", Role::Editor),
            &named(3, "a", Role::Admin),
            &shared,
            &revoked,
            &of(6, 2, Role::Admin),
        ] {
            tx.insert_key(key).await.unwrap();
        }
    })
    .await;
    let mut tx = store.read().await.unwrap();
    let table: &[(Option<&str>, KeySort, &[u128])] = &[
        (None, KeySort::Created, &[1, 2, 3, 4]),
        (None, KeySort::Name, &[1, 4, 3, 2]),
        (None, KeySort::Role, &[3, 1, 2, 4]),
        (Some("B"), KeySort::Created, &[1, 2, 4]),
        (Some("%"), KeySort::Created, &[1]),
        (Some("_"), KeySort::Created, &[4]),
        (Some(""), KeySort::Created, &[1, 2, 3, 4]),
        (Some("gone"), KeySort::Created, &[]),
    ];
    for (text, sort, expected) in table {
        let mut numbers = expected.to_vec();
        for order in [Order::Ascending, Order::Descending] {
            let listed = tx.keys_of(organization_id(1), *text, (*sort, order), page(1, 10)).await.unwrap();
            let found: Vec<_> = listed.items.iter().map(|key| key.id.uuid().as_u128()).collect();
            assert_eq!((&found, listed.total), (&numbers, numbers.len() as u64), "{text:?} {sort:?} {order:?}");
            numbers.reverse();
        }
    }
    let long = "%".repeat(60_000);
    let none = tx.keys_of(organization_id(1), Some(&long), (KeySort::Name, Order::Ascending), page(1, 10)).await;
    assert_eq!(none.unwrap().total, 0);
    let sort = (KeySort::Created, Order::Ascending);
    for (number, expected, has_more) in [(1, &[1_u128, 2, 3][..], true), (2, &[4], false), (3, &[], false)] {
        let listed = tx.keys_of(organization_id(1), None, sort, page(number, 3)).await.unwrap();
        let found: Vec<_> = listed.items.iter().map(|key| key.id.uuid().as_u128()).collect();
        assert_eq!((found.as_slice(), listed.total, listed.has_more()), (expected, 4, has_more), "page {number}");
    }
    let both = tx.keys_of(organization_id(2), None, sort, page(1, 3)).await.unwrap();
    assert_eq!(both.items[0], shared, "with all its grants");
    assert_eq!(both.total, 2);
}

pub(crate) async fn other_admins_are_active_keys_of_that_organization(store: &dyn Store) {
    two_organizations(store).await;
    let gone = ApiKey { state: KeyState::Revoked { at: at(9) }, ..of(4, 1, Role::Admin) };
    write(store, async |tx| {
        for key in
            [&of(1, 1, Role::Admin), &of(2, 1, Role::Admin), &of(3, 1, Role::Editor), &gone, &of(5, 2, Role::Admin)]
        {
            tx.insert_key(key).await.unwrap();
        }
    })
    .await;
    let mut tx = store.read().await.unwrap();
    for (organization, key, count) in [(1, 1, 1), (1, 3, 2), (1, 5, 2), (2, 5, 0), (3, 1, 0)] {
        assert_eq!(tx.other_admins(organization_id(organization), key_id(key)).await.unwrap(), count);
    }
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
