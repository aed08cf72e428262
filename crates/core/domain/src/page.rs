//! Pages of listings.

use crate::problem::Problem;

/// Which page: numbered from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    number: u64,
    size: u64,
}

/// Items on a page when the client does not say.
pub const DEFAULT_SIZE: u64 = 100;
/// Items on a page at most.
pub const MAX_SIZE: u64 = 1000;

impl PageRequest {
    /// Page `number` of `size` items.
    ///
    /// # Errors
    /// `page` below 1; `limit` outside 1 to 1000.
    pub fn new(number: Option<i64>, size: Option<i64>) -> Result<Self, Problem> {
        let number = u64::try_from(number.unwrap_or(1)).ok().filter(|number| *number >= 1);
        let number = number.ok_or_else(|| Problem::invalid("page", "The page must be 1 or more."))?;
        let size = match size {
            None => DEFAULT_SIZE,
            Some(size) => u64::try_from(size)
                .ok()
                .filter(|size| (1..=MAX_SIZE).contains(size))
                .ok_or_else(|| Problem::invalid("limit", format!("The limit must be 1 to {MAX_SIZE}.")))?,
        };
        Ok(Self { number, size })
    }

    /// From 1.
    pub const fn number(self) -> u64 {
        self.number
    }

    /// Items on a page.
    pub const fn size(self) -> u64 {
        self.size
    }

    /// Items before this page.
    pub const fn offset(self) -> u64 {
        (self.number - 1).saturating_mul(self.size)
    }
}

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Items on all pages.
    pub total: u64,
    /// Which page was asked for.
    pub request: PageRequest,
}

impl<T> Page<T> {
    /// Number of pages.
    pub const fn pages(&self) -> u64 {
        self.total.div_ceil(self.request.size)
    }

    /// Whether a page follows.
    pub const fn has_more(&self) -> bool {
        self.request.number < self.pages()
    }
}
