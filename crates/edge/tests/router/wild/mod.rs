//! Requests that nobody sensible sends, to every operation of our document: each is answered, in time, with
//! a status that the document names and a body that says what is wrong. None is a fault of the server.

mod request;
mod value;

use crate::contract::openapi::Document;
use crate::world::{Answer, World};
use core::time::Duration;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use request::{Ids, Wild, wild};
use std::collections::BTreeMap;

/// How often each operation is asked.
const ROUNDS: usize = 200;
/// Rounds after which there is something new to be deleted.
const FRESH_EVERY: usize = 6;
/// Longer than any answer may take, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(30);
/// What any request may be told before its operation looks at it: too much, not JSON, too often.
const BEFORE: [u16; 3] = [413, 415, 429];

#[test]
fn whatever_is_asked_is_answered() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let documents = [Document::load(), Document::azure()];
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let world = runtime.block_on(World::new());
    let mut ids = runtime.block_on(Ids::fresh(&world));
    let mut succeeded = 0;
    let mut faults = BTreeMap::new();
    for round in 0..ROUNDS {
        if round % FRESH_EVERY == 0 {
            ids = runtime.block_on(Ids::fresh(&world));
        }
        for document in &documents {
            for operation in document.operations() {
                let request = wild(document, &operation, &ids).new_tree(&mut runner).unwrap().current();
                let call = async { tokio::time::timeout(PATIENCE, world.call(request.ask(&world.keys))).await };
                let answer = runtime.block_on(call).unwrap_or_else(|_late| panic!("no answer to {request}"));
                if let Some(fault) = fault(document, &request, &answer) {
                    faults.entry((operation, answer.status)).or_insert(fault);
                }
                succeeded += usize::from(answer.status < 400);
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.into_values().collect::<Vec<_>>().join("\n\n"));
    assert!(succeeded > ROUNDS, "only {succeeded} requests were well-formed: the others alone prove little");
}

/// Whether an error says what is wrong, in the form of its dialect.
fn tells(operation: &str, answer: &Answer) -> bool {
    if operation.contains(" /api/") {
        return answer.status == 404 && answer.body.is_empty() || !answer.message().is_empty();
    }
    !answer.code().is_empty() && !answer.message().is_empty()
}

/// What is wrong with an answer.
fn fault(document: &Document, request: &Wild, answer: &Answer) -> Option<String> {
    let declared = document.declares(&request.operation, answer.status) || BEFORE.contains(&answer.status);
    let stray = request.strays && matches!(answer.status, 404 | 405 | 501);
    let told = answer.status < 400 || tells(&request.operation, answer);
    let fault = match (answer.status, declared || stray, told) {
        (500.., _, _) if !stray => "is a fault of the server",
        (_, false, _) => "is not in the document",
        (_, _, false) => "says nothing",
        (_, true, true) => return None,
    };
    Some(format!("the answer {fault}: {request}\n{}", answer.shown()))
}
