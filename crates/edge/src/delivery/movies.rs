//! An output as one file.

use super::answer::asset_id;
use super::documents::output_id;
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
use kinora_domain::Problem;

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
        start: seconds(query, "start")?,
        end: seconds(query, "end")?,
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

/// A time in seconds with up to six places, in microseconds.
fn seconds(query: &Query, name: &str) -> Result<Option<u64>, Problem> {
    let Some(text) = query.one(name) else { return Ok(None) };
    let read = || {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > 6 {
            return None;
        }
        let micros: u64 = format!("{part:0<6}").parse().ok()?;
        whole.parse::<u64>().ok()?.checked_mul(1_000_000)?.checked_add(micros)
    };
    let message = "The value must be a time in seconds such as `12` or `12.5`, with six places at most.";
    read().map(Some).ok_or_else(|| Problem::invalid(name, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_seconds() {
        for (text, micros) in [
            ("start=0", Some(0)),
            ("start=12", Some(12_000_000)),
            ("start=12.5", Some(12_500_000)),
            ("start=0.000001", Some(1)),
            ("", None),
            ("start=", None),
        ] {
            assert_eq!(seconds(&Query::parse(text), "start"), Ok(micros), "{text}");
        }
        for text in ["-1", "1e3", "1.", ".5", "1:30", "1.0000001", "99999999999999999999", "x"] {
            let problem = seconds(&Query::parse(&format!("start={text}")), "start").unwrap_err();
            assert_eq!(problem.field.as_deref(), Some("start"), "{text}");
        }
    }
}
