//! Ranges of the original.

use crate::films;
use crate::harness::{Answer, Server};

struct Original {
    server: Server,
    film: Vec<u8>,
    path: String,
}

impl Original {
    fn new() -> Self {
        let (server, film) = (Server::start(), films::film());
        let path = format!("/play/{}/original.mp4", server.publish("film.mp4", &film));
        Self { server, film, path }
    }

    fn ask(&self, range: &str) -> Answer {
        self.server.request("GET", &self.path).header("Range", range).send()
    }
}

#[test]
fn a_range_is_answered_with_these_bytes_and_where_they_lie() {
    let original = Original::new();
    let size = original.film.len();
    for (range, start, end) in [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, size),
        ("bytes=100-199", 100, 200),
        ("bytes=100-99999999999999999999", 100, size),
        ("bytes=-1", size - 1, size),
        ("bytes=-500", size - 500, size),
        ("bytes=-99999999999", 0, size),
    ] {
        let answer = original.ask(range).expect(206);
        assert_eq!(answer.body, original.film[start..end], "{range}");
        let expected = format!("bytes {start}-{}/{size}", end - 1);
        assert_eq!(answer.header("content-range"), Some(expected.as_str()), "{range}");
        assert_eq!(answer.header("content-length"), Some((end - start).to_string().as_str()));
        assert_eq!(answer.header("accept-ranges"), Some("bytes"));
    }
    let whole = original.server.fetch(&original.path).expect(200);
    assert_eq!((whole.header("accept-ranges"), whole.header("content-range")), (Some("bytes"), None));
}

#[test]
fn a_range_behind_the_end_is_refused_with_the_size() {
    let original = Original::new();
    let size = original.film.len();
    for range in [format!("bytes={size}-"), "bytes=999999999999999999999-".to_owned(), "bytes=-0".to_owned()] {
        let answer = original.ask(&range).expect(416);
        assert_eq!(answer.header("content-range"), Some(format!("bytes */{size}").as_str()), "{range}");
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert!(answer.text().starts_with(&format!("Range: there are {size} bytes")), "{range}");
    }
}

#[test]
fn a_header_that_asks_for_no_single_range_is_left_aside() {
    let original = Original::new();
    for range in ["bytes=5-3", "bytes=-", "bytes=a-b", "items=0-1", "bytes=0-0,2-3", "0-1", "bytes 0-1", "bytes=--1"] {
        let answer = original.ask(range).expect(200);
        assert!(answer.body == original.film, "{range}");
    }
    let many = format!("bytes={}0-0", "0-0,".repeat(10_000));
    original.ask(&many).expect(200);
}

#[test]
fn a_range_holds_only_for_the_bytes_that_the_client_knows() {
    let original = Original::new();
    let etag = original.ask("bytes=0-1").header("etag").unwrap().to_owned();
    let ask = |tag: &str| {
        original.server.request("GET", &original.path).header("Range", "bytes=5-9").header("If-Range", tag).send()
    };
    assert_eq!(ask(&etag).expect(206).body, original.film[5..10]);
    for other in ["\"other\"", &format!("W/{etag}"), "Wed, 21 Oct 2026 07:28:00 GMT"] {
        assert_eq!(ask(other).expect(200).body.len(), original.film.len(), "{other}");
    }
}

#[test]
fn a_film_put_together_from_ranges_is_the_film() {
    let original = Original::new();
    let mut bytes = Vec::new();
    while bytes.len() < original.film.len() {
        bytes.extend(original.ask(&format!("bytes={}-{}", bytes.len(), bytes.len() + 77_777)).expect(206).body);
    }
    assert!(bytes == original.film);
}
