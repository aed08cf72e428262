//! Blocks and their lists.

use super::{announced, blob, block, block_query, code, list, plain};
use crate::world::{World, ask, text};
use kinora_app::port::Blobs as _;
use serde_json::Value;

/// The list of blocks of a blob.
async fn listed(world: &World, video: &Value, kind: &str) -> String {
    let url = format!("{}&comp=blocklist&blocklisttype={kind}", text(&video["UploadUri"]));
    world.call(ask("GET", &url)).await.expect(200).text().to_owned()
}

fn shown(committed: Option<&[(&str, u64)]>, waiting: Option<&[(&str, u64)]>) -> String {
    let blocks = |blocks: &[(&str, u64)]| {
        blocks
            .iter()
            .map(|(name, size)| format!("<Block><Name>{name}</Name><Size>{size}</Size></Block>"))
            .collect::<Vec<_>>()
            .concat()
    };
    let part = |name: &str, some: Option<&[(&str, u64)]>| {
        some.map(|some| format!("<{name}>{}</{name}>", blocks(some))).unwrap_or_default()
    };
    let inside = part("CommittedBlocks", committed) + &part("UncommittedBlocks", waiting);
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>{inside}</BlockList>")
}

#[tokio::test]
async fn lists_tell_what_is_committed_and_what_waits() {
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    let url = text(&video["UploadUri"]);
    let missing = world.call(ask("GET", &format!("{url}&comp=blocklist"))).await.expect(404);
    assert_eq!(code(&missing), "BlobNotFound");
    for (id, content) in [("AAAB", "22"), ("AA+/", "333"), ("AAAA", "1")] {
        block(&world, &video, id, content.as_bytes()).await.expect(201);
    }
    let waiting = [("AA+/", 3), ("AAAA", 1), ("AAAB", 2)];
    assert_eq!(listed(&world, &video, "all").await, shown(Some(&[]), Some(&waiting)));
    assert_eq!(listed(&world, &video, "Uncommitted").await, shown(None, Some(&waiting)));
    assert_eq!(listed(&world, &video, "committed").await, shown(Some(&[]), None));
    list(&world, &video, &[("Uncommitted", "AAAB"), ("Latest", "AA+/"), ("Latest", "AAAB")]).await.expect(201);
    assert_eq!(listed(&world, &video, "all").await, shown(Some(&[("AAAB", 2), ("AA+/", 3), ("AAAB", 2)]), Some(&[])));
    let answer = world.call(ask("GET", &format!("{url}&comp=blocklist"))).await.expect(200);
    assert_eq!(answer.header("x-ms-blob-content-length"), Some("7"));
    assert!(answer.header("etag").is_some() && answer.header("last-modified").is_some());
    let refused = world.call(ask("GET", &format!("{url}&comp=blocklist&blocklisttype=some"))).await.expect(400);
    assert_eq!(code(&refused), "InvalidQueryParameterValue");
    // What came in one piece has no blocks.
    world.call(blob(&video, "", b"one piece")).await.expect(201);
    assert_eq!(listed(&world, &video, "all").await, shown(Some(&[]), Some(&[])));
}

#[tokio::test]
async fn a_later_list_takes_blocks_from_the_blob_and_from_what_waits() {
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    for (id, content) in [("AAAA", "old a"), ("BBBB", "old bb")] {
        block(&world, &video, id, content.as_bytes()).await.expect(201);
    }
    list(&world, &video, &[("Latest", "AAAA"), ("Latest", "BBBB")]).await.expect(201);
    block(&world, &video, "AAAA", b"the new one").await.expect(201);
    let table = [
        (vec![("Uncommitted", "BBBB")], None),
        (vec![("Committed", "CCCC")], None),
        (vec![("Latest", "AAAA"), ("Latest", "CCCC")], None),
        (
            vec![("Committed", "AAAA"), ("Uncommitted", "AAAA"), ("Latest", "BBBB")],
            Some([("AAAA", 5), ("AAAA", 11), ("BBBB", 6)]),
        ),
    ];
    for (entries, expected) in table {
        let answer = list(&world, &video, &entries).await;
        match expected {
            None => assert_eq!(code(&answer.expect(400)), "InvalidBlockList", "{entries:?}"),
            Some(expected) => {
                answer.expect(201);
                assert_eq!(listed(&world, &video, "all").await, shown(Some(&expected), Some(&[])));
            }
        }
    }
    assert_eq!(world.blobs.list().await.unwrap().len(), 3);
    list(&world, &video, &[]).await.expect(201);
    assert_eq!(world.call(ask("HEAD", &text(&video["UploadUri"]))).await.header("content-length"), Some("0"));
    assert_eq!(world.blobs.list().await.unwrap(), []);
}

#[tokio::test]
async fn ids_are_base64_of_one_length() {
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    for id in ["A", "!!!!", "AAA", &"A".repeat(88), "%FF"] {
        let refused = block(&world, &video, id, b"x").await.expect(400);
        assert_eq!(code(&refused), "InvalidBlockId", "{id}");
    }
    let refused = world.call(blob(&video, "&comp=block", b"x")).await.expect(400);
    assert_eq!(code(&refused), "MissingRequiredQueryParameter");
    block(&world, &video, "AAA=", b"x").await.expect(201);
    assert_eq!(code(&block(&world, &video, "AAAA", b"x").await.expect(400)), "InvalidBlobOrBlock");
    list(&world, &video, &[("Latest", "AAA=")]).await.expect(201);
    assert_eq!(code(&block(&world, &video, "AA==", b"x").await.expect(400)), "InvalidBlobOrBlock");
    block(&world, &video, "BBB=", b"x").await.expect(201);
    assert_eq!(code(&block(&world, &video, "CCC=", b"").await.expect(400)), "InvalidHeaderValue");
    let large = ask("PUT", &format!("{}{}", text(&video["UploadUri"]), block_query("CCC=")));
    let large = world.call(large.header("content-length", "4194304001").body("x")).await.expect(413);
    assert_eq!(code(&large), "RequestBodyTooLarge");
}

#[tokio::test]
async fn what_is_no_list_is_refused() {
    let world = World::new().await;
    let video = announced(&world, &plain()).await;
    block(&world, &video, "AAAA", b"x").await.expect(201);
    let many = format!("<BlockList>{}</BlockList>", "<Latest>AAAA</Latest>".repeat(50_001));
    let bomb = "<!DOCTYPE x [<!ENTITY a \"AAAA\">]><BlockList><Latest>&a;</Latest></BlockList>";
    let long = format!("<BlockList>{}</BlockList>", " ".repeat(9 << 20));
    for (status, expected, body) in [
        (400, "InvalidXmlDocument", ""),
        (400, "InvalidXmlDocument", "{}"),
        (400, "InvalidXmlDocument", bomb),
        (400, "InvalidXmlNodeValue", "<BlockList><Latest>../x</Latest></BlockList>"),
        (400, "InvalidXmlNodeValue", "<List/>"),
        (400, "BlockListTooLong", many.as_str()),
        (413, "RequestBodyTooLarge", long.as_str()),
    ] {
        let refused = world.call(blob(&video, "&comp=blocklist", body.as_bytes())).await.expect(status);
        assert_eq!(code(&refused), expected);
    }
    let wrong = blob(&video, "&comp=blocklist", b"<BlockList/>").header("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==");
    assert_eq!(code(&world.call(wrong).await.expect(400)), "Md5Mismatch");
    world.call(ask("HEAD", &text(&video["UploadUri"]))).await.expect(404);
}
