//! Pages of listings: first the ids, out of an index, then the rows of that one page.

use crate::error::Doing;
use crate::found::{FEW, Found, Listing};
use crate::transaction::Transaction;
use crate::tx::SqlTx;
use kinora_app::port::{Order, StoreError};
use kinora_domain::page::PageRequest;
use sea_orm::sea_query::{BinOper, Expr, ExprTrait, Func, NullOrdering, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IdenStatic, Order as SqlOrder, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// The ids on a page of what `rows` selects, and how many there are on all pages.
pub(crate) async fn ids<E: EntityTrait>(
    db: &Transaction,
    rows: Select<E>,
    id: E::Column,
    sort: (E::Column, Order),
    page: PageRequest,
) -> Result<(Vec<Uuid>, u64), DbErr> {
    let ids: Vec<Uuid> = on_page(rows.clone(), id, sort, page).into_tuple().all(db).await?;
    let seen = u64::try_from(ids.len()).unwrap_or(u64::MAX);
    let is_last = seen < page.size() && (seen > 0 || page.number() == 1);
    if is_last {
        return Ok((ids, page.offset().saturating_add(seen)));
    }
    let total: Option<i64> = counted(rows).into_tuple().one(db).await?;
    Ok((ids, u64::try_from(total.unwrap_or(0)).unwrap_or(0)))
}

/// How a condition is written that looks into another table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// What the other table has comes first.
    Gathered,
    /// The other table is asked about each row.
    Walked,
}

impl Spelling {
    /// The condition that `id` is among those of `others`, which select the column `of` of a table.
    pub(crate) fn condition<Id: ColumnTrait>(
        self,
        id: Id,
        of: (&'static str, &'static str),
        others: SelectStatement,
    ) -> Expr {
        match self {
            Self::Gathered => id.in_subquery(others),
            Self::Walked => {
                let mut others = others;
                let same = Expr::col(of).equals(id.as_column_ref());
                Expr::exists(others.and_where(same).to_owned())
            }
        }
    }
}

/// A listing's filter in two spellings that find the same.
pub(crate) struct Filtered<E: EntityTrait> {
    /// For who wants all of it: begins with what is rarest.
    pub(crate) gathered: Select<E>,
    /// For who walks along an order and stops when a page is full: looks at each row.
    pub(crate) walked: Select<E>,
}

/// The ids on a page of what a filter finds, and how many there are on all pages. What it finds is kept until something
/// that is listed changes.
pub(crate) async fn found<E: EntityTrait>(
    tx: &SqlTx,
    (organization, listing): (Uuid, Listing),
    filtered: Filtered<E>,
    id: E::Column,
    sort: (E::Column, Order),
    page: PageRequest,
) -> Result<(Vec<Uuid>, u64), StoreError> {
    let doing = "listing";
    let Filtered { gathered, walked } = filtered;
    let filter = gathered.clone().select_only().column(id).build(tx.db.get_database_backend()).to_string();
    let Some((memory, key)) = tx.key(organization, listing, filter).await? else {
        return ids(&tx.db, gathered, id, sort, page).await.doing(doing);
    };
    let known = if let Some(known) = memory.get(&key) {
        known
    } else {
        let known = Arc::new(gather(&tx.db, gathered, id).await.doing(doing)?);
        memory.keep(key, &known);
        known
    };
    match &*known {
        Found::Few(few) if few.is_empty() => Ok((Vec::new(), 0)),
        Found::Few(few) => {
            let rows = E::find().filter(id.is_in(crate::convert::padded(few.iter().copied())));
            let on_page: Vec<Uuid> = on_page(rows, id, sort, page).into_tuple().all(&tx.db).await.doing(doing)?;
            Ok((on_page, u64::try_from(few.len()).unwrap_or(u64::MAX)))
        }
        Found::Many(total) if page.offset() >= *total => Ok((Vec::new(), *total)),
        Found::Many(total) => Ok((walk(&tx.db, walked, id, sort, (page, *total)).await.doing(doing)?, *total)),
    }
}

/// A page of a listing of `total` rows, from the end that is nearer.
async fn walk<E: EntityTrait>(
    db: &Transaction,
    rows: Select<E>,
    id: E::Column,
    (sort, order): (E::Column, Order),
    (page, total): (PageRequest, u64),
) -> Result<Vec<Uuid>, DbErr> {
    let before = page.offset();
    let size = Ord::min(page.size(), total.saturating_sub(before));
    let behind = total.saturating_sub(before).saturating_sub(size);
    if before <= behind {
        return on_page(rows, id, (sort, order), page).into_tuple().all(db).await;
    }
    // One order is exactly the other one reversed.
    let reversed = match order {
        Order::Ascending => Order::Descending,
        Order::Descending => Order::Ascending,
    };
    let rows = ordered(rows, id, (sort, reversed)).limit(size).offset(limit(behind));
    let mut ids: Vec<Uuid> = rows.into_tuple().all(db).await?;
    ids.reverse();
    Ok(ids)
}

