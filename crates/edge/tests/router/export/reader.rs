//! A reader of exported trees that knows nothing of how they were made: it follows every link.

use core::time::Duration;
use m3u8_rs::{ExtTag, Playlist};
use roxmltree::{Document, Node};
use std::collections::{BTreeMap, BTreeSet};

/// Objects by their paths.
pub(super) type Tree = BTreeMap<String, Vec<u8>>;

/// The paths of all that players come to who begin with these documents.
#[track_caller]
pub(super) fn reached(tree: &Tree, entries: &[&str]) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<String> = entries.iter().map(|entry| (*entry).to_owned()).collect();
    while let Some(path) = next.pop() {
        let Some(bytes) = tree.get(&path) else { panic!("{path} is missing") };
        let links = match path.rsplit_once('.') {
            Some((_, "m3u8")) => of_playlist(bytes),
            Some((_, "mpd")) => of_mpd(core::str::from_utf8(bytes).unwrap()),
            _ => Vec::new(),
        };
        if reached.insert(path.clone()) {
            next.extend(links.iter().map(|link| resolved(&path, link)));
        }
    }
    reached
}

/// A relative link against the document that it stands in.
fn resolved(document: &str, link: &str) -> String {
    let mut names: Vec<&str> = document.split('/').collect();
    names.pop();
    for name in link.split('/') {
        match name {
            ".." => assert!(names.pop().is_some(), "{link} in {document} leaves the tree"),
            name => names.push(name),
        }
    }
    names.join("/")
}

fn of_playlist(bytes: &[u8]) -> Vec<String> {
    match m3u8_rs::parse_playlist_res(bytes).unwrap() {
        Playlist::MasterPlaylist(master) => {
            let renditions = master.alternatives.into_iter().filter_map(|rendition| rendition.uri);
            let variants = master.variants.into_iter().map(|variant| variant.uri);
            let images = master.unknown_tags.iter().filter(|tag| tag.tag == "X-IMAGE-STREAM-INF").map(address);
            variants.chain(renditions).chain(images).collect()
        }
        Playlist::MediaPlaylist(media) => {
            assert!(media.end_list);
            let keys = media.segments.iter().filter_map(|segment| segment.key.as_ref());
            assert_eq!(keys.count(), 0);
            let maps = media.segments.iter().filter_map(|segment| Some(segment.map.as_ref()?.uri.clone()));
            maps.chain(media.segments.iter().map(|segment| segment.uri.clone())).collect()
        }
    }
}

/// The address in a tag that the parser does not know.
fn address(tag: &ExtTag) -> String {
    let rest = tag.rest.as_deref().unwrap();
    rest.split_once("URI=\"").unwrap().1.split_once('"').unwrap().0.to_owned()
}

fn of_mpd(text: &str) -> Vec<String> {
    let document = Document::parse(text).unwrap();
    let named = |name: &'static str| document.descendants().filter(move |node| node.has_tag_name(name));
    let period = document.descendants().find_map(|node| node.attribute("mediaPresentationDuration")).unwrap();
    let seconds = period.trim_start_matches("PT").trim_end_matches('S').parse().unwrap();
    let period = Duration::from_secs_f64(seconds);
    let templates = named("SegmentTemplate").flat_map(|template| of_template(template, period));
    let bases = named("BaseURL").map(|base| base.text().unwrap().to_owned());
    templates.chain(bases).collect()
}

/// The addresses of a template: as many as its timeline has, or as it takes to fill the period.
fn of_template(template: Node<'_, '_>, period: Duration) -> Vec<String> {
    let number = |node: Node<'_, '_>, name| node.attribute(name).map(|value| value.parse::<u64>().unwrap());
    let elements = template.descendants().filter(|node| node.has_tag_name("S"));
    let count: u64 = match number(template, "duration") {
        None => elements.map(|element| number(element, "r").unwrap_or(0) + 1).sum(),
        Some(duration) => {
            let scale = number(template, "timescale").unwrap_or(1);
            (1..1_000).find(|count| Duration::from_micros(count * duration * 1_000_000 / scale) >= period).unwrap()
        }
    };
    let first = number(template, "startNumber").unwrap_or(1);
    let media = template.attribute("media").unwrap();
    let segments = (first..first + count).map(|number| media.replace("$Number$", &number.to_string()));
    template.attribute("initialization").map(str::to_owned).into_iter().chain(segments).collect()
}
