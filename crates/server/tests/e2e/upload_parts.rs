//! Parts on their way: wrong ones are refused, broken ones are sent again, and nothing else is touched.

use crate::films;
use crate::harness::{PART, Server, Upload, part};
use serde_json::json;

#[test]
fn a_part_of_another_length_than_expected_is_refused_and_the_right_one_is_taken_afterwards() {
    let server = Server::start();
    let film = films::film();
    let mut upload = server.start_upload("film.mp4", film.len());
    let link = upload.link(1).to_owned();
    let (short, long) = (&film[..film.len() - 1], [&film[..], b"x"].concat());
    let size = film.len().to_string();
    server.put(&link, &long).refused_plainly(413, &["Part 1", &size]);
    server.request("PUT", &link).chunked(&long).send().refused_plainly(413, &["Part 1", &size]);
    server.put(&link, short).refused_plainly(400, &["Part 1", &size]);
    server.request("PUT", &link).chunked(short).send().refused_plainly(400, &["Part 1", &size]);
    server.put(&link, b"").refused_plainly(400, &["Part 1", "0 bytes"]);
    server.complete(&upload).refused(400, "invalid_part", &["`parts[0]`"]);
    // In chunks, without a length: as good as any.
    let tag = server.request("PUT", &link).chunked(&film).send().expect(200).header("etag").unwrap().to_owned();
    upload.tags.push((1, tag));
    server.complete(&upload).expect(200);
    server.plays(&server.asset(&upload.file), &film);
}

#[test]
fn a_part_far_too_long_is_cut_off_before_it_is_read_to_its_end() {
    let server = Server::start();
    let upload = server.start_upload("film.mp4", 1_000);
    let much = vec![7; 20_000_000];
    server.request("PUT", upload.link(1)).chunked(&much).send().refused_plainly(413, &["1000 bytes"]);
    server.put(upload.link(1), &much).refused_plainly(413, &["1000 bytes"]);
    server.put(upload.link(1), &much[..1_000]).expect(200);
}

#[test]
fn an_altered_link_opens_nothing() {
    let server = Server::start();
    let upload = server.start_upload("film.mp4", PART + 10);
    let other = server.start_upload("other.mp4", PART + 10);
    let link = upload.link(2);
    let (before, signature) = link.rsplit_once("signature=").unwrap();
    let expires = before.split_once("expires=").unwrap().1.trim_end_matches('&');
    let flipped = format!(
        "{before}signature={}",
        signature.replacen(|_: char| true, if signature.starts_with('0') { "1" } else { "0" }, 1)
    );
    let altered = [
        link.replace(&upload.file, &other.file),
        link.replace("/2?", "/1?"),
        link.replace("/2?", "/02?"),
        link.replace("/2?", "/+2?"),
        link.replace(expires, "99999999999999"),
        link.replace(expires, &format!("{expires}0")),
        link.replace(expires, &format!("0{expires}")),
        link.replace(expires, "-1"),
        flipped,
        format!("{before}signature={}", signature.to_uppercase()),
        format!("{before}signature="),
        before.to_owned(),
        format!("{link}0"),
        link.split('?').next().unwrap().to_owned(),
        link.replace(&upload.file, "0"),
    ];
    for link in altered {
        let answer = server.request("PUT", &link).key(crate::harness::KEY).bytes(&b"0123456789"[..]).send();
        if link.contains("/02?") || link.contains("/+2?") || link.contains("expires=0") {
            // Another spelling of the same link does no harm; a refusal is as good.
            assert!(matches!(answer.status, 200 | 403), "{link}: {}", answer.text());
        } else {
            answer.refused_plainly(403, &["not made by this server"]);
        }
    }
    server.put(link, b"0123456789").expect(200);
    assert_eq!(server.file_detail(&other.file)["status"], "Uploading");
}

#[test]
fn a_part_that_does_not_exist_has_no_link() {
    let server = Server::start();
    let upload = server.start_upload("film.mp4", PART + 10);
    let ask = |number: &str| server.get(&format!("/vod/v1/files/{}/part/{number}", upload.file));
    for number in ["0", "3", "18446744073709551615"] {
        ask(number).refused(400, "invalid_field", &["`partNumber`", "parts 1 to 2"]);
    }
    for number in ["-1", "one", "1.0", "18446744073709551616", "%20"] {
        ask(number).refused(400, "invalid_field", &["`partNumber`"]);
    }
    // A new link is as good as the first.
    let url = ask("2").expect(200).json()["url"].clone();
    server.put(&crate::harness::path(&url), b"0123456789").expect(200);
}

