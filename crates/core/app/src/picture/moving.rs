//! Previews that move.

use super::film::{Cut, MOST_MEGAPIXELS, is_affordable, lay_out, paint, undecodable};
use super::kept::{Named, Picture, picture};
use super::source::Source;
use crate::app::App;
use crate::error::Error;
use crate::guard::Pass;
use crate::play::playable::not_ready;
use crate::port::Take;
use crate::process::settle::end_ms;
use kinora_domain::still::{AskedSize, MOVING_MS, MOVING_RATE, MOVING_SIDES, MovingForm};
use kinora_domain::{AssetId, OutputId, Problem};
use kinora_media::SegmentMap;
use kinora_media::progressive::{Progressive, Span};
use kinora_media::timing::{Timescale, rescale};
use std::sync::Arc;

/// Pictures of a whole film, and how many of them are shown in a second.
const GLIMPSES: i64 = 12;
const GLIMPSES_RATE: u32 = 2;

/// Pixels of the longer side, where no size is asked for.
const SIDE: u32 = 320;

/// How long a part is, in milliseconds, where nothing else is asked for.
const USUAL_MS: u64 = 4_000;

/// Which preview of an asset is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedMoving {
    /// The output; the oldest one without.
    pub output: Option<OutputId>,
    /// Where it begins, in microseconds. Without it and a duration glimpses of the whole are shown.
    pub start: Option<u64>,
    /// How long it is, in microseconds.
    pub duration: Option<u64>,
    /// The size.
    pub size: AskedSize,
    /// As what.
    pub form: MovingForm,
}

/// What a preview shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    /// Some key frames of the whole.
    Glimpses,
    /// All pictures of a part.
    Part(Span),
}

/// The preview that is asked for.
///
/// # Errors
/// The asset or the output does not exist, does not play, has no picture, or grows; `Invalid` size, or part, by the names
/// `width`, `height`, `start` and `duration`; `Unavailable`: too much is made already; as [`Pass::proves`] for a part of what
/// is encrypted.
pub async fn moving(app: &Arc<App>, asset: AssetId, wanted: &WantedMoving, pass: &Pass) -> Result<Picture, Error> {
    wanted.size.check(&MOVING_SIDES)?;
    let source = Source::of_output(app, asset, wanted.output, |film| wanted.size.frame(film, SIDE)).await?;
    if source.growing {
        return Err(not_ready());
    }
    let private = (wanted.start.is_some() || wanted.duration.is_some()) && source.opens(Some(pass))?;
    let shows = shows(&source.track()?.map, wanted)?;
    let what = match shows {
        Shows::Glimpses => "glimpses".to_owned(),
        Shows::Part(Span { start, end }) => format!("moving{start}-{end}"),
    };
    let named = Named { asset, output: source.output, name: source.name(&what, wanted.form.extension()) };
    let form = wanted.form;
    let make = async {
        let (film, cut) = lay_out(&source, move |map| film(map, shows)).await?;
        let take = match shows {
            // Films of key frames show one a second.
            Shows::Glimpses => Take::Moving { form, rate: GLIMPSES_RATE, speed: GLIMPSES_RATE },
            Shows::Part(_) => Take::Moving { form, rate: MOVING_RATE, speed: 1 },
        };
        paint(app, &source, film, cut, take).await
    };
    picture(app, named, (source.changing, private), make).await
}

fn shows(map: &SegmentMap, wanted: &WantedMoving) -> Result<Shows, Problem> {
    if wanted.start.is_none() && wanted.duration.is_none() {
        return Ok(Shows::Glimpses);
    }
    let (start, length) = (wanted.start.unwrap_or(0), wanted.duration.unwrap_or(USUAL_MS * 1_000));
    if !MOVING_MS.contains(&length.div_ceil(1_000)) {
        return Err(Problem::invalid("duration", "The value must be 0.5 to 10 seconds."));
    }
    let whole_ms = end_ms(map);
    if start / 1_000 >= whole_ms {
        let message =
            format!("The picture lasts {}.{:03} s; a preview begins before that.", whole_ms / 1_000, whole_ms % 1_000);
        return Err(Problem::invalid("start", message));
    }
    Ok(Shows::Part(Span { start, end: start.saturating_add(length) }))
}

fn film(map: &SegmentMap, shows: Shows) -> Result<(Progressive, Cut), Problem> {
    match shows {
        Shows::Glimpses => {
            let length = i64::try_from(map.duration()).unwrap_or(i64::MAX);
            let time = |glimpse: i64| map.start().saturating_add(length / GLIMPSES * glimpse);
            let times: Vec<i64> = (0..GLIMPSES).map(time).collect();
            Ok((Progressive::key_frames(map, &times).ok_or_else(undecodable)?, Cut::KeyFrames))
        }
        Shows::Part(span) => {
            // Before the first picture there is nothing to show.
            let first = rescale(map.start().max(0), map.header().timescale, Timescale::MICROS);
            let start = span.start.max(first.unsigned_abs());
            let span = Span { start, end: span.end.max(start.saturating_add(MOVING_MS.start() * 1_000)) };
            let film = Progressive::new(&[map], Some(span)).ok_or_else(undecodable)?;
            if !is_affordable(map, &film) {
                let message = format!(
                    "The {} pictures of this part, from the key frame in front of it on, are more than the {MOST_MEGAPIXELS} megapixels that are decoded for a preview: let it be shorter.",
                    film.samples()
                );
                return Err(Problem::invalid("duration", message));
            }
            Ok((film, Cut::Run))
        }
    }
}
