//! `POST /api/Videos`.

use super::model::{Video, VideoInput};
use crate::azure::acting::Acting;
use crate::azure::error::{ErrorBody, Failure};
use crate::azure::input::Creation;
use crate::http::creation::{self, Served, Shown};
use crate::http::state::Edge;
use axum::Json;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use kinora_app::video::{Announced, NewVideo, announce_video};
use serde::Deserialize;

impl Shown for Video {
    fn again(self) -> Self {
        self.with_input(None)
    }
}

/// What of an answer that was given before is needed again.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    id: String,
}

/// Creates a video whose bytes are awaited.
#[utoipa::path(
    post, path = "/api/Videos", operation_id = "createVideo", tag = "Videos",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same request with the same key is served once.")),
    request_body = VideoInput,
    responses(
        (status = 201, description = "The video; its bytes go to `UploadUri`.", body = Video),
        (status = 400, description = "A field is missing or wrong.", body = ErrorBody),
        (status = 401, description = "No valid API key.", body = ErrorBody),
        (status = 403, description = "The key's role does not allow it.", body = ErrorBody),
        (status = 408, description = "The body did not come in time.", body = ErrorBody),
        (status = 409, description = "The same request is being served, or its idempotency key stands for another.", body = ErrorBody),
        (status = 413, description = "The body is too large.", body = ErrorBody),
        (status = 414, description = "The address is too long.", body = ErrorBody),
        (status = 415, description = "The body is not JSON.", body = ErrorBody),
    ),
)]
pub(in crate::azure) async fn create_video(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Creation { body, repeat }: Creation<VideoInput>,
) -> Result<Response, Failure> {
    let new = NewVideo {
        name: body.name()?,
        is_protected: body.is_protected()?.unwrap_or(false),
        is_input_encrypted: body.is_input_encrypted()?,
    };
    let show = |made: &Announced| Video::show(&edge, &made.video).with_input(made.input.as_ref());
    let act = |once| announce_video(&edge.app, &caller, new, once);
    let served = creation::once(&edge, (&caller, repeat), StatusCode::CREATED, &show, act).await?;
    let (id, mut response) = match served {
        Served::Now(made) => (made.id.clone(), (StatusCode::CREATED, Json(made)).into_response()),
        Served::Before(answer) => {
            let named: Option<Named> = serde_json::from_slice(&answer.body).ok();
            (named.map(|named| named.id).unwrap_or_default(), creation::replayed(answer))
        }
    };
    let location = HeaderValue::try_from(edge.link(&format!("/api/Videos/{id}"))).ok();
    response.headers_mut().extend(location.map(|location| (LOCATION, location)));
    Ok(response)
}
