//! Media on their way into a connection.

use super::file;
use bytes::{Buf as _, Bytes};
use core::time::Duration;
use futures_util::StreamExt as _;
use kinora_app::causes;
use kinora_app::play::{Body, Files, Payload};
use kinora_edge::delivery::{Answer, Media};
use kinora_edge::http::egress::Pace;
use rustix::net::{SendFlags, send as send_with};
use std::io::{self, IoSlice};
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// A client that takes nothing for this long is gone.
const STALLED: Duration = Duration::from_mins(1);

/// Sends an answer whole.
///
/// # Errors
/// The client is gone or stalls, or the media cannot be read: the connection is of no use any more.
pub(super) async fn send(stream: &TcpStream, answer: Answer) -> io::Result<()> {
    let Answer { head, media, pace } = answer;
    let way = Way { stream, pace };
    // What others were sent before is waited for as well.
    way.paced().await;
    match media {
        Media::Read(body) => way.read(head, body).await,
        Media::Files(files) => way.files(head, files).await,
    }
}

/// The way to a client.
struct Way<'a> {
    stream: &'a TcpStream,
    pace: Option<Pace>,
}

impl Way<'_> {
    async fn read(&self, head: Bytes, body: Body) -> io::Result<()> {
        let Some(mut payload) = body.payload else { return self.write(&mut [head, body.head]).await };
        // The first piece goes out with what is in front of it.
        let mut slices = [head, body.head, piece(&mut payload).await?.unwrap_or_default()];
        loop {
            self.write(&mut slices).await?;
            let Some(piece) = piece(&mut payload).await? else { return Ok(()) };
            self.paced().await;
            slices = [piece, Bytes::new(), Bytes::new()];
        }
    }

    async fn files(&self, head: Bytes, files: Files) -> io::Result<()> {
        let made = if files.head.is_empty() { head } else { [head, files.head].concat().into() };
        self.announce(made).await?;
        for (file, run) in &files.runs {
            let mut run = run.clone();
            while !run.is_empty() {
                let part = file::part(&run);
                self.paced().await;
                file::warm(file, &part).await?;
                while run.start < part.end {
                    let left = part.end - run.start;
                    let sent = self.when_writable(|| file::send(self.stream, file, run.start, left)).await?;
                    run.start = run.start.saturating_add(sent as u64);
                    self.count(sent);
                }
            }
        }
        Ok(())
    }

    /// Writes what is followed by more.
    async fn announce(&self, mut made: Bytes) -> io::Result<()> {
        while !made.is_empty() {
            let sent = self.when_writable(|| Ok(send_with(self.stream, &made, SendFlags::MORE)?)).await?;
            self.count(sent);
            made.advance(sent);
        }
        Ok(())
    }

    /// Writes all slices, in as few calls as the kernel allows.
    async fn write(&self, slices: &mut [Bytes]) -> io::Result<()> {
        while slices.iter().any(|slice| !slice.is_empty()) {
            let filled = slices.iter().filter(|slice| !slice.is_empty());
            let parts: Vec<IoSlice<'_>> = filled.map(|slice| IoSlice::new(slice)).collect();
            let mut sent = self.when_writable(|| Ok(rustix::io::writev(self.stream, &parts)?)).await?;
            self.count(sent);
            for slice in slices.iter_mut() {
                let len = slice.len().min(sent);
                slice.advance(len);
                sent -= len;
            }
        }
        Ok(())
    }

    /// What a call sends once the client takes more.
    async fn when_writable(&self, mut call: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
        loop {
            match self.stream.try_io(Interest::WRITABLE, &mut call) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let late = |_elapsed| io::Error::from(io::ErrorKind::TimedOut);
                    timeout(STALLED, self.stream.writable()).await.map_err(late)??;
                }
                sent => return sent,
            }
        }
    }

    fn count(&self, bytes: usize) {
        metrics::counter!("kinora_delivery_bytes_total").increment(bytes as u64);
        if let Some(pace) = &self.pace {
            pace.take(bytes as u64);
        }
    }

    /// Waits until more may be sent.
    async fn paced(&self) {
        if let Some(pace) = &self.pace {
            sleep(pace.take(0)).await;
        }
    }
}

async fn piece(payload: &mut Payload) -> io::Result<Option<Bytes>> {
    let piece = payload.next().await.transpose();
    piece.map_err(|error| {
        tracing::error!(error = %causes(&error), "reading media for a viewer");
        io::Error::other(error)
    })
}
