//! Keys of what is encrypted. One secret for an output is kept, sealed; all its keys are derived from that, so that any
//! process makes the same bytes, and none of them is used for two things.

use crate::app::App;
use crate::error::Error;
use crate::fresh;
use kinora_domain::playback::ContentKeys;
use kinora_domain::{ContentKeyId, OutputId};

fn purpose(id: ContentKeyId) -> String {
    format!("content keys {id}")
}

/// The keys of a new output.
///
/// # Errors
/// The vault refuses.
pub(crate) fn make(app: &App, output: OutputId) -> Result<ContentKeys, Error> {
    let mut secret = [0; 32];
    app.random.fill(&mut secret);
    let id = ContentKeyId::new(fresh::uuid(app));
    let sealed = app.vault.seal(&*app.random, &purpose(id), &secret)?;
    Ok(ContentKeys { id, output, sealed, created: app.clock.now() })
}
