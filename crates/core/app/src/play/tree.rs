//! Everything that players come to who begin with the documents of an output: what the documents name, found from what they
//! are rendered from.

use super::address::{DocumentName, Protocol, SegmentName, plain};
use super::cache::playable_now;
use super::documents::{Shown, dash_presentation, hls_presentation};
use super::playable::Slug;
use super::transport::offered;
use crate::app::App;
use crate::error::Error;
use core::fmt;
use kinora_domain::{AssetId, Problem};
use kinora_media::captions;
use kinora_media::presentation::{Carriage, Presentation};
use std::collections::HashSet;
use std::hash::Hash;

/// What never changes. Its text form is its address below that of the asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Leaf {
    /// A segment.
    Segment(SegmentName),
    /// A sheet of small pictures, from 0.
    Sheet(Slug, u32),
}

impl fmt::Display for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Segment(name) => name.fmt(f),
            Self::Sheet(slug, number) => write!(f, "{slug}/storyboard/{number}.jpg"),
        }
    }
}

/// All that belongs to the documents that players begin with. Each thing is there once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tree {
    /// What never changes.
    pub(crate) leaves: Vec<Leaf>,
    /// Documents that others name.
    pub(crate) playlists: Vec<DocumentName>,
    /// Documents that players begin with.
    pub(crate) entries: Vec<DocumentName>,
}

/// The tree of what is to be shown, as it is at this moment, to players of these protocols.
///
/// # Errors
/// The asset or the output does not exist or does not play; it is not there for one of the protocols.
pub(crate) async fn tree(app: &App, id: AssetId, shown: Shown<'_>, protocols: &[Protocol]) -> Result<Tree, Error> {
    let playable = playable_now(app, id).await?;
    let mut presentations = Vec::with_capacity(protocols.len());
    for protocol in protocols {
        let presentation = match protocol {
            Protocol::Hls => hls_presentation(&playable, shown)?,
            Protocol::HlsTransport => offered(&playable, shown, None)?,
            Protocol::Dash => dash_presentation(&playable, shown, app.clock.now())?,
        };
        presentations.push((*protocol, presentation));
    }
    Ok(Tree::of(&presentations)?)
}

impl Tree {
    /// # Errors
    /// Something has an address that this server does not serve.
    fn of(presentations: &[(Protocol, Presentation)]) -> Result<Self, Problem> {
        let mut tree = Self::default();
        for (protocol, presentation) in presentations {
            if *protocol != Protocol::Dash {
                let named = playlists(presentation).map(|link| DocumentName::parse(*protocol, path(link)));
                tree.playlists.extend(named.collect::<Result<Vec<_>, _>>()?);
            }
            for link in media(*protocol, presentation) {
                tree.leaves.push(leaf(path(&link))?);
            }
            tree.entries.push(DocumentName::entry(*protocol));
        }
        // Two protocols name the same segments, and several pictures the same sound.
        keep_first(&mut tree.leaves);
        keep_first(&mut tree.playlists);
        keep_first(&mut tree.entries);
        Ok(tree)
    }
}

/// The playlists that a multivariant playlist names.
fn playlists(presentation: &Presentation) -> impl Iterator<Item = &str> {
    let own = presentation.tracks.iter().filter(|track| track.carriage == Carriage::Own);
    let of_tracks = own.flat_map(|track| {
        let key_frames = track.key_frame_bandwidth.and(track.urls.key_frames.as_deref());
        [Some(track.urls.playlist.as_str()), key_frames].into_iter().flatten()
    });
    let of_captions = presentation.captions.iter().map(|captions| captions.playlist.as_str());
    let of_sheets = presentation.storyboard.iter().map(|storyboard| storyboard.playlist.as_str());
    of_tracks.chain(of_captions).chain(of_sheets)
}

