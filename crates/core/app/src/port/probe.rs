//! A look inside a file by an outside program.

use super::Object;
use async_trait::async_trait;
use kinora_domain::chunk::Pictures;
use kinora_domain::picture::PictureFacts;
use kinora_domain::track::{FoundTrack, TrackKind};
use kinora_media::sniff::Container;
use std::sync::Arc;

/// What can go wrong while looking.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The container is not one that is handed to outside programs.
    #[error("files of type {0} are not taken")]
    Unsupported(&'static str),
    /// The bytes cannot be read as their container. `words` is what the program said, shortened.
    #[error("the file cannot be read: {words}")]
    Unreadable {
        /// The program's own words; may hold nothing that names our paths.
        words: String,
    },
    /// A limit of time, memory or output was met.
    #[error("the file takes more {0} to read than is allowed")]
    Limit(&'static str),
    /// The program could not be run; another attempt may succeed.
    #[error("starting the prober")]
    Run(#[source] std::io::Error),
}

/// What processing must know of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examination {
    /// The tracks that are found, in file order.
    pub tracks: Vec<TrackExamined>,
    /// Where the file's timeline begins, in microseconds.
    pub start_micros: i64,
    /// Length that the headers name, in milliseconds. A hint.
    pub duration_ms: Option<u64>,
}

/// One track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackExamined {
    /// As it is told to clients.
    pub found: FoundTrack,
    /// Its number among all streams of the file, from 0: a word of the outside program's.
    pub stream: u32,
    /// When it begins, in microseconds on the file's timeline.
    pub start_micros: i64,
    /// What it is like.
    pub what: Examined,
}

/// What a track is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Examined {
    /// Pictures.
    Picture(PictureFacts),
    /// Sound.
    Sound(SoundFacts),
    /// Text.
    Captions,
}

/// What is known of a sound track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoundFacts {
    /// Samples in a second.
    pub rate: u32,
    /// Channels.
    pub channels: u32,
}

impl Examination {
    /// The track of that kind and number among its kind, from 0.
    pub fn track(&self, kind: TrackKind, number: u32) -> Option<&TrackExamined> {
        let number = usize::try_from(number).ok()?;
        self.tracks.iter().filter(|track| track.found.kind == kind).nth(number)
    }
}

/// Looks inside files that we do not read ourselves.
#[async_trait]
pub trait Prober: Send + Sync + 'static {
    /// The tracks of an object, read as `container` and as nothing else.
    async fn look(&self, object: Arc<dyn Object>, container: Container) -> Result<Examination, ProbeError>;

    /// The tracks alone.
    async fn probe(&self, object: Arc<dyn Object>, container: Container) -> Result<Vec<FoundTrack>, ProbeError> {
        Ok(self.look(object, container).await?.tracks.into_iter().map(|track| track.found).collect())
    }

    /// When each picture of a picture track is shown, by its packets: reads the whole object. `untrimmed`: those that an
    /// edit list cuts off are there, too.
    async fn pictures(
        &self,
        object: Arc<dyn Object>,
        container: Container,
        stream: u32,
        facts: &PictureFacts,
        untrimmed: bool,
    ) -> Result<Pictures, ProbeError>;
}
