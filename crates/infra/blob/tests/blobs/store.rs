//! Making, finding and removing objects.

use crate::common::{content, files, fixture, gather, id, pattern};
use futures_util::TryStreamExt as _;
use kinora_app::port::{BlobError, Blobs as _, Piece};
use kinora_blob::LocalBlobs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::sync::Arc;

#[tokio::test]
async fn what_is_put_is_there_after_opening_again() {
    let it = fixture();
    for (number, len) in [(1, 0), (2, 1), (3, 5_000), (4, 3_000_000)] {
        it.blobs.put(id(number), pattern(len)).await.unwrap();
        assert_eq!(content(&it.blobs, id(number)).await, pattern(len));
    }
    let again = LocalBlobs::open(it.folder.path().to_path_buf(), 0).unwrap();
    assert_eq!(content(&again, id(4)).await, pattern(3_000_000));
    let mut ids = again.list().await.unwrap();
    ids.sort();
    assert_eq!(ids, [id(1), id(2), id(3), id(4)]);
}

#[tokio::test]
async fn a_made_object_has_its_size_and_its_space() {
    let it = fixture();
    it.blobs.create(id(1), 5_000_000).await.unwrap();
    let object = it.blobs.open(id(1)).await.unwrap();
    assert_eq!(object.size(), 5_000_000);
    let blocks = std::fs::metadata(object.local_path().unwrap()).unwrap().blocks();
    assert!(blocks * 512 >= 5_000_000, "{blocks} blocks");
    it.blobs.create(id(2), 0).await.unwrap();
    assert_eq!(content(&it.blobs, id(2)).await, b"");
}

#[tokio::test]
async fn an_object_is_never_replaced() {
    let it = fixture();
    it.blobs.put(id(1), b"first".to_vec()).await.unwrap();
    let put = it.blobs.put(id(1), b"second".to_vec()).await.unwrap_err();
    let create = it.blobs.create(id(1), 10).await.unwrap_err();
    for error in [put, create] {
        assert!(
            matches!(&error, BlobError::Io { source, .. } if source.kind() == io::ErrorKind::AlreadyExists),
            "{error:?}"
        );
    }
    assert_eq!(content(&it.blobs, id(1)).await, b"first");
    assert_eq!(files(it.folder.path()), [id(1).to_string()]);
}

#[tokio::test]
async fn a_full_disk_refuses_what_is_new_and_keeps_what_is_there() {
    let it = fixture();
    it.blobs.put(id(1), pattern(1000)).await.unwrap();
    let full = LocalBlobs::open(it.folder.path().to_path_buf(), u64::MAX).unwrap();
    assert!(matches!(full.create(id(2), 1).await, Err(BlobError::Full)));
    assert!(matches!(full.put(id(2), vec![1]).await, Err(BlobError::Full)));
    assert!(matches!(gather(&full, id(1), vec![0..10], id(2)).await, Err(BlobError::Full)));
    assert_eq!(full.space().await.unwrap().free, 0);
    assert_eq!(files(it.folder.path()), [id(1).to_string()], "nothing is left behind");
    assert_eq!(content(&full, id(1)).await, pattern(1000));
}

#[tokio::test]
async fn more_than_the_disk_has_is_refused_and_leaves_nothing() {
    let it = fixture();
    let space = it.blobs.space().await.unwrap();
    assert!(0 < space.free && space.free <= space.total);
    for size in [space.total, i64::MAX as u64, u64::MAX] {
        assert!(matches!(it.blobs.create(id(1), size).await, Err(BlobError::Full)), "{size}");
    }
    assert_eq!(files(it.folder.path()), Vec::<String>::new());
}

#[tokio::test]
async fn the_reserve_is_not_ours() {
    let it = fixture();
    let all = it.blobs.space().await.unwrap();
    let kept = LocalBlobs::open(it.folder.path().to_path_buf(), all.free / 2).unwrap();
    let left = kept.space().await.unwrap();
    assert_eq!(left.total, all.total);
    // Others use the disk at the same time: a gigabyte of difference is theirs.
    assert!(left.free.abs_diff(all.free - all.free / 2) < 1 << 30, "{left:?} of {all:?}");
}

