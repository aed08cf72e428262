//! Reading files without a sample table from their beginning: which tracks they have, and where each sample lies.

use super::movie;
use crate::error::Error;
use crate::port::Object;
use kinora_domain::limit::Limits;
use kinora_domain::track::{FoundTrack, TrackKind};
use kinora_domain::{Kind, Problem};
use kinora_media::Codec;
use kinora_media::flv::Flv;
use kinora_media::index::Indexer;
use kinora_media::map::{IndexedSample, TrackFacts};
use kinora_media::matroska::Matroska;
use kinora_media::mp4::fragments::FragmentIndexer;
use kinora_media::mpegts::Demuxer;
use kinora_media::sniff::Container;
use kinora_media::timing::{Timescale, rescale_len};
use std::sync::Arc;

/// Bytes in which the tracks of a file must become known; files whose tracks hide longer are looked into by others.
const HEAD_BYTES: u64 = 2 << 20;
/// What is read at once of a transport stream, of which every byte is needed.
const STREAM_PIECE: u64 = 1 << 20;
/// The same until its tracks are known.
const STREAM_HEAD_PIECE: u64 = 64 << 10;

/// A track that is indexed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IndexTrack {
    /// Its kind; `None` for what the library does not carry.
    pub(crate) kind: Option<TrackKind>,
    pub(crate) codec: Codec,
    /// `None` where it does not play.
    pub(crate) facts: Option<TrackFacts>,
    /// When a sample with a `pts` of zero is shown on the timeline of the file, in ticks of the track.
    pub(crate) offset: i64,
    /// Whether it is captions of which all is known that others would tell.
    is_known_text: bool,
    language: Option<String>,
    name: Option<String>,
    /// Pixels of a coded picture.
    pixels: u64,
    /// Length that the headers name.
    pub(crate) duration_ms: u64,
}

/// A sample of one of the tracks.
pub(crate) struct Found {
    /// Index of the track.
    pub(crate) track: usize,
    pub(crate) sample: IndexedSample,
    /// Its bytes, where they do not lie in the file as they are needed.
    pub(crate) data: Option<Vec<u8>>,
}

/// What came of one step.
pub(crate) struct Step {
    pub(crate) found: Vec<Found>,
    /// Whether the file is read to its end.
    pub(crate) ended: bool,
}

enum Walk {
    Headers(Box<dyn Indexer + Send>),
    Fragments(Box<FragmentIndexer>),
    Stream(Box<Demuxer>),
}

/// A file that is being read.
pub(crate) struct Indexing {
    object: Arc<dyn Object>,
    walk: Walk,
    /// How far it is read, and how many bytes that took.
    position: u64,
    bytes_read: u64,
}

impl Indexing {
    /// Begins; `None` for files of other types, and for those whose beginning cannot be read.
    pub(crate) async fn open(object: &Arc<dyn Object>, container: Container) -> Result<Option<Self>, Error> {
        let size = object.size();
        let walk = match container {
            Container::Matroska => Walk::Headers(Box::new(Matroska::new(size))),
            Container::Flv => Walk::Headers(Box::new(Flv::new(size))),
            Container::MpegTs => Walk::Stream(Box::default()),
            container if container.is_mp4() => {
                let Ok(index) = movie::read_index(object).await? else { return Ok(None) };
                let Ok(indexer) = FragmentIndexer::new(index.moov(), size) else { return Ok(None) };
                Walk::Fragments(Box::new(indexer))
            }
            _ => return Ok(None),
        };
        Ok(Some(Self { object: Arc::clone(object), walk, position: 0, bytes_read: 0 }))
    }

    /// Whether samples are given with their bytes: they do not play from the file.
    pub(crate) const fn is_rewritten(&self) -> bool {
        matches!(self.walk, Walk::Stream(_))
    }

