//! A server of its own for each test.

mod alias;
mod answer;
mod ask;
mod clock;
mod flow;
mod programs;
mod site;

pub(crate) use answer::Answer;
pub(crate) use ask::{Ask, ask};
pub(crate) use flow::{operator_of, text};
pub(crate) use programs::Painting;

use axum::Router;
use clock::{MovableClock, SeededRandom};
use kinora_app::access::{create_key, default_organization, named_organization};
use kinora_app::{App, MasterKey, Ports};
use kinora_blob::LocalBlobs;
use kinora_domain::access::Role;
use kinora_domain::limit::Limits;
use kinora_domain::{KeyId, OrganizationId};
use kinora_edge::{Edge, EgressRate, Rate, Settings};
use kinora_store::{Location, SqlStore};
use programs::Programs;
use site::Built;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// Where the server says that it is: behind a proxy that takes the path's beginning away.
pub(crate) const PUBLIC_URL: &str = "https://films.example/cloud";

/// A proxy that is believed.
pub(crate) const PROXY: &str = "192.0.2.1";

/// A key of each kind.
#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) admin: String,
    pub(crate) editor: String,
    pub(crate) viewer: String,
    /// Admin of another organization.
    pub(crate) stranger: String,
    pub(crate) admin_id: KeyId,
    pub(crate) organization: OrganizationId,
    pub(crate) others: OrganizationId,
}

/// A running server.
pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) keys: Keys,
    pub(crate) clock: Arc<MovableClock>,
    pub(crate) store: Arc<SqlStore>,
    pub(crate) blobs: LocalBlobs,
    router: Router,
    random: Arc<SeededRandom>,
    folder: Arc<TempDir>,
    programs: Programs,
}

impl World {
    /// A new server with its keys.
    pub(crate) async fn new() -> Self {
        Self::with_reserve(0).await
    }

    /// A new server that leaves so many bytes of the disk to others.
    pub(crate) async fn with_reserve(bytes: u64) -> Self {
        Self::with(bytes, Programs::missing()).await
    }

    /// A new server with somebody who makes pictures.
    pub(crate) async fn painting() -> (Self, Arc<Painting>) {
        let painting = Painting::new();
        (Self::with(0, Programs::with(&painting)).await, painting)
    }

    async fn with(bytes: u64, programs: Programs) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let clock = Arc::new(MovableClock::at_noon());
        let random = Arc::new(SeededRandom::new(7));
        let (store, blobs, app) = open(&folder, bytes, &clock, &random, &programs).await;
        let keys = Keys::make(&app).await;
        Self { router: router(&app, Rate::OFF), app, keys, clock, store, blobs, random, folder, programs }
    }

    /// The server after a restart: what it kept in memory is gone.
    pub(crate) async fn restart(self) -> Self {
        let Self { app, keys, clock, store, blobs, router: old, random, folder, programs } = self;
        drop((app, blobs, old));
        store.close().await.unwrap();
        drop(store);
        let (store, blobs, app) = open(&folder, 0, &clock, &random, &programs).await;
        Self { router: router(&app, Rate::OFF), app, keys, clock, store, blobs, random, folder, programs }
    }

    /// The same server with a limit of how often each key may ask.
    pub(crate) fn limited(self, rate: Rate) -> Self {
        Self { router: router(&self.app, rate), ..self }
    }

    /// Another process on the same store and objects, with the same keys.
    pub(crate) async fn other_process(&self) -> Self {
        let programs = self.programs.clone();
        let (store, blobs, app) = open(&self.folder, 0, &self.clock, &self.random, &programs).await;
        let (keys, clock, random) = (self.keys.clone(), Arc::clone(&self.clock), Arc::clone(&self.random));
        let folder = Arc::clone(&self.folder);
        Self { router: router(&app, Rate::OFF), app, keys, clock, store, blobs, random, folder, programs }
    }

    /// Everything that the store has on the disk.
    pub(crate) fn stored_bytes(&self) -> Vec<u8> {
        std::fs::read(database(&self.folder)).unwrap()
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn call(&self, ask: Ask) -> Answer {
        let Ok(response) = self.router.clone().oneshot(ask.into_request()).await;
        Answer::read(response).await
    }
}

async fn open(
    folder: &TempDir,
    reserve: u64,
    clock: &Arc<MovableClock>,
    random: &Arc<SeededRandom>,
    programs: &Programs,
) -> (Arc<SqlStore>, LocalBlobs, Arc<App>) {
    let store = SqlStore::open(&Location::Sqlite(database(folder))).await.unwrap();
    let store = Arc::new(store);
    let blobs = LocalBlobs::open(folder.path().join("objects"), reserve).unwrap();
    let ports = Ports {
        store: Arc::<SqlStore>::clone(&store),
        blobs: Arc::new(blobs.clone()),
        prober: Arc::clone(&programs.prober),
        encoder: Arc::clone(&programs.encoder),
        painter: Arc::clone(&programs.painter),
        clock: Arc::<MovableClock>::clone(clock),
        random: Arc::<SeededRandom>::clone(random),
        master_key: MasterKey([7; 32]),
    };
    let app = App::open(ports, Limits::default()).await.unwrap();
    (store, blobs, Arc::new(app))
}

fn database(folder: &TempDir) -> PathBuf {
    folder.path().join("kinora.sqlite")
}

fn router(app: &Arc<App>, rate: Rate) -> Router {
    let settings = Settings {
        public_url: PUBLIC_URL.to_owned(),
        trusted_proxies: vec![PROXY.parse().unwrap()],
        rate,
        egress: EgressRate::default(),
    };
    let metrics = Arc::new(|| "kinora_up 1\n".to_owned());
    kinora_edge::router(Edge::new(Arc::clone(app), settings, Arc::new(Built), metrics))
}

impl Keys {
    async fn make(app: &App) -> Self {
        let organization = default_organization(app).await.unwrap().id;
        let others = named_organization(app, "others").await.unwrap().id;
        let admin = create_key(app, organization, "admin", Role::Admin).await.unwrap();
        Self {
            admin_id: admin.key.id,
            admin: admin.secret,
            editor: create_key(app, organization, "editor", Role::Editor).await.unwrap().secret,
            viewer: create_key(app, organization, "viewer", Role::Viewer).await.unwrap().secret,
            stranger: create_key(app, others, "stranger", Role::Admin).await.unwrap().secret,
            organization,
            others,
        }
    }
}
