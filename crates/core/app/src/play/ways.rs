//! In which ways an asset can be played at this moment.

use super::cache::playable_now;
use super::movie::{FileFormat, Wanted, of};
use super::original::original;
use super::part::Part;
use super::playable::Playable;
use super::ranged::Ranged as _;
use crate::app::App;
use crate::error::Error;
use crate::process::settle::end_ms;
use kinora_domain::asset::{Asset, AssetState};
use kinora_domain::output::Output;
use kinora_domain::track::TrackKind;
use kinora_domain::{AssetId, Kind, preset};
use std::sync::Arc;

/// Ways to play an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ways {
    /// By HLS and DASH: all of it, or what there is so far.
    pub streams: bool,
    /// As one file, and its bytes.
    pub file: Option<(Whole, u64)>,
    /// Length of all of it in milliseconds; 0 while more is coming.
    pub duration_ms: u64,
    /// Bytes of all of its media; 0 while more is coming.
    pub size_bytes: u64,
}

/// All of an output in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// The file that its preset gives: of what plays at this moment, unless that grows.
    Made(FileFormat),
    /// The MP4 that was uploaded and plays as it is.
    Original,
}

/// The ways of an asset's outputs, in the order given; the oldest comes first.
///
/// # Errors
/// Storage.
pub(crate) async fn ways(app: &App, asset: &Asset, outputs: &[&Output]) -> Result<Vec<Ways>, Error> {
    let Some(playable) = present(playable_now(app, asset.id).await)? else {
        return Ok(vec![Ways::default(); outputs.len()]);
    };
    let mut all: Vec<Ways> = Vec::with_capacity(outputs.len());
    for output in outputs {
        let id = output.id;
        all.push(match playable.output(Some(id)) {
            Err(_) => Ways::default(),
            // Both are known when all of it is there.
            Ok((_, true)) => Ways { streams: true, ..Ways::default() },
            Ok((_, false)) => Ways {
                streams: true,
                file: file(app, asset, &playable, output).await?,
                duration_ms: playable.listed(id).map(|track| end_ms(&track.map)).max().unwrap_or(0),
                size_bytes: playable.listed(id).map(|track| track.map.payload_bytes()).sum(),
            },
        });
    }
    if let Some(main) = all.first_mut()
        && matches!(asset.state, AssetState::Available { .. })
    {
        let original = present(original(app, asset.id).await)?;
        main.file = main.file.or(original.map(|original| (Whole::Original, original.size())));
    }
    Ok(all)
}

/// Lines of the best picture that an asset's own addresses show, counted as it is shown; `None`: there is none.
///
/// # Errors
/// The asset does not exist or does not play.
pub(crate) async fn lines(app: &App, id: AssetId) -> Result<Option<u32>, Error> {
    let playable = playable_now(app, id).await?;
    let (output, _) = playable.output(None)?;
    let pictures = playable.listed(output).filter(|track| track.slug.kind == TrackKind::Video);
    Ok(pictures.map(|track| track.map.header().height).max())
}

/// The file that the preset of an output gives, and its bytes.
async fn file(
    app: &App,
    asset: &Asset,
    playable: &Arc<Playable>,
    output: &Output,
) -> Result<Option<(Whole, u64)>, Error> {
    let Ok(preset) = preset::find(&output.preset) else { return Ok(None) };
    if !preset.creates_download() {
        return Ok(None);
    }
    let format = FileFormat::of(preset.shape);
    let wanted = Wanted { output: Some(output.id), format, height: None, part: Part::default() };
    let movie = present(of(app, asset.id, Arc::clone(playable), wanted).await)?;
    Ok(movie.map(|movie| (Whole::Made(format), movie.size())))
}

/// What is there; being absent or not ready is an answer.
fn present<T>(found: Result<T, Error>) -> Result<Option<T>, Error> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Unavailable | Kind::UnreadableMedia) => Ok(None),
        Err(error) => Err(error),
    }
}
