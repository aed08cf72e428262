//! `kinora upload` and `kinora assets`: a server is spoken to through its API, here or elsewhere.

use super::{Failure, remark, say};
use crate::remote::model::{Asset, PageOf};
use crate::remote::{Api, RemoteError, Watched, upload, watch};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::json;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Where a server is that was started without settings.
const HERE: &str = "http://127.0.0.1:8080";
/// The preset of an upload for which none is named.
const PRESET: &str = "dash_hls_1080p";

/// `kinora upload`.
pub(super) fn upload_command() -> Command {
    let title = Arg::new("title").long("title").value_name("TITLE").help("Its title; the name of the file otherwise.");
    let preset = Arg::new("preset")
        .long("preset")
        .value_name("NAME")
        .default_value(PRESET)
        .help("What it is made into; `none` stores the file alone.");
    let wait = Arg::new("wait").long("wait").action(ArgAction::SetTrue).help("Waits until all of it is made.");
    let file = Arg::new("file").value_name("FILE").required(true).value_parser(value_parser!(PathBuf));
    let about = "Uploads a film and makes an asset of it; interrupted, it goes on where it was.";
    let command = Command::new("upload").about(about).arg(file.help("The film.")).arg(preset).arg(title).arg(wait);
    reaching(command)
}

/// `kinora assets`.
pub(super) fn assets_command() -> Command {
    let id = || Arg::new("id").value_name("ID").required(true).help("The asset's id.");
    let json = || Arg::new("json").long("json").action(ArgAction::SetTrue).help("Prints what the server answers.");
    let number = |name: &'static str, default: &'static str| {
        Arg::new(name).long(name).value_name("N").default_value(default).value_parser(value_parser!(u32).range(1..))
    };
    let list = Command::new("list")
        .about("Lists assets, the newest first.")
        .arg(Arg::new("query").long("query").value_name("TEXT").help("Only those whose title holds this."))
        .arg(
            Arg::new("status").long("status").value_name("STATUS").help("Only those in this state, such as Available."),
        )
        .arg(number("limit", "100").help("How many."))
        .arg(number("page", "1").help("Which page of them."))
        .arg(json());
    let show = Command::new("show").about("Shows an asset and where it plays.").arg(id()).arg(json());
    let delete = Command::new("delete").about("Deletes assets.").arg(id().num_args(1..).help("The assets' ids."));
    Command::new("assets")
        .about("The assets of a server.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(reaching(list))
        .subcommand(reaching(show))
        .subcommand(reaching(delete))
}

/// Adds what says which server is meant.
fn reaching(command: Command) -> Command {
    let server = Arg::new("server")
        .long("server")
        .value_name("URL")
        .help(format!("The server. [default: KINORA_SERVER, else {HERE}]"));
    let key = Arg::new("key").long("key").value_name("KEY").help("An API key. [default: KINORA_KEY]");
    command.arg(server).arg(key)
}

/// Where the environment says that the server and the key are; other programs of ours do not ask for them.
pub(crate) const VARIABLES: [&str; 2] = ["KINORA_SERVER", "KINORA_KEY"];

fn api(matches: &ArgMatches) -> Result<Api, RemoteError> {
    let [server_variable, key_variable] = VARIABLES;
    let told = |name: &str, variable: &str| {
        let asked = text(matches, name).map(str::to_owned);
        asked.or_else(|| super::variable(variable)?.into_string().ok())
    };
    let server = told("server", server_variable).unwrap_or_else(|| HERE.to_owned());
    Api::new(&server, &told("key", key_variable).ok_or(RemoteError::NoKey)?)
}

fn text<'matches>(matches: &'matches ArgMatches, name: &str) -> Option<&'matches str> {
    matches.get_one::<String>(name).map(String::as_str)
}

