//! Files.

use super::check;
use crate::film::{Script, film};
use crate::world::World;
use core::time::Duration;
use serde_json::json;

const HOUR: Duration = Duration::from_hours(1);

/// Five files, begun an hour apart from noon on, in every state and of every kind. Gives their ids.
async fn library(world: &World) -> [String; 5] {
    let mut ids = Vec::new();
    let sound = film(&Script { picture_bytes: 0, ..Script::default() }).bytes;
    let captions = b"1\n00:00:01,000 --> 00:00:02,000\nWelcome\n";
    for (name, friendly, bytes, completes) in [
        ("harbor.mp4", "Harbor at dawn", film(&Script::default()).bytes, true),
        ("Song.m4a", "A 100% song", sound, true),
        ("captions.srt", "Harbor, in words", captions.to_vec(), true),
        ("half_way.mp4", "Zoo", vec![7; 30], false),
        ("lost.mp4", "zebra", vec![7; 50], false),
    ] {
        let body = json!({ "name": name, "friendlyName": friendly, "fileSize": bytes.len() });
        let started = world.post("/vod/v1/files/start", &body).await.expect(200).json();
        let file = started["fileId"].as_str().unwrap().to_owned();
        if completes {
            let put = world.put(started["multipartUrls"][0].as_str().unwrap(), &bytes).await.expect(200);
            let parts = json!([{ "partNumber": 1, "eTag": put.header("etag").unwrap() }]);
            world.complete(&file, &parts).await.expect(200);
        }
        ids.push(file);
        world.clock.forward(HOUR);
    }
    // At five; the others changed last in the hour of their start.
    world.post(&format!("/vod/v1/files/{}/cancel", ids[4]), &json!({})).await.expect(200);
    ids.try_into().unwrap()
}

#[tokio::test]
async fn files_are_filtered_and_sorted() {
    let world = World::new().await;
    let [harbor, song, captions, half, lost] = library(&world).await;
    let all = "lost.mp4 half_way.mp4 captions.srt Song.m4a harbor.mp4";
    let oldest_first = "harbor.mp4 Song.m4a captions.srt half_way.mp4 lost.mp4";
    let table = [
        ("", all),
        ("desc=true", all),
        ("desc=false", oldest_first),
        ("sort=createDate", oldest_first),
        ("sort=Id", oldest_first),
        ("sort=CREATEDATE&desc=true", all),
        ("sort=lastModificationDate", oldest_first),
        ("sort=name", "Song.m4a captions.srt half_way.mp4 harbor.mp4 lost.mp4"),
        ("sort=Name&desc=true", "lost.mp4 harbor.mp4 half_way.mp4 captions.srt Song.m4a"),
        ("sort=friendlyname", "Song.m4a harbor.mp4 captions.srt half_way.mp4 lost.mp4"),
        ("sort=FileSize", "half_way.mp4 captions.srt lost.mp4 Song.m4a harbor.mp4"),
        ("sort=Status", "harbor.mp4 Song.m4a captions.srt lost.mp4 half_way.mp4"),
        ("status=Completed&sort=createDate", "harbor.mp4 Song.m4a captions.srt"),
        ("status=uploading", "half_way.mp4"),
        ("statuses=Error&statuses=Uploading", "lost.mp4 half_way.mp4"),
        ("statuses=Error,uploading", "lost.mp4 half_way.mp4"),
        ("fileType=Video", "harbor.mp4"),
        ("fileType=audio", "Song.m4a harbor.mp4"),
        ("fileType=Caption", "captions.srt"),
        ("query=HARBOR", "captions.srt harbor.mp4"),
        ("query=100%25", "Song.m4a"),
        ("query=_way", "half_way.mp4"),
        ("query=%25", "Song.m4a"),
        ("query=nowhere", ""),
        ("query=", all),
        ("createDateStart=2026-01-31T15:00:00Z", "lost.mp4 half_way.mp4"),
        ("createDateEnd=2026-01-31T13:00:00Z", "Song.m4a harbor.mp4"),
        ("createDateStart=2026-01-31T14:00:00%2B01:00&createDateEnd=2026-01-31T13:30:00Z", "Song.m4a"),
        ("createDateStart=2026-02-01", ""),
        ("createDateStart=2026-01-31&createDateEnd=2026-02-01", all),
        ("lastModificationDateStart=2026-01-31T17:00:00Z", "lost.mp4"),
        ("lastModificationDateEnd=2026-01-31T12:00:00.000Z", "harbor.mp4"),
        ("tags=sea", ""),
        ("attributes=a=b", ""),
        ("unknown=1", all),
        ("status=Completed&query=harbor&fileType=Caption", "captions.srt"),
    ];
    let mut table: Vec<_> = table.map(|(query, expected)| (query.to_owned(), expected)).into();
    table.extend([
        (format!("ids={harbor}"), "harbor.mp4"),
        (format!("ids={song}&ids={lost}"), "lost.mp4 Song.m4a"),
        (format!("ids={captions},{half}"), "half_way.mp4 captions.srt"),
        (format!("ids={harbor},{song}&ids={lost}&IDS={harbor}"), "lost.mp4 Song.m4a harbor.mp4"),
        (format!("ids={}", harbor.to_uppercase()), "harbor.mp4"),
        (format!("ids={harbor}&status=Error"), ""),
        ("ids=01890a5d-ac96-774b-bcce-b302099a8057".to_owned(), ""),
    ]);
    check(&world, "/vod/v1/files", "name", &table).await;
}
