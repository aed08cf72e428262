//! What ffprobe says, as tracks. Pure. All text in it comes from the file and is bounded here.

use crate::language;
use kinora_app::port::{Examination, Examined, SoundFacts, TrackExamined};
use kinora_domain::picture::{PictureFacts, Rate, Scan, Size, TimeBase, Transfer};
use kinora_domain::track::{FoundTrack, TrackKind};
use serde::Deserialize;

/// Characters of a title, at most.
const TITLE: usize = 200;

/// Characters of a codec's name, at most.
const CODEC: usize = 32;

/// Frames in a second that nothing real has: a rate beyond is a tick of the container.
const FASTEST: u32 = 480;

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Deserialize, Default)]
struct Format {
    start_time: Option<String>,
    duration: Option<String>,
}

#[derive(Deserialize)]
struct Stream {
    index: Option<u32>,
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: Option<u64>,
    height: Option<u64>,
    sample_rate: Option<String>,
    start_time: Option<String>,
    channels: Option<u32>,
    sample_aspect_ratio: Option<String>,
    field_order: Option<String>,
    color_transfer: Option<String>,
    color_space: Option<String>,
    avg_frame_rate: Option<String>,
    r_frame_rate: Option<String>,
    time_base: Option<String>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    tags: Tags,
    #[serde(default)]
    side_data_list: Vec<SideData>,
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

#[derive(Deserialize, Default)]
struct SideData {
    rotation: Option<serde_json::Number>,
}

/// What a report says, the tracks in file order. Left out are data, attachments and cover pictures, and
/// what has no size or rate: a demuxer that was led to believe in a track that is not there.
///
/// `None` where it is no report.
pub fn examination(json: &[u8]) -> Option<Examination> {
    let report: Report = serde_json::from_slice(json).ok()?;
    let seconds = |text: Option<String>| text.and_then(|text| micros(&text));
    let begin = seconds(report.format.start_time).unwrap_or(0);
    let mut tracks: Vec<TrackExamined> = Vec::new();
    for (place, stream) in (0..).zip(report.streams) {
        let Some((kind, what)) = stream.what() else {
            continue;
        };
        let labels =
            (stream.tags.language.as_deref().and_then(language::tag), stream.tags.title.as_deref().and_then(title));
        let before = tracks.iter().map(|track| &track.found);
        let found = FoundTrack::behind(before, kind, codec(stream.codec_name.as_deref()), labels);
        let start = stream.start_time.as_deref().and_then(micros);
        tracks.push(TrackExamined {
            found,
            stream: stream.index.unwrap_or(place),
            start_micros: start.unwrap_or(begin),
            what,
        });
    }
    Some(Examination {
        tracks,
        start_micros: begin,
        duration_ms: seconds(report.format.duration).and_then(|micros| u64::try_from(micros / 1_000).ok()),
    })
}

impl Stream {
    fn what(&self) -> Option<(TrackKind, Examined)> {
        match self.codec_type.as_deref()? {
            "video" if self.disposition.attached_pic != 0 => None,
            "video" => Some((TrackKind::Video, Examined::Picture(self.picture()?))),
            "audio" => {
                let rate = self.sample_rate.as_deref()?.parse().ok().filter(|rate| *rate > 0)?;
                let channels = self.channels.unwrap_or(2).max(1);
                Some((TrackKind::Audio, Examined::Sound(SoundFacts { rate, channels })))
            }
            "subtitle" => Some((TrackKind::Captions, Examined::Captions)),
            _ => None,
        }
    }

    fn picture(&self) -> Option<PictureFacts> {
        let side = |side: Option<u64>| side.and_then(|side| u32::try_from(side).ok()).filter(|side| *side > 0);
        let (width, height) = (side(self.width)?, side(self.height)?);
        let aspect = self.sample_aspect_ratio.as_deref().and_then(|text| fraction(text, ':')).unwrap_or((1, 1));
        // Pixels of more than ten to one are a slip of the header.
        let aspect =
            if u64::from(aspect.0.max(aspect.1)) > u64::from(aspect.0.min(aspect.1)) * 10 { (1, 1) } else { aspect };
        let square = (u64::from(width) * u64::from(aspect.0) * 2 / u64::from(aspect.1)).saturating_add(1) / 2;
        let square = u32::try_from(square).ok()?.max(1);
        let turned = self.side_data_list.iter().find_map(|data| data.rotation.as_ref()?.as_f64());
        let across = turned.is_some_and(|degrees| (degrees.abs() % 180.0 - 90.0).abs() < 45.0);
        let shown = if across { Size { width: height, height: square } } else { Size { width: square, height } };
        let scan = match self.field_order.as_deref() {
            // Containers name a film whose first line is early `tb` (9 of QuickTime and Matroska), one whose first line
            // is late `bt` (14 of both).
            Some("tt" | "tb") => Scan::TopFirst,
            Some("bb" | "bt") => Scan::BottomFirst,
            _ => Scan::Progressive,
        };
        let transfer = match self.color_transfer.as_deref() {
            Some("smpte2084") => Transfer::Pq,
            Some("arib-std-b67") => Transfer::Hlg,
            _ => Transfer::Sdr,
        };
        let tells_matrix =
            self.color_space.as_deref().is_some_and(|space| !matches!(space, "gbr" | "unknown" | "reserved"));
        let base = self.time_base.as_deref().and_then(|text| fraction(text, '/'))?;
        let base = TimeBase::new(base.0, base.1)?;
        Some(PictureFacts { shown, rate: self.rate(), scan, transfer, tells_matrix, base })
    }

