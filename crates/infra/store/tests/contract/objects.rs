//! Objects and their references.

use crate::fixture::{object_id, write};
use kinora_app::port::{Store, StoreError};

pub(crate) async fn references_are_counted_down_to_none(store: &dyn Store) {
    write(store, async |tx| {
        for number in [3, 1, 2] {
            tx.insert_object(object_id(number), 10).await.unwrap();
        }
        assert!(tx.retain_object(object_id(1)).await.unwrap());
        tx.release_object(object_id(1)).await.unwrap();
        tx.release_object(object_id(2)).await.unwrap();
        tx.release_object(object_id(3)).await.unwrap();
    })
    .await;
    write(store, async |tx| {
        assert_eq!(tx.unreferenced_objects(u64::MAX).await.unwrap(), [object_id(2), object_id(3)]);
        assert_eq!(tx.unreferenced_objects(1).await.unwrap(), [object_id(2)]);
        assert_eq!(tx.object_ids().await.unwrap(), [object_id(1), object_id(2), object_id(3)]);
        tx.release_object(object_id(1)).await.unwrap();
        tx.delete_object(object_id(1)).await.unwrap();
        tx.delete_object(object_id(9)).await.unwrap();
        assert_eq!(tx.object_ids().await.unwrap(), [object_id(2), object_id(3)]);
    })
    .await;
}

pub(crate) async fn an_object_without_references_cannot_be_taken_up_again(store: &dyn Store) {
    write(store, async |tx| {
        tx.insert_object(object_id(1), 0).await.unwrap();
        tx.release_object(object_id(1)).await.unwrap();
        assert!(!tx.retain_object(object_id(1)).await.unwrap());
        assert!(!tx.retain_object(object_id(2)).await.unwrap());
        assert_eq!(tx.unreferenced_objects(9).await.unwrap(), [object_id(1)]);
    })
    .await;
}

pub(crate) async fn references_never_become_negative(store: &dyn Store) {
    write(store, async |tx| {
        tx.insert_object(object_id(1), 0).await.unwrap();
    })
    .await;
    write(store, async |tx| {
        tx.release_object(object_id(1)).await.unwrap();
    })
    .await;
    for number in [1, 2] {
        let mut tx = store.begin().await.unwrap();
        let refused = tx.release_object(object_id(number)).await.unwrap_err();
        let StoreError::Inconsistent { table, row, .. } = refused else { panic!("{refused:?}") };
        assert_eq!((table, row), ("objects", object_id(number).to_string()));
    }
}

pub(crate) async fn an_object_with_references_is_not_forgotten(store: &dyn Store) {
    write(store, async |tx| {
        tx.insert_object(object_id(1), 0).await.unwrap();
    })
    .await;
    let mut tx = store.begin().await.unwrap();
    let refused = tx.delete_object(object_id(1)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Inconsistent { table: "objects", .. }), "{refused:?}");
    assert_eq!(tx.object_ids().await.unwrap(), [object_id(1)]);
}
