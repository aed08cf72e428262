//! Pages on the wire.

use crate::http::query::Query;
use kinora_app::port::Order;
use kinora_domain::Problem;
use kinora_domain::page::{Page, PageRequest};
use serde::Serialize;
use utoipa::ToSchema;

/// One page of a listing.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageOf<T: ToSchema> {
    /// What is on it.
    pub items: Vec<T>,
    /// Number of pages.
    pub page_count: u64,
    /// Items on a page.
    pub page_size: u64,
    /// Items on all pages.
    pub total_count: u64,
    /// This page, from 1.
    pub page_number: u64,
    /// Whether a page follows.
    pub has_more: bool,
}

impl<T: ToSchema> PageOf<T> {
    /// The wire form of a page.
    pub(super) fn of<Item>(page: Page<Item>, show: impl Fn(Item) -> T) -> Self {
        Self {
            page_count: page.pages(),
            page_size: page.request.size(),
            total_count: page.total,
            page_number: page.request.number(),
            has_more: page.has_more(),
            items: page.items.into_iter().map(show).collect(),
        }
    }
}

/// `page` and `limit`.
pub(super) fn request(query: &Query) -> Result<PageRequest, Problem> {
    PageRequest::new(query.parsed("page", "a whole number")?, query.parsed("limit", "a whole number")?)
}

/// `sort` and `desc`: a property path without letter case, of those in `table`; newest first when
/// nothing is asked.
pub(super) fn sort<Sort: Copy>(query: &Query, table: &[(&str, Sort)], newest: Sort) -> Result<(Sort, Order), Problem> {
    let descending = query.one("desc").map(|word| match word.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Problem::invalid("desc", "The value must be `true` or `false`.")),
    });
    let descending = descending.transpose()?;
    let order = |descending| if descending { Order::Descending } else { Order::Ascending };
    let Some(name) = query.one("sort") else {
        return Ok((newest, order(descending.unwrap_or(true))));
    };
    let found = table.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, sort)| *sort);
    let found = found.ok_or_else(|| {
        let known: Vec<_> = table.iter().map(|(known, _)| *known).collect();
        Problem::invalid("sort", format!("It is not possible to sort by this; possible are: {}.", known.join(", ")))
    })?;
    Ok((found, order(descending.unwrap_or(false))))
}
