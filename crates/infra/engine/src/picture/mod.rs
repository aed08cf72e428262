//! The port `Painter`: runs ffmpeg over a few pictures of a film and gives what it made.

mod args;

use crate::args::Question;
use crate::child::{Ending, Request, Urgency, run};
use crate::doctor::names;
use crate::encode::output::Output;
use crate::encode::verdict::verdict;
use crate::engine::Engine;
use crate::sandbox::LimitSpec;
use crate::scratch::Scratch;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt as _};
use kinora_app::Error;
use kinora_app::port::{BlobError, EncodeError, Object, Painter, PictureOrder};
use kinora_domain::still::StillForm;
use std::fs::File;
use std::io::{self, Write as _};
use std::sync::Arc;

/// The name of a film in the folder that it is laid down in.
const FILM: &str = "film.mp4";

/// Bytes of what is made at most: more than any picture that can be asked for has.
const MOST_BYTES: u64 = 64 << 20;

/// Bytes of a film that are written at a time.
const PIECE: usize = 1 << 20;

#[async_trait]
impl Painter for Engine {
    async fn lay_down(&self, mut film: BoxStream<'static, Result<Bytes, BlobError>>) -> Result<Arc<dyn Object>, Error> {
        let folder = Arc::new(scratch(self).await?);
        let path = folder.path().join(FILM);
        let mut file = blocking(move || File::create_new(path)).await?;
        let mut piece = Vec::with_capacity(PIECE);
        loop {
            let next = film.next().await.transpose()?;
            let ended = next.is_none();
            piece.extend(next.unwrap_or_default());
            if piece.len() >= PIECE || ended {
                let full = core::mem::replace(&mut piece, Vec::with_capacity(PIECE));
                file = blocking(move || file.write_all(&full).map(|()| file)).await?;
            }
            if ended {
                return Ok(Output::shared(&folder, FILM));
            }
        }
    }

    async fn paint(&self, film: Arc<dyn Object>, order: &PictureOrder) -> Result<Bytes, EncodeError> {
        let path = film.local_path().ok_or_else(|| EncodeError::Run(io::ErrorKind::Unsupported.into()))?;
        let input = blocking(move || File::open(path)).await?;
        let folder = Arc::new(scratch(self).await?);
        let output = Output::shared(&folder, args::OUTPUT);
        let request = Request {
            program: self.programs.ffmpeg.clone(),
            args: args::args(order, self.limits.max_pixels),
            input: Some(input),
            folder: folder.path().to_path_buf(),
            limits: LimitSpec {
                memory_bytes: self.limits.encode_memory_bytes,
                file_bytes: MOST_BYTES,
                ..self.limit_spec()
            },
            wall: self.limits.wall,
            urgency: Urgency::First,
            output_bytes: 0,
        };
        let ended = run(self.helper(), request).await.map_err(EncodeError::Run)?;
        verdict(&ended, core::slice::from_ref(&output))?;
        let made = output.read(0..output.size()).await;
        made.map_err(|error| EncodeError::Run(io::Error::other(error)))
    }

    async fn makes(&self, form: StillForm) -> bool {
        // Of the others every build is capable.
        if form != StillForm::Avif {
            return true;
        }
        // A program that cannot be asked is said to be away when something is to be made.
        *self.avif.get_or_try_init(|| makes_avif(self)).await.unwrap_or(&true)
    }
}

/// Whether the program writes AVIF: releases before 5.1 do not, nor do builds without its encoder.
async fn makes_avif(engine: &Engine) -> io::Result<bool> {
    for (question, name) in [(Question::Encoders, "libaom-av1"), (Question::Muxers, "avif")] {
        let ended = engine.run(&engine.programs.ffmpeg, question.args(), None).await?;
        if ended.ending != Ending::Exited(0) {
            return Err(io::Error::other(ended.complaints.text()));
        }
        if !names(&String::from_utf8_lossy(&ended.output)).contains(name) {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn scratch(engine: &Engine) -> Result<Scratch, EncodeError> {
    let parent = engine.scratch_folder();
    blocking(move || Scratch::new(&parent)).await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, EncodeError> {
    let done = tokio::task::spawn_blocking(work).await.map_err(io::Error::other).flatten();
    done.map_err(|error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => EncodeError::Full,
        _ => EncodeError::Run(error),
    })
}
