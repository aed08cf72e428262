//! An output as one file.

use super::answer::asset_id;
use super::documents::{output_id, part};
use super::ranged::ranged;
use crate::http::disposition;
use crate::http::query::Query;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::Response;
use kinora_app::play::{FileFormat, Wanted, download_name, movie};

/// What is made of an output may be made anew, so it is asked for again each time.
const REVALIDATE: &str = "no-cache";

/// Handlers of one kind of file: of the asset, and of one of its outputs.
macro_rules! files {
    ($format:expr, $of_asset:ident $asset_route:literal, $of_output:ident $output_route:literal) => {
        #[doc = concat!("`GET ", $asset_route, "`.")]
        pub(super) async fn $of_asset(
            State(edge): State<Edge>,
            Path(asset): Path<String>,
            query: Query,
            headers: HeaderMap,
        ) -> Result<Response, Refusal> {
            file(&edge, &asset, None, $format, &query, &headers).await
        }

        #[doc = concat!("`GET ", $output_route, "`.")]
        pub(super) async fn $of_output(
            State(edge): State<Edge>,
            Path((asset, output)): Path<(String, String)>,
            query: Query,
            headers: HeaderMap,
        ) -> Result<Response, Refusal> {
            file(&edge, &asset, Some(&output), $format, &query, &headers).await
        }
    };
}

files!(FileFormat::Mp4, video "/play/{asset}/video.mp4", video_of_output "/play/{asset}/o/{output}/video.mp4");
files!(FileFormat::M4a, sound "/play/{asset}/audio.m4a", sound_of_output "/play/{asset}/o/{output}/audio.m4a");
files!(FileFormat::Mp3, mp3 "/play/{asset}/audio.mp3", mp3_of_output "/play/{asset}/o/{output}/audio.mp3");

async fn file(
    edge: &Edge,
    asset: &str,
    output: Option<&str>,
    format: FileFormat,
    query: &Query,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let id = asset_id(asset)?;
    let wanted = Wanted {
        output: output.map(output_id).transpose()?,
        format,
        height: query.parsed("height", "a number of lines such as `720`")?,
        part: part(query)?,
    };
    let movie = movie(&edge.app, id, wanted).await?;
    let content_type = match format {
        FileFormat::Mp4 => "video/mp4",
        FileFormat::M4a => "audio/mp4",
        FileFormat::Mp3 => "audio/mpeg",
    };
    let mut response = ranged(&movie, headers, content_type, REVALIDATE);
    if query.has("download") {
        let name = download_name(&edge.app, id, query.one("download"), format).await?;
        response.headers_mut().extend(disposition::attachment(&name).map(|value| (CONTENT_DISPOSITION, value)));
    }
    Ok(response)
}
