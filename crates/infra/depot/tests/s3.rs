//! Against a server that speaks the protocol of S3, over a real connection.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use kinora_app::port::{BlobError, Depot, DepotError, Fault, Parcel};
use kinora_depot::StoreDepot;
use object_store::aws::AmazonS3Builder;
use object_store::{Attribute, ObjectStore, ObjectStoreExt as _};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;
use tokio::net::TcpListener;

const MIB: usize = 1 << 20;

/// A server with a bucket, which lies in a folder.
struct Server {
    folder: TempDir,
    address: SocketAddr,
    /// So many requests more it answers with 503.
    away: Arc<AtomicUsize>,
}

impl Server {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("films")).unwrap();
        let mut builder = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single("someone", "a secret"));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let away = Arc::new(AtomicUsize::new(0));
        let refusals = Arc::clone(&away);
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let (service, refusals) = (service.clone(), Arc::clone(&refusals));
                let service = service_fn(move |request: Request<Incoming>| {
                    let (service, refusals) = (service.clone(), Arc::clone(&refusals));
                    async move {
                        let one_less = |left: usize| left.checked_sub(1);
                        if refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok() {
                            return Ok(Response::builder().status(503).body(s3s::Body::empty()).unwrap());
                        }
                        Service::call(&service, request).await
                    }
                });
                tokio::spawn(async move {
                    // A client that goes away is none of this test's concern.
                    drop(Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), service).await);
                });
            }
        });
        Self { folder, address, away }
    }

    /// The bucket below a prefix, by somebody with that secret.
    fn depot(&self, prefix: &str, secret: &str) -> StoreDepot {
        let endpoint = format!("http://{}", self.address);
        let options = [
            ("AWS_ACCESS_KEY_ID", "someone"),
            ("AWS_SECRET_ACCESS_KEY", secret),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", &endpoint),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_PROFILE", "of no concern"),
        ];
        let options = options.map(|(name, value)| (name.to_owned(), value.to_owned()));
        StoreDepot::open(&format!("s3://films/{prefix}"), options).unwrap()
    }

    /// Somebody who fetches from the bucket.
    fn client(&self) -> impl ObjectStore {
        let builder = AmazonS3Builder::new().with_bucket_name("films").with_region("us-east-1").with_allow_http(true);
        let builder = builder.with_access_key_id("someone").with_secret_access_key("a secret");
        builder.with_endpoint(format!("http://{}", self.address)).build().unwrap()
    }

    fn bytes(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join("films").join(path)).unwrap()
    }
}

/// Pieces of uneven lengths.
fn pieces(bytes: &[u8]) -> Vec<Bytes> {
    bytes.chunks(300_001).map(Bytes::copy_from_slice).collect()
}

fn parcel(bytes: &[u8], length: usize) -> Parcel {
    let bytes = stream::iter(pieces(bytes).into_iter().map(Ok)).boxed();
    Parcel { content_type: "video/mp4", cache: "public, max-age=31536000, immutable", length: length as u64, bytes }
}

fn noise(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect()
}

async fn put(depot: &StoreDepot, path: &str, bytes: &[u8]) -> Result<(), DepotError> {
    depot.put(path, parcel(bytes, bytes.len())).await
}

#[tokio::test]
async fn objects_arrive_whole_whatever_their_size_and_are_told_with_it() {
    let server = Server::start().await;
    let depot = server.depot("some/films", "a secret");
    assert!(depot.sizes("v0-1").await.unwrap().is_empty());
    let mut expected = HashMap::new();
    // At once, and in one, two and three parts.
    for (name, length) in
        [("0.m4s", 0), ("1.m4s", 1), ("2.m4s", 8 * MIB), ("3.m4s", 8 * MIB + 1), ("storyboard/4.m4s", 20 * MIB)]
    {
        let bytes = noise(length);
        let path = format!("v0-1/{name}");
        put(&depot, &path, &bytes).await.unwrap();
        assert!(server.bytes(&format!("some/films/{path}")) == bytes, "{path}");
        expected.insert(path, length as u64);
    }
    put(&depot, "v0-10/0.m4s", b"of another folder").await.unwrap();
    assert_eq!(depot.sizes("v0-1").await.unwrap(), expected);
    put(&depot, "v0-1/1.m4s", b"another").await.unwrap();
    assert_eq!(server.bytes("some/films/v0-1/1.m4s"), b"another", "what was there is replaced");
    // What lies elsewhere in the bucket is nobody's concern here.
    assert!(server.depot("some", "a secret").sizes("v0-1").await.unwrap().is_empty());
}

