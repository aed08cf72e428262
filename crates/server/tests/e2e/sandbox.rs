//! Layers of the sandbox that an operator requires.

use crate::harness::{Home, Port, Server, command, finish};

/// What to put in front of the program for it to have no namespaces of its own. Where users may have none in the first
/// place, nothing: it is as if.
fn without_namespaces() -> Vec<String> {
    let none = "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$@\"";
    let wrapper = ["unshare", "-Ur", "sh", "-c", none, "sh"].map(str::to_owned).to_vec();
    let (program, args) = wrapper.split_first().unwrap();
    if finish(command(program).args(args).arg("true")).code == Some(0) { wrapper } else { Vec::new() }
}

#[test]
fn where_a_required_layer_is_missing_neither_server_nor_worker_starts_and_both_name_it() {
    let wrapper = without_namespaces();
    for required in ["required", "namespaces", "calls, namespaces"] {
        for role in ["serve", "worker"] {
            let home = Home::new();
            let port = Port::free().address.to_string();
            let settings = [("KINORA_LISTEN", port.as_str()), ("KINORA_SANDBOX", required)];
            let ended = finish(&mut home.kinora_within(&wrapper, &[role], &settings));
            ended.failed(1, &["`sandbox` requires", "missing here", "namespaces do not hold"]);
            assert!(!home.path("data/kinora.sqlite").exists(), "{role}: nothing was begun");
        }
    }
}

#[test]
fn doctor_agrees_with_the_server_about_what_is_required() {
    let wrapper = without_namespaces();
    let home = Home::new();
    let port = Port::free().address.to_string();
    let doctor = |required| {
        let settings = [("KINORA_LISTEN", port.as_str()), ("KINORA_SANDBOX", required)];
        let told = finish(&mut home.kinora_within(&wrapper, &["doctor"], &settings));
        let words = [told.out, told.err].concat();
        let line = words.lines().find(|line| line.contains("namespaces do not hold")).unwrap_or_default().to_owned();
        (line, words)
    };
    let (line, words) = doctor("best");
    assert!(line.starts_with("note "), "{words}");
    let (line, words) = doctor("required");
    assert!(line.starts_with("WRONG") && line.contains("`sandbox` requires it"), "{words}");
    let wrong = words.lines().filter(|line| line.starts_with("WRONG  sandbox"));
    assert!(wrong.clone().all(|line| line.contains("do not hold")), "{words}");
}

#[test]
fn where_the_required_layers_hold_the_server_starts_and_looks_into_files() {
    let home = Home::new();
    let port = Port::free().address.to_string();
    let told = home.run(&["doctor"], &[("KINORA_LISTEN", &port)]);
    let words = [told.out, told.err].concat();
    let holds =
        |name: &&str| words.lines().any(|line| line.starts_with("ok") && line.contains(&format!("{name} hold:")));
    let layers: Vec<_> = ["namespaces", "files", "ports", "calls"].into_iter().filter(holds).collect();
    assert!(!layers.is_empty(), "no layer holds here: {words}");
    let server = Server::with(&[("KINORA_SANDBOX", &layers.join(","))]);
    let file = server.store("film.webm", &crate::films::webm());
    server.settle();
    assert_eq!(server.file_detail(&file)["tracks"].as_array().map(Vec::len), Some(2));
}
