//! Limits hold, and nothing outlives whoever waits for it.

use crate::films::HELPER;
use kinora_engine::child::{Ended, Ending, Request, Urgency, run};
use kinora_engine::sandbox::{Confinement, Layers, LimitSpec};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Limits alone: shells that start other programs show them.
const LIMITS: LimitSpec = LimitSpec {
    memory_bytes: 256 << 20,
    cpu_seconds: 20,
    file_bytes: 0,
    open_files: 32,
    threads: 32,
    confinement: Confinement::Only(Layers::NONE),
};

fn shell(folder: &Path, script: &str) -> Request {
    Request {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), script.into()],
        input: None,
        folder: folder.to_path_buf(),
        limits: LIMITS,
        urgency: Urgency::First,
        wall: Duration::from_mins(1),
        output_bytes: 100_000,
    }
}

async fn ended(request: Request) -> Ended {
    run(HELPER.into(), request).await.unwrap()
}

fn text(ended: &Ended) -> String {
    String::from_utf8(ended.output.clone()).unwrap()
}

/// A pipe in the folder, on which a script tells the process ids of what it started.
fn pids(folder: &Path) -> PathBuf {
    let pipe = folder.join("pids");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    pipe
}

/// Handles on the processes that are told on the pipe, taken while they live.
fn handles(pipe: &Path, count: usize) -> Vec<OwnedFd> {
    let lines = BufReader::new(File::open(pipe).unwrap()).lines().take(count);
    let pids = lines.map(|line| Pid::from_raw(line.unwrap().trim().parse().unwrap()).unwrap());
    pids.map(|pid| pidfd_open(pid, PidfdFlags::empty()).unwrap()).collect()
}

/// Waits for the end of a process; fails when it does not come.
fn assert_ends(process: &OwnedFd) {
    let patience = Timespec { tv_sec: 20, tv_nsec: 0 };
    let ready = poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&patience)).unwrap();
    assert_eq!(ready, 1, "the process lives on");
}

fn is_alive(process: &OwnedFd) -> bool {
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&now)).unwrap() == 0
}

#[tokio::test]
async fn a_program_sees_an_empty_world() {
    let folder = tempfile::tempdir().unwrap();
    let script = "pwd; /usr/bin/env; ls -A; ls /proc/self/fd | tr '\\n' ' '; grep NoNewPrivs /proc/self/status";
    let seen = ended(shell(folder.path(), script)).await;
    assert_eq!(seen.ending, Ending::Exited(0), "{}", seen.complaints.text());
    let here = folder.path().canonicalize().unwrap();
    // The shell itself sets PWD; descriptor 3 is the folder that `ls` reads.
    let expected = format!("{0}\nLC_ALL=C\nPWD={0}\n0 1 2 3 NoNewPrivs:\t1\n", here.display());
    assert_eq!(text(&seen), expected);
}

#[tokio::test]
async fn input_output_and_exit_code_pass_through() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("input");
    std::fs::write(&input, "from the file").unwrap();
    let mut request = shell(folder.path(), "cat /proc/self/fd/0; cat; echo oops >&2; exit 7");
    request.input = Some(File::open(input).unwrap());
    let seen = ended(request).await;
    // Once by opening the descriptor again, once from the descriptor.
    assert_eq!(text(&seen), "from the filefrom the file");
    assert_eq!((seen.ending, seen.complaints.text().as_str()), (Ending::Exited(7), "oops\n"));
}

#[tokio::test]
async fn the_limits_are_those_that_were_given() {
    let folder = tempfile::tempdir().unwrap();
    let seen = ended(shell(folder.path(), "ulimit -v; ulimit -t; ulimit -f; ulimit -n; ulimit -c")).await;
    assert_eq!(text(&seen), format!("{}\n20\n0\n32\n0\n", (256 << 20) / 1024));
}

#[tokio::test]
async fn memory_above_the_limit_is_not_given() {
    let folder = tempfile::tempdir().unwrap();
    let take = |size: &str| shell(folder.path(), &format!("dd if=/dev/zero of=/dev/null bs={size} count=1"));
    assert_eq!(ended(take("64M")).await.ending, Ending::Exited(0));
    let seen = ended(take("512M")).await;
    assert_eq!(seen.ending, Ending::Exited(1));
    assert!(seen.complaints.text().contains("memory exhausted"), "{}", seen.complaints.text());
}

#[tokio::test]
async fn no_file_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let seen = ended(shell(folder.path(), "head -c 10 /dev/zero > made; echo $?")).await;
    assert_ne!(text(&seen), "0\n");
    assert_eq!(std::fs::metadata(folder.path().join("made")).map_or(0, |meta| meta.len()), 0);
}

