//! Where a video is played.

use crate::app::App;
use crate::asset::{AssetView, get_asset};
use crate::error::Error;
use crate::play::{FileFormat, Part, Shown, Wanted, Whole, movie, smooth_manifest};
use kinora_domain::access::Caller;
use kinora_domain::asset::AssetState;
use kinora_domain::playback::Encryption;
use kinora_domain::preset::{self, Shape};
use kinora_domain::{AssetId, Kind, Problem};

/// A way to play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointKind {
    /// Smooth Streaming.
    Smooth,
    /// HTTP Live Streaming.
    Hls,
    /// MPEG-DASH.
    Dash,
    /// One file.
    Progressive,
}

/// What is to be fetched of an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// The client manifest of Smooth Streaming.
    Smooth,
    /// The multivariant playlist.
    Hls,
    /// The MPD.
    Dash,
    /// A file.
    File(Whole),
}

/// Where a video is played that way.
///
/// # Errors
/// There is no such video for this caller, or none that plays so; `Forbidden`: it does not play yet, or never will.
pub async fn playback_endpoint(app: &App, caller: &Caller, id: AssetId, kind: EndpointKind) -> Result<Endpoint, Error> {
    // Who may not know of it is told that first.
    super::get_video(app, caller, id).await?;
    let view = match get_asset(app, caller, id).await {
        Ok(view) if matches!(view.asset.state, AssetState::Available { .. }) => view,
        Ok(_) => return Err(not_ready()),
        Err(error) if error.kind() == Kind::NotFound => return Err(not_ready()),
        Err(error) => return Err(error),
    };
    match kind {
        EndpointKind::Hls => Ok(Endpoint::Hls),
        EndpointKind::Dash => Ok(Endpoint::Dash),
        EndpointKind::Smooth => {
            smooth_manifest(app, id, Shown::default()).await?;
            Ok(Endpoint::Smooth)
        }
        EndpointKind::Progressive => file(app, &view).await.map(Endpoint::File),
    }
}

fn not_ready() -> Error {
    Problem::new(Kind::Forbidden, "not_ready", "This video does not play at this moment: its status tells why.").into()
}

/// The file of the main output: the one that its preset gives, the upload where that plays as it is, or else one that is made.
async fn file(app: &App, view: &AssetView) -> Result<Whole, Error> {
    let absent = || Problem::not_found("file");
    let main = view.outputs.first().ok_or_else(absent)?;
    if main.output.encryption != Encryption::None {
        return Err(absent().into());
    }
    if let Some((whole, _)) = main.ways.file {
        return Ok(whole);
    }
    let shape = preset::find(&main.output.preset).map_or(Shape::Single { height: None }, |preset| preset.shape);
    let (own, sound) = (FileFormat::of(shape), FileFormat::M4a);
    for format in [own, sound] {
        let wanted = Wanted { output: None, format, height: None, part: Part::default() };
        match movie(app, view.asset.id, wanted).await {
            Ok(_) => return Ok(Whole::Made(format)),
            Err(error) if error.kind() == Kind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Err(absent().into())
}
