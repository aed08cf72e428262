//! Captions of fragmented MP4 and MOV: their samples are found and read here.

use crate::app::App;
use crate::error::Error;
use crate::file::captions::{UNKNOWN, beginning, left_out, read_track};
use crate::file::movie::{self, Unfit};
use crate::port::Object;
use kinora_domain::ObjectId;
use kinora_domain::output::Source;
use kinora_media::Mp4Error;
use kinora_media::captions::{Captions, TextIndexer, TextTrack};
use std::sync::Arc;

/// Formats that are read, by the names that found tracks have.
const TEXTS: [&str; 4] = ["mov_text", "text", "webvtt", "ttml"];

/// Whether text of that format is read.
pub(super) fn reads(codec: &str) -> bool {
    TEXTS.contains(&codec)
}

/// The texts of tracks of one upload, each in its place; none of those that cannot be read.
pub(super) async fn texts(
    app: &App,
    (id, object): (ObjectId, Arc<dyn Object>),
    sources: &[Source],
) -> Result<Vec<Option<Captions>>, Error> {
    let Texts { mut tracks, ended } = find(&object).await?;
    let origin_micros = match sources.iter().find_map(|source| source.origin_micros) {
        Some(micros) => micros,
        None => beginning(app, id).await?,
    };
    let mut found = Vec::with_capacity(sources.len());
    for Source { number, .. } in sources {
        let place = usize::try_from(*number).ok().and_then(|place| tracks.get_mut(place));
        let text = match (place.and_then(Option::take), &ended) {
            (Some(Ok(track)), _) => read_track(Arc::clone(&object), (id, *number), track, origin_micros).await?,
            (Some(Err(error)), _) => Err(error.to_string()),
            (None, Err(_)) => Err("nothing of the file can be read".to_owned()),
            (None, Ok(())) => Err(UNKNOWN.to_owned()),
        };
        for why in text.as_ref().err().into_iter().chain(ended.as_ref().err()) {
            left_out(id, *number, why);
        }
        found.push(text.ok());
    }
    Ok(found)
}

/// What was found of such a film.
struct Texts {
    /// Each track of captions in its place; `None` where it is of no format that is read.
    tracks: Vec<Option<Result<TextTrack, Mp4Error>>>,
    /// Why there is nothing behind what was found.
    ended: Result<(), String>,
}

/// Walks over a fragmented MP4 or MOV, from its beginning to its end.
///
/// # Errors
/// Storage.
async fn find(object: &Arc<dyn Object>) -> Result<Texts, Error> {
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
