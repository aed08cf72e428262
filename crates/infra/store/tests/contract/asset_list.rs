//! Listings of assets.

use crate::fixture::{
    asset, asset_id, at, attribute, failure, file_id, organization_id, page, two_organizations, write,
};
use kinora_app::port::{AssetFilter, AssetSort, Order, Store};
use kinora_domain::asset::{Asset, AssetSource, AssetState, AssetStatus};
use kinora_domain::labels::Labels;

/// Five assets of organization 1 that differ in everything, with some ties, a tombstone among them,
/// and one asset of organization 2.
async fn library(store: &dyn Store) {
    two_organizations(store).await;
    let of = |number, title: Option<&str>, preset: &str, file, created, modified, state| Asset {
        title: title.map(str::to_owned),
        preset: preset.to_owned(),
        sources: vec![AssetSource { file: file_id(file), kinds: vec![], tracks: vec![] }],
        created: at(created),
        modified: at(modified),
        state,
        ..asset(number)
    };
    let plays = |duration_ms| AssetState::Available { duration_ms, size_bytes: 7 };
    let assets = [
        of(1, Some("50% off"), "mp4", 1, 100, 900, plays(3_000)),
        of(2, None, "mp4_720p", 1, 300, 700, AssetState::Pending),
        of(3, Some("snow_man"), "mp4", 2, 200, 800, plays(1_000)),
        of(4, Some("Snowxman"), "mp4_1080p", 2, 200, 600, AssetState::Failed(failure())),
        of(5, Some("50 off"), "mp4_720p", 3, 500, 500, AssetState::Processing),
        of(6, Some("deleted"), "mp4", 1, 1, 1, AssetState::Deleted { at: at(1) }),
        Asset { organization: organization_id(2), ..of(7, Some("50% off"), "mp4", 1, 1, 1, plays(1)) },
    ];
    write(store, async |tx| {
        for asset in &assets {
            tx.insert_asset(asset).await.unwrap();
            // Every asset its number; the first three, and the foreign one, share some.
            let number = asset.id.uuid().as_u128();
            let shared = matches!(number, 1..=3 | 7);
            let tags = shared.then(|| "shared".to_owned()).into_iter().chain([number.to_string()]);
            let attributes = vec![attribute("number", &number.to_string()), attribute("shared", &shared.to_string())];
            tx.put_asset_labels(asset, &Labels { tags: tags.collect(), attributes }).await.unwrap();
        }
    })
    .await;
}

async fn numbers(store: &dyn Store, filter: &AssetFilter, sort: (AssetSort, Order)) -> Vec<u128> {
    let mut tx = store.read().await.unwrap();
    let listed = tx.assets(organization_id(1), filter, sort, page(1, 1000)).await.unwrap();
    assert_eq!(listed.total, u64::try_from(listed.items.len()).unwrap());
    for asset in &listed.items {
        assert_eq!(tx.asset(asset.organization, asset.id).await.unwrap().as_ref(), Some(asset));
    }
    listed.items.iter().map(|asset| asset.id.uuid().as_u128()).collect()
}

