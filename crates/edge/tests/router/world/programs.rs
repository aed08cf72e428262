//! A server on which the programs that look into files and convert them are missing.

use async_trait::async_trait;
use kinora_app::Error;
use kinora_app::port::{EncodeError, EncodeOrder, Encoder, Examination, Object, ProbeError, Prober, Watch};
use kinora_domain::chunk::Pictures;
use kinora_domain::picture::PictureFacts;
use kinora_media::sniff::Container;
use std::io;
use std::sync::Arc;

/// Cannot be run, as programs that are not installed.
pub(crate) struct MissingPrograms;

fn missing() -> io::Error {
    io::Error::from(io::ErrorKind::NotFound)
}

#[async_trait]
impl Prober for MissingPrograms {
    async fn look(&self, _object: Arc<dyn Object>, _container: Container) -> Result<Examination, ProbeError> {
        Err(ProbeError::Run(missing()))
    }

    async fn pictures(
        &self,
        _object: Arc<dyn Object>,
        _container: Container,
        _stream: u32,
        _facts: &PictureFacts,
        _untrimmed: bool,
    ) -> Result<Pictures, ProbeError> {
        Err(ProbeError::Run(missing()))
    }
}

#[async_trait]
impl Encoder for MissingPrograms {
    async fn encode(
        &self,
        _input: Arc<dyn Object>,
        _order: &EncodeOrder,
        _watch: &mut dyn Watch,
    ) -> Result<Vec<Arc<dyn Object>>, Error> {
        Err(EncodeError::Run(missing()).into())
    }
}
