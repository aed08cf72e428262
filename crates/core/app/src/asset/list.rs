//! Assets in pages.

use crate::app::App;
use crate::error::Error;
use crate::port::{AssetFilter, AssetSort, Order};
use kinora_domain::access::{Caller, Permission};
use kinora_domain::asset::Asset;
use kinora_domain::page::{Page, PageRequest};

/// A page of the caller's assets.
///
/// # Errors
/// The role does not allow it.
pub async fn list_assets(
    app: &App,
    caller: &Caller,
    filter: &AssetFilter,
    sort: (AssetSort, Order),
    page: PageRequest,
) -> Result<Page<Asset>, Error> {
    caller.require(Permission::ReadMedia)?;
    Ok(app.store.read().await?.assets(caller.organization, filter, sort, page).await?)
}
