//! As much of an HTTP/1.1 client as it takes to measure a server and not the client.

use crate::failure::{Context as _, Failure, Outcome};
use core::time::Duration;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

/// How long an answer may let wait.
const PATIENCE: Duration = Duration::from_mins(2);

/// One keep-alive connection, opened at the first request.
pub(crate) struct Client {
    address: SocketAddr,
    connection: Option<BufReader<TcpStream>>,
}

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What comes before the body.
struct Head {
    status: u16,
    headers: Vec<(String, String)>,
    length: u64,
}

impl Client {
    pub(crate) const fn new(address: SocketAddr) -> Self {
        Self { address, connection: None }
    }

    /// Sends a request and takes its answer, whatever the status. `headers` are whole lines.
    pub(crate) fn send(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) -> Outcome<Answer> {
        let request = self.request(method, path, headers, body.len());
        self.exchange(&request, body).context(format!("{method} {path}"))
    }

    /// A `GET` that has to succeed.
    pub(crate) fn get(&mut self, path: &str) -> Outcome<Vec<u8>> {
        let answer = self.send("GET", path, "", &[])?;
        answer.succeeded(&format!("GET {path}"))?;
        Ok(answer.body)
    }

    /// The bytes of a request.
    pub(crate) fn request(&self, method: &str, path: &str, headers: &str, length: usize) -> Vec<u8> {
        let address = self.address;
        let length = if length > 0 { format!("Content-Length: {length}\r\n") } else { String::new() };
        format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\n{headers}{length}\r\n").into_bytes()
    }

    fn exchange(&mut self, request: &[u8], body: &[u8]) -> Outcome<Answer> {
        let connection = self.connect()?;
        connection.get_mut().write_all(request)?;
        connection.get_mut().write_all(body)?;
        let Head { status, headers, length } = head(connection)?;
        let mut body = Vec::new();
        let received = connection.by_ref().take(length).read_to_end(&mut body)?;
        if u64::try_from(received)? < length {
            return Err(Failure::new("the answer ended early"));
        }
        let answer = Answer { status, headers, body };
        if answer.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
            self.connection = None;
        }
        Ok(answer)
    }

    /// Sends a request that is ready, and throws the body of its answer away. Returns its length.
    pub(crate) fn drain(&mut self, request: &[u8], buffer: &mut [u8]) -> Outcome<u64> {
        let connection = self.connect()?;
        connection.get_mut().write_all(request)?;
        let Head { status, length, .. } = head(connection)?;
        if status != 200 {
            return Err(Failure::new(format!("answered {status}")));
        }
        let mut body = connection.take(length);
        while body.limit() > 0 {
            if body.read(buffer)? == 0 {
                return Err(Failure::new("the answer ended early"));
            }
        }
        Ok(length)
    }

    fn connect(&mut self) -> Outcome<&mut BufReader<TcpStream>> {
        if self.connection.is_none() {
            let stream = TcpStream::connect(self.address).context("connecting")?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            self.connection = Some(BufReader::new(stream));
        }
        self.connection.as_mut().context("not connected")
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// # Errors
    /// The status is not 200: with what the server said.
    pub(crate) fn succeeded(&self, what: &str) -> Outcome<()> {
        if self.status == 200 {
            return Ok(());
        }
        let words = String::from_utf8_lossy(&self.body);
        Err(Failure::new(format!("{what} was answered {}: {}", self.status, words.trim())))
    }
}

fn head(connection: &mut BufReader<TcpStream>) -> Outcome<Head> {
    let mut line = String::new();
    let first = next_line(connection, &mut line)?;
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.context("this is no HTTP answer")?;
    let mut headers = Vec::new();
    let mut length = 0;
    loop {
        let line = next_line(connection, &mut line)?;
        if line.is_empty() {
            return Ok(Head { status, headers, length });
        }
        let (name, value) = line.split_once(':').context("a header has no colon")?;
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().context("the length")?;
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            return Err(Failure::new("the answer has no length"));
        }
        headers.push((name.to_owned(), value.to_owned()));
    }
}

fn next_line<'a>(connection: &mut BufReader<TcpStream>, line: &'a mut String) -> Outcome<&'a str> {
    line.clear();
    if connection.read_line(line)? == 0 {
        return Err(Failure::new("the connection was closed"));
    }
    Ok(line.trim_ascii_end())
}
