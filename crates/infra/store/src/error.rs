//! From the driver's errors to those of the port.

use kinora_app::port::StoreError;
use sea_orm::{DbErr, RuntimeErr, SqlxError};

/// Names what was being done when the driver refused.
pub(crate) trait Doing<T> {
    /// `what` continues "the store failed while", such as `inserting a file`.
    fn doing(self, what: &'static str) -> Result<T, StoreError>;
}

impl<T> Doing<T> for Result<T, DbErr> {
    fn doing(self, what: &'static str) -> Result<T, StoreError> {
        self.map_err(|error| store_error(error, what))
    }
}

/// What a failure of the driver means to a use case.
enum Meaning {
    Full,
    Unavailable,
    Other,
}

fn store_error(error: DbErr, doing: &'static str) -> StoreError {
    match meaning(&error) {
        Meaning::Full => StoreError::Full,
        Meaning::Unavailable => StoreError::Unavailable(Box::new(error)),
        Meaning::Other => StoreError::Driver { doing, source: Box::new(error) },
    }
}

/// Whether the database said that its disk is full.
pub(crate) fn is_full(error: &DbErr) -> bool {
    matches!(meaning(error), Meaning::Full)
}

fn meaning(error: &DbErr) -> Meaning {
    match error {
        DbErr::ConnectionAcquire(_) => Meaning::Unavailable,
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => meaning_of_sqlx(error),
        _ => Meaning::Other,
    }
}

fn meaning_of_sqlx(error: &SqlxError) -> Meaning {
    match error {
        SqlxError::PoolTimedOut | SqlxError::PoolClosed | SqlxError::WorkerCrashed | SqlxError::Io(_) => {
            Meaning::Unavailable
        }
        SqlxError::Database(error) => {
            error.code().and_then(|code| code.parse().ok()).map_or(Meaning::Other, meaning_of_sqlite)
        }
        _ => Meaning::Other,
    }
}

/// SQLite's result codes, <https://www.sqlite.org/rescode.html>: the low byte is the primary code.
fn meaning_of_sqlite(code: u32) -> Meaning {
    const BUSY: u32 = 5;
    const LOCKED: u32 = 6;
    const IO: u32 = 10;
    const FULL: u32 = 13;
    const CANNOT_OPEN: u32 = 14;
    // Growing the index of the write-ahead log fails with this when the disk has no room for it.
    const IO_SHM_SIZE: u32 = IO | (19 << 8);
    match (code, code & 0xff) {
        (IO_SHM_SIZE, _) | (_, FULL) => Meaning::Full,
        (_, BUSY | LOCKED | IO | CANNOT_OPEN) => Meaning::Unavailable,
        _ => Meaning::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_result_codes() {
        for (code, name) in [
            (13, "full"),
            (4874, "full"),
            (5, "unavailable"),
            (261, "unavailable"),
            (517, "unavailable"),
            (6, "unavailable"),
            (778, "unavailable"),
            (14, "unavailable"),
            (1, "other"),
            (11, "other"),
            (2067, "other"),
        ] {
            let found = match meaning_of_sqlite(code) {
                Meaning::Full => "full",
                Meaning::Unavailable => "unavailable",
                Meaning::Other => "other",
            };
            assert_eq!(found, name, "{code}");
        }
    }
}
