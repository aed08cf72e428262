//! How far the outputs of an asset are.

use crate::app::App;
use crate::error::Error;
use crate::play::{Ways, ways};
use kinora_domain::access::{Caller, Permission};
use kinora_domain::output::{Output, OutputState, Progress};
use kinora_domain::{AssetId, Problem};

/// An output and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputView {
    /// The output, without its plan.
    pub output: Output,
    /// Hundredths that are done: 100 exactly when it is completed.
    pub percent: u8,
    /// Milliseconds that are left at the pace so far, while it is under way and has a pace.
    pub left_ms: Option<u64>,
    /// How it can be played at this moment.
    pub ways: Ways,
}

/// The outputs of an asset, oldest first.
///
/// # Errors
/// There is no such asset for this caller.
pub async fn outputs_of(app: &App, caller: &Caller, asset: AssetId) -> Result<Vec<OutputView>, Error> {
    caller.require(Permission::ReadMedia)?;
    let mut tx = app.store.read().await?;
    let asset = tx.asset(caller.organization, asset).await?.ok_or_else(|| Problem::not_found("asset"))?;
    let now = tx.database_now().await?;
    let mut views = Vec::new();
    for output in tx.outputs(asset.id).await? {
        let (percent, left_ms) = match output.state {
            OutputState::Completed => (100, None),
            OutputState::Waiting | OutputState::Failed(_) => (0, None),
            OutputState::Stalled(_) => {
                let amount = tx.amount(output.id).await?;
                (Progress { done: amount.done, total: amount.total, since: now }.percent().min(99), None)
            }
            OutputState::Processing { since } => {
                let amount = tx.amount(output.id).await?;
                let progress = Progress { done: amount.done, total: amount.total, since };
                // All pictures may be encoded before all of it is put together.
                (progress.percent().min(99), progress.left_ms(now))
            }
        };
        views.push(OutputView { output, percent, left_ms, ways: Ways::default() });
    }
    drop(tx);
    let outputs: Vec<_> = views.iter().map(|view| &view.output).collect();
    let ways = ways(app, &asset, &outputs).await?;
    for (view, ways) in views.iter_mut().zip(ways) {
        view.ways = ways;
    }
    Ok(views)
}
