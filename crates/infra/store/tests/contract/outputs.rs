//! Outputs, their renditions and chunks.

use crate::fixture::{
    asset, asset_id, at, chunk, chunk_id, failure, object_id, output, output_id, part, plan, rendition, rendition_id,
    sound, source, track, track_id, two_organizations, write,
};
use kinora_app::port::{Amount, Store, StoreError, StoredChunk};
use kinora_domain::endpoint::{Access, Format, HarvestedEndpoint, Protection};
use kinora_domain::ladder::Rung;
use kinora_domain::output::{Output, OutputState, Part, Rendition, Role};
use kinora_domain::picture::Size;
use kinora_domain::track::Track;

fn states() -> Vec<OutputState> {
    vec![
        OutputState::Waiting,
        OutputState::Processing { since: at(0) },
        OutputState::Processing { since: at(i64::MAX) },
        OutputState::Completed,
        OutputState::Stalled(failure()),
        OutputState::Failed(failure()),
    ]
}

fn roles() -> Vec<Role> {
    vec![
        Role::First(source(1)),
        Role::Rung(Rung { size: Size { width: 1_280, height: 720 }, crf: 22, max_kbps: u32::MAX }),
        sound(Some("pl-PL"), Some("G\u{142}os \"1\" \u{0}")),
        sound(None, None),
        Role::Indexed { source: source(2), language: None, name: Some(String::new()) },
    ]
}

/// Assets 1 and 2 with output 1 and 2.
async fn two_outputs(store: &dyn Store) {
    two_organizations(store).await;
    write(store, async |tx| {
        for number in [1, 2] {
            tx.insert_asset(&asset(number)).await.unwrap();
            tx.insert_output(&output(number, asset_id(number))).await.unwrap();
        }
    })
    .await;
}

pub(crate) async fn an_output_comes_back_in_every_state(store: &dyn Store) {
    two_outputs(store).await;
    for (number, state) in (10..).zip(states()) {
        let bare = Output { state: state.clone(), ..output(number, asset_id(1)) };
        let planned = Output { state, plan: Some(plan()), ..output(100 + number, asset_id(1)) };
        for output in [bare, planned] {
            write(store, async |tx| tx.insert_output(&output).await.unwrap()).await;
            assert_eq!(store.read().await.unwrap().output(output.id).await.unwrap(), Some(output));
        }
    }
    assert_eq!(store.read().await.unwrap().output(output_id(9)).await.unwrap(), None);
}

pub(crate) async fn an_update_changes_what_may_change_and_nothing_else(store: &dyn Store) {
    two_outputs(store).await;
    let original = output(1, asset_id(1));
    for (state, plan) in states().into_iter().zip([None, Some(plan()), None, Some(plan()), None]) {
        let changed = Output {
            preset: "other".to_owned(),
            asset: asset_id(2),
            created: at(8),
            modified: at(9_000),
            state,
            plan,
            ..original.clone()
        };
        write(store, async |tx| tx.update_output(&changed).await.unwrap()).await;
        let expected =
            Output { preset: original.preset.clone(), asset: original.asset, created: original.created, ..changed };
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.output(original.id).await.unwrap(), Some(expected));
        assert_eq!(tx.output(output_id(2)).await.unwrap(), Some(output(2, asset_id(2))));
    }
}

pub(crate) async fn outputs_of_an_asset_come_oldest_first_without_their_plans(store: &dyn Store) {
    two_outputs(store).await;
    let of = |number, created| Output { created: at(created), ..output(number, asset_id(1)) };
    let planned = Output { plan: Some(plan()), ..of(7, 500) };
    let copy = HarvestedEndpoint {
        id: None,
        access: Access::S3,
        format: Format::Dash,
        url: Some("s3://copies/a".to_owned()),
        preset: None,
        protection: Protection::None,
        details: None,
        duration_ms: Some(7),
        size_bytes: None,
    };
    let added =
        Output { name: Some("added".to_owned()), expires: Some(at(i64::MAX)), harvested: vec![copy], ..of(3, 100) };
    write(store, async |tx| {
        for output in [&added, &of(6, 3_000), &of(5, 3_000), &planned] {
            tx.insert_output(output).await.unwrap();
        }
    })
    .await;
    let again = Output { id: output_id(4), ..added.clone() };
    store.begin().await.unwrap().insert_output(&again).await.unwrap_err();
    let mut tx = store.read().await.unwrap();
    // The asset's own before what was added.
    let expected = [of(7, 500), of(1, 1_000), of(5, 3_000), of(6, 3_000), added.clone()];
    assert_eq!(tx.outputs(asset_id(1)).await.unwrap(), expected);
    assert_eq!(tx.outputs(asset_id(2)).await.unwrap(), [output(2, asset_id(2))]);
    assert_eq!(tx.outputs(asset_id(9)).await.unwrap(), []);
    assert_eq!(tx.output(output_id(7)).await.unwrap(), Some(planned));
}

