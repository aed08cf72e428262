//! Which track a picture is made of.

use crate::app::App;
use crate::error::Error;
use crate::guard::Pass;
use crate::play::cache::playable;
use crate::play::playable::{Playable, PlayableTrack};
use crate::play::{Slug, duration_ms};
use kinora_domain::picture::Size;
use kinora_domain::still::Frame;
use kinora_domain::track::TrackKind;
use kinora_domain::{AssetId, Kind, OutputId, Problem};
use kinora_media::{SegmentMap, TrackHeader};
use std::sync::Arc;

/// A track, and what it belongs to.
pub(super) struct Source {
    pub(super) output: OutputId,
    pub(super) slug: Slug,
    /// Whether more of it is coming.
    pub(super) growing: bool,
    /// Whether something of the asset is.
    pub(super) changing: bool,
    pub(super) frame: Frame,
    pub(super) playable: Arc<Playable>,
}

impl Source {
    /// The smallest quality of an output that is not enlarged in the frame that a film of its shape comes to, or else the
    /// largest one.
    ///
    /// # Errors
    /// The asset or the output does not exist, does not play, or has no picture.
    pub(super) async fn of_output(
        app: &App,
        asset: AssetId,
        output: Option<OutputId>,
        frame: impl Fn(Size) -> Frame,
    ) -> Result<Self, Error> {
        let playable = playable(app, asset).await?;
        let (output, growing) = playable.output(output)?;
        let track = smallest(playable.listed(output), &frame).ok_or_else(no_picture)?;
        let (slug, frame) = (track.slug, frame(size(&track.map)));
        Ok(Self { output, slug, growing, changing: playable.is_changing(), frame, playable })
    }

    /// That very track.
    ///
    /// # Errors
    /// As [`of_output`](Self::of_output); there is no such track.
    pub(super) async fn of_track(
        app: &App,
        asset: AssetId,
        slug: Slug,
        frame: impl Fn(Size) -> Frame,
    ) -> Result<Self, Error> {
        let playable = playable(app, asset).await?;
        let track = playable.track(slug)?;
        if slug.kind != TrackKind::Video {
            return Err(no_picture().into());
        }
        let (output, growing) = playable.output(Some(track.output))?;
        let frame = frame(size(&track.map));
        Ok(Self { output, slug, growing, changing: playable.is_changing(), frame, playable })
    }

    pub(super) fn track(&self) -> Result<&PlayableTrack, Error> {
        self.playable.track(self.slug)
    }

    /// Passes who may see any moment of it, and says whether that is for him alone.
    ///
    /// # Errors
    /// It is encrypted, and no proof was shown.
    pub(super) fn opens(&self, pass: Option<&Pass>) -> Result<bool, Problem> {
        self.playable.opens(self.output, pass)
    }

    /// How long the output plays so far, in milliseconds: longer than its picture, where sound goes on.
    pub(super) fn duration_ms(&self) -> u64 {
        duration_ms(&self.playable, self.output)
    }

    /// The name of a picture of it, in its frame.
    pub(super) fn name(&self, what: &str, extension: &str) -> String {
        let Frame { scaled, shown } = self.frame;
        let of = if scaled == shown { String::new() } else { format!("of{}x{}", scaled.width, scaled.height) };
        format!("{}/{what}/{}x{}{of}.{extension}", self.slug, shown.width, shown.height)
    }
}

/// As [`Source::of_output`] chooses.
pub(super) fn smallest<'tracks>(
    tracks: impl Iterator<Item = &'tracks PlayableTrack>,
    frame: impl Fn(Size) -> Frame,
) -> Option<&'tracks PlayableTrack> {
    let mut pictures: Vec<_> = tracks.filter(|track| track.slug.kind == TrackKind::Video).collect();
    let pixels = |track: &&PlayableTrack| {
        let Size { width, height } = size(&track.map);
        u64::from(width) * u64::from(height)
    };
    pictures.sort_by_key(pixels);
    // All of them have the shape of the largest.
    let Frame { scaled, .. } = frame(size(&pictures.last()?.map));
    let suffices = |track: &&&PlayableTrack| {
        let Size { width, height } = size(&track.map);
        width >= scaled.width && height >= scaled.height
    };
    pictures.iter().find(suffices).or(pictures.last()).copied()
}

/// The size of a track's picture, as it is shown.
pub(super) fn size(map: &SegmentMap) -> Size {
    let TrackHeader { width, height, .. } = map.header();
    Size { width: *width, height: *height }
}

pub(super) fn no_picture() -> Problem {
    Problem::new(Kind::NotFound, "no_picture", "This has sound only: there are no pictures of it.")
}
