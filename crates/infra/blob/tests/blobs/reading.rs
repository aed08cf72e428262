//! Streams give exactly what was asked for, however it lies.

use crate::common::{content, fixture, gather, id, pattern};
use futures_util::TryStreamExt as _;
use kinora_app::port::{BlobError, Blobs as _, Object};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::ops::Range;
use std::sync::Arc;

const SIZE: usize = 1_200_000;

async fn streamed(object: &Arc<dyn Object>, ranges: Vec<Range<u64>>) -> Vec<u8> {
    let pieces: Vec<_> = Arc::clone(object).stream(ranges).try_collect().await.unwrap();
    for (number, piece) in pieces.iter().enumerate() {
        assert!(piece.len() <= 256 * 1024 && !piece.is_empty(), "piece {number}");
    }
    pieces.concat()
}

/// Alternating gaps and runs, of every size that matters: none, a few bytes, around the largest gap
/// that is read across, around the scratch buffer and around a piece.
fn ascending() -> impl Strategy<Value = Vec<Range<u64>>> {
    let gap = prop_oneof![Just(0), 1_u64..50, 4_000_u64..4_200, 60_000_u64..70_000];
    let run = prop_oneof![Just(0), 1_u64..50, 300_u64..6_000, 200_000_u64..300_000];
    prop::collection::vec((gap, run), 0..400).prop_map(|steps| {
        let mut end = 0;
        let mut ranges = Vec::new();
        for (gap, run) in steps {
            let start = end + gap;
            end = start + run;
            if end > SIZE as u64 {
                break;
            }
            ranges.push(start..end);
        }
        ranges
    })
}

#[test]
fn random_ranges_streamed_and_gathered_equal_a_naive_read() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let it = fixture();
    let bytes = pattern(SIZE);
    runtime.block_on(it.blobs.put(id(1), bytes.clone())).unwrap();
    let object = runtime.block_on(it.blobs.open(id(1))).unwrap();
    let mut runner = TestRunner::new(ProptestConfig { cases: 60, ..ProptestConfig::default() });
    let result = runner.run(&ascending(), |ranges| {
        let naive: Vec<u8> = ranges.iter().flat_map(|r| &bytes[r.start as usize..r.end as usize]).copied().collect();
        runtime.block_on(async {
            prop_assert!(streamed(&object, ranges.clone()).await == naive);
            gather(&it.blobs, id(1), ranges, id(2)).await.unwrap();
            prop_assert!(content(&it.blobs, id(2)).await == naive);
            it.blobs.delete(id(2)).await.unwrap();
            Ok(())
        })
    });
    result.unwrap();
}

#[tokio::test]
async fn a_run_an_interleaved_stretch_and_backward_jumps_come_out_in_order() {
    let it = fixture();
    let bytes = pattern(SIZE);
    it.blobs.put(id(1), bytes.clone()).await.unwrap();
    let object = it.blobs.open(id(1)).await.unwrap();
    let interleaved = (0..50).map(|n| n * 21_000..n * 21_000 + 20_400).collect();
    for ranges in [vec![0..SIZE], vec![5..6], vec![], interleaved, vec![900..1000, 0..10, 0..10]] {
        let naive: Vec<u8> = ranges.iter().flat_map(|r: &Range<usize>| bytes[r.clone()].to_vec()).collect();
        let wide = ranges.iter().map(|r| r.start as u64..r.end as u64).collect();
        assert!(streamed(&object, wide).await == naive, "{ranges:?}");
    }
}

#[tokio::test]
async fn a_part_of_an_object_that_was_never_written_reads_as_something() {
    let it = fixture();
    it.blobs.create(id(1), 1_000_000).await.unwrap();
    let object = it.blobs.open(id(1)).await.unwrap();
    assert_eq!(streamed(&object, vec![0..500_000, 600_000..1_000_000]).await.len(), 900_000);
}

#[tokio::test]
async fn what_lies_outside_is_refused_and_ends_the_stream() {
    let it = fixture();
    it.blobs.put(id(1), pattern(100)).await.unwrap();
    let object = it.blobs.open(id(1)).await.unwrap();
    #[expect(clippy::reversed_empty_ranges, reason = "the case under test")]
    for wrong in [0..101, 100..u64::MAX, 50..40] {
        let read = object.read(wrong.clone()).await.unwrap_err();
        let mut stream = Arc::clone(&object).stream(vec![0..1, wrong.clone()]);
        let streamed = stream.try_next().await.unwrap_err();
        for error in [read, streamed] {
            assert!(matches!(error, BlobError::OutOfRange { object, range } if object == id(1) && range == wrong));
        }
        assert!(stream.try_next().await.unwrap().is_none());
    }
    assert_eq!(object.read(100..100).await.unwrap().len(), 0);
}
