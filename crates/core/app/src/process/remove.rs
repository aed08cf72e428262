//! The end of what is made of an asset, with the asset or before it.

use super::settle;
use crate::error::Error;
use crate::port::Tx;
use kinora_domain::AssetId;
use kinora_domain::job::Work;
use kinora_domain::output::Output;

/// Cancels the work on an output, gives back what it refers to and removes it with its tracks. The uploads that
/// it was made of stay where files or other outputs refer to them.
pub(crate) async fn remove_output(tx: &mut dyn Tx, output: &Output) -> Result<(), Error> {
    let renditions = settle::of_output(tx, output).await?;
    settle::cancel(tx, output, &renditions).await?;
    tx.cancel_work(Work::ExpireOutput(output.id)).await?;
    if !output.state.is_over() {
        settle::release_sources(tx, output, &renditions).await?;
    }
    for rendition in &renditions {
        for part in tx.rendition_parts(rendition.id).await? {
            tx.release_object(part.media).await?;
            tx.release_object(part.map).await?;
        }
    }
    for track in tx.tracks(output.asset).await?.into_iter().filter(|track| track.output == output.id) {
        tx.release_object(track.media).await?;
        tx.release_object(track.map).await?;
    }
    for picture in tx.kept_pictures(output.asset).await?.into_iter().filter(|picture| picture.output == output.id) {
        tx.release_object(picture.object).await?;
    }
    tx.delete_tracks_of(output.id).await?;
    tx.delete_output(output.id).await?;
    Ok(())
}

/// The same for all outputs of an asset.
pub(crate) async fn remove(tx: &mut dyn Tx, asset: AssetId) -> Result<(), Error> {
    for output in tx.outputs(asset).await? {
        remove_output(tx, &output).await?;
    }
    Ok(())
}
