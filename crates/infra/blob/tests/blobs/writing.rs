//! Ranges are written whole, at their place, and by one writer at a time.

use crate::common::{content, fixture, id, pattern};
use bytes::Bytes;
use kinora_app::port::{BlobError, Blobs as _};
use std::io;

const SIZE: usize = 5_000_000;

/// Whether the error says that the range has gone to somebody else.
fn taken_over(error: &BlobError) -> bool {
    matches!(error, BlobError::Io { source, .. } if source.kind() == io::ErrorKind::ResourceBusy)
}

#[tokio::test]
async fn parts_written_side_by_side_in_frames_of_every_size_make_the_whole() {
    let it = fixture();
    let bytes = Bytes::from(pattern(SIZE));
    it.blobs.create(id(1), SIZE as u64).await.unwrap();
    let parts =
        [(0..2_000_000, 64 * 1024), (2_000_000..2_000_003, 1), (2_000_003..2_002_000, 1), (2_002_000..SIZE, 400_000)];
    let mut writers = Vec::new();
    for (part, frame) in parts {
        let writer = it.blobs.writer(id(1), part.start as u64..part.end as u64).await.unwrap();
        writers.push((writer, bytes.slice(part.clone()), part.len(), frame));
    }
    while !writers.is_empty() {
        let mut going = Vec::new();
        for (mut writer, mut left, len, frame) in writers {
            if left.is_empty() {
                assert_eq!(writer.finish().await.unwrap(), len as u64);
            } else {
                writer.write(left.split_to(frame.min(left.len()))).await.unwrap();
                going.push((writer, left, len, frame));
            }
        }
        writers = going;
    }
    assert!(content(&it.blobs, id(1)).await == bytes);
}

#[tokio::test]
async fn more_than_the_range_holds_is_refused_and_not_written() {
    let it = fixture();
    it.blobs.put(id(1), vec![9; 100]).await.unwrap();
    let mut writer = it.blobs.writer(id(1), 10..20).await.unwrap();
    writer.write(Bytes::from_static(b"abcd")).await.unwrap();
    let error = writer.write(Bytes::from_static(b"0123456")).await.unwrap_err();
    assert!(matches!(error, BlobError::OutOfRange { object, range } if object == id(1) && range == (14..21)));
    writer.write(Bytes::from_static(b"efghij")).await.unwrap();
    assert!(writer.write(Bytes::from_static(b"k")).await.is_err());
    assert_eq!(writer.finish().await.unwrap(), 10);
    let expected = [vec![9; 10], b"abcdefghij".to_vec(), vec![9; 80]].concat();
    assert_eq!(content(&it.blobs, id(1)).await, expected);
    for outside in [0..101, 101..101, 0..u64::MAX] {
        assert!(matches!(it.blobs.writer(id(1), outside).await.err(), Some(BlobError::OutOfRange { .. })));
    }
}

#[tokio::test]
async fn a_range_that_is_not_filled_tells_how_much_there_is() {
    let it = fixture();
    it.blobs.create(id(1), 100).await.unwrap();
    let mut writer = it.blobs.writer(id(1), 0..100).await.unwrap();
    writer.write(Bytes::new()).await.unwrap();
    writer.write(Bytes::from_static(b"abc")).await.unwrap();
    assert_eq!(writer.finish().await.unwrap(), 3);
    assert_eq!(it.blobs.writer(id(1), 0..100).await.unwrap().finish().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_dropped_in_the_middle_never_overtakes_its_successor() {
    let it = fixture();
    it.blobs.create(id(1), SIZE as u64).await.unwrap();
    for round in 0..20_u8 {
        let mut old = it.blobs.writer(id(1), 0..SIZE as u64).await.unwrap();
        // Enough for a batch that is with the disk at the drop, and one behind it.
        for _ in 0..40 {
            old.write(Bytes::from(vec![0xAA; 64 * 1024])).await.unwrap();
        }
        drop(old);
        let mut new = it.blobs.writer(id(1), 0..SIZE as u64).await.unwrap();
        new.write(Bytes::from(vec![round; SIZE])).await.unwrap();
        assert_eq!(new.finish().await.unwrap(), SIZE as u64);
        assert!(content(&it.blobs, id(1)).await.iter().all(|byte| *byte == round), "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_writer_takes_the_range_over_from_one_that_hangs() {
    let it = fixture();
    it.blobs.create(id(1), SIZE as u64).await.unwrap();
    let mut hanging = it.blobs.writer(id(1), 0..SIZE as u64).await.unwrap();
    let mut slow = it.blobs.writer(id(1), 0..0).await.unwrap();
    hanging.write(Bytes::from(vec![0xAA; 1_500_000])).await.unwrap();
    let mut new = it.blobs.writer(id(1), 1_000_000..SIZE as u64).await.unwrap();
    new.write(Bytes::from(vec![7; SIZE - 1_000_000])).await.unwrap();

    // The old one is refused at the latest when its next batch would go to the disk.
    let mut refused = None;
    while refused.is_none() {
        refused = hanging.write(Bytes::from(vec![0xBB; 1_000_000])).await.err();
    }
    assert!(taken_over(&refused.unwrap()));
    assert!(taken_over(&hanging.finish().await.unwrap_err()), "what was lost is never acknowledged");
    assert_eq!(new.finish().await.unwrap(), SIZE as u64 - 1_000_000);
    assert!(content(&it.blobs, id(1)).await[1_000_000..].iter().all(|byte| *byte == 7));
    slow.write(Bytes::new()).await.unwrap();
    assert_eq!(slow.finish().await.unwrap(), 0, "who does not overlap is left alone");
}

#[tokio::test]
async fn a_writer_goes_on_after_its_object_is_deleted_and_harms_nobody() {
    let it = fixture();
    it.blobs.create(id(1), 1000).await.unwrap();
    let mut writer = it.blobs.writer(id(1), 0..1000).await.unwrap();
    it.blobs.delete(id(1)).await.unwrap();
    it.blobs.put(id(1), vec![1; 1000]).await.unwrap();
    writer.write(Bytes::from(vec![2; 1000])).await.unwrap();
    writer.finish().await.unwrap();
    assert_eq!(content(&it.blobs, id(1)).await, vec![1; 1000]);
}
