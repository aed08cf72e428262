//! Files and their parts.

use crate::fixture::{
    at, attribute, completed, failure, file, file_id, found, object_id, organization_id, two_organizations, write,
};
use kinora_app::port::{Store, StoreError};
use kinora_domain::file::{Content, File, FileState, Probe};
use kinora_domain::labels::Labels;
use kinora_domain::track::{FoundTrack, TrackKind};
use kinora_domain::upload::StoredPart;

/// Every state that a file can be in.
fn states() -> Vec<FileState> {
    let content = |probe| FileState::Completed(Content { container: "isobmff".to_owned(), probe });
    let told = FoundTrack {
        language: Some("pl".to_owned()),
        name: Some("Komentarz %_'".to_owned()),
        ..found(TrackKind::Audio, "audio_1")
    };
    let tracks = vec![found(TrackKind::Captions, "captions_1"), told, found(TrackKind::Video, "video_1")];
    vec![
        FileState::Uploading,
        content(Probe::Pending),
        content(Probe::Done { tracks: vec![] }),
        content(Probe::Done { tracks }),
        content(Probe::Failed(failure())),
        FileState::Failed(failure()),
    ]
}

pub(crate) async fn labels_are_replaced_as_a_whole_and_go_with_their_file(store: &dyn Store) {
    two_organizations(store).await;
    let first = Labels {
        tags: vec!["b".to_owned(), "a".to_owned()],
        attributes: vec![attribute("k", "2"), attribute("k", ""), attribute("j", "=")],
    };
    let second = Labels { tags: vec!["c".to_owned()], attributes: vec![] };
    write(store, async |tx| {
        for number in [1, 2] {
            tx.insert_file(&file(number)).await.unwrap();
            tx.put_file_labels(&file(number), &first).await.unwrap();
        }
    })
    .await;
    let both = [file_id(1), file_id(2), file_id(3)];
    for labels in [first.clone(), second, Labels::default()] {
        write(store, async |tx| tx.put_file_labels(&file(1), &labels).await.unwrap()).await;
        let found = store.read().await.unwrap().file_labels(&both).await.unwrap();
        assert_eq!(found.get(&file_id(1)).cloned().unwrap_or_default(), labels);
        assert_eq!(found.get(&file_id(2)), Some(&first));
        assert_eq!(found.get(&file_id(3)), None);
    }
    write(store, async |tx| tx.delete_file(file_id(2)).await.unwrap()).await;
    let mut tx = store.read().await.unwrap();
    assert!(tx.file_labels(&both).await.unwrap().is_empty());
    assert!(tx.file_labels(&[]).await.unwrap().is_empty());
}

pub(crate) async fn a_file_comes_back_in_every_state(store: &dyn Store) {
    two_organizations(store).await;
    let described = File {
        name: "../../x\u{0}\u{202e}".to_owned(),
        metadata: Some("{\"b\":1,\"a\":\"ż\"}".to_owned()),
        size: i64::MAX.unsigned_abs(),
        created: at(-1),
        ..file(1)
    };
    for (number, state) in (1..).zip(states()) {
        let file = File { id: file_id(number), state, ..described.clone() };
        write(store, async |tx| tx.insert_file(&file).await.unwrap()).await;
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.file(file.organization, file.id).await.unwrap().as_ref(), Some(&file));
        assert_eq!(tx.file_of_anyone(file.id).await.unwrap(), Some(file));
    }
    assert_eq!(store.read().await.unwrap().file_of_anyone(file_id(99)).await.unwrap(), None);
}

pub(crate) async fn an_update_changes_what_may_change_and_nothing_else(store: &dyn Store) {
    two_organizations(store).await;
    let original = file(1);
    write(store, async |tx| tx.insert_file(&original).await.unwrap()).await;
    // Each state after each other one, so that nothing of the one before may stay.
    for state in states().into_iter().chain(states().into_iter().rev()) {
        let changed = File {
            name: "new".to_owned(),
            friendly_name: "New".to_owned(),
            metadata: Some("{}".to_owned()),
            state,
            modified: at(9_000),
            size: 5,
            object: object_id(77),
            created: at(8),
            ..original.clone()
        };
        write(store, async |tx| tx.update_file(&changed).await.unwrap()).await;
        let expected = File { size: original.size, object: original.object, created: original.created, ..changed };
        assert_eq!(store.read().await.unwrap().file_of_anyone(original.id).await.unwrap(), Some(expected));
    }
}

