//! What operators' machines ask.

use crate::world::World;

#[tokio::test]
async fn a_server_is_ready_while_its_store_answers() {
    let world = World::new().await;
    assert_eq!(world.fetch("/livez").await.expect(200).text(), "alive\n");
    assert_eq!(world.fetch("/readyz").await.expect(200).text(), "ready\n");
    world.store.close().await.unwrap();
    assert_eq!(world.fetch("/livez").await.expect(200).text(), "alive\n");
    let not_ready = world.fetch("/readyz").await.expect(503);
    assert!(not_ready.text().starts_with("not ready: "), "{}", not_ready.text());
    assert_eq!(not_ready.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn measurements_are_text_of_prometheus() {
    let world = World::new().await;
    let answer = world.fetch("/metrics").await.expect(200);
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4"));
    assert_eq!(answer.text(), "kinora_up 1\n");
}
