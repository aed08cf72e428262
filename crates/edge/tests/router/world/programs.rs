//! The programs that look into files, convert them and make pictures of them: missing, or a stand-in that says what it was
//! asked for.

use async_trait::async_trait;
use bytes::Bytes;
use core::ops::Range;
use futures_util::stream::{BoxStream, StreamExt as _, TryStreamExt as _, empty};
use kinora_app::Error;
use kinora_app::port::{
    BlobError, EncodeError, EncodeOrder, Encoder, Examination, Examined, Object, Painter, PictureOrder, ProbeError,
    Prober, Still, Take, TextOrder, TrackExamined, Watch,
};
use kinora_domain::chunk::Pictures;
use kinora_domain::picture::{PictureFacts, Scan, Size, TimeBase, Transfer};
use kinora_domain::still::StillForm;
use kinora_domain::track::{FoundTrack, TrackKind};
use kinora_media::captions::{Captions, CaptionsError};
use kinora_media::sniff::Container;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// What a server is started with.
#[derive(Clone)]
pub(crate) struct Programs {
    pub(crate) prober: Arc<dyn Prober>,
    pub(crate) encoder: Arc<dyn Encoder>,
    pub(crate) painter: Arc<dyn Painter>,
}

impl Programs {
    /// Not installed.
    pub(crate) fn missing() -> Self {
        Self {
            prober: Arc::new(MissingPrograms),
            encoder: Arc::new(MissingPrograms),
            painter: Arc::new(MissingPrograms),
        }
    }

    /// With somebody who makes pictures.
    pub(crate) fn with(painting: &Arc<Painting>) -> Self {
        let (prober, painter): (Arc<Painting>, Arc<Painting>) = (Arc::clone(painting), Arc::clone(painting));
        Self { prober, painter, ..Self::missing() }
    }
}

/// Cannot be run, as programs that are not installed.
struct MissingPrograms;

fn missing() -> io::Error {
    io::Error::from(io::ErrorKind::NotFound)
}

#[async_trait]
impl Prober for MissingPrograms {
    async fn look(&self, _object: Arc<dyn Object>, _container: Container) -> Result<Examination, ProbeError> {
        Err(ProbeError::Run(missing()))
    }

    async fn pictures(
        &self,
        _object: Arc<dyn Object>,
        _container: Container,
        _stream: u32,
        _facts: &PictureFacts,
        _untrimmed: bool,
    ) -> Result<Pictures, ProbeError> {
        Err(ProbeError::Run(missing()))
    }
}

#[async_trait]
impl Encoder for MissingPrograms {
    async fn encode(
        &self,
        _input: Arc<dyn Object>,
        _order: &EncodeOrder,
        _watch: &mut dyn Watch,
    ) -> Result<Vec<Arc<dyn Object>>, Error> {
        Err(EncodeError::Run(missing()).into())
    }

    async fn texts(
        &self,
        _input: Arc<dyn Object>,
        _order: &TextOrder,
    ) -> Result<Vec<Result<Captions, CaptionsError>>, EncodeError> {
        Err(EncodeError::Run(missing()))
    }
}

#[async_trait]
impl Painter for MissingPrograms {
    async fn lay_down(&self, _film: BoxStream<'static, Result<Bytes, BlobError>>) -> Result<Arc<dyn Object>, Error> {
        Err(EncodeError::Run(missing()).into())
    }

    async fn paint(&self, _film: Arc<dyn Object>, _order: &PictureOrder) -> Result<Bytes, EncodeError> {
        Err(EncodeError::Run(missing()))
    }

    async fn makes(&self, _form: StillForm) -> bool {
        true
    }
}

/// Stands in for the program that makes pictures: what it makes says what it was asked for, and how many it had made before.
pub(crate) struct Painting {
    /// What it was asked for.
    asked: Mutex<Vec<PictureOrder>>,
    /// Somebody for each that was begun.
    pub(crate) begun: Semaphore,
    /// How many more it may finish.
    pub(crate) may_finish: Semaphore,
    pub(crate) fails: AtomicBool,
    pub(crate) makes_avif: AtomicBool,
}

