//! Files that are media and mean harm: codecs that nobody needs, and names that are paths and arguments.

use crate::films;
use crate::harness::Server;
use serde_json::json;
use std::path::Path;

#[test]
fn a_codec_that_is_not_taken_is_refused_by_its_name_before_it_is_decoded() {
    let server = Server::start();
    let file = server.store("holiday.avi", &films::magicyuv());
    let target = format!("/vod/v1/files/{file}/detect");
    server.post(&target, &json!({})).refused(422, "unreadable_media", &["codec magicyuv is not taken"]);
    server.settle();
    assert_eq!(server.scratch().len(), 0);
    server.is_well();
}

#[test]
fn names_of_files_are_data_all_the_way_through() {
    let server = Server::start();
    let film = films::matroska();
    let longest = "\u{1f3ac}".repeat(1_024);
    for name in ["../../x", "-y", "a\0b", "img%03d.png", "http:x", "concat:a|b", "\u{202e}4pm.exe", &longest] {
        let file = server.store(name, &film);
        let found = server.post(&format!("/vod/v1/files/{file}/detect"), &json!({})).expect(200).json();
        assert_eq!(found["tracks"].as_array().map(Vec::len), Some(2), "{name}: {found}");
        assert_eq!(server.file_detail(&file)["name"], name);
    }
    server.settle();
    server.is_well();
}

#[test]
fn names_inside_of_files_are_data_too_and_attachments_stay_where_they_are() {
    let server = Server::start();
    let film = films::badly_named();
    assert!(film.windows(17).any(|word| word == b"../../../evil.sh\0" || word.starts_with(b"../../../evil.sh")));
    let file = server.store("film.mkv", &film);
    let found = server.post(&format!("/vod/v1/files/{file}/detect"), &json!({})).expect(200).json();
    let tracks = found["tracks"].as_array().unwrap();
    let names: Vec<_> = tracks.iter().filter_map(|track| track["trackSelector"]["trackId"].as_str()).collect();
    assert_eq!(names, ["video_1", "audio_1"], "{found}");
    server.settle();
    assert_eq!(server.scratch().len(), 0);
    assert!(!holds(&server.home.path("."), "evil.sh"), "the attachment was written");
}

fn holds(folder: &Path, name: &str) -> bool {
    folder.read_dir().unwrap().map(|entry| entry.unwrap()).any(|entry| {
        let is_folder = entry.file_type().unwrap().is_dir();
        entry.file_name() == name || is_folder && holds(&entry.path(), name)
    })
}
