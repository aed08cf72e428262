//! From a location to a store that is ready.

use crate::store::SqlStore;
use crate::{error, migration, sqlite};
use sea_orm::{DbErr, RuntimeErr, SqlxError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a metadata store is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Location {
    /// An SQLite database in this file, in a directory that exists; the file is made where it is
    /// missing. It must be on a local disk: SQLite's locks do not hold on network file systems.
    Sqlite(PathBuf),
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file cannot be made or opened.
    #[error("cannot open the metadata store {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The store was last used by a newer program, whose tables this one does not know.
    #[error(
        "the metadata store was last used by a newer version of this program (it has the change `{change}`, \
         which this version does not know): use that version, or go back to a backup made before it"
    )]
    Newer {
        /// The first change of the schema that this program does not know.
        change: String,
    },
    /// The disk is full.
    #[error("the disk of the metadata store is full")]
    Full,
    /// The database refuses to be opened, or its schema to be brought up to date.
    #[error("{doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        #[source]
        source: Box<dyn core::error::Error + Send + Sync>,
    },
}

impl OpenError {
    pub(crate) fn database(doing: &'static str) -> impl FnOnce(DbErr) -> Self {
        move |error| {
            if error::is_full(&error) { Self::Full } else { Self::Database { doing, source: Box::new(error) } }
        }
    }
}

impl SqlStore {
    /// Opens the store at `location`, making it where there is none and bringing its schema up to date.
    ///
    /// # Errors
    /// There is no place to keep it, it belongs to a newer program, the disk is full, or the database
    /// refuses, which includes a file that is no database.
    pub async fn open(location: &Location) -> Result<Self, OpenError> {
        match location {
            Location::Sqlite(path) => open_sqlite(path).await,
        }
    }
}

async fn open_sqlite(path: &Path) -> Result<SqlStore, OpenError> {
    let refused = |source| OpenError::File { path: path.to_owned(), source };
    // SQLite gives meanings of their own to `:memory:` and `file:...`; an absolute path has none.
    let path = std::path::absolute(path).map_err(refused)?;
    sqlite::create(&path).map_err(refused)?;
    let writer =
        sqlite::writer(&path).await.map_err(in_orm).map_err(OpenError::database("opening the metadata store"))?;
    migration::run(&writer).await?;
    Ok(SqlStore::new(writer, sqlite::readers(&path)))
}

fn in_orm(error: SqlxError) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))
}
