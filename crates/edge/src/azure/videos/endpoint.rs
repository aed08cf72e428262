//! `GET /api/Videos/{id}/PlaybackEndpoint`.

use super::model::invalid_request;
use crate::azure::acting::Acting;
use crate::azure::error::{ErrorBody, Failure};
use crate::azure::input::video_id;
use crate::delivery::address;
use crate::http::query::Query;
use crate::http::state::Edge;
use axum::Json;
use axum::extract::{Path, State};
use kinora_app::video::{Endpoint, EndpointKind, playback_endpoint};
use serde::Serialize;
use utoipa::ToSchema;

/// A way to play.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) enum EndpointType {
    /// Smooth Streaming.
    Streaming,
    /// HTTP Live Streaming.
    #[serde(rename = "HLS")]
    Hls,
    /// MPEG-DASH.
    #[serde(rename = "DASH")]
    Dash,
    /// One file.
    Progressive,
}

impl EndpointType {
    fn read(text: &str) -> Option<(Self, EndpointKind)> {
        let all = [
            ("streaming", Self::Streaming, EndpointKind::Smooth),
            ("hls", Self::Hls, EndpointKind::Hls),
            ("dash", Self::Dash, EndpointKind::Dash),
            ("progressive", Self::Progressive, EndpointKind::Progressive),
        ];
        all.into_iter().find(|(name, ..)| name.eq_ignore_ascii_case(text)).map(|(_, kind, asked)| (kind, asked))
    }
}

/// Where a video is played.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PlaybackEndpoint {
    /// In which way.
    #[serde(rename = "Type")]
    pub kind: EndpointType,
    /// Where.
    pub playback_url: String,
}

/// Where a video is played in one way.
#[utoipa::path(
    get, path = "/api/Videos/{id}/PlaybackEndpoint", operation_id = "getPlaybackEndpoint", tag = "Playback",
    params(
        ("id" = String, Path, description = "The video."),
        ("endpointType" = EndpointType, Query, description = "In which way."),
    ),
    responses(
        (status = 200, description = "Where it is played.", body = PlaybackEndpoint),
        (status = 400, description = "There is no such way.", body = ErrorBody),
        (status = 401, description = "No valid API key.", body = ErrorBody),
        (status = 403, description = "It does not play yet, or never will.", body = ErrorBody),
        (status = 404, description = "There is no such video, or it does not play in this way."),
        (status = 406, description = "The client takes no JSON.", body = ErrorBody),
    ),
)]
pub(in crate::azure) async fn get_playback_endpoint(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<PlaybackEndpoint>, Failure> {
    let asked = query.one("endpointType").and_then(EndpointType::read);
    let (kind, asked) = asked.ok_or_else(invalid_request)?;
    let id = video_id(&id)?;
    let documents = address::asset(id);
    let path = match playback_endpoint(&edge.app, &caller, id, asked).await? {
        Endpoint::Smooth => address::smooth(&documents),
        Endpoint::Hls => address::hls(&documents),
        Endpoint::Dash => address::dash(&documents),
        Endpoint::File(whole) => address::file(id, &documents, whole),
    };
    Ok(Json(PlaybackEndpoint { kind, playback_url: edge.link(&path) }))
}
