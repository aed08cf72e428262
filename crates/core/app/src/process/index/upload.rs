//! One upload that is indexed: its tracks put on one timeline, its samples given to their renditions.

use super::lane::Lane;
use crate::app::App;
use crate::asset::prepare::SEGMENT;
use crate::error::Error;
use crate::file::container::container;
use crate::file::examined::look;
use crate::file::indexing::{Found, Indexing, track_of};
use crate::file::movie::sentence;
use crate::process::sound;
use core::time::Duration;
use kinora_domain::output::{Output, Rendition, Role};
use kinora_domain::track::TrackKind;
use kinora_domain::{Kind, ObjectId, Problem};
use kinora_media::MapError;
use kinora_media::map::{TrackFacts, TrackStart, shifts};
use kinora_media::timing::{Timescale, rescale};

/// Pictures after which none comes that is shown earlier than the first: the most that decoders reorder.
const REORDERED: u32 = 17;
/// Milliseconds after which none comes that is shown earlier, however few there are.
const REORDERED_MS: i64 = 2_000;
/// A track is not waited for any longer once another has gone on for so long, or so many samples are there.
const LATE_MS: i64 = 10_000;
const MOST_WAITING: usize = 8_192;

/// An upload that is read.
pub(super) struct Upload {
    indexing: Indexing,
    pub(super) lanes: Vec<Lane>,
    /// Where the file's timeline begins, in microseconds, where other renditions are counted from there.
    zero_micros: Option<i64>,
    /// The length of segments that is aimed at.
    target: Duration,
    /// Samples from before the tracks are placed.
    waiting: Option<Vec<Found>>,
    begins: Vec<Begin>,
    pub(super) ended: bool,
}

/// What is known of how a track begins.
#[derive(Debug, Clone, Copy)]
struct Begin {
    scale: Timescale,
    first: i64,
    earliest: i64,
    latest: i64,
    samples: u32,
}

/// What is wrong with an upload.
pub(super) enum Trouble {
    /// It cannot be read further.
    Damaged(Problem),
    /// It is larger than this server takes.
    Refused(Problem),
}

impl From<MapError> for Trouble {
    fn from(error: MapError) -> Self {
        Self::Damaged(Problem::new(Kind::UnreadableMedia, "unreadable_media", sentence(&error.to_string())))
    }
}

/// The uploads of those renditions; `None` where one of them cannot be indexed.
pub(super) async fn open(
    app: &App,
    output: &Output,
    all: &[Rendition],
    own: &[Rendition],
) -> Result<Option<Vec<Upload>>, Error> {
    let mut uploads: Vec<(ObjectId, Upload)> = Vec::new();
    for rendition in own {
        let Role::Indexed { source, .. } = &rendition.role else { continue };
        if !uploads.iter().any(|(object, _)| *object == source.object) {
            let object = app.blobs.open(source.object).await?;
            let container = container(&*object).await?;
            let zero_micros = if is_mixed(output, all, |from| from == source.object) {
                Some(look(app, source.object).await?.examination.start_micros)
            } else {
                None
            };
            // What is converted beside it is cut short, so that it plays soon.
            let target = if is_mixed(output, all, |_| true) { sound::TARGET } else { SEGMENT };
            let Some(indexing) = Indexing::open(&object, container).await? else { return Ok(None) };
            let (lanes, waiting, begins, ended) = (Vec::new(), Some(Vec::new()), Vec::new(), false);
            uploads.push((source.object, Upload { indexing, lanes, zero_micros, target, waiting, begins, ended }));
        }
        if let Some((_, upload)) = uploads.iter_mut().find(|(object, _)| *object == source.object) {
            upload.lanes.extend(Lane::open(app, rendition, upload.indexing.is_rewritten()).await?);
        }
    }
    Ok(Some(uploads.into_iter().map(|(_, upload)| upload).collect()))
}

/// Whether something is converted from such an upload: it is counted from the beginning of the file's timeline.
fn is_mixed(output: &Output, all: &[Rendition], from: impl Fn(ObjectId) -> bool) -> bool {
    let picture_plays = all.iter().any(|rendition| match &rendition.role {
        Role::Indexed { source, .. } => Some(*source) == output.picture,
        Role::First(_) | Role::Rung(_) | Role::Sound(_) | Role::Captions { .. } => false,
    });
    let sound = |rendition: &Rendition| match &rendition.role {
        Role::Sound(plan) => from(plan.source.object),
        Role::First(_) | Role::Rung(_) | Role::Indexed { .. } | Role::Captions { .. } => false,
    };
    let picture = output.picture.is_some_and(|source| from(source.object) && !picture_plays);
    picture || all.iter().any(sound)
}

impl Upload {
    /// The upload, and what of its timeline is zero in the presentation, in microseconds, once its tracks are placed.
    pub(super) fn origin(&self) -> Option<(ObjectId, i64)> {
        let lead = self.lanes.iter().find(|lane| lane.kind() == TrackKind::Video).or(self.lanes.first())?;
        let offset = self.indexing.tracks()?.get(lead.track)?.offset;
        Some((lead.source().object, lead.origin_micros(offset)))
    }

    /// How far the track is that is the least far, in microseconds.
    pub(super) fn reached(&self) -> i64 {
        self.lanes.iter().map(|lane| lane.reached).min().unwrap_or(i64::MAX)
    }

    /// Reads on. After trouble all that was found before it is there, and nothing more comes.
    pub(super) async fn advance(&mut self, app: &App) -> Result<Result<(), Trouble>, Error> {
        let (found, ended, trouble) = match self.indexing.step().await? {
            Ok(step) => (step.found, step.ended, None),
            Err(problem) => (self.indexing.rest(), true, Some(Trouble::Damaged(problem))),
        };
        let taken = self.take(found, app);
        let ended = ended || taken.is_err();
        if ended {
            self.ended = true;
            let placed = self.place(true);
            for lane in &mut self.lanes {
                lane.finish(self.indexing.end_pts(lane.track));
            }
            return Ok(taken.and(placed).and(trouble.map_or(Ok(()), Err)));
        }
        Ok(taken)
    }

