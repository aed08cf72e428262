//! A full disk: 507 for what cannot be kept, everything acknowledged stays, and with space it goes on.

use crate::films;
use crate::harness::{Answer, Filler, PART, Server, SmallDisk};
use std::io::Write as _;

const SENTENCE: &str = "Everything acknowledged is safe";

#[track_caller]
fn full(answer: &Answer) {
    answer.refused(507, "storage_full", &["full", SENTENCE]);
    assert!(answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok()));
}

/// A server on a disk of its own, with next to nothing kept back; `None`, and a word about it, where this
/// machine permits no mount.
fn on_small_disk(bytes: u64) -> Option<Server> {
    match SmallDisk::new(bytes) {
        Ok(disk) => Some(Server::on(Some(disk), &[("KINORA_RESERVE_BYTES", "65536")])),
        Err(reason) => {
            // Past the capture of the test runner: nobody shall take this for a pass.
            let words = format!("\nNOT TESTED: this machine permits no small disk to be mounted ({reason})\n");
            drop(std::io::stderr().write_all(words.as_bytes()));
            None
        }
    }
}

#[test]
fn what_the_operator_keeps_back_is_not_taken_and_nothing_is_left_behind() {
    let server = Server::with(&[("KINORA_RESERVE_BYTES", "4611686018427387904")]);
    full(&server.try_start("film.mp4", 1));
    assert_eq!(server.objects().len() + server.scratch().len(), 0);
    assert_eq!(server.get("/vod/v1/files").json()["totalCount"], 0);
    server.is_well();
}

#[test]
fn an_upload_larger_than_the_disk_is_refused_at_its_start_and_leaves_nothing() {
    let Some(server) = on_small_disk(64 << 20) else { return };
    for size in [1_i64 << 30, 70 << 20, (64 << 20) - 4096] {
        full(&server.try_start("film.mp4", size));
    }
    assert_eq!(server.objects().len() + server.scratch().len(), 0);
    assert_eq!(server.get("/vod/v1/files").json()["totalCount"], 0);
    let film = films::film();
    let asset = server.publish("film.mp4", &film);
    server.plays(&asset, &film);
}

#[test]
fn a_disk_that_fills_up_while_parts_arrive_costs_no_part_and_the_upload_goes_on_with_space() {
    let Some(server) = on_small_disk(160 << 20) else { return };
    let film = films::two_parts();
    let mut upload = server.start_upload("film.mp4", film.len());
    server.put_part(&mut upload, 1, &film);

    let filler = Filler::new(&server.data());
    let refused = server.put(upload.link(2), &film[PART..]);
    refused.refused_plainly(507, &["full", SENTENCE]);
    assert!(refused.header("retry-after").is_some());
    full(&server.try_start("other.mp4", 10));
    // What is there can still be read.
    assert_eq!(server.file_detail(&upload.file)["status"], "Uploading");
    server.complete(&upload).refused(400, "invalid_part", &["`parts[1]`"]);
    filler.remove();
    server.put_part(&mut upload, 2, &film);

    let filler = Filler::new(&server.data());
    full(&server.complete(&upload));
    assert_eq!(server.file_detail(&upload.file)["status"], "Uploading");
    filler.remove();
    server.complete(&upload).expect(200);

    let filler = Filler::new(&server.data());
    full(&server.try_asset(&[&upload.file]));
    assert_eq!((server.objects().len(), server.scratch().len()), (1, 0), "the film alone");
    filler.remove();
    server.plays(&server.asset(&upload.file), &film);
}

#[test]
fn a_film_plays_while_the_disk_is_full_and_what_waits_is_done_when_there_is_space() {
    let Some(server) = on_small_disk(32 << 20) else { return };
    let film = films::film();
    let first = server.publish("first.mp4", &film);
    server.settle();
    let before = crate::harness::tracks(&server, &first);
    let second = server.store("second.mp4", &film);
    let asset = server.asset(&second);
    let filler = Filler::new(&server.data());
    assert_eq!(crate::harness::tracks(&server, &first), before);
    server.plays(&asset, &film);
    server.fetch("/livez").expect(200);
    filler.remove();
    server.settle();
    assert_eq!(crate::harness::tracks(&server, &asset), before);
    server.is_well();
}
