//! Exports that end early, and go on.

use super::depots::Shelf;
use super::{entry, exported, film_of_all_kinds, is_document, order, playing};
use crate::world::World;
use core::sync::atomic::{AtomicUsize, Ordering};
use kinora_app::export::{Destination, export};
use kinora_app::play::Protocol;
use kinora_domain::Kind;
use std::collections::HashSet;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

const BOTH: [Protocol; 2] = [Protocol::Hls, Protocol::Dash];

#[tokio::test]
async fn after_a_failure_the_same_order_sends_the_rest_and_nothing_twice() {
    let (world, asset) = playing().await;
    let order = order(&asset, &BOTH);
    let whole = Shelf::new();
    exported(&world, &order, &whole).await.unwrap();
    let all: HashSet<_> = whole.paths().into_iter().collect();
    let documents = all.iter().filter(|path| is_document(path)).count();
    for fails_at in [0, 1, 7, 20, all.len() - documents, all.len() - 2, all.len() - 1] {
        let shelf = Shelf::with(move |before| Box::pin(async move { before >= fails_at }));
        let failed = exported(&world, &order, &shelf).await.unwrap_err();
        assert_eq!((failed.kind(), failed.problem().reason), (Kind::Unavailable, "depot_unavailable"), "{fails_at}");
        let sent = shelf.puts();
        assert_eq!(sent.len(), fails_at);
        if fails_at < all.len() - documents {
            assert!(sent.iter().all(|put| !is_document(&put.path)), "{fails_at}: {:?}", shelf.paths());
        }
        assert!(sent.iter().all(|put| put.path != entry(Protocol::Dash)), "it is the last");
        let shelf = Shelf::holding(sent.clone());
        let tally = exported(&world, &order, &shelf).await.unwrap();
        let again: Vec<_> = shelf.paths().split_off(sent.len());
        let held: HashSet<_> = sent.iter().map(|put| put.path.clone()).collect();
        assert!(again.iter().all(|path| is_document(path) || !held.contains(path)), "{fails_at}: {again:?}");
        assert_eq!(shelf.paths().into_iter().collect::<HashSet<_>>(), all, "{fails_at}");
        let kept = sent.iter().filter(|put| !is_document(&put.path)).count();
        assert!(tally.is_complete(), "{tally:?}");
        assert_eq!((tally.kept, tally.written), (kept as u64, (all.len() - kept) as u64), "{fails_at}");
    }
}

#[tokio::test]
async fn what_lies_there_with_another_size_is_sent_again() {
    let (world, asset) = playing().await;
    let order = order(&asset, &BOTH);
    let shelf = Shelf::new();
    exported(&world, &order, &shelf).await.unwrap();
    let mut puts = shelf.puts();
    let cut = puts.iter_mut().find(|put| put.path == "v0-1/3.m4s").unwrap();
    cut.bytes.truncate(cut.bytes.len() - 1);
    let shelf = Shelf::holding(puts.clone());
    exported(&world, &order, &shelf).await.unwrap();
    let again: Vec<_> = shelf.paths().split_off(puts.len());
    let media: Vec<_> = again.iter().filter(|path| !is_document(path)).collect();
    assert_eq!(media, ["v0-1/3.m4s"]);
}

#[tokio::test]
async fn a_stop_ends_what_is_under_way_and_begins_nothing() {
    let (world, asset) = playing().await;
    let order = order(&asset, &BOTH);
    for stops_after in [0, 1, 10] {
        let (stop, told) = (CancellationToken::new(), AtomicUsize::new(0));
        if stops_after == 0 {
            stop.cancel();
        }
        let shelf = Shelf::new();
        let tell = |_tally: &_| {
            if told.fetch_add(1, Ordering::SeqCst) + 1 == stops_after {
                stop.cancel();
            }
        };
        let to = Destination { depot: &shelf, stop: &stop, tell: &tell };
        let tally = export(&world.app, &world.operator(), &order, to).await.unwrap();
        assert!(!tally.is_complete() && tally.written < (stops_after + 8) as u64, "{stops_after}: {tally:?}");
        assert_eq!(tally.written, shelf.puts().len() as u64, "what was begun is there");
        let tally = exported(&world, &order, &Shelf::holding(shelf.puts())).await.unwrap();
        assert!(tally.is_complete() && tally.kept == shelf.puts().len() as u64, "{tally:?}");
    }
}

/// A place in which the asset is deleted after so many puts.
fn deleting(world: &Arc<World>, asset: &str, after: usize) -> Shelf {
    let (world, path) = (Arc::clone(world), format!("/vod/v1/assets/{asset}"));
    Shelf::with(move |before| {
        let (world, path) = (Arc::clone(&world), path.clone());
        Box::pin(async move {
            if before == after {
                world.delete(&path).await;
            }
            false
        })
    })
}

#[tokio::test]
async fn an_asset_that_goes_meanwhile_leaves_no_documents() {
    let (world, asset) = playing().await;
    let whole = Shelf::new();
    exported(&world, &order(&asset, &BOTH), &whole).await.unwrap();
    let media = whole.paths().iter().filter(|path| !is_document(path)).count();
    let world = Arc::new(world);
    // In the middle, and with the last of its media.
    for after in [5, media - 1] {
        let asset = film_of_all_kinds(&world).await;
        let shelf = deleting(&world, &asset, after);
        let failed = exported(&world, &order(&asset, &BOTH), &shelf).await.unwrap_err();
        assert_eq!((failed.kind(), failed.problem().reason), (Kind::Conflict, "changed"), "{after}");
        assert!(shelf.paths().iter().all(|path| !is_document(path)), "{after}: {:?}", shelf.paths());
    }
}

#[tokio::test]
async fn several_are_exported_at_a_time() {
    let (world, asset) = playing().await;
    // The first eight wait for each other.
    let (barrier, begun) = (Arc::new(tokio::sync::Barrier::new(8)), Arc::new(AtomicUsize::new(0)));
    let shelf = Shelf::with(move |_before| {
        let (barrier, begun) = (Arc::clone(&barrier), Arc::clone(&begun));
        Box::pin(async move {
            if begun.fetch_add(1, Ordering::SeqCst) < 8 {
                barrier.wait().await;
            }
            false
        })
    });
    assert!(exported(&world, &order(&asset, &BOTH), &shelf).await.unwrap().is_complete());
}