#[tokio::test]
async fn objects_are_given_out_with_their_headers() {
    let server = Server::start().await;
    let depot = server.depot("a", "a secret");
    for length in [1, 8 * MIB + 1] {
        put(&depot, "v0-1/0.m4s", &noise(length)).await.unwrap();
        let answer = server.client().get(&"a/v0-1/0.m4s".into()).await.unwrap();
        let header = |name: &Attribute| answer.attributes.get(name).map(|value| value.as_ref().to_owned());
        assert_eq!(header(&Attribute::ContentType).as_deref(), Some("video/mp4"), "{length}");
        let cache = header(&Attribute::CacheControl);
        assert_eq!(cache.as_deref(), Some("public, max-age=31536000, immutable"), "{length}");
        assert_eq!(answer.bytes().await.unwrap().len(), length);
    }
}

#[tokio::test]
async fn what_ends_early_or_late_leaves_nothing() {
    let server = Server::start().await;
    let depot = server.depot("a", "a secret");
    for (given, told) in [(10, 11), (11, 10), (9 * MIB, 10 * MIB), (10 * MIB, 9 * MIB), (0, 1), (1, 0)] {
        let failed = depot.put("v0-1/0.m4s", parcel(&noise(given), told)).await.unwrap_err();
        let DepotError::Length { expected, found, .. } = failed else { panic!("{given} of {told}: {failed}") };
        assert_eq!((expected, found), (told as u64, given as u64));
    }
    for length in [2 * MIB, 20 * MIB] {
        let broken = stream::iter([Err(Fault::from(BlobError::Full))]);
        let bytes = stream::iter(pieces(&noise(length / 2)).into_iter().map(Ok)).chain(broken).boxed();
        let failed = depot.put("v0-1/0.m4s", Parcel { bytes, ..parcel(&[], length) }).await.unwrap_err();
        assert!(matches!(failed, DepotError::Source { .. }), "{failed}");
    }
    assert!(depot.sizes("v0-1").await.unwrap().is_empty());
}

#[tokio::test]
async fn what_fails_for_a_moment_is_tried_again() {
    let server = Server::start().await;
    let depot = server.depot("a", "a secret");
    for length in [1, 9 * MIB] {
        server.away.store(2, Ordering::SeqCst);
        put(&depot, "v0-1/0.m4s", &noise(length)).await.unwrap();
        assert_eq!(server.away.load(Ordering::SeqCst), 0, "it was asked so often");
        assert!(server.bytes("a/v0-1/0.m4s") == noise(length));
    }
    server.away.store(1, Ordering::SeqCst);
    assert_eq!(depot.sizes("v0-1").await.unwrap(), HashMap::from([("v0-1/0.m4s".to_owned(), 9 << 20)]));
}

#[tokio::test]
async fn who_may_not_write_is_told_so() {
    let server = Server::start().await;
    let depot = server.depot("a", "another secret");
    for failed in [put(&depot, "v0-1/0.m4s", b"bytes").await.unwrap_err(), depot.sizes("v0-1").await.unwrap_err()] {
        let DepotError::Store { source, .. } = &failed else { panic!("{failed}") };
        assert!(source.to_string().contains("SignatureDoesNotMatch"), "{source}");
    }
}
