//! A worker with one file to look into.

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use kinora_app::port::{
    BlobError, Blobs as _, Clock, EncodeError, EncodeOrder, Encoder, Examination, Object, Painter, PictureOrder,
    ProbeError, Prober, Random, Store as _, TextOrder, Watch,
};
use kinora_app::work::{Outcome, Ran, run_next_job};
use kinora_app::{App, Error, MasterKey, Ports};
use kinora_blob::LocalBlobs;
use kinora_domain::access::Organization;
use kinora_domain::chunk::Pictures;
use kinora_domain::file::{Content, File, FileState, Probe};
use kinora_domain::job::{JobView, Lane, NewJob, Work};
use kinora_domain::limit::Limits;
use kinora_domain::picture::PictureFacts;
use kinora_domain::still::StillForm;
use kinora_domain::{FileId, JobId, ObjectId, OrganizationId, ProjectId, Timestamp};
use kinora_media::captions::{Captions, CaptionsError};
use kinora_media::sniff::Container;
use kinora_store::{Location, SqlStore};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use tempfile::TempDir;
use tokio::sync::Notify;
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(1);
pub(crate) const JOB: JobId = JobId::new(ID);
const NOON: i64 = 1_800_000_000_000;

/// What the prober does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Mood {
    Finds,
    Panics,
    IsMissing,
    NeverEnds,
    FailsWhenTold,
}

pub(crate) struct MoodyProber {
    mood: AtomicU8,
    pub(crate) begun: Notify,
    pub(crate) told: Notify,
    /// Looks that were begun, and looks that were ended or dropped.
    pub(crate) looks: AtomicUsize,
    pub(crate) over: Arc<AtomicUsize>,
}

impl MoodyProber {
    pub(crate) fn set(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
    }
}

struct Over(Arc<AtomicUsize>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Prober for MoodyProber {
    async fn look(&self, _object: Arc<dyn Object>, _container: Container) -> Result<Examination, ProbeError> {
        let _over = Over(Arc::clone(&self.over));
        self.looks.fetch_add(1, Ordering::SeqCst);
        self.begun.notify_one();
        match self.mood.load(Ordering::SeqCst) {
            mood if mood == Mood::Panics as u8 => panic!("the prober lost its head"),
            mood if mood == Mood::IsMissing as u8 => Err(ProbeError::Run(std::io::ErrorKind::NotFound.into())),
            mood if mood == Mood::NeverEnds as u8 => std::future::pending().await,
            mood if mood == Mood::FailsWhenTold as u8 => {
                self.told.notified().await;
                Err(ProbeError::Run(std::io::ErrorKind::NotFound.into()))
            }
            _ => Ok(Examination { tracks: Vec::new(), start_micros: 0, duration_ms: None }),
        }
    }

    async fn pictures(
        &self,
        _object: Arc<dyn Object>,
        _container: Container,
        _stream: u32,
        _facts: &PictureFacts,
        _untrimmed: bool,
    ) -> Result<Pictures, ProbeError> {
        Err(ProbeError::Run(std::io::ErrorKind::NotFound.into()))
    }
}

/// No work here encodes.
#[async_trait]
impl Encoder for MoodyProber {
    async fn encode(
        &self,
        _input: Arc<dyn Object>,
        _order: &EncodeOrder,
        _watch: &mut dyn Watch,
    ) -> Result<Vec<Arc<dyn Object>>, Error> {
        Err(EncodeError::Run(std::io::ErrorKind::NotFound.into()).into())
    }

    async fn texts(
        &self,
        _input: Arc<dyn Object>,
        _order: &TextOrder,
    ) -> Result<Vec<Result<Captions, CaptionsError>>, EncodeError> {
        Err(EncodeError::Run(std::io::ErrorKind::NotFound.into()))
    }
}

/// Nor does any paint.
#[async_trait]
impl Painter for MoodyProber {
    async fn lay_down(&self, _film: BoxStream<'static, Result<Bytes, BlobError>>) -> Result<Arc<dyn Object>, Error> {
        Err(EncodeError::Run(std::io::ErrorKind::NotFound.into()).into())
    }

    async fn paint(&self, _film: Arc<dyn Object>, _order: &PictureOrder) -> Result<Bytes, EncodeError> {
        Err(EncodeError::Run(std::io::ErrorKind::NotFound.into()))
    }

    async fn makes(&self, _form: StillForm) -> bool {
        false
    }
}

struct StandingClock;

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(NOON)
    }
}