pub(crate) async fn a_file_of_another_organization_is_absent(store: &dyn Store) {
    two_organizations(store).await;
    write(store, async |tx| tx.insert_file(&file(1)).await.unwrap()).await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.file(organization_id(2), file_id(1)).await.unwrap(), None);
    assert!(tx.file(organization_id(1), file_id(1)).await.unwrap().is_some());
}

fn part(number: u64, etag: &str, size: u64) -> StoredPart {
    StoredPart { number, etag: etag.to_owned(), size }
}

pub(crate) async fn a_part_takes_the_place_of_an_earlier_one_of_its_number(store: &dyn Store) {
    two_organizations(store).await;
    write(store, async |tx| {
        tx.insert_file(&file(1)).await.unwrap();
        tx.insert_file(&file(2)).await.unwrap();
        for part in [part(10, "a", 1), part(2, "b", 2), part(1, "c", 3)] {
            tx.put_part(file_id(1), &part).await.unwrap();
        }
        tx.put_part(file_id(2), &part(1, "other", 4)).await.unwrap();
    })
    .await;
    write(store, async |tx| {
        tx.put_part(file_id(1), &part(2, "d", 5)).await.unwrap();
        tx.delete_part(file_id(1), 1).await.unwrap();
        tx.delete_part(file_id(1), 99).await.unwrap();
        tx.delete_part(file_id(1), u64::MAX).await.unwrap();
    })
    .await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.parts(file_id(1)).await.unwrap(), [part(2, "d", 5), part(10, "a", 1)]);
    assert_eq!(tx.parts(file_id(2)).await.unwrap(), [part(1, "other", 4)]);
    assert_eq!(tx.parts(file_id(3)).await.unwrap(), []);
}

pub(crate) async fn a_deleted_file_takes_its_parts_and_tracks_along(store: &dyn Store) {
    two_organizations(store).await;
    let probed = File { state: completed(vec![found(TrackKind::Video, "video_1")]), ..file(1) };
    write(store, async |tx| {
        tx.insert_file(&probed).await.unwrap();
        tx.put_part(probed.id, &part(1, "a", 1)).await.unwrap();
    })
    .await;
    write(store, async |tx| tx.delete_file(probed.id).await.unwrap()).await;
    write(store, async |tx| {
        assert_eq!(tx.file_of_anyone(probed.id).await.unwrap(), None);
        assert_eq!(tx.parts(probed.id).await.unwrap(), []);
        // Nothing is left that a file of the same id would trip over, or find in itself.
        let again = File { state: completed(vec![]), ..probed.clone() };
        tx.insert_file(&again).await.unwrap();
        assert_eq!(tx.file_of_anyone(again.id).await.unwrap(), Some(again));
        tx.delete_file(file_id(99)).await.unwrap();
    })
    .await;
}

pub(crate) async fn stale_uploads_come_oldest_first(store: &dyn Store) {
    two_organizations(store).await;
    let uploading = |number, modified| File { modified: at(modified), ..file(number) };
    let done = File { state: completed(vec![]), ..uploading(1, 10) };
    let foreign = File { organization: organization_id(2), ..uploading(5, 30) };
    write(store, async |tx| {
        for file in [&done, &uploading(2, 100), &uploading(3, 50), &uploading(4, 20), &foreign] {
            tx.insert_file(file).await.unwrap();
        }
    })
    .await;
    let mut tx = store.read().await.unwrap();
    let stale = tx.stale_uploads(at(100), u64::MAX).await.unwrap();
    assert_eq!(stale, [uploading(4, 20), foreign.clone(), uploading(3, 50)]);
    assert_eq!(tx.stale_uploads(at(100), 1).await.unwrap(), [uploading(4, 20)]);
    assert_eq!(tx.stale_uploads(at(20), 9).await.unwrap(), []);
}

pub(crate) async fn a_size_that_no_database_can_hold_is_refused(store: &dyn Store) {
    two_organizations(store).await;
    let mut tx = store.begin().await.unwrap();
    let refused = tx.insert_file(&File { size: u64::MAX, ..file(1) }).await.unwrap_err();
    assert!(matches!(refused, StoreError::Inconsistent { table: "files", .. }), "{refused:?}");
}
