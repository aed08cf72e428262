//! Captions that lie within films, taken out by ffmpeg.

mod args;
mod teletext;

use crate::args::Demuxer;
use crate::child::{Request, Urgency, run};
use crate::encode::verdict::verdict;
use crate::engine::Engine;
use crate::sandbox::LimitSpec;
use crate::scratch::Scratch;
use kinora_app::port::{EncodeError, Object, TextCoding, TextOrder};
use kinora_media::captions::{Captions, CaptionsError, MOST_BYTES};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

/// Takes the text out of tracks, as [`Encoder::texts`](kinora_app::port::Encoder::texts) has it.
pub(crate) async fn take(
    engine: &Engine,
    input: &dyn Object,
    order: &TextOrder,
) -> Result<Vec<Result<Captions, CaptionsError>>, EncodeError> {
    let demuxer = Demuxer::of(order.container).ok_or_else(|| EncodeError::Unsupported(order.container.id()))?;
    let path = input.local_path().ok_or_else(|| EncodeError::Run(io::ErrorKind::Unsupported.into()))?;
    let parent = engine.scratch_folder();
    let opened = tokio::task::spawn_blocking(move || Ok::<_, io::Error>((File::open(path)?, Scratch::new(&parent)?)));
    let (file, scratch) = opened.await.map_err(io::Error::other).flatten().map_err(EncodeError::Run)?;
    let scratch = Arc::new(scratch);
    let mut pages = Vec::new();
    for (stream, _) in order.tracks.iter().filter(|(_, coding)| *coding == TextCoding::Teletext) {
        let input = file.try_clone().map_err(EncodeError::Run)?;
        let look = args::look(*stream, demuxer, engine.limits.max_pixels);
        let told = engine.run(&engine.programs.ffprobe, look, Some(input)).await.map_err(EncodeError::Run)?;
        pages.push((*stream, teletext::pages(&told.output)));
    }
    let request = Request {
        program: engine.programs.ffmpeg.clone(),
        args: args::args(order, &pages, demuxer, engine.limits.max_pixels),
        input: Some(file),
        folder: scratch.path().to_path_buf(),
        // What is longer is not taken, and more of it need not be written.
        limits: LimitSpec {
            memory_bytes: engine.limits.memory_bytes,
            file_bytes: MOST_BYTES.saturating_mul(2),
            ..engine.encode_spec()
        },
        wall: engine.limits.encode_wall,
        urgency: Urgency::Background,
        output_bytes: 0,
    };
    let ended = run(engine.helper(), request).await.map_err(EncodeError::Run)?;
    verdict(&ended, &[])?;
    let count = order.tracks.len();
    let read = tokio::task::spawn_blocking(move || {
        (0..count).map(|number| read(&scratch.path().join(args::output_name(number)))).collect::<io::Result<Vec<_>>>()
    });
    read.await.map_err(io::Error::other).flatten().map_err(EncodeError::Run)
}

/// What the program wrote of one track. A film in which nothing is said leaves nothing, or a header alone.
fn read(path: &Path) -> io::Result<Result<Captions, CaptionsError>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        return Ok(Ok(Captions::default()));
    }
    Ok(Captions::parse(&bytes).map(|(_, captions)| captions.earlier(args::LEAD_MS)))
}
