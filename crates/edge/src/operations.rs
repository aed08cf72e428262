//! What operators' machines ask: alive, ready, measured.

use crate::http::problem;
use crate::http::state::Edge;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kinora_domain::job::JobState;

/// `/livez`, `/readyz`, `/metrics`.
pub fn router() -> Router<Edge> {
    Router::new().route("/livez", get(livez)).route("/readyz", get(readyz)).route("/metrics", get(metrics))
}

async fn livez() -> Response {
    ([(CACHE_CONTROL, "no-store")], "alive\n").into_response()
}

async fn readyz(State(edge): State<Edge>) -> Response {
    match edge.app.ready().await {
        Ok(()) => ([(CACHE_CONTROL, "no-store")], "ready\n").into_response(),
        Err(error) => {
            problem::log(&error);
            let words = format!("not ready: {error}\n");
            (StatusCode::SERVICE_UNAVAILABLE, [(CACHE_CONTROL, "no-store")], words).into_response()
        }
    }
}

/// The state of the library is measured when it is asked for; what requests did is counted as it happens.
async fn metrics(State(edge): State<Edge>) -> Response {
    match edge.app.space().await {
        Ok(space) => {
            metrics::gauge!("kinora_storage_free_bytes").set(approximate(space.free));
            metrics::gauge!("kinora_storage_total_bytes").set(approximate(space.total));
        }
        Err(error) => problem::log(&error),
    }
    match edge.app.queue_depth().await {
        Ok(depth) => {
            let count = |state: JobState| depth.iter().find(|(found, _)| *found == state).map_or(0, |(_, jobs)| *jobs);
            for state in JobState::ALL {
                metrics::gauge!("kinora_jobs", "state" => state.name()).set(approximate(count(state)));
            }
        }
        Err(error) => problem::log(&error),
    }
    match edge.app.unfinished_jobs().await {
        Ok(unfinished) => metrics::gauge!("kinora_jobs_unfinished").set(approximate(unfinished)),
        Err(error) => problem::log(&error),
    }
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], (edge.metrics)()).into_response()
}

/// A count as the floating point number that Prometheus keeps.
#[expect(clippy::cast_precision_loss, reason = "a gauge is a double; beyond 2^53 its last digits say nothing")]
const fn approximate(count: u64) -> f64 {
    count as f64
}
