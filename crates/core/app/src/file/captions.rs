//! Files of captions.

use super::movie::apart;
use crate::error::Error;
use crate::port::Object;
use kinora_domain::{Kind, Problem};
use kinora_media::captions::{Captions, CaptionsError, Format, MOST_BYTES};

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