    /// The rate that pictures are coded in where it agrees with how many there are in a second; else the latter.
    fn rate(&self) -> Option<Rate> {
        let read = |text: &Option<String>| {
            let (num, den) = fraction(text.as_deref()?, '/')?;
            (num.checked_div(den)? <= FASTEST).then(|| Rate::new(num, den)).flatten()
        };
        let (coded, average) = (read(&self.r_frame_rate), read(&self.avg_frame_rate));
        match (coded, average) {
            (Some(coded), Some(average)) => {
                let one = u64::from(coded.num.get()) * u64::from(average.den.get());
                let other = u64::from(average.num.get()) * u64::from(coded.den.get());
                Some(if one.abs_diff(other) <= one / 50 { coded } else { average })
            }
            (coded, average) => average.or(coded),
        }
    }
}

/// Both numbers of a fraction, neither of them zero.
fn fraction(text: &str, bar: char) -> Option<(u32, u32)> {
    let (num, den) = text.split_once(bar)?;
    Some((num.parse().ok()?, den.parse().ok()?)).filter(|(num, den)| *num > 0 && *den > 0)
}

/// Microseconds in `-1.445400`.
fn micros(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part: String = part.chars().chain("000000".chars()).take(6).collect();
    let micros = whole.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(part.parse().ok()?)?;
    Some(sign * micros)
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
        let json = br#"{ "programs": [], "format": { "start_time": "-1.4454", "duration": "60.047966" }, "streams": [
            { "codec_name": "mjpeg", "codec_type": "video", "width": 9, "height": 9, "disposition": { "attached_pic": 1 } },
            { "codec_name": "h264", "codec_type": "video", "width": 160, "height": 120, "time_base": "1/1000", "sample_aspect_ratio": "4:3", "r_frame_rate": "25/1", "avg_frame_rate": "2500/101", "side_data_list": [{ "rotation": -90 }], "disposition": { "attached_pic": 0 } },
            { "codec_name": "aac", "codec_type": "audio", "sample_rate": "44100", "tags": { "language": "ger", "title": " Ton\u0007spur " } },
            { "codec_name": "aac", "codec_type": "audio", "sample_rate": "0" },
            { "codec_name": "ac3", "codec_type": "audio", "sample_rate": "48000", "tags": { "language": "und", "title": "" } },
            { "codec_type": "data" }, { "codec_type": "attachment", "codec_name": "ttf" }, {},
            { "codec_type": "subtitle" }
        ] }"#;
        insta::assert_debug_snapshot!(examination(json).unwrap());
    }

    #[test]
    fn the_field_of_the_first_line_is_early_or_late() {
        for (told, expected) in [
            ("tt", Scan::TopFirst),
            ("tb", Scan::TopFirst),
            ("bb", Scan::BottomFirst),
            ("bt", Scan::BottomFirst),
            ("progressive", Scan::Progressive),
        ] {
            let json = format!(
                r#"{{"streams": [{{"codec_type": "video", "width": 16, "height": 16, "time_base": "1/25", "field_order": "{told}"}}]}}"#
            );
            let examined = examination(json.as_bytes()).unwrap();
            assert!(matches!(examined.tracks[0].what, Examined::Picture(facts) if facts.scan == expected), "{told}");
        }
    }

    #[test]
    fn a_document_cut_short_is_no_report() {
        for json in ["", "{", "{}x", r#"{"streams": [{"width": -1}]}"#, r#"{"streams": {}}"#] {
            assert_eq!(examination(json.as_bytes()), None, "{json}");
        }
        assert!(examination(b"{}").unwrap().tracks.is_empty());
    }

    proptest! {
        #[test]
        fn text_of_the_file_is_bounded(title in any::<String>(), codec in any::<String>(), language in any::<String>()) {
            let json = serde_json::json!({ "streams": [{
                "codec_type": "audio", "sample_rate": "1", "codec_name": codec, "tags": { "title": title, "language": language }
            }] });
            let examined = examination(json.to_string().as_bytes()).unwrap();
            let track = &examined.tracks[0].found;
            prop_assert!((1..=CODEC).contains(&track.codec.len()));
            prop_assert!(track.name.as_ref().is_none_or(|name| !name.is_empty() && name.chars().count() <= TITLE));
            prop_assert!(track.language.as_ref().is_none_or(|tag| (2..=35).contains(&tag.len())));
        }
    }
}
