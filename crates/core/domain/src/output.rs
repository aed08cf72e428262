//! Outputs: what an asset is made into, and how far that is.

use crate::chunk::Chunk;
use crate::endpoint::HarvestedEndpoint;
use crate::file::Failure;
use crate::id::{AssetId, ObjectId, OrganizationId, OutputId, RenditionId};
use crate::ladder::Rung;
use crate::picture::{Matrix, Rate, Scan, TimeBase, Transfer};
use crate::playback::Encryption;
use crate::preset::SoundFormat;
use crate::time::Timestamp;
use crate::track::TrackKind;

/// Forms in which an output can be fetched here.
pub const ENDPOINTS: [&str; 3] = ["hls", "dash", "mp4"];

/// Something that is made of an asset's sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Its id.
    pub id: OutputId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// What it is made of.
    pub asset: AssetId,
    /// Its name in the asset; `None`: it is what the asset's own preset asks for.
    pub name: Option<String>,
    /// Name of its preset.
    pub preset: String,
    /// How it is encrypted on its way to viewers.
    pub encryption: Encryption,
    /// When it is to be removed.
    pub expires: Option<Timestamp>,
    /// Copies of it elsewhere, as the client tells.
    pub harvested: Vec<HarvestedEndpoint>,
    /// How far it is.
    pub state: OutputState,
    /// The picture that it is made of; `None` where it has none.
    pub picture: Option<Source>,
    /// What is to be done to the picture, once that is known.
    pub plan: Option<PicturePlan>,
    /// When it was asked for.
    pub created: Timestamp,
    /// When its state last changed.
    pub modified: Timestamp,
}

impl Output {
    /// What clients call it: its name, or its id where it has none.
    pub fn called(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.id.to_string())
    }

    /// The id of one of its own endpoints, unique in the asset: `hls`, and `name-hls` of an output that was added.
    pub fn endpoint_id(&self, format: &str) -> String {
        self.name.as_ref().map_or_else(|| format.to_owned(), |name| format!("{name}-{format}"))
    }

    /// The ids of the copies of it elsewhere, in their order.
    pub fn harvested_ids(&self) -> Vec<String> {
        let numbered = |(number, endpoint): (usize, &HarvestedEndpoint)| {
            endpoint.id.clone().unwrap_or_else(|| self.endpoint_id(&format!("copy-{number}")))
        };
        (1..).zip(&self.harvested).map(numbered).collect()
    }

    /// The ids of all endpoints that it may have.
    pub fn endpoint_ids(&self) -> Vec<String> {
        let own = ENDPOINTS.iter().map(|format| self.endpoint_id(format));
        own.chain(self.harvested_ids()).collect()
    }
}

/// The life of an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputState {
    /// Work has not begun.
    Waiting,
    /// Work is under way since then.
    Processing {
        /// By the database's clock.
        since: Timestamp,
    },
    /// All of it is there.
    Completed,
    /// A job of it was given up after all attempts: it needs a person, who may have it tried anew. The rest of
    /// its work goes on.
    Stalled(Failure),
    /// It cannot be made of these sources.
    Failed(Failure),
}

/// The answers of a listing about an output's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutputStatus {
    /// [`OutputState::Waiting`].
    Waiting,
    /// [`OutputState::Processing`].
    Processing,
    /// [`OutputState::Completed`].
    Completed,
    /// [`OutputState::Stalled`].
    Stalled,
    /// [`OutputState::Failed`].
    Failed,
}

impl OutputStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Processing, Self::Completed, Self::Stalled, Self::Failed];

    /// The stable lower-case name, as stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Stalled => "stalled",
            Self::Failed => "failed",
        }
    }
}

impl OutputState {
    /// The state without its data.
    pub const fn status(&self) -> OutputStatus {
        match self {
            Self::Waiting => OutputStatus::Waiting,
            Self::Processing { .. } => OutputStatus::Processing,
            Self::Completed => OutputStatus::Completed,
            Self::Stalled(_) => OutputStatus::Stalled,
            Self::Failed(_) => OutputStatus::Failed,
        }
    }

    /// Whether nothing will be done any more.
    pub const fn is_over(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed(_))
    }
}

/// One track of an uploaded object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source {
    /// The upload.
    pub object: ObjectId,
    /// What the track carries.
    pub kind: TrackKind,
    /// Its number among the tracks of its kind, from 0.
    pub number: u32,
    /// What is zero in the presentation, in microseconds of the file's own timeline; `None`: the
    /// beginning of that.
    pub origin_micros: Option<i64>,
}

