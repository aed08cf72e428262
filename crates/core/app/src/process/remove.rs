//! The end of what is made of an asset, with the asset.

use super::settle;
use crate::error::Error;
use crate::port::Tx;
use kinora_domain::AssetId;

/// Cancels the work on an asset's outputs, gives back what they refer to and removes them.
pub(crate) async fn remove(tx: &mut dyn Tx, asset: AssetId) -> Result<(), Error> {
    for output in tx.outputs(asset).await? {
        let renditions = settle::of_output(tx, &output).await?;
        settle::cancel(tx, &output, &renditions).await?;
        if !output.state.is_over() {
            settle::release_sources(tx, &output, &renditions).await?;
        }
    }
    for object in tx.part_objects(asset).await? {
        tx.release_object(object).await?;
    }
    tx.delete_outputs(asset).await?;
    Ok(())
}
