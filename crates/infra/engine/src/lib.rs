//! The only place that starts programs: ffprobe and ffmpeg behind the ports of `kinora-app`.
//!
//! | module | duty |
//! |---|---|
//! | [`args`] | the command lines, made of our own types alone; pure |
//! | [`sandbox`] | limits and layers that a process puts on itself before it becomes a program |
//! | [`child`] | starts a program, watches it, ends it with everything that it started |
//! | [`examine`] | what is in a file: the port `Prober` |
//! | `encode` | pictures and sound made anew: the port `Encoder` |
//! | `text` | captions that lie within films, taken out |
//! | `picture` | stills and moving pictures of films: the port `Painter` |
//! | `filter` | filters in ffmpeg's words |
//! | [`doctor`] | are the programs there, and can they do what is needed |
//!
//! Nothing that a client named reaches a command line: the input is an open descriptor, the demuxer a
//! word of our table, and every number a setting of the operator. A program gets no environment, an
//! empty folder to stand in, no shell, and dies with us.
//!
//! The executable given to [`Engine`] as helper must call [`sandbox_main`] when its first argument is
//! [`SANDBOX`]: `/proc/self/exe` in the server.

pub mod args;
pub mod child;
pub mod doctor;
mod encode;
mod engine;
pub mod examine;
mod filter;
mod keep;
mod language;
mod picture;
pub mod sandbox;
mod scratch;
mod text;
mod words;

pub use engine::{Engine, EngineLimits, Programs};
pub use sandbox::{Confinement, Layer, Layers, SANDBOX, sandbox_main};
