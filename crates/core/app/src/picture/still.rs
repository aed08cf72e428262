//! Posters, thumbnails, and the hash that stands for them while they load.

use super::film::{Cut, is_affordable, lay_out, paint, ticks, undecodable};
use super::kept::{Named, Picture, picture};
use super::source::Source;
use crate::app::App;
use crate::error::Error;
use crate::guard::Pass;
use crate::play::playable::not_ready;
use crate::port::{Still, Take};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use kinora_domain::picture::Size;
use kinora_domain::still::{AskedSize, Frame, SIDES, StillForm};
use kinora_domain::{AssetId, OutputId, Problem};
use kinora_media::SegmentMap;
use kinora_media::progressive::{Progressive, shown_at};
use std::sync::Arc;

/// Key frames among which a poster is chosen.
const CANDIDATES: u32 = 10;

/// Pixels of the longer side of what a hash is made of: it can hold no more.
const HASHED_SIDE: u32 = 100;

/// Which of the stills of an asset, where nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What stands for the asset before it plays.
    Poster,
    /// The same, small.
    Thumbnail,
}

impl Kind {
    /// Pixels of its longer side, where no size is asked for.
    const fn side(self) -> u32 {
        match self {
            Self::Poster => 1_280,
            Self::Thumbnail => 320,
        }
    }
}

/// Which still of an asset is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedStill {
    /// The output; the oldest one without.
    pub output: Option<OutputId>,
    /// Poster or thumbnail.
    pub kind: Kind,
    /// When it is shown, in microseconds; without, the picture that stands for the whole.
    pub time: Option<u64>,
    /// The size.
    pub size: AskedSize,
    /// As what.
    pub form: StillForm,
}

/// What stills can be given as on this server: the program may be too old for some.
pub async fn still_forms(app: &App) -> Vec<StillForm> {
    let mut forms = Vec::new();
    for form in StillForm::ALL {
        if app.painter.makes(form).await {
            forms.push(form);
        }
    }
    forms
}

/// The still that is asked for.
///
/// # Errors
/// The asset or the output does not exist, does not play, or has no picture; `Invalid` size or time, by the names `width`,
/// `height` and `time`; `NotFound`: this server does not make that form; `Unavailable`: the time has not come yet, or too
/// much is made already; as [`Pass::proves`] for any time of what is encrypted.
pub async fn still(app: &Arc<App>, asset: AssetId, wanted: &WantedStill, pass: &Pass) -> Result<Picture, Error> {
    wanted.size.check(&SIDES)?;
    if !app.painter.makes(wanted.form).await {
        let message = "This server cannot make pictures of this type; `jpg`, `png` and `webp` are there.";
        return Err(Problem::new(kinora_domain::Kind::NotFound, "no_such_form", message).into());
    }
    let side = wanted.kind.side();
    let source = Source::of_output(app, asset, wanted.output, |film| wanted.size.frame(film, side)).await?;
    let private = wanted.time.is_some() && source.opens(Some(pass))?;
    let moment = moment(&source, wanted.time)?;
    let name = source.name(&moment.name(), wanted.form.extension());
    let named = Named { asset, output: source.output, name };
    let make = make(app, &source, moment, Still::File(wanted.form));
    picture(app, named, (source.changing, private), make).await
}

/// The thumbhash of the poster in base64: about 25 bytes of which a page makes a blurred picture while the real one
/// loads.
///
/// # Errors
/// As [`still`].
pub async fn thumbhash(app: &Arc<App>, asset: AssetId, output: Option<OutputId>) -> Result<Picture, Error> {
    let side = Size { width: HASHED_SIDE, height: HASHED_SIDE };
    let source = Source::of_output(app, asset, output, |film| Frame::within(film, side)).await?;
    let moment = moment(&source, None)?;
    let named = Named { asset, output: source.output, name: source.name(&moment.name(), "thumbhash") };
    let make = async {
        let pixels = make(app, &source, moment, Still::Pixels).await?;
        hash(source.frame.shown, &pixels).ok_or_else(|| undecodable().into())
    };
    picture(app, named, (source.changing, false), make).await
}

/// The hash of so many pixels in base64.
fn hash(size: Size, pixels: &[u8]) -> Option<Bytes> {
    let (width, height) = (usize::try_from(size.width).ok()?, usize::try_from(size.height).ok()?);
    let is_whole =
        size.width.max(size.height) <= HASHED_SIDE && pixels.len() == width.checked_mul(height)?.checked_mul(4)?;
    is_whole.then(|| Bytes::from(STANDARD.encode(thumbhash::rgba_to_thumb_hash(width, height, pixels))))
}

