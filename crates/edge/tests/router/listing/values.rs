//! Values that are wrong.

use crate::world::World;

#[tokio::test]
async fn a_wrong_value_names_its_parameter() {
    let world = World::new().await;
    let both = [
        "limit=0",
        "limit=-1",
        "limit=1001",
        "limit=many",
        "limit=1.5",
        "limit=99999999999999999999",
        "page=0",
        "page=-1",
        "page=two",
        "desc=perhaps",
        "sort=Smell",
        "sort=id;DROP",
        "ids=x",
        "ids=01890a5d-ac96-774b-bcce-b302099a8057,x",
        "createDateStart=yesterday",
        "createDateEnd=2026-13-01",
        "lastModificationDateStart=2026-01-31T25:00:00Z",
        "lastModificationDateEnd=1",
        "createDateEnd=2026-01-30&createDateStart=2026-01-31",
        "createDateEnd=2026-01-31T11:59:59.999Z&createDateStart=2026-01-31T12:00:00Z",
        "lastModificationDateEnd=2026-01-31T12:00:00%2B01:00&lastModificationDateStart=2026-01-31T11:30:00Z",
    ];
    let files = ["status=Lost", "statuses=Completed,Lost", "fileType=Smell", "fileType=Video,Smell"];
    let assets = ["statuses=Lost", "fileId=x", "durationFrom=-1", "durationTo=long", "durationTo=1&durationFrom=2"];
    let rows = both.iter().flat_map(|query| [("files", query), ("assets", query)]);
    let rows =
        rows.chain(files.iter().map(|query| ("files", query))).chain(assets.iter().map(|query| ("assets", query)));
    for (path, query) in rows {
        let answer = world.get(&format!("/vod/v1/{path}?{query}")).await.expect(400);
        assert_eq!(answer.code(), "invalid_field", "{path} {query}");
        let (parameter, _) = query.split_once('=').unwrap();
        assert!(answer.message().starts_with(&format!("`{parameter}`: ")), "{path} {query}: {}", answer.message());
    }
}

#[tokio::test]
async fn an_unknown_sort_is_answered_with_the_known_ones_in_any_letter_case() {
    let world = World::new().await;
    for path in ["files", "assets"] {
        let answer = world.get(&format!("/vod/v1/{path}?sort=Metadata.Smell")).await.expect(400);
        let message = answer.message();
        let known = message.split_once("possible are: ").unwrap().1.trim_end_matches('.');
        assert_eq!(known.split(", ").count(), 8, "{path}: {known}");
        for name in known.split(", ") {
            for name in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
                // As .NET writes it.
                world.get(&format!("/vod/v1/{path}?sort={name}&desc=True")).await.expect(200);
            }
        }
    }
}

#[tokio::test]
async fn ranges_of_one_moment_are_taken() {
    let world = World::new().await;
    world.start("a.mp4", 1).await;
    let noon = "2026-01-31T12:00:00Z";
    for name in ["createDate", "lastModificationDate"] {
        let page = world.get(&format!("/vod/v1/files?{name}Start={noon}&{name}End={noon}")).await.expect(200).json();
        assert_eq!(page["totalCount"], 1, "{name}");
    }
    world.get("/vod/v1/assets?durationFrom=7&durationTo=7").await.expect(200);
}

#[tokio::test]
async fn values_at_the_ends_of_their_range_are_taken() {
    let world = World::new().await;
    for query in [
        format!("durationFrom={}", u64::MAX),
        format!("durationTo={}", u64::MAX),
        "createDateStart=0000-01-01T00:00:00Z".to_owned(),
        "createDateEnd=9999-12-31T23:59:59.999Z".to_owned(),
        format!("query={}", "%25".repeat(20_000)),
        "query=%00".to_owned(),
        "query=%F0%9F%8E%AC".to_owned(),
    ] {
        let page = world.get(&format!("/vod/v1/assets?{query}")).await.expect(200).json();
        assert_eq!(page["totalCount"], 0, "{query}");
    }
}
