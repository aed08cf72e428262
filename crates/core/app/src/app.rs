//! The world that the use cases act in.

use crate::error::Error;
use crate::file::examined::Examined;
use crate::fresh::{self, Stock};
use crate::guard::vault::Vault;
use crate::guard::{Guards, MasterKey};
use crate::idempotency::UnderWay;
use crate::picture::studio::Studio;
use crate::play::cache::Playables;
use crate::play::heads::Heads;
use crate::play::laid::Layouts;
use crate::play::room::Room;
use crate::port::{Blobs, Clock, Encoder, Painter, Prober, Random, Store};
use crate::signer::Signer;
use crate::upload::active::ActiveParts;
use crate::video::Turns;
use crate::work::WorkWaiting;
use kinora_domain::job::JobState;
use kinora_domain::limit::Limits;
use kinora_domain::{HolderId, Timestamp};
use kinora_media::cmaf::IndexedFile;
use kinora_media::progressive::Progressive;
use std::sync::Arc;

/// What `server` plugs in.
#[derive(Clone)]
pub struct Ports {
    /// Metadata and queue.
    pub store: Arc<dyn Store>,
    /// Objects.
    pub blobs: Arc<dyn Blobs>,
    /// The outside look into files.
    pub prober: Arc<dyn Prober>,
    /// The outside making of renditions.
    pub encoder: Arc<dyn Encoder>,
    /// The outside making of pictures.
    pub painter: Arc<dyn Painter>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Secrets and ids.
    pub random: Arc<dyn Random>,
    /// What the keys in the store are sealed under.
    pub master_key: MasterKey,
}

/// The world behind ports, and the little that a process keeps in memory: which parts are being
/// written, which requests must not be served twice, and what is being watched. Losing that loses nothing.
pub struct App {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) blobs: Arc<dyn Blobs>,
    pub(crate) prober: Arc<dyn Prober>,
    pub(crate) encoder: Arc<dyn Encoder>,
    pub(crate) painter: Arc<dyn Painter>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) limits: Limits,
    pub(crate) signer: Signer,
    pub(crate) vault: Vault,
    pub(crate) active_parts: ActiveParts,
    pub(crate) turns: Turns,
    pub(crate) under_way: UnderWay,
    pub(crate) playables: Playables,
    pub(crate) stock: Stock,
    pub(crate) heads: Heads,
    pub(crate) layouts: Layouts<Progressive>,
    pub(crate) indexed: Layouts<IndexedFile>,
    pub(crate) room: Room,
    pub(crate) guards: Guards,
    pub(crate) studio: Studio,
    pub(crate) examined: Examined,
    pub(crate) work_waiting: WorkWaiting,
    /// Threads that programs share.
    pub(crate) cores: u32,
    /// Names this process on the leases that it takes.
    pub(crate) holder: HolderId,
}

impl App {
    /// Opens the world: makes the secrets that this server signs with on its first start.
    ///
    /// # Errors
    /// The store refuses, or its keys are sealed under another master key.
    pub async fn open(ports: Ports, limits: Limits) -> Result<Self, Error> {
        let holder = HolderId::new(fresh::uuid_at(ports.clock.now(), &*ports.random));
        let signer = Signer::open(&*ports.store, &*ports.random).await?;
        let vault = Vault::open(&*ports.store, &*ports.random, &ports.master_key).await?;
        Ok(Self {
            store: ports.store,
            blobs: ports.blobs,
            prober: ports.prober,
            encoder: ports.encoder,
            painter: ports.painter,
            clock: ports.clock,
            random: ports.random,
            limits,
            signer,
            vault,
            active_parts: ActiveParts::default(),
            turns: Turns::default(),
            under_way: UnderWay::default(),
            playables: Playables::new(),
            stock: Stock::new(),
            heads: Heads::new(),
            layouts: Layouts::new(),
            indexed: Layouts::new(),
            room: Room::new(),
            guards: Guards::new(),
            studio: Studio::new(1),
            examined: Examined::default(),
            work_waiting: WorkWaiting::default(),
            cores: 1,
            holder,
        })
    }

    /// With so many threads for the programs that it runs.
    #[must_use]
    pub fn with_cores(self, cores: u32) -> Self {
        Self { cores: cores.max(1), studio: Studio::new(cores), ..self }
    }

    /// Passes when metadata can be read and objects have a place: what readiness means.
    ///
    /// # Errors
    /// What is away.
    pub async fn ready(&self) -> Result<(), Error> {
        self.store.read().await?.database_now().await?;
        self.blobs.space().await?;
        Ok(())
    }

    /// The space of the object store.
    ///
    /// # Errors
    /// The disk cannot be asked.
    pub async fn space(&self) -> Result<crate::port::Space, Error> {
        Ok(self.blobs.space().await?)
    }

    /// How many jobs there are in each state.
    ///
    /// # Errors
    /// The store refuses.
    pub async fn queue_depth(&self) -> Result<Vec<(JobState, u64)>, Error> {
        Ok(self.store.read().await?.queue_depth().await?)
    }

    /// How many jobs are to be done now: timers whose moment has not come, and what needs a person, aside.
    ///
    /// # Errors
    /// The store refuses.
    pub async fn unfinished_jobs(&self) -> Result<u64, Error> {
        Ok(self.store.read().await?.unfinished_jobs().await?)
    }

    /// The name of this process on the leases that it takes.
    pub const fn holder(&self) -> HolderId {
        self.holder
    }

    /// What the clock says.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A fresh id for a request: 64 random bits in hex.
    pub fn fresh_request_id(&self) -> String {
        fresh::hex(&self.stock.take(&*self.random))
    }
}
