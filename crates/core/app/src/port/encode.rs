//! Encoding by an outside program. What is asked for is typed data; the program's words for it are
//! found in one place behind this port.

use super::Object;
use async_trait::async_trait;
use kinora_domain::ladder::Rung;
use kinora_domain::output::{Filter, Timing};
use kinora_domain::picture::TimeBase;
use kinora_domain::preset::SoundFormat;
use kinora_media::captions::{Captions, CaptionsError};
use kinora_media::sniff::Container;
use std::sync::Arc;

/// One run of the encoder: one track decoded once, and what is made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// How the input is read, and as nothing else.
    pub container: Container,
    /// Number of the stream, as [`TrackExamined::stream`](super::TrackExamined::stream) names it.
    pub stream: u32,
    /// Which part of the input.
    pub window: Window,
    /// Whether pictures that an edit list cuts off are there, too.
    pub untrimmed: bool,
    /// What is made of it.
    pub work: EncodeWork,
    /// Threads of each decoder, filter and encoder.
    pub threads: u32,
}

/// Which part of the input is read, and how its times are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// All of it. What comes out begins at zero with the track's own first moment,
    /// [`TrackExamined::start_micros`](super::TrackExamined::start_micros). Times that jump are evened out.
    All,
    /// All that is shown at or after a moment. What comes out begins at zero there.
    After {
        /// Microseconds from the beginning of the file,
        /// [`Examination::start_micros`](super::Examination::start_micros).
        micros: i64,
    },
    /// Pictures shown from one time of the source to before another. What comes out begins at zero with
    /// the first of them.
    Pictures {
        /// In what the times are told.
        base: TimeBase,
        /// Where reading begins: at a picture at which decoding can begin. `None`: at the beginning of the
        /// file, for containers in which positions are not found reliably.
        seek: Option<i64>,
        /// The first picture's time.
        from: i64,
        /// The time of the first picture behind the last.
        until: i64,
    },
}

/// What is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EncodeWork {
    /// One file for each rung.
    Pictures(PictureWork),
    /// One file.
    Sound(SoundWork),
}

/// H.264 in one or more sizes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureWork {
    /// What is done before scaling, in order.
    pub filters: Vec<Filter>,
    /// When pictures are shown.
    pub timing: Timing,
    /// Where groups of pictures begin.
    pub keys: KeyFrames,
    /// Largest first: each is scaled from the one before.
    pub rungs: Vec<Rung>,
    /// What it may cost.
    pub effort: Effort,
}

/// Where groups of pictures begin; all of them are closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyFrames {
    /// At the pictures shown at these times, in ticks of the window's time base.
    At(Vec<i64>),
    /// So often, in milliseconds of what comes out.
    Every(u32),
}

/// What a picture may cost, and when it is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// As good as the rate allows, in a whole file at the end.
    Good,
    /// At once: a fragment is on the disk as soon as a group of pictures is encoded.
    Quick,
}

/// Sound in one piece; a fragment is on the disk about every second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoundWork {
    /// The codec.
    pub format: SoundFormat,
    /// Samples in a second.
    pub rate: u32,
    /// Channels, 1 or 2.
    pub channels: u32,
    /// Kilobits in a second.
    pub kbps: u32,
}

/// How far the encoder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Done {
    /// Pictures encoded; of several rungs, in the first.
    pub pictures: u64,
    /// Microseconds of media encoded.
    pub micros: u64,
}

/// How the text of a track is written, as far as who takes it out must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextCoding {
    /// `WebVTT`: it is given as it is.
    WebVtt,
    /// Teletext, of which the pages of subtitles are taken.
    Teletext,
    /// Anything else, of which words, lines and the plainest looks are taken.
    Plain,
}

/// Tracks whose text is taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextOrder {
    /// How the input is read, and as nothing else.
    pub container: Container,
    /// Number of each stream, as [`TrackExamined::stream`](super::TrackExamined::stream) names it, and how it is written.
    pub tracks: Vec<(u32, TextCoding)>,
    /// What of the file's timeline is zero in the presentation, in microseconds.
    pub origin_micros: i64,
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// The container is not one that is handed to outside programs.
    #[error("files of type {0} are not taken")]
    Unsupported(&'static str),
    /// The input cannot be decoded. `words` is what the program said, shortened.
    #[error("the file cannot be converted: {words}")]
    Unreadable {
        /// Holds nothing that names our paths.
        words: String,
        /// All that was kept of what the program said, head and tail, for the operator.
        all: String,
    },
    /// A limit of time, memory or size was met.
    #[error("the file takes more {0} to convert than is allowed")]
    Limit(&'static str),
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The program could not be run or was ended from outside; another attempt may succeed.
    #[error("running the encoder")]
    Run(#[source] std::io::Error),
}

/// Hears how far an encoder is. The outputs can be read while they grow: their size is that of the moment.
#[async_trait]
pub trait Watch: Send {
    /// Called about twice a second, and when the program has ended well. An error ends the program.
    async fn hear(&mut self, done: Done, outputs: &[Arc<dyn Object>], ended: bool) -> Result<(), crate::Error>;
}

/// Runs the encoder.
#[async_trait]
pub trait Encoder: Send + Sync + 'static {
    /// Does what the order says. Dropped, it ends the program and everything it started. The outputs are
    /// MP4 files, one for each rung or one of sound; they last as long as somebody holds them.
    ///
    /// # Errors
    /// [`EncodeError`], or what the watch gave.
    async fn encode(
        &self,
        input: Arc<dyn Object>,
        order: &Order,
        watch: &mut dyn Watch,
    ) -> Result<Vec<Arc<dyn Object>>, crate::Error>;

    /// Takes the text out of tracks, each in its place: reads the whole input. Text of which nothing was said is empty, and
    /// what was said before zero is left out. The inner error says what is wrong with what came out of one of them.
    ///
    /// # Errors
    /// [`EncodeError`]: nothing came out of any.
    async fn texts(
        &self,
        input: Arc<dyn Object>,
        order: &TextOrder,
    ) -> Result<Vec<Result<Captions, CaptionsError>>, EncodeError>;
}
