//! Opening an SQLite database: one connection that writes, a few that read.

use sea_orm::sqlx::Connection as _;
use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sea_orm::{DatabaseConnection, SqlxError, SqlxSqliteConnector};
use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

/// How long anyone waits for a connection, or for another process to finish writing.
const PATIENCE: Duration = Duration::from_secs(30);
/// Connections that read, at most; they are opened when first needed.
const READERS: u32 = 4;
/// A reader beyond the first is closed after this much idleness: a connection costs a thread.
const READER_IDLE: Duration = Duration::from_mins(1);

/// Creates the file where there is none, readable by its owner only: it holds secrets. SQLite gives
/// the write-ahead log the same permissions.
pub(crate) fn create(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_file) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// The one connection that writes. Transactions queue up for it here, in order, so that SQLite's own
/// lock is only ever contended by other processes.
pub(crate) async fn writer(path: &Path) -> Result<DatabaseConnection, SqlxError> {
    let options = options(path)
        .journal_mode(SqliteJournalMode::Wal)
        // The log is synced by each commit: what is acknowledged survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        // Kibibytes of pages.
        .pragma("cache_size", "-4096")
        // What a burst left of the log's length is given back at the next checkpoint.
        .pragma("journal_size_limit", "16777216");
    let pool = pool().max_connections(1).min_connections(1).idle_timeout(None);
    Ok(connection(pool.connect_with(options).await?))
}

/// The connections that read; each sees the database as of its transaction's first statement.
pub(crate) fn readers(path: &Path) -> DatabaseConnection {
    let options = options(path).pragma("query_only", "ON").pragma("cache_size", "-2048");
    let pool = pool().max_connections(READERS).min_connections(1).idle_timeout(READER_IDLE);
    connection(pool.connect_lazy_with(options))
}

fn connection(pool: SqlitePool) -> DatabaseConnection {
    SqlxSqliteConnector::from_sqlx_sqlite_pool(pool)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .pragma("trusted_schema", "OFF")
        // A whole page of a listing crosses from SQLite's thread without a stop.
        .row_buffer_size(1024)
        .thread_name(|id| format!("sqlite-{id}"))
}

fn pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .acquire_timeout(PATIENCE)
        .max_lifetime(None)
        // There is no network between us and the database that could have broken the connection.
        .test_before_acquire(false)
        .after_release(|connection, _age| Box::pin(at_rest(connection)))
}

/// Whether a connection that comes back holds no transaction; otherwise it is closed. After some
/// failures, a full disk among them, SQLite has undone the transaction itself and the rollback that
/// follows is refused, which leaves the driver's count of open transactions one too high.
async fn at_rest(connection: &mut SqliteConnection) -> Result<bool, SqlxError> {
    // The rollback of a dropped transaction is only queued; this comes after it.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}
