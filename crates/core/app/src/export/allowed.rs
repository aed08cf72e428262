//! What may be exported: what is complete and in the clear, to somewhere that is as open as it is here.

use super::run::Order;
use crate::app::App;
use crate::error::Error;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::output::{Output, OutputState};
use kinora_domain::playback::{Encryption, TokenPolicy};
use kinora_domain::{Kind, OutputId, Problem};

/// The output whose documents are exported, as their addresses name it: `None` is the asset's own.
///
/// # Errors
/// The asset or the output does not exist for this caller; `Conflict`: it is not complete, or encrypted; `Forbidden`: not
/// everybody may play it, and nobody said that from now on everybody may.
pub(super) async fn allowed(app: &App, caller: &Caller, order: &Order) -> Result<Option<OutputId>, Error> {
    caller.require(Permission::ReadMedia)?;
    let mut tx = app.store.read().await?;
    let asset = tx.asset(caller.organization, order.asset).await?.ok_or_else(|| Problem::not_found("asset"))?;
    let outputs = tx.outputs(asset.id).await?;
    let own = tx.token_policy(asset.organization).await?.ok_or_else(|| Problem::not_found("organization"))?;
    let is_limited = !tx.allowed_sites(asset.organization).await?.is_empty();
    drop(tx);
    let found = match &order.output {
        None => outputs.first(),
        Some(called) => outputs.iter().find(|output| output.called() == *called || output.id.to_string() == *called),
    };
    let output = found.ok_or_else(|| Problem::not_found("output"))?;
    if output.encryption != Encryption::None {
        let message = "This output is encrypted, and its keys are given by this server alone, to who shows a proof: a copy of it \
                       elsewhere would not play. Another output of the asset may be exported.";
        return Err(Problem::new(Kind::Conflict, "encrypted", message).into());
    }
    complete(output)?;
    let is_closed = is_limited || asset.playback.within(own) == TokenPolicy::Required;
    if is_closed && !order.open {
        let message = "Not everybody may play this here: its policy asks for a token, or its organization names the sites that \
                       show it. A copy elsewhere plays for whoever reads that store.";
        return Err(Problem::new(Kind::Forbidden, "not_open", message).into());
    }
    // The documents of the asset itself are those of the oldest.
    Ok(order.output.as_ref().and(output.name.as_ref()).map(|_name| output.id))
}

/// Passes when nothing more of it comes.
fn complete(output: &Output) -> Result<(), Problem> {
    let message = match &output.state {
        OutputState::Completed => return Ok(()),
        OutputState::Waiting | OutputState::Processing { .. } => {
            "This output is still being made, and its documents will change; export it when it is complete.".to_owned()
        }
        OutputState::Stalled(failure) => format!(
            "This output is not complete: a job of it was given up ({}). Have it tried anew, and export it then.",
            failure.message
        ),
        OutputState::Failed(failure) => format!("This output could not be made: {}", failure.message),
    };
    Err(Problem::new(Kind::Conflict, "not_complete", message))
}
