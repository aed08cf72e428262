//! A server on which the program that looks into files is missing.

use async_trait::async_trait;
use kinora_app::port::{Object, ProbeError, Prober};
use kinora_domain::track::FoundTrack;
use kinora_media::sniff::Container;
use std::io;
use std::sync::Arc;

/// Cannot be run, as a program that is not installed.
pub(crate) struct MissingProber;

#[async_trait]
impl Prober for MissingProber {
    async fn probe(&self, _object: Arc<dyn Object>, _container: Container) -> Result<Vec<FoundTrack>, ProbeError> {
        Err(ProbeError::Run(io::Error::from(io::ErrorKind::NotFound)))
    }
}
