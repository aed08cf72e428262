//! `GET /api/Formats`.

use super::acting::Acting;
use super::error::{ErrorBody, Failure};
use super::videos::tagged;
use axum::http::HeaderMap;
use axum::response::Response;
use kinora_domain::access::Permission;
use serde::Serialize;
use utoipa::ToSchema;

/// A type of file that a video may come in.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Format {
    /// The ending of its names, without the dot.
    #[schema(example = "wmv")]
    pub extension: &'static str,
    /// Its media type, as the vendor tells it.
    #[schema(example = "audio/x-ms-wmv")]
    pub mime_type: &'static str,
}

const fn format(extension: &'static str, mime_type: &'static str) -> Format {
    Format { extension, mime_type }
}

/// The vendor's list, with its oddities: MP4 and Windows Media video are sound in it.
const FORMATS: [Format; 37] = [
    format("aif", "audio/x-aiff"),
    format("aifc", "audio/x-aiff"),
    format("aiff", "audio/x-aiff"),
    format("au", "audio/basic"),
    format("avi", "video/x-msvideo"),
    format("dif", "video/x-dv"),
    format("dv", "video/x-dv"),
    format("m3u", "audio/x-mpegurl"),
    format("m4a", "audio/mp4a-latm"),
    format("m4b", "audio/mp4a-latm"),
    format("m4p", "audio/mp4a-latm"),
    format("m4u", "video/vnd.mpegurl"),
    format("m4v", "video/x-m4v"),
    format("mid", "audio/midi"),
    format("midi", "audio/midi"),
    format("mov", "video/quicktime"),
    format("movie", "video/x-sgi-movie"),
    format("mp2", "audio/mpeg"),
    format("mp3", "audio/mpeg"),
    format("mp4", "audio/mp4"),
    format("mpe", "video/mpeg"),
    format("mpeg", "video/mpeg"),
    format("mpg", "video/mpeg"),
    format("mpga", "audio/mpeg"),
    format("mxu", "video/vnd.mpegurl"),
    format("qt", "video/quicktime"),
    format("ra", "audio/x-pn-realaudio"),
    format("ram", "audio/x-pn-realaudio"),
    format("wav", "audio/x-wav"),
    format("asf", "video/x-ms-asf"),
    format("asx", "video/x-ms-asf"),
    format("wma", "audio/x-ms-wma"),
    format("wax", "audio/x-ms-wax"),
    format("wmv", "audio/x-ms-wmv"),
    format("wvx", "video/x-ms-wvx"),
    format("wm", "video/x-ms-wm"),
    format("wmx", "video/x-ms-wmx"),
];

/// Whether a file of that name may be announced.
pub(super) fn is_listed(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    FORMATS.iter().any(|known| known.extension.eq_ignore_ascii_case(ending))
}

/// The types of files that videos may come in.
#[utoipa::path(
    get, path = "/api/Formats", operation_id = "listFormats", tag = "Formats",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of the answer that the client has.")),
    responses(
        (status = 200, description = "All of them.", body = Vec<Format>),
        (status = 304, description = "The client has them."),
        (status = 401, description = "No valid API key.", body = ErrorBody),
        (status = 406, description = "The client takes no JSON.", body = ErrorBody),
    ),
)]
pub(super) async fn list_formats(Acting(caller): Acting, headers: HeaderMap) -> Result<Response, Failure> {
    caller.require(Permission::ReadMedia)?;
    tagged(&headers, &FORMATS.as_slice(), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_by_their_last_ending_whatever_its_case() {
        for (name, listed) in
            [("a.mp4", true), ("a.b.WMV", true), (".mov", true), ("a.webm", false), ("mp4", false), ("a.", false)]
        {
            assert_eq!(is_listed(name), listed, "{name}");
        }
    }
}
