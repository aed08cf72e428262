//! One connection: request after request.

use super::general::{HEAD_WITHIN, IDLE, Parties, Version, http1, noted};
use super::head::{self, Head, Plain};
use super::one::{Behind, Progress, Telling, Wire};
use super::send::send;
use super::stall::Patient;
use bytes::{Buf as _, BytesMut};
use core::convert::Infallible;
use core::pin::Pin;
use core::task::Poll;
use core::time::Duration;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use kinora_app::causes;
use std::future::poll_fn;
use std::io;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

/// Between two requests that follow each other nobody looks for a place to save.
const BUSY: Duration = Duration::from_secs(1);
/// Bytes read at once.
const READ: usize = 2_048;
/// To who sends his request too slowly.
const TOO_SLOW: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// What an HTTP/2 client that needs no introduction begins with (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n";

/// A connection in the clear.
pub(super) struct Conversation(pub(super) Parties);

/// What is next on a connection.
enum Next {
    /// A request, whose head is the first of what was read.
    Plain(Box<Plain>),
    /// Something that only the general stack understands.
    Other,
    /// Its end.
    End,
}

impl Conversation {
    /// Answers until one side ends it.
    pub(super) async fn run(self, mut stream: TcpStream) {
        let (mut read, mut head) = (BytesMut::new(), BytesMut::new());
        while !self.0.stop.is_cancelled() {
            let next = self.next(&mut stream, &mut read, &mut head).await.unwrap_or_else(|error| {
                tracing::debug!(error = %causes(&error), "reading a request");
                Next::End
            });
            let Plain { parts, len, is_last } = match next {
                Next::Plain(plain) => *plain,
                // Apart, as every connection would have room for it otherwise.
                Next::Other => return Box::pin(self.hand_over(stream, read)).await,
                Next::End => return,
            };
            // The last one is said to be the last by the general stack.
            let direct =
                if is_last { None } else { self.0.answering.direct.answer(&parts, self.0.peer.ip(), &mut head).await };
            if let Some(answer) = direct {
                read.advance(len);
                if let Err(error) = send(&stream, &mut head, answer).await {
                    tracing::debug!(error = %causes(&error), "a viewer went away");
                    return;
                }
            } else {
                let behind = read.split_off(len);
                let Some(back) = self.answer_one(stream, read, behind).await else { return };
                (stream, read) = back;
            }
            if is_last {
                return;
            }
        }
    }

    /// Waits for a request. While it does not come, `room` is given back.
    async fn next(&self, stream: &mut TcpStream, read: &mut BytesMut, room: &mut BytesMut) -> io::Result<Next> {
        if read.is_empty() && !self.comes(stream, read, room).await? {
            return Ok(Next::End);
        }
        let mut deadline = None;
        loop {
            match head::read(read) {
                Head::Plain(plain) => return Ok(Next::Plain(plain)),
                Head::Other => return Ok(Next::Other),
                Head::Partial => {}
            }
            let until = *deadline.get_or_insert_with(|| Instant::now() + HEAD_WITHIN);
            read.reserve(READ);
            let more = tokio::select! {
                more = timeout_at(until, stream.read_buf(read)) => more,
                () = self.0.stop.cancelled() => return Ok(Next::End),
            };
            let Ok(more) = more else {
                // Whether it still reads this is its own affair.
                stream.try_write(TOO_SLOW)?;
                return Ok(Next::End);
            };
            if more? == 0 {
                return Ok(Next::End);
            }
        }
    }

    /// Whether anything comes, before the connection is idle for too long or somebody else needs its place.
    async fn comes(&self, stream: &mut TcpStream, read: &mut BytesMut, room: &mut BytesMut) -> io::Result<bool> {
        read.reserve(READ);
        let soon = tokio::select! {
            soon = timeout(BUSY, stream.read_buf(read)) => soon,
            () = self.0.stop.cancelled() => return Ok(false),
        };
        if let Ok(first) = soon {
            return first.map(|bytes| bytes > 0);
        }
        *room = BytesMut::new();
        let seat = self.0.idle.sit();
        tokio::select! {
            first = timeout(IDLE, stream.read_buf(read)) => first.map_or(Ok(false), |first| first.map(|bytes| bytes > 0)),
            () = seat.end.cancelled() => Ok(false),
            () = self.0.stop.cancelled() => Ok(false),
        }
    }

    /// Lets the general stack answer one request, and takes the connection back with what came behind it; nothing where it
    /// is over.
    async fn answer_one(&self, stream: TcpStream, head: BytesMut, behind: BytesMut) -> Option<(TcpStream, BytesMut)> {
        let progress = Progress::default();
        let wire = Wire {
            stream: Patient::new(stream),
            read: head,
            behind: Behind::Hidden(behind),
            progress: progress.clone(),
        };
        let telling = progress.clone();
        let service = service_fn(|request| {
            let (answer, progress) = (self.0.answer(request), telling.clone());
            async { Ok::<_, Infallible>(answer.await?.map(|body| Telling::new(body, progress))) }
        });
        let mut connection = http1().serve_connection(TokioIo::new(wire), service);
        let is_sent = poll_fn(|cx| match Pin::new(&mut connection).poll(cx) {
            Poll::Ready(end) => {
                noted(end);
                Poll::Ready(false)
            }
            Poll::Pending if progress.is_sent() => Poll::Ready(true),
            Poll::Pending => Poll::Pending,
        });
        if !is_sent.await {
            return None;
        }
        let Wire { stream, behind, .. } = connection.into_parts().io.into_inner();
        match behind {
            Behind::Hidden(early) => Some((stream.into_inner(), early)),
            Behind::Open => None,
        }
    }

    /// Leaves a connection to the general stack until its end.
    async fn hand_over(self, stream: TcpStream, read: BytesMut) {
        let version = if read.starts_with(PREFACE) { Version::Http2 } else { Version::Http1 };
        let (behind, progress) = (Behind::Open, Progress::default());
        self.0.converse(Wire { stream: Patient::new(stream), read, behind, progress }, version).await;
    }
}
