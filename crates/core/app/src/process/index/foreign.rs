//! An upload that cannot be indexed after all is converted like any other.

use crate::app::App;
use crate::error::Error;
use crate::process::{captions, request};
use crate::work::Finished;
use kinora_domain::job::{LeasedJob, Work};
use kinora_domain::output::{Output, Rendition, Role, SoundPlan};
use kinora_domain::preset;
use kinora_domain::track::TrackKind;

/// Puts renditions that are converted in place of those that were to be indexed, of which nothing was published.
pub(super) async fn turn(
    app: &App,
    job: &LeasedJob,
    output: &Output,
    renditions: &[Rendition],
) -> Result<Finished, Error> {
    let format = preset::find(&output.preset)?.sound_format();
    let mut tx = app.store.begin().await?;
    if !tx.complete(job.id, job.token).await? {
        return Ok(Finished::LostLease);
    }
    for rendition in renditions {
        let Role::Indexed { source, language, name } = rendition.role.clone() else { continue };
        // The reference on the upload goes over.
        tx.delete_rendition(rendition.id).await?;
        let (position, duration_ms) = (rendition.position, rendition.duration_ms);
        let is_picture = source.kind == TrackKind::Video;
        let role =
            if is_picture { Role::First(source) } else { Role::Sound(SoundPlan { source, format, language, name }) };
        let id = request::rendition(app, &mut *tx, output, position, role, duration_ms).await?;
        if is_picture {
            request::enqueue(app, &mut *tx, output, Work::PlanOutput(output.id)).await?;
            request::enqueue(app, &mut *tx, output, Work::FirstRung(id)).await?;
        } else {
            request::enqueue(app, &mut *tx, output, Work::EncodeSound(id)).await?;
        }
    }
    captions::begin(app, &mut *tx, output, &[]).await?;
    tx.commit().await?;
    app.playables.forget(output.asset);
    app.work_waiting.notify_one();
    Ok(Finished::Done)
}