impl Source {
    /// Whether other tracks of the file play as they are: nothing of those is cut off, so nothing of this is.
    pub const fn is_untrimmed(&self) -> bool {
        self.origin_micros.is_some()
    }
}

/// What is done to pictures between decoding and scaling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Filter {
    /// Both fields become one picture.
    Deinterlace(Scan),
    /// High dynamic range becomes standard.
    ToneMap(Transfer),
    /// How color was written down is told, where the source does not: a smaller picture would be taken for
    /// something else.
    Tell(Matrix),
}

/// How much of a track a step must see to do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chunking {
    /// Each picture by itself.
    Free,
    /// So many pictures in front of the first one.
    PreRoll(usize),
}

impl Filter {
    /// Whether a track may be cut for it.
    pub const fn chunking(self) -> Chunking {
        match self {
            // It compares with the pictures before and behind.
            Self::Deinterlace(_) => Chunking::PreRoll(2),
            Self::ToneMap(_) | Self::Tell(_) => Chunking::Free,
        }
    }
}

/// When pictures are shown in what is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timing {
    /// Every picture lasts as long as this rate says.
    Steady(Rate),
    /// As in the source, in so many ticks a second.
    AsIs {
        /// Ticks in a second.
        scale: u32,
    },
}

impl Timing {
    /// That of the source in the ticks of MPEG-2 systems, for rates that vary.
    pub const VARIABLE: Self = Self::AsIs { scale: 90_000 };

    /// Ticks in a second of what is encoded.
    pub fn timescale(self) -> u32 {
        match self {
            Self::Steady(rate) => rate.timescale(),
            Self::AsIs { scale } => scale,
        }
    }
}

/// What is done to the picture of an output: decoded once a chunk, filtered, scaled down step by step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PicturePlan {
    /// The track.
    pub source: Source,
    /// Its number among all streams of the file.
    pub stream: u32,
    /// In order.
    pub filters: Vec<Filter>,
    /// When pictures are shown.
    pub timing: Timing,
    /// In what the times of source and chunks are told.
    pub base: TimeBase,
    /// What is zero in the presentation, in ticks of the source.
    pub origin: i64,
    /// Whether times are vague: the one chunk is all that there is, whatever its times.
    pub vague: bool,
    /// Whether the picture that was uploaded is one of the rungs.
    pub keeps_original: bool,
    /// The pieces.
    pub chunks: Vec<Chunk>,
}

impl PicturePlan {
    /// Pictures of all chunks.
    pub fn pictures(&self) -> u64 {
        self.chunks.iter().map(|chunk| chunk.pictures).sum()
    }

    /// When the chunk begins in the presentation, in ticks of what is encoded.
    pub fn start_of(&self, chunk: &Chunk) -> i64 {
        match self.timing {
            Timing::AsIs { .. } => self.presented(chunk.from),
            Timing::Steady(rate) => {
                let first = self.chunks.first().map_or(chunk.from, |first| first.from);
                let frames = i64::try_from(chunk.first).unwrap_or(i64::MAX);
                self.presented(first).saturating_add(frames.saturating_mul(rate.frame_ticks().into()))
            }
        }
    }

    /// When the chunk ends in the presentation, in ticks of what is encoded: where the next one begins.
    pub fn end_of(&self, chunk: &Chunk) -> i64 {
        match self.timing {
            Timing::AsIs { .. } => self.presented(chunk.until),
            Timing::Steady(rate) => {
                let frames = i64::try_from(chunk.pictures).unwrap_or(i64::MAX);
                self.start_of(chunk).saturating_add(frames.saturating_mul(rate.frame_ticks().into()))
            }
        }
    }

    /// A time of the source on the timeline of the presentation, in ticks of what is encoded.
    pub fn presented(&self, time: i64) -> i64 {
        self.base.rescale(time.saturating_sub(self.origin), self.timing.timescale())
    }
}

/// How sound is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundPlan {
    /// The track.
    pub source: Source,
    /// The codec.
    pub format: SoundFormat,
    /// Language to show.
    pub language: Option<String>,
    /// Name to show.
    pub name: Option<String>,
}

/// One track in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// Its id; the track that comes of it gets it, too.
    pub id: RenditionId,
    /// The output that it belongs to.
    pub output: OutputId,
    /// The asset that plays it.
    pub asset: AssetId,
    /// Its place in the manifests.
    pub position: u32,
    /// What it is for.
    pub role: Role,
    /// Whether all of it is there, and it has become a track.
    pub sealed: bool,
    /// Milliseconds of it that the headers of its source name; 0 where they name none.
    pub duration_ms: u64,
}