    fn take(&mut self, found: Vec<Found>, app: &App) -> Result<(), Trouble> {
        for found in found {
            if self.begins.is_empty() {
                self.find_tracks()?;
            }
            match &mut self.waiting {
                Some(waiting) => {
                    if let Some(at) = self.lanes.iter().position(|lane| lane.track == found.track) {
                        if let Some(begin) = self.begins.get_mut(at) {
                            begin.see(found.sample.pts);
                        }
                        waiting.push(found);
                        self.place(false)?;
                    }
                }
                None => give(&mut self.lanes, found)?,
            }
        }
        let longest = i64::try_from(app.limits.duration_ms).unwrap_or(i64::MAX).saturating_mul(1_000);
        if self.lanes.iter().any(|lane| lane.reached > longest) {
            let message = format!("The file plays longer than {} hours.", app.limits.duration_ms / 3_600_000);
            return Err(Trouble::Refused(Problem::new(Kind::UnreadableMedia, "limit_exceeded", message)));
        }
        Ok(())
    }

    /// Finds the tracks of the renditions among those of the file.
    fn find_tracks(&mut self) -> Result<(), Trouble> {
        let tracks = self.indexing.tracks().unwrap_or_default();
        for lane in &mut self.lanes {
            let source = lane.source();
            let found = track_of(&tracks, source.kind, source.number);
            let scale = found.and_then(|(_, track)| track.facts.as_ref()).map(TrackFacts::timescale);
            let Some(((track, _), scale)) = found.zip(scale) else {
                let message = "The tracks of the file are not those that were found before.";
                return Err(Trouble::Damaged(Problem::new(Kind::UnreadableMedia, "unreadable_media", message)));
            };
            lane.track = track;
            self.begins.push(Begin { scale, first: 0, earliest: 0, latest: 0, samples: 0 });
        }
        Ok(())
    }

    /// Places the tracks once it is known how they begin, or nothing more comes.
    fn place(&mut self, is_last: bool) -> Result<(), Trouble> {
        let many = self.waiting.as_ref().is_some_and(|waiting| waiting.len() > MOST_WAITING);
        let settled = self.lanes.iter().zip(&self.begins).all(|(lane, begin)| begin.is_settled(lane.kind()));
        let late = self.begins.iter().any(|begin| begin.lasts(LATE_MS));
        if !(is_last || many || settled || late) {
            return Ok(());
        }
        let Some(waiting) = self.waiting.take() else { return Ok(()) };
        let tracks = self.indexing.tracks().unwrap_or_default();
        let offsets: Vec<_> =
            self.lanes.iter().map(|lane| tracks.get(lane.track).map_or(0, |track| track.offset)).collect();
        let placed = self.shifts(&offsets);
        for (lane, shift) in self.lanes.iter_mut().zip(placed) {
            if let Some(track) = tracks.get(lane.track) {
                lane.place(track, shift, self.target);
            }
        }
        waiting.into_iter().try_for_each(|found| give(&mut self.lanes, found))
    }

    /// For each track what is added to its times.
    fn shifts(&self, offsets: &[i64]) -> Vec<i64> {
        let begins = self.begins.iter().zip(offsets);
        if let Some(zero) = self.zero_micros {
            return begins.map(|(begin, offset)| offset - rescale(zero, Timescale::MICROS, begin.scale)).collect();
        }
        // A track of which nothing came yet begins later than all others.
        let latest = self.begins.iter().filter(|begin| begin.samples > 0);
        let latest = latest.map(|begin| rescale(begin.latest, begin.scale, Timescale::MICROS)).max().unwrap_or(0);
        let starts: Vec<_> = begins
            .zip(&self.lanes)
            .map(|((begin, offset), lane)| {
                let (first, earliest) = if begin.samples > 0 {
                    (begin.first, begin.earliest)
                } else {
                    let late = rescale(latest, Timescale::MICROS, begin.scale).saturating_sub(*offset);
                    (late, late)
                };
                let kind = match lane.kind() {
                    TrackKind::Video => kinora_media::TrackKind::Video,
                    TrackKind::Audio | TrackKind::Captions => kinora_media::TrackKind::Audio,
                };
                TrackStart { kind, scale: begin.scale, first, earliest, offset: *offset }
            })
            .collect();
        shifts(&starts)
    }
}

impl Begin {
    fn see(&mut self, pts: i64) {
        if self.samples == 0 {
            (self.first, self.earliest, self.latest) = (pts, pts, pts);
        }
        self.samples = self.samples.saturating_add(1);
        self.earliest = self.earliest.min(pts);
        self.latest = self.latest.max(pts);
    }

    /// Whether what was seen of the track is longer.
    fn lasts(&self, ms: i64) -> bool {
        let seen = rescale(self.latest.saturating_sub(self.first), self.scale, Timescale::MILLIS);
        self.samples > 0 && seen > ms
    }

    /// Whether its earliest sample is known.
    fn is_settled(&self, kind: TrackKind) -> bool {
        match kind {
            TrackKind::Video => self.samples >= REORDERED || self.lasts(REORDERED_MS),
            TrackKind::Audio | TrackKind::Captions => self.samples > 0,
        }
    }
}

fn give(lanes: &mut [Lane], found: Found) -> Result<(), Trouble> {
    match lanes.iter_mut().find(|lane| lane.track == found.track) {
        Some(lane) => Ok(lane.push(found)?),
        None => Ok(()),
    }
}
