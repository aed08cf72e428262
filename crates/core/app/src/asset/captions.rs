//! Captions of an asset: read once, and stored as they are shown. A film is not refused because of its captions: what cannot be
//! read of those within it is left out, and told to operators.

use super::prepare::{Inside, Pick, PreparedCaptions};
use crate::app::App;
use crate::error::Error;
use crate::file::captions;
use crate::process::captions::is_taken_out;
use kinora_media::Movie;
use kinora_media::captions::{Facts, TextTrack};

/// Where the captions of a track are.
pub(super) enum Words {
    /// They are the file.
    File,
    /// In samples of a film.
    Samples(TextTrack),
    /// In a film without a sample table, from which a job takes them out.
    Later,
    /// Nowhere that we can read, and why.
    Nowhere(String),
}

/// Where the captions are that were picked of a file, whose index is `movie` where it has one.
pub(super) fn find(pick: &Pick, inside: Option<&Inside>, movie: Option<&Movie<'_>>) -> Words {
    match (inside, movie) {
        (Some(Inside::Text), _) => Words::File,
        (Some(Inside::Movie(index)), Some(movie)) => {
            let track = super::prepare::track_of(movie, pick);
            match track.and_then(|track| TextTrack::of(track, index.file_size())) {
                Some(Ok(track)) => Words::Samples(track),
                Some(Err(error)) => Words::Nowhere(error.to_string()),
                None => Words::Nowhere(captions::UNKNOWN.to_owned()),
            }
        }
        _ if is_taken_out(&pick.codec) => Words::Later,
        _ => Words::Nowhere(captions::UNKNOWN.to_owned()),
    }
}

/// Reads captions, and stores them with what manifests say of them; nothing where there are none to be shown. In the
/// presentation the films that play begin at `zero` of their own timelines, in microseconds.
///
/// # Errors
/// The file is not there any more, or is one of captions and cannot be read; storage.
pub(super) async fn prepare(
    app: &App,
    pick: &Pick,
    words: Words,
    position: u32,
    zero: &[(usize, i64)],
) -> Result<Option<PreparedCaptions>, Error> {
    let captions = match words {
        Words::File => {
            let object = app.blobs.open(pick.object).await?;
            captions::read(&*object).await?.1
        }
        Words::Samples(track) => {
            let known = zero.iter().find(|(source, _)| *source == pick.selected.source);
            let origin_micros = match known {
                Some((_, micros)) => *micros,
                None => captions::beginning(app, pick.object).await?,
            };
            let object = app.blobs.open(pick.object).await?;
            match captions::read_track(object, (pick.object, pick.number), track, origin_micros).await? {
                Ok(captions) if captions.cues.is_empty() => return Ok(None),
                Ok(captions) => captions,
                Err(why) => {
                    captions::left_out(pick.object, pick.number, &why);
                    return Ok(None);
                }
            }
        }
        // A job takes them out.
        Words::Later => return Ok(None),
        Words::Nowhere(why) => {
            captions::left_out(pick.object, pick.number, &why);
            return Ok(None);
        }
    };
    let (language, name) = pick.labels();
    let [text, facts] = captions::store(app, &captions, &Facts { language, name }).await?;
    Ok(Some(PreparedCaptions { position, text, facts }))
}
