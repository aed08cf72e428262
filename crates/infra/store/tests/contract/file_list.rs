//! Listings of files.

use crate::fixture::{
    at, attribute, completed, failure, file, file_id, found, organization_id, page, two_organizations, write,
};
use kinora_app::port::{FileFilter, FileSort, Order, Store};
use kinora_domain::file::{File, FileState, FileStatus};
use kinora_domain::labels::Labels;
use kinora_domain::track::TrackKind;
use uuid::Uuid;

/// Five files of organization 1 that differ in everything, with some ties, and one of organization 2.
async fn library(store: &dyn Store) {
    two_organizations(store).await;
    let video = || found(TrackKind::Video, "video_1");
    let audio = || found(TrackKind::Audio, "audio_1");
    let named = |number, name: &str, friendly: &str, size, created, modified, state| File {
        name: name.to_owned(),
        friendly_name: friendly.to_owned(),
        size,
        created: at(created),
        modified: at(modified),
        state,
        ..file(number)
    };
    let both = completed(vec![video(), audio(), found(TrackKind::Audio, "audio_2")]);
    let foreign = named(6, "100%.mp4", "x", 1, 1, 1, FileState::Uploading);
    let files = [
        named(1, "b.mp4", "Zebra", 30, 100, 900, FileState::Uploading),
        named(2, "a.mp4", "zebra", 10, 300, 700, both),
        named(3, "100%.mp4", "snow_man", 20, 200, 800, completed(vec![audio()])),
        named(4, "100x.mp4", "snowXman", 20, 200, 600, FileState::Failed(failure())),
        named(5, "!ÄB\\.MOV", "", 40, 500, 500, completed(vec![video()])),
        File { organization: organization_id(2), ..foreign },
    ];
    write(store, async |tx| {
        for file in &files {
            tx.insert_file(file).await.unwrap();
        }
        // As the ids say, and the foreign one as well.
        for (file, tags, attributes) in [
            (&files[0], &["sea", "boats"][..], vec![attribute("year", "2026")]),
            (&files[1], &["sea"], vec![attribute("year", "2026"), attribute("k", "")]),
            (&files[5], &["sea"], vec![attribute("year", "2026")]),
        ] {
            let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
            tx.put_file_labels(file, &Labels { tags, attributes }).await.unwrap();
        }
    })
    .await;
}

async fn numbers(store: &dyn Store, filter: &FileFilter, sort: (FileSort, Order)) -> Vec<u128> {
    let mut tx = store.read().await.unwrap();
    let listed = tx.files(organization_id(1), filter, sort, page(1, 1000)).await.unwrap();
    assert_eq!(listed.total, u64::try_from(listed.items.len()).unwrap());
    for file in &listed.items {
        assert_eq!(tx.file(file.organization, file.id).await.unwrap().as_ref(), Some(file));
    }
    listed.items.iter().map(|file| file.id.uuid().as_u128()).collect()
}

