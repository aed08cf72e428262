//! What the path of a request names.

use super::answer::asset_id;
use crate::http::refusal::Refusal;
use crate::http::state::Edge;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use kinora_domain::{AssetId, OutputId};

/// An asset, and one of its outputs where the path has `/o/{output}`: what is served of both has one handler.
pub(super) struct Place {
    pub(super) asset: AssetId,
    pub(super) output: Option<OutputId>,
    parameters: RawPathParams,
}

impl Place {
    /// Another parameter of the path, decoded; empty where the route has none of that name.
    pub(super) fn named(&self, name: &str) -> &str {
        value(&self.parameters, name).unwrap_or_default()
    }
}

fn value<'a>(parameters: &'a RawPathParams, name: &str) -> Option<&'a str> {
    parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
}

impl FromRequestParts<Edge> for Place {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &Edge) -> Result<Self, Refusal> {
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        // Text that is no UTF-8 names nothing.
        let parameters = parameters.map_err(|_malformed| Refusal::not_found("asset"))?;
        let asset = asset_id(value(&parameters, "asset").unwrap_or_default())?;
        let output = value(&parameters, "output").map(str::parse).transpose();
        let output = output.map_err(|_malformed| Refusal::not_found("output"))?;
        Ok(Self { asset, output, parameters })
    }
}
