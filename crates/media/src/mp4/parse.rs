//! The `moov` box.

use super::boxes::Atom;
use super::movie::{MAX_TRACKS, Movie, Track};
use super::tables::MAX_SAMPLES_OF_ALL_TRACKS;
use super::{MAX_MOOV_LEN, track};
use crate::bits::len_u64;
use crate::error::Mp4Error;
use crate::facts::TrackKind;
use crate::timing::Timescale;

/// How many boxes of an `mvex` are looked at: one for each track, and a few others.
const MAX_EXTENDS: usize = 128;

/// Reads a whole `moov` box, header included, of a file of `file_len` bytes.
///
/// Every sample of every track that can be packaged is checked: it lies in the file and its times fit. Durations and
/// counts come from the samples, never from headers. Offsets in errors count from the beginning of `moov`.
///
/// # Errors
/// A `moov` that is damaged or cannot be packaged. [`Mp4Error::Fragmented`] where samples may follow that it does not describe,
/// whatever it describes: that is for [`FragmentIndexer`](super::fragments::FragmentIndexer).
pub fn parse(moov: &[u8], file_len: u64) -> Result<Movie<'_>, Mp4Error> {
    match parse_fragmented(moov, file_len)? {
        (movie, None) => Ok(movie),
        (_, Some(_)) => Err(Mp4Error::Fragmented),
    }
}

/// The same where more samples may be in fragments: with it come the boxes of the `mvex` that says so.
pub(crate) fn parse_fragmented(moov: &[u8], file_len: u64) -> Result<(Movie<'_>, Option<Vec<Atom<'_>>>), Mp4Error> {
    if len_u64(moov.len()) > MAX_MOOV_LEN {
        return Err(Mp4Error::LimitExceeded { what: "bytes of index (moov box)", limit: MAX_MOOV_LEN });
    }
    let moov = match Atom::outermost(moov) {
        Some(atom) => atom?,
        None => return Err(Mp4Error::NoMoov),
    };
    if &moov.name.0 != b"moov" {
        return Err(Mp4Error::NoMoov);
    }
    if moov.child(*b"cmov")?.is_some() {
        return Err(moov.malformed("is compressed, which no player supports"));
    }
    let mvhd = moov.required(*b"mvhd", "has no header (mvhd)")?;
    let (version, _, mut cursor) = mvhd.full()?;
    let scale = cursor
        .skip(if version == 1 { 16 } else { 8 })
        .and_then(|()| cursor.u32())
        .ok_or_else(|| mvhd.malformed("is too short"))?;
    // A scale of zero only matters to edit lists, whose lengths then mean nothing.
    let scale = Timescale::new(scale).unwrap_or(Timescale::MILLIS);
    let mut tracks: Vec<Track<'_>> = Vec::new();
    let mut samples = 0u64;
    let mut chapters = Vec::new();
    let extends = match moov.child(*b"mvex")? {
        Some(mvex) => Some(mvex.children().take(MAX_EXTENDS).collect::<Result<Vec<_>, _>>()?),
        None => None,
    };
    let may_have_fragments = extends.is_some();
    for child in moov.children() {
        let child = child?;
        if &child.name.0 != b"trak" {
            continue;
        }
        if len_u64(tracks.len()) >= MAX_TRACKS {
            return Err(Mp4Error::LimitExceeded { what: "tracks", limit: MAX_TRACKS });
        }
        let track = track::parse(&child, scale, file_len, may_have_fragments)?;
        samples += u64::from(track.sample_count);
        if samples > MAX_SAMPLES_OF_ALL_TRACKS {
            return Err(Mp4Error::LimitExceeded { what: "samples", limit: MAX_SAMPLES_OF_ALL_TRACKS });
        }
        tracks.push(track);
        chapters.extend(track::chapters(&child));
    }
    // Their titles are text, but nobody says it.
    for track in tracks.iter_mut().filter(|track| track.kind == TrackKind::Captions && chapters.contains(&track.id)) {
        track.kind = TrackKind::Other;
    }
    Ok((Movie { tracks }, extends))
}
