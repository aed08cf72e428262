//! What can be said on the command line.

use super::remote;
use crate::settings::{Row, TABLE};
use clap::{Arg, ArgAction, Command};
use kinora_app::play::Protocol;
use kinora_domain::job::{JobState, WorkKind};

/// The command line: subcommands, and one flag for each setting.
pub(super) fn command() -> Command {
    let config = Arg::new("config").long("config").value_name("FILE").global(true).help("The settings file.");
    let everywhere = |row: &&Row| matches!(row.name, "data_dir" | "log");
    let serving = |row: &&Row| !everywhere(row) && !row.secret;
    Command::new("kinora")
        .about("A self-hosted video cloud in one binary.")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .arg(config)
        .args(TABLE.iter().filter(everywhere).map(|row| flag(row).global(true)))
        .subcommand(
            Command::new("serve").about("Starts the server.").arg(role()).args(TABLE.iter().filter(serving).map(flag)),
        )
        .subcommand(
            Command::new("worker")
                .about("Does jobs beside a server on the same data folder; any number of these may run.")
                .args(TABLE.iter().filter(serving).map(flag)),
        )
        .subcommand(remote::upload_command())
        .subcommand(remote::assets_command())
        .subcommand(keys())
        .subcommand(jobs())
        .subcommand(playback())
        .subcommand(export())
        .subcommand(
            Command::new("doctor")
                .about("Checks this machine and its settings: what is wrong and what to do.")
                .args(TABLE.iter().filter(serving).map(flag)),
        )
        .subcommand(Command::new("config").about("Prints a commented settings file."))
        .subcommand(Command::new("openapi").about("Prints the OpenAPI document of a dialect.").arg(dialect()))
}

fn dialect() -> Arg {
    Arg::new("dialect")
        .value_name("DIALECT")
        .default_value("videokit")
        .value_parser(["videokit", "azure"])
        .help("Cloud Video Kit, or the Azure Media Services Connector.")
}

fn flag(row: &Row) -> Arg {
    Arg::new(row.name).long(row.flag()).value_name("VALUE").help(format!("{} [default: {}]", row.about, row.default))
}

fn role() -> Arg {
    Arg::new("role")
        .long("role")
        .default_value("all")
        .value_parser(["all", "api"])
        .help("Whether it does jobs as well; with `api`, start `kinora worker` beside it.")
}

