//! Edit lists (ISO/IEC 14496-12, 8.6.6): which part of a track's samples is shown, and from when on.

use super::boxes::Atom;
use crate::error::Mp4Error;
use crate::timing::{Timescale, rescale};

/// Ticks beyond which an edit list is not believed: more than a century at 10 MHz.
const MAX_TICKS: i64 = 1 << 55;

/// What the edit list of a track says, in ticks of the track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Timeline {
    /// How long nothing is shown before the first sample.
    pub(crate) delay: i64,
    /// The composition time of the samples that is shown first.
    pub(crate) media_time: i64,
}

impl Timeline {
    /// What is added to the composition time of a sample for when it is shown.
    pub(crate) const fn shift(self) -> i64 {
        self.delay.saturating_sub(self.media_time)
    }
}

/// The scales that times of an edit list are written in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scales {
    pub(super) movie: Timescale,
    pub(super) media: Timescale,
}

/// Reads the `elst` of an `edts` box. Empty edits in front are a delay, one media edit (or several that follow on
/// from one another) may follow, and empty edits behind it show nothing.
pub(super) fn parse(edts: &Atom<'_>, track: u32, scales: Scales) -> Result<Timeline, Mp4Error> {
    let unsupported = |why| Mp4Error::UnsupportedEdits { track, why };
    let Some(elst) = edts.child(*b"elst")? else {
        return Ok(Timeline::default());
    };
    let (version, _, mut cursor) = elst.full()?;
    let short = || elst.malformed("is shorter than its entries");
    let count = cursor.u32().ok_or_else(short)?;
    let mut delay = 0u64;
    let mut media: Option<(i64, i64)> = None;
    let mut ended = false;
    for _ in 0..count {
        let (duration, media_time) = if version == 1 {
            (cursor.u64().ok_or_else(short)?, cursor.u64().ok_or_else(short)?.cast_signed())
        } else {
            let duration = cursor.u32().ok_or_else(short)?;
            (u64::from(duration), i64::from(cursor.u32().ok_or_else(short)?.cast_signed()))
        };
        let rate = cursor.u32().ok_or_else(short)?;
        match (media_time, media) {
            (-1, None) => delay = delay.saturating_add(duration),
            (-1, Some(_)) => ended = true,
            (..-1, _) => return Err(elst.malformed("has a negative media time")),
            (MAX_TICKS.., _) => return Err(unsupported("has an impossible media time")),
            _ if rate != 0x0001_0000 => return Err(unsupported("changes the speed")),
            (_, None) => media = Some((media_time, edit_end(media_time, duration, scales))),
            (_, Some((begin, end))) => {
                // Both ends are rounded to the scale of the movie.
                let tolerance = rescale(1, scales.movie, scales.media).saturating_add(1);
                if ended || (media_time.saturating_sub(end)).abs() > tolerance {
                    return Err(unsupported("joins several parts of the recording"));
                }
                media = Some((begin, edit_end(media_time, duration, scales)));
            }
        }
    }
    let delay = rescale(i64::try_from(delay).unwrap_or(i64::MAX), scales.movie, scales.media);
    if delay >= MAX_TICKS {
        return Err(unsupported("has an impossible delay"));
    }
    Ok(Timeline { delay, media_time: media.map_or(0, |(begin, _)| begin) })
}

fn edit_end(media_time: i64, duration: u64, scales: Scales) -> i64 {
    let duration = rescale(i64::try_from(duration).unwrap_or(i64::MAX), scales.movie, scales.media);
    media_time.saturating_add(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edits(entries: &[(u32, i32, u32)]) -> Result<Timeline, Mp4Error> {
        let mut elst = vec![0; 4];
        elst.extend(u32::try_from(entries.len()).unwrap().to_be_bytes());
        for (duration, media_time, rate) in entries {
            elst.extend(duration.to_be_bytes());
            elst.extend(media_time.to_be_bytes());
            elst.extend(rate.to_be_bytes());
        }
        let boxed = |name: &[u8; 4], body: &[u8]| {
            [&u32::try_from(body.len() + 8).unwrap().to_be_bytes()[..], name, body].concat()
        };
        let edts = boxed(b"edts", &boxed(b"elst", &elst));
        let scales = Scales { movie: Timescale::new(1_000).unwrap(), media: Timescale::new(48_000).unwrap() };
        parse(&Atom::outermost(&edts).unwrap().unwrap(), 7, scales)
    }

    const ONE: u32 = 0x1_0000;

    #[test]
    fn empty_edits_delay_and_a_media_edit_skips() {
        for (entries, delay, media_time) in [
            (&[][..], 0, 0),
            (&[(5_000, 1_024, ONE)], 0, 1_024),
            (&[(100, -1, ONE), (50, -1, ONE), (0, 2_112, ONE)], 7_200, 2_112),
            (&[(1_000, 512, ONE), (2_000, 48_512, ONE), (500, 144_530, ONE)], 0, 512),
            (&[(1_000, 0, ONE), (500, -1, ONE)], 0, 0),
        ] {
            assert_eq!(edits(entries), Ok(Timeline { delay, media_time }), "{entries:?}");
        }
    }

    #[test]
    fn edits_that_say_more_are_refused() {
        for entries in [
            &[(1_000, 0, ONE), (1_000, 96_000, ONE)][..],
            &[(1_000, 0, ONE), (10, -1, ONE), (1_000, 48_000, ONE)],
            &[(1_000, 0, 0x8000)],
            &[(1_000, 0, 0)],
        ] {
            assert!(matches!(edits(entries), Err(Mp4Error::UnsupportedEdits { track: 7, .. })), "{entries:?}");
        }
        assert!(matches!(edits(&[(1, -2, ONE)]), Err(Mp4Error::Malformed { .. })));
    }
}
