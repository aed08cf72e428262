//! Captions that lie within uploads that have no sample table: taken out once it is known where the presentation begins. No film
//! waits for them, and none fails with them: what cannot be read is left out.

mod blocks;
mod fragments;

use crate::app::App;
use crate::error::Error;
use crate::file::captions::{Stored, insert, left_out, store};
use crate::file::container::container;
use crate::port::Tx;
use crate::process::{request, settle};
use crate::work::{Finished, sweep_objects};
use kinora_domain::job::{LeasedJob, Work};
use kinora_domain::output::{Output, Rendition, Role, Source};
use kinora_domain::{ObjectId, OutputId};
use kinora_media::captions::Facts;

/// Whether the text of a found track is taken out by this job: it is neither pictures of text, nor of a format that is not read.
pub(crate) fn is_taken_out(codec: &str) -> bool {
    fragments::reads(codec) || blocks::coding(codec).is_some()
}

/// A rendition of captions, and what was found of it: the objects of text and facts, each with its size. None where there is
/// nothing to be shown.
struct Taken {
    rendition: Rendition,
    source: Source,
    objects: Option<[Stored; 2]>,
}

/// The job.
pub(crate) async fn run(app: &App, job: &LeasedJob, id: OutputId) -> Result<Finished, Error> {
    let Some((output, waiting)) = waiting(app, id).await? else { return settle::complete_only(app, job).await };
    let mut taken = Vec::with_capacity(waiting.len());
    let read = read(app, waiting, &mut taken).await;
    let committed = match read {
        Ok(()) => commit(app, job, &output, &taken).await,
        Err(error) => Err(error),
    };
    if matches!(committed, Ok(Finished::Done)) {
        app.playables.forget(output.asset);
        app.work_waiting.notify_one();
        sweep_objects(app).await?;
    } else {
        let mut objects = Vec::new();
        for one in &taken {
            objects.extend(one.objects.into_iter().flatten());
        }
        for (object, _) in objects {
            if let Err(error) = app.blobs.delete(object).await {
                tracing::warn!(error = %crate::causes(&error), "removing captions that are not needed");
            }
        }
    }
    committed
}

/// The captions of an output that are not there yet, each with the track that they are.
async fn waiting(app: &App, id: OutputId) -> Result<Option<(Output, Vec<(Rendition, Source)>)>, Error> {
    let mut tx = app.store.read().await?;
    let Some(output) = tx.output(id).await?.filter(|output| !output.state.is_over()) else { return Ok(None) };
    let waiting = of_output(&mut *tx, &output).await?;
    Ok(Some((output, waiting)).filter(|(_, waiting)| !waiting.is_empty()))
}

async fn of_output(tx: &mut dyn Tx, output: &Output) -> Result<Vec<(Rendition, Source)>, Error> {
    let renditions = settle::of_output(tx, output).await?;
    let captions = renditions.into_iter().filter(|rendition| !rendition.sealed).filter_map(|rendition| {
        let Role::Captions { source, .. } = rendition.role else { return None };
        Some((rendition, source))
    });
    Ok(captions.collect())
}

/// Reads upload by upload, and stores what was found.
async fn read(app: &App, waiting: Vec<(Rendition, Source)>, taken: &mut Vec<Taken>) -> Result<(), Error> {
    let mut uploads: Vec<(ObjectId, Vec<(Rendition, Source)>)> = Vec::new();
    for (rendition, source) in waiting {
        match uploads.iter_mut().find(|(object, _)| *object == source.object) {
            Some((_, own)) => own.push((rendition, source)),
            None => uploads.push((source.object, vec![(rendition, source)])),
        }
    }
    for (object, own) in uploads {
        let numbers: Vec<_> = own.iter().map(|(_, source)| *source).collect();
        let file = app.blobs.open(object).await?;
        let found = match container(&*file).await? {
            own if own.is_mp4() => fragments::texts(app, (object, file), &numbers).await?,
            _ => blocks::texts(app, object, &numbers).await?,
        };
        for ((rendition, source), text) in own.into_iter().zip(found) {
            let (mut objects, shown) = (None, text.filter(|text| !text.cues.is_empty()));
            if let (Some(text), Role::Captions { language, name, .. }) = (shown, &rendition.role) {
                let facts = Facts { language: language.clone(), name: name.clone() };
                objects = Some(store(app, &text, &facts).await?);
            }
            taken.push(Taken { rendition, source, objects });
        }
    }
    Ok(())
}

/// What was found becomes tracks, and the rest goes, in one fenced transaction.
async fn commit(app: &App, job: &LeasedJob, output: &Output, taken: &[Taken]) -> Result<Finished, Error> {
    let mut tx = app.store.begin().await?;
    if !tx.complete(job.id, job.token).await? {
        return Ok(Finished::LostLease);
    }
    for Taken { rendition, source, objects } in taken {
        let Some(objects) = *objects else {
            drop_one(&mut *tx, rendition, *source).await?;
            continue;
        };
        insert(app, &mut *tx, output, rendition.position, objects).await?;
        tx.seal_rendition(rendition.id).await?;
    }
    settle::settle(app, &mut *tx, output.id).await?;
    tx.commit().await?;
    Ok(Finished::Done)
}

async fn drop_one(tx: &mut dyn Tx, rendition: &Rendition, source: Source) -> Result<(), Error> {
    tx.delete_rendition(rendition.id).await?;
    tx.release_object(source.object).await?;
    Ok(())
}

/// Nobody reads them again: the output goes on without them.
pub(crate) async fn give_up(app: &App, tx: &mut dyn Tx, id: OutputId) -> Result<(), Error> {
    let Some(output) = tx.output(id).await?.filter(|output| !output.state.is_over()) else { return Ok(()) };
    for (rendition, source) in of_output(tx, &output).await? {
        left_out(source.object, source.number, "they could not be read on this server");
        drop_one(tx, &rendition, source).await?;
    }
    settle::settle(app, tx, id).await
}

/// It is known where the presentation begins: captions of an output are read now. `origins` are uploads of which something is
/// indexed, each with what of its timeline is zero, in microseconds.
pub(in crate::process) async fn begin(
    app: &App,
    tx: &mut dyn Tx,
    output: &Output,
    origins: &[(ObjectId, i64)],
) -> Result<(), Error> {
    let waiting = of_output(tx, output).await?;
    for (rendition, source) in &waiting {
        let known = origins.iter().find(|(object, _)| *object == source.object);
        if let (Some((_, micros)), Role::Captions { language, name, .. }) = (known, rendition.role.clone()) {
            let role = Role::Captions { source: Source { origin_micros: Some(*micros), ..*source }, language, name };
            tx.delete_rendition(rendition.id).await?;
            tx.insert_rendition(&Rendition { role, ..rendition.clone() }).await?;
        }
    }
    if !waiting.is_empty() {
        request::enqueue(app, tx, output, Work::ReadCaptions(output.id)).await?;
    }
    Ok(())
}
