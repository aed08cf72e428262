//! Captions that lie within uploads that have no sample table: taken out by a program once it is known where the presentation
//! begins. No film waits for them, and none fails with them: what cannot be read is left out.

use super::{request, settle};
use crate::app::App;
use crate::error::Error;
use crate::file::captions::{Stored, insert, left_out, store};
use crate::file::examined::{LookError, Looked, look};
use crate::port::{EncodeError, ProbeError, TextCoding, TextOrder, Tx};
use crate::work::{Finished, sweep_objects};
use kinora_domain::job::{LeasedJob, Work};
use kinora_domain::output::{Output, Rendition, Role, Source};
use kinora_domain::track::TrackKind;
use kinora_domain::{ObjectId, OutputId};
use kinora_media::captions::{Captions, CaptionsError, Facts};
use std::sync::Arc;

/// Codecs that are text, by the names that found tracks have.
const TEXTS: [&str; 6] = ["subrip", "ass", "ssa", "mov_text", "text", "dvb_teletext"];

/// How the text of a found track is written; `None` where it is pictures of text, or of no format that is read.
pub(crate) fn coding(codec: &str) -> Option<TextCoding> {
    match codec {
        "webvtt" => Some(TextCoding::WebVtt),
        "dvb_teletext" => Some(TextCoding::Teletext),
        codec => TEXTS.contains(&codec).then_some(TextCoding::Plain),
    }
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
        let found = texts(app, object, &numbers).await?;
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

/// The texts of tracks of one upload, each in its place; none of those that cannot be read.
async fn texts(app: &App, object: ObjectId, sources: &[Source]) -> Result<Vec<Option<Captions>>, Error> {
    let looked = match look(app, object).await {
        Ok(looked) => looked,
        Err(LookError::Probe(error)) if is_verdict(&error) => {
            for source in sources {
                left_out(object, source.number, &error.to_string());
            }
            return Ok(vec![None; sources.len()]);
        }
        Err(error) => return Err(error.into()),
    };
    let stream = |source: &Source| {
        let track = looked.examination.track(TrackKind::Captions, source.number)?;
        Some((track.stream, coding(&track.found.codec)?))
    };
    let streams: Vec<_> = sources.iter().map(stream).collect();
    let origin = sources.iter().find_map(|source| source.origin_micros);
    let tracks = streams.iter().flatten().copied().collect();
    let mut found = take(app, &looked, tracks, origin).await?.into_iter();
    let mut texts = Vec::with_capacity(sources.len());
    for (source, stream) in sources.iter().zip(&streams) {
        let text = match stream {
            Some(_) => found.next().unwrap_or_else(nothing),
            None => Err("its text is of no format that is read".to_owned()),
        };
        if let Err(why) = &text {
            left_out(object, source.number, why);
        }
        texts.push(text.ok());
    }
    Ok(texts)
}

/// What a program takes out of these streams of an upload, each in its place, or what is wrong with it: of all together, or else
/// of one at a time, as what is wrong with one of them is not to be in the way of the others.
async fn take(
    app: &App,
    looked: &Looked,
    streams: Vec<(u32, TextCoding)>,
    origin_micros: Option<i64>,
) -> Result<Vec<Result<Captions, String>>, Error> {
    if streams.is_empty() {
        return Ok(Vec::new());
    }
    let told = |text: Result<Captions, CaptionsError>| text.map_err(|error| error.to_string());
    let origin_micros = origin_micros.unwrap_or(looked.examination.start_micros);
    let order = |tracks| TextOrder { container: looked.container, tracks, origin_micros };
    let run = async |order: TextOrder| app.encoder.texts(Arc::clone(&looked.object), &order).await;
    match run(order(streams.clone())).await {
        Ok(found) => return Ok(found.into_iter().map(told).collect()),
        Err(error) if is_final(&error) => {}
        Err(error) => return Err(error.into()),
    }
    let mut found = Vec::with_capacity(streams.len());
    for stream in streams {
        found.push(match run(order(vec![stream])).await {
            Ok(mut one) => one.pop().map_or_else(nothing, told),
            Err(error) if is_final(&error) => Err(error.to_string()),
            Err(error) => return Err(error.into()),
        });
    }
    Ok(found)
}

fn nothing() -> Result<Captions, String> {
    Err("nothing came out of it".to_owned())
}

/// Whether it is the file that cannot be read, rather than a program that cannot be run.
const fn is_verdict(error: &ProbeError) -> bool {
    matches!(error, ProbeError::Unsupported(_) | ProbeError::Unreadable { .. } | ProbeError::Limit(_))
}

const fn is_final(error: &EncodeError) -> bool {
    matches!(error, EncodeError::Unsupported(_) | EncodeError::Unreadable { .. } | EncodeError::Limit(_))
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
pub(super) async fn begin(
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
