//! `GET /api/Videos/{id}/Status`.

use crate::azure::acting::Acting;
use crate::azure::error::{ErrorBody, Failure};
use crate::azure::input::video_id;
use crate::http::state::Edge;
use axum::Json;
use axum::extract::{Path, State};
use kinora_app::video::{Stage, get_video};
use serde::Serialize;
use utoipa::ToSchema;

/// How far a video is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Status {
    /// 0: its bytes are awaited; 1: it is processed; 2: it plays; 3: it cannot play.
    #[schema(minimum = 0, maximum = 3)]
    #[serde(rename = "StatusCode")]
    pub code: u8,
    /// The same as a word.
    #[schema(example = "Completed")]
    #[serde(rename = "Status")]
    pub word: &'static str,
    /// The same as a sentence, with the reason where it failed.
    pub message: String,
}

/// The table of stages.
fn show(stage: &Stage) -> Status {
    let (code, word, message) = match stage {
        Stage::Awaiting => (0, "AwaitingUpload", "The video is waiting for its upload to be marked complete."),
        Stage::Received => (0, "AwaitingUpload", "Completing the upload was interrupted: mark it complete again."),
        Stage::Processing => (1, "Processing", "The video is being processed."),
        Stage::Ready => (2, "Completed", "The video is ready for playback."),
        Stage::Failed(failure) => (3, "Failed", failure.message.as_str()),
    };
    Status { code, word, message: message.to_owned() }
}

/// How far a video is.
#[utoipa::path(
    get, path = "/api/Videos/{id}/Status", operation_id = "getVideoStatus", tag = "Videos",
    params(("id" = String, Path, description = "The video.")),
    responses(
        (status = 200, description = "How far it is.", body = Status),
        (status = 401, description = "No valid API key.", body = ErrorBody),
        (status = 404, description = "There is no such video."),
        (status = 406, description = "The client takes no JSON.", body = ErrorBody),
    ),
)]
pub(in crate::azure) async fn get_status(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Path(id): Path<String>,
) -> Result<Json<Status>, Failure> {
    let video = get_video(&edge.app, &caller, video_id(&id)?).await?;
    Ok(Json(show(&video.stage)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_domain::asset::AssetState;
    use kinora_domain::file::Failure as Reason;
    use kinora_domain::intake::IntakeState;
    use kinora_domain::{FileId, Timestamp};
    use uuid::Uuid;

    #[test]
    fn every_state_of_the_core_has_its_status() {
        let reason = || Reason { reason: "unreadable".to_owned(), message: "It cannot be read.".to_owned() };
        let at = Timestamp::from_millis(0);
        let stages = [
            ("announced", Stage::of_intake(&IntakeState::Open { content: None })),
            ("received", Stage::of_intake(&IntakeState::Received { file: FileId::new(Uuid::nil()) })),
            ("refused", Stage::of_intake(&IntakeState::Failed(reason()))),
            ("asset pending", Stage::of_asset(&AssetState::Pending)),
            ("asset processing", Stage::of_asset(&AssetState::Processing)),
            ("asset available", Stage::of_asset(&AssetState::Available { duration_ms: 1, size_bytes: 1 })),
            ("asset failed", Stage::of_asset(&AssetState::Failed(reason()))),
            ("asset deleted", Stage::of_asset(&AssetState::Deleted { at })),
        ];
        let lines = stages.map(|(name, stage)| {
            let Status { code, word, message } = show(&stage);
            format!("{name}: {code} {word}: {message}")
        });
        insta::assert_snapshot!("statuses", lines.join("\n"));
    }
}
