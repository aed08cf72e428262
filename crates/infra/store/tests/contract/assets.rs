//! Assets and their tracks.

use crate::fixture::{
    asset, asset_id, at, attribute, failure, file, file_id, object_id, organization_id, output_id, page, track,
    track_id, two_organizations, write,
};
use kinora_app::port::{AssetFilter, AssetSort, Order, Store, StoreError};
use kinora_domain::asset::{AskedTrack, Asset, AssetSource, AssetState};
use kinora_domain::labels::Labels;
use kinora_domain::track::{Track, TrackKind};

/// Every state in which an asset is not a tombstone.
fn living_states() -> Vec<AssetState> {
    vec![
        AssetState::Pending,
        AssetState::Processing,
        AssetState::Available { duration_ms: 0, size_bytes: 0 },
        AssetState::Available { duration_ms: 5_005, size_bytes: 1 << 40 },
        AssetState::Failed(failure()),
    ]
}

fn sources() -> Vec<AssetSource> {
    let asked = |selector: &str, kind, language: Option<&str>, name: Option<&str>| AskedTrack {
        selector: selector.to_owned(),
        kind,
        language: language.map(str::to_owned),
        name: name.map(str::to_owned),
    };
    vec![
        AssetSource {
            file: file_id(9),
            kinds: vec![TrackKind::Audio, TrackKind::Video, TrackKind::Audio],
            tracks: vec![
                asked("video_2", TrackKind::Video, None, None),
                asked("audio_1", TrackKind::Audio, Some("pl-PL"), Some("Głos")),
            ],
        },
        AssetSource { file: file_id(3), kinds: vec![], tracks: vec![] },
        AssetSource {
            file: file_id(9),
            kinds: vec![TrackKind::Captions],
            tracks: vec![asked("captions_1", TrackKind::Captions, Some(""), None)],
        },
    ]
}

pub(crate) async fn labels_are_replaced_as_a_whole(store: &dyn Store) {
    two_organizations(store).await;
    let first = Labels {
        tags: vec!["b".to_owned(), "a".to_owned()],
        attributes: vec![attribute("k", "2"), attribute("k", ""), attribute("j", "=")],
    };
    let second = Labels { tags: vec!["c".to_owned()], attributes: vec![] };
    for labels in [first, second, Labels::default()] {
        write(store, async |tx| {
            if tx.asset(organization_id(1), asset_id(1)).await.unwrap().is_none() {
                tx.insert_asset(&asset(1)).await.unwrap();
            }
            tx.put_asset_labels(&asset(1), &labels).await.unwrap();
        })
        .await;
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.asset_labels(asset_id(1)).await.unwrap(), labels);
        assert_eq!(tx.asset_labels(asset_id(2)).await.unwrap(), Labels::default());
    }
}

pub(crate) async fn an_asset_comes_back_in_every_state(store: &dyn Store) {
    two_organizations(store).await;
    for (number, state) in (1..).zip(living_states()) {
        let plain = Asset { title: None, sources: vec![], state: state.clone(), ..asset(number) };
        let full = Asset {
            title: Some(String::new()),
            metadata: Some("{\"a\": [1, 2]}".to_owned()),
            sources: sources(),
            state,
            ..asset(100 + number)
        };
        for asset in [plain, full] {
            write(store, async |tx| tx.insert_asset(&asset).await.unwrap()).await;
            let mut tx = store.read().await.unwrap();
            assert_eq!(tx.asset(asset.organization, asset.id).await.unwrap().as_ref(), Some(&asset));
            assert_eq!(tx.asset_of_anyone(asset.id).await.unwrap(), Some(asset));
        }
    }
    assert_eq!(store.read().await.unwrap().asset_of_anyone(asset_id(99)).await.unwrap(), None);
}

pub(crate) async fn an_update_changes_what_may_change_and_nothing_else(store: &dyn Store) {
    two_organizations(store).await;
    let original = Asset { sources: sources(), ..asset(1) };
    write(store, async |tx| tx.insert_asset(&original).await.unwrap()).await;
    for state in living_states().into_iter().chain(living_states().into_iter().rev()) {
        let changed = Asset {
            title: None,
            metadata: Some("{}".to_owned()),
            state,
            modified: at(9_000),
            preset: "other".to_owned(),
            sources: vec![],
            created: at(8),
            ..original.clone()
        };
        write(store, async |tx| tx.update_asset(&changed).await.unwrap()).await;
        let expected = Asset {
            preset: original.preset.clone(),
            sources: original.sources.clone(),
            created: original.created,
            ..changed
        };
        assert_eq!(store.read().await.unwrap().asset_of_anyone(original.id).await.unwrap(), Some(expected));
    }
}

