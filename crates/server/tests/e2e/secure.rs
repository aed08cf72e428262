//! TLS and HTTP/2: as curl speaks them, and as nobody should.

use crate::films;
use crate::harness::{Home, Port, Server, command, finish, until};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

/// What an HTTP/2 client begins with: the preface, and settings of which none is special (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// `GET /livez` as fields (RFC 7541): three of the static table, and a path and an authority in so many letters.
const LIVEZ: &[u8] = b"\x82\x86\x04\x06/livez\x01\x01x";
/// Why a connection ends whose client is up to no good.
const ENHANCE_YOUR_CALM: u32 = 0xb;

/// A server with a certificate for `localhost` that it signed itself.
struct Secure {
    server: Server,
    port: Port,
    files: Home,
}

impl Secure {
    fn new() -> Self {
        let (files, port) = (Home::new(), Port::free());
        certify(&files, "one");
        let (certificate, key) = (files.path("certificate.pem"), files.path("key.pem"));
        let server = Server::with(&[
            ("KINORA_TLS_LISTEN", &port.address.to_string()),
            ("KINORA_TLS_CERTIFICATE", certificate.to_str().unwrap()),
            ("KINORA_TLS_KEY", key.to_str().unwrap()),
        ]);
        Self { server, port, files }
    }

    /// What curl gets, and by which version of HTTP; the certificate has to be the one on the disk.
    #[track_caller]
    fn curl(&self, version: &str, path: &str) -> (String, Vec<u8>) {
        let (url, certificate) =
            (format!("https://localhost:{}{path}", self.port.address.port()), self.files.path("certificate.pem"));
        fetch(&[version, "--cacert", certificate.to_str().unwrap(), &url], &self.files.path("body"))
    }
}

/// Makes a certificate and its key.
fn certify(files: &Home, organization: &str) {
    let (certificate, key) = (files.path("certificate.pem"), files.path("key.pem"));
    let subject = format!("/CN=localhost/O={organization}");
    let mut openssl = command("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]);
    openssl.args(["-subj", &subject, "-addext", "subjectAltName=DNS:localhost", "-keyout"]).arg(key);
    finish(openssl.arg("-out").arg(certificate)).succeeded();
}

/// The version of HTTP and the body that curl gets.
#[track_caller]
fn fetch(args: &[&str], body: &Path) -> (String, Vec<u8>) {
    let mut curl = command("curl");
    curl.args(["-sS", "--fail", "-m", "60", "--noproxy", "*", "-w", "%{http_version}", "-o"]).arg(body).args(args);
    (finish(&mut curl).succeeded(), fs::read(body).unwrap())
}

#[test]
fn a_film_is_the_same_by_every_version_of_http() {
    let secure = Secure::new();
    let asset = secure.server.publish("film.mp4", &films::film());
    secure.server.settle();
    let plain = format!("http://{}", secure.server.port.address);
    for path in ["hls/master.m3u8", "hls/v0-1.m3u8", "v0-1/init.mp4", "v0-1/0.m4s", "v0-1/1.m4s", "a1-1/0.m4s"] {
        let path = format!("/play/{asset}/{path}");
        let expected = secure.server.fetch(&path).body;
        for (version, spoken) in [("--http2", "2"), ("--http1.1", "1.1")] {
            assert_eq!(secure.curl(version, &path), (spoken.to_owned(), expected.clone()), "{path}");
        }
        let known = fetch(&["--http2-prior-knowledge", &format!("{plain}{path}")], &secure.files.path("body"));
        assert_eq!(known, ("2".to_owned(), expected.clone()), "{path}");
        // An upgrade that is offered need not be taken.
        let offered = fetch(&["--http2", &format!("{plain}{path}")], &secure.files.path("body"));
        assert_eq!(offered, ("1.1".to_owned(), expected), "{path}");
    }
}

#[test]
fn settings_of_tls_that_are_of_no_use_are_refused() {
    let files = Home::new();
    certify(&files, "one");
    let [certificate, key, other] =
        ["certificate.pem", "key.pem", "other.pem"].map(|name| files.path(name).to_str().unwrap().to_owned());
    let listen = Port::free().address.to_string();
    let refused = |settings: &[(&str, &str)], words: &[&str]| {
        files.run(&["serve", "--listen", &listen], settings).failed(1, words);
    };
    let (at, certified, keyed) = ("KINORA_TLS_LISTEN", "KINORA_TLS_CERTIFICATE", "KINORA_TLS_KEY");
    refused(&[(at, "127.0.0.1:0")], &["tls_certificate"]);
    refused(&[(certified, &certificate), (keyed, &key)], &["tls_listen", "127.0.0.1:8080"]);
    refused(&[(at, "443"), (certified, &certificate), (keyed, &key)], &["tls_listen", "443"]);
    refused(&[(at, "127.0.0.1:0"), (certified, &other), (keyed, &key)], &["reading the certificate", &other]);
    refused(&[(at, "127.0.0.1:0"), (certified, &key), (keyed, &key)], &["holds no certificate"]);
    certify(&files, "two");
    fs::rename(&key, &other).unwrap();
    certify(&files, "three");
    refused(&[(at, "127.0.0.1:0"), (certified, &certificate), (keyed, &other)], &["cannot be used together"]);
}

#[test]
fn a_certificate_is_renewed_while_the_server_runs() {
    let secure = Secure::new();
    let livez = || secure.curl("--http2", "/livez").0;
    let told = |words: &str| until(words, || secure.server.log().contains(words).then_some(()));
    assert_eq!(livez(), "2");
    let key = secure.files.path("key.pem");
    let good = fs::read(&key).unwrap();
    fs::write(&key, "half of a key").unwrap();
    secure.server.signal(rustix::process::Signal::HUP);
    told("the certificate stays as it was");
    assert_eq!(livez(), "2");
    fs::write(&key, good).unwrap();
    certify(&secure.files, "two");
    secure.server.signal(rustix::process::Signal::HUP);
    told("the certificate was read again");
    assert_eq!(livez(), "2", "curl believes the new one only");
}

/// A connection of HTTP/2, frame by frame.
struct Frames(TcpStream);

impl Frames {
    fn begin(address: SocketAddr) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        stream.write_all(PREFACE).unwrap();
        Self(stream)
    }

    /// Sends a frame; false where the server has ended the connection.
    fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> bool {
        let [_, len @ ..] = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let frame = [&len[..], &[kind, flags], &stream.to_be_bytes(), payload].concat();
        self.0.write_all(&frame).is_ok()
    }

    /// Reads until the server says why it ends the connection, or does so without a word.
    fn goodbye(&mut self) -> Option<u32> {
        loop {
            let mut head = [0; 9];
            self.0.read_exact(&mut head).ok()?;
            let len = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let mut payload = vec![0; usize::try_from(len).unwrap()];
            self.0.read_exact(&mut payload).ok()?;
            if head[3] == GOAWAY {
                return Some(u32::from_be_bytes(payload[4..8].try_into().unwrap()));
            }
        }
    }
}

