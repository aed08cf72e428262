//! Outputs on the wire.

use super::endpoint::{EndpointInfo, endpoints};
use super::model::AssetStatusName;
use crate::http::state::Edge;
use crate::videokit::moment;
use kinora_app::process::OutputView;
use kinora_domain::output::OutputState;
use serde::Serialize;
use utoipa::ToSchema;

/// Something that an asset is made into; the first is what its own preset asks for, while that is there.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EntityTranscodingOutput)]
pub(crate) struct OutputInfo {
    /// Its id.
    pub id: String,
    /// Name of its preset.
    pub preset: String,
    /// How far it is. It may play before it is available.
    pub status: AssetStatusName,
    /// When it is going to be removed.
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_date: Option<String>,
    /// Ways to play it.
    pub endpoints: Vec<EndpointInfo>,
    /// When all of it was there.
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_date: Option<String>,
    /// Hundredths that are done: 100 when all is, and never fewer than before.
    pub progress_percent: u8,
    /// Milliseconds that are left at the pace so far; absent where there is no pace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining_milliseconds: Option<u64>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

impl OutputInfo {
    /// The wire form of an output.
    pub(super) fn show(edge: &Edge, view: &OutputView) -> Self {
        let output = &view.output;
        let (status, error_message) = match &output.state {
            OutputState::Waiting => (AssetStatusName::Pending, None),
            OutputState::Processing { .. } => (AssetStatusName::Processing, None),
            OutputState::Completed => (AssetStatusName::Available, None),
            OutputState::Stalled(failure) | OutputState::Failed(failure) => {
                (AssetStatusName::Error, Some(failure.message.clone()))
            }
        };
        Self {
            id: output.called(),
            preset: output.preset.clone(),
            status,
            expiration_date: output.expires.map(moment::show),
            endpoints: endpoints(edge, view),
            completion_date: (output.state == OutputState::Completed).then(|| moment::show(output.modified)),
            progress_percent: view.percent,
            remaining_milliseconds: view.left_ms,
            error_message,
        }
    }
}
