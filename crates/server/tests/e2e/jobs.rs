//! Jobs between processes: a server that only answers, workers beside it, and operators at the queue.

use crate::films;
use crate::harness::{IDLE, Running, Server, alive_under, until};
use rustix::process::Signal;
use std::time::{Duration, Instant};

/// Half a lease: what happens within it did not wait for the end of one.
const SOON: Duration = Duration::from_secs(15);

/// `kinora worker` on the data of that server.
fn worker(server: &Server, settings: &[(&str, &str)]) -> Running {
    let mut command = server.home.kinora(&["worker"], settings);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    Running::start(&mut command)
}

/// What `kinora jobs` says.
#[track_caller]
fn jobs(server: &Server, args: &[&str]) -> String {
    server.home.run(&[&["jobs"], args].concat(), &[]).succeeded()
}

/// The id of the one job in that state, once there is one.
fn the_job(server: &Server, state: &str) -> String {
    until(&format!("a job is {state}"), || {
        (server.metric(&format!("kinora_jobs{{state=\"{state}\"}}")) > 0).then_some(())
    });
    let listed = jobs(server, &["list", "--state", state]);
    listed.lines().nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
}

fn children_of(process: u32) -> Vec<u32> {
    let numbers =
        std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    numbers.filter(|child| alive_under(*child).is_some_and(|parent| parent == process)).collect()
}

#[test]
fn a_server_that_only_answers_leaves_its_jobs_to_workers() {
    let server = Server::with_args(&["--role", "api"]);
    let film = films::film();
    let asset = server.publish("film.mp4", &film);
    server.plays(&asset, &film);
    let listed = jobs(&server, &["list"]);
    assert!(listed.contains("copy_audio") && listed.contains("ready") && listed.contains("low"), "{listed}");
    assert_eq!(jobs(&server, &["list", "--kind", "probe_file"]).lines().count(), 1);
    let workers = [worker(&server, &[]), worker(&server, &[])];
    server.settle();
    // The film, a map for the picture, and for the sound a copy with a map of its own.
    server.keeps(4);
    server.plays(&asset, &film);
    drop(workers);
}

#[test]
fn jobs_of_a_worker_that_is_killed_do_not_wait_for_the_end_of_their_lease() {
    let server = Server::with_args(&["--role", "api"]);
    let endless = server.home.script("ffprobe", IDLE);
    let mut first = worker(&server, &[("KINORA_FFPROBE", &endless)]);
    let file = server.store("film.webm", &films::webm());
    the_job(&server, "leased");
    first.kill();
    let begun = Instant::now();
    let _second = worker(&server, &[]);
    server.settle();
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    assert_eq!(server.file_detail(&file)["tracks"].as_array().unwrap().len(), 2);
}

#[test]
fn a_job_that_is_canceled_ends_with_its_programs_and_nothing_of_it_is_left() {
    let server = Server::with_args(&["--role", "api"]);
    let endless = server.home.script("ffprobe", IDLE);
    let worker = worker(&server, &[("KINORA_FFPROBE", &endless)]);
    server.store("film.webm", &films::webm());
    let id = the_job(&server, "leased");
    let programs = until("the prober runs", || Some(children_of(worker.pid())).filter(|children| !children.is_empty()));
    let shown = jobs(&server, &["show", &id]);
    assert!(shown.contains("probe_file") && shown.contains("1 of 5") && shown.contains("holder"), "{shown}");
    let begun = Instant::now();
    assert!(jobs(&server, &["cancel", &id]).contains("being stopped"));
    until("the program is gone", || programs.iter().all(|program| alive_under(*program).is_none()).then_some(()));
    server.settle();
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    server.home.run(&["jobs", "show", &id], &[]).failed(1, &["no such job"]);
    until("its scratch is gone", || server.scratch().is_empty().then_some(()));
}

#[test]
fn a_conversion_of_which_one_job_is_canceled_is_canceled() {
    let server = Server::with_args(&["--role", "api"]);
    let endless = server.home.script("ffmpeg", IDLE);
    let worker = worker(&server, &[("KINORA_FFMPEG", &endless)]);
    let asset = server.asset(&server.store("film.webm", &films::webm()));
    let kinds = ["first_rung", "encode_chunk"];
    let programs = until("both rungs are under work", || {
        let listed = jobs(&server, &["list", "--state", "leased"]);
        let both = kinds.iter().all(|kind| listed.contains(kind));
        both.then(|| children_of(worker.pid())).filter(|programs| programs.len() == kinds.len())
    });
    let chunk = jobs(&server, &["list", "--kind", "encode_chunk"]);
    let chunk = chunk.lines().nth(1).unwrap().split_whitespace().next().unwrap();
    jobs(&server, &["cancel", chunk]);
    until("the programs are gone", || programs.iter().all(|program| alive_under(*program).is_none()).then_some(()));
    server.settle();
    let detail = server.asset_detail(&asset);
    assert_eq!((&detail["status"], &detail["outputs"][0]["status"]), (&"Error".into(), &"Error".into()), "{detail}");
    assert!(detail["errorMessage"].as_str().unwrap().contains("canceled by an operator"), "{detail}");
    until("its scratch is gone", || server.scratch().is_empty().then_some(()));
    assert_eq!(jobs(&server, &["list"]).lines().count(), 1, "the heading alone");
}