pub(crate) async fn each_filter_finds_its_assets(store: &dyn Store) {
    library(store).await;
    let any = AssetFilter::default;
    let text = |text: &str| AssetFilter { text: Some(text.to_owned()), ..any() };
    let presets =
        |names: &[&str]| AssetFilter { presets: names.iter().map(|name| (*name).to_owned()).collect(), ..any() };
    let ids = |numbers: &[u128]| AssetFilter { ids: numbers.iter().copied().map(asset_id).collect(), ..any() };
    let statuses = |statuses: &[AssetStatus]| AssetFilter { statuses: statuses.to_vec(), ..any() };
    let made_of = |file| AssetFilter { file: Some(file_id(file)), ..any() };
    let tags = |tags: &[&str]| AssetFilter { tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), ..any() };
    let attributes = |pairs: &[(&str, &str)]| AssetFilter {
        attributes: pairs.iter().map(|(key, value)| attribute(key, value)).collect(),
        ..any()
    };
    let table: &[(&str, AssetFilter, &[u128])] = &[
        ("none", any(), &[1, 2, 3, 4, 5]),
        ("ids, foreign, unknown and deleted ones included", ids(&[5, 6, 7, 77, 2]), &[2, 5]),
        ("one status", statuses(&[AssetStatus::Available]), &[1, 3]),
        ("two statuses", statuses(&[AssetStatus::Pending, AssetStatus::Failed]), &[2, 4]),
        ("deleted ones", statuses(&[AssetStatus::Deleted]), &[]),
        ("one preset", presets(&["mp4"]), &[1, 3]),
        ("two presets", presets(&["mp4_720p", "mp4_1080p", "no such"]), &[2, 4, 5]),
        ("a file", made_of(1), &[1, 2]),
        ("an unknown file", made_of(9), &[]),
        ("text, letter case aside", text("SNOW"), &[3, 4]),
        ("an underscore", text("w_m"), &[3]),
        ("a percent sign", text("0% o"), &[1]),
        ("empty text, which no title does not have", text(""), &[1, 3, 4, 5]),
        ("created from", AssetFilter { created_from: Some(at(200)), ..any() }, &[2, 3, 4, 5]),
        ("created to", AssetFilter { created_to: Some(at(200)), ..any() }, &[1, 3, 4]),
        ("modified from", AssetFilter { modified_from: Some(at(800)), ..any() }, &[1, 3]),
        ("modified to", AssetFilter { modified_to: Some(at(600)), ..any() }, &[4, 5]),
        ("duration at least", AssetFilter { duration_from_ms: Some(1_000), ..any() }, &[1, 3]),
        ("duration at most", AssetFilter { duration_to_ms: Some(2_999), ..any() }, &[2, 3, 4, 5]),
        ("a duration beyond all", AssetFilter { duration_from_ms: Some(u64::MAX), ..any() }, &[]),
        ("a duration within all", AssetFilter { duration_to_ms: Some(u64::MAX), ..any() }, &[1, 2, 3, 4, 5]),
        ("a tag, foreign assets aside", tags(&["shared"]), &[1, 2, 3]),
        ("two tags", tags(&["shared", "2"]), &[2]),
        ("tags that no asset has together", tags(&["1", "2"]), &[]),
        ("a tag in other letters", tags(&["SHARED"]), &[]),
        ("an attribute", attributes(&[("shared", "false")]), &[4, 5]),
        ("two attributes", attributes(&[("shared", "true"), ("number", "3")]), &[3]),
        ("the value of another key", attributes(&[("number", "true")]), &[]),
        ("a tag and an attribute", AssetFilter { tags: vec!["3".to_owned()], ..attributes(&[("number", "3")]) }, &[3]),
        (
            "everything given must hold",
            AssetFilter {
                file: Some(file_id(2)),
                presets: vec!["mp4".to_owned()],
                modified_from: Some(at(700)),
                ..any()
            },
            &[3],
        ),
    ];
    for (case, filter, expected) in table {
        let mut found = numbers(store, filter, (AssetSort::Created, Order::Ascending)).await;
        found.sort_unstable();
        assert_eq!(found, *expected, "{case}");
    }
}

pub(crate) async fn each_sort_runs_both_ways_and_equal_assets_follow_their_ids(store: &dyn Store) {
    library(store).await;
    for (sort, ascending) in [
        (AssetSort::Created, [1, 3, 4, 2, 5]),
        (AssetSort::Modified, [5, 4, 2, 3, 1]),
        // Without a title first.
        (AssetSort::Title, [2, 5, 1, 4, 3]),
        (AssetSort::Status, [1, 3, 4, 2, 5]),
        (AssetSort::Preset, [1, 3, 4, 2, 5]),
        (AssetSort::Duration, [2, 4, 5, 3, 1]),
    ] {
        let mut expected = ascending.to_vec();
        assert_eq!(numbers(store, &AssetFilter::default(), (sort, Order::Ascending)).await, expected, "{sort:?}");
        expected.reverse();
        assert_eq!(numbers(store, &AssetFilter::default(), (sort, Order::Descending)).await, expected, "{sort:?}");
    }
}

pub(crate) async fn pages_cover_the_listing_once(store: &dyn Store) {
    library(store).await;
    let sort = (AssetSort::Title, Order::Descending);
    let mut tx = store.read().await.unwrap();
    for (number, expected, has_more) in
        [(1, &[3, 4][..], true), (2, &[1, 5], true), (3, &[2], false), (4, &[], false), (i64::MAX, &[], false)]
    {
        let listed = tx.assets(organization_id(1), &AssetFilter::default(), sort, page(number, 2)).await.unwrap();
        let ids: Vec<u128> = listed.items.iter().map(|asset| asset.id.uuid().as_u128()).collect();
        assert_eq!((ids.as_slice(), listed.total, listed.has_more()), (expected, 5, has_more), "page {number}");
    }
}

pub(crate) async fn a_listing_is_of_one_organization(store: &dyn Store) {
    library(store).await;
    let mut tx = store.read().await.unwrap();
    let sort = (AssetSort::Title, Order::Ascending);
    let listed = tx.assets(organization_id(2), &AssetFilter::default(), sort, page(1, 10)).await.unwrap();
    assert_eq!(listed.items.iter().map(|asset| asset.id).collect::<Vec<_>>(), [asset_id(7)]);
    let nobody = tx.assets(organization_id(3), &AssetFilter::default(), sort, page(1, 10)).await.unwrap();
    assert_eq!((nobody.items, nobody.total), (vec![], 0));
}

