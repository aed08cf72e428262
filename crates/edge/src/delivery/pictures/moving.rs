//! Previews that move.

use super::{Asked, answer, size};
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use kinora_app::picture::WantedMoving;
use kinora_domain::still::MovingForm;

/// `GET /play/{asset}/preview.webp` and `preview.gif`: `start`, `duration`, `width`, `height`, `fit`.
pub(super) fn moving(form: MovingForm) -> MethodRouter<Edge> {
    get(async move |State(edge): State<Edge>, asked: Asked| one(&edge, form, &asked).await)
}

async fn one(edge: &Edge, form: MovingForm, (place, query, pass, headers): &Asked) -> Result<Response, Refusal> {
    let (start, duration) = (query.seconds("start")?, query.seconds("duration")?);
    let wanted = WantedMoving { output: place.output, start, duration, size: size(query)?, form };
    let picture = kinora_app::picture::moving(&edge.app, place.asset, &wanted, pass).await?;
    let content_type = match form {
        MovingForm::WebP => "image/webp",
        MovingForm::Gif => "image/gif",
    };
    Ok(answer(&picture, headers, content_type))
}
