//! Against a folder of this machine.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};
use kinora_app::port::{BlobError, Depot as _, DepotError, Fault, Parcel};
use kinora_depot::StoreDepot;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use url::Url;

const MIB: usize = 1 << 20;

fn open(folder: &Path) -> StoreDepot {
    StoreDepot::open(Url::from_file_path(folder).unwrap().as_str(), []).unwrap()
}

fn parcel(pieces: Vec<Result<Bytes, Fault>>, length: usize) -> Parcel {
    let bytes = stream::iter(pieces).boxed();
    Parcel { content_type: "video/mp4", cache: "no-cache", length: length as u64, bytes }
}

#[tokio::test]
async fn objects_are_files_below_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let below = folder.path().join("not there yet");
    let depot = open(&below);
    assert!(depot.sizes("v0-1").await.unwrap().is_empty());
    let mut expected = HashMap::new();
    for (path, length) in [("v0-1/init.mp4", 1), ("v0-1/0.m4s", 9 * MIB), ("v0-1/storyboard/0.jpg", 0)] {
        for fill in [1, 2] {
            let bytes = vec![fill; length];
            let piece = Ok(Bytes::from(bytes.clone()));
            depot.put(path, parcel(vec![piece], length)).await.unwrap();
            assert!(fs::read(below.join(path)).unwrap() == bytes, "{path}");
        }
        expected.insert(path.to_owned(), length as u64);
    }
    assert_eq!(depot.sizes("v0-1").await.unwrap(), expected);
    assert_eq!(fs::read_dir(below.join("v0-1")).unwrap().count(), 3);
}

#[tokio::test]
async fn what_fails_leaves_nothing_beside_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let depot = open(folder.path());
    for (length, given) in [(2 * MIB, MIB), (20 * MIB, 9 * MIB)] {
        depot.put("0.m4s", parcel(vec![Ok(Bytes::from_static(b"there"))], 5)).await.unwrap();
        for broken in [None, Some(Err(Fault::from(BlobError::Full)))] {
            let pieces = [Ok(Bytes::from(vec![1; given]))].into_iter().chain(broken).collect();
            let failed = depot.put("0.m4s", parcel(pieces, length)).await.unwrap_err();
            assert!(matches!(failed, DepotError::Length { .. } | DepotError::Source { .. }), "{failed}");
            assert_eq!(fs::read(folder.path().join("0.m4s")).unwrap(), b"there");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{length}");
        }
    }
    // A file stands where a folder is needed.
    let failed = depot.put("0.m4s/0.m4s", parcel(Vec::new(), 0)).await.unwrap_err();
    assert!(matches!(failed, DepotError::Store { doing: "writing", .. }), "{failed}");
}