impl Painting {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            asked: Mutex::default(),
            begun: Semaphore::new(0),
            may_finish: Semaphore::new(Semaphore::MAX_PERMITS >> 1),
            fails: AtomicBool::new(false),
            makes_avif: AtomicBool::new(true),
        })
    }

    /// From now on nothing is finished until it may.
    pub(crate) fn hold(&self) {
        self.may_finish.forget_permits(usize::MAX);
    }

    /// What it was asked for so far.
    pub(crate) fn asked(&self) -> Vec<PictureOrder> {
        self.asked.lock().unwrap().clone()
    }

    /// Waits until so many more were begun.
    pub(crate) async fn begins(&self, count: u32) {
        self.begun.acquire_many(count).await.unwrap().forget();
    }
}

/// A film that was laid down.
struct Laid(Bytes);

#[async_trait]
impl Object for Laid {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, BlobError> {
        Ok(self.0.slice(usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()))
    }

    fn stream(self: Arc<Self>, _ranges: Vec<Range<u64>>) -> BoxStream<'static, Result<Bytes, BlobError>> {
        empty().boxed()
    }

    fn local_path(&self) -> Option<PathBuf> {
        None
    }

    fn local_file(&self) -> Option<Arc<std::fs::File>> {
        None
    }
}

#[async_trait]
impl Painter for Painting {
    async fn lay_down(&self, film: BoxStream<'static, Result<Bytes, BlobError>>) -> Result<Arc<dyn Object>, Error> {
        let pieces: Vec<Bytes> = film.try_collect().await?;
        Ok(Arc::new(Laid(pieces.concat().into())))
    }

    async fn paint(&self, film: Arc<dyn Object>, order: &PictureOrder) -> Result<Bytes, EncodeError> {
        let before = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(order.clone());
            asked.len() - 1
        };
        self.begun.add_permits(1);
        self.may_finish.acquire().await.unwrap().forget();
        if self.fails.load(Ordering::SeqCst) {
            return Err(EncodeError::Unreadable { words: "no picture in it".to_owned(), all: String::new() });
        }
        let Size { width, height } = order.frame.shown;
        Ok(match order.take {
            Take::First(Still::Pixels) | Take::Typical(Still::Pixels, _) => {
                vec![127; usize::try_from(width * height * 4).unwrap()].into()
            }
            take => format!("{take:?} {width}x{height} of {} bytes, after {before}", film.size()).into(),
        })
    }

    async fn makes(&self, form: StillForm) -> bool {
        form != StillForm::Avif || self.makes_avif.load(Ordering::SeqCst)
    }
}

/// Takes everything for a plain picture.
#[async_trait]
impl Prober for Painting {
    async fn look(&self, _object: Arc<dyn Object>, _container: Container) -> Result<Examination, ProbeError> {
        let facts = PictureFacts {
            shown: Size { width: 640, height: 360 },
            rate: None,
            scan: Scan::TopFirst,
            transfer: Transfer::Sdr,
            tells_matrix: true,
            base: TimeBase::new(1, 12_800).unwrap(),
        };
        let (kind, codec, selector) = (TrackKind::Video, "h264".to_owned(), "video_1".to_owned());
        let found = FoundTrack { selector, kind, codec, language: None, name: None };
        let track = TrackExamined { found, stream: 0, start_micros: 0, what: Examined::Picture(facts) };
        Ok(Examination { tracks: vec![track], start_micros: 0, duration_ms: None })
    }

    async fn pictures(
        &self,
        _object: Arc<dyn Object>,
        _container: Container,
        _stream: u32,
        _facts: &PictureFacts,
        _untrimmed: bool,
    ) -> Result<Pictures, ProbeError> {
        Err(ProbeError::Run(missing()))
    }
}
