//! The port `Prober`: what is in a file, and when each of its pictures is shown.

pub mod packets;
pub mod report;

use crate::args::{Demuxer, Packets, Probe};
use crate::child::{Ended, Ending, Request, Urgency, run_heard};
use crate::engine::Engine;
use crate::sandbox::LimitSpec;
use crate::scratch::Scratch;
use crate::words::words;
use async_trait::async_trait;
use kinora_app::port::{Examination, Object, ProbeError, Prober};
use kinora_domain::chunk::Pictures;
use kinora_domain::picture::PictureFacts;
use kinora_media::sniff::Container;
use rustix::process::Signal;
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

#[async_trait]
impl Prober for Engine {
    async fn look(&self, object: Arc<dyn Object>, container: Container) -> Result<Examination, ProbeError> {
        let demuxer = Demuxer::of(container).ok_or_else(|| ProbeError::Unsupported(container.id()))?;
        let file = open(&*object).await?;
        let probe = Probe {
            demuxer,
            max_pixels: self.limits.max_pixels,
            bytes: self.limits.probe_bytes,
            duration: self.limits.probe_duration,
        };
        let ended = self.run(&self.programs.ffprobe, probe.args(), Some(file)).await.map_err(ProbeError::Run)?;
        verdict(&ended)
    }

    async fn pictures(
        &self,
        object: Arc<dyn Object>,
        container: Container,
        stream: u32,
        facts: &PictureFacts,
        untrimmed: bool,
    ) -> Result<Pictures, ProbeError> {
        let demuxer = Demuxer::of(container).ok_or_else(|| ProbeError::Unsupported(container.id()))?;
        let file = open(&*object).await?;
        let parent = self.scratch_folder();
        let scratch = tokio::task::spawn_blocking(move || Scratch::new(&parent)).await;
        let scratch = scratch.map_err(io::Error::other).flatten().map_err(ProbeError::Run)?;
        let request = Request {
            program: self.programs.ffprobe.clone(),
            args: Packets { demuxer, stream, untrimmed }.args(),
            input: Some(file),
            folder: scratch.path().to_path_buf(),
            limits: LimitSpec { file_bytes: 0, memory_bytes: self.limits.memory_bytes, ..self.encode_spec() },
            wall: self.limits.encode_wall,
            urgency: Urgency::Background,
            output_bytes: 0,
        };
        let collected = Arc::new(Mutex::new(packets::Collector::new(facts.base, self.limits.max_pictures)));
        let listener = {
            let collected = Arc::clone(&collected);
            move |bytes: &[u8]| collected.lock().unwrap_or_else(PoisonError::into_inner).hear(bytes)
        };
        let ended = run_heard(self.helper(), request, listener).await.map_err(ProbeError::Run)?;
        if ended.ending == Ending::TooMuchOutput {
            return Err(ProbeError::Limit("pictures"));
        }
        broken_off(&ended)?;
        // A list that broke off in the middle would be a shorter film.
        if let Ending::Signaled(signal) = ended.ending {
            return Err(ProbeError::Run(io::Error::other(format!("the prober ended by signal {signal}"))));
        }
        let collector = core::mem::take(&mut *collected.lock().unwrap_or_else(PoisonError::into_inner));
        let complaints = ended.complaints.text();
        match (collector.finish(), ended.ending) {
            // The code is that of the last packet; what was read until then counts.
            (Some(pictures), _) => Ok(pictures),
            (None, Ending::Exited(0)) => Err(ProbeError::Unreadable { words: reason(&complaints) }),
            (None, _) if complaints.trim().is_empty() => {
                Err(ProbeError::Run(io::Error::other("the prober ended without a word")))
            }
            (None, _) => Err(ProbeError::Unreadable { words: reason(&complaints) }),
        }
    }
}

async fn open(object: &dyn Object) -> Result<File, ProbeError> {
    let path = object.local_path().ok_or_else(|| ProbeError::Run(io::ErrorKind::Unsupported.into()))?;
    let file = tokio::task::spawn_blocking(move || File::open(path)).await.map_err(io::Error::other);
    file.flatten().map_err(ProbeError::Run)
}

/// What the end of ffprobe says about the file. The exit code alone says little: some errors leave it 0,
/// and some files with errors play.
pub(crate) fn verdict(ended: &Ended) -> Result<Examination, ProbeError> {
    broken_off(ended)?;
    let complaints = ended.complaints.text();
    match (ended.ending, report::examination(&ended.output)) {
        (Ending::Exited(0), Some(examination)) if !examination.tracks.is_empty() => Ok(examination),
        (Ending::Signaled(_), _) => Err(ProbeError::Unreadable { words: "the reader broke off".to_owned() }),
        _ => Err(ProbeError::Unreadable { words: reason(&complaints) }),
    }
}

/// The endings of which nothing that was said until then counts.
fn broken_off(ended: &Ended) -> Result<(), ProbeError> {
    let complaints = ended.complaints.text();
    match ended.ending {
        Ending::TooLong => return Err(ProbeError::Limit("time")),
        Ending::Signaled(signal) if signal == Signal::XCPU.as_raw() => return Err(ProbeError::Limit("time")),
        // Not by us: by the system, which was out of memory perhaps. That says nothing about the file.
        Ending::Signaled(signal) if signal == Signal::KILL.as_raw() => {
            return Err(ProbeError::Run(io::Error::other("the prober was killed")));
        }
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
    Ok(())
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
#[path = "verdict_test.rs"]
mod tests;