/// Uploads, makes an asset, waits where that is asked for. Prints the id of what was made, and where it plays.
pub(super) async fn run_upload(matches: ArgMatches) -> Result<ExitCode, Failure> {
    let api = api(&matches)?;
    let Some(path) = matches.get_one::<PathBuf>("file") else { return Ok(ExitCode::FAILURE) };
    let preset = text(&matches, "preset").unwrap_or(PRESET);
    let file = upload(&api, path).await?;
    if preset == "none" {
        say(&format!("{file}\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let title = text(&matches, "title").map(str::to_owned).or_else(|| name(path));
    let body = json!({ "transcodedSources": [{ "fileId": file }], "preset": preset, "title": title });
    let made = api.post::<crate::remote::model::Made>("vod/v1/assets", &body).await;
    let id = made.inspect_err(|_| remark(&format!("The upload itself is there, as file {file}.")))?.id;
    say(&format!("{id}\n"))?;
    if !matches.get_flag("wait") {
        return Ok(ExitCode::SUCCESS);
    }
    match watch(&api, &id).await? {
        Watched::Finished(asset) => {
            places(&asset)?;
            Ok(ExitCode::SUCCESS)
        }
        Watched::Failed(words) => {
            remark(&format!("kinora: {id} was not made: {words}"));
            Ok(ExitCode::FAILURE)
        }
    }
}

fn name(path: &Path) -> Option<String> {
    path.file_stem().map(|name| name.to_string_lossy().into_owned())
}

/// Does what the subcommand says.
pub(super) async fn run_assets(matches: ArgMatches) -> Result<ExitCode, Failure> {
    match matches.subcommand() {
        Some(("list", asked)) => list(&api(asked)?, asked).await?,
        Some(("show", asked)) => show(&api(asked)?, asked).await?,
        Some(("delete", asked)) => return delete(&api(asked)?, asked).await,
        Some(_) | None => return Ok(ExitCode::FAILURE),
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(api: &Api, asked: &ArgMatches) -> Result<(), Failure> {
    let number = |name: &str| asked.get_one::<u32>(name).map(u32::to_string).unwrap_or_default();
    let mut query = vec![
        ("limit", number("limit")),
        ("page", number("page")),
        ("sort", "CreateDate".to_owned()),
        ("desc", "true".to_owned()),
    ];
    query.extend(text(asked, "query").map(|text| ("query", text.to_owned())));
    query.extend(text(asked, "status").map(|status| ("statuses", status.to_owned())));
    if asked.get_flag("json") {
        let page: serde_json::Value = api.get("vod/v1/assets", &query).await?;
        return print(&page);
    }
    let page: PageOf<Asset> = api.get("vod/v1/assets", &query).await?;
    let mut lines = format!("{:36}  {:10}  {:16}  {:20}  {}\n", "ID", "STATUS", "PRESET", "CREATED", "TITLE");
    for asset in &page.items {
        let (created, title) = (second(&asset.create_date), asset.title.as_deref().unwrap_or_default());
        writeln!(lines, "{:36}  {:10}  {:16}  {created:20}  {title}", asset.id, asset.status, asset.preset)?;
    }
    say(&lines)?;
    if page.page_count > page.page_number {
        let (number, count, total) = (page.page_number, page.page_count, page.total_count);
        remark(&format!("Page {number} of {count}; {total} in all. The next is --page {}.", number + 1));
    }
    Ok(())
}

/// A moment to the second.
fn second(moment: &str) -> String {
    moment.split_once('.').map_or_else(|| moment.to_owned(), |(second, _)| format!("{second}Z"))
}

async fn show(api: &Api, asked: &ArgMatches) -> Result<(), Failure> {
    let path = format!("vod/v1/assets/{}", segment(text(asked, "id").unwrap_or_default()));
    if asked.get_flag("json") {
        let asset: serde_json::Value = api.get(&path, &[]).await?;
        return print(&asset);
    }
    let asset: Asset = api.get(&path, &[]).await?;
    let mut lines = format!("id        {}\n", asset.id);
    if let Some(title) = &asset.title {
        writeln!(lines, "title     {title}")?;
    }
    writeln!(lines, "status    {}", asset.status)?;
    writeln!(lines, "preset    {}", asset.preset)?;
    writeln!(lines, "created   {}", asset.create_date)?;
    if let Some(ms) = asset.duration_milliseconds.filter(|ms| *ms > 0) {
        writeln!(lines, "length    {}.{:03} s", ms / 1_000, ms % 1_000)?;
    }
    for output in &asset.outputs {
        let preset = output.preset.as_deref().unwrap_or_default();
        let percent = output.progress_percent.map(|percent| format!(", {percent} %")).unwrap_or_default();
        let words = output.error_message.as_ref().map(|words| format!(": {words}")).unwrap_or_default();
        writeln!(lines, "output    {preset} {}{percent}{words}", output.status)?;
    }
    if let Some(words) = &asset.error_message {
        writeln!(lines, "error     {words}")?;
    }
    say(&lines)?;
    places(&asset)
}

/// Says where an asset plays.
fn places(asset: &Asset) -> Result<(), Failure> {
    for endpoint in &asset.endpoints {
        if let Some(url) = &endpoint.url {
            say(&format!("{:8}  {url}\n", endpoint.format))?;
        }
    }
    Ok(())
}

/// Deletes each; what cannot be deleted keeps nothing else from it.
async fn delete(api: &Api, asked: &ArgMatches) -> Result<ExitCode, Failure> {
    let mut code = ExitCode::SUCCESS;
    for id in asked.get_many::<String>("id").into_iter().flatten() {
        match api.delete(&format!("vod/v1/assets/{}", segment(id))).await {
            Ok(()) => say(&format!("{id} deleted\n"))?,
            Err(error @ RemoteError::Refused { .. }) => {
                remark(&format!("kinora: {id}: {error}"));
                code = ExitCode::FAILURE;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(code)
}

/// An id as one segment of a path: what is none of ours must not lead elsewhere.
fn segment(id: &str) -> String {
    id.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn print(value: &serde_json::Value) -> Result<(), Failure> {
    say(&format!("{}\n", serde_json::to_string_pretty(value)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_one_segment() {
        assert_eq!(segment("0199-ab_C"), "0199-ab_C");
        assert_eq!(segment("../x?y#é"), "%2E%2E%2Fx%3Fy%23%C3%A9");
    }

    #[test]
    fn moments_are_shown_to_the_second() {
        assert_eq!(second("2026-11-21T07:00:00.123Z"), "2026-11-21T07:00:00Z");
        assert_eq!(second("2026-11-21T07:00:00Z"), "2026-11-21T07:00:00Z");
    }
}
