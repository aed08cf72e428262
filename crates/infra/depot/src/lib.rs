//! Object stores that exports go to, by their addresses: Amazon's S3 and what speaks its protocol, Google Cloud Storage, Azure
//! Blob Storage, folders of this machine.

mod open;
mod put;

pub use open::OpenError;

use async_trait::async_trait;
use futures_util::stream::TryStreamExt as _;
use kinora_app::port::{Depot, DepotError, Parcel};
use object_store::path::Path;
use object_store::{Attribute, Attributes, ObjectStore};
use std::collections::HashMap;

/// A place in an object store: everything below a prefix.
pub struct StoreDepot {
    store: Box<dyn ObjectStore>,
    prefix: Path,
    /// Whether the store keeps with an object the headers that it is given out with; folders do not.
    keeps_headers: bool,
}

impl StoreDepot {
    /// The address in the store of a path of the port.
    fn place(&self, path: &str) -> Path {
        self.prefix.parts().chain(Path::from(path).parts()).collect()
    }

    fn attributes(&self, parcel: &Parcel) -> Attributes {
        let told = [(Attribute::ContentType, parcel.content_type), (Attribute::CacheControl, parcel.cache)];
        if self.keeps_headers { told.into_iter().collect() } else { Attributes::new() }
    }
}

/// What the store said.
fn failed(doing: &'static str, path: &str) -> impl FnOnce(object_store::Error) -> DepotError {
    move |error| DepotError::Store { doing, path: path.to_owned(), source: Box::new(error) }
}

#[async_trait]
impl Depot for StoreDepot {
    async fn sizes(&self, folder: &str) -> Result<HashMap<String, u64>, DepotError> {
        let prefix = self.place(folder);
        let found = self.store.list(Some(&prefix)).try_fold(HashMap::new(), async |mut sizes, found| {
            if let Some(names) = found.location.prefix_match(&self.prefix) {
                let names: Vec<_> = names.map(|name| name.as_ref().to_owned()).collect();
                sizes.insert(names.join("/"), found.size);
            }
            Ok(sizes)
        });
        found.await.map_err(failed("listing", folder))
    }

    async fn put(&self, path: &str, parcel: Parcel) -> Result<(), DepotError> {
        let (place, attributes) = (self.place(path), self.attributes(&parcel));
        put::put(&*self.store, (path, &place), attributes, parcel).await
    }
}
