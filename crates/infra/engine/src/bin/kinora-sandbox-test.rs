//! The helper as a program of its own, for the tests of this crate: what the server's executable does
//! when it is called with the hidden subcommand. Never installed.

use core::time::Duration;
use kinora_engine::child::{Request, Urgency, watch};
use kinora_engine::sandbox::LimitSpec;
use kinora_engine::{SANDBOX, sandbox_main};
use std::ffi::{OsStr, OsString};
use std::io;
use std::process::ExitCode;

/// Starts `/bin/sh -c {script}` in a folder, confined as told, and watches it: a parent to be killed.
const PARENT: &str = "__parent";

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    match args.next() {
        Some(first) if first == SANDBOX => sandbox_main(args),
        Some(first) if first == PARENT => {
            let mut next = || args.next().unwrap_or_default();
            match parent(next(), next(), &next()) {
                Ok(()) => ExitCode::SUCCESS,
                Err(_) => ExitCode::FAILURE,
            }
        }
        _ => ExitCode::FAILURE,
    }
}

fn parent(folder: OsString, script: OsString, confinement: &OsStr) -> io::Result<()> {
    let confinement = confinement.to_string_lossy().parse().map_err(io::Error::other)?;
    let (canceled, _alive) = io::pipe()?;
    let request = Request {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), script],
        input: None,
        folder: folder.into(),
        limits: LimitSpec {
            memory_bytes: 1 << 30,
            cpu_seconds: 60,
            file_bytes: 0,
            open_files: 64,
            threads: 64,
            confinement,
        },
        urgency: Urgency::First,
        wall: Duration::from_mins(10),
        output_bytes: 1000,
    };
    watch(&std::env::current_exe()?, request, &canceled)?;
    Ok(())
}
