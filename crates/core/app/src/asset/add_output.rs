//! Outputs that are added to an asset.

use super::create::{add, load_files, look_into};
use super::prepare;
use crate::app::App;
use crate::error::Error;
use crate::fresh;
use crate::idempotency::{Made, Once};
use crate::process::request;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::asset::Asset;
use kinora_domain::endpoint::{HarvestedEndpoint, MOST_ENDPOINTS, output_name};
use kinora_domain::job::{Due, NewJob, Work};
use kinora_domain::output::Output;
use kinora_domain::{AssetId, JobId, Kind, Problem, Timestamp, preset};
use std::collections::HashSet;

/// Outputs of one asset at most.
const MOST_OUTPUTS: usize = 32;

/// What a client asks for.
#[derive(Debug, Clone)]
pub struct NewOutput {
    /// Name of a preset.
    pub preset: String,
    /// Its name in the asset; without one its id is its name.
    pub name: Option<String>,
    /// When it is to be removed.
    pub expires: Option<Timestamp>,
    /// Copies of it elsewhere.
    pub harvested: Vec<HarvestedEndpoint>,
}

impl Made for Output {
    const NEEDS: Permission = Permission::WriteMedia;
}

/// Adds an output to an asset, made of the files that the asset is made of. What cannot be made of them is there in
/// the failed state with the reason.
///
/// # Errors
/// There is no such asset for this caller; `Invalid` preset, name, expiration or endpoints; `AlreadyExists` with an
/// output of that name; `Conflict`: a file is not there any more, or there are too many outputs.
pub async fn add_output(
    app: &App,
    caller: &Caller,
    id: AssetId,
    new: NewOutput,
    once: Once<'_, Output>,
) -> Result<Output, Error> {
    caller.require(Permission::WriteMedia)?;
    let asset = app.store.read().await?.asset(caller.organization, id).await?;
    let asset = asset.ok_or_else(|| Problem::not_found("asset"))?;
    let preset = preset::find(&new.preset)?;
    check(app, &new)?;
    let mut files = source_files(app, caller, &asset).await?;
    let prepared = async {
        if look_into(app, &files).await? {
            files = source_files(app, caller, &asset).await?;
        }
        prepare::prepare(app, &asset.sources, &files, preset).await
    };
    let outcome = match prepared.await {
        Ok(outcome) => outcome,
        // A file may have been deleted since it was loaded.
        Err(error) => return Err(source_files(app, caller, &asset).await.err().unwrap_or(error)),
    };
    let stored = async {
        let mut tx = app.store.begin().await?;
        // It may have been changed or deleted since.
        let mut asset = tx.asset(caller.organization, id).await?.ok_or_else(|| Problem::not_found("asset"))?;
        let others = tx.outputs(id).await?;
        let output = request::output(app, &asset, &new.preset)?;
        let name = new.name.unwrap_or_else(|| output.id.to_string());
        let output = Output { name: Some(name), expires: new.expires, harvested: new.harvested, ..output };
        check_beside(&output, &others)?;
        let base = tx.next_position(id).await?;
        add(app, &mut *tx, output.clone(), &files, &outcome, base).await.map_err(gone)?;
        if let Some(moment) = output.expires {
            let timer = NewJob::new(JobId::new(fresh::uuid(app)), asset.organization, Work::ExpireOutput(output.id));
            tx.enqueue(&timer.with_due(Due::At(moment))).await?;
        }
        if others.is_empty() {
            asset.state = outcome.state();
        }
        asset.modified = app.clock.now();
        tx.update_asset(&asset).await?;
        once.keep(&mut *tx, &output).await?;
        tx.commit().await?;
        Ok(output)
    }
    .await;
    if stored.is_err() {
        prepare::discard(app, &outcome).await;
    }
    app.playables.forget(id);
    app.work_waiting.notify_one();
    stored
}

fn check(app: &App, new: &NewOutput) -> Result<(), Problem> {
    if let Some(name) = &new.name {
        output_name(name)?;
    }
    if new.expires.is_some_and(|moment| moment <= app.clock.now()) {
        return Err(Problem::invalid("expirationDate", "The moment must be in the future."));
    }
    if new.harvested.len() > MOST_ENDPOINTS {
        let message = format!("There may be {MOST_ENDPOINTS} endpoints at most.");
        return Err(Problem::invalid("harvestedEndpointInfos", message));
    }
    for (index, endpoint) in new.harvested.iter().enumerate() {
        endpoint.check(&format!("harvestedEndpointInfos[{index}]"))?;
    }
    Ok(())
}

fn check_beside(output: &Output, others: &[Output]) -> Result<(), Problem> {
    if others.iter().any(|other| other.called() == output.called()) {
        let message = "The asset has an output of this id.";
        let field = Some("id".to_owned());
        let (kind, reason) = (Kind::AlreadyExists, "output_exists");
        return Err(Problem { kind, reason, message: message.to_owned(), field });
    }
    let mut taken: HashSet<String> = others.iter().flat_map(Output::endpoint_ids).collect();
    if let Some(twice) = output.endpoint_ids().into_iter().find(|id| !taken.insert(id.clone())) {
        let message = format!("The asset would have two endpoints of the id `{twice}`.");
        return Err(Problem::invalid("harvestedEndpointInfos", message));
    }
    if others.len() >= MOST_OUTPUTS {
        let message = format!("An asset has {MOST_OUTPUTS} outputs at most; delete one first.");
        return Err(Problem::new(Kind::Conflict, "too_many_outputs", message));
    }
    Ok(())
}

async fn source_files(app: &App, caller: &Caller, asset: &Asset) -> Result<Vec<kinora_domain::file::File>, Error> {
    load_files(app, caller, &asset.sources).await.map_err(gone)
}

/// A file that is not there any more is nothing that the client named wrongly here.
fn gone(error: Error) -> Error {
    if error.kind() != Kind::NotFound {
        return error;
    }
    let message = "A file that this asset was made of has been deleted, so nothing more can be made of it.";
    Problem::new(Kind::Conflict, "source_deleted", message).into()
}
