//! Media on their way into a connection.

use super::file;
use super::gathered::{self, Sent};
use super::left::{Left, Next};
use super::stall::STALLED;
use bytes::{Buf as _, BytesMut};
use core::ops::Range;
use kinora_app::play::{Files, InFile};
use kinora_edge::delivery::Answer;
use kinora_edge::http::egress::Pace;
use metrics::Counter;
use rustix::net::{SendFlags, send as send_with};
use std::fs::File;
use std::io;
use std::sync::Arc;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// Sends an answer whole: its head, of which nothing is left then, and what follows.
///
/// # Errors
/// The client is gone or stalls, or the media cannot be read: the connection is of no use any more.
pub(super) async fn send(stream: &TcpStream, head: &mut BytesMut, answer: Answer) -> io::Result<()> {
    let Answer { files, pace, sent } = answer;
    let way = Way { stream, pace, sent };
    // What others were sent before is waited for as well.
    way.paced().await;
    way.files(head, files).await
}

/// The way to a client.
struct Way<'a> {
    stream: &'a TcpStream,
    pace: Option<Pace>,
    sent: Counter,
}

impl Way<'_> {
    async fn files(&self, made: &mut BytesMut, files: Files) -> io::Result<()> {
        made.extend_from_slice(&files.head);
        let count = files.parts.len();
        if count == 0 {
            return self.made(made, true).await;
        }
        for (number, InFile { file, ranges }) in files.parts.into_iter().enumerate() {
            let mut left = Left::new(ranges);
            let mut begun = false;
            if number == 0 {
                begun = Self::begin(&file, &mut left, made).await?;
                self.made(made, false).await?;
            }
            while let Some(next) = left.next(gathered::CHUNK) {
                self.paced().await;
                match next {
                    Next::Long(run) => self.long(&file, run, &mut left, core::mem::take(&mut begun)).await?,
                    Next::Short(runs) => self.short(&file, &runs, &mut left, number + 1 == count).await?,
                }
            }
        }
        Ok(())
    }

    /// Puts what stands in front of the first whole page of a long run behind what was made; whether there is any.
    async fn begin(file: &Arc<File>, left: &mut Left, made: &mut BytesMut) -> io::Result<bool> {
        let Some(Next::Long(run)) = left.next(0) else { return Ok(false) };
        let front = file::front(&run);
        if front.is_empty() {
            return Ok(false);
        }
        file::read(file, &front, made).await?;
        left.sent(front.end - front.start);
        Ok(true)
    }

    /// Has the kernel send a part of a run, the beginning of which was perhaps read a moment ago.
    async fn long(&self, file: &Arc<File>, run: Range<u64>, left: &mut Left, begun: bool) -> io::Result<()> {
        let part = file::part(&run);
        if !(begun && file::goes_along(&part)) {
            file::warm(file, &part).await?;
        }
        let sent = self.when_writable(|| file::send(self.stream, file, part.start, part.end - part.start)).await?;
        left.sent(sent as u64);
        self.count(sent);
        Ok(())
    }

    /// Sends some of what has to be gathered.
    async fn short(&self, file: &Arc<File>, runs: &[Range<u64>], left: &mut Left, is_last: bool) -> io::Result<()> {
        let bytes: u64 = runs.iter().map(|run| run.end - run.start).sum();
        let is_last = is_last && left.bytes() == bytes;
        let mut may_wait = false;
        let sent = loop {
            match self.when_writable(|| gathered::send(self.stream, file, runs, (is_last, may_wait))).await? {
                Sent::Bytes(sent) => break sent,
                // What was read a moment ago is there, or the machine has no memory left for it.
                Sent::Nothing => {
                    gathered::warm(file, runs).await?;
                    may_wait = true;
                }
            }
        };
        left.sent(sent as u64);
        self.count(sent);
        Ok(())
    }

    /// Sends what was made.
    async fn made(&self, made: &mut BytesMut, is_last: bool) -> io::Result<()> {
        let flags = if is_last { SendFlags::empty() } else { SendFlags::MORE };
        while !made.is_empty() {
            let sent = self.when_writable(|| Ok(send_with(self.stream, made, flags)?)).await?;
            if sent == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.count(sent);
            made.advance(sent);
        }
        Ok(())
    }

    /// What a call sends once the client takes more.
    async fn when_writable<T>(&self, mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
        loop {
            match self.stream.try_io(Interest::WRITABLE, &mut call) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let late = |_elapsed| io::Error::from(io::ErrorKind::TimedOut);
                    timeout(STALLED, self.stream.writable()).await.map_err(late)??;
                }
                sent => return sent,
            }
        }
    }

    fn count(&self, bytes: usize) {
        self.sent.increment(bytes as u64);
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
