//! What stored bytes are, whatever anybody called them.

use crate::error::Error;
use crate::port::Object;
use kinora_media::sniff::{Container, HEAD_LEN, sniff};

/// Sniffs the beginning of an object.
pub(crate) async fn container(object: &dyn Object) -> Result<Container, Error> {
    let head = object.read(0..object.size().min(HEAD_LEN as u64)).await?;
    Ok(sniff(&head, object.size()))
}
