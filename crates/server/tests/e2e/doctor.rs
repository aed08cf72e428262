//! `kinora doctor`: what is wrong and what to do.

use crate::harness::{Home, Port, Server};
use std::net::TcpListener;

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
