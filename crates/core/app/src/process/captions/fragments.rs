//! Captions of fragmented MP4 and MOV: their samples are found and read here.

use crate::app::App;
use crate::error::Error;
use crate::file::captions::{UNKNOWN, beginning, left_out, read_track};
use crate::file::texts::{self, Texts};
use crate::port::Object;
use kinora_domain::ObjectId;
use kinora_domain::output::Source;
use kinora_media::captions::Captions;
use std::sync::Arc;

/// The texts of tracks of one upload, each in its place; none of those that cannot be read.
pub(super) async fn texts(
    app: &App,
    (id, object): (ObjectId, Arc<dyn Object>),
    sources: &[Source],
) -> Result<Vec<Option<Captions>>, Error> {
    let Texts { mut tracks, ended } = texts::find(&object).await?;
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