/// What is found once is remembered; nothing of it is shown after it has changed.
pub(crate) async fn what_was_found_is_found_anew_after_each_change(store: &dyn Store) {
    library(store).await;
    let any = AssetFilter::default;
    let filters = [
        any(),
        AssetFilter { text: Some("off".to_owned()), ..any() },
        AssetFilter { tags: vec!["shared".to_owned()], ..any() },
        AssetFilter { statuses: vec![AssetStatus::Pending], ..any() },
        AssetFilter { attributes: vec![attribute("shared", "true")], ..any() },
    ];
    let seen = async || {
        let mut seen = Vec::new();
        for filter in &filters {
            seen.push(numbers(store, filter, (AssetSort::Created, Order::Ascending)).await);
        }
        seen
    };
    let lists = |lists: [&[u128]; 5]| lists.map(<[u128]>::to_vec).to_vec();
    let before = lists([&[1, 3, 4, 2, 5], &[1, 5], &[1, 3, 2], &[2], &[1, 3, 2]]);
    assert_eq!(seen().await, before);
    assert_eq!(seen().await, before, "and again, from memory");

    let stored = async |number| {
        let mut tx = store.read().await.unwrap();
        tx.asset(organization_id(1), asset_id(number)).await.unwrap().unwrap()
    };
    let titled = Asset { title: Some("off and away".to_owned()), ..stored(4).await };
    write(store, async |tx| tx.update_asset(&titled).await.unwrap()).await;
    assert_eq!(seen().await, lists([&[1, 3, 4, 2, 5], &[1, 4, 5], &[1, 3, 2], &[2], &[1, 3, 2]]));
    write(store, async |tx| {
        tx.put_asset_labels(&titled, &Labels { tags: vec!["shared".to_owned()], attributes: vec![] }).await.unwrap();
    })
    .await;
    assert_eq!(seen().await, lists([&[1, 3, 4, 2, 5], &[1, 4, 5], &[1, 3, 4, 2], &[2], &[1, 3, 2]]));
    let processing = Asset { state: AssetState::Processing, ..stored(2).await };
    write(store, async |tx| tx.update_asset(&processing).await.unwrap()).await;
    assert_eq!(seen().await, lists([&[1, 3, 4, 2, 5], &[1, 4, 5], &[1, 3, 4, 2], &[], &[1, 3, 2]]));
    let gone = Asset { state: AssetState::Deleted { at: at(9) }, ..stored(1).await };
    write(store, async |tx| tx.update_asset(&gone).await.unwrap()).await;
    assert_eq!(seen().await, lists([&[3, 4, 2, 5], &[4, 5], &[3, 4, 2], &[], &[3, 2]]));
    write(store, async |tx| tx.insert_asset(&Asset { created: at(1), ..asset(8) }).await.unwrap()).await;
    assert_eq!(seen().await, lists([&[8, 3, 4, 2, 5], &[4, 5], &[3, 4, 2], &[8], &[3, 2]]));
}

/// Of many only their number is remembered, and pages are found along the order.
pub(crate) async fn pages_of_many_are_those_of_the_whole_order(store: &dyn Store) {
    two_organizations(store).await;
    let title = |number: u128| format!("{} {number}", if number.is_multiple_of(8) { "song" } else { "Film" });
    let is_tagged = |number: u128| !number.is_multiple_of(7);
    write(store, async |tx| {
        for number in 1..=700 {
            let made = i64::try_from(number * 31 % 701).unwrap();
            let state = AssetState::Available { duration_ms: u64::try_from(number).unwrap(), size_bytes: 1 };
            let asset = Asset { title: Some(title(number)), created: at(made), state, ..asset(number) };
            tx.insert_asset(&asset).await.unwrap();
            let tags = is_tagged(number).then(|| "most".to_owned()).into_iter().collect();
            tx.put_asset_labels(&asset, &Labels { tags, attributes: vec![attribute("a", "b")] }).await.unwrap();
        }
    })
    .await;
    let any = AssetFilter::default;
    for (filter, fits) in [
        (any(), (|_| true) as fn(u128) -> bool),
        (AssetFilter { text: Some("film".to_owned()), ..any() }, |number| !number.is_multiple_of(8)),
        (AssetFilter { tags: vec!["most".to_owned()], ..any() }, |number| !number.is_multiple_of(7)),
        (AssetFilter { duration_from_ms: Some(50), duration_to_ms: Some(650), ..any() }, |number| {
            (50..=650).contains(&number)
        }),
        (
            AssetFilter {
                attributes: vec![attribute("a", "b")],
                tags: vec!["most".to_owned()],
                text: Some("FILM".to_owned()),
                ..any()
            },
            |number| !number.is_multiple_of(7) && !number.is_multiple_of(8),
        ),
    ] {
        let mut expected: Vec<u128> = (1..=700).filter(|number| fits(*number)).collect();
        expected.sort_by_key(|number| core::cmp::Reverse((number * 31 % 701, *number)));
        let mut listed = Vec::new();
        for number in 1..=8 {
            let mut tx = store.read().await.unwrap();
            let sort = (AssetSort::Created, Order::Descending);
            let page = tx.assets(organization_id(1), &filter, sort, page(number, 100)).await.unwrap();
            assert_eq!(page.total, u64::try_from(expected.len()).unwrap(), "{filter:?}");
            listed.extend(page.items.iter().map(|asset| asset.id.uuid().as_u128()));
        }
        assert!(expected.len() > 500 && listed == expected, "{filter:?}: {} of {}", listed.len(), expected.len());
    }
}
