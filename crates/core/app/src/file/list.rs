//! Files in pages.

use crate::app::App;
use crate::error::Error;
use crate::port::{FileFilter, FileSort, Order};
use kinora_domain::FileId;
use kinora_domain::access::{Caller, Permission};
use kinora_domain::file::File;
use kinora_domain::labels::Labels;
use kinora_domain::page::{Page, PageRequest};

/// A file with what a client wrote on it.
#[derive(Debug, Clone)]
pub struct LabeledFile {
    /// The file.
    pub file: File,
    /// Its tags and attributes.
    pub labels: Labels,
}

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
) -> Result<Page<LabeledFile>, Error> {
    caller.require(Permission::ReadMedia)?;
    let mut tx = app.store.read().await?;
    let Page { items, total, request } = tx.files(caller.organization, filter, sort, page).await?;
    let ids: Vec<FileId> = items.iter().map(|file| file.id).collect();
    let mut labels = tx.file_labels(&ids).await?;
    let labeled = |file: File| LabeledFile { labels: labels.remove(&file.id).unwrap_or_default(), file };
    Ok(Page { items: items.into_iter().map(labeled).collect(), total, request })
}
