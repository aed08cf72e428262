//! One server, to which all films are given as soon as they are made.

use crate::check;
use crate::fixture::Fixture;
use crate::harness::{Server, sources};
use crate::table;
use serde_json::json;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// All the work of all inputs, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(15);

/// Does something for each, as many at a time as there are processors; gives what came of it in order.
fn each<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let workers = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((place, thing)) = {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    things.get(place).map(|thing| (place, thing))
                } {
                    let result = work(thing);
                    done.lock().unwrap().push((place, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Waits until no job is left: longer than for one film.
fn settle(server: &Server) {
    let begun = Instant::now();
    while server.metric("kinora_jobs_unfinished") > 0 {
        assert!(begun.elapsed() < PATIENCE, "work is still not done after {PATIENCE:?}");
        thread::park_timeout(Duration::from_millis(50));
    }
}

/// What a panic says is a fault among the others: all of them are told.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(_) => "it panicked".to_owned(),
    })
}

fn publish(server: &Server, fixture: &Fixture) -> String {
    let film = fixture.recipe.make(fixture.name);
    let file = server.store(fixture.name, &film);
    let asked = json!({ "transcodedSources": sources(&[&file]), "preset": fixture.preset });
    server.post("/vod/v1/assets", &asked).expect(200).json()["id"].as_str().unwrap().to_owned()
}

#[expect(clippy::disallowed_methods, reason = "the environment of the test, not of the server")]
fn wanted_names() -> String {
    std::env::var("INPUTS").unwrap_or_default()
}

#[test]
fn every_input_comes_out_with_its_times_its_pictures_its_sound_and_its_colors() {
    let only = wanted_names();
    let wanted = |fixture: &Fixture| only.is_empty() || only.split_whitespace().any(|word| fixture.name.contains(word));
    let table: Vec<_> = table::table().into_iter().filter(wanted).collect();
    assert!(!table.is_empty(), "there is no input of this name");
    let server = Server::start();
    let assets = each(&table, |fixture| caught(|| publish(&server, fixture)));
    settle(&server);
    let pairs: Vec<_> = table.iter().zip(assets).collect();
    let faults = each(&pairs, |(fixture, asset)| {
        let checked = asset.clone().and_then(|asset| caught(|| check::faults(&server, &asset, fixture)));
        let faults = checked.unwrap_or_else(|fault| vec![fault]);
        let tell = |fault: String| format!("{}: {fault}\n", fixture.name);
        faults.into_iter().map(tell).collect::<String>()
    });
    let faults: String = faults.into_iter().collect();
    assert!(faults.is_empty(), "{faults}");
}