#[test]
fn jobs_of_a_worker_that_is_stopped_past_its_lease_are_done_by_another_and_its_own_results_are_not_wanted() {
    let server = Server::with_args(&["--role", "api"]);
    let endless = server.home.script("ffmpeg", IDLE);
    let first = worker(&server, &[("KINORA_FFMPEG", &endless)]);
    let asset = server.asset(&server.store("film.webm", &films::webm()));
    let programs = until("both rungs are under work", || {
        Some(children_of(first.pid())).filter(|programs| {
            programs.len() == 2 && jobs(&server, &["list", "--state", "leased"]).contains("encode_chunk")
        })
    });
    // It lives, so nobody gives its jobs away before their leases end.
    first.signal(Signal::STOP);
    let second = worker(&server, &[]);
    server.settle();
    let detail = server.asset_detail(&asset);
    assert_eq!(detail["outputs"][0]["progressPercent"], 100, "{detail}");
    let kept = server.objects();
    drop(second);

    first.signal(Signal::CONT);
    until("it drops its work", || programs.iter().all(|program| alive_under(*program).is_none()).then_some(()));
    let file = server.store("another.webm", &films::webm());
    server.settle();
    assert_eq!(server.file_detail(&file)["tracks"].as_array().unwrap().len(), 2, "it goes on working");
    assert_eq!(server.objects().len(), kept.len() + 1, "the upload alone is new");
    assert_eq!(server.asset_detail(&asset)["outputs"], detail["outputs"]);
}

#[test]
fn a_job_that_fails_for_good_is_parked_with_its_words_and_can_be_replayed() {
    let mut server = Server::with(&[("KINORA_FFPROBE", "/nonexistent/ffprobe")]);
    let file = server.store("film.webm", &films::webm());
    let id = the_job(&server, "parked");
    assert_eq!(server.metric("kinora_jobs_unfinished"), 0);
    let shown = jobs(&server, &["show", &id]);
    assert!(shown.contains("5 of 5") && shown.contains("because: "), "{shown}");
    let text = server.fetch("/metrics").expect(200).text();
    assert!(text.contains("kinora_job_seconds_count{kind=\"probe_file\",outcome=\"parked\"} 1"), "{text}");
    assert!(text.contains("kinora_job_seconds_count{kind=\"probe_file\",outcome=\"failed\"} 4"), "{text}");
    assert!(server.file_detail(&file)["tracks"].as_array().is_none_or(Vec::is_empty));

    server.restart_with(&[]);
    assert!(jobs(&server, &["replay", "--all"]).starts_with("1 job"));
    server.settle();
    assert_eq!(server.file_detail(&file)["tracks"].as_array().unwrap().len(), 2);
    server.home.run(&["jobs", "replay", &id], &[]).failed(1, &["no such job"]);
    server.home.run(&["jobs", "replay"], &[]).failed(2, &["<ID>"]);
    server.home.run(&["jobs", "cancel", "x"], &[]).failed(1, &["UUID"]);
    assert_eq!(jobs(&server, &["list"]).lines().count(), 1, "the heading alone");
}

#[test]
fn a_conversion_that_was_given_up_goes_on_when_its_jobs_are_replayed() {
    let mut server = Server::with(&[("KINORA_FFMPEG", "/nonexistent/ffmpeg")]);
    let asset = server.asset(&server.store("film.webm", &films::webm()));
    until("every job is given up", || {
        // The first rung and the only chunk; sound plays as it is.
        let parked = server.metric("kinora_jobs{state=\"parked\"}") == 2;
        (parked && server.metric("kinora_jobs_unfinished") == 1).then_some(())
    });
    let detail = server.asset_detail(&asset);
    assert_eq!((&detail["status"], &detail["outputs"][0]["status"]), (&"Error".into(), &"Error".into()), "{detail}");
    assert!(detail["errorMessage"].as_str().unwrap().contains("at every attempt"), "{detail}");

    server.restart_with(&[]);
    assert!(jobs(&server, &["replay", "--all"]).starts_with("2 jobs"));
    server.settle();
    let detail = server.asset_detail(&asset);
    let states = (&detail["status"], &detail["outputs"][0]["status"], &detail["outputs"][0]["progressPercent"]);
    assert_eq!(states, (&"Available".into(), &"Available".into(), &100.into()), "{detail}");
}
