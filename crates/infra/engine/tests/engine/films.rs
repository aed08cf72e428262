//! Films made on the spot, and an engine to look into them.

use async_trait::async_trait;
use bytes::Bytes;
use core::ops::Range;
use futures_util::stream::{BoxStream, StreamExt as _};
use kinora_app::port::{BlobError, Object};
use kinora_engine::{Engine, EngineLimits, Programs};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

pub(crate) const HELPER: &str = env!("CARGO_BIN_EXE_kinora-sandbox-test");

pub(crate) fn programs() -> Programs {
    Programs::find("/usr/local/bin:/usr/bin:/bin".as_ref())
}

pub(crate) fn engine(folder: &Path, limits: EngineLimits) -> Engine {
    Engine::new(programs(), HELPER.into(), folder.join("scratch"), limits)
}

/// A stored file.
pub(crate) struct Stored(pub(crate) PathBuf);

#[async_trait]
impl Object for Stored {
    fn size(&self) -> u64 {
        self.0.metadata().map_or(0, |meta| meta.len())
    }

    async fn read(&self, _range: Range<u64>) -> Result<Bytes, BlobError> {
        Ok(Bytes::new())
    }

    fn stream(self: Arc<Self>, _ranges: Vec<Range<u64>>) -> BoxStream<'static, Result<Bytes, BlobError>> {
        futures_util::stream::empty().boxed()
    }

    fn local_path(&self) -> Option<PathBuf> {
        Some(self.0.clone())
    }

    fn local_file(&self) -> Option<Arc<std::fs::File>> {
        None
    }
}

/// Runs ffmpeg with a moving picture as input 0, two tones as 1 and 2, and captions as 3.
pub(crate) fn film(folder: &Path, name: &str, args: &str) -> Arc<dyn Object> {
    let captions = folder.join("captions.srt");
    std::fs::write(&captions, "1\n00:00:00,000 --> 00:00:01,000\nHello\n").unwrap();
    let path = folder.join(name);
    let made = Command::new(programs().ffmpeg)
        .args(
            "-v error -y -f lavfi -i testsrc=d=1:s=160x120:r=25 -f lavfi -i sine=d=1 -f lavfi -i sine=f=880:d=1 -i"
                .split(' '),
        )
        .arg(captions)
        .args(args.split_whitespace())
        .arg(&path)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Arc::new(Stored(path))
}

/// Runs ffmpeg with a synthetic picture as its first input; `args` may bring others.
pub(crate) fn film_of(folder: &Path, name: &str, picture: &str, args: &str) -> Arc<dyn Object> {
    let path = folder.join(name);
    let made = Command::new(programs().ffmpeg)
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", picture])
        .args(args.split_whitespace())
        .arg(&path)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Arc::new(Stored(path))
}

/// What ffprobe says of a file, as bare values with commas between.
pub(crate) fn probe(path: &Path, entries: &str) -> String {
    let told = Command::new(programs().ffprobe)
        .args(["-v", "error", "-show_entries", entries, "-of", "csv=p=0"])
        .arg(path)
        .output()
        .unwrap();
    assert!(told.status.success());
    String::from_utf8(told.stdout).unwrap()
}
