//! An output as one file.

use super::documents::part;
use super::place::Place;
use super::ranged::ranged;
use crate::http::disposition;
use crate::http::query::Query;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::Response;
use kinora_app::play::{FileFormat, REVALIDATE, Wanted, download_name, movie};

/// `GET /play/{asset}/video.mp4`.
pub(super) async fn video(
    State(edge): State<Edge>,
    place: Place,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    file(&edge, &place, FileFormat::Mp4, &query, &headers).await
}

/// `GET /play/{asset}/audio.m4a`.
pub(super) async fn sound(
    State(edge): State<Edge>,
    place: Place,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    file(&edge, &place, FileFormat::M4a, &query, &headers).await
}

/// `GET /play/{asset}/audio.mp3`.
pub(super) async fn mp3(
    State(edge): State<Edge>,
    place: Place,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    file(&edge, &place, FileFormat::Mp3, &query, &headers).await
}

async fn file(
    edge: &Edge,
    place: &Place,
    format: FileFormat,
    query: &Query,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let wanted = Wanted {
        output: place.output,
        format,
        height: query.parsed("height", "a number of lines such as `720`")?,
        part: part(query)?,
    };
    let movie = movie(&edge.app, place.asset, wanted).await?;
    let content_type = match format {
        FileFormat::Mp4 => "video/mp4",
        FileFormat::M4a => "audio/mp4",
        FileFormat::Mp3 => "audio/mpeg",
    };
    let mut response = ranged(&movie, headers, content_type, REVALIDATE);
    if query.has("download") {
        let name = download_name(&edge.app, place.asset, query.one("download"), format).await?;
        response.headers_mut().extend(disposition::attachment(&name).map(|value| (CONTENT_DISPOSITION, value)));
    }
    Ok(response)
}
