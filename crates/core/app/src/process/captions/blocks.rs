//! Captions of films whose containers others read: a program takes them out.

use crate::app::App;
use crate::error::Error;
use crate::file::captions::{UNKNOWN, left_out};
use crate::file::examined::{LookError, Looked, look};
use crate::port::{EncodeError, ProbeError, TextCoding, TextOrder};
use kinora_domain::ObjectId;
use kinora_domain::output::Source;
use kinora_domain::track::TrackKind;
use kinora_media::captions::{Captions, CaptionsError};
use std::sync::Arc;

/// Codecs that are text, by the names that found tracks have.
const TEXTS: [&str; 4] = ["subrip", "ass", "ssa", "text"];

/// How the program writes the text of a found track; `None` where it is pictures of text, or of no format that it reads.
pub(super) fn coding(codec: &str) -> Option<TextCoding> {
    match codec {
        "webvtt" => Some(TextCoding::WebVtt),
        "dvb_teletext" => Some(TextCoding::Teletext),
        codec => TEXTS.contains(&codec).then_some(TextCoding::Plain),
    }
}

/// The texts of tracks of one upload, each in its place; none of those that cannot be read.
pub(super) async fn texts(app: &App, object: ObjectId, sources: &[Source]) -> Result<Vec<Option<Captions>>, Error> {
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
            None => Err(UNKNOWN.to_owned()),
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
