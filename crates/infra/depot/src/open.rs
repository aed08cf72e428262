//! Opens a place by its address.

use super::StoreDepot;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreScheme, parse_url_opts};
use std::path::PathBuf;
use url::Url;

/// How long a request may take: a part goes out by a line of a third of a megabit in this time.
const TIMEOUT: (&str, &str) = ("timeout", "240 seconds");

/// What is wrong with an address, or with what is said about it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is not one of those that are known.
    #[error(
        "`{0}` is no place for an export: say `file:///folder`, `s3://bucket/prefix`, `gs://bucket/prefix` or `az://container/prefix`"
    )]
    Unknown(String),
    /// The folder cannot be made.
    #[error("the folder {} cannot be made", .0.display())]
    Folder(PathBuf, #[source] std::io::Error),
    /// The store cannot be opened with these options.
    #[error("the store of `{0}` cannot be opened")]
    Store(String, #[source] object_store::Error),
}

impl StoreDepot {
    /// The place of that address. A folder is made where there is none; of others nothing is asked yet. `options` are names and
    /// values as the tools of each store take them from their environment: `AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL`,
    /// `GOOGLE_SERVICE_ACCOUNT`, `AZURE_STORAGE_ACCOUNT_NAME`, ...; what a store does not know is passed over.
    ///
    /// # Errors
    /// The address or the options are wrong; the folder cannot be made.
    pub fn open(address: &str, options: impl IntoIterator<Item = (String, String)>) -> Result<Self, OpenError> {
        let unknown = || OpenError::Unknown(address.to_owned());
        let url: Url = address.parse().map_err(|_malformed| unknown())?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(unknown());
        }
        let (scheme, _) = ObjectStoreScheme::parse(&url).map_err(|_unknown| unknown())?;
        match scheme {
            ObjectStoreScheme::Local => {
                let folder = url.to_file_path().map_err(|()| unknown())?;
                std::fs::create_dir_all(&folder).map_err(|error| OpenError::Folder(folder.clone(), error))?;
                let store = LocalFileSystem::new_with_prefix(&folder);
                let store = store.map_err(|error| OpenError::Store(address.to_owned(), error))?.with_fsync(true);
                Ok(Self { store: Box::new(store), prefix: Path::default(), keeps_headers: false })
            }
            ObjectStoreScheme::AmazonS3 | ObjectStoreScheme::GoogleCloudStorage | ObjectStoreScheme::MicrosoftAzure => {
                let longer = (TIMEOUT.0.to_owned(), TIMEOUT.1.to_owned());
                // What is said later counts.
                let options = [longer].into_iter().chain(options);
                let opened = parse_url_opts(&url, options);
                let (store, prefix): (Box<dyn ObjectStore>, Path) =
                    opened.map_err(|error| OpenError::Store(address.to_owned(), error))?;
                Ok(Self { store, prefix, keeps_headers: true })
            }
            _ => Err(unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(address: &str) -> Result<StoreDepot, OpenError> {
        let options = [
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_REGION", "eu-north-1"),
            ("AZURE_STORAGE_ACCOUNT_NAME", "films"),
            ("AZURE_STORAGE_ACCOUNT_KEY", "c2VjcmV0"),
            ("GOOGLE_SKIP_SIGNATURE", "true"),
        ];
        StoreDepot::open(address, options.map(|(name, value)| (name.to_owned(), value.to_owned())))
    }

    #[test]
    fn each_store_is_known_by_its_address() {
        for (address, prefix, keeps_headers) in [
            ("s3://films/a/b", "a/b/v0-1/0.m4s", true),
            ("s3://films", "v0-1/0.m4s", true),
            ("https://films.s3.eu-north-1.amazonaws.com/a", "a/v0-1/0.m4s", true),
            ("gs://films/a/", "a/v0-1/0.m4s", true),
            ("az://films/a", "a/v0-1/0.m4s", true),
        ] {
            let depot = open(address).unwrap();
            assert_eq!((depot.place("v0-1/0.m4s").as_ref(), depot.keeps_headers), (prefix, keeps_headers), "{address}");
        }
        let folder = tempfile::tempdir().unwrap();
        let within = folder.path().join("some films/Zażółć");
        let depot = open(Url::from_file_path(&within).unwrap().as_str()).unwrap();
        assert!(within.is_dir() && !depot.keeps_headers);
        assert_eq!(depot.place("v0-1/0.m4s").as_ref(), "v0-1/0.m4s");
    }

    #[test]
    fn other_addresses_are_refused() {
        for address in [
            "",
            "films",
            "/films",
            "./films",
            "ftp://films/a",
            "http://films.example/a",
            "memory:///",
            "s3:///a",
            "s3://films/a?b=c",
        ] {
            let refused = open(address).err().unwrap();
            assert!(matches!(refused, OpenError::Unknown(_)), "{address}: {refused}");
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        let below = format!("file://{}/a", file.path().display());
        assert!(matches!(open(&below), Err(OpenError::Folder(..))));
    }
}
