//! The head of a request, read before anybody answers it.

use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, Request, Uri, Version};
use bytes::Bytes;
use core::mem::MaybeUninit;

/// Bytes of a head at most; a longer one the general stack refuses.
pub(super) const LONGEST: usize = 16 << 10;
/// Fields of a head at most, as of the general stack.
const MOST_FIELDS: usize = 100;

/// What stands at the beginning of some bytes.
pub(super) enum Head {
    /// Not all of it is there.
    Partial,
    /// A request that has no body and changes nothing of the connection.
    Plain(Box<Plain>),
    /// Anything else: what follows is not ours to understand.
    Other,
}

/// A request whose bytes end with its head.
pub(super) struct Plain {
    pub(super) parts: Parts,
    /// Bytes of the head.
    pub(super) len: usize,
    /// Whether the client asks for the end of the connection behind the answer.
    pub(super) is_last: bool,
}

/// Reads a head (RFC 9112). Only what cannot be misunderstood is plain: another reading of where a request ends, by
/// somebody in front of us, would put words into others' mouths.
pub(super) fn read(bytes: &[u8]) -> Head {
    let mut fields = [const { MaybeUninit::uninit() }; MOST_FIELDS];
    let mut request = httparse::Request::new(&mut []);
    let len = match request.parse_with_uninit_headers(bytes, &mut fields) {
        Ok(httparse::Status::Complete(len)) => len,
        Ok(httparse::Status::Partial) if bytes.len() < LONGEST => return Head::Partial,
        Ok(httparse::Status::Partial) | Err(_) => return Head::Other,
    };
    plain(&request, bytes, len).map_or(Head::Other, |plain| Head::Plain(Box::new(plain)))
}

fn plain(request: &httparse::Request<'_, '_>, bytes: &[u8], len: usize) -> Option<Plain> {
    let method = match request.method? {
        "GET" => Method::GET,
        "HEAD" => Method::HEAD,
        _ => return None,
    };
    if request.version? != 1 {
        return None;
    }
    let shared = Bytes::copy_from_slice(bytes.get(..len)?);
    let slice = |part: &[u8]| shared.slice_ref_of(bytes, part);
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.method = method;
    parts.version = Version::HTTP_11;
    parts.uri = Uri::from_maybe_shared(slice(request.path?.as_bytes())?).ok()?;
    let mut is_last = false;
    parts.headers.reserve(request.headers.len());
    for field in request.headers.iter() {
        let name = HeaderName::from_bytes(field.name.as_bytes()).ok()?;
        match name.as_str() {
            "connection" if field.value.eq_ignore_ascii_case(b"keep-alive") => {}
            "connection" if field.value.eq_ignore_ascii_case(b"close") => is_last = true,
            "connection" | "content-length" | "transfer-encoding" | "upgrade" | "expect" | "te" | "trailer" => {
                return None;
            }
            _ => {}
        }
        parts.headers.append(name, HeaderValue::from_maybe_shared(slice(field.value)?).ok()?);
    }
    Some(Plain { parts, len, is_last })
}

/// The part of shared bytes that is the same as a part of what they were copied from.
trait SliceOf {
    fn slice_ref_of(&self, whole: &[u8], part: &[u8]) -> Option<Bytes>;
}

impl SliceOf for Bytes {
    fn slice_ref_of(&self, whole: &[u8], part: &[u8]) -> Option<Bytes> {
        let start = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
        let end = start.checked_add(part.len())?;
        (end <= self.len()).then(|| self.slice(start..end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_requests_are_told_from_all_others() {
        let is_plain = |text: &str| match read(text.as_bytes()) {
            Head::Plain(plain) => {
                assert_eq!(plain.len, text.find("\r\n\r\n").unwrap() + 4);
                Some(plain)
            }
            Head::Partial | Head::Other => None,
        };
        let plain = is_plain("GET /play/a?b=c HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1\r\n\r\nrest").unwrap();
        assert_eq!((plain.parts.method, plain.parts.uri.to_string()), (Method::GET, "/play/a?b=c".to_owned()));
        let field = |name: &str| plain.parts.headers.get(name).and_then(|value| value.to_str().ok());
        assert_eq!((field("host"), field("range"), plain.is_last), (Some("x"), Some("bytes=0-1"), false));
        assert!(is_plain("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap().is_last);
        assert!(!is_plain("GET / HTTP/1.1\r\nHost: x\r\nconnection: Keep-Alive\r\n\r\n").unwrap().is_last);
        for other in [
            "POST / HTTP/1.1\r\nHost: x\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.0\r\nHost: x\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\ncontent-length: 5\r\n\r\nhello",
            "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close, upgrade\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n",
            "GET  / HTTP/1.1\r\n\r\n",
            "\u{16}\u{3}\u{1}\u{2}",
        ] {
            assert!(matches!(read(other.as_bytes()), Head::Other), "{other:?}");
        }
    }

    #[test]
    fn a_head_is_waited_for_until_it_is_too_long() {
        let text = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
        for end in 0..text.len() {
            assert!(matches!(read(&text.as_bytes()[..end]), Head::Partial), "{end}");
        }
        let long = format!("GET /a HTTP/1.1\r\nHost: {}", "x".repeat(LONGEST));
        assert!(matches!(read(long.as_bytes()), Head::Other));
        let many = format!("GET /a HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(MOST_FIELDS + 1));
        assert!(matches!(read(many.as_bytes()), Head::Other));
    }
}