/// What a rendition is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Shown from its first segment on, until the rungs are there.
    First(Source),
    /// A quality of the picture, shown when all are there.
    Rung(Rung),
    /// Sound, heard from its first segment on.
    Sound(SoundPlan),
    /// The upload itself, whose index is read bit by bit.
    Indexed {
        /// The track.
        source: Source,
        /// Language to show.
        language: Option<String>,
        /// Name to show.
        name: Option<String>,
    },
    /// Captions that lie within the upload, shown when all of them were taken out.
    Captions {
        /// The track.
        source: Source,
        /// Language to show.
        language: Option<String>,
        /// Name to show.
        name: Option<String>,
    },
}

impl Role {
    /// What it carries.
    pub const fn kind(&self) -> TrackKind {
        match self {
            Self::First(_) | Self::Rung(_) => TrackKind::Video,
            Self::Sound(_) => TrackKind::Audio,
            Self::Indexed { source, .. } => source.kind,
            Self::Captions { .. } => TrackKind::Captions,
        }
    }

    /// Whether viewers get it while it grows.
    pub const fn plays_while_growing(&self) -> bool {
        !matches!(self, Self::Rung(_) | Self::Captions { .. })
    }
}

/// A finished piece of a rendition, in order: its samples and their map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its number in the rendition, from 0.
    pub number: u32,
    /// The object that holds its samples.
    pub media: ObjectId,
    /// The object that holds its map, with times of the whole presentation.
    pub map: ObjectId,
}

/// How much of an output is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Pictures that are encoded in all rungs; milliseconds of sound where there is no picture.
    pub done: u64,
    /// All of them.
    pub total: u64,
    /// When work began, by the database's clock.
    pub since: Timestamp,
}

impl Progress {
    /// Hundredths that are done: 100 only when all is.
    pub fn percent(&self) -> u8 {
        if self.total == 0 {
            return 0;
        }
        let hundredths = u128::from(self.done.min(self.total)) * 100 / u128::from(self.total);
        u8::try_from(hundredths).unwrap_or(100)
    }

    /// Milliseconds that are left at the pace so far; `None` before there is a pace.
    pub fn left_ms(&self, now: Timestamp) -> Option<u64> {
        let spent = u128::from(now.millis().checked_sub(self.since.millis())?.try_into().unwrap_or(0_u64));
        let left = u128::from(self.total.saturating_sub(self.done));
        let done = u128::from(self.done).checked_mul(1)?;
        u64::try_from((spent * left).checked_div(done)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_whole_only_at_the_end_and_tells_the_time_left() {
        let since = Timestamp::from_millis(1_000);
        let progress = |done, total| Progress { done, total, since };
        assert_eq!(progress(999, 1_000).percent(), 99);
        assert_eq!(progress(1_000, 1_000).percent(), 100);
        assert_eq!(progress(0, 0).percent(), 0);
        let now = Timestamp::from_millis(11_000);
        assert_eq!(progress(250, 1_000).left_ms(now), Some(30_000));
        assert_eq!(progress(0, 1_000).left_ms(now), None);
    }

    #[test]
    fn chunks_of_a_steady_film_lie_frame_by_frame() {
        let rate = Rate::new(30_000, 1_001).unwrap();
        let object = ObjectId::new(uuid::Uuid::nil());
        let chunk = |first: u64, from: i64| Chunk {
            first,
            pictures: 600,
            from,
            until: from + 20_020,
            seek: Some(from),
            keys: vec![],
            cuts: vec![],
        };
        let mut plan = PicturePlan {
            source: Source { object, kind: TrackKind::Video, number: 0, origin_micros: None },
            stream: 0,
            filters: vec![],
            timing: Timing::Steady(rate),
            base: TimeBase::new(1, 1_000).unwrap(),
            origin: 1_000,
            vague: false,
            keeps_original: false,
            chunks: vec![chunk(0, 1_033), chunk(600, 21_053)],
        };
        assert_eq!(plan.start_of(&plan.chunks[0].clone()), 990);
        assert_eq!(plan.start_of(&plan.chunks[1].clone()), 990 + 600 * 1_001);
        plan.timing = Timing::VARIABLE;
        assert_eq!(plan.start_of(&plan.chunks[1].clone()), 20_053 * 90);
    }
}
