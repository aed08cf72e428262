//! Pictures of films, made by an outside program.

use super::{BlobError, EncodeError, Object};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use kinora_domain::output::Filter;
use kinora_domain::still::{Frame, MovingForm, StillForm};
use std::sync::Arc;

/// What is made of a film of one track, in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureOrder {
    /// What is done before scaling, in order.
    pub filters: Vec<Filter>,
    /// Which of the film's pictures, and as what.
    pub take: Take,
    /// How each of them comes to its size.
    pub frame: Frame,
    /// Threads of the decoder, the filters and the encoder.
    pub threads: u32,
}

/// Which of a film's pictures are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// The first that is shown.
    First(Still),
    /// Of so many at most the one that is most like all of them: no black one, no white one.
    Typical(Still, u32),
    /// Those that are shown at zero and every so many milliseconds, on one sheet of JPEG. Of more than fit the first
    /// ones are taken.
    Sheet {
        /// Milliseconds from one to the next.
        every_ms: u64,
        /// Pictures beside each other.
        columns: u32,
        /// Pictures one below the other.
        rows: u32,
    },
    /// So many a second, moving, over and over again.
    Moving {
        /// As what.
        form: MovingForm,
        /// Pictures in a second.
        rate: u32,
        /// How many times as fast as the film.
        speed: u32,
    },
}

/// What a picture that stands still is given as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Still {
    /// A file.
    File(StillForm),
    /// Red, green, blue and opacity of each pixel, a byte each, row by row.
    Pixels,
}

/// Makes pictures.
#[async_trait]
pub trait Painter: Send + Sync + 'static {
    /// Puts an MP4 of one track of picture where programs can read it. It lasts as long as somebody holds it.
    ///
    /// # Errors
    /// [`EncodeError`]; what its bytes are read from fails.
    async fn lay_down(
        &self,
        film: BoxStream<'static, Result<Bytes, BlobError>>,
    ) -> Result<Arc<dyn Object>, crate::Error>;

    /// Makes what the order says of a film that was laid down. Dropped, it ends the program.
    ///
    /// # Errors
    /// [`EncodeError`].
    async fn paint(&self, film: Arc<dyn Object>, order: &PictureOrder) -> Result<Bytes, EncodeError>;

    /// Whether the program makes files of this form.
    async fn makes(&self, form: StillForm) -> bool;
}