/// The media that the documents of a protocol name.
fn media(protocol: Protocol, presentation: &Presentation) -> impl Iterator<Item = String> {
    let own = presentation.tracks.iter().filter(|track| track.carriage == Carriage::Own);
    let of_tracks = own.flat_map(|track| {
        let segments = (0..track.segments.len()).map(|number| track.segment_url(number));
        track.urls.init.clone().into_iter().chain(segments)
    });
    let numbers = captions::segments_of(presentation.span_ms());
    let of_captions = presentation.captions.iter().flat_map(move |captions| {
        // By DASH they are one file.
        let is_whole = protocol == Protocol::Dash;
        let segments = numbers.clone().filter(move |_number| !is_whole).map(|number| captions.segment_url(number));
        is_whole.then(|| captions.whole.clone()).into_iter().chain(segments)
    });
    let of_sheets = presentation.storyboard.iter();
    let of_sheets = of_sheets.flat_map(|board| (0..board.sheets()).map(|number| board.sheet_url(number)));
    of_tracks.chain(of_captions).chain(of_sheets)
}

/// An address below that of the asset: what a link has behind its steps upwards. What lies below the asset has no such name
/// itself, and documents link their own folder and that of the asset only.
fn path(link: &str) -> &str {
    link.trim_start_matches("../")
}

fn leaf(path: &str) -> Result<Leaf, Problem> {
    let nothing = || Problem::not_found("segment");
    let mut names = path.split('/');
    let (Some(track), Some(second), third, None) = (names.next(), names.next(), names.next(), names.next()) else {
        return Err(nothing());
    };
    match (second, third) {
        (segment, None) => SegmentName::parse(track, segment).map(Leaf::Segment),
        ("storyboard", Some(sheet)) => {
            let number = sheet.strip_suffix(".jpg").and_then(plain).ok_or_else(nothing)?;
            let track = track.parse().map_err(|_malformed| nothing())?;
            Ok(Leaf::Sheet(track, number))
        }
        (form, Some(segment)) => SegmentName::parse_formed(track, form, segment).map(Leaf::Segment),
    }
}