#[tokio::test]
async fn processor_time_is_limited() {
    let folder = tempfile::tempdir().unwrap();
    let mut request = shell(folder.path(), "while :; do :; done");
    request.limits.cpu_seconds = 1;
    assert_eq!(ended(request).await.ending, Ending::Signaled(24));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_takes_too_long_is_killed_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = pids(folder.path());
    let told = std::thread::spawn(move || handles(&pipe, 2));
    let mut request = shell(folder.path(), "sleep 1000 & { echo $$; echo $!; } > pids; wait");
    request.wall = Duration::from_millis(500);
    let seen = ended(request).await;
    assert_eq!(seen.ending, Ending::TooLong);
    for process in told.join().unwrap() {
        assert_ends(&process);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_program_leaves_behind_is_killed_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = pids(folder.path());
    let told = std::thread::spawn(move || handles(&pipe, 1));
    // The one left behind holds the output open.
    let seen = ended(shell(folder.path(), "sleep 1000 & echo $! > pids; echo done")).await;
    assert_eq!((seen.ending, text(&seen).as_str()), (Ending::Exited(0), "done\n"));
    for process in told.join().unwrap() {
        assert_ends(&process);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_nobody_waits_for_any_more_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = pids(folder.path());
    let waiting = tokio::spawn(run(HELPER.into(), shell(folder.path(), "echo $$ > pids; exec sleep 1000")));
    let told = tokio::task::spawn_blocking(move || handles(&pipe, 1)).await.unwrap();
    assert!(is_alive(&told[0]));
    waiting.abort();
    assert_ends(&told[0]);
}

#[tokio::test]
async fn output_without_end_is_cut_off_and_complaints_are_kept_at_both_ends() {
    let folder = tempfile::tempdir().unwrap();
    let seen = ended(shell(folder.path(), "yes")).await;
    assert_eq!(seen.ending, Ending::TooMuchOutput);
    assert!(seen.output.len() <= 100_000);
    let seen = ended(shell(folder.path(), "{ echo first; yes | head -c 1000000; echo last; } >&2")).await;
    assert_eq!(seen.ending, Ending::Exited(0));
    let complaints = seen.complaints.text();
    assert!(complaints.starts_with("first\n") && complaints.ends_with("last\n") && complaints.len() < 10_000);
}

#[tokio::test]
async fn a_program_that_is_not_there_is_told_by_the_helper_and_a_helper_that_is_not_there_by_us() {
    let folder = tempfile::tempdir().unwrap();
    let missing = || Request { program: "/nowhere/ffprobe".into(), ..shell(folder.path(), "") };
    let seen = ended(missing()).await;
    assert_eq!(seen.ending, Ending::NotStarted);
    assert!(seen.complaints.text().starts_with("sandbox: starting /nowhere/ffprobe: No such file"));
    assert!(run("/nowhere/helper".into(), missing()).await.is_err());
}

#[test]
fn a_program_dies_when_its_parent_is_killed_whatever_is_around_it() {
    for confinement in [Confinement::Only(Layers::NONE), Confinement::Best] {
        let folder = tempfile::tempdir().unwrap();
        let pipe = pids(folder.path());
        // A pipe that nobody writes to: the shell waits in it without starting anything.
        assert!(Command::new("mkfifo").arg(folder.path().join("never")).status().unwrap().success());
        let mut parent = Command::new(HELPER)
            .arg("__parent")
            .arg(folder.path())
            .arg("echo $$ > pids; read word < never")
            .arg(confinement.to_string())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let told = handles(&pipe, 1);
        assert!(is_alive(&told[0]));
        parent.kill().unwrap();
        parent.wait().unwrap();
        assert_ends(&told[0]);
    }
}

#[test]
fn an_order_of_somebody_who_is_gone_is_not_carried_out() {
    // This test is the parent, and names another one.
    let mut order = kinora_engine::sandbox::Order {
        parent: 1,
        limits: LIMITS,
        program: "/bin/echo".into(),
        args: vec!["started".into()],
    };
    let start = |order: &kinora_engine::sandbox::Order| Command::new(HELPER).args(order.encode()).output().unwrap();
    let refused = start(&order);
    assert_eq!((refused.status.code(), refused.stdout.as_slice()), (Some(125), b"".as_slice()));
    assert_eq!(String::from_utf8(refused.stderr).unwrap(), "sandbox: the parent is gone\n");
    order.parent = i32::try_from(std::process::id()).unwrap();
    assert_eq!(start(&order).stdout, b"started\n");
}

#[tokio::test]
async fn a_program_in_the_background_gives_way() {
    let folder = tempfile::tempdir().unwrap();
    // It is told a moment after it began.
    let waiting = shell(folder.path(), "until [ \"$(nice)\" = 10 ]; do :; done; nice");
    let ended = ended(Request { urgency: Urgency::Background, ..waiting }).await;
    assert_eq!((ended.ending, text(&ended).trim()), (Ending::Exited(0), "10"));
}