fn playback() -> Command {
    let organization = Arg::new("organization")
        .long("organization")
        .value_name("NAME")
        .default_value("default")
        .help("The organization whose viewers it is about.");
    let id = || Arg::new("id").value_name("ID").required(true).help("Its id, as the list shows it.");
    let asset = || Arg::new("asset").long("asset").value_name("ID").help("The asset.");
    let minutes = |default: &'static str, help: &'static str| {
        Arg::new("minutes").long("minutes").value_name("NUMBER").default_value(default).help(help)
    };
    let policy = Arg::new("policy")
        .value_parser(["open", "required", "inherit"])
        .help("What viewers need: nothing, a playback token, or for an asset what its organization asks.");
    let domains = Command::new("domains")
        .about("Web sites that may show videos; none means all.")
        .subcommand(Command::new("list").about("Lists them."))
        .subcommand(
            Command::new("add")
                .about("Allows a site: `example.com`, or `*.example.com` for all below it.")
                .arg(Arg::new("url").value_name("HOST").required(true).help("Its host or address.")),
        )
        .subcommand(Command::new("remove").about("Allows a site no more.").arg(id()));
    let algorithm = Arg::new("algorithm").long("algorithm").required(true).value_parser(["RS256", "ES256", "EdDSA"]);
    let file = Arg::new("file").value_name("FILE").required(true).help("The public key in PEM.");
    let keys = Command::new("keys")
        .about("Keys that playback tokens are checked with.")
        .subcommand(Command::new("list").about("Lists them; no secret is shown."))
        .subcommand(Command::new("create").about("Makes a secret key (HS256) and prints it, once."))
        .subcommand(
            Command::new("add")
                .about("Takes the public key of somebody who signs tokens himself.")
                .arg(algorithm.help("How its tokens are signed."))
                .arg(file),
        )
        .subcommand(
            Command::new("retire")
                .about("Signs nothing new with a key; its tokens count for a while, so that nobody is interrupted.")
                .arg(id())
                .arg(minutes("1440", "For how long they count.")),
        )
        .subcommand(Command::new("remove").about("Ends a key with all its tokens.").arg(id()));
    Command::new("playback")
        .about("Who may fetch what plays: policies, domains, keys, tokens, links.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .arg(organization)
        .subcommand(Command::new("policy").about("Shows or sets what viewers need to have.").arg(policy).arg(asset()))
        .subcommand(domains)
        .subcommand(keys)
        .subcommand(
            Command::new("token")
                .about("Makes a playback token for an asset and prints it.")
                .arg(asset().required(true))
                .arg(minutes("60", "For how long it counts."))
                .arg(Arg::new("ip").long("ip").value_name("BLOCK").help("Where the viewer must be: 192.0.2.0/24."))
                .arg(Arg::new("session").long("session").value_name("NAME").help("A session that requests must name.")),
        )
        .subcommand(
            Command::new("link")
                .about("Makes a link that opens one thing of an asset for a time, and prints it.")
                .arg(asset().required(true))
                .arg(
                    Arg::new("path")
                        .value_name("PATH")
                        .required(true)
                        .help("What it opens: `hls/master.m3u8`, or `video.mp4?height=720&download`."),
                )
                .arg(minutes("60", "For how long it works.")),
        )
}

fn export() -> Command {
    let organization = Arg::new("organization")
        .long("organization")
        .value_name("NAME")
        .default_value("default")
        .help("The organization whose asset it is.");
    let asset = Arg::new("asset").long("asset").value_name("ID").required(true).help("The asset.");
    let output = Arg::new("output")
        .long("output")
        .value_name("NAME")
        .help("One of several outputs, by its name or id; the asset's own without.");
    let to = Arg::new("to").long("to").value_name("URL").required(true).help(
        "Where to: file:///folder, s3://bucket/prefix, gs://bucket/prefix or az://container/prefix; keys and endpoints are \
         taken from the usual variables of the environment (AWS_..., GOOGLE_..., AZURE_...).",
    );
    let format = Arg::new("format")
        .long("format")
        .value_name("NAMES")
        .value_delimiter(',')
        .default_value("hls,dash")
        .value_parser(Protocol::ALL.map(Protocol::name))
        .help("The players that it is for; `hls-ts` is for old ones, and has segments of its own.");
    let open = Arg::new("open")
        .long("open")
        .action(ArgAction::SetTrue)
        .help("Export what not everybody may play here: who reads the store needs no token.");
    Command::new("export")
        .about("Lays down everything that players need of an asset in another object store; goes on where it was when interrupted.")
        .args([organization, asset, output, to, format, open])
}

fn jobs() -> Command {
    let id = || Arg::new("id").value_name("ID").help("The job's id, as `kinora jobs list` shows it.");
    let state = Arg::new("state")
        .long("state")
        .value_parser(JobState::ALL.map(JobState::name))
        .help("Only jobs in this state.");
    let kinds: Vec<_> = WorkKind::ALL.iter().map(|kind| kind.name()).collect();
    let kind = Arg::new("kind").long("kind").value_parser(kinds).help("Only jobs of this kind.");
    let all = Arg::new("all").long("all").action(ArgAction::SetTrue).help("Every parked job.");
    Command::new("jobs")
        .about("The queue.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Command::new("list").about("Lists jobs, the newest first.").arg(state).arg(kind))
        .subcommand(Command::new("show").about("Shows a job with its last words.").arg(id().required(true)))
        .subcommand(
            Command::new("replay")
                .about("Gives parked jobs all their attempts anew.")
                .arg(id().required_unless_present("all").conflicts_with("all"))
                .arg(all),
        )
        .subcommand(
            Command::new("cancel")
                .about("Cancels a job with its children; a worker stops within two seconds.")
                .arg(id().required(true)),
        )
}

fn keys() -> Command {
    let organization = Arg::new("organization")
        .long("organization")
        .value_name("NAME")
        .default_value("default")
        .help("The organization that the key acts for; it is made when it is not there.");
    let role = Arg::new("role")
        .long("role")
        .default_value("admin")
        .value_parser(["admin", "editor", "viewer"])
        .help("What the key may do.");
    Command::new("key")
        .about("API keys.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("create")
                .about("Makes a key and prints its secret, once.")
                .arg(Arg::new("name").long("name").value_name("NAME").required(true).help("What people call it."))
                .arg(role)
                .arg(organization),
        )
        .subcommand(Command::new("list").about("Lists the keys; no secret is shown."))
        .subcommand(
            Command::new("revoke").about("Ends a key at once.").arg(
                Arg::new("id").value_name("ID").required(true).help("The key's id, as `kinora key list` shows it."),
            ),
        )
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
