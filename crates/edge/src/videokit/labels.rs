//! Filters by tags and attributes.

use crate::http::query::Query;
use kinora_domain::Problem;
use kinora_domain::labels::{self, Labels};

/// `tags` and `attributes`: what is listed has all of them.
///
/// # Errors
/// One of them cannot be a tag or an attribute; names the parameter.
pub(super) fn filter(query: &Query) -> Result<Labels, Problem> {
    let all = |name| query.list(name).into_iter().map(str::to_owned).collect::<Vec<_>>();
    // Which of several is wrong has no place in a query.
    let of = |name: &str, problem| Problem { field: Some(name.to_owned()), ..problem };
    Ok(Labels {
        tags: labels::tags(&all("tags")).map_err(|problem| of("tags", problem))?,
        attributes: labels::attributes(&all("attributes")).map_err(|problem| of("attributes", problem))?,
    })
}
