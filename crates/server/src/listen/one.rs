//! A connection as the general stack sees it.

use super::stall::Patient;
use axum::body::{Body, Bytes};
use bytes::BytesMut;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use http_body::{Frame, SizeHint};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// So many bytes of a further request are taken while one is answered; more wait in the kernel.
const MOST_EARLY: usize = 4_096;

/// What may be read behind what was read already.
pub(super) enum Behind {
    /// All that follows.
    Open,
    /// Nothing: what comes is kept for who reads the next request.
    Hidden(BytesMut),
}

/// A connection of which something was read already.
pub(super) struct Wire {
    pub(super) stream: Patient<TcpStream>,
    pub(super) read: BytesMut,
    pub(super) behind: Behind,
    pub(super) progress: Progress,
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if !this.read.is_empty() {
            let len = this.read.len().min(buf.remaining());
            buf.put_slice(&this.read.split_to(len));
            return Poll::Ready(Ok(()));
        }
        match &mut this.behind {
            Behind::Open => Pin::new(&mut this.stream).poll_read(cx, buf),
            // A client that goes away is noticed all the same.
            Behind::Hidden(early) => loop {
                if early.len() >= MOST_EARLY {
                    return Poll::Pending;
                }
                ready!(this.stream.get_ref().poll_read_ready(cx))?;
                match this.stream.get_ref().try_read_buf(early) {
                    Ok(0) => return Poll::Ready(Ok(())),
                    Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Poll::Ready(Err(error)),
                    Ok(_) | Err(_) => {}
                }
            },
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.progress.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

const UNDER_WAY: u8 = 0;
const MADE: u8 = 1;
const SENT: u8 = 2;
const BROKEN: u8 = 3;

/// How far the answer to one request is: under way; made, and perhaps in a buffer; given to the kernel, all of it; or
/// broken in the middle.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress(Arc<AtomicU8>);

impl Progress {
    /// Whether all of the answer was given to the kernel.
    pub(super) fn is_sent(&self) -> bool {
        self.0.load(Ordering::Relaxed) == SENT
    }

    fn step(&self, from: u8, to: u8) {
        // In any other state there is nothing to note.
        self.0.compare_exchange(from, to, Ordering::Relaxed, Ordering::Relaxed).unwrap_or(from);
    }

    fn made(&self) {
        self.step(UNDER_WAY, MADE);
    }

    /// Everything that was made before this is with the kernel: the general stack writes what it takes from a body
    /// before it flushes again.
    fn flushed(&self) {
        self.step(MADE, SENT);
    }

    fn broken(&self) {
        self.0.store(BROKEN, Ordering::Relaxed);
    }
}

/// The body of an answer that tells how far it is.
pub(super) struct Telling {
    body: Body,
    progress: Progress,
}

impl Telling {
    pub(super) const fn new(body: Body, progress: Progress) -> Self {
        Self { body, progress }
    }
}

impl http_body::Body for Telling {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        match &frame {
            Some(Err(_)) => self.progress.broken(),
            Some(Ok(_)) if !self.body.is_end_stream() => {}
            Some(Ok(_)) | None => self.progress.made(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Telling {
    /// An answer without a body, as to `HEAD`, never asks for it.
    fn drop(&mut self) {
        self.progress.made();
    }
}