/// HARDENING 38: CVE-2023-44487.
#[test]
fn who_resets_what_he_asks_for_is_sent_away() {
    let server = Server::start();
    let mut frames = Frames::begin(server.port.address);
    let mut stream = 1;
    let all = std::iter::repeat_with(|| {
        let sent =
            frames.send(HEADERS, END_STREAM | END_HEADERS, stream, LIVEZ) && frames.send(RESET, 0, stream, &[0; 4]);
        stream += 2;
        sent
    });
    let sent = all.take(100_000).take_while(|sent| *sent).count();
    assert!(sent < 100_000, "nobody minds");
    // Where the end of the connection overtakes its reason, nobody hears it.
    assert!(matches!(frames.goodbye(), None | Some(ENHANCE_YOUR_CALM)));
    assert_eq!(server.fetch("/livez").status, 200);
}

/// HARDENING 38: CVE-2024-27316 and its kind.
#[test]
fn a_head_without_an_end_is_cut_off() {
    let server = Server::start();
    let mut frames = Frames::begin(server.port.address);
    let mut sent = frames.send(HEADERS, END_STREAM, 1, LIVEZ);
    // A field that is not indexed: a name of one letter, a value of a thousand.
    let field = [&b"\0\x01y\x7f\xe9\x06"[..], &[b'z'; 1_000]].concat();
    let mut bytes = 0;
    while sent && bytes < 64 << 20 {
        sent = frames.send(CONTINUATION, 0, 1, &field);
        bytes += field.len();
    }
    assert!(!sent, "nobody minds");
    assert_eq!(server.fetch("/livez").status, 200);
}

/// A connection of HTTP/2 on which nobody asks for anything makes room, and a drain does not wait for it.
#[test]
fn a_connection_that_is_idle_holds_up_nobody() {
    let mut server = Server::with(&[("KINORA_MAX_CONNECTIONS", "1")]);
    let mut idle = Frames::begin(server.port.address);
    for _ in 0..3 {
        assert_eq!(server.fetch("/livez").status, 200);
    }
    assert_eq!(idle.goodbye(), Some(0));
    let mut last = Frames::begin(server.port.address);
    assert!(last.send(HEADERS, END_STREAM | END_HEADERS, 1, LIVEZ));
    until("the log tells of the fourth request", || (server.log().matches("/livez").count() == 4).then_some(()));
    server.signal(rustix::process::Signal::TERM);
    assert!(server.wait().success());
    assert_eq!(last.goodbye(), Some(0));
}
