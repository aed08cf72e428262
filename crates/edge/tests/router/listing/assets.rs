//! Assets.

use super::check;
use crate::film::{Script, film};
use crate::world::{World, text};
use core::time::Duration;
use serde_json::json;

/// Four assets, made an hour apart from noon on: two films of one file, a longer one, and one that
/// cannot play. Gives the ids of the assets, and of the file of the first two.
async fn library(world: &World) -> ([String; 4], String) {
    let short = world.upload("short.mp4", &film(&Script::default()).bytes).await;
    let long = world.upload("long.mp4", &film(&Script { seconds: 20, ..Script::default() }).bytes).await;
    let foreign = world.upload("words.srt", b"1\n00:00:00,000 --> 00:00:01,000\nHello\n").await;
    let mut ids = Vec::new();
    for (file, title, preset) in [
        (&short, Some("boats"), "mp4"),
        (&short, Some("Anchors, 50%"), "mp4_720p"),
        (&long, Some("cranes"), "dash_hls_720p"),
        (&foreign, None, "mp4"),
    ] {
        let body = json!({ "transcodedSources": [{ "fileId": file }], "preset": preset, "title": title });
        ids.push(text(&world.post("/vod/v1/assets", &body).await.expect(200).json()["id"]));
        world.clock.forward(Duration::from_hours(1));
    }
    (ids.try_into().unwrap(), short)
}

#[tokio::test]
async fn assets_are_filtered_and_sorted() {
    let world = World::new().await;
    let ([boats, anchors, cranes, none], short) = library(&world).await;
    let ids = [(&boats, "boats"), (&anchors, "anchors"), (&cranes, "cranes"), (&none, "none")];
    // By their ids, since one has no title.
    let spelled = |names: &str| {
        let id = |name| ids.iter().find(|(_, known)| *known == name).unwrap().0.as_str();
        names.split_whitespace().map(id).collect::<Vec<_>>().join(" ")
    };
    let all = "none cranes anchors boats";
    let table = [
        ("", all),
        ("desc=true", all),
        ("desc=false", "boats anchors cranes none"),
        ("sort=createDate", "boats anchors cranes none"),
        ("sort=LASTMODIFICATIONDATE&desc=true", all),
        ("sort=Title", "none anchors boats cranes"),
        ("sort=metadata.title&desc=true", "cranes boats anchors none"),
        ("sort=preset", "cranes boats none anchors"),
        ("sort=Status", "boats anchors cranes none"),
        ("sort=durationMilliseconds&desc=true&statuses=Available", "cranes anchors boats"),
        ("statuses=Available", "cranes anchors boats"),
        ("statuses=error", "none"),
        ("statuses=Pending,Processing", ""),
        ("statuses=Error&statuses=Available", all),
        ("presets=mp4", "none boats"),
        ("presets=mp4,mp4_720p", "none anchors boats"),
        ("presets=nothing", ""),
        ("query=A", "cranes anchors boats"),
        ("query=anchors", "anchors"),
        ("query=50%25", "anchors"),
        ("durationFrom=15000", "cranes"),
        ("durationFrom=10000&durationTo=10100", "anchors boats"),
        ("createDateStart=2026-01-31T13:00:00Z&createDateEnd=2026-01-31T14:00:00Z", "cranes anchors"),
        ("lastModificationDateStart=2026-01-31T15:00:00Z", "none"),
        ("lastModificationDateEnd=2026-01-31T11:59:59.999Z", ""),
        ("tags=sea", ""),
        ("attributes=a=b", ""),
    ];
    let mut table: Vec<_> = table.map(|(query, names)| (query.to_owned(), spelled(names))).into();
    table.extend([
        (format!("fileId={short}"), spelled("anchors boats")),
        (format!("fileId={short}&presets=mp4"), spelled("boats")),
        (format!("ids={boats}&ids={none},{cranes}"), spelled("none cranes boats")),
        (format!("ids={boats}&statuses=Error"), String::new()),
    ]);
    let table: Vec<_> = table.iter().map(|(query, ids)| (query.clone(), ids.as_str())).collect();
    check(&world, "/vod/v1/assets", "id", &table).await;

    world.delete(&format!("/vod/v1/assets/{cranes}")).await.expect(200);
    let left = [(String::new(), spelled("none anchors boats")), (format!("ids={cranes}"), String::new())];
    let left: Vec<_> = left.iter().map(|(query, ids)| (query.clone(), ids.as_str())).collect();
    check(&world, "/vod/v1/assets", "id", &left).await;
}