pub(crate) async fn renditions_come_back_in_every_role_by_position(store: &dyn Store) {
    two_outputs(store).await;
    let mut stored: Vec<Rendition> = (0_u32..)
        .zip(roles())
        .map(|(place, role)| Rendition { role, ..rendition(10 + u128::from(place), 1, 9 - place) })
        .collect();
    stored.push(Rendition { sealed: true, duration_ms: i64::MAX.unsigned_abs(), ..rendition(30, 1, u32::MAX) });
    let other = rendition(31, 2, 0);
    write(store, async |tx| {
        for rendition in stored.iter().chain([&other]) {
            tx.insert_rendition(rendition).await.unwrap();
        }
    })
    .await;
    let mut tx = store.read().await.unwrap();
    for rendition in &stored {
        assert_eq!(tx.rendition(rendition.id).await.unwrap().as_ref(), Some(rendition));
    }
    stored.sort_by_key(|rendition| rendition.position);
    assert_eq!(tx.renditions(asset_id(1)).await.unwrap(), stored);
    assert_eq!(tx.renditions(asset_id(2)).await.unwrap(), [other]);
    assert_eq!(tx.rendition(rendition_id(9)).await.unwrap(), None);
}

pub(crate) async fn two_renditions_of_an_asset_cannot_share_a_position(store: &dyn Store) {
    two_outputs(store).await;
    let mut tx = store.begin().await.unwrap();
    tx.insert_output(&output(3, asset_id(1))).await.unwrap();
    tx.insert_rendition(&rendition(1, 1, 0)).await.unwrap();
    tx.insert_rendition(&rendition(2, 2, 0)).await.unwrap();
    let again = Rendition { output: output_id(3), ..rendition(3, 1, 0) };
    let refused = tx.insert_rendition(&again).await.unwrap_err();
    assert!(matches!(refused, StoreError::Driver { doing: "inserting a rendition", .. }), "{refused:?}");
}

pub(crate) async fn parts_come_back_by_number_and_each_number_once(store: &dyn Store) {
    two_outputs(store).await;
    write(store, async |tx| {
        tx.insert_rendition(&rendition(1, 1, 0)).await.unwrap();
        tx.insert_rendition(&rendition(2, 1, 1)).await.unwrap();
        for number in [u32::MAX, 0, 10, 9] {
            tx.insert_part(rendition_id(1), &part(number)).await.unwrap();
        }
        tx.insert_part(rendition_id(2), &part(0)).await.unwrap();
    })
    .await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.rendition_parts(rendition_id(1)).await.unwrap(), [0, 9, 10, u32::MAX].map(part));
    assert_eq!(tx.rendition_parts(rendition_id(2)).await.unwrap(), [part(0)]);
    let again = Part { media: object_id(1), ..part(9) };
    let refused = tx.insert_part(rendition_id(1), &again).await.unwrap_err();
    assert!(matches!(refused, StoreError::Driver { doing: "inserting a part of a rendition", .. }), "{refused:?}");
}

pub(crate) async fn a_part_of_no_rendition_is_refused(store: &dyn Store) {
    let mut tx = store.begin().await.unwrap();
    let refused = tx.insert_part(rendition_id(1), &part(0)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Driver { doing: "inserting a part of a rendition", .. }), "{refused:?}");
}

