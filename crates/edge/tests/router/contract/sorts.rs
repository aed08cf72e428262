//! The sorts that the vendor's texts and clients show.

use super::data::Contract;
use crate::world::World;

#[tokio::test]
async fn every_sort_that_the_vendor_shows_is_taken() {
    let world = World::new().await;
    let mut refused = Vec::new();
    for (operation, examples) in &Contract::load().sort_examples {
        let path = operation.strip_prefix("GET ").unwrap();
        for example in examples {
            let answer = world.get(&format!("{path}?sort={example}")).await;
            if answer.status != 200 {
                refused.push(format!("{operation} {example}: {}", answer.message()));
            }
        }
    }
    assert_eq!(refused, Vec::<String>::new());
}
