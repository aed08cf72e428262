//! Posters, thumbnails, and the hash that stands for them.

use super::accept::chosen;
use super::{Asked, answer, size, type_of};
use crate::delivery::answer::text;
use crate::delivery::place::Place;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::extract::State;
use axum::http::header::{ACCEPT, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use kinora_app::picture::{StillKind, WantedStill};
use kinora_domain::still::StillForm;

/// `GET /play/{asset}/poster.jpg` and its like: `time`, `width`, `height`, `fit`.
pub(super) fn still(kind: StillKind, form: StillForm) -> MethodRouter<Edge> {
    get(async move |State(edge): State<Edge>, asked: Asked| one(&edge, (kind, form), &asked).await)
}

/// `GET /play/{asset}/poster` and its like, in the form that the client likes best.
pub(super) fn by_accept(kind: StillKind) -> MethodRouter<Edge> {
    get(async move |State(edge): State<Edge>, asked: Asked| liked(&edge, kind, &asked).await)
}

async fn liked(edge: &Edge, kind: StillKind, asked: &Asked) -> Result<Response, Refusal> {
    let (.., headers) = asked;
    let at_hand = kinora_app::picture::still_forms(&edge.app).await;
    let form = chosen(text(headers, &ACCEPT), &at_hand);
    let mut response = one(edge, (kind, form), asked).await?;
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

async fn one(
    edge: &Edge,
    (kind, form): (StillKind, StillForm),
    (place, query, pass, headers): &Asked,
) -> Result<Response, Refusal> {
    let wanted = WantedStill { output: place.output, kind, time: query.seconds("time")?, size: size(query)?, form };
    let picture = kinora_app::picture::still(&edge.app, place.asset, &wanted, pass).await?;
    Ok(answer(&picture, headers, type_of(form)))
}

/// `GET /play/{asset}/thumbhash`.
pub(super) async fn thumbhash(State(edge): State<Edge>, place: Place, headers: HeaderMap) -> Result<Response, Refusal> {
    let hash = kinora_app::picture::thumbhash(&edge.app, place.asset, place.output).await?;
    Ok(answer(&hash, &headers, "text/plain"))
}