pub(crate) async fn a_sealed_rendition_has_no_parts_and_is_done(store: &dyn Store) {
    two_outputs(store).await;
    write(store, async |tx| {
        for (number, position) in [(1, 0), (2, 1)] {
            tx.insert_rendition(&rendition(number, 1, position)).await.unwrap();
            tx.insert_part(rendition_id(number), &part(0)).await.unwrap();
        }
        tx.report_rendition(rendition_id(1), Amount { done: 1_500, total: 1_200 }).await.unwrap();
        tx.report_rendition(rendition_id(2), Amount { done: 5, total: 1_300 }).await.unwrap();
        tx.seal_rendition(rendition_id(1)).await.unwrap();
    })
    .await;
    write(store, async |tx| {
        assert_eq!(tx.rendition_parts(rendition_id(1)).await.unwrap(), []);
        assert_eq!(tx.rendition_parts(rendition_id(2)).await.unwrap(), [part(0)]);
        let sealed = Rendition { sealed: true, ..rendition(1, 1, 0) };
        assert_eq!(tx.renditions(asset_id(1)).await.unwrap(), [sealed, rendition(2, 1, 1)]);
        assert_eq!(tx.amount(output_id(1)).await.unwrap(), Amount { done: 1_505, total: 2_800 });
        tx.seal_rendition(rendition_id(2)).await.unwrap();
        assert_eq!(tx.amount(output_id(1)).await.unwrap(), Amount { done: 2_800, total: 2_800 });
        tx.report_rendition(rendition_id(2), Amount { done: 9_000, total: 9_999 }).await.unwrap();
        assert_eq!(tx.amount(output_id(1)).await.unwrap(), Amount { done: 2_800, total: 2_800 }, "too late");
    })
    .await;
}

pub(crate) async fn a_deleted_rendition_takes_its_parts_along(store: &dyn Store) {
    two_outputs(store).await;
    write(store, async |tx| {
        for (number, position) in [(1, 0), (2, 1)] {
            tx.insert_rendition(&rendition(number, 1, position)).await.unwrap();
            tx.insert_part(rendition_id(number), &part(0)).await.unwrap();
        }
        tx.delete_rendition(rendition_id(1)).await.unwrap();
        tx.delete_rendition(rendition_id(9)).await.unwrap();
    })
    .await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.renditions(asset_id(1)).await.unwrap(), [rendition(2, 1, 1)]);
    assert_eq!(tx.rendition_parts(rendition_id(1)).await.unwrap(), []);
    assert_eq!(tx.rendition_parts(rendition_id(2)).await.unwrap(), [part(0)]);
}

pub(crate) async fn the_next_position_is_behind_all_tracks_and_renditions(store: &dyn Store) {
    two_outputs(store).await;
    write(store, async |tx| {
        assert_eq!(tx.next_position(asset_id(1)).await.unwrap(), 0);
        tx.insert_rendition(&rendition(1, 1, 3)).await.unwrap();
        tx.insert_rendition(&rendition(2, 2, 90)).await.unwrap();
        assert_eq!(tx.next_position(asset_id(1)).await.unwrap(), 4);
        tx.insert_track(&track(1, asset_id(1), 3)).await.unwrap();
        assert_eq!(tx.next_position(asset_id(1)).await.unwrap(), 4);
        tx.insert_track(&track(2, asset_id(1), 7)).await.unwrap();
        assert_eq!(tx.next_position(asset_id(1)).await.unwrap(), 8);
        tx.delete_rendition(rendition_id(1)).await.unwrap();
        assert_eq!(tx.next_position(asset_id(1)).await.unwrap(), 8);
        tx.insert_track(&track(3, asset_id(1), u32::MAX)).await.unwrap();
    })
    .await;
    let refused = store.read().await.unwrap().next_position(asset_id(1)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Inconsistent { table: "assets", .. }), "{refused:?}");
}

