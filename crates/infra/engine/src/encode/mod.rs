//! The port `Encoder`: runs ffmpeg over one track and tells how far it is.

pub(crate) mod args;
pub(crate) mod output;
mod progress;
pub(crate) mod verdict;

use self::output::Output;
use self::progress::Listener;
use crate::args::Demuxer;
use crate::child::{Request, run_heard};
use crate::engine::Engine;
use crate::scratch::Scratch;
use crate::text;
use async_trait::async_trait;
use kinora_app::Error;
use kinora_app::port::{EncodeError, EncodeOrder, Encoder, Object, TextOrder, Watch};
use kinora_media::captions::{Captions, CaptionsError};
use std::fs::File;
use std::io;
use std::sync::Arc;

#[async_trait]
impl Encoder for Engine {
    async fn encode(
        &self,
        input: Arc<dyn Object>,
        order: &EncodeOrder,
        watch: &mut dyn Watch,
    ) -> Result<Vec<Arc<dyn Object>>, Error> {
        let demuxer = Demuxer::of(order.container).ok_or_else(|| EncodeError::Unsupported(order.container.id()))?;
        let path = input.local_path().ok_or_else(|| EncodeError::Run(io::ErrorKind::Unsupported.into()))?;
        let parent = self.scratch_folder();
        let opened =
            tokio::task::spawn_blocking(move || Ok::<_, io::Error>((File::open(path)?, Scratch::new(&parent)?)));
        let (file, scratch) = opened.await.map_err(io::Error::other).flatten().map_err(EncodeError::Run)?;
        let scratch = Arc::new(scratch);
        let outputs: Vec<Arc<dyn Object>> =
            (0..args::outputs(order)).map(|number| Output::shared(&scratch, &args::output_name(number))).collect();
        let request = Request {
            program: self.programs.ffmpeg.clone(),
            args: args::args(order, demuxer, self.limits.max_pixels),
            input: Some(file),
            folder: scratch.path().to_path_buf(),
            limits: self.encode_spec(),
            wall: self.limits.encode_wall,
            urgency: args::urgency(&order.work),
            output_bytes: 0,
        };
        let (listener, mut news) = Listener::new();
        let mut running = core::pin::pin!(run_heard(self.helper(), request, listener.into_closure()));
        let ended = loop {
            tokio::select! {
                ended = &mut running => break ended.map_err(EncodeError::Run)?,
                changed = news.changed() => {
                    if changed.is_err() {
                        break running.await.map_err(EncodeError::Run)?;
                    }
                    let done = *news.borrow_and_update();
                    watch.hear(done, &outputs, false).await?;
                }
            }
        };
        verdict::verdict(&ended, &outputs)?;
        let done = *news.borrow();
        watch.hear(done, &outputs, true).await?;
        Ok(outputs)
    }

    async fn texts(
        &self,
        input: Arc<dyn Object>,
        order: &TextOrder,
    ) -> Result<Vec<Result<Captions, CaptionsError>>, EncodeError> {
        text::take(self, &*input, order).await
    }
}
