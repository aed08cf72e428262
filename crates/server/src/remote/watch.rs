//! Waiting until an asset is finished.

use super::api::Api;
use super::bars;
use super::error::RemoteError;
use super::model::Asset;
use std::time::Duration;

/// How often the server is asked.
const EVERY: Duration = Duration::from_millis(500);
/// For so many questions in a row the server may be away: it may be restarted meanwhile.
const AWAY: u32 = 60;

/// How a conversion ended.
pub(crate) enum Watched {
    /// All of it is there.
    Finished(Box<Asset>),
    /// It will not be, and why.
    Failed(String),
}

/// Waits until the asset and what its preset asks for are there, or will never be.
pub(crate) async fn watch(api: &Api, id: &str) -> Result<Watched, RemoteError> {
    let bar = bars::percent();
    let mut away = 0;
    loop {
        match api.get::<Asset>(&format!("vod/v1/assets/{id}"), &[]).await {
            Ok(asset) => {
                away = 0;
                if let Some(watched) = look(&bar, asset) {
                    bar.finish_and_clear();
                    return Ok(watched);
                }
            }
            Err(error) if error.passes() && away < AWAY => away += 1,
            Err(error) => return Err(error),
        }
        tokio::time::sleep(EVERY).await;
    }
}

fn look(bar: &indicatif::ProgressBar, asset: Asset) -> Option<Watched> {
    let output = asset.outputs.first();
    if let Some(percent) = output.and_then(|output| output.progress_percent) {
        bar.set_position(percent);
    }
    let left =
        output.and_then(|output| output.remaining_milliseconds).map(|ms| format!("{} s left", ms.div_ceil(1_000)));
    bar.set_message(match (asset.endpoints.is_empty(), left) {
        (true, left) => left.unwrap_or_default(),
        (false, None) => "plays already".to_owned(),
        (false, Some(left)) => format!("{left}, plays already"),
    });
    let failed = |status: &str| status == "Error";
    if failed(&asset.status) || output.is_some_and(|output| failed(&output.status)) {
        let words = output.and_then(|output| output.error_message.clone()).or_else(|| asset.error_message.clone());
        return Some(Watched::Failed(words.unwrap_or_else(|| "the server does not say why".to_owned())));
    }
    let there = |status: &str| status == "Available";
    let finished = there(&asset.status) && output.is_none_or(|output| there(&output.status));
    finished.then_some(Watched::Finished(Box::new(asset)))
}
