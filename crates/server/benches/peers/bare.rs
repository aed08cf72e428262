//! The peer that takes uploads in: nothing but receive, write and `fdatasync`.

use crate::failure::{Context as _, Failure, Outcome};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::FileExt as _;
use std::thread::JoinHandle;

/// Bytes received before they are written: they stay in the processor's cache.
const BUFFER: usize = 256 * 1024;

/// A receiver of one connection's requests.
pub(crate) struct Bare {
    pub(crate) address: SocketAddr,
    thread: JoinHandle<Outcome<()>>,
}

impl Bare {
    /// Writes the body of `PUT /{offset}` at that offset.
    pub(crate) fn start(file: File) -> Outcome<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("listening")?;
        let address = listener.local_addr().context("listening")?;
        let thread = std::thread::spawn(move || {
            let (stream, _) = listener.accept().context("accepting")?;
            serve(BufReader::new(stream), &file)
        });
        Ok(Self { address, thread })
    }

    /// Waits until the connection is closed.
    pub(crate) fn join(self) -> Outcome<()> {
        self.thread.join().map_err(|_panic| Failure::new("the bare receiver panicked"))?
    }
}

fn serve(mut connection: BufReader<TcpStream>, file: &File) -> Outcome<()> {
    let mut buffer = vec![0; BUFFER];
    while let Some((mut offset, mut left)) = head(&mut connection)? {
        while left > 0 {
            let room = buffer.len().min(usize::try_from(left)?);
            let piece = buffer.get_mut(..room).unwrap_or_default();
            connection.read_exact(piece)?;
            file.write_all_at(piece, offset)?;
            let written = u64::try_from(piece.len())?;
            offset += written;
            left -= written;
        }
        file.sync_data()?;
        connection.get_mut().write_all(b"HTTP/1.1 200 OK\r\nETag: \"bare\"\r\nContent-Length: 0\r\n\r\n")?;
    }
    Ok(())
}

/// Offset and length of the next body; `None` once the client is gone.
fn head(connection: &mut BufReader<TcpStream>) -> Outcome<Option<(u64, u64)>> {
    let (mut offset, mut length) = (None, None);
    loop {
        let mut line = String::new();
        if connection.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_ascii_end();
        if let Some(rest) = line.strip_prefix("PUT /") {
            offset = rest.split(' ').next().and_then(|text| text.parse().ok());
        } else if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.parse().ok();
        } else if line.is_empty() {
            return Ok(Some(offset.zip(length).context("a request without offset or length")?));
        }
    }
}
