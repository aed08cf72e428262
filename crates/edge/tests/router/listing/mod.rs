//! Listings: which things, in which order, on which page.

mod assets;
mod files;
mod pages;
mod values;

use crate::world::{World, text};

/// What a listing gives, by the field that tells its items apart.
async fn listed(world: &World, path: &str, field: &str) -> Vec<String> {
    let page = world.get(path).await.expect(200).json();
    let items = page["items"].as_array().unwrap();
    assert_eq!(page["totalCount"], items.len(), "{path}: all of it is on one page");
    items.iter().map(|item| text(&item[field])).collect()
}

/// Passes when each query gives these items in this order. `{ids}` stand for themselves.
async fn check(world: &World, path: &str, field: &str, table: &[(String, &str)]) {
    for (query, expected) in table {
        let items = listed(world, &format!("{path}?{query}"), field).await;
        assert_eq!(items.join(" "), *expected, "{query}");
    }
}
