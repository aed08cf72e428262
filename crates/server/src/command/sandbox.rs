//! The sandbox of programs, tried before they are given anything.

use super::Failure;
use crate::settings::Settings;
use crate::world;
use kinora_engine::Confinement;
use kinora_engine::sandbox::{LayerFinding, SandboxReport};

/// Says once what the sandbox lacks on this machine.
///
/// # Errors
/// A layer that `sandbox` requires is missing; or the sandbox cannot be tried, and some layer is required.
pub(super) async fn check(settings: &Settings) -> Result<(), Failure> {
    let report = match world::engine(settings).examine_sandbox().await {
        Ok(report) => report,
        Err(error) if settings.sandbox == Confinement::Best => {
            tracing::warn!(%error, "the sandbox of programs cannot be tried");
            return Ok(());
        }
        Err(error) => return Err(format!("`sandbox` requires layers, and they cannot be tried: {error}").into()),
    };
    let missing: Vec<_> = missing(settings.sandbox, &report).map(ToString::to_string).collect();
    if !missing.is_empty() {
        return Err(format!(
            "`sandbox` requires a layer that is missing here: {}; give the server a kernel or a container that allows it, \
             or set `sandbox` to what may be done without it",
            missing.join("; ")
        )
        .into());
    }
    for layer in report.layers.iter().filter(|layer| !layer.holds()) {
        tracing::warn!(layer = layer.layer.name(), "a layer of the sandbox is missing: {layer}");
    }
    if let Err(words) = report.together {
        tracing::error!(reason = words, "programs cannot be started in their sandbox");
    }
    Ok(())
}

/// What is required and does not hold.
fn missing(sandbox: Confinement, report: &SandboxReport) -> impl Iterator<Item = &LayerFinding> {
    report.layers.iter().filter(move |layer| is_missing(sandbox, layer))
}

/// Whether a layer is required and does not hold.
pub(super) fn is_missing(sandbox: Confinement, layer: &LayerFinding) -> bool {
    sandbox.requires(layer.layer) && !layer.holds()
}