async fn gather<E: EntityTrait>(db: &Transaction, rows: Select<E>, id: E::Column) -> Result<Found, DbErr> {
    let few: Vec<Uuid> = rows.clone().select_only().column(id).limit(FEW + 1).into_tuple().all(db).await?;
    if u64::try_from(few.len()).unwrap_or(u64::MAX) <= FEW {
        return Ok(Found::Few(few));
    }
    let total: Option<i64> = counted(rows).into_tuple().one(db).await?;
    Ok(Found::Many(u64::try_from(total.unwrap_or(0)).unwrap_or(0)))
}

/// The ids of a page. Equal rows follow their ids in the direction of the sort, so that one order is
/// exactly the other one reversed.
pub(crate) fn on_page<E: EntityTrait>(
    rows: Select<E>,
    id: E::Column,
    sort: (E::Column, Order),
    page: PageRequest,
) -> Select<E> {
    ordered(rows, id, sort).limit(page.size()).offset(limit(page.offset()))
}

/// The ids in an order.
fn ordered<E: EntityTrait>(rows: Select<E>, id: E::Column, (sort, order): (E::Column, Order)) -> Select<E> {
    let order = match order {
        Order::Ascending => SqlOrder::Asc,
        Order::Descending => SqlOrder::Desc,
    };
    let ids = rows.select_only().column(id);
    let ids = if sort.def().is_null() {
        // Absence is smaller than every value; databases differ in what they take it for by themselves.
        let nulls = if order == SqlOrder::Asc { NullOrdering::First } else { NullOrdering::Last };
        ids.order_by_with_nulls(sort, order.clone(), nulls)
    } else {
        ids.order_by(sort, order.clone())
    };
    ids.order_by(id, order)
}

/// How many rows there are.
pub(crate) fn counted<E: EntityTrait>(rows: Select<E>) -> Select<E> {
    rows.select_only().expr(Expr::cust("COUNT(*)"))
}

/// A limit or an offset as a column's number can hold it; no listing has more rows than that.
pub(crate) fn limit(number: u64) -> u64 {
    Ord::min(number, i64::MAX.unsigned_abs())
}

/// Puts what was loaded into the order of the ids of its page.
pub(crate) fn arrange<T>(loaded: &mut [T], ids: &[Uuid], id: impl Fn(&T) -> Uuid) {
    let places: HashMap<Uuid, usize> = ids.iter().copied().zip(0..).collect();
    loaded.sort_by_key(|value| places.get(&id(value)).copied());
}

/// A text that a column contains, letter case aside (ASCII on SQLite).
#[derive(Debug, Clone)]
pub(crate) struct Containing(String);

impl Containing {
    /// The largest pattern that SQLite takes is 50,000 bytes; two more are the `%` around it.
    const MAX_PATTERN: usize = 49_998;

    /// What to look for; `None` when no name is that long.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let mut pattern = String::with_capacity(text.len());
        for letter in text.chars() {
            if matches!(letter, '%' | '_' | Self::ESCAPE) {
                pattern.push(Self::ESCAPE);
            }
            pattern.push(letter);
        }
        (pattern.len() <= Self::MAX_PATTERN).then(|| Self(format!("%{pattern}%")))
    }

    /// Not the backslash, which PostgreSQL may read twice.
    const ESCAPE: char = '!';

    /// The condition that `column` contains it.
    pub(crate) fn within<C: ColumnTrait + IdenStatic>(&self, column: C) -> Expr {
        // Both sides are folded by the database, so that both agree on what a lower-case letter is.
        let pattern = Expr::from(Func::lower(Expr::val(self.0.clone())));
        let pattern = pattern.binary(BinOper::Escape, Expr::Constant(Self::ESCAPE.into()));
        Func::lower(Expr::col(column.as_column_ref())).binary(BinOper::Like, pattern)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letters_of_patterns_mean_themselves() {
        let pattern = |text| Containing::new(text).unwrap().0;
        assert_eq!(pattern("100%_!a"), "%100!%!_!!a%");
        assert_eq!(pattern(""), "%%");
    }

    #[test]
    fn a_pattern_that_is_too_long_for_the_database_is_none() {
        assert!(Containing::new(&"a".repeat(49_998)).is_some());
        assert!(Containing::new(&"a".repeat(49_999)).is_none());
        assert!(Containing::new(&"%".repeat(25_000)).is_none());
    }
}
