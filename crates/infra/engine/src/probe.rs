//! The port `Prober`.

use crate::args::{Demuxer, Probe};
use crate::child::{Ended, Ending};
use crate::engine::Engine;
use crate::report;
use crate::words::words;
use async_trait::async_trait;
use kinora_app::port::{Object, ProbeError, Prober};
use kinora_domain::track::FoundTrack;
use kinora_media::sniff::Container;
use rustix::process::Signal;
use std::fs::File;
use std::io;
use std::sync::Arc;

#[async_trait]
impl Prober for Engine {
    async fn probe(&self, object: Arc<dyn Object>, container: Container) -> Result<Vec<FoundTrack>, ProbeError> {
        let demuxer = Demuxer::of(container).ok_or_else(|| ProbeError::Unsupported(container.id()))?;
        let path = object.local_path().ok_or_else(|| ProbeError::Run(io::ErrorKind::Unsupported.into()))?;
        let file = tokio::task::spawn_blocking(move || File::open(path)).await.map_err(io::Error::other);
        let file = file.flatten().map_err(ProbeError::Run)?;
        let probe = Probe {
            demuxer,
            max_pixels: self.limits.max_pixels,
            bytes: self.limits.probe_bytes,
            duration: self.limits.probe_duration,
        };
        let ended = self.run(&self.programs.ffprobe, probe.args(), Some(file)).await.map_err(ProbeError::Run)?;
        verdict(&ended)
    }
}

/// What the end of ffprobe says about the file. The exit code alone says little: some errors leave it 0,
/// and some files with errors play.
pub(crate) fn verdict(ended: &Ended) -> Result<Vec<FoundTrack>, ProbeError> {
    let complaints = ended.complaints.text();
    match ended.ending {
        Ending::TooLong => return Err(ProbeError::Limit("time")),
        Ending::Signaled(signal) if signal == Signal::XCPU.as_raw() => return Err(ProbeError::Limit("time")),
        // Not by us: the system was out of memory.
        Ending::Signaled(signal) if signal == Signal::KILL.as_raw() => return Err(ProbeError::Limit("memory")),
        Ending::TooMuchOutput => return Err(ProbeError::Limit("output")),
        // 127 comes from the loader: libraries are missing, or do not fit into the memory allowed.
        Ending::NotStarted | Ending::Canceled | Ending::Exited(127) => {
            return Err(ProbeError::Run(io::Error::other(complaints.trim().to_owned())));
        }
        Ending::Exited(_) | Ending::Signaled(_) => {}
    }
    if complaints.contains("exceeds specified max pixel count") {
        return Err(ProbeError::Limit("pixels"));
    }
    if complaints.contains("Cannot allocate memory") {
        return Err(ProbeError::Limit("memory"));
    }
    match (ended.ending, report::tracks(&ended.output)) {
        (Ending::Exited(0), Some(tracks)) if !tracks.is_empty() => Ok(tracks),
        (Ending::Signaled(_), _) => Err(ProbeError::Unreadable { words: "the reader broke off".to_owned() }),
        _ => Err(ProbeError::Unreadable { words: reason(&complaints) }),
    }
}

fn reason(complaints: &str) -> String {
    let named = words(complaints);
    if let Some((_, rest)) = named.split_once("Codec (")
        && let Some((codec, _)) = rest.split_once(") not on whitelist")
    {
        return format!("codec {codec} is not taken");
    }
    if named.is_empty() { "no picture, sound or captions in it".to_owned() } else { named }
}

#[cfg(test)]
#[path = "probe_test.rs"]
mod tests;
