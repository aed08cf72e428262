//! The text tracks of films that are cut in fragments: where their samples lie.

use super::movie::{self, Unfit};
use crate::error::Error;
use crate::port::Object;
use kinora_media::Mp4Error;
use kinora_media::captions::{TextIndexer, TextTrack};
use std::sync::Arc;

/// What was found of such a film.
pub(crate) struct Texts {
    /// Each track of captions in its place; `None` where it is of no format that is read.
    pub(crate) tracks: Vec<Option<Result<TextTrack, Mp4Error>>>,
    /// Why there is nothing behind what was found.
    pub(crate) ended: Result<(), String>,
}

/// Walks over a fragmented MP4 or MOV, from its beginning to its end.
///
/// # Errors
/// Storage.
pub(crate) async fn find(object: &Arc<dyn Object>) -> Result<Texts, Error> {
    let nothing = |why| Texts { tracks: Vec::new(), ended: Err(why) };
    let index = match movie::read_index(object).await? {
        Ok(index) => index,
        Err(Unfit::Refused(problem)) => return Ok(nothing(problem.message)),
        Err(Unfit::Fragmented) => return Ok(nothing(Mp4Error::Fragmented.to_string())),
    };
    let mut indexer = match TextIndexer::new(index.moov(), object.size()) {
        Ok(indexer) => indexer,
        Err(error) => return Ok(nothing(error.to_string())),
    };
    let mut ended = Ok(());
    while let (Some(range), Ok(())) = (indexer.wants(), &ended) {
        ended = indexer.feed(&object.read(range).await?).map_err(|error| error.to_string());
    }
    Ok(Texts { tracks: indexer.finish(), ended })
}
