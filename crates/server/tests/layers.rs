//! The layers of ARCHITECTURE.md, held against what Cargo knows: arrows point downwards only.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// A crate of the workspace: its folder under `crates/`, and the crates of the workspace that it may use.
struct Layer {
    name: &'static str,
    folder: &'static str,
    may_use: &'static [&'static str],
    /// What to do when it uses another.
    instead: &'static str,
}

const LAYERS: [Layer; 9] = [
    Layer {
        name: "kinora-media",
        folder: "media",
        may_use: &[],
        instead: "the packager is pure: give it the bytes and numbers that it needs",
    },
    Layer {
        name: "kinora-domain",
        folder: "core/domain",
        may_use: &[],
        instead: "the domain knows types, states and rules only: do the rest in core/app",
    },
    Layer {
        name: "kinora-app",
        folder: "core/app",
        may_use: &["kinora-domain", "kinora-media"],
        instead: "a use case reaches the world through a trait in core/app/src/port",
    },
    Layer {
        name: "kinora-store",
        folder: "infra/store",
        may_use: INSIDE,
        instead: "what stands behind one port knows no other: let a use case in core/app join them",
    },
    Layer {
        name: "kinora-blob",
        folder: "infra/blob",
        may_use: INSIDE,
        instead: "what stands behind one port knows no other: let a use case in core/app join them",
    },
    Layer {
        name: "kinora-depot",
        folder: "infra/depot",
        may_use: INSIDE,
        instead: "what stands behind one port knows no other: let a use case in core/app join them",
    },
    Layer {
        name: "kinora-engine",
        folder: "infra/engine",
        may_use: INSIDE,
        instead: "what stands behind one port knows no other: let a use case in core/app join them",
    },
    Layer {
        name: "kinora-edge",
        folder: "edge",
        may_use: INSIDE,
        instead: "an edge translates and calls a use case of core/app, which has a port for the rest",
    },
    Layer {
        name: "kinora",
        folder: "server",
        may_use: &[
            "kinora-app",
            "kinora-blob",
            "kinora-depot",
            "kinora-domain",
            "kinora-edge",
            "kinora-engine",
            "kinora-media",
            "kinora-store",
        ],
        instead: "nothing is above the server",
    },
];

/// What everything outside of the core may use.
const INSIDE: &[&str] = &["kinora-app", "kinora-domain", "kinora-media"];

/// Libraries (the name, or the name and a hyphen and more) and the only crates that may use them.
struct Fence {
    libraries: &'static [&'static str],
    only: Only,
    instead: &'static str,
}

enum Only {
    In(&'static [&'static str]),
    NotIn(&'static [&'static str]),
}

const FENCES: [Fence; 7] = [
    Fence {
        libraries: &["object_store"],
        only: Only::In(&["kinora-depot"]),
        instead: "object stores elsewhere are behind port::Depot in infra/depot",
    },
    Fence {
        libraries: &["sea-orm", "sqlx", "sea-query", "rusqlite", "libsqlite3-sys"],
        only: Only::In(&["kinora-store"]),
        instead: "SQL is in infra/store: add a method to port::Store",
    },
    Fence {
        libraries: &["axum", "hyper", "tower-http"],
        only: Only::In(&["kinora-edge", "kinora"]),
        instead: "HTTP is in edge and server: return a value, and let the edge translate it",
    },
    Fence {
        libraries: &["tokio", "futures", "async-trait"],
        only: Only::NotIn(&["kinora-domain", "kinora-media"]),
        instead: "what waits belongs to core/app or infra",
    },
    Fence {
        libraries: &["serde", "serde_json"],
        only: Only::NotIn(&["kinora-domain"]),
        instead: "a value of the domain, a stored row and a wire body are three types: derive on the other two",
    },
    Fence {
        libraries: &["http", "http-body", "reqwest"],
        only: Only::NotIn(&[
            "kinora-domain",
            "kinora-media",
            "kinora-app",
            "kinora-store",
            "kinora-blob",
            "kinora-depot",
            "kinora-engine",
        ]),
        instead: "HTTP is in edge and server: return a value, and let the edge translate it",
    },
    Fence {
        libraries: &["clap", "toml"],
        only: Only::In(&["kinora"]),
        instead: "settings are read in server: take a value",
    },
];

impl Only {
    fn admits(&self, package: &str) -> bool {
        match self {
            Self::In(packages) => packages.contains(&package),
            Self::NotIn(packages) => !packages.contains(&package),
        }
    }
}

impl Fence {
    fn holds(&self, library: &str) -> bool {
        let is = |name: &&str| library.strip_prefix(*name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
        self.libraries.iter().any(is)
    }
}

/// The members of the workspace as Cargo knows them.
#[expect(clippy::disallowed_methods, reason = "the test asks Cargo itself")]
fn packages() -> Vec<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--format-version", "1", "--no-deps", "--offline"]).current_dir(root);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// What a package is built with; what its tests use besides is left aside.
fn dependencies(package: &Value) -> impl Iterator<Item = &str> {
    let built = |dependency: &&Value| text(dependency, "kind") != "dev";
    package["dependencies"].as_array().unwrap().iter().filter(built).map(|dependency| text(dependency, "name"))
}

#[test]
fn every_crate_is_in_a_layer_and_lies_in_its_folder() {
    let packages = packages();
    assert!(
        packages.len() <= 9,
        "{} crates: nine are enough until one of the four reasons of a split appears",
        packages.len()
    );
    for package in &packages {
        let name = text(package, "name");
        let layer = LAYERS.iter().find(|layer| layer.name == name);
        let Some(layer) = layer else { panic!("{name} is in no layer: say in this test what it may use") };
        let manifest = text(package, "manifest_path");
        let expected = format!("/crates/{}/Cargo.toml", layer.folder);
        assert!(manifest.ends_with(&expected), "{name} lies at {manifest}, but its layer is {expected}");
    }
    assert_eq!(packages.len(), LAYERS.len(), "a layer has no crate: take it out of this test");
}

#[test]
fn arrows_between_the_crates_point_downwards() {
    let mut wrong = Vec::new();
    for package in &packages() {
        let name = text(package, "name");
        let Some(layer) = LAYERS.iter().find(|layer| layer.name == name) else { continue };
        let ours = dependencies(package).filter(|dependency| LAYERS.iter().any(|other| other.name == *dependency));
        for dependency in ours.filter(|dependency| !layer.may_use.contains(dependency)) {
            wrong.push(format!("{name} -> {dependency} points upwards or sideways: {}", layer.instead));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn libraries_stay_behind_their_fences() {
    let mut wrong = Vec::new();
    for package in &packages() {
        let name = text(package, "name");
        for library in dependencies(package) {
            for fence in FENCES.iter().filter(|fence| fence.holds(library) && !fence.only.admits(name)) {
                wrong.push(format!("{name} -> {library} is not for this layer: {}", fence.instead));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_fence_holds_a_library_and_what_belongs_to_it_only() {
    let holds = |library: &str| FENCES.iter().any(|fence| fence.holds(library));
    for library in ["sea-orm", "sea-orm-migration", "axum", "axum-extra", "hyper-util", "tokio-util", "serde", "http"] {
        assert!(holds(library), "{library}");
    }
    for library in ["serde_path_to_error", "bytes", "httparse", "tracing", "toml_edit", "object"] {
        assert!(!holds(library), "{library}");
    }
}
