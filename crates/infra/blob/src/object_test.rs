#![expect(clippy::single_range_in_vec_init, reason = "one range is what is streamed here")]

use super::*;
use futures_util::{FutureExt as _, TryStreamExt as _};
use std::fs::OpenOptions;
use uuid::Uuid;

fn object(bytes: &[u8]) -> (tempfile::TempDir, Arc<LocalObject>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("object");
    std::fs::write(&path, bytes).unwrap();
    let file = File::open(&path).unwrap();
    let object = LocalObject::new(ObjectId::new(Uuid::from_u128(1)), file, path, Arc::default()).unwrap();
    (folder, Arc::new(object))
}

#[tokio::test]
async fn buffers_come_back_once_the_pieces_are_dropped() {
    let (_folder, object) = object(&vec![7; 4 * PIECE]);
    // One run, and runs with gaps that take a scratch buffer as well.
    for ranges in [vec![0..object.size()], vec![0..100_000, 100_100..300_000, 300_004..700_000]] {
        let pieces: Vec<_> = Arc::clone(&object).stream(ranges).try_collect().await.unwrap();
        assert!(pieces.len() > 1);
        let idle = object.pool.idle();
        drop(pieces);
        assert!(object.pool.idle() > idle);
    }
    let idle = object.pool.idle();
    for _ in 0..20 {
        let mut stream = Arc::clone(&object).stream(vec![0..object.size()]);
        while stream.try_next().await.unwrap().is_some() {}
    }
    assert_eq!(object.pool.idle(), idle, "one buffer at a time serves a reader that keeps nothing");
}

#[tokio::test]
async fn what_is_in_memory_is_read_without_waiting() {
    let (_folder, object) = object(&vec![7; PIECE]);
    object.read(0..1).await.unwrap();
    if object.can_tell.load(Ordering::Relaxed) {
        let read = object.read(0..object.size()).now_or_never().expect("the page cache has it");
        assert_eq!(read.unwrap().len(), PIECE);
    }
}

#[test]
fn a_file_system_that_cannot_tell_is_read_on_blocking_threads() {
    let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let (_folder, object) = object(&vec![7; PIECE]);
        object.can_tell.store(false, Ordering::Relaxed);
        // The only blocking thread is held, so nothing that needs one can end.
        let (release, held) = std::sync::mpsc::channel::<()>();
        let holder = tokio::task::spawn_blocking(move || held.recv());
        let mut read = Box::pin(object.read(0..object.size()));
        assert!(read.as_mut().now_or_never().is_none());
        drop(release);
        assert!(holder.await.unwrap().is_err());
        assert_eq!(read.await.unwrap().len(), PIECE);
    });
}

#[tokio::test]
async fn a_file_cut_short_under_us_is_an_error_and_not_a_wait() {
    let (_folder, object) = object(&vec![7; 3 * PIECE]);
    OpenOptions::new().write(true).open(&object.path).unwrap().set_len(PIECE as u64 + 10).unwrap();
    let cut = |error: BlobError| match error {
        BlobError::Io { doing: "reading", source, .. } => source.kind() == io::ErrorKind::UnexpectedEof,
        _ => false,
    };
    assert!(cut(object.read(0..object.size()).await.unwrap_err()));
    let mut stream = Arc::clone(&object).stream(vec![0..object.size()]);
    assert_eq!(stream.try_next().await.unwrap().unwrap().len(), PIECE);
    assert!(cut(stream.try_next().await.unwrap_err()));
    assert!(stream.try_next().await.unwrap().is_none(), "and then it ends");
}
