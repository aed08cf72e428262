//! `kinora playback policy|domains|keys|token|link`: who may fetch what plays.

use super::{Failure, remark, say};
use crate::master_key::hex;
use crate::settings::Settings;
use crate::world::World;
use clap::ArgMatches;
use kinora_app::App;
use kinora_app::access::{existing_organization, operator};
use kinora_app::guard::{
    Grant, Opened, add_public_key, allow_site, allowed_sites, create_playback_key, forbid_site, mint_token,
    playback_keys, remove_playback_key, retire_playback_key, set_asset_policy, set_token_policy, sign_link,
    token_policy,
};
use kinora_domain::access::Caller;
use kinora_domain::playback::{AssetPolicy, KeyLife, TokenAlgorithm, TokenPolicy};
use kinora_domain::{AssetId, Timestamp};
use kinora_edge::http::query::Query;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::str::FromStr;

/// Milliseconds of a minute.
const MINUTE_MS: i64 = 60_000;

/// Does what the subcommand says, on the store itself: a running server sees it within seconds.
pub(super) async fn run(settings: Settings, matches: ArgMatches) -> Result<ExitCode, Failure> {
    let world = World::open(&settings).await?;
    let app = &*world.app;
    let Some((name, asked)) = matches.subcommand() else { return Ok(ExitCode::FAILURE) };
    let caller = operator(&existing_organization(app, text(&matches, "organization")).await?);
    match (name, asked.subcommand()) {
        ("policy", _) => policy(app, &caller, asked).await?,
        ("token", _) => token(app, &caller, asked).await?,
        ("link", _) => link(app, &caller, &settings.public_url, asked).await?,
        ("domains", Some(("add", asked))) => {
            let site = allow_site(app, &caller, text(asked, "url")).await?;
            say(&format!("Pages of {} may show videos; domain {}.\n", site.site, site.id))?;
        }
        ("domains", Some(("remove", asked))) => forbid_site(app, &caller, id(asked)?).await?,
        ("domains", _) => domains(app, &caller).await?,
        ("keys", Some(("create", _))) => create(app, &caller).await?,
        ("keys", Some(("add", asked))) => add(app, &caller, asked).await?,
        ("keys", Some(("retire", asked))) => {
            retire_playback_key(app, &caller, id(asked)?, after_minutes(app, asked)?).await?;
        }
        ("keys", Some(("remove", asked))) => remove_playback_key(app, &caller, id(asked)?).await?,
        ("keys", _) => keys(app, &caller).await?,
        _ => return Ok(ExitCode::FAILURE),
    }
    Ok(ExitCode::SUCCESS)
}

fn text<'matches>(matches: &'matches ArgMatches, name: &str) -> &'matches str {
    matches.get_one::<String>(name).map_or("", String::as_str)
}

fn id<T: FromStr>(asked: &ArgMatches) -> Result<T, Failure> {
    text(asked, "id").parse().map_err(|_malformed| "an id is a UUID, as the list shows it".into())
}

fn asset(asked: &ArgMatches) -> Result<AssetId, Failure> {
    text(asked, "asset").parse().map_err(|_malformed| "an asset's id is a UUID".into())
}

/// So many minutes from now.
fn after_minutes(app: &App, asked: &ArgMatches) -> Result<Timestamp, Failure> {
    let minutes: u32 = text(asked, "minutes").parse().map_err(|_malformed| "--minutes is a whole number")?;
    Ok(app.now().plus_millis(i64::from(minutes).saturating_mul(MINUTE_MS)))
}

async fn policy(app: &App, caller: &Caller, asked: &ArgMatches) -> Result<(), Failure> {
    let policy = asked.get_one::<String>("policy").map(String::as_str);
    match (asked.get_one::<String>("asset"), policy) {
        (None, None) => {}
        (None, Some(name)) => {
            let policy = TokenPolicy::from_name(name).ok_or("an organization asks `open` or `required`")?;
            set_token_policy(app, caller, policy).await?;
        }
        (Some(_), policy) => {
            let asset = asset(asked)?;
            let policy = policy.and_then(AssetPolicy::from_name);
            let policy = policy.ok_or("say what the asset asks: `inherit`, `open` or `required`")?;
            set_asset_policy(app, caller, asset, policy).await?;
            return say(&format!("Viewers of asset {asset}: {}.\n", policy.name()));
        }
    }
    say(&format!("Playback tokens: {}.\n", token_policy(app, caller).await?.name()))
}

async fn token(app: &App, caller: &Caller, asked: &ArgMatches) -> Result<(), Failure> {
    let network = asked.get_one::<String>("ip").map(|ip| ip.parse());
    let network = network.transpose().map_err(|_malformed| "--ip is a block of addresses such as 192.0.2.0/24")?;
    let grant = Grant {
        asset: asset(asked)?,
        expires: after_minutes(app, asked)?,
        network,
        session: asked.get_one::<String>("session").cloned(),
    };
    say(&format!("{}\n", mint_token(app, caller, &grant).await?))
}

async fn link(app: &App, caller: &Caller, origin: &str, asked: &ArgMatches) -> Result<(), Failure> {
    let (path, query) = text(asked, "path").split_once('?').unwrap_or((text(asked, "path"), ""));
    let query = Query::parse(query);
    let opened = Opened { asset: asset(asked)?, path, parameters: query.pairs() };
    let link = sign_link(app, caller, opened, after_minutes(app, asked)?).await?;
    say(&format!("{origin}{}\n", link.address))
}

async fn domains(app: &App, caller: &Caller) -> Result<(), Failure> {
    let mut lines = format!("{:36}  {:40}  {}\n", "ID", "HOST", "AS GIVEN");
    for site in allowed_sites(app, caller).await? {
        writeln!(lines, "{:36}  {:40}  {}", site.id, site.site, site.url)?;
    }
    say(&lines)
}

async fn create(app: &App, caller: &Caller) -> Result<(), Failure> {
    let made = create_playback_key(app, caller).await?;
    remark(&format!(
        "Key {} (HS256). Sign tokens with this secret, given in hexadecimal and shown this once:",
        made.key.id
    ));
    say(&format!("{}\n", hex(&made.secret)))
}

async fn add(app: &App, caller: &Caller, asked: &ArgMatches) -> Result<(), Failure> {
    let algorithm = TokenAlgorithm::from_name(text(asked, "algorithm")).ok_or("there is no such algorithm")?;
    let file = text(asked, "file");
    let pem = std::fs::read_to_string(file).map_err(|error| format!("{file} cannot be read: {error}"))?;
    let key = add_public_key(app, caller, algorithm, &pem).await?;
    say(&format!("Key {} ({}): tokens that it signs are taken.\n", key.id, algorithm.name()))
}

async fn keys(app: &App, caller: &Caller) -> Result<(), Failure> {
    let mut lines = format!("{:36}  {:9}  {}\n", "ID", "ALGORITHM", "STATE");
    let now = app.now();
    for key in playback_keys(app, caller).await? {
        let state = match key.life {
            KeyLife::Active => "active".to_owned(),
            KeyLife::Retiring { until } if until > now => {
                format!("retiring, {} minutes left", (until.millis() - now.millis()) / MINUTE_MS)
            }
            KeyLife::Retiring { .. } => "over".to_owned(),
        };
        writeln!(lines, "{:36}  {:9}  {state}", key.id, key.key.algorithm().name())?;
    }
    say(&lines)
}
