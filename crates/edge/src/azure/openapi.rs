//! The OpenAPI document of this dialect, made from the handlers.

use super::{formats, videos};
use crate::http::openapi::{Keys, Refused, written};
use utoipa::openapi::OpenApi as Document;
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Azure Media Services Connector API",
        description = "The Azure Media Services Connector API as spoken by Kinora. Create a video, put its bytes to `UploadUri` as to a blob of Azure's, mark it as complete: it plays as soon as it can.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(
        videos::create::create_video,
        videos::list::list_videos,
        videos::get::get_video,
        videos::update::update_video,
        videos::delete::delete_video,
        videos::complete::mark_complete,
        videos::status::get_status,
        videos::thumbnails::list_thumbnails,
        videos::endpoint::get_playback_endpoint,
        videos::token::get_authorization_token,
        formats::list_formats,
    ),
    tags(
        (name = "Videos", description = "From an announcement to what plays."),
        (name = "Playback", description = "Where videos are played, and by whom."),
        (name = "Formats", description = "What can be uploaded."),
    ),
    security(("bearer" = []), ("apiKey" = [])),
    modifiers(&Keys, &Limits),
)]
struct Api;

struct Limits;

impl Modify for Limits {
    fn modify(&self, document: &mut Document) {
        Refused { body: "ErrorBody" }.modify(document);
    }
}

/// The document for a server at `public_url`, as JSON.
///
/// # Errors
/// It cannot be written as JSON.
pub fn document(public_url: &str) -> Result<String, serde_json::Error> {
    written(Api::openapi(), public_url)
}
