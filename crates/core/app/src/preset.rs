//! Presets, for who is to choose one.

use crate::error::Error;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::page::{Page, PageRequest};
use kinora_domain::preset::{PRESETS, Preset};

/// A page of the presets, in their own order.
///
/// # Errors
/// The role does not allow it.
pub fn list_presets(caller: &Caller, page: PageRequest) -> Result<Page<Preset>, Error> {
    caller.require(Permission::ReadMedia)?;
    let skipped = usize::try_from(page.offset()).unwrap_or(usize::MAX);
    let size = usize::try_from(page.size()).unwrap_or(usize::MAX);
    let items = PRESETS.into_iter().skip(skipped).take(size).collect();
    Ok(Page { items, total: PRESETS.len() as u64, request: page })
}
