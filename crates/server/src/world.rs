//! Opens what is behind the ports, and plugs it together.

use crate::host::{KernelRandom, WallClock};
use crate::master_key::{Found, KeyError, of_file};
use crate::settings::Settings;
use kinora_app::{App, Ports};
use kinora_blob::LocalBlobs;
use kinora_engine::{Engine, EngineLimits, Programs};
use kinora_store::{Location, SqlStore};
use std::path::PathBuf;
use std::sync::Arc;

/// What could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("the data folder {} cannot be made", .0.display())]
    Folder(PathBuf, #[source] std::io::Error),
    #[error("the database {} cannot be opened", .0.display())]
    Store(PathBuf, #[source] kinora_store::OpenError),
    #[error("the object store {} cannot be opened", .0.display())]
    Blobs(PathBuf, #[source] kinora_blob::OpenError),
    #[error(transparent)]
    MasterKey(#[from] KeyError),
    #[error("the library cannot be opened")]
    App(#[from] kinora_app::Error),
}

/// The use cases over a real store, a real disk and real programs.
pub(crate) struct World {
    pub(crate) app: Arc<App>,
    /// What is behind its prober and encoder.
    pub(crate) engine: Arc<Engine>,
}

impl World {
    /// Opens everything under the data folder.
    pub(crate) async fn open(settings: &Settings) -> Result<Self, OpenError> {
        let folder = &settings.data_dir;
        std::fs::create_dir_all(folder).map_err(|error| OpenError::Folder(folder.clone(), error))?;
        let database = database(settings);
        let store = SqlStore::open(&Location::Sqlite(database.clone())).await;
        let store = store.map_err(|error| OpenError::Store(database, error))?;
        let blobs = LocalBlobs::open(folder.clone(), settings.reserve_bytes);
        let blobs = blobs.map_err(|error| OpenError::Blobs(folder.clone(), error))?;
        let engine = Arc::new(engine(settings));
        let master_key = match &settings.master_key {
            Some(key) => Found { key: key.clone(), is_new: false },
            None => of_file(&settings.master_key_file, &KernelRandom)?,
        };
        let ports = Ports {
            store: Arc::new(store),
            blobs: Arc::new(blobs),
            prober: Arc::<Engine>::clone(&engine),
            encoder: Arc::<Engine>::clone(&engine),
            painter: Arc::<Engine>::clone(&engine),
            clock: Arc::new(WallClock),
            random: Arc::new(KernelRandom),
            master_key: master_key.key.clone(),
        };
        let app = App::open(ports, settings.limits).await;
        if master_key.is_new {
            told_of(settings, app.is_ok())?;
        }
        let app = app?.with_cores(cores());
        Ok(Self { app: Arc::new(app), engine })
    }
}

/// Says what a new master key is for. One that came too late, to a store that has been used with another, goes again.
fn told_of(settings: &Settings, fits: bool) -> Result<(), KeyError> {
    let file = &settings.master_key_file;
    if fits {
        let file = file.display();
        tracing::warn!(%file, "a master key was made: back it up apart from the database, for without it the keys of playback tokens and of encrypted outputs are lost");
        return Ok(());
    }
    std::fs::remove_file(file).map_err(|error| KeyError::File(file.clone(), error))
}

/// The cores that this process may use.
fn cores() -> u32 {
    std::thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX))
}

/// The programs, found and limited.
pub(crate) fn engine(settings: &Settings) -> Engine {
    let found = Programs::find(&std::env::var_os("PATH").unwrap_or_default());
    let programs = Programs {
        ffmpeg: settings.ffmpeg.clone().unwrap_or(found.ffmpeg),
        ffprobe: settings.ffprobe.clone().unwrap_or(found.ffprobe),
    };
    let limits = EngineLimits {
        max_pixels: u32::try_from(settings.limits.pixels).unwrap_or(u32::MAX),
        max_pictures: usize::try_from(settings.limits.pictures).unwrap_or(usize::MAX),
        confinement: settings.sandbox,
        ..EngineLimits::default()
    };
    // The kernel's name for this very binary: right even when the file was replaced by an upgrade.
    Engine::new(programs, "/proc/self/exe".into(), settings.data_dir.join("scratch"), limits)
}

/// Where the database is.
pub(crate) fn database(settings: &Settings) -> PathBuf {
    settings.data_dir.join("kinora.sqlite")
}
