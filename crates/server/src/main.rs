//! `kinora`: a self-hosted video cloud in one binary.
//!
//! This crate reads settings, plugs the world into the use cases, listens, and drains. Rules live in
//! `kinora-app`, protocols in `kinora-edge`.
//!
//! | module | does |
//! |---|---|
//! | [`settings`] | defaults < file < environment < flags, into one checked value |
//! | [`command`] | what each subcommand does |
//! | [`world`] | opens store, objects and engine and plugs them together |
//! | [`listen`] | HTTP connections, and their drain |
//! | [`holder`], [`locks`] | which processes are on a data folder, and which are gone |
//! | [`master_key`] | the key that all other keys are sealed under |
//! | [`signals`] | the signals that ask for an end |
//! | [`workers`] | jobs and regular chores |
//! | [`remote`] | a server elsewhere, through its API |
//! | [`site`] | the built web parts, embedded |
//! | [`host`] | clock and randomness of this machine |
//! | [`log`] | log lines |

mod command;
mod holder;
mod host;
mod listen;
mod locks;
mod log;
mod master_key;
mod remote;
mod settings;
mod signals;
mod site;
mod workers;
mod world;

use std::process::ExitCode;

fn main() -> ExitCode {
    // Before anything else: this binary starts itself as the small helper that limits a child program.
    let mut arguments = std::env::args_os();
    if arguments.nth(1).is_some_and(|argument| argument == kinora_engine::SANDBOX) {
        return kinora_engine::sandbox_main(arguments);
    }
    command::run()
}
