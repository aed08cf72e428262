//! The examination of what is installed.

use crate::films::{HELPER, engine};
use kinora_engine::doctor::Finding;
use kinora_engine::{Engine, EngineLimits, Programs};
use std::os::unix::fs::PermissionsExt as _;

#[tokio::test]
async fn the_programs_of_this_machine_are_ready() {
    let folder = tempfile::tempdir().unwrap();
    let findings = engine(folder.path(), EngineLimits::default()).examine().await;
    assert_eq!(findings.len(), 2);
    for finding in findings {
        assert!(finding.is_ready(), "{finding}");
        assert!(matches!(finding, Finding::Ready { version: Some(_), .. }), "{finding}");
    }
}

#[tokio::test]
async fn each_thing_that_may_be_wrong_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let program = |name: &str, script: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        path
    };
    let old = program("old", "case $1 in -version) echo ffprobe version 3.4.1 x;; esac");
    let broken = program("broken", "echo 'error while loading shared libraries: libav.so' >&2; exit 127");
    let told = async |ffprobe, ffmpeg| {
        let programs = Programs { ffmpeg, ffprobe };
        let engine = Engine::new(programs, HELPER.into(), folder.path().join("scratch"), EngineLimits::default());
        engine.examine().await
    };
    let findings = told(old, broken).await;
    assert!(matches!(findings[0], Finding::TooOld { program: "ffprobe", .. }), "{findings:?}");
    assert!(matches!(findings[1], Finding::Lacks { what: "demuxers", .. }), "{findings:?}");
    assert!(matches!(findings[2], Finding::Lacks { what: "decoders", .. }), "{findings:?}");
    assert_eq!(
        findings[3].to_string(),
        "ffmpeg cannot be run: Exited(127) error while loading shared libraries: libav.so"
    );
    let findings = told("/nowhere/ffprobe".into(), folder.path().to_path_buf()).await;
    assert_eq!(findings[0].to_string(), "ffprobe is not at /nowhere/ffprobe: install ffmpeg or set its path");
    assert!(matches!(findings[1], Finding::Missing { program: "ffmpeg", .. }));
}

#[test]
fn programs_are_looked_for_in_the_order_of_the_search_path() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    for (path, mode) in [(first.join("ffmpeg"), 0o600), (second.join("ffmpeg"), 0o700), (first.join("ffprobe"), 0o700)]
    {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let search_path = std::env::join_paths(["relative".into(), first.clone(), second.clone()]).unwrap();
    let found = Programs::find(&search_path);
    assert_eq!((found.ffmpeg, found.ffprobe), (second.join("ffmpeg"), first.join("ffprobe")));
}
