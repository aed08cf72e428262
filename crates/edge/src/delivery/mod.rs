//! What viewers fetch, under `/play/{asset}/`:
//!
//! | path | is |
//! |---|---|
//! | `hls/master.m3u8` | multivariant playlist |
//! | `hls/{track}.m3u8` | media playlist |
//! | `hls/{track}-key.m3u8` | playlist of the pictures that segments begin with |
//! | `hls/{track}-storyboard.m3u8` | playlist of sheets of small pictures |
//! | `hls-ts/master.m3u8`, `hls-ts/{stream}.m3u8` | the same of transport streams, for old players |
//! | `dash/manifest.mpd` | MPD |
//! | `dash/on-demand.mpd` | the same of tracks in one file each |
//! | `smooth.ism/Manifest` | client manifest of Smooth Streaming |
//! | `smooth.ism/QualityLevels({bit rate})/Fragments({stream}={time})` | its fragments |
//! | `o/{output}/hls/...`, `o/{output}/dash/...`, `o/{output}/smooth.ism/...` | the same of one of several outputs |
//! | `{track}/init.mp4` | init segment |
//! | `{track}/{n}.m4s` | media segment, from 0 |
//! | `{track}/track.mp4` | all of them in one file, with an index and ranges |
//! | `{track}/{n}.mp3` | the same of MP3 as packed audio, for HLS |
//! | `{stream}/{n}.ts` | a transport stream of a picture with its sound (`v0-1_a1-1`), or of one track |
//! | `{track or stream}/{aes128, cenc or cbcs}/...` | the same of what is encrypted |
//! | `license/clearkey`, `key/{key}` | the keys of that, for who has a token |
//! | `{captions}/{n}.vtt`, `{captions}/all.vtt` | captions as WebVTT, in segments and whole |
//! | `{captions}/ts/{n}.vtt` | the segments with the times of transport streams |
//! | `original.mp4` | the upload, with ranges |
//! | `video.mp4`, `audio.m4a`, `audio.mp3` | all that is made, in one file, with ranges; `height`, `start`, `end`, `download` |
//! | `o/{output}/video.mp4`, ... | the same of one of several outputs |
//! | `poster`, `poster.jpg`, `.png`, `.webp`, `.avif` | the picture that stands for it, by `Accept` or by its ending; `time`, `width`, `height`, `fit` |
//! | `thumbnail`, `thumbnail.jpg`, ... | the same, small |
//! | `thumbhash` | some bytes in base64 that stand for the poster while it loads |
//! | `preview.webp`, `preview.gif` | glimpses of it, or with `start` and `duration` a part, moving; `width`, `height`, `fit` |
//! | `storyboard.vtt` | where each moment has its small picture |
//! | `{track}/storyboard/{n}.jpg` | a sheet of small pictures, from 0 |
//! | `o/{output}/poster`, `o/{output}/storyboard.vtt`, ... | the same of one of several outputs |
//!
//! `{track}` carries the version of the track's map (`v0-1`), so segments never change and may be kept
//! for ever; documents are asked for again each time, and answered with 304 while they are the same.
//!
//! Pictures of what is encrypted are clear: those of any time, a part or a storyboard are for who has a proof.
//!
//! Every one of them takes `token` and `session`, or `expires` with `signature`, where the asset asks for a proof.

pub(crate) mod address;
mod answer;
mod direct;
mod documents;
mod door;
mod keys;
mod movies;
mod original;
mod pictures;
mod place;
pub(crate) mod ranged;
mod segments;
mod smooth;

pub use direct::{Answer, Direct};

use crate::http::cors;
use crate::http::state::Edge;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;

/// The routes.
pub fn router(edge: &Edge) -> Router<Edge> {
    let documents = Router::new()
        .route("/hls/{playlist}", get(documents::hls))
        .route("/hls-ts/{playlist}", get(documents::hls_ts))
        .route("/dash/manifest.mpd", get(documents::dash))
        .route("/dash/on-demand.mpd", get(documents::dash_on_demand))
        .route("/smooth.ism/Manifest", get(smooth::manifest))
        .merge(pictures::documents())
        .layer(CompressionLayer::new());
    let media = Router::new()
        .route("/smooth.ism/{level}/{fragment}", get(smooth::fragment))
        .route("/video.mp4", get(movies::video))
        .route("/audio.m4a", get(movies::sound))
        .route("/audio.mp3", get(movies::mp3));
    let of_outputs = documents.merge(media).merge(pictures::router());
    let of_assets = Router::new()
        .route("/play/{asset}/{track}/{segment}", get(segments::segment))
        .route("/play/{asset}/{track}/{form}/{segment}", get(segments::formed))
        .route("/play/{asset}/{track}/storyboard/{sheet}", get(pictures::sheet))
        .route("/play/{asset}/original.mp4", get(original::original));
    let media = of_assets.nest("/play/{asset}", of_outputs.clone()).nest("/play/{asset}/o/{output}", of_outputs);
    // Inside of the one that answers preflights, which carry no proof.
    let guarded = media.route_layer(from_fn_with_state(edge.clone(), door::media));
    let keys = Router::new()
        .route("/play/{asset}/license/clearkey", post(keys::clear_key))
        .route("/play/{asset}/key/{key}", get(keys::key))
        .route_layer(from_fn_with_state(edge.clone(), door::key));
    guarded.merge(keys).layer(from_fn(cors::allow_all))
}