pub(crate) async fn an_asset_of_another_organization_is_absent(store: &dyn Store) {
    two_organizations(store).await;
    write(store, async |tx| tx.insert_asset(&asset(1)).await.unwrap()).await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.asset(organization_id(2), asset_id(1)).await.unwrap(), None);
    assert_eq!(tx.asset(organization_id(1), asset_id(1)).await.unwrap(), Some(asset(1)));
}

pub(crate) async fn a_tombstone_comes_out_of_nothing(store: &dyn Store) {
    two_organizations(store).await;
    write(store, async |tx| tx.insert_asset(&asset(1)).await.unwrap()).await;
    let deleted = Asset { state: AssetState::Deleted { at: at(5) }, ..asset(1) };
    write(store, async |tx| tx.update_asset(&deleted).await.unwrap()).await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.asset(organization_id(1), asset_id(1)).await.unwrap(), None);
    assert_eq!(tx.asset_of_anyone(asset_id(1)).await.unwrap(), None);
    assert_eq!(tx.assets_of_file(file_id(1)).await.unwrap(), []);
    let every_status =
        AssetFilter { statuses: kinora_domain::asset::AssetStatus::ALL.to_vec(), ..AssetFilter::default() };
    for filter in [AssetFilter::default(), every_status] {
        let sort = (AssetSort::Created, Order::Ascending);
        let listed = tx.assets(organization_id(1), &filter, sort, page(1, 10)).await.unwrap();
        assert_eq!((listed.items, listed.total), (vec![], 0));
    }
}

pub(crate) async fn an_asset_outlives_its_files(store: &dyn Store) {
    two_organizations(store).await;
    let of = |number, files: &[u128], created| Asset {
        sources: files.iter().map(|file| AssetSource { file: file_id(*file), kinds: vec![], tracks: vec![] }).collect(),
        created: at(created),
        ..asset(number)
    };
    write(store, async |tx| {
        tx.insert_file(&file(1)).await.unwrap();
        for asset in [of(1, &[1, 2, 1], 30), of(2, &[1], 20), of(3, &[2], 10), of(4, &[1], 20)] {
            tx.insert_asset(&asset).await.unwrap();
        }
        tx.delete_file(file_id(1)).await.unwrap();
    })
    .await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.asset_of_anyone(asset_id(1)).await.unwrap(), Some(of(1, &[1, 2, 1], 30)));
    let made_of = tx.assets_of_file(file_id(1)).await.unwrap();
    assert_eq!(made_of, [asset_id(2), asset_id(4), asset_id(1)], "oldest first, each once");
    assert_eq!(tx.assets_of_file(file_id(7)).await.unwrap(), []);
}

pub(crate) async fn tracks_come_back_by_position(store: &dyn Store) {
    two_organizations(store).await;
    let audio = track(1, asset_id(1), 2);
    let video = Track { kind: TrackKind::Video, version: u32::MAX, ..track(2, asset_id(1), 0) };
    let captions = Track { kind: TrackKind::Captions, ..track(3, asset_id(1), u32::MAX) };
    let other = Track { output: output_id(2), ..track(4, asset_id(2), 0) };
    write(store, async |tx| {
        tx.insert_asset(&asset(1)).await.unwrap();
        tx.insert_asset(&asset(2)).await.unwrap();
        for track in [&audio, &video, &captions, &other] {
            tx.insert_track(track).await.unwrap();
        }
    })
    .await;
    let moved = Track { media: object_id(8), map: object_id(9), version: 2, ..audio };
    write(store, async |tx| tx.update_track(&moved).await.unwrap()).await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.tracks(asset_id(1)).await.unwrap(), [video, moved.clone(), captions]);
    assert_eq!(tx.track(track_id(1)).await.unwrap(), Some(moved));
    assert_eq!(tx.track(track_id(9)).await.unwrap(), None);
    drop(tx);
    write(store, async |tx| {
        tx.delete_tracks_of(output_id(1)).await.unwrap();
    })
    .await;
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.tracks(asset_id(1)).await.unwrap(), []);
    assert_eq!(tx.tracks(asset_id(2)).await.unwrap(), [other]);
}

pub(crate) async fn two_tracks_cannot_share_a_position(store: &dyn Store) {
    two_organizations(store).await;
    let mut tx = store.begin().await.unwrap();
    tx.insert_asset(&asset(1)).await.unwrap();
    tx.insert_track(&track(1, asset_id(1), 0)).await.unwrap();
    let refused = tx.insert_track(&track(2, asset_id(1), 0)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Driver { doing: "inserting a track", .. }), "{refused:?}");
}
