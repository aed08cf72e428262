//! `kinora key create|list|revoke`.

use super::{Failure, remark, say};
use crate::settings::Settings;
use crate::world::World;
use clap::ArgMatches;
use kinora_app::App;
use kinora_app::access::{create_key, list_keys, named_organization, revoke_key};
use kinora_domain::KeyId;
use kinora_domain::access::{KeyState, Role};
use std::fmt::Write as _;
use std::process::ExitCode;

/// Does what the subcommand says, on the store itself: a running server sees it at its next request.
pub(super) async fn run(settings: Settings, matches: ArgMatches) -> Result<ExitCode, Failure> {
    let world = World::open(&settings).await?;
    match matches.subcommand() {
        Some(("create", asked)) => create(&world.app, asked).await?,
        Some(("list", _)) => list(&world.app).await?,
        Some(("revoke", asked)) => revoke(&world.app, asked).await?,
        Some(_) | None => return Ok(ExitCode::FAILURE),
    }
    Ok(ExitCode::SUCCESS)
}

fn text<'matches>(matches: &'matches ArgMatches, name: &str) -> &'matches str {
    matches.get_one::<String>(name).map_or("", String::as_str)
}

async fn create(app: &App, asked: &ArgMatches) -> Result<(), Failure> {
    let organization = named_organization(app, text(asked, "organization")).await?;
    let role = Role::from_name(text(asked, "role")).unwrap_or(Role::Viewer);
    let made = create_key(app, organization.id, text(asked, "name"), role).await?;
    remark(&format!(
        "Key {} ({}) for organization `{}`. This is its secret, shown this once:",
        made.key.id,
        role.name(),
        organization.name
    ));
    say(&format!("{}\n", made.secret))
}

async fn list(app: &App) -> Result<(), Failure> {
    let mut lines =
        format!("{:36}  {:12}  {:7}  {:8}  {:20}  {}\n", "ID", "BEGINS WITH", "STATE", "ROLE", "ORGANIZATION", "NAME");
    for listed in list_keys(app).await? {
        let state = match listed.key.state {
            KeyState::Active => "active",
            KeyState::Revoked { .. } => "revoked",
        };
        for (grant, organization) in listed.key.grants.iter().zip(&listed.organizations) {
            writeln!(
                lines,
                "{:36}  {:12}  {state:7}  {:8}  {:20}  {}",
                listed.key.id,
                listed.key.prefix,
                grant.role.name(),
                organization.name,
                listed.key.name
            )?;
        }
    }
    say(&lines)
}

async fn revoke(app: &App, asked: &ArgMatches) -> Result<(), Failure> {
    let id: KeyId = text(asked, "id").parse().map_err(|_malformed| "an id is a UUID, as `kinora key list` shows it")?;
    let key = revoke_key(app, id).await?;
    say(&format!("Key {} ({}) opens nothing any more.\n", key.id, key.name))
}
