//! Announced videos and their blocks.

use crate::fixture::{
    asset, asset_id, at, failure, file_id, object_id, organization_id, project_id, two_organizations, write,
};
use kinora_app::port::{Store, StoreError};
use kinora_domain::block::{Block, BlockName, Waiting};
use kinora_domain::intake::{Content, InputEncryption, Intake, IntakeState, Stretch};
use kinora_domain::{ContentKeyId, Timestamp};
use uuid::Uuid;

/// Intake `number` of organization 1, open and empty.
fn intake(number: u128) -> Intake {
    Intake {
        id: asset_id(number),
        organization: organization_id(1),
        project: project_id(1),
        name: format!("film {number}.mp4"),
        preset: "dash_hls_1080p".to_owned(),
        key: None,
        input: InputEncryption::None,
        state: IntakeState::Open { content: None },
        created: at(1_000),
        modified: at(1_000),
    }
}

fn content(written: i64) -> Content {
    Content { tag: "0123456789abcdef".to_owned(), size: 7, written: Timestamp::from_millis(written) }
}

fn block(text: &str, object: u128, size: u64) -> Block {
    Block { name: BlockName::read(text).unwrap(), object: object_id(object), size }
}

fn stretch(text: Option<&str>, object: u128, size: u64) -> Stretch {
    Stretch { name: text.map(|text| BlockName::read(text).unwrap()), object: object_id(object), size }
}

pub(crate) async fn an_intake_comes_back_in_every_state(store: &dyn Store) {
    two_organizations(store).await;
    let states = [
        IntakeState::Open { content: None },
        IntakeState::Open { content: Some(content(5)) },
        IntakeState::Received { file: file_id(9) },
        IntakeState::Failed(failure()),
    ];
    for (number, state) in (1..).zip(states) {
        let key = (number % 2 == 0).then(|| ContentKeyId::new(Uuid::from_u128(number)));
        let sealed = InputEncryption::Aes256 { sealed: vec![0, 255, 7] };
        let input = if number > 2 { sealed } else { InputEncryption::None };
        let intake = Intake { key, input, state, ..intake(number) };
        write(store, async |tx| tx.insert_intake(&intake).await.unwrap()).await;
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.intake(organization_id(1), intake.id).await.unwrap().as_ref(), Some(&intake));
        assert_eq!(tx.intake_of_anyone(intake.id).await.unwrap(), Some(intake.clone()));
        assert_eq!(tx.intake(organization_id(2), intake.id).await.unwrap(), None);
    }
}

pub(crate) async fn an_update_changes_what_may_change_of_an_intake_and_nothing_else(store: &dyn Store) {
    two_organizations(store).await;
    let first = intake(1);
    let changed = Intake {
        name: "other.mov".to_owned(),
        preset: "dash_hls_1080p_aes128".to_owned(),
        key: Some(ContentKeyId::new(Uuid::from_u128(3))),
        state: IntakeState::Received { file: file_id(2) },
        modified: at(9_000),
        ..first.clone()
    };
    let asked = Intake {
        organization: organization_id(2),
        project: project_id(2),
        input: InputEncryption::Aes256 { sealed: vec![1] },
        created: at(7),
        ..changed.clone()
    };
    write(store, async |tx| {
        tx.insert_intake(&first).await.unwrap();
        tx.insert_intake(&intake(2)).await.unwrap();
        tx.update_intake(&asked).await.unwrap();
    })
    .await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.intake_of_anyone(first.id).await.unwrap(), Some(changed));
    assert_eq!(tx.intake_of_anyone(asset_id(2)).await.unwrap(), Some(intake(2)));
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    let refused = tx.update_intake(&intake(3)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Inconsistent { table: "intakes", .. }), "{refused:?}");
}

pub(crate) async fn a_block_takes_the_place_of_an_earlier_one_of_its_name(store: &dyn Store) {
    two_organizations(store).await;
    write(store, async |tx| {
        tx.insert_intake(&intake(1)).await.unwrap();
        tx.insert_intake(&intake(2)).await.unwrap();
        assert_eq!(tx.any_block(asset_id(1)).await.unwrap(), None);
        assert_eq!(tx.waiting(asset_id(1)).await.unwrap(), Waiting::default());
        assert_eq!(tx.put_block(asset_id(1), &block("BBBB", 1, 10)).await.unwrap(), None);
        assert_eq!(tx.put_block(asset_id(1), &block("AAAA", 2, 20)).await.unwrap(), None);
        assert_eq!(tx.put_block(asset_id(2), &block("BBBB", 3, 30)).await.unwrap(), None);
        assert_eq!(tx.put_block(asset_id(1), &block("BBBB", 4, 40)).await.unwrap(), Some(object_id(1)));
        // Case counts in Base64.
        assert_eq!(tx.put_block(asset_id(1), &block("bbbb", 5, 50)).await.unwrap(), None);
    })
    .await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.waiting(asset_id(1)).await.unwrap(), Waiting { count: 3, bytes: 110 });
    let own = [block("AAAA", 2, 20), block("BBBB", 4, 40), block("bbbb", 5, 50)];
    assert_eq!(tx.waiting_blocks(asset_id(1)).await.unwrap(), own);
    assert_eq!(tx.waiting_blocks(asset_id(2)).await.unwrap(), [block("BBBB", 3, 30)]);
    assert_eq!(tx.any_block(asset_id(2)).await.unwrap(), Some(BlockName::read("BBBB").unwrap()));
}

