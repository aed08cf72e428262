//! Files that are deleted while somebody reads them.

use crate::app::App;
use crate::error::Error;
use kinora_domain::{FileId, Kind, OrganizationId, Problem};

/// What failed while it read a file: that there is no such file, where it has been deleted since.
pub(crate) async fn unless_gone(app: &App, organization: OrganizationId, id: FileId, error: Error) -> Error {
    if error.kind() != Kind::Internal {
        return error;
    }
    let found = async { app.store.read().await?.file(organization, id).await };
    match found.await {
        Ok(None) => Problem::not_found("file").into(),
        Ok(Some(_)) | Err(_) => error,
    }
}