    /// Reads on. The inner error says what is wrong with the file; what was found before it stays.
    pub(crate) async fn step(&mut self) -> Result<Result<Step, Problem>, Error> {
        let wanted = match &self.walk {
            Walk::Headers(indexer) => indexer.wants(),
            Walk::Fragments(indexer) => indexer.wants(),
            Walk::Stream(demuxer) => {
                let piece = if demuxer.tracks().is_some() { STREAM_PIECE } else { STREAM_HEAD_PIECE };
                let end = self.position.saturating_add(piece).min(self.object.size());
                (self.position < end).then_some(self.position..end)
            }
        };
        let bytes = match &wanted {
            Some(range) => Some(self.object.read(range.clone()).await?),
            None => None,
        };
        if let Some(range) = wanted {
            self.position = range.end;
            self.bytes_read = self.bytes_read.saturating_add(range.end.saturating_sub(range.start));
        }
        Ok(self.feed(bytes.as_deref()))
    }

    fn feed(&mut self, bytes: Option<&[u8]>) -> Result<Step, Problem> {
        let ended = bytes.is_none();
        let in_place = |(track, sample)| Found { track, sample, data: None };
        let found = match &mut self.walk {
            Walk::Headers(indexer) => {
                if let Some(bytes) = bytes {
                    indexer.feed(bytes).map_err(|error| unreadable(&error))?;
                }
                indexer.drain().into_iter().map(in_place).collect()
            }
            Walk::Fragments(indexer) => {
                if let Some(bytes) = bytes {
                    indexer.feed(bytes).map_err(|error| unreadable(&error))?;
                }
                indexer.drain().into_iter().map(in_place).collect()
            }
            Walk::Stream(demuxer) => {
                let rewritten = match bytes {
                    Some(bytes) => demuxer.feed(bytes),
                    None => demuxer.finish(),
                };
                let with_bytes = |(track, sample): (usize, kinora_media::mpegts::RewrittenSample)| {
                    let size = u32::try_from(sample.data.len()).unwrap_or(u32::MAX);
                    let (dts, pts, sync) = (sample.dts, sample.pts, sample.sync);
                    Found { track, sample: IndexedSample { offset: 0, size, dts, pts, sync }, data: Some(sample.data) }
                };
                rewritten.map_err(|error| unreadable(&error))?.into_iter().map(with_bytes).collect()
            }
        };
        Ok(Step { found, ended })
    }

    /// What was found before an error.
    pub(crate) fn rest(&mut self) -> Vec<Found> {
        let in_place = |(track, sample)| Found { track, sample, data: None };
        match &mut self.walk {
            Walk::Headers(indexer) => indexer.drain().into_iter().map(in_place).collect(),
            Walk::Fragments(indexer) => indexer.drain().into_iter().map(in_place).collect(),
            Walk::Stream(_) => Vec::new(),
        }
    }

    /// The tracks, once they are known.
    pub(crate) fn tracks(&self) -> Option<Vec<IndexTrack>> {
        match &self.walk {
            Walk::Headers(indexer) => Some(indexer.tracks()?.iter().map(of_headers).collect()),
            Walk::Stream(demuxer) => Some(demuxer.tracks()?.iter().map(of_headers).collect()),
            Walk::Fragments(indexer) => {
                let track = |track: &kinora_media::mp4::fragments::FragmentTrack| {
                    let header = track.facts.as_ref().map(TrackFacts::header);
                    IndexTrack {
                        kind: kind(track.kind),
                        codec: track.codec,
                        facts: track.facts.clone().map(TrackFacts::without_bit_rates),
                        offset: track.shift,
                        is_known_text: track.kind == kinora_media::TrackKind::Captions,
                        language: track.language.clone(),
                        name: track.name.clone(),
                        pixels: header.map_or(0, |header| {
                            u64::from(header.coded_width).saturating_mul(header.coded_height.into())
                        }),
                        duration_ms: 0,
                    }
                };
                Some(indexer.tracks().iter().map(track).collect())
            }
        }
    }

    /// When the samples of a track end, on the timeline of their `pts`, where that is told.
    pub(crate) fn end_pts(&self, track: usize) -> Option<i64> {
        match &self.walk {
            Walk::Fragments(indexer) => indexer.tracks().get(track)?.end_pts,
            Walk::Headers(_) | Walk::Stream(_) => None,
        }
    }
}