/// Leaves out what was there before.
fn keep_first<T: Copy + Eq + Hash>(names: &mut Vec<T>) {
    let mut seen = HashSet::with_capacity(names.len());
    names.retain(|name| seen.insert(*name));
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;
    use kinora_media::map::{Cuts, IndexedSample, MapBuilder, TrackFacts};
    use kinora_media::presentation::{Rendition, Subtitles, Urls};
    use kinora_media::storyboard::Storyboard;
    use kinora_media::timing::Timescale;
    use kinora_media::{Codec, TrackKind};

    /// A rendition of so many segments of four seconds, whose samples last a second, in the folder of its name.
    fn rendition(kind: TrackKind, name: &str, segments: i64, ending: &str) -> Rendition {
        let track = TrackFacts::new(kind, &Codec::Opus, Timescale::MILLIS, b"\0\0\0\x08Opus".to_vec());
        let mut builder = MapBuilder::new(track, Duration::from_secs(4), Cuts::Grid);
        for time in 0..segments * 4 {
            let (offset, dts) = (time.unsigned_abs() * 10, time * 1_000);
            builder.push(IndexedSample { offset, size: 10, dts, pts: dts, sync: true }).unwrap();
        }
        let urls = Urls {
            playlist: format!("{name}.m3u8"),
            key_frames: Some(format!("{name}-key.m3u8")),
            init: (ending == "m4s").then(|| format!("../{name}/init.mp4")),
            segment_template: format!("../{name}/$Number$.{ending}"),
            file: None,
        };
        Rendition::new(name, &builder.finish(None).unwrap(), urls)
    }

    fn captions(name: &str, form: &str) -> Subtitles {
        Subtitles {
            id: name.to_owned(),
            language: None,
            name: None,
            playlist: format!("{name}.m3u8"),
            whole: format!("../{name}/all.vtt"),
            segment_template: format!("../{name}/{form}$Number$.vtt"),
        }
    }

    fn storyboard() -> Storyboard {
        Storyboard {
            id: "v0-1-storyboard".to_owned(),
            playlist: "v0-1-storyboard.m3u8".to_owned(),
            sheet_template: "../v0-1/storyboard/$Number$.jpg".to_owned(),
            width: 160,
            height: 90,
            columns: 2,
            rows: 2,
            every_ms: 5_000,
            pictures: 7,
            duration_ms: 32_000,
        }
    }

    fn words<T: ToString>(names: &[T]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_tree_has_all_that_documents_name_and_each_thing_once() {
        use TrackKind::{Audio, Video};
        let film = |ending: &str, form: &str| Presentation {
            tracks: vec![rendition(Video, "v0-1", 2, ending), rendition(Audio, "a1-1", 2, ending)],
            captions: vec![captions("c2-1", form)],
            ..Presentation::default()
        };
        let hls = Presentation { storyboard: Some(storyboard()), ..film("m4s", "") };
        let mut streams = Presentation {
            tracks: vec![rendition(Video, "v0-1_a1-1", 2, "ts"), rendition(Audio, "a1-1", 2, "ts")],
            ..film("ts", "ts/")
        };
        streams.tracks[0].key_frame_bandwidth = None;
        streams.tracks[1].carriage = Carriage::WithPictures;
        // Captions have segments of thirty seconds, whatever those of the picture are.
        let long = Presentation { tracks: vec![rendition(Audio, "a0-3", 8, "mp3")], ..film("mp3", "") };
        let of_fragments =
            ["v0-1/init.mp4", "v0-1/0.m4s", "v0-1/1.m4s", "a1-1/init.mp4", "a1-1/0.m4s", "a1-1/1.m4s"].as_slice();
        let sheets = ["v0-1/storyboard/0.jpg", "v0-1/storyboard/1.jpg"].as_slice();
        let of_hls =
            ["hls/v0-1.m3u8", "hls/v0-1-key.m3u8", "hls/a1-1.m3u8", "hls/c2-1.m3u8", "hls/v0-1-storyboard.m3u8"]
                .as_slice();
        for (presentations, leaves, playlists, entries) in [
            (vec![], vec![], vec![], vec![]),
            (
                vec![(Protocol::Hls, hls.clone())],
                [of_fragments, &["c2-1/0.vtt"], sheets].concat(),
                of_hls.to_vec(),
                vec!["hls/master.m3u8"],
            ),
            (
                vec![(Protocol::Dash, hls.clone())],
                [of_fragments, &["c2-1/all.vtt"], sheets].concat(),
                vec![],
                vec!["dash/manifest.mpd"],
            ),
            (
                vec![(Protocol::Hls, hls.clone()), (Protocol::Dash, hls), (Protocol::Hls, film("m4s", ""))],
                [of_fragments, &["c2-1/0.vtt"], sheets, &["c2-1/all.vtt"]].concat(),
                of_hls.to_vec(),
                vec!["hls/master.m3u8", "dash/manifest.mpd"],
            ),
            (
                vec![(Protocol::HlsTransport, streams)],
                vec!["v0-1_a1-1/0.ts", "v0-1_a1-1/1.ts", "c2-1/ts/0.vtt"],
                vec!["hls-ts/v0-1_a1-1.m3u8", "hls-ts/c2-1.m3u8"],
                vec!["hls-ts/master.m3u8"],
            ),
            (
                vec![(Protocol::Hls, long)],
                [
                    ["a0-3/0.mp3", "a0-3/1.mp3", "a0-3/2.mp3", "a0-3/3.mp3", "a0-3/4.mp3"].as_slice(),
                    &["a0-3/5.mp3", "a0-3/6.mp3", "a0-3/7.mp3", "c2-1/0.vtt", "c2-1/1.vtt"],
                ]
                .concat(),
                vec!["hls/a0-3.m3u8", "hls/c2-1.m3u8"],
                vec!["hls/master.m3u8"],
            ),
        ] {
            let tree = Tree::of(&presentations).unwrap();
            assert_eq!(words(&tree.leaves), leaves);
            assert_eq!(words(&tree.playlists), playlists);
            assert_eq!(words(&tree.entries), entries);
        }
    }

    #[test]
    fn what_this_server_would_not_serve_is_in_no_tree() {
        for link in
            ["../v0-1/0.m4s?token=a", "v0-1", "../../o/x/y/0.m4s", "../v0-1/cenc/0.m4s", "../v0-1/storyboard/00.jpg"]
        {
            assert!(leaf(path(link)).is_err(), "{link}");
        }
        for link in ["../v0-1/0.m4s", "../../../v0-1/0.m4s", "../../../v0-1/storyboard/10.jpg", "../c0-1/ts/1.vtt"] {
            assert_eq!(leaf(path(link)).unwrap().to_string(), path(link));
        }
    }
}
