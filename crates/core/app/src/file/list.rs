//! Files in pages.

use crate::app::App;
use crate::error::Error;
use crate::port::{FileFilter, FileSort, Order};
use kinora_domain::access::{Caller, Permission};
use kinora_domain::file::File;
use kinora_domain::page::{Page, PageRequest};

/// A page of the caller's files.
///
/// # Errors
/// The role does not allow it.
pub async fn list_files(
    app: &App,
    caller: &Caller,
    filter: &FileFilter,
    sort: (FileSort, Order),
    page: PageRequest,
) -> Result<Page<File>, Error> {
    caller.require(Permission::ReadMedia)?;
    Ok(app.store.read().await?.files(caller.organization, filter, sort, page).await?)
}