pub(crate) async fn content_comes_back_in_its_order_and_nothing_waits_beside_it(store: &dyn Store) {
    two_organizations(store).await;
    let many: Vec<_> = (0..2_500).map(|number| stretch(Some("AAAA"), number, 3)).collect();
    write(store, async |tx| {
        tx.insert_intake(&intake(1)).await.unwrap();
        tx.put_block(asset_id(1), &block("BBBB", 1, 10)).await.unwrap();
        tx.put_stretches(asset_id(1), &many).await.unwrap();
    })
    .await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.stretches(asset_id(1)).await.unwrap(), many);
    assert_eq!(tx.waiting(asset_id(1)).await.unwrap(), Waiting::default());
    assert_eq!(tx.any_block(asset_id(1)).await.unwrap(), Some(BlockName::read("AAAA").unwrap()));
    drop(tx);
    let mixed = [stretch(None, 7, 0), stretch(Some("CCCC"), 8, 1), stretch(Some("CCCC"), 8, 1)];
    for content in [&mixed[..], &mixed[..1], &[]] {
        write(store, async |tx| tx.put_stretches(asset_id(1), content).await.unwrap()).await;
        assert_eq!(store.read().await.unwrap().stretches(asset_id(1)).await.unwrap(), content);
    }
    assert_eq!(store.read().await.unwrap().any_block(asset_id(1)).await.unwrap(), None);
}

pub(crate) async fn a_deleted_intake_takes_its_blocks_along(store: &dyn Store) {
    two_organizations(store).await;
    write(store, async |tx| {
        tx.insert_intake(&intake(1)).await.unwrap();
        tx.put_stretches(asset_id(1), &[stretch(None, 7, 1)]).await.unwrap();
        tx.put_block(asset_id(1), &block("BBBB", 1, 10)).await.unwrap();
        tx.delete_intake(asset_id(1)).await.unwrap();
        tx.delete_intake(asset_id(1)).await.unwrap();
    })
    .await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.intake_of_anyone(asset_id(1)).await.unwrap(), None);
    assert_eq!(tx.stretches(asset_id(1)).await.unwrap(), []);
    assert_eq!(tx.waiting_blocks(asset_id(1)).await.unwrap(), []);
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    assert!(tx.put_block(asset_id(1), &block("BBBB", 1, 10)).await.is_err(), "blocks of nothing");
}

pub(crate) async fn awaited_are_those_that_became_no_asset_newest_first(store: &dyn Store) {
    two_organizations(store).await;
    write(store, async |tx| {
        for number in 1..=5 {
            tx.insert_intake(&intake(number)).await.unwrap();
        }
        tx.insert_intake(&Intake { organization: organization_id(2), ..intake(6) }).await.unwrap();
        tx.insert_asset(&asset(3)).await.unwrap();
    })
    .await;
    let mut tx = store.read().await.unwrap();
    let mut page = async |before: Option<u128>, limit| {
        let found = tx.awaited_intakes(organization_id(1), before.map(asset_id), limit).await.unwrap();
        found.into_iter().map(|intake| intake.id.uuid().as_u128()).collect::<Vec<_>>()
    };
    assert_eq!(page(None, 10).await, [5, 4, 2, 1]);
    assert_eq!(page(None, 3).await, [5, 4, 2]);
    assert_eq!(page(Some(2), 3).await, [1]);
    assert_eq!(page(Some(1), 3).await, Vec::<u128>::new());
}

pub(crate) async fn stale_intakes_are_open_and_come_oldest_first(store: &dyn Store) {
    two_organizations(store).await;
    write(store, async |tx| {
        for (number, modified) in [(1, 500), (2, 400), (3, 600), (4, 100)] {
            tx.insert_intake(&Intake { modified: at(modified), ..intake(number) }).await.unwrap();
        }
        let over = Intake { modified: at(100), state: IntakeState::Failed(failure()), ..intake(4) };
        tx.update_intake(&over).await.unwrap();
    })
    .await;
    let mut tx = store.read().await.unwrap();
    let mut stale = async |moment, limit| {
        let found = tx.stale_intakes(at(moment), limit).await.unwrap();
        found.into_iter().map(|intake| intake.id.uuid().as_u128()).collect::<Vec<_>>()
    };
    assert_eq!(stale(600, 10).await, [2, 1]);
    assert_eq!(stale(601, 2).await, [2, 1]);
    assert_eq!(stale(400, 10).await, Vec::<u128>::new());
}
