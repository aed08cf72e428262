//! What each kind of work does: a new kind is a line in each of these.

use super::ending::Finished;
use super::{copy_audio, expire_output, probe_file};
use crate::app::App;
use crate::error::Error;
use crate::port::Tx;
use crate::process::{captions, chunk, first, index, plan, seal, settle, sound};
use kinora_domain::job::{LeasedJob, Work};

/// The work itself. It completes the job in the transaction of its result.
pub(super) async fn perform(app: &App, job: &LeasedJob) -> Result<Finished, Error> {
    match job.work {
        Work::ProbeFile(file) => probe_file::run(app, job, file).await,
        Work::CopyAudio(track) => copy_audio::run(app, job, track).await,
        Work::ExpireOutput(output) => expire_output::run(app, job, output).await,
        Work::PlanOutput(output) => plan::run(app, job, output).await,
        Work::IndexUpload(output) => index::run(app, job, output).await,
        Work::ReadCaptions(output) => captions::run(app, job, output).await,
        Work::FirstRung(rendition) => first::run(app, job, rendition).await,
        Work::EncodeSound(rendition) => sound::run(app, job, rendition).await,
        Work::EncodeChunk(chunk) => chunk::run(app, job, chunk).await,
        Work::SealPicture(output) => seal::run(app, job, output).await,
    }
}

/// Nobody tries again: what waits for the work is told, in the transaction that parks the job. `words`
/// are for operators.
pub(super) async fn give_up(app: &App, tx: &mut dyn Tx, work: Work, _words: &str) -> Result<(), Error> {
    match work {
        Work::ProbeFile(file) => probe_file::give_up(app, tx, file).await,
        Work::ReadCaptions(output) => captions::give_up(app, tx, output).await,
        // The track plays from the upload as before; the output stays.
        Work::CopyAudio(_) | Work::ExpireOutput(_) => Ok(()),
        Work::PlanOutput(_)
        | Work::IndexUpload(_)
        | Work::SealPicture(_)
        | Work::FirstRung(_)
        | Work::EncodeSound(_)
        | Work::EncodeChunk(_) => settle::give_up(app, tx, work).await,
    }
}

/// An operator canceled the work: what waits for it is told, in the transaction that cancels the job.
pub(super) async fn call_off(app: &App, tx: &mut dyn Tx, work: Work) -> Result<(), Error> {
    match work {
        Work::ProbeFile(file) => probe_file::give_up(app, tx, file).await,
        Work::ReadCaptions(output) => captions::give_up(app, tx, output).await,
        // The track plays from the upload as before; the output stays.
        Work::CopyAudio(_) | Work::ExpireOutput(_) => Ok(()),
        Work::PlanOutput(_)
        | Work::IndexUpload(_)
        | Work::SealPicture(_)
        | Work::FirstRung(_)
        | Work::EncodeSound(_)
        | Work::EncodeChunk(_) => settle::call_off(app, tx, work).await,
    }
}
