//! `kinora doctor`: what is wrong and what to do.

use crate::harness::{Home, Port, Server};
use std::net::TcpListener;
use std::process::Command;

#[test]
fn a_machine_that_has_what_is_needed_passes() {
    let home = Home::new();
    let port = Port::free().address.to_string();
    let told = home.run(&["doctor"], &[("KINORA_LISTEN", &port)]).succeeded();
    for word in ["ffprobe", "data", &port] {
        assert!(told.contains(word), "`{word}` is not in: {told}");
    }
}

#[test]
fn every_layer_of_the_sandbox_has_a_line() {
    let home = Home::new();
    let port = Port::free().address.to_string();
    let told = home.run(&["doctor"], &[("KINORA_LISTEN", &port)]);
    let words = [told.out, told.err].concat();
    for layer in ["namespaces", "files", "ports", "calls"] {
        let lines = words.lines().filter(|line| {
            line.contains("sandbox") && line.split_whitespace().nth(2) == Some(layer) && line.contains(" hold")
        });
        assert_eq!(lines.count(), 1, "`{layer}`: {words}");
    }
    assert!(words.contains("limits hold") || words.contains("taken over"), "{words}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test asks the installed program")]
fn a_program_with_known_holes_is_told_and_is_no_fault() {
    let home = Home::new();
    let port = Port::free().address.to_string();
    let says = |question: &str| {
        let told = Command::new("ffprobe").args(["-v", "error", question]).output().unwrap();
        String::from_utf8(told.stdout).unwrap().replace('\'', "")
    };
    // A program that gives an older number, and else what the installed one says. It starts nothing itself: it
    // could not.
    let script = format!(
        "#!/bin/sh\ncase $* in -version) echo ffprobe version 5.1.2 x;; *-demuxers) echo '{}';; *) echo '{}';; esac\n",
        says("-demuxers"),
        says("-decoders")
    );
    let old = home.write("ffprobe", script);
    std::fs::set_permissions(&old, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let told = home.run(&["doctor"], &[("KINORA_LISTEN", &port), ("KINORA_FFPROBE", old.to_str().unwrap())]);
    let words = [told.out, told.err].concat();
    assert!(words.contains("has known holes; upgrade"), "{words}");
}

#[test]
fn a_missing_ffprobe_is_reported_with_what_to_do() {
    let home = Home::new();
    let port = Port::free().address.to_string();
    let told = home.run(&["doctor"], &[("KINORA_FFPROBE", "/nonexistent/ffprobe"), ("KINORA_LISTEN", &port)]);
    assert_eq!(told.code, Some(1), "{told:?}");
    let words = [told.out, told.err].concat();
    for word in ["ffprobe", "/nonexistent/ffprobe", "install"] {
        assert!(words.contains(word), "`{word}` is not in: {words}");
    }
}

#[test]
fn a_port_that_is_taken_and_a_folder_that_cannot_be_made_are_reported() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = home.run(&["doctor"], &[("KINORA_LISTEN", &address)]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!([told.out, told.err].concat().contains(&address));
    let file = home.write("file", "");
    let port = Port::free().address.to_string();
    let below = file.join("data");
    let below = below.to_str().unwrap();
    let told = home.run(&["doctor"], &[("KINORA_DATA_DIR", below), ("KINORA_LISTEN", &port)]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!([told.out, told.err].concat().contains(below));
}

#[test]
fn beside_a_running_server_it_disturbs_nothing() {
    let server = Server::start();
    let told = server.home.run(&["doctor"], &[("KINORA_LISTEN", &server.port.address.to_string())]);
    // Whether a port that our own server has is a fault, is its to say; the server must not feel it.
    assert!(matches!(told.code, Some(0 | 1)), "{told:?}");
    server.is_well();
}