pub(crate) async fn a_chunk_begins_with_nothing_done_and_its_number_is_its_own(store: &dyn Store) {
    two_outputs(store).await;
    let busy = StoredChunk { done: 7, finished: true, ..chunk(1, 1, 0) };
    write(store, async |tx| {
        tx.insert_chunk(&busy).await.unwrap();
        tx.insert_chunk(&chunk(2, 2, 0)).await.unwrap();
        assert_eq!(tx.chunk(chunk_id(1)).await.unwrap(), Some(chunk(1, 1, 0)));
        assert_eq!(tx.chunk(chunk_id(2)).await.unwrap(), Some(chunk(2, 2, 0)));
        assert_eq!(tx.chunk(chunk_id(9)).await.unwrap(), None);
    })
    .await;
    let mut tx = store.begin().await.unwrap();
    let refused = tx.insert_chunk(&chunk(3, 1, 0)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Driver { doing: "inserting a chunk", .. }), "{refused:?}");
}

pub(crate) async fn what_is_done_of_a_chunk_never_shrinks_nor_exceeds_it(store: &dyn Store) {
    two_outputs(store).await;
    write(store, async |tx| {
        tx.insert_chunk(&chunk(1, 1, 0)).await.unwrap();
        tx.insert_chunk(&chunk(2, 1, 1)).await.unwrap();
        for (reported, done) in [(0, 0), (30, 30), (29, 30), (31, 31), (0, 31), (600, 600), (u64::MAX, 600), (5, 600)] {
            tx.report_chunk(chunk_id(1), reported).await.unwrap();
            let expected = StoredChunk { done, ..chunk(1, 1, 0) };
            assert_eq!(tx.chunk(chunk_id(1)).await.unwrap(), Some(expected), "{reported}");
        }
        assert_eq!(tx.chunk(chunk_id(2)).await.unwrap(), Some(chunk(2, 1, 1)), "the other one");
        tx.report_chunk(chunk_id(2), u64::MAX).await.unwrap();
        assert_eq!(tx.chunk(chunk_id(2)).await.unwrap(), Some(StoredChunk { done: 600, ..chunk(2, 1, 1) }));
    })
    .await;
}

pub(crate) async fn a_finished_chunk_is_done_and_stays_so(store: &dyn Store) {
    two_outputs(store).await;
    write(store, async |tx| {
        tx.insert_chunk(&chunk(1, 1, 0)).await.unwrap();
        tx.insert_chunk(&chunk(2, 1, 1)).await.unwrap();
        tx.report_chunk(chunk_id(1), 30).await.unwrap();
        tx.finish_chunk(chunk_id(1)).await.unwrap();
        tx.report_chunk(chunk_id(1), 31).await.unwrap();
        tx.finish_chunk(chunk_id(1)).await.unwrap();
        let finished = StoredChunk { done: 600, finished: true, ..chunk(1, 1, 0) };
        assert_eq!(tx.chunk(chunk_id(1)).await.unwrap(), Some(finished));
        assert_eq!(tx.chunk(chunk_id(2)).await.unwrap(), Some(chunk(2, 1, 1)));
    })
    .await;
}

pub(crate) async fn the_amount_is_that_of_the_picture_or_else_of_the_sound(store: &dyn Store) {
    two_outputs(store).await;
    write(store, async |tx| {
        assert_eq!(tx.amount(output_id(1)).await.unwrap(), Amount::default());
        assert_eq!(tx.amount(output_id(9)).await.unwrap(), Amount::default());

        tx.insert_rendition(&rendition(1, 1, 0)).await.unwrap();
        tx.insert_rendition(&rendition(2, 1, 1)).await.unwrap();
        tx.insert_rendition(&rendition(3, 2, 0)).await.unwrap();
        assert_eq!(tx.amount(output_id(1)).await.unwrap(), Amount { done: 0, total: 2_000 }, "as the headers say");
        for (reported, expected) in [
            ((400, 1_000), (400, 2_000)),
            ((300, 900), (400, 2_000)),
            ((500, 1_100), (500, 2_100)),
            ((u64::MIN, 0), (500, 2_100)),
        ] {
            let amount = |(done, total)| Amount { done, total };
            tx.report_rendition(rendition_id(1), amount(reported)).await.unwrap();
            assert_eq!(tx.amount(output_id(1)).await.unwrap(), amount(expected), "{reported:?}");
        }
        assert_eq!(tx.amount(output_id(2)).await.unwrap(), Amount { done: 0, total: 1_000 });

        for number in 0..3_u32 {
            tx.insert_chunk(&chunk(u128::from(number), 1, number)).await.unwrap();
        }
        tx.insert_chunk(&chunk(7, 2, 0)).await.unwrap();
        assert_eq!(tx.amount(output_id(1)).await.unwrap(), Amount { done: 0, total: 1_800 });
        tx.report_chunk(chunk_id(0), 30).await.unwrap();
        tx.finish_chunk(chunk_id(2)).await.unwrap();
        assert_eq!(tx.amount(output_id(1)).await.unwrap(), Amount { done: 630, total: 1_800 });
    })
    .await;
}

