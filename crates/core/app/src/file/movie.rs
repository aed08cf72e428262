//! From an object to the movie inside: the bytes that the reader of `kinora-media` asks for, in the
//! order it asks.

use crate::error::Error;
use crate::port::Object;
use bytes::Bytes;
use kinora_domain::limit::Limits;
use kinora_domain::preset::{Preset, Shape, SoundFormat};
use kinora_domain::track::{FoundTrack, TrackKind};
use kinora_domain::{Kind, Problem};
use kinora_media::mp4::{Locator, Step};
use kinora_media::{Codec, Movie, Mp4Error, Track};
use std::sync::Arc;

/// The index of an MP4 or MOV, not parsed yet: a parsed one borrows from it.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    moov: Bytes,
    file_size: u64,
}

/// Why an MP4 or MOV is not packaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// It is cut in fragments and has no index; other programs read it.
    Fragmented,
    /// It cannot be used: the public reason.
    Refused(Problem),
}

impl From<Mp4Error> for Unfit {
    fn from(error: Mp4Error) -> Self {
        match error {
            Mp4Error::Fragmented => Self::Fragmented,
            other => {
                Self::Refused(Problem::new(Kind::UnreadableMedia, "unreadable_media", sentence(&other.to_string())))
            }
        }
    }
}

/// A clause as a sentence.
pub(crate) fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let mut text: String = first.chain(letters).collect();
    if !text.ends_with('.') {
        text.push('.');
    }
    text
}

/// Finds and reads the index: a few reads, wherever it is.
pub(crate) async fn read_index(object: &Arc<dyn Object>) -> Result<Result<Index, Unfit>, Error> {
    let file_size = object.size();
    let mut locator = Locator::new(file_size);
    let mut answer: Option<Bytes> = None;
    loop {
        match locator.next(answer.as_deref()) {
            Ok(Step::Read { offset, len }) => {
                answer = Some(object.read(offset..offset.saturating_add(len.into()).min(file_size)).await?);
            }
            Ok(Step::Moov { range }) => return Ok(Ok(Index { moov: object.read(range).await?, file_size })),
            Err(error) => return Ok(Err(error.into())),
        }
    }
}

impl Index {
    /// The box as it lies in the file.
    pub(crate) fn moov(&self) -> &[u8] {
        &self.moov
    }

    /// Bytes of the file that it is of.
    pub(crate) const fn file_size(&self) -> u64 {
        self.file_size
    }

    /// Parses the index and holds it against the limits of this server.
    pub(crate) fn parse(&self, limits: &Limits) -> Result<Movie<'_>, Unfit> {
        let movie = kinora_media::mp4::parse(&self.moov, self.file_size)?;
        check(&movie, limits)?;
        Ok(movie)
    }
}

/// Runs work on an index away from the threads that serve requests.
///
/// # Errors
/// The work panicked: a fault of ours.
pub(crate) async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|panicked| {
        Error::caused(
            Problem::new(Kind::Internal, "internal", "Reading the file's index failed on this server."),
            panicked,
        )
    })
}

/// The limits, on what the sample tables really say.
fn check(movie: &Movie<'_>, limits: &Limits) -> Result<(), Unfit> {
    let exceeded = |message: String| Unfit::Refused(Problem::new(Kind::UnreadableMedia, "limit_exceeded", message));
    if movie.tracks.len() as u64 > u64::from(limits.tracks) {
        return Err(exceeded(format!("The file has more than {} tracks.", limits.tracks)));
    }
    for track in &movie.tracks {
        // In milliseconds without rounding: ticks times 1000 against the limit times the scale.
        let duration = u128::from(track.duration) * 1_000;
        if duration > u128::from(limits.duration_ms) * u128::from(track.timescale.get()) {
            return Err(exceeded(format!("The file plays longer than {} hours.", limits.duration_ms / 3_600_000)));
        }
        if track.kind == kinora_media::TrackKind::Video && u64::from(track.sample_count) > limits.pictures {
            return Err(exceeded(format!("The video has more than {} pictures.", limits.pictures)));
        }
        if u64::from(track.coded_width).saturating_mul(track.coded_height.into()) > limits.pixels {
            return Err(exceeded(format!("The picture has more than {} pixels.", limits.pixels)));
        }
    }
    Ok(())
}

/// Whether players take what is coded like this, and the preset asks for nothing else.
pub(crate) fn plays(codec: &Codec, preset: Preset) -> bool {
    let taken = match codec {
        // Baseline, Main, High; what browsers decode of it has eight bits in 4:2:0.
        Codec::H264 { profile, .. } => matches!(profile, 66 | 77 | 88 | 100),
        Codec::Av1 { .. } | Codec::Vp9 { .. } | Codec::Aac { .. } | Codec::Opus | Codec::Flac => true,
        // By HLS only, and where nothing else was asked for: no browser takes it in fragments.
        Codec::Mp3 => preset.shape == Shape::Sound(SoundFormat::Mp3),
        // Some devices only.
        Codec::Hevc { .. } | Codec::Ac3 | Codec::Eac3 | _ => false,
    };
    let asked = match preset.shape {
        Shape::Sound(SoundFormat::Aac) => matches!(codec, Codec::Aac { .. }),
        Shape::Sound(SoundFormat::Mp3) => *codec == Codec::Mp3,
        Shape::Single { .. } | Shape::Ladder { .. } => true,
    };
    taken && asked
}

/// A track's kind in the words of the library; none for what it does not carry.
pub(crate) fn kind(track: &Track<'_>) -> Option<TrackKind> {
    match track.kind {
        kinora_media::TrackKind::Video => Some(TrackKind::Video),
        kinora_media::TrackKind::Audio => Some(TrackKind::Audio),
        kinora_media::TrackKind::Captions => Some(TrackKind::Captions),
        kinora_media::TrackKind::Other => None,
    }
}

/// The tracks of a movie that the library knows, in file order.
pub(crate) fn found_tracks(movie: &Movie<'_>) -> Vec<FoundTrack> {
    let mut found: Vec<FoundTrack> = Vec::new();
    for track in &movie.tracks {
        let Some(kind) = kind(track) else { continue };
        let labels = (track.language.clone(), track.name.clone());
        found.push(FoundTrack::behind(&found, kind, track.codec.name(), labels));
    }
    found
}
