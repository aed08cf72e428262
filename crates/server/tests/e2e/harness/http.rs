//! As much of an HTTP/1.1 client as it takes to be a good one and a bad one. One connection a request.

use super::answer::Answer;
use serde_json::Value;
use std::borrow::Cow;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long the other side may be silent.
const PATIENCE: Duration = Duration::from_mins(2);
/// Bytes of one chunk of a chunked body: large ones cross the server's own buffers.
const CHUNK: usize = 100_000;

enum Body<'a> {
    Absent,
    Sized(Cow<'a, [u8]>),
    Chunked(&'a [u8]),
}

/// A request that is not sent yet.
pub(crate) struct Request<'a> {
    address: SocketAddr,
    method: &'a str,
    target: String,
    headers: Vec<(String, String)>,
    body: Body<'a>,
}

impl<'a> Request<'a> {
    /// `target` is a path with its query.
    pub(crate) fn new(address: SocketAddr, method: &'a str, target: &str) -> Self {
        Self { address, method, target: target.to_owned(), headers: Vec::new(), body: Body::Absent }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn key(self, secret: &str) -> Self {
        self.header("X-Api-Key", secret)
    }

    pub(crate) fn json(self, value: &Value) -> Self {
        self.header("Content-Type", "application/json").bytes(value.to_string().into_bytes())
    }

    pub(crate) fn bytes(mut self, bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        self.body = Body::Sized(bytes.into());
        self
    }

    pub(crate) fn chunked(mut self, bytes: &'a [u8]) -> Self {
        self.body = Body::Chunked(bytes);
        self
    }

    /// Sends it and takes the answer, whatever it is.
    #[track_caller]
    pub(crate) fn send(self) -> Answer {
        let what = format!("{} {}", self.method, self.target);
        match self.try_send() {
            Ok(answer) => answer,
            Err(error) => panic!("{what}: {error}"),
        }
    }

    pub(crate) fn try_send(self) -> io::Result<Answer> {
        let framing = match &self.body {
            Body::Absent => String::new(),
            Body::Sized(bytes) => format!("Content-Length: {}\r\n", bytes.len()),
            Body::Chunked(_) => "Transfer-Encoding: chunked\r\n".to_owned(),
        };
        let mut wire = self.open(&framing)?;
        // A server that has read enough to refuse may close while there is more to send.
        let sent = match &self.body {
            Body::Absent => Ok(()),
            Body::Sized(bytes) => wire.write(bytes),
            Body::Chunked(bytes) => wire.write_chunks(bytes),
        };
        wire.take_answer().map_err(|error| sent.err().unwrap_or(error))
    }

    /// Sends the head, announces `length` bytes, and waits until the server asks for them: from then on
    /// its handler is at work.
    #[track_caller]
    pub(crate) fn begin(self, length: usize) -> Wire {
        let mut wire = self.open(&format!("Content-Length: {length}\r\nExpect: 100-continue\r\n")).unwrap();
        let answer = Answer::head(&mut wire.stream).unwrap();
        assert_eq!(answer.status, 100, "{} {}", self.method, self.target);
        wire
    }

    /// Sends the head, and reads the head of the answer: its body is still to come.
    #[track_caller]
    pub(crate) fn receive(self) -> (Answer, Wire) {
        let mut wire = self.open("").unwrap();
        (Answer::head(&mut wire.stream).unwrap(), wire)
    }

    fn open(&self, framing: &str) -> io::Result<Wire> {
        let stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut wire = Wire { stream: BufReader::new(stream), bodiless: self.method == "HEAD" };
        let mut head =
            format!("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.method, self.target, self.address);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.extend([framing, "\r\n"]);
        wire.write(head.as_bytes())?;
        Ok(wire)
    }
}

/// A connection in the middle of a request; dropped, it breaks.
pub(crate) struct Wire {
    stream: BufReader<TcpStream>,
    bodiless: bool,
}

impl Wire {
    /// A connection on which nothing was said.
    #[track_caller]
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { stream: BufReader::new(stream), bodiless: false }
    }

    /// The next answer, to a request that was not `HEAD`; nothing where the server ended the connection.
    #[track_caller]
    pub(crate) fn next(&mut self) -> Option<Answer> {
        if self.stream.fill_buf().unwrap().is_empty() {
            return None;
        }
        Some(self.take_answer().unwrap())
    }

    /// Whether the server has not ended a connection on which it owes nothing.
    pub(crate) fn is_open(&self) -> bool {
        let stream = self.stream.get_ref();
        stream.set_nonblocking(true).unwrap();
        let open = matches!(stream.peek(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock);
        stream.set_nonblocking(false).unwrap();
        open
    }

    /// Sends what the server may refuse before it has read all of it.
    pub(crate) fn try_send(&mut self, bytes: &[u8]) {
        drop(self.write(bytes));
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    fn write_chunks(&mut self, bytes: &[u8]) -> io::Result<()> {
        for chunk in bytes.chunks(CHUNK) {
            self.write(format!("{:x}\r\n", chunk.len()).as_bytes())?;
            self.write(chunk)?;
            self.write(b"\r\n")?;
        }
        self.write(b"0\r\n\r\n")
    }

    fn take_answer(&mut self) -> io::Result<Answer> {
        let mut answer = Answer::head(&mut self.stream)?;
        if !self.bodiless {
            answer.read_body(&mut self.stream)?;
        }
        Ok(answer)
    }

    /// Sends more of the body.
    #[track_caller]
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.write(bytes).unwrap();
    }

    /// The answer to what was sent.
    #[track_caller]
    pub(crate) fn answer(mut self) -> Answer {
        self.take_answer().unwrap()
    }

    /// The next bytes of the answer's body.
    #[track_caller]
    pub(crate) fn take(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.stream.read_exact(&mut bytes).unwrap();
        bytes
    }
}
