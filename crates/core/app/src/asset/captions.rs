//! Captions of an asset: read once, and stored as they are shown. A film is not refused because of its captions: what cannot be
//! read of those within it is left out, and told to operators.

use super::prepare::{Inside, Pick, PreparedCaptions};
use crate::app::App;
use crate::error::Error;
use crate::file::captions;
use crate::file::examined::{LookError, look};
use crate::file::movie::apart;
use crate::process::captions::coding;
use futures_util::TryStreamExt as _;
use kinora_domain::ObjectId;
use kinora_media::Movie;
use kinora_media::captions::{Captions, Facts, Reading, TextTrack};

/// Where the captions of a track are.
pub(super) enum Words {
    /// They are the file.
    File,
    /// In samples of a film.
    Samples(TextTrack),
    /// In blocks of a film that are taken out by a job.
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
                None => Words::Nowhere("its text is of no format that is read".to_owned()),
            }
        }
        _ if coding(&pick.codec).is_some() => Words::Later,
        _ => Words::Nowhere("its text is of no format that is read".to_owned()),
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
                None => beginning(app, pick.object).await?,
            };
            match samples(app, pick, track, origin_micros).await? {
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

/// Where the timeline of a film begins of which nothing plays as it is: what is made of it counts from there.
async fn beginning(app: &App, object: ObjectId) -> Result<i64, Error> {
    match look(app, object).await {
        Ok(looked) => Ok(looked.examination.start_micros),
        // Then nothing else is made of it either.
        Err(LookError::Probe(_)) => Ok(0),
        Err(error) => Err(error.into()),
    }
}

/// Reads a text track; the inner error says what is wrong with it.
async fn samples(
    app: &App,
    pick: &Pick,
    track: TextTrack,
    origin_micros: i64,
) -> Result<Result<Captions, String>, Error> {
    let object = app.blobs.open(pick.object).await?;
    let mut bytes = Vec::new();
    let mut stream = object.stream(track.ranges());
    while let Some(piece) = stream.try_next().await? {
        bytes.extend_from_slice(&piece);
    }
    let read = apart(move || track.read(&bytes, origin_micros)).await?;
    Ok(match read {
        Ok(Reading { captions, damaged: 0 }) => Ok(captions),
        Ok(Reading { captions, damaged }) => {
            captions::left_out(pick.object, pick.number, &format!("{damaged} samples are damaged"));
            Ok(captions)
        }
        Err(error) => Err(error.to_string()),
    })
}
