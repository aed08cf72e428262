//! Pictures of assets.

mod accept;
mod moving;
mod stills;
mod storyboard;

pub(super) use storyboard::sheet;

use super::door::keep_private;
use super::place::Place;
use super::ranged::ranged;
use crate::http::query::Query;
use crate::http::state::Edge;
use axum::http::header::X_CONTENT_TYPE_OPTIONS;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use kinora_app::guard::Pass;
use kinora_app::picture::{Picture, StillKind};
use kinora_domain::Problem;
use kinora_domain::still::{AskedSize, Fit, MovingForm, StillForm};

/// The picture that shows a moment of a film stays that, whichever qualities there come to be of it; the asset may be
/// deleted.
const LONG: &str = "public, max-age=86400";

/// Of an asset that is still being made there may be a better one soon.
const REVALIDATE: &str = "no-cache";

/// The routes of what stands still and what moves, of an asset and of its outputs.
pub(super) fn router() -> Router<Edge> {
    let mut router = Router::new().route("/thumbhash", get(stills::thumbhash));
    for (name, kind) in [("poster", StillKind::Poster), ("thumbnail", StillKind::Thumbnail)] {
        router = router.route(&format!("/{name}"), stills::by_accept(kind));
        for form in StillForm::ALL {
            router = router.route(&format!("/{name}.{}", form.extension()), stills::still(kind, form));
        }
    }
    for form in MovingForm::ALL {
        router = router.route(&format!("/preview.{}", form.extension()), moving::moving(form));
    }
    router
}

/// The routes of documents about them.
pub(super) fn documents() -> Router<Edge> {
    Router::new().route("/storyboard.vtt", get(storyboard::storyboard))
}

/// What a request for a picture says, and what it was let in with.
type Asked = (Place, Query, Extension<Pass>, HeaderMap);

/// The size that a query asks for.
fn size(query: &Query) -> Result<AskedSize, Problem> {
    let side = |name| query.parsed::<u32>(name, "a whole number of pixels such as `320`");
    let fit = match query.one("fit") {
        None => Fit::default(),
        Some(name) => Fit::from_name(name).ok_or_else(|| {
            Problem::invalid(
                "fit",
                format!("The value must be {}.", Fit::ALL.map(|fit| format!("`{}`", fit.name())).join(" or ")),
            )
        })?,
    };
    Ok(AskedSize { width: side("width")?, height: side("height")?, fit })
}

fn answer(picture: &Picture, headers: &HeaderMap, content_type: &'static str) -> Response {
    sent(picture, headers, content_type, if picture.changing { REVALIDATE } else { LONG })
}

/// The answer with a picture that lives so long.
fn sent(picture: &Picture, headers: &HeaderMap, content_type: &'static str, cache: &'static str) -> Response {
    let mut response = ranged(picture, headers, content_type, cache);
    if picture.private {
        keep_private(response.headers_mut());
    }
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The media type of a still.
const fn type_of(form: StillForm) -> &'static str {
    match form {
        StillForm::Jpeg => "image/jpeg",
        StillForm::Png => "image/png",
        StillForm::WebP => "image/webp",
        StillForm::Avif => "image/avif",
    }
}