/// The tracks of a file, where its beginning tells them; `None` for files that are not indexed.
pub(crate) async fn head(object: &Arc<dyn Object>, container: Container) -> Result<Option<Vec<IndexTrack>>, Error> {
    let Some(mut indexing) = Indexing::open(object, container).await? else { return Ok(None) };
    loop {
        if let Some(tracks) = indexing.tracks() {
            return Ok(Some(tracks));
        }
        match indexing.step().await? {
            Ok(step) if !step.ended && indexing.bytes_read < HEAD_BYTES => {}
            Ok(_) => return Ok(indexing.tracks()),
            Err(_) => return Ok(None),
        }
    }
}

/// The tracks as they are told to clients, where all of them play and are within the limits: only then is there
/// nothing that others would tell better.
pub(crate) fn found_tracks(tracks: &[IndexTrack], limits: &Limits) -> Option<Vec<FoundTrack>> {
    if tracks.is_empty() || tracks.len() as u64 > u64::from(limits.tracks) {
        return None;
    }
    let mut found: Vec<FoundTrack> = Vec::new();
    for track in tracks {
        let fits = track.pixels <= limits.pixels && track.duration_ms <= limits.duration_ms;
        let is_known = match track.kind? {
            TrackKind::Video | TrackKind::Audio => track.facts.is_some(),
            TrackKind::Captions => track.is_known_text,
        };
        if !is_known || !fits {
            return None;
        }
        track.add_to(&mut found);
    }
    Some(found)
}

/// The captions among the tracks that are told better than others would, who do not know all formats.
pub(crate) fn found_captions(tracks: &[IndexTrack]) -> Vec<FoundTrack> {
    let mut found = Vec::new();
    for track in tracks.iter().filter(|track| track.is_known_text) {
        track.add_to(&mut found);
    }
    found
}

impl IndexTrack {
    /// As it is told to clients, behind those that are told already.
    fn add_to(&self, found: &mut Vec<FoundTrack>) {
        let Some(kind) = self.kind else { return };
        let labels = (self.language.clone(), self.name.clone());
        found.push(FoundTrack::behind(&*found, kind, self.codec.name(), labels));
    }
}

/// Index and track of the one of that kind and number among its kind, from 0.
pub(crate) fn track_of(tracks: &[IndexTrack], kind: TrackKind, number: u32) -> Option<(usize, &IndexTrack)> {
    let number = usize::try_from(number).ok()?;
    tracks.iter().enumerate().filter(|(_, track)| track.kind == Some(kind)).nth(number)
}

/// Whether what was found by whoever looked into the file are the same tracks of picture and sound.
pub(crate) fn agree(tracks: &[IndexTrack], found: &[FoundTrack]) -> bool {
    [TrackKind::Video, TrackKind::Audio].into_iter().all(|kind| {
        let told: Vec<_> = found.iter().filter(|track| track.kind == kind).map(|track| track.codec.as_str()).collect();
        let indexed: Vec<_> = tracks.iter().filter(|track| track.kind == Some(kind)).collect();
        let same = |(track, codec): (&&IndexTrack, &&str)| track.facts.is_none() || track.codec.name() == *codec;
        told.len() == indexed.len() && indexed.iter().zip(&told).all(same)
    })
}

fn of_headers(track: &kinora_media::index::IndexedTrack) -> IndexTrack {
    IndexTrack {
        kind: kind(track.kind),
        codec: track.codec,
        facts: track.facts(),
        offset: 0,
        is_known_text: false,
        language: track.language.clone(),
        name: track.name.clone(),
        pixels: u64::from(track.coded_width).saturating_mul(track.coded_height.into()),
        duration_ms: rescale_len(track.duration_hint.unwrap_or(0), track.timescale, Timescale::MILLIS),
    }
}

const fn kind(kind: kinora_media::TrackKind) -> Option<TrackKind> {
    match kind {
        kinora_media::TrackKind::Video => Some(TrackKind::Video),
        kinora_media::TrackKind::Audio => Some(TrackKind::Audio),
        kinora_media::TrackKind::Captions => Some(TrackKind::Captions),
        kinora_media::TrackKind::Other => None,
    }
}

fn unreadable(error: &dyn core::error::Error) -> Problem {
    Problem::new(Kind::UnreadableMedia, "unreadable_media", movie::sentence(&error.to_string()))
}
