//! `kinora playback policy|domains|keys|token`: who may fetch what plays.

use super::{Failure, remark, say};
use crate::master_key::hex;
use crate::settings::Settings;
use crate::world::World;
use clap::ArgMatches;
use kinora_app::App;
use kinora_app::access::{named_organization, operator};
use kinora_app::guard::{
    Grant, add_public_key, allow_site, allowed_sites, create_playback_key, forbid_site, mint_token, playback_keys,
    remove_playback_key, retire_playback_key, set_asset_policy, set_token_policy, token_policy,
};
use kinora_domain::access::Caller;
use kinora_domain::playback::{AssetPolicy, KeyLife, TokenAlgorithm, TokenPolicy};
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
    let caller = operator(&named_organization(app, text(&matches, "organization")).await?);
    match (name, asked.subcommand()) {
        ("policy", _) => policy(app, &caller, asked).await?,
        ("token", _) => token(app, asked).await?,
        ("domains", Some(("add", asked))) => {
            let site = allow_site(app, &caller, text(asked, "url")).await?;
            say(&format!("Pages of {} may show videos; domain {}.\n", site.site, site.id))?;
        }
        ("domains", Some(("remove", asked))) => forbid_site(app, &caller, id(asked)?).await?,
        ("domains", _) => domains(app, &caller).await?,
        ("keys", Some(("create", _))) => create(app, &caller).await?,
        ("keys", Some(("add", asked))) => add(app, &caller, asked).await?,
        ("keys", Some(("retire", asked))) => {
            let minutes = number(asked, "minutes")?;
            let until = app.now().plus_millis(minutes.saturating_mul(MINUTE_MS));
            retire_playback_key(app, &caller, id(asked)?, until).await?;
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

fn number(asked: &ArgMatches, name: &str) -> Result<i64, Failure> {
    let number: u32 = text(asked, name).parse().map_err(|_malformed| format!("--{name} is a whole number"))?;
    Ok(number.into())
}

async fn policy(app: &App, caller: &Caller, asked: &ArgMatches) -> Result<(), Failure> {
    let policy = asked.get_one::<String>("policy").map(String::as_str);
    match (asked.get_one::<String>("asset"), policy) {
        (None, None) => {}
        (None, Some(name)) => {
            let policy = TokenPolicy::from_name(name).ok_or("an organization asks `open` or `required`")?;
            set_token_policy(app, caller, policy).await?;
        }
        (Some(asset), policy) => {
            let asset = asset.parse().map_err(|_malformed| "an asset's id is a UUID")?;
            let policy = policy.and_then(AssetPolicy::from_name);
            let policy = policy.ok_or("say what the asset asks: `inherit`, `open` or `required`")?;
            set_asset_policy(app, caller, asset, policy).await?;
            return say(&format!("Viewers of asset {asset}: {}.\n", policy.name()));
        }
    }
    say(&format!("Playback tokens: {}.\n", token_policy(app, caller).await?.name()))
}

async fn token(app: &App, asked: &ArgMatches) -> Result<(), Failure> {
    let asset = text(asked, "asset").parse().map_err(|_malformed| "an asset's id is a UUID")?;
    let network = asked.get_one::<String>("ip").map(|ip| ip.parse());
    let network = network.transpose().map_err(|_malformed| "--ip is a block of addresses such as 192.0.2.0/24")?;
    let grant = Grant {
        asset,
        expires: app.now().plus_millis(number(asked, "minutes")?.saturating_mul(MINUTE_MS)),
        network,
        session: asked.get_one::<String>("session").cloned(),
    };
    say(&format!("{}\n", mint_token(app, &grant).await?))
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
    let pem = std::fs::read_to_string(text(asked, "file"))?;
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