pub(crate) async fn each_filter_finds_its_files(store: &dyn Store) {
    library(store).await;
    let any = FileFilter::default;
    let text = |text: &str| FileFilter { text: Some(text.to_owned()), ..any() };
    let tagged = |tags: &[&str]| FileFilter { tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), ..any() };
    let ids = |numbers: &[u128]| FileFilter { ids: numbers.iter().copied().map(file_id).collect(), ..any() };
    let table: &[(&str, FileFilter, &[u128])] = &[
        ("none", any(), &[1, 2, 3, 4, 5]),
        ("ids, foreign and unknown ones included", ids(&[5, 6, 2, 77, 2]), &[2, 5]),
        ("a tag", tagged(&["sea"]), &[1, 2]),
        ("two tags", tagged(&["sea", "boats"]), &[1]),
        ("a tag of other letters", tagged(&["Sea"]), &[]),
        ("an attribute", FileFilter { attributes: vec![attribute("year", "2026")], ..any() }, &[1, 2]),
        ("an attribute and a tag", FileFilter { attributes: vec![attribute("k", "")], ..tagged(&["sea"]) }, &[2]),
        ("an attribute of another value", FileFilter { attributes: vec![attribute("k", "2026")], ..any() }, &[]),
        ("one status", FileFilter { statuses: vec![FileStatus::Completed], ..any() }, &[2, 3, 5]),
        ("two statuses", FileFilter { statuses: vec![FileStatus::Failed, FileStatus::Uploading], ..any() }, &[1, 4]),
        ("one kind", FileFilter { kinds: vec![TrackKind::Audio], ..any() }, &[2, 3]),
        ("two kinds", FileFilter { kinds: vec![TrackKind::Audio, TrackKind::Video], ..any() }, &[2, 3, 5]),
        ("a kind that no file has", FileFilter { kinds: vec![TrackKind::Captions], ..any() }, &[]),
        ("text in either name, letter case aside", text("ZeBRa"), &[1, 2]),
        ("text in the file's name", text(".mp4"), &[1, 2, 3, 4]),
        ("upper case in the file's name", text("b"), &[1, 2, 5]),
        ("a percent sign", text("%"), &[3]),
        ("a percent sign in a text", text("100%"), &[3]),
        ("an underscore", text("_"), &[3]),
        ("an exclamation mark", text("!"), &[5]),
        ("a backslash", text("\\"), &[5]),
        ("a letter beyond ASCII", text("Äb"), &[5]),
        ("empty text", text(""), &[1, 2, 3, 4, 5]),
        ("a quote", text("'"), &[]),
        ("more text than any name has", text(&"%".repeat(60_000)), &[]),
        ("created from", FileFilter { created_from: Some(at(200)), ..any() }, &[2, 3, 4, 5]),
        ("created to", FileFilter { created_to: Some(at(200)), ..any() }, &[1, 3, 4]),
        ("created within", FileFilter { created_from: Some(at(101)), created_to: Some(at(300)), ..any() }, &[2, 3, 4]),
        ("modified from", FileFilter { modified_from: Some(at(800)), ..any() }, &[1, 3]),
        ("modified to", FileFilter { modified_to: Some(at(600)), ..any() }, &[4, 5]),
        (
            "everything given must hold",
            FileFilter {
                statuses: vec![FileStatus::Completed],
                kinds: vec![TrackKind::Audio],
                text: Some("MP4".to_owned()),
                created_to: Some(at(250)),
                ..any()
            },
            &[3],
        ),
    ];
    for (case, filter, expected) in table {
        let mut found = numbers(store, filter, (FileSort::Created, Order::Ascending)).await;
        found.sort_unstable();
        assert_eq!(found, *expected, "{case}");
    }
}

pub(crate) async fn each_sort_runs_both_ways_and_equal_files_follow_their_ids(store: &dyn Store) {
    library(store).await;
    for (sort, ascending) in [
        (FileSort::Created, [1, 3, 4, 2, 5]),
        (FileSort::Modified, [5, 4, 2, 3, 1]),
        (FileSort::Name, [5, 3, 4, 2, 1]),
        (FileSort::FriendlyName, [5, 1, 4, 3, 2]),
        (FileSort::Size, [2, 3, 4, 1, 5]),
        (FileSort::Status, [2, 3, 5, 4, 1]),
    ] {
        let mut expected = ascending.to_vec();
        assert_eq!(numbers(store, &FileFilter::default(), (sort, Order::Ascending)).await, expected, "{sort:?}");
        expected.reverse();
        assert_eq!(numbers(store, &FileFilter::default(), (sort, Order::Descending)).await, expected, "{sort:?}");
    }
}

pub(crate) async fn pages_cover_the_listing_once(store: &dyn Store) {
    library(store).await;
    let sort = (FileSort::Size, Order::Descending);
    let mut tx = store.read().await.unwrap();
    for (number, expected, has_more) in
        [(1, &[5, 1][..], true), (2, &[4, 3], true), (3, &[2], false), (4, &[], false), (i64::MAX, &[], false)]
    {
        let listed = tx.files(organization_id(1), &FileFilter::default(), sort, page(number, 2)).await.unwrap();
        let ids: Vec<u128> = listed.items.iter().map(|file| Uuid::as_u128(&file.id.uuid())).collect();
        assert_eq!((ids.as_slice(), listed.total, listed.has_more()), (expected, 5, has_more), "page {number}");
    }
    let whole = tx.files(organization_id(1), &FileFilter::default(), sort, page(1, 5)).await.unwrap();
    assert_eq!((whole.items.len(), whole.total), (5, 5), "a page that is exactly full");
}

pub(crate) async fn a_listing_is_of_one_organization(store: &dyn Store) {
    library(store).await;
    let mut tx = store.read().await.unwrap();
    let sort = (FileSort::Name, Order::Ascending);
    let listed = tx.files(organization_id(2), &FileFilter::default(), sort, page(1, 10)).await.unwrap();
    assert_eq!(listed.items.iter().map(|file| file.id).collect::<Vec<_>>(), [file_id(6)]);
    let nobody = tx.files(organization_id(3), &FileFilter::default(), sort, page(1, 10)).await.unwrap();
    assert_eq!((nobody.items, nobody.total), (vec![], 0));
}
