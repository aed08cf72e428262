//! The OpenAPI document of this dialect, made from the handlers.

use super::{assets, files, filetypes, keys, languages, presets};
use crate::http::openapi::{Keys, Refused, written};
use utoipa::openapi::OpenApi as Document;
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Cloud Video Kit API",
        description = "The Cloud Video Kit API as spoken by Kinora. Upload a file in parts, complete it, make an asset of it: it plays at once.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(
        files::start::start_file,
        files::part::get_part,
        files::complete::complete_file,
        files::cancel::cancel_file,
        files::detect::detect_file,
        files::get::get_file,
        files::list::list_files,
        files::update::update_file,
        files::delete::delete_file,
        files::delete_many::delete_files,
        files::preview::preview_file,
        filetypes::list,
        languages::list,
        assets::create::create_asset,
        assets::get::get_asset,
        assets::list::list_assets,
        assets::update::update_asset,
        assets::delete::delete_asset,
        assets::delete_many::delete_assets,
        assets::add_output::add_output,
        assets::delete_output::delete_output,
        keys::tenant::get_tenant_status,
        keys::list::list_api_keys,
        keys::create::create_api_key,
        keys::get::get_api_key,
        keys::update::update_api_key,
        keys::delete::delete_api_key,
        presets::list,
    ),
    tags(
        (name = "Files", description = "Uploads and what they became."),
        (name = "Assets", description = "Playable things."),
        (name = "Transcoder", description = "What assets can be made into."),
        (name = "Core", description = "The tenant and its API keys."),
    ),
    security(("apiKey" = []), ("bearer" = [])),
    modifiers(&Keys, &Limits),
)]
struct Api;

struct Limits;

impl Modify for Limits {
    fn modify(&self, document: &mut Document) {
        Refused { body: "ServiceStatus" }.modify(document);
    }
}

/// The document for a server at `public_url`, as JSON.
///
/// # Errors
/// It cannot be written as JSON.
pub fn document(public_url: &str) -> Result<String, serde_json::Error> {
    written(Api::openapi(), public_url)
}
