//! The server as a process.

use super::home::Home;
use super::http::Request;
use super::port::Port;
use super::program::Running;
use super::small_disk::SmallDisk;
use super::wait::until;
use rustix::process::Signal;
use serde_json::Value;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

/// The key that a new server is started with.
pub(crate) const KEY: &str = "e2e_bootstrap_0123456789-abcdefghijklmnopqrstuvwxyz";

/// A server with a folder and a port of its own; killed when dropped.
pub(crate) struct Server {
    pub(crate) home: Home,
    pub(crate) port: Port,
    settings: Vec<(String, String)>,
    args: Vec<String>,
    disk: Option<SmallDisk>,
    running: Option<Running>,
}

impl Server {
    /// A new server that is ready.
    #[track_caller]
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// A new server with settings (environment variables) of its own.
    #[track_caller]
    pub(crate) fn with(settings: &[(&str, &str)]) -> Self {
        Self::on(None, settings)
    }

    /// A new server with arguments after `serve`.
    #[track_caller]
    pub(crate) fn with_args(args: &[&str]) -> Self {
        let mut server = Self::on_paper(None, &[]);
        server.args = args.iter().map(|arg| (*arg).to_owned()).collect();
        Self::launched(server)
    }

    /// A new server whose data lie on a disk of their own.
    #[track_caller]
    pub(crate) fn on(disk: Option<SmallDisk>, settings: &[(&str, &str)]) -> Self {
        Self::launched(Self::on_paper(disk, settings))
    }

    fn on_paper(disk: Option<SmallDisk>, settings: &[(&str, &str)]) -> Self {
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { home: Home::new(), port: Port::free(), settings, args: Vec::new(), disk, running: None }
    }

    #[track_caller]
    fn launched(mut server: Self) -> Self {
        server.launch();
        server
    }

    /// Starts it again, on what is there, with the same settings.
    #[track_caller]
    pub(crate) fn restart(&mut self) {
        self.running = None;
        self.launch();
    }

    /// Starts it again with other settings.
    #[track_caller]
    pub(crate) fn restart_with(&mut self, settings: &[(&str, &str)]) {
        self.settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.restart();
    }

    #[track_caller]
    fn launch(&mut self) {
        let listen = self.port.address.to_string();
        // A test asks as often as it likes; those of limits set their own.
        let mut settings =
            vec![("KINORA_LISTEN", listen.as_str()), ("KINORA_BOOTSTRAP_API_KEY", KEY), ("KINORA_RATE_LIMIT", "0")];
        settings.extend(self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let wrapper = self.disk.as_ref().map(|disk| disk.wrapper(&self.home.path("data"))).unwrap_or_default();
        let args: Vec<&str> = ["serve"].into_iter().chain(self.args.iter().map(String::as_str)).collect();
        let mut command = self.home.kinora_within(&wrapper, &args, &settings);
        command.stdout(Stdio::null()).stderr(self.log_file());
        let mut running = Running::start(&mut command);
        until("the server is ready", || {
            if let Some(status) = running.ended() {
                panic!("the server ended: {status}\n{}", self.log());
            }
            let answer = self.request("GET", "/readyz").try_send().ok()?;
            (answer.status == 200).then_some(())
        });
        self.running = Some(running);
    }

    fn log_file(&self) -> File {
        OpenOptions::new().create(true).append(true).open(self.home.path("log")).unwrap()
    }

    /// All that it logged, over all its starts.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.home.path("log")).unwrap_or_default()
    }

    /// Its log lines.
    #[track_caller]
    pub(crate) fn log_lines(&self) -> Vec<Value> {
        let parse = |line: &str| match serde_json::from_str(line) {
            Ok(value) => value,
            Err(error) => panic!("a log line is no JSON ({error}): {line}"),
        };
        self.log().lines().map(parse).collect()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.running.as_ref().unwrap().pid()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        self.running.as_ref().unwrap().signal(signal);
    }

    /// Waits until it has ended by itself.
    #[track_caller]
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.running.as_mut().unwrap().wait()
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.running.as_mut().unwrap().kill();
    }

    /// The processes that it has started and that are not over.
    pub(crate) fn children(&self) -> Vec<u32> {
        let numbers = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        numbers.filter(|process| alive_under(*process).is_some_and(|parent| parent == self.pid())).collect()
    }

    /// The most memory that it has had so far, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        peak.unwrap().parse::<u64>().unwrap() * 1024
    }

    /// The folder of its data, as it sees it.
    pub(crate) fn data(&self) -> PathBuf {
        let path = self.home.path("data");
        match &self.disk {
            None => path,
            Some(_) => Path::new(&format!("/proc/{}/root", self.pid())).join(path.strip_prefix("/").unwrap()),
        }
    }

    /// The files of all stored objects.
    pub(crate) fn objects(&self) -> Vec<PathBuf> {
        let folders = fs::read_dir(self.data().join("objects")).unwrap();
        let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
        files.map(|file| file.unwrap().path()).collect()
    }

    /// Waits until that many objects are stored: what nobody refers to any more is removed soon after, and
    /// not together with, the last reference.
    #[track_caller]
    pub(crate) fn keeps(&self, objects: usize) {
        until(&format!("{objects} objects are stored"), || (self.objects().len() == objects).then_some(()));
    }

    /// The files of objects in the making.
    pub(crate) fn scratch(&self) -> Vec<PathBuf> {
        fs::read_dir(self.data().join("scratch")).unwrap().map(|file| file.unwrap().path()).collect()
    }

    /// A request without a key.
    pub(crate) fn request<'a>(&self, method: &'a str, target: &str) -> Request<'a> {
        Request::new(self.port.address, method, target)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // Standard error is all there is to tell it to.
            drop(writeln!(std::io::stderr(), "--- log of the server\n{}---", self.log()));
        }
    }
}

/// The parent of a process; `None` when it is over.
pub(crate) fn alive_under(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // Behind the name, in parentheses: the state, then the parent.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    fields.next().filter(|state| *state != "Z")?;
    fields.next()?.parse().ok()
}
