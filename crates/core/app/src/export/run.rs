//! One export: what never changes first, and last the documents that lead to it, so that nobody finds a playlist without its
//! segments.

use super::allowed::allowed;
use super::shipment::{Outcome, Shipment, Tally};
use crate::app::App;
use crate::error::Error;
use crate::play::{Document, DocumentName, Protocol, Shown, Tree, document, tree};
use crate::port::Depot;
use futures_util::stream::{self, StreamExt as _};
use kinora_domain::access::Caller;
use kinora_domain::{AssetId, Kind, OutputId, Problem};
use std::collections::HashMap;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Objects that are sent at a time: enough to fill a line on which each waits for its answer.
const AT_A_TIME: usize = 8;

/// What is to be exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The asset.
    pub asset: AssetId,
    /// The output, by its name or its id; the asset's own without.
    pub output: Option<String>,
    /// The players that it is for; at least one.
    pub protocols: Vec<Protocol>,
    /// Whether it may become open to whoever reads the other store, where it is not open here.
    pub open: bool,
}

/// Where it goes, and who waits for it.
#[derive(Clone, Copy)]
pub struct Destination<'a> {
    /// The place.
    pub depot: &'a dyn Depot,
    /// Once canceled, what is under way is ended, and nothing more begun.
    pub stop: &'a CancellationToken,
    /// Is told after each object.
    pub tell: &'a (dyn Fn(&Tally) + Sync),
}

/// Exports an output. What lies there with the right size and never changes is not sent again, so that the same order goes on
/// where an earlier one ended; documents are always sent. Nothing is removed.
///
/// # Errors
/// The asset, the output or the form of one of the protocols does not exist for this caller; `Conflict`: the output is not
/// complete, is encrypted, or changed meanwhile; `Forbidden`: it is not open to everybody; `Unavailable`: something could not
/// be put there.
pub async fn export(app: &Arc<App>, caller: &Caller, order: &Order, to: Destination<'_>) -> Result<Tally, Error> {
    let output = allowed(app, caller, order).await?;
    let shown = Shown { output, settled: true, ..Shown::default() };
    let planned = tree(app, order.asset, shown, &order.protocols).await?;
    let there = there(to.depot, &planned).await?;
    let shipment = Shipment { app, asset: order.asset, depot: to.depot, there, halt: to.stop.child_token() };
    let mut tally = Tally::of(planned.leaves.len() + planned.playlists.len() + planned.entries.len());

    let leaves = stream::iter(&planned.leaves).map(|leaf| shipment.leaf(*leaf)).buffer_unordered(AT_A_TIME);
    collect(leaves, &shipment, &mut tally, to).await?;

    let playlists = rendered(app, order.asset, shown, &planned.playlists).await.map_err(gone)?;
    let entries = rendered(app, order.asset, shown, &planned.entries).await.map_err(gone)?;
    // Documents and media must be of one state: what is named has to be there.
    if tree(app, order.asset, shown, &order.protocols).await.map_err(gone)? != planned {
        return Err(changed().into());
    }
    let folder = output.map(folder).unwrap_or_default();
    let send = |(name, document)| shipment.document(format!("{folder}{name}"), name, document);
    collect(stream::iter(playlists).map(send).buffer_unordered(AT_A_TIME), &shipment, &mut tally, to).await?;
    collect(stream::iter(entries).then(send), &shipment, &mut tally, to).await?;
    Ok(tally)
}

/// Says of what is not there any more that it was there.
pub(super) fn gone(error: Error) -> Error {
    if error.kind() == Kind::NotFound { Error::caused(changed(), error) } else { error }
}

/// The asset became another while it was exported.
fn changed() -> Problem {
    let message = "The asset changed while it was exported; the same order exports what it is now.";
    Problem::new(Kind::Conflict, "changed", message)
}

/// Where the documents of one of several outputs lie.
fn folder(output: OutputId) -> String {
    format!("o/{output}/")
}

/// What lies there already of what is planned, and beside it.
async fn there(depot: &dyn Depot, planned: &Tree) -> Result<HashMap<String, u64>, Error> {
    let mut there = HashMap::new();
    let mut folders: Vec<String> = Vec::new();
    for leaf in &planned.leaves {
        let path = leaf.to_string();
        let folder = path.split('/').next().unwrap_or_default();
        if folders.iter().all(|known| known != folder) {
            there.extend(depot.sizes(folder).await?);
            folders.push(folder.to_owned());
        }
    }
    Ok(there)
}

async fn rendered(
    app: &App,
    asset: AssetId,
    shown: Shown<'_>,
    names: &[DocumentName],
) -> Result<Vec<(DocumentName, Document)>, Error> {
    let mut documents = Vec::with_capacity(names.len());
    for name in names {
        documents.push((*name, document(app, asset, shown, *name).await?));
    }
    Ok(documents)
}

/// Waits for all of them. After a failure what is under way is ended, and nothing more begun.
async fn collect(
    outcomes: impl stream::Stream<Item = Result<Outcome, Error>>,
    shipment: &Shipment<'_>,
    tally: &mut Tally,
    to: Destination<'_>,
) -> Result<(), Error> {
    let mut outcomes = core::pin::pin!(outcomes);
    let mut failure = None;
    while let Some(outcome) = outcomes.next().await {
        match outcome {
            Ok(outcome) => {
                tally.count(outcome);
                (to.tell)(tally);
            }
            Err(error) => {
                shipment.halt.cancel();
                failure.get_or_insert(error);
            }
        }
    }
    failure.map_or(Ok(()), Err)
}