#[test]
fn after_a_connection_broke_in_the_middle_of_a_part_the_same_part_is_sent_again() {
    let server = Server::start();
    let film = films::film();
    let mut upload = server.start_upload("film.mp4", film.len());
    for cut in [0, 1, film.len() / 2, film.len() - 1] {
        let mut wire = server.request("PUT", upload.link(1)).begin(film.len());
        wire.send(&film[..cut]);
        drop(wire);
        server.complete(&upload).refused(400, "invalid_part", &["`parts[0]`"]);
    }
    server.put_part(&mut upload, 1, &film);
    server.complete(&upload).expect(200);
    server.plays(&server.asset(&upload.file), &film);
}

#[test]
fn a_part_sent_again_has_a_new_tag_and_the_old_one_is_over() {
    let server = Server::start();
    let film = films::film();
    let first = server.upload("film.mp4", &films::noise(film.len()));
    let mut second = Upload { tags: Vec::new(), ..first.clone() };
    server.put_part(&mut second, 1, &film);
    assert_ne!(first.tags, second.tags);
    server.complete(&first).refused(400, "invalid_part", &["`parts[0]`", "ETag of part 1"]);
    server.complete(&second).expect(200);
    server.plays(&server.asset(&second.file), &film);
}

#[test]
fn a_stored_part_that_begins_to_be_sent_again_is_not_taken_for_stored_until_it_is() {
    let server = Server::start();
    let film = films::film();
    let upload = server.upload("film.mp4", &film);
    let mut wire = server.request("PUT", upload.link(1)).begin(film.len());
    wire.send(&films::noise(film.len() / 2));
    drop(wire);
    server.complete(&upload).refused(400, "invalid_part", &["`parts[0]`", "has not been uploaded"]);
}

#[test]
fn a_newer_request_for_a_part_takes_over_from_one_that_hangs() {
    let server = Server::start();
    let film = films::two_parts();
    let mut upload = server.start_upload("film.mp4", film.len());
    let wrong = films::noise(PART);
    let mut hanging = server.request("PUT", upload.link(1)).begin(PART);
    hanging.send(&wrong[..PART / 2]);
    server.put_part(&mut upload, 1, &film);
    hanging.answer().refused_plainly(409, &["newer request"]);
    server.put_part(&mut upload, 2, &film);
    server.complete(&upload).expect(200);
    server.plays(&server.asset(&upload.file), &film);
}

#[test]
fn parts_come_in_any_order_and_at_the_same_time_and_a_film_of_two_plays() {
    let server = Server::start();
    let film = films::two_parts();
    let upload = server.start_upload("film.mp4", film.len());
    let (server, links, film) = (&server, &upload.links, &film);
    let send = |number: usize| {
        move || server.put(&links[number - 1], part(film, number)).expect(200).header("etag").unwrap().to_owned()
    };
    let tags = std::thread::scope(|scope| {
        [2, 1].map(|number| (number, scope.spawn(send(number)))).map(|(number, sent)| (number, sent.join().unwrap()))
    });
    let upload = Upload { tags: tags.to_vec(), ..upload.clone() };
    server.complete(&upload).expect(200);
    let asset = server.asset(&upload.file);
    server.plays(&asset, film);
    server.settle();
    // Parts of 50 MB each came in, and all of it went out again, through a few buffers.
    assert!(server.peak_memory() < 120_000_000, "{} bytes", server.peak_memory());
    let tracks = crate::harness::tracks(server, &asset);
    let picture = tracks.iter().find(|track| !track.is_audio()).unwrap();
    assert_eq!(films::packets(&picture.bytes(), "0").len(), films::packets(film, "v:0").len());
}

#[test]
fn a_part_for_an_upload_that_is_over_is_refused() {
    let server = Server::start();
    let film = films::film();
    let completed = server.upload("film.mp4", &film);
    server.complete(&completed).expect(200);
    server.put(completed.link(1), &films::noise(film.len())).refused_plainly(409, &["complete already"]);
    let ask = server.get(&format!("/vod/v1/files/{}/part/1", completed.file));
    ask.refused(409, "upload_completed", &["complete already"]);
    server.plays(&server.asset(&completed.file), &film);

    let cancelled = server.start_upload("film.mp4", film.len());
    server.post(&format!("/vod/v1/files/{}/cancel", cancelled.file), &json!({})).expect(200);
    server.put(cancelled.link(1), &film).refused_plainly(409, &["cancelled"]);
    let gone = server.start_upload("film.mp4", film.len());
    server.post(&format!("/vod/v1/files/{}/cancel", gone.file), &json!({ "delete": true })).expect(200);
    server.put(gone.link(1), &film).refused_plainly(404, &["no such file"]);
}

#[test]
fn other_methods_of_a_part_are_not_allowed() {
    let server = Server::start();
    let upload = server.start_upload("film.mp4", 3);
    for method in ["GET", "POST", "DELETE", "PATCH"] {
        server.request(method, upload.link(1)).bytes(&b"abc"[..]).send().expect(405);
    }
    server.put(upload.link(1), b"abc").expect(200);
}
