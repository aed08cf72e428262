//! Media on their way into a connection.

use super::file;
use bytes::{Buf as _, Bytes};
use core::time::Duration;
use kinora_app::play::Files;
use kinora_edge::delivery::Answer;
use kinora_edge::http::egress::Pace;
use rustix::net::{SendFlags, send as send_with};
use std::io;
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
    let Answer { head, files, pace } = answer;
    let way = Way { stream, pace };
    // What others were sent before is waited for as well.
    way.paced().await;
    way.files(head, files).await
}

/// The way to a client.
struct Way<'a> {
    stream: &'a TcpStream,
    pace: Option<Pace>,
}

impl Way<'_> {
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