#[tokio::test]
async fn deleting_takes_the_name_and_leaves_readers_alone() {
    let it = fixture();
    it.blobs.put(id(1), pattern(1_000_000)).await.unwrap();
    let object = it.blobs.open(id(1)).await.unwrap();
    let mut stream = Arc::clone(&object).stream(vec![0..1_000_000]);
    let mut read = stream.try_next().await.unwrap().unwrap().to_vec();
    it.blobs.delete(id(1)).await.unwrap();
    it.blobs.delete(id(1)).await.unwrap();
    while let Some(piece) = stream.try_next().await.unwrap() {
        read.extend_from_slice(&piece);
    }
    assert_eq!(read, pattern(1_000_000));
    assert!(matches!(it.blobs.open(id(1)).await.err(), Some(BlobError::Missing(gone)) if gone == id(1)));
    assert_eq!(it.blobs.list().await.unwrap(), []);
}

#[tokio::test]
async fn what_is_not_there_is_missing() {
    let it = fixture();
    assert!(matches!(it.blobs.open(id(9)).await.err(), Some(BlobError::Missing(_))));
    assert!(matches!(it.blobs.writer(id(9), 0..1).await.err(), Some(BlobError::Missing(_))));
    let gathered = gather(&it.blobs, id(9), vec![0..1], id(2)).await;
    assert!(matches!(gathered, Err(BlobError::Missing(missing)) if missing == id(9)));
}

#[tokio::test]
async fn strange_files_among_the_objects_are_passed_over() {
    let it = fixture();
    it.blobs.put(id(1), vec![1]).await.unwrap();
    std::fs::write(it.folder.path().join("objects/00/lost+found"), "x").unwrap();
    assert_eq!(it.blobs.list().await.unwrap(), [id(1)]);
}

#[tokio::test]
async fn gathering_joins_the_ranges_whatever_their_order() {
    let it = fixture();
    let bytes = pattern(3_000_000);
    it.blobs.put(id(1), bytes.clone()).await.unwrap();
    let ranges = [10..10, 2_999_999..3_000_000, 0..4, 4..2_500_000, 100..200, 204..300, 20_000..20_001];
    let expected: Vec<u8> = ranges.iter().flat_map(|r| bytes[r.start..r.end].to_vec()).collect();
    let wide = ranges.iter().map(|r| r.start as u64..r.end as u64).collect();
    assert_eq!(gather(&it.blobs, id(1), wide, id(2)).await.unwrap(), expected.len() as u64);
    assert_eq!(content(&it.blobs, id(2)).await, expected);
}

#[tokio::test]
async fn gathering_thousands_of_small_runs_gives_them_all() {
    let it = fixture();
    let bytes = pattern(8_000_000);
    it.blobs.put(id(1), bytes.clone()).await.unwrap();
    let ranges: Vec<_> = (0..8_000_u64).map(|n| n * 1000 + n % 300..n * 1000 + 400).collect();
    let expected: Vec<u8> = ranges.iter().flat_map(|r| bytes[r.start as usize..r.end as usize].to_vec()).collect();
    gather(&it.blobs, id(1), ranges, id(2)).await.unwrap();
    assert!(content(&it.blobs, id(2)).await == expected);
}

#[tokio::test]
async fn several_objects_are_gathered_into_one() {
    let it = fixture();
    it.blobs.put(id(1), vec![1, 2, 3]).await.unwrap();
    it.blobs.put(id(2), vec![4, 5, 6]).await.unwrap();
    let piece = async |from, range: core::ops::Range<u64>| Piece {
        from: it.blobs.open(id(from)).await.unwrap(),
        ranges: vec![range],
    };
    let pieces = vec![piece(1, 1..3).await, piece(2, 0..2).await, piece(1, 0..1).await];
    assert_eq!(it.blobs.gather(pieces, id(3)).await.unwrap(), 5);
    assert_eq!(content(&it.blobs, id(3)).await, [2, 3, 4, 5, 1]);
}

#[tokio::test]
async fn gathering_beyond_the_end_leaves_nothing() {
    let it = fixture();
    it.blobs.put(id(1), pattern(100)).await.unwrap();
    let gathered = gather(&it.blobs, id(1), vec![0..10, 90..101], id(2)).await;
    assert!(matches!(gathered, Err(BlobError::OutOfRange { object, range }) if object == id(2) && range == (90..101)));
    assert_eq!(files(it.folder.path()), [id(1).to_string()]);
    assert_eq!(gather(&it.blobs, id(1), Vec::new(), id(3)).await.unwrap(), 0);
}
