//! Columns in the few types that both databases share.

use sea_orm_migration::sea_query::{ColumnDef, Expr, ForeignKey, ForeignKeyAction, ForeignKeyCreateStatement};
use sea_orm_migration::sea_query::{ConditionalStatement, Index, IndexCreateStatement};
use sea_orm_migration::{SchemaManager, sea_orm::DbBackend};

type Name = &'static str;

/// An id: `uuid` on PostgreSQL, 16 bytes on SQLite.
pub(super) fn id(name: Name) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().take()
}

/// A count, a size in bytes, a time in milliseconds.
pub(super) fn number(name: Name) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

/// A count, a size or a time that may be absent.
pub(super) fn optional_number(name: Name) -> ColumnDef {
    ColumnDef::new(name).big_integer().null().take()
}

/// Bytes.
pub(super) fn bytes(name: Name) -> ColumnDef {
    ColumnDef::new(name).binary().not_null().take()
}

/// An id that may be absent.
pub(super) fn optional_id(name: Name) -> ColumnDef {
    ColumnDef::new(name).uuid().null().take()
}

/// Bytes that may be absent.
pub(super) fn optional_bytes(name: Name) -> ColumnDef {
    ColumnDef::new(name).binary().null().take()
}

/// Text, sorted by its bytes on either database.
pub(super) fn text(manager: &SchemaManager<'_>, name: Name) -> ColumnDef {
    collated(manager, ColumnDef::new(name).text().not_null().take())
}

/// Text that may be absent.
pub(super) fn optional_text(manager: &SchemaManager<'_>, name: Name) -> ColumnDef {
    collated(manager, ColumnDef::new(name).text().null().take())
}

fn collated(manager: &SchemaManager<'_>, mut column: ColumnDef) -> ColumnDef {
    if manager.get_database_backend() == DbBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

/// A word out of a closed set.
pub(super) fn word(manager: &SchemaManager<'_>, name: Name, words: &[&str]) -> ColumnDef {
    text(manager, name).check(one_of(name, words)).take()
}

fn one_of(name: Name, words: &[&str]) -> Expr {
    Expr::cust(format!("{name} IN ('{}')", words.join("', '")))
}

/// A reference into another table. With `cascade`, the row goes with the one it refers to.
pub(super) fn reference(from: (Name, Name), to: (Name, Name), cascade: bool) -> ForeignKeyCreateStatement {
    let mut key = ForeignKey::create();
    key.from(from.0, from.1).to(to.0, to.1);
    if cascade {
        key.on_delete(ForeignKeyAction::Cascade);
    }
    key
}

/// An index named after its table and what it is for.
pub(super) fn index(table: Name, purpose: &str, columns: &[Name]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_{purpose}")).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

/// That index over the rows that meet the condition only. A statement profits from it when it spells
/// the condition the same way.
pub(super) fn partial(mut index: IndexCreateStatement, condition: Name) -> IndexCreateStatement {
    index.and_where(Expr::cust(condition)).take()
}
