//! Who sees what, and who waits for whom.

use crate::fixture::{asset, asset_id, file, object_id, track, two_organizations, write};
use futures_util::future::{join_all, poll_fn};
use kinora_app::port::{Store, StoreError};
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::Poll;

/// Polls once; whether it is done.
async fn advances<F: Future>(mut future: Pin<&mut F>) -> bool {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await
}

async fn has_object(store: &dyn Store, number: u128) -> bool {
    store.read().await.unwrap().object_ids().await.unwrap().contains(&object_id(number))
}

pub(crate) async fn what_is_committed_is_seen_by_the_next_transaction(store: &dyn Store) {
    write(store, async |tx| {
        tx.insert_object(object_id(1), 1).await.unwrap();
    })
    .await;
    assert!(has_object(store, 1).await);
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.object_ids().await.unwrap(), [object_id(1)]);
}

pub(crate) async fn a_dropped_transaction_is_undone(store: &dyn Store) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_object(object_id(1), 1).await.unwrap();
    assert_eq!(tx.object_ids().await.unwrap(), [object_id(1)], "it sees its own work");
    drop(tx);
    write(store, async |tx| {
        assert_eq!(tx.object_ids().await.unwrap(), []);
    })
    .await;
    assert!(!has_object(store, 1).await);
}

pub(crate) async fn a_transaction_that_is_cancelled_in_a_statement_is_undone(store: &dyn Store) {
    for number in 0..50 {
        let mut tx = store.begin().await.unwrap();
        tx.insert_object(object_id(1_000 + number), 1).await.unwrap();
        // As far as one poll gets, then the task is gone.
        advances(pin!(tx.insert_object(object_id(2_000 + number), 1))).await;
        drop(tx);
        // The same in what first writes and then reads.
        let mut tx = store.begin().await.unwrap();
        advances(pin!(tx.delete_object(object_id(1)))).await;
        drop(tx);
    }
    write(store, async |tx| {
        assert_eq!(tx.object_ids().await.unwrap(), []);
    })
    .await;
}

pub(crate) async fn a_statement_that_fails_ends_its_transaction(store: &dyn Store) {
    write(store, async |tx| {
        tx.insert_secret("taken", &[1]).await.unwrap();
    })
    .await;
    let mut tx = store.begin().await.unwrap();
    tx.insert_object(object_id(1), 1).await.unwrap();
    tx.insert_secret("taken", &[2]).await.unwrap_err();
    assert!(tx.insert_object(object_id(2), 1).await.is_err());
    assert!(tx.object_ids().await.is_err());
    assert!(tx.commit().await.is_err());
    write(store, async |tx| {
        assert_eq!(tx.object_ids().await.unwrap(), []);
    })
    .await;
}

pub(crate) async fn a_transaction_that_is_cancelled_while_it_begins_leaves_the_writer_free(store: &dyn Store) {
    for _ in 0..50 {
        advances(pin!(store.begin())).await;
        advances(pin!(store.read())).await;
    }
    write(store, async |tx| {
        tx.insert_object(object_id(1), 1).await.unwrap();
    })
    .await;
    assert!(has_object(store, 1).await);
}

pub(crate) async fn a_writer_waits_for_another_writer(store: &dyn Store) {
    let mut first = store.begin().await.unwrap();
    let mut second = pin!(store.begin());
    assert!(!advances(second.as_mut()).await);
    first.insert_object(object_id(1), 1).await.unwrap();
    assert!(!advances(second.as_mut()).await);
    first.commit().await.unwrap();
    let mut second = second.await.unwrap();
    assert_eq!(second.object_ids().await.unwrap(), [object_id(1)], "it begins after the first one's commit");
    second.insert_object(object_id(2), 1).await.unwrap();
    second.commit().await.unwrap();
    assert!(has_object(store, 2).await);
}

pub(crate) async fn two_hundred_writers_all_get_their_turn(store: &dyn Store) {
    write(store, async |tx| {
        tx.insert_object(object_id(0), 1).await.unwrap();
    })
    .await;
    let writers = (1..=200).map(|number| {
        write(store, async move |tx| {
            // Each reads before it writes, which is what makes databases give up.
            assert!(tx.retain_object(object_id(0)).await.unwrap());
            let seen = tx.object_ids().await.unwrap().len();
            tx.insert_object(object_id(number), 1).await.unwrap();
            seen
        })
    });
    let mut seen = join_all(writers).await;
    seen.sort_unstable();
    assert_eq!(seen, (1..=200).collect::<Vec<_>>(), "one after the other");
}

pub(crate) async fn readers_do_not_wait_for_a_writer_and_keep_their_view(store: &dyn Store) {
    let mut early = store.read().await.unwrap();
    assert_eq!(early.object_ids().await.unwrap(), []);
    let mut writer = store.begin().await.unwrap();
    writer.insert_object(object_id(1), 1).await.unwrap();
    let mut during = store.read().await.unwrap();
    assert_eq!(during.object_ids().await.unwrap(), [], "nothing of what is not committed");
    writer.commit().await.unwrap();
    let mut late = store.read().await.unwrap();
    assert_eq!(late.object_ids().await.unwrap(), [object_id(1)]);
    assert_eq!(early.object_ids().await.unwrap(), [], "the view of a transaction is stable");
    assert_eq!(during.object_ids().await.unwrap(), []);
}

pub(crate) async fn a_reader_cannot_write(store: &dyn Store) {
    let mut tx = store.read().await.unwrap();
    assert!(tx.insert_object(object_id(1), 1).await.is_err());
    drop(tx);
    assert!(!has_object(store, 1).await);
}

pub(crate) async fn an_update_of_what_is_not_there_is_an_error(store: &dyn Store) {
    two_organizations(store).await;
    let mut tx = store.begin().await.unwrap();
    let refused = [
        tx.update_file(&file(1)).await.unwrap_err(),
        tx.update_asset(&asset(1)).await.unwrap_err(),
        tx.update_track(&track(1, asset_id(1), 0)).await.unwrap_err(),
    ];
    let tables = refused.map(|error| match error {
        StoreError::Inconsistent { table, .. } => table,
        other => panic!("{other:?}"),
    });
    assert_eq!(tables, ["files", "assets", "tracks"]);
}
