//! The quick rung of a picture that players do not take: small, cheap, and watched while it grows, until
//! the ladder replaces it.

use super::grow::{Growing, Growth};
use super::{order, part, seal, settle};
use crate::app::App;
use crate::error::Error;
use crate::file::examined::{Looked, look};
use crate::port::{EncodeOrder, Examined, Window};
use crate::work::Finished;
use core::time::Duration;
use kinora_domain::RenditionId;
use kinora_domain::job::LeasedJob;
use kinora_domain::output::{Rendition, Role, Source};
use kinora_domain::{Kind, Problem};
use kinora_media::timing::{Timescale, rescale};

/// Cut at each group of pictures: the first last half a second, so that there is something soon, the others
/// two.
const TARGET: Duration = Duration::from_millis(500);

/// Going on behind what is published, decoding begins this much earlier in microseconds, so that rounding
/// loses no picture; no two pictures are closer.
const MARGIN_MICROS: i64 = 1_000;

/// The job.
pub(crate) async fn run(app: &App, job: &LeasedJob, id: RenditionId) -> Result<Finished, Error> {
    let Some((rendition, source)) = wanted(app, id).await? else { return settle::complete_only(app, job).await };
    match encode(app, job, &rendition, source).await {
        Ok(()) => seal::seal(app, job, &rendition).await,
        Err(error) => settle::failed(app, job, rendition.output, error).await,
    }
}

/// The rendition, while it is still to be made.
async fn wanted(app: &App, id: RenditionId) -> Result<Option<(Rendition, Source)>, Error> {
    let rendition = app.store.read().await?.rendition(id).await?.filter(|rendition| !rendition.sealed);
    Ok(rendition.and_then(|rendition| match rendition.role {
        Role::First(source) => Some((rendition, source)),
        Role::Rung(_) | Role::Sound(_) | Role::Indexed { .. } | Role::Captions { .. } => None,
    }))
}

async fn encode(app: &App, job: &LeasedJob, rendition: &Rendition, source: Source) -> Result<(), Error> {
    let Looked { object, container, examination } = look(app, source.object).await?;
    let track = examination.track(source.kind, source.number).ok_or_else(no_picture)?;
    let Examined::Picture(facts) = track.what else { return Err(no_picture()) };
    let parts = app.store.read().await?.rendition_parts(rendition.id).await?;
    let published_micros = match part::assemble(app, &parts).await? {
        Some(there) => Some(end_micros(&there.map)),
        None => None,
    };
    let origin = source.origin_micros.unwrap_or(examination.start_micros);
    // What is published is counted from the origin, the encoder's window from the beginning of the file.
    let (window, zero_micros) = match published_micros {
        None => (Window::All, track.start_micros - origin),
        Some(published) => {
            let from = published - MARGIN_MICROS;
            (Window::After { micros: from + origin - examination.start_micros }, from)
        }
    };
    let order = EncodeOrder {
        container,
        stream: track.stream,
        window,
        untrimmed: source.is_untrimmed(),
        work: order::first_rung(&facts),
        threads: app.cores,
    };
    let growing = Growing { zero_micros, published_micros, target: TARGET, language: None, name: None };
    let mut growth = Growth::new(app, job, rendition, &parts, growing);
    app.encoder.encode(object, &order, &mut growth).await?;
    Ok(())
}

/// Where a map ends on the presentation's timeline, in microseconds.
pub(super) fn end_micros(map: &kinora_media::SegmentMap) -> i64 {
    let end = map.start().saturating_add_unsigned(map.duration());
    rescale(end, map.header().timescale, Timescale::MICROS)
}

pub(super) fn no_picture() -> Error {
    Problem::new(Kind::UnreadableMedia, "unreadable_media", "The track is not in the file any more.").into()
}
