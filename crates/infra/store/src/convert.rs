//! Small steps between what a column holds and what the domain says.

use kinora_app::port::StoreError;
use uuid::Uuid;

/// A stored row that says something impossible.
pub(crate) fn inconsistent(table: &'static str, row: &impl ToString, why: impl Into<String>) -> StoreError {
    StoreError::Inconsistent { table, row: row.to_string(), why: why.into() }
}

/// A number as a column holds it.
pub(crate) fn to_column(table: &'static str, row: &impl ToString, value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_too_large| inconsistent(table, row, format!("{value} is too large to be stored")))
}

/// A number from a column that holds no negative ones.
pub(crate) fn from_column<T: TryFrom<i64>>(
    table: &'static str,
    row: &impl ToString,
    column: &str,
    value: i64,
) -> Result<T, StoreError> {
    T::try_from(value).map_err(|_out_of_range| inconsistent(table, row, format!("`{column}` is {value}")))
}

/// Yes or no from a column that holds 1 or 0.
pub(crate) fn flag(table: &'static str, row: &impl ToString, column: &str, value: i64) -> Result<bool, StoreError> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(inconsistent(table, row, format!("`{column}` is {other}"))),
    }
}

/// The value of a column that the row's state promises.
pub(crate) fn promised<T>(
    table: &'static str,
    row: &impl ToString,
    column: &str,
    value: Option<T>,
) -> Result<T, StoreError> {
    value.ok_or_else(|| inconsistent(table, row, format!("`{column}` is missing in this state")))
}

/// A word of a closed set from a column.
pub(crate) fn word<T>(
    table: &'static str,
    row: &impl ToString,
    column: &str,
    text: &str,
    from_name: impl FnOnce(&str) -> Option<T>,
) -> Result<T, StoreError> {
    from_name(text)
        .ok_or_else(|| inconsistent(table, row, format!("`{column}` is `{text}`, which is none of its words")))
}

/// The bound of a filter as a column can hold it: what is larger than every stored number stays so.
pub(crate) fn bound(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Ids for an `IN` list, the last one repeated up to the next power of two: lists of any length come
/// down to a dozen statements, so that they do not push the others out of the statement cache.
pub(crate) fn padded(ids: impl IntoIterator<Item = Uuid>) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = ids.into_iter().collect();
    if let Some(last) = ids.last().copied() {
        ids.resize(ids.len().next_power_of_two(), last);
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_padded_to_a_power_of_two_with_their_last_id() {
        let list = |range: core::ops::Range<u128>| range.map(Uuid::from_u128).collect::<Vec<_>>();
        assert_eq!(padded(list(0..0)), list(0..0));
        assert_eq!(padded(list(1..2)), list(1..2));
        assert_eq!(padded(list(1..4)), [list(1..4), list(3..4)].concat());
        assert_eq!(padded(list(0..1000)).len(), 1024);
    }
}
