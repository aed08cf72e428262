//! The peer that serves files.

use crate::Bench;
use crate::failure::{Context as _, Failure, Outcome};
use crate::http::Client;
use crate::kernel;
use crate::process::{Running, command};
use crate::server::free_address;
use crate::wait;
use core::time::Duration;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// How long a start may take.
const STARTING: Duration = Duration::from_secs(10);

/// nginx with one worker.
pub(crate) struct Nginx<'a> {
    // The worker is ended before its master, which would start another one only while it runs.
    running: Running<'a>,
    worker: u32,
    address: SocketAddr,
    bench: &'a Bench,
}

impl<'a> Nginx<'a> {
    /// Serves the files of `root`, with open files kept or opened at each request.
    pub(crate) fn start(bench: &'a Bench, root: &Path, keep_open: bool, core: Option<usize>) -> Outcome<Self> {
        let name = if keep_open { "nginx-keeping" } else { "nginx" };
        let folder = bench.scratch.folder(name)?;
        let address = free_address()?;
        let path = folder.join("nginx.conf");
        std::fs::write(&path, configuration(&folder, root, keep_open, address)?).context(path.display())?;
        let mut nginx = match core {
            Some(core) => {
                let mut pinned = command("taskset");
                pinned.arg("-c").arg(core.to_string()).arg("nginx");
                pinned
            }
            None => command("nginx"),
        };
        nginx.arg("-e").arg(folder.join("error.log")).arg("-p").arg(&folder).arg("-c").arg(&path);
        let mut running = Running::start(&mut nginx, &bench.scratch)?;
        let worker = wait::until("nginx serves", STARTING, || {
            if let Some(status) = running.ended()? {
                let log = std::fs::read_to_string(folder.join("error.log")).unwrap_or_default();
                return Err(Failure::new(format!("nginx ended: {status}\n{log}")));
            }
            let answers = Client::new(address).send("GET", "/", "", &[]).is_ok();
            Ok(if answers { kernel::children(running.pid())?.first().copied() } else { None })
        })?;
        bench.scratch.watch(worker)?;
        Ok(Self { running, worker, address, bench })
    }

    /// The process that serves.
    pub(crate) const fn worker(&self) -> u32 {
        self.worker
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) const fn client(&self) -> Client {
        Client::new(self.address)
    }
}

impl Drop for Nginx<'_> {
    fn drop(&mut self) {
        // A master that is killed leaves its worker behind; one that is asked takes it along.
        if let Err(failure) = self.running.end() {
            crate::say(&format!("ending nginx: {failure}"));
        } else {
            drop(self.bench.scratch.forget(self.worker));
        }
    }
}

fn configuration(folder: &Path, root: &Path, keep_open: bool, address: SocketAddr) -> Outcome<String> {
    // Without this the worker of a master that runs as root may not read the files.
    let privileged = std::fs::metadata(folder).context(folder.display())?.uid() == 0;
    let user = if privileged { "user root;" } else { "" };
    let cache = if keep_open { "max=16 inactive=1h" } else { "off" };
    let (folder, root) = (folder.display(), root.display());
    Ok(format!(
        "{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    tcp_nodelay on;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    open_file_cache {cache};
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    types {{ video/mp4 m4s; }}
    server {{
        listen {address};
        root {root};
    }}
}}
"
    ))
}
