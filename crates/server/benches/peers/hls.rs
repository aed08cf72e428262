//! As much of a player as it takes to come to the first picture.

use crate::failure::{Context as _, Failure, Outcome};
use crate::http::Client;

/// What a media playlist names, as paths from the root.
#[derive(Debug)]
pub(crate) struct Playlist {
    pub(crate) init: String,
    pub(crate) segments: Vec<String>,
}

/// What a multivariant playlist names, as paths from the root.
#[derive(Debug)]
pub(crate) struct Master {
    pub(crate) video: String,
    pub(crate) audio: Option<String>,
}

/// The path of an asset's multivariant playlist.
pub(crate) fn master_path(asset: &str) -> String {
    format!("/play/{asset}/hls/master.m3u8")
}

/// Reads the multivariant playlist that was found at `path`.
pub(crate) fn master(path: &str, bytes: &[u8]) -> Outcome<Master> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let audio = lines.clone().find(|line| line.starts_with("#EXT-X-MEDIA:") && line.contains("TYPE=AUDIO"));
    lines.find(|line| line.starts_with("#EXT-X-STREAM-INF:")).context("the multivariant playlist has no variant")?;
    let video = lines.next().context("the variant has no URI")?;
    Ok(Master { video: resolve(path, video)?, audio: audio.and_then(uri).map(|uri| resolve(path, uri)).transpose()? })
}

/// A picture that a multivariant playlist names.
#[derive(Debug)]
pub(crate) struct Variant {
    /// Lines of the picture.
    pub(crate) height: u32,
    /// Path of its media playlist from the root.
    pub(crate) path: String,
}

/// The pictures of the multivariant playlist that was found at `path`.
pub(crate) fn variants(path: &str, bytes: &[u8]) -> Outcome<Vec<Variant>> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let mut variants = Vec::new();
    while let Some(line) = lines.next() {
        if let Some(attributes) = line.strip_prefix("#EXT-X-STREAM-INF:") {
            let size = attributes.split_once("RESOLUTION=").context("a variant has no resolution")?.1;
            let (_, height) = size.split(',').next().and_then(|size| size.split_once('x')).context(line)?;
            let uri = lines.next().context("the variant has no URI")?;
            variants.push(Variant { height: height.parse().context(line)?, path: resolve(path, uri)? });
        }
    }
    Ok(variants)
}

/// Reads the media playlist that was found at `path`.
pub(crate) fn playlist(path: &str, bytes: &[u8]) -> Outcome<Playlist> {
    let text = String::from_utf8_lossy(bytes);
    let map = text.lines().find(|line| line.starts_with("#EXT-X-MAP:")).and_then(uri);
    Ok(Playlist {
        init: resolve(path, map.context("the media playlist has no init segment")?)?,
        segments: segments(path, bytes)?,
    })
}

/// The segments of the media playlist that was found at `path`.
pub(crate) fn segments(path: &str, bytes: &[u8]) -> Outcome<Vec<String>> {
    let text = String::from_utf8_lossy(bytes);
    let segments = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    segments.map(|segment| resolve(path, segment)).collect()
}

/// Fetches the multivariant playlist and the media playlists of an asset that plays.
pub(crate) fn walk(client: &mut Client, asset: &str) -> Outcome<(Playlist, Option<Playlist>)> {
    let path = master_path(asset);
    let master = master(&path, &client.get(&path)?)?;
    let video = playlist(&master.video, &client.get(&master.video)?)?;
    let audio = master.audio.map(|path| playlist(&path, &client.get(&path)?)).transpose()?;
    Ok((video, audio))
}

fn uri(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("URI=\"")?;
    rest.split_once('"').map(|(uri, _)| uri)
}

/// The path that `reference` stands for in a document at `base`.
fn resolve(base: &str, reference: &str) -> Outcome<String> {
    if let Some((_, rest)) = reference.split_once("://") {
        let slash = rest.find('/').and_then(|slash| rest.get(slash..));
        return slash.map(str::to_owned).context("a URI has no path");
    }
    if reference.starts_with('/') {
        return Ok(reference.to_owned());
    }
    let mut steps: Vec<&str> = base.split('/').collect();
    steps.pop();
    for step in reference.split('/') {
        match step {
            "." => {}
            ".." => drop(steps.pop().ok_or_else(|| Failure::new("a URI leads above the root"))?),
            step => steps.push(step),
        }
    }
    Ok(steps.join("/"))
}
