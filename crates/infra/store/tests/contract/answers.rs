//! Answers that are given again.

use crate::access::key;
use crate::fixture::{at, key_id, organization_id, two_organizations, write};
use kinora_app::port::{AnswerId, Store, StoreError, StoredAnswer};

fn id(key: u128, organization: u128, word: &str) -> AnswerId {
    AnswerId { key: key_id(key), organization: organization_id(organization), word: word.to_owned() }
}

fn answer(id: &AnswerId, body: &[u8], created: i64) -> StoredAnswer {
    StoredAnswer { id: id.clone(), fingerprint: [7; 32], status: 201, body: body.to_vec(), created: at(created) }
}

async fn two_keys(store: &dyn Store) {
    two_organizations(store).await;
    write(store, async |tx| {
        tx.insert_key(&key(1, "abc")).await.unwrap();
        tx.insert_key(&key(2, "abc")).await.unwrap();
    })
    .await;
}

pub(crate) async fn an_answer_is_found_by_all_of_its_id(store: &dyn Store) {
    two_keys(store).await;
    let ids = [id(1, 1, "a"), id(2, 1, "a"), id(1, 2, "a"), id(1, 1, "A"), id(1, 1, "b")];
    write(store, async |tx| {
        for (number, id) in (0..).zip(&ids) {
            assert!(tx.put_answer(&answer(id, &[number, 0, 255], 5), at(0)).await.unwrap());
        }
    })
    .await;
    let mut tx = store.read().await.unwrap();
    for (number, id) in (0..).zip(&ids) {
        assert_eq!(tx.answer(id).await.unwrap(), Some(answer(id, &[number, 0, 255], 5)));
    }
    assert_eq!(tx.answer(&id(2, 2, "a")).await.unwrap(), None);
}

pub(crate) async fn an_answer_takes_the_place_of_an_old_one_only(store: &dyn Store) {
    two_keys(store).await;
    let id = id(1, 1, "a");
    for (body, created, over, is_stored) in
        [(b"1", 100, 0, true), (b"2", 200, 100, false), (b"3", 300, 101, true), (b"4", 400, 101, false)]
    {
        let stored = write(store, async |tx| tx.put_answer(&answer(&id, body, created), at(over)).await.unwrap()).await;
        assert_eq!(stored, is_stored, "{created}");
    }
    assert_eq!(store.read().await.unwrap().answer(&id).await.unwrap(), Some(answer(&id, b"3", 300)));
}

pub(crate) async fn old_answers_are_forgotten_oldest_first(store: &dyn Store) {
    two_keys(store).await;
    write(store, async |tx| {
        for (word, created) in [("a", 1), ("b", 2), ("c", 2), ("d", 3), ("e", 4)] {
            assert!(tx.put_answer(&answer(&id(1, 1, word), b"", created), at(0)).await.unwrap());
        }
    })
    .await;
    let left = async || {
        let mut tx = store.read().await.unwrap();
        let mut left = String::new();
        for word in ["a", "b", "c", "d", "e"] {
            left.extend(tx.answer(&id(1, 1, word)).await.unwrap().map(|answer| answer.id.word));
        }
        left
    };
    for (limit, count, words) in [(1, 1, "bcde"), (1, 2, "de"), (2, 1, "e"), (2, 0, "e")] {
        let forgotten = write(store, async |tx| tx.delete_answers(at(4), limit).await.unwrap()).await;
        assert_eq!((forgotten, left().await.as_str()), (count, words));
    }
}

pub(crate) async fn an_answer_belongs_to_a_key_and_is_a_success(store: &dyn Store) {
    two_keys(store).await;
    let failed = StoredAnswer { status: 404, ..answer(&id(1, 1, "a"), b"", 1) };
    for wrong in [answer(&id(3, 1, "a"), b"", 1), answer(&id(1, 3, "a"), b"", 1), failed] {
        let mut tx = store.begin().await.unwrap();
        let refused = tx.put_answer(&wrong, at(0)).await.unwrap_err();
        assert!(matches!(refused, StoreError::Driver { doing: "storing an answer", .. }), "{refused:?}");
    }
}
