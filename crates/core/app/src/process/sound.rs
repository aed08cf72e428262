//! Sound in one piece, heard while it grows. An attempt that follows another encodes from the beginning
//! again, since an encoder's state cannot be taken up, and publishes what is new: the same samples go into
//! the same frames.

use super::first::{end_micros, no_picture};
use super::grow::{Growing, Growth};
use super::{order, part, seal, settle};
use crate::app::App;
use crate::error::Error;
use crate::file::examined::{Looked, look};
use crate::port::{EncodeOrder, EncodeWork, Examined, Window};
use crate::work::Finished;
use core::time::Duration;
use kinora_domain::RenditionId;
use kinora_domain::job::LeasedJob;
use kinora_domain::output::{Rendition, Role, SoundPlan};

/// Sound is cut shorter than it would be beside a whole picture: something is there soon.
pub(super) const TARGET: Duration = Duration::from_secs(1);

/// The job.
pub(crate) async fn run(app: &App, job: &LeasedJob, id: RenditionId) -> Result<Finished, Error> {
    let rendition = app.store.read().await?.rendition(id).await?.filter(|rendition| !rendition.sealed);
    let Some(rendition) = rendition else { return settle::complete_only(app, job).await };
    let Role::Sound(plan) = &rendition.role else { return settle::complete_only(app, job).await };
    match encode(app, job, &rendition, plan).await {
        Ok(()) => seal::seal(app, job, &rendition).await,
        Err(error) => settle::failed(app, job, rendition.output, error).await,
    }
}

async fn encode(app: &App, job: &LeasedJob, rendition: &Rendition, plan: &SoundPlan) -> Result<(), Error> {
    let source = plan.source;
    let Looked { object, container, examination } = look(app, source.object).await?;
    let track = examination.track(source.kind, source.number).ok_or_else(no_picture)?;
    let Examined::Sound(facts) = track.what else { return Err(no_picture()) };
    let parts = app.store.read().await?.rendition_parts(rendition.id).await?;
    let published_micros = part::assemble(app, &parts).await?.map(|there| end_micros(&there.map));
    let order = EncodeOrder {
        container,
        stream: track.stream,
        untrimmed: false,
        window: Window::All,
        work: EncodeWork::Sound(order::sound(facts, plan.format)),
        threads: 1,
    };
    let growing = Growing {
        zero_micros: track.start_micros - source.origin_micros.unwrap_or(examination.start_micros),
        published_micros,
        target: TARGET,
        language: plan.language.clone(),
        name: plan.name.clone(),
    };
    let mut growth = Growth::new(app, job, rendition, &parts, growing);
    app.encoder.encode(object, &order, &mut growth).await?;
    Ok(())
}
