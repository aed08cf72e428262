//! Captions: files of them read, and all of them stored as they are shown.

use super::examined::{LookError, look};
use super::movie::apart;
use crate::app::App;
use crate::error::Error;
use crate::fresh;
use crate::port::{Object, Tx};
use futures_util::TryStreamExt as _;
use kinora_domain::output::Output;
use kinora_domain::track::{Track, TrackKind};
use kinora_domain::{Kind, ObjectId, Problem, TrackId};
use kinora_media::captions::{Captions, CaptionsError, Facts, Format, MOST_BYTES, Reading, TextTrack};
use std::sync::Arc;

/// Why a track is left out whose text we do not know.
pub(crate) const UNKNOWN: &str = "its text is of no format that is read";

/// An object that no row refers to yet, and its bytes.
pub(crate) type Stored = (ObjectId, u64);

/// Reads captions to their end, so that what is taken can be shown.
///
/// # Errors
/// `UnsupportedMedia` where they are none that are taken, `UnreadableMedia` with the line that is wrong; storage.
pub(crate) async fn read(object: &dyn Object) -> Result<(Format, Captions), Error> {
    if object.size() > MOST_BYTES {
        return Err(refused(&CaptionsError::TooLong).into());
    }
    let bytes = object.read(0..object.size()).await?;
    Ok(apart(move || Captions::parse(&bytes)).await?.map_err(|error| refused(&error))?)
}

fn refused(error: &CaptionsError) -> Problem {
    if let CaptionsError::Malformed { .. } = error {
        let message = format!("These captions cannot be read: {error}.");
        return Problem::new(Kind::UnreadableMedia, "unreadable_captions", message);
    }
    let message = format!(
        "These are not captions that are taken here: {error}. Captions are text in UTF-8 or UTF-16, of {} MiB at most.",
        MOST_BYTES >> 20,
    );
    Problem::new(Kind::UnsupportedMedia, "unsupported_captions", message)
}

/// Reads a text track of a film, its captions of that number, from 0. Zero of the presentation lies at `origin_micros` of the
/// film's timeline. The inner error says what is wrong with it; samples that are damaged are left out, and told to operators.
///
/// # Errors
/// Storage.
pub(crate) async fn read_track(
    object: Arc<dyn Object>,
    (id, number): (ObjectId, u32),
    track: TextTrack,
    origin_micros: i64,
) -> Result<Result<Captions, String>, Error> {
    let mut bytes = Vec::new();
    let mut stream = object.stream(track.ranges());
    while let Some(piece) = stream.try_next().await? {
        bytes.extend_from_slice(&piece);
    }
    let read = apart(move || track.read(&bytes, origin_micros)).await?;
    Ok(match read {
        Ok(Reading { captions, damaged }) => {
            if damaged > 0 {
                left_out(id, number, &format!("{damaged} samples are damaged"));
            }
            Ok(captions)
        }
        Err(error) => Err(error.to_string()),
    })
}

/// Where the timeline of a film begins of which nothing plays as it is, in microseconds: what is made of it counts from there.
///
/// # Errors
/// The film is not there any more; storage.
pub(crate) async fn beginning(app: &App, object: ObjectId) -> Result<i64, Error> {
    match look(app, object).await {
        Ok(looked) => Ok(looked.examination.start_micros),
        // Then nothing else is made of it either.
        Err(LookError::Probe(_)) => Ok(0),
        Err(error) => Err(error.into()),
    }
}

/// Stores captions as the two objects of a track: their text, and what manifests say of them.
///
/// # Errors
/// Storage.
pub(crate) async fn store(app: &App, captions: &Captions, facts: &Facts) -> Result<[Stored; 2], Error> {
    Ok([put(app, captions.write().into_bytes()).await?, put(app, facts.encode()).await?])
}

/// Makes what was [stored](store) the captions of an output, at a position among its asset's tracks.
///
/// # Errors
/// The store refuses.
pub(crate) async fn insert(
    app: &App,
    tx: &mut dyn Tx,
    output: &Output,
    position: u32,
    [(media, text_size), (map, facts_size)]: [Stored; 2],
) -> Result<(), Error> {
    tx.insert_object(media, text_size).await?;
    tx.insert_object(map, facts_size).await?;
    let track = Track {
        id: TrackId::new(fresh::uuid(app)),
        asset: output.asset,
        output: output.id,
        position,
        kind: TrackKind::Captions,
        media,
        map,
        version: 1,
        listed: true,
    };
    tx.insert_track(&track).await?;
    Ok(())
}

async fn put(app: &App, bytes: Vec<u8>) -> Result<Stored, Error> {
    let object = ObjectId::new(fresh::uuid(app));
    let size = bytes.len() as u64;
    app.blobs.put(object, bytes).await?;
    Ok((object, size))
}

/// Tells operators what a film plays without: its captions of that number, from 0, or a part of them.
pub(crate) fn left_out(object: ObjectId, number: u32, why: &str) {
    let number = u64::from(number).saturating_add(1);
    tracing::warn!(%object, track = %format_args!("captions_{number}"), why, "captions are left out");
}
