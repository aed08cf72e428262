//! A real server on a free port, a plain HTTP client, and the calls of an application.

mod answer;
mod home;
mod http;
mod kit;
mod play;
mod port;
mod program;
mod server;
mod small_disk;
mod wait;

pub(crate) use answer::Answer;
pub(crate) use home::{Home, IDLE};
pub(crate) use http::{Request, Wire};
pub(crate) use kit::{PART, Upload, part, sources};
pub(crate) use play::{Track, path, tracks, tracks_of};
pub(crate) use port::Port;
pub(crate) use program::{Ended, Running, command, finish};
pub(crate) use server::{KEY, Server, alive_under};
pub(crate) use small_disk::{Filler, SmallDisk};
pub(crate) use wait::until;
