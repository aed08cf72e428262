//! The way of a player: from the multivariant playlist to every byte that it names.

use super::server::Server;
use serde_json::Value;

/// A track as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Track {
    /// Its name in URLs, such as `v0-1`.
    pub(crate) name: String,
    /// Its media playlist.
    pub(crate) playlist: String,
    pub(crate) init: Vec<u8>,
    pub(crate) segments: Vec<Vec<u8>>,
}

impl Track {
    /// Everything of it as one fragmented file, or one transport stream.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.init.clone();
        bytes.extend(self.segments.iter().flatten());
        bytes
    }

    pub(crate) fn is_audio(&self) -> bool {
        self.name.starts_with('a')
    }
}

/// All tracks that the multivariant playlist of an asset names, in its order.
#[track_caller]
pub(crate) fn tracks(server: &Server, asset: &str) -> Vec<Track> {
    tracks_of(server, &format!("/play/{asset}/hls/master.m3u8"))
}

/// All tracks of picture and sound that a multivariant playlist names, in its order.
#[track_caller]
pub(crate) fn tracks_of(server: &Server, master: &str) -> Vec<Track> {
    let text = server.fetch(master).expect(200).text();
    let mut playlists: Vec<String> = Vec::new();
    for line in text.lines() {
        let address = if line.starts_with("#EXT-X-MEDIA:TYPE=AUDIO") {
            attribute(line, "URI")
        } else {
            Some(line).filter(|line| !line.starts_with('#'))
        };
        let address = address.filter(|address| !address.is_empty()).map(str::to_owned);
        playlists.extend(address.filter(|address| !playlists.contains(address)));
    }
    playlists.iter().map(|address| track(server, &resolve(master, address))).collect()
}

#[track_caller]
fn track(server: &Server, playlist: &str) -> Track {
    let text = server.fetch(playlist).expect(200).text();
    assert!(text.ends_with("#EXT-X-ENDLIST\n"), "{text}");
    let init = text.lines().find(|line| line.starts_with("#EXT-X-MAP:")).and_then(|line| attribute(line, "URI"));
    let fetch = |address: &str| server.fetch(&resolve(playlist, address)).expect(200).body;
    let segments: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let name = playlist.rsplit('/').next().unwrap().trim_end_matches(".m3u8").to_owned();
    let (init, segments) = if let Some(init) = init {
        (fetch(init), segments.into_iter().map(fetch).collect())
    } else if playlist.contains("/hls-ts/") {
        (Vec::new(), segments.into_iter().map(fetch).collect())
    } else {
        // Packed audio. The MPD names the same frames in fragments, which tell their times to more readers.
        let fragment = |packed: &str| fetch(&packed.replace(".mp3", ".m4s"));
        let folder = segments.first().unwrap().rsplit_once('/').unwrap().0;
        (fetch(&format!("{folder}/init.mp4")), segments.into_iter().map(fragment).collect())
    };
    Track { name, init, segments, playlist: text }
}

/// A quoted attribute of a tag.
fn attribute<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(&format!("{name}=\""))?;
    rest.split('"').next()
}

/// A relative reference against the path that it stands in.
fn resolve(base: &str, reference: &str) -> String {
    let mut steps: Vec<&str> = base.split('/').collect();
    steps.pop();
    for step in reference.split('/') {
        match step {
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// Path and query of an absolute URL.
#[track_caller]
pub(crate) fn path(url: &Value) -> String {
    let rest = url.as_str().unwrap().split_once("://").unwrap().1;
    format!("/{}", rest.split_once('/').unwrap().1)
}
