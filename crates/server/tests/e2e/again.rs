//! Requests that come again, on the real server.

use crate::harness::{Answer, KEY, Server};
use serde_json::json;
use std::io;
use std::thread;

/// A request for an upload under a word, ready to be sent.
fn start(server: &Server, word: &str) -> impl FnOnce() -> io::Result<Answer> + Send + use<> {
    let body = json!({ "name": word, "friendlyName": word, "fileSize": 1_000 });
    let request = server.request("POST", "/vod/v1/files/start").key(KEY).header("Idempotency-Key", word).json(&body);
    move || request.try_send()
}

fn files(server: &Server) -> Option<u64> {
    server.get("/vod/v1/files").json()["totalCount"].as_u64()
}

#[test]
fn whenever_the_kill_comes_a_request_that_is_sent_again_makes_one_thing() {
    let mut server = Server::start();
    for round in 0..8 {
        let word = format!("round-{round}");
        let request = start(&server, &word);
        let first = thread::scope(|scope| {
            let sent = scope.spawn(request);
            // The kill comes a little later each time.
            for _ in 0..round {
                server.request("GET", "/livez").send().expect(200);
            }
            server.kill();
            sent.join().unwrap()
        });
        server.restart();
        let again = start(&server, &word)().unwrap().expect(200);
        if let Ok(first) = first {
            assert_eq!(again.text(), first.expect(200).text(), "what was answered was kept");
        }
        assert_eq!(start(&server, &word)().unwrap().expect(200).text(), again.text());
        assert_eq!(files(&server), Some(round + 1));
        server.keeps(usize::try_from(round + 1).unwrap());
    }
}

#[test]
fn of_many_at_the_same_time_one_is_served() {
    let server = Server::start();
    let requests: Vec<_> = (0..16).map(|_| start(&server, "word")).collect();
    let answers: Vec<Answer> = thread::scope(|scope| {
        let sent: Vec<_> = requests.into_iter().map(|request| scope.spawn(request)).collect();
        sent.into_iter().map(|sent| sent.join().unwrap().unwrap()).collect()
    });
    let (served, waiting): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    let new = served.iter().filter(|answer| answer.header("idempotent-replayed").is_none()).count();
    assert_eq!(new, 1);
    assert!(served.iter().all(|answer| answer.text() == served[0].text()));
    for answer in waiting {
        answer.refused(409, "idempotency_in_progress", &["will be there in a moment"]);
    }
    assert_eq!(files(&server), Some(1));
    server.keeps(1);
}
