//! Pages.

use crate::world::World;
use core::time::Duration;
use serde_json::{Value, json};

fn shape(page: &Value) -> (String, [u64; 4], bool) {
    let names: Vec<_> = page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
    let numbers = ["pageNumber", "pageSize", "pageCount", "totalCount"].map(|field| page[field].as_u64().unwrap());
    (names.join(" "), numbers, page["hasMore"].as_bool().unwrap())
}

#[tokio::test]
async fn pages_cover_a_listing_once() {
    let world = World::new().await;
    for name in ["a", "b", "c", "d", "e"] {
        world.start(name, 1).await;
    }
    for (query, expected) in [
        ("sort=name", ("a b c d e", [1, 100, 1, 5], false)),
        ("sort=name&limit=2", ("a b", [1, 2, 3, 5], true)),
        ("sort=name&limit=2&page=2", ("c d", [2, 2, 3, 5], true)),
        ("sort=name&limit=2&page=3", ("e", [3, 2, 3, 5], false)),
        ("sort=name&limit=2&page=4", ("", [4, 2, 3, 5], false)),
        ("sort=name&limit=5", ("a b c d e", [1, 5, 1, 5], false)),
        ("sort=name&limit=1000&page=", ("a b c d e", [1, 1000, 1, 5], false)),
        ("query=nothing", ("", [1, 100, 0, 0], false)),
        ("tags=sea&limit=2&page=2", ("", [2, 2, 0, 0], false)),
    ] {
        let page = world.get(&format!("/vod/v1/files?{query}")).await.expect(200).json();
        let (names, numbers, more) = shape(&page);
        assert_eq!((names.as_str(), numbers, more), expected, "{query}");
    }
}

#[tokio::test]
async fn equal_items_keep_their_order_from_page_to_page() {
    let world = World::new().await;
    let mut started = Vec::new();
    for _ in 0..7 {
        started.push(world.start("same", 1).await.file);
        world.clock.forward(Duration::from_millis(1));
    }
    for descending in [false, true] {
        let mut seen = Vec::new();
        for page in 1..=4 {
            let path = format!("/vod/v1/files?sort=name&desc={descending}&limit=2&page={page}");
            let page = world.get(&path).await.expect(200).json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        }
        if descending {
            seen.reverse();
        }
        assert_eq!(seen, started);
    }
}

#[tokio::test]
async fn the_last_of_numbers_is_a_page_without_items() {
    let world = World::new().await;
    world.start("a", 1).await;
    for path in ["files", "assets"] {
        let page = world.get(&format!("/vod/v1/{path}?page={}&limit=1000", i64::MAX)).await.expect(200).json();
        assert_eq!(page["items"], json!([]), "{path}");
        assert_eq!(page["hasMore"], false, "{path}");
    }
}
