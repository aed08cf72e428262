//! What ffprobe says, as tracks. Pure. All text in it comes from the file and is bounded here.

use crate::language;
use kinora_domain::track::{FoundTrack, TrackKind, selector};
use serde::Deserialize;

/// Characters of a title, at most.
const TITLE: usize = 200;

/// Characters of a codec's name, at most.
const CODEC: usize = 32;

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    streams: Vec<Stream>,
}

#[derive(Deserialize)]
struct Stream {
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: Option<u64>,
    height: Option<u64>,
    sample_rate: Option<String>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    tags: Tags,
}

#[derive(Deserialize, Default)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

#[derive(Deserialize, Default)]
struct Tags {
    language: Option<String>,
    title: Option<String>,
}

/// The tracks in a report, in file order. Left out are data, attachments and cover pictures, and what
/// has no size or rate: a demuxer that was led to believe in a track that is not there.
///
/// `None` where it is no report.
pub fn tracks(json: &[u8]) -> Option<Vec<FoundTrack>> {
    let report: Report = serde_json::from_slice(json).ok()?;
    let mut found: Vec<FoundTrack> = Vec::new();
    for stream in report.streams {
        let Some(kind) = stream.kind() else {
            continue;
        };
        let number = 1 + found.iter().filter(|track| track.kind == kind).count();
        found.push(FoundTrack {
            selector: selector(kind, number),
            kind,
            codec: codec(stream.codec_name.as_deref()),
            language: stream.tags.language.as_deref().and_then(language::tag),
            name: stream.tags.title.as_deref().and_then(title),
        });
    }
    Some(found)
}

impl Stream {
    fn kind(&self) -> Option<TrackKind> {
        let some = |number: Option<u64>| number.is_some_and(|number| number > 0);
        match self.codec_type.as_deref()? {
            "video" if self.disposition.attached_pic != 0 => None,
            "video" => (some(self.width) && some(self.height)).then_some(TrackKind::Video),
            "audio" => {
                let rate = self.sample_rate.as_deref().and_then(|rate| rate.parse().ok());
                some(rate).then_some(TrackKind::Audio)
            }
            "subtitle" => Some(TrackKind::Captions),
            _ => None,
        }
    }
}

fn codec(name: Option<&str>) -> String {
    let name: String =
        name.unwrap_or_default().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(CODEC).collect();
    if name.is_empty() { "unknown".to_owned() } else { name }
}

fn title(text: &str) -> Option<String> {
    let shown: String = text.trim().chars().filter(|c| !c.is_control()).take(TITLE).collect();
    (!shown.is_empty()).then_some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tracks_are_numbered_by_kind_and_the_rest_is_left_out() {
        let json = br#"{ "programs": [], "streams": [
            { "codec_name": "mjpeg", "codec_type": "video", "width": 9, "height": 9, "disposition": { "attached_pic": 1 } },
            { "codec_name": "h264", "codec_type": "video", "width": 160, "height": 120, "disposition": { "attached_pic": 0 } },
            { "codec_name": "aac", "codec_type": "audio", "sample_rate": "44100", "tags": { "language": "ger", "title": " Ton\u0007spur " } },
            { "codec_name": "aac", "codec_type": "audio", "sample_rate": "0" },
            { "codec_name": "ac3", "codec_type": "audio", "sample_rate": "48000", "tags": { "language": "und", "title": "" } },
            { "codec_type": "data" }, { "codec_type": "attachment", "codec_name": "ttf" }, {},
            { "codec_type": "subtitle" }
        ] }"#;
        insta::assert_debug_snapshot!(tracks(json).unwrap());
    }

    #[test]
    fn a_document_cut_short_is_no_report() {
        for json in ["", "{", "{}x", r#"{"streams": [{"width": -1}]}"#, r#"{"streams": {}}"#] {
            assert_eq!(tracks(json.as_bytes()), None, "{json}");
        }
        assert_eq!(tracks(b"{}"), Some(Vec::new()));
    }

    proptest! {
        #[test]
        fn text_of_the_file_is_bounded(title in any::<String>(), codec in any::<String>(), language in any::<String>()) {
            let json = serde_json::json!({ "streams": [{
                "codec_type": "audio", "sample_rate": "1", "codec_name": codec, "tags": { "title": title, "language": language }
            }] });
            let found = tracks(json.to_string().as_bytes()).unwrap();
            let track = &found[0];
            prop_assert!((1..=CODEC).contains(&track.codec.len()));
            prop_assert!(track.name.as_ref().is_none_or(|name| !name.is_empty() && name.chars().count() <= TITLE));
            prop_assert!(track.language.as_ref().is_none_or(|tag| (2..=35).contains(&tag.len())));
        }
    }
}