struct Kernel;

impl Random for Kernel {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).unwrap();
    }
}

pub(crate) struct Bench {
    pub(crate) app: Arc<App>,
    pub(crate) store: Arc<SqlStore>,
    pub(crate) prober: Arc<MoodyProber>,
    now: std::cell::Cell<i64>,
    _folder: TempDir,
}

impl Bench {
    /// With a Matroska file that nobody has looked into, and the job to do so.
    pub(crate) async fn new(mood: Mood) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(SqlStore::open(&Location::Sqlite(folder.path().join("kinora.db"))).await.unwrap());
        let blobs = LocalBlobs::open(folder.path().join("data"), 0).unwrap();
        let (begun, told) = (Notify::new(), Notify::new());
        let (looks, over) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
        let prober = Arc::new(MoodyProber { mood: AtomicU8::new(mood as u8), begun, told, looks, over });
        let header = b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska".to_vec();
        let size = header.len() as u64;
        blobs.put(ObjectId::new(ID), header).await.unwrap();
        let ports = Ports {
            store: Arc::<SqlStore>::clone(&store),
            blobs: Arc::new(blobs),
            prober: Arc::<MoodyProber>::clone(&prober),
            encoder: Arc::<MoodyProber>::clone(&prober),
            painter: Arc::<MoodyProber>::clone(&prober),
            clock: Arc::new(StandingClock),
            random: Arc::new(Kernel),
            master_key: MasterKey([7; 32]),
        };
        let app = Arc::new(App::open(ports, Limits::default()).await.unwrap());
        let bench = Self { app, store, prober, now: std::cell::Cell::new(NOON), _folder: folder };
        bench.pass(0);
        bench.fill(size).await;
        bench
    }

    async fn fill(&self, size: u64) {
        let (organization, project) = (OrganizationId::new(ID), ProjectId::new(ID));
        let file = File {
            id: FileId::new(ID),
            organization,
            project,
            name: "film.mkv".to_owned(),
            original_name: "film.mkv".to_owned(),
            friendly_name: "film".to_owned(),
            metadata: None,
            size,
            object: ObjectId::new(ID),
            state: FileState::Completed(Content { container: "matroska".to_owned(), probe: Probe::Pending }),
            created: Timestamp::from_millis(NOON),
            modified: Timestamp::from_millis(NOON),
        };
        let mut tx = self.store.begin().await.unwrap();
        let name = "default".to_owned();
        tx.insert_organization(&Organization { id: organization, name, default_project: project }).await.unwrap();
        tx.insert_object(file.object, size).await.unwrap();
        tx.insert_file(&file).await.unwrap();
        tx.enqueue(&NewJob::new(JOB, organization, Work::ProbeFile(file.id))).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// So many milliseconds pass on the database's clock.
    pub(crate) fn pass(&self, millis: i64) {
        self.now.set(self.now.get() + millis);
        self.store.pin_clock(Some(Timestamp::from_millis(self.now.get())));
    }

    /// Does the next job; how it ended.
    pub(crate) async fn run(&self) -> Option<Outcome> {
        match run_next_job(&self.app, Lane::Quick).await.unwrap() {
            Ran::Nothing => None,
            Ran::Job { outcome, .. } => Some(outcome),
        }
    }

    pub(crate) async fn job(&self) -> Option<JobView> {
        self.store.read().await.unwrap().job(JOB).await.unwrap()
    }

    pub(crate) async fn probe(&self) -> Probe {
        let file = self.store.read().await.unwrap().file_of_anyone(FileId::new(ID)).await.unwrap().unwrap();
        match file.state {
            FileState::Completed(content) => content.probe,
            state => panic!("{state:?}"),
        }
    }
}