pub(crate) async fn a_deleted_output_takes_all_that_belongs_to_it_along(store: &dyn Store) {
    two_outputs(store).await;
    write(store, async |tx| {
        for number in [1, 2] {
            tx.insert_rendition(&rendition(number, number, 0)).await.unwrap();
            tx.insert_part(rendition_id(number), &part(0)).await.unwrap();
            tx.insert_chunk(&chunk(number, number, 0)).await.unwrap();
        }
        tx.insert_track(&track(1, asset_id(1), 0)).await.unwrap();
        tx.delete_output(output_id(1)).await.unwrap();
        tx.delete_output(output_id(9)).await.unwrap();
    })
    .await;
    write(store, async |tx| {
        assert_eq!(tx.output(output_id(1)).await.unwrap(), None);
        assert_eq!(tx.rendition(rendition_id(1)).await.unwrap(), None);
        assert_eq!(tx.rendition_parts(rendition_id(1)).await.unwrap(), []);
        assert_eq!(tx.chunk(chunk_id(1)).await.unwrap(), None);
        assert_eq!(tx.tracks(asset_id(1)).await.unwrap().len(), 1, "what was made of them stays");

        assert_eq!(tx.outputs(asset_id(2)).await.unwrap(), [output(2, asset_id(2))]);
        assert_eq!(tx.renditions(asset_id(2)).await.unwrap(), [rendition(2, 2, 0)]);
        assert_eq!(tx.rendition_parts(rendition_id(2)).await.unwrap(), [part(0)]);
        assert_eq!(tx.chunk(chunk_id(2)).await.unwrap(), Some(chunk(2, 2, 0)));

        // Whoever still works on them learns it from the queue.
        tx.report_chunk(chunk_id(1), 1).await.unwrap();
        tx.report_rendition(rendition_id(1), Amount { done: 1, total: 1 }).await.unwrap();
    })
    .await;
}

pub(crate) async fn what_is_not_there_is_neither_sealed_nor_finished_nor_updated(store: &dyn Store) {
    two_outputs(store).await;
    let refused = store.begin().await.unwrap().update_output(&output(9, asset_id(1))).await.unwrap_err();
    assert!(matches!(refused, StoreError::Inconsistent { table: "outputs", .. }), "{refused:?}");
    let refused = store.begin().await.unwrap().seal_rendition(rendition_id(9)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Inconsistent { table: "renditions", .. }), "{refused:?}");
    let refused = store.begin().await.unwrap().finish_chunk(chunk_id(9)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Inconsistent { table: "chunks", .. }), "{refused:?}");
}

pub(crate) async fn a_track_is_listed_until_an_update_says_otherwise(store: &dyn Store) {
    two_outputs(store).await;
    let listed = track(1, asset_id(1), 0);
    let hidden = Track { listed: false, ..track(2, asset_id(1), 1) };
    write(store, async |tx| {
        tx.insert_track(&listed).await.unwrap();
        tx.insert_track(&hidden).await.unwrap();
        assert_eq!(tx.tracks(asset_id(1)).await.unwrap(), [listed.clone(), hidden.clone()]);
        for listed in [false, true, false] {
            let changed = Track { listed, ..track(1, asset_id(1), 0) };
            tx.update_track(&changed).await.unwrap();
            assert_eq!(tx.track(track_id(1)).await.unwrap(), Some(changed));
        }
    })
    .await;
}