/// Which moment a still shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// That of the picture that is most like the others, of so many segments.
    Typical {
        /// How many.
        segments: u32,
        /// Whether that is all of them.
        whole: bool,
    },
    /// When a picture begins, in ticks of the track.
    At(i64),
}

impl Moment {
    fn name(self) -> String {
        match self {
            Self::Typical { whole: true, .. } => "poster".to_owned(),
            Self::Typical { segments, whole: false } => format!("poster{segments}"),
            Self::At(time) => format!("t{time}"),
        }
    }
}

/// The moment that is asked for: any time at which a picture is shown names that picture, so that there are no more
/// stills than pictures.
fn moment(source: &Source, time: Option<u64>) -> Result<Moment, Error> {
    let map = &source.track()?.map;
    let Some(time) = time else {
        let segments = map.segment_count();
        // What stands for something that grows is chosen anew whenever there is twice as much.
        let doubled = segments.checked_ilog2().map_or(0, |power| 1_u32 << power);
        let segments = if source.growing { doubled } else { segments };
        return Ok(Moment::Typical { segments, whole: !source.growing });
    };
    let scale = map.header().timescale;
    let end = map.start().saturating_add_unsigned(map.duration());
    let at = ticks(time, scale);
    let ended = at >= end;
    if ended && source.growing {
        return Err(not_ready());
    }
    let duration_ms = source.duration_ms();
    if ended && time / 1_000 >= duration_ms {
        let message = format!(
            "The video lasts {}.{:03} s; a picture is shown before that.",
            duration_ms / 1_000,
            duration_ms % 1_000
        );
        return Err(Problem::invalid("time", message).into());
    }
    // Before the first picture, and behind the last while sound goes on, these stand.
    let at = at.clamp(map.start(), end.saturating_sub(1).max(map.start()));
    Ok(Moment::At(shown_at(map, at).ok_or_else(undecodable)?))
}

async fn make(app: &App, source: &Source, moment: Moment, still: Still) -> Result<Bytes, Error> {
    let (film, cut) = lay_out(source, move |map| film(map, moment).ok_or_else(undecodable)).await?;
    let take = match moment {
        Moment::Typical { .. } => Take::Typical(still, CANDIDATES),
        Moment::At(_) => Take::First(still),
    };
    paint(app, source, film, cut, take).await
}

fn film(map: &SegmentMap, moment: Moment) -> Option<(Progressive, Cut)> {
    match moment {
        Moment::Typical { segments, .. } => {
            let last = map.segment(segments.checked_sub(1)?)?;
            let length = last.start.saturating_add_unsigned(last.duration).saturating_sub(map.start());
            // The middles of equal parts.
            let middle = |part: u32| {
                let part = i128::from(length) * i128::from(2 * part + 1) / i128::from(2 * CANDIDATES);
                map.start().saturating_add(i64::try_from(part).unwrap_or(i64::MAX))
            };
            let times: Vec<i64> = (0..CANDIDATES).map(middle).collect();
            Some((Progressive::key_frames(map, &times)?, Cut::KeyFrames))
        }
        Moment::At(time) => {
            let exact = Progressive::picture(map, time).filter(|film| is_affordable(map, film));
            let exact = exact.map(|film| (film, Cut::Run));
            exact.or_else(|| Some((Progressive::key_frames(map, &[time])?, Cut::KeyFrames)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_that_of_all_pixels_or_none() {
        let size = Size { width: 40, height: 20 };
        let left_is_white = [[255_u8; 4].repeat(20), [0, 0, 0, 255].repeat(20)].concat().repeat(20);
        let made = hash(size, &left_is_white).unwrap();
        let bytes = STANDARD.decode(&made).unwrap();
        let (width, height, pixels) = thumbhash::thumb_hash_to_rgba(&bytes).unwrap();
        let red = |x: usize| pixels[(height / 2 * width + x) * 4];
        assert!(width > height && red(width / 8) > 200 && red(width - width / 8) < 60, "{width}x{height} {pixels:?}");
        for wrong in [&left_is_white[1..], &[]] {
            assert_eq!(hash(size, wrong), None);
        }
        let large = Size { width: 101, height: 1 };
        assert_eq!(hash(large, &[0; 404]), None);
    }
}
