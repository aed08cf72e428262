//! The documents that the program prints are the ones in the repository.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::panic, reason = "helpers of tests")]

use std::path::Path;
use std::process::Command;

/// What the program prints, without the settings and the folder of this machine.
#[expect(clippy::disallowed_methods, reason = "the test starts the program itself")]
fn printed(subcommand: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("kinora.toml"), "").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinora"));
    let output = command.args(subcommand).current_dir(&folder).env_clear().output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Holds a committed document against what the program prints now.
#[track_caller]
fn is_fresh(path: &str, subcommand: &[&str]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let what = "`make generated` writes it anew; look at the change and commit it";
    let printed = printed(subcommand);
    let committed = match std::fs::read_to_string(root.join(path)) {
        Ok(committed) => committed,
        Err(error) => panic!("{path} cannot be read ({error}): {what}"),
    };
    let mut lines = (1..).zip(committed.lines().zip(printed.lines()));
    if let Some((number, (old, new))) = lines.find(|(_, (old, new))| old != new) {
        panic!("{path} is stale at line {number}: {what}\n  committed: {old}\n  printed:   {new}");
    }
    assert!(
        committed == printed,
        "{path} is stale: {} bytes, but {} are printed: {what}",
        committed.len(),
        printed.len()
    );
}

#[test]
fn the_example_settings_file_is_the_one_that_the_program_prints() {
    is_fresh("kinora.example.toml", &["config"]);
}

#[test]
fn the_openapi_documents_are_those_that_the_program_prints() {
    for dialect in ["videokit", "azure"] {
        is_fresh(&format!("docs/api/{dialect}.json"), &["openapi", dialect]);
    }
}
