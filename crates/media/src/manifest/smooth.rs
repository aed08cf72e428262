//! The client manifest of Smooth Streaming ([MS-SSTR], 2.2.2).

use core::fmt::Write as _;

use super::presentation::{Presentation, Rendition, default_of};
use super::xml::{Xml, escape};
use crate::facts::TrackKind;
use crate::mp4::language_letters;
use crate::smooth::{Address, Setup, Stream, ticks};
use crate::timing::Timescale;

/// The client manifest; its addresses are relative to it, and end with `query`, which is empty or begins with a question
/// mark.
///
/// The renditions of the picture that start their segments together share a stream, for players may switch between them;
/// where not all do, the largest such group is named. Each sound has a stream of its own, the default one first. `None` where
/// there is picture but none that players take, or sound but none that they take; for what grows; and for a part,
/// since times begin at zero.
pub fn manifest(presentation: &Presentation, query: &str) -> Option<String> {
    let mut out = Xml::new();
    out.put(format_args!(
        "<SmoothStreamingMedia MajorVersion=\"2\" MinorVersion=\"0\" TimeScale=\"{}\" Duration=\"{}\">\n",
        Timescale::HUNDRED_NANOS.get(),
        presentation.duration(Timescale::HUNDRED_NANOS),
    ));
    for listed in streams(presentation)? {
        out.stream(&listed, query);
    }
    out.put(format_args!("</SmoothStreamingMedia>\n"));
    Some(out.text())
}

/// The rendition that an address means: the manifest of the same presentation tells the bit rate of each.
pub fn rendition<'a>(presentation: &'a Presentation, address: &Address) -> Option<&'a Rendition> {
    let listed = streams(presentation)?.into_iter().find(|listed| listed.stream == address.stream)?;
    let level = listed.levels.into_iter().find(|level| level.bitrate == address.bitrate)?;
    Some(level.track)
}

/// A stream as the manifest lists it.
struct Listed<'a> {
    stream: Stream,
    /// At least one.
    levels: Vec<Level<'a>>,
}

/// A rendition in a stream.
#[derive(Clone, Copy)]
struct Level<'a> {
    /// Not that of another in the stream: addresses tell them apart by it.
    bitrate: u32,
    track: &'a Rendition,
    setup: &'a Setup,
}

/// All streams, in order.
fn streams(presentation: &Presentation) -> Option<Vec<Listed<'_>>> {
    if presentation.growing || presentation.from > 0 {
        return None;
    }
    let of_kind = |kind| presentation.tracks.iter().filter(move |track| track.kind == kind);
    let pictures: Vec<_> = of_kind(TrackKind::Video).filter_map(taken).collect();
    let picture = largest(pictures).map(|levels| Listed { stream: Stream::Picture, levels: unique(levels) });
    let all: Vec<_> = of_kind(TrackKind::Audio).collect();
    let default = all.get(default_of(&all)).map(|track| &track.id);
    let mut sounds: Vec<_> = all.into_iter().filter_map(taken).collect();
    sounds.sort_by_key(|level| Some(&level.track.id) != default);
    let sounds =
        sounds.into_iter().map(|level| Listed { stream: Stream::Sound(level.track.id.clone()), levels: vec![level] });
    let streams: Vec<_> = picture.into_iter().chain(sounds).collect();
    // A film that is dark or mute is not what somebody asked for.
    let kinds = [TrackKind::Video, TrackKind::Audio];
    let is_there = |kind| streams.iter().flat_map(|listed| &listed.levels).any(|level| level.track.kind == kind);
    let is_whole = kinds.into_iter().all(|kind| of_kind(kind).next().is_none() || is_there(kind));
    (is_whole && !streams.is_empty()).then_some(streams)
}

/// A rendition, where players take it.
fn taken(track: &Rendition) -> Option<Level<'_>> {
    let bitrate = u32::try_from(track.average_bandwidth.max(1)).unwrap_or(u32::MAX);
    let setup = track.setup.as_ref().filter(|_setup| track.protection().is_none())?;
    (!starts(track).is_empty()).then_some(Level { bitrate, track, setup })
}

/// When the segments of a rendition start of which anything is shown, in units of 100 nanoseconds.
fn starts(track: &Rendition) -> Vec<u64> {
    let ticks = |time| ticks(time, track.timescale);
    let starts = track.segments.iter().map(|segment| (segment.start, segment.start.saturating_add(segment.duration)));
    starts
        .map(|(start, end)| (ticks(start), ticks(end)))
        .filter(|(start, end)| start < end)
        .map(|(start, _)| start)
        .collect()
}

/// The most renditions of picture that start their segments together, to the tick, since a start is a part of addresses; the
/// first of several such groups.
fn largest(pictures: Vec<Level<'_>>) -> Option<Vec<Level<'_>>> {
    let mut groups: Vec<(Vec<u64>, Vec<Level<'_>>)> = Vec::new();
    for level in pictures {
        let own = starts(level.track);
        let same = |(starts, levels): &&mut (Vec<u64>, Vec<Level<'_>>)| {
            *starts == own && levels.first().is_some_and(|first| first.track.range == level.track.range)
        };
        match groups.iter_mut().find(same) {
            Some((_, levels)) => levels.push(level),
            None => groups.push((own, vec![level])),
        }
    }
    groups.into_iter().map(|(_, levels)| levels).rev().max_by_key(Vec::len)
}

/// The same with bit rates that differ: equal ones are raised.
fn unique(mut levels: Vec<Level<'_>>) -> Vec<Level<'_>> {
    let mut told: Vec<u32> = Vec::with_capacity(levels.len());
    for level in &mut levels {
        let free = |bitrate: &u32| !told.contains(bitrate);
        let (above, below) = (level.bitrate..=u32::MAX, (1..level.bitrate).rev());
        level.bitrate = above.chain(below).find(free).unwrap_or(level.bitrate);
        told.push(level.bitrate);
    }
    levels
}

impl Xml {
    fn stream(&mut self, listed: &Listed<'_>, query: &str) {
        let Listed { stream, levels } = listed;
        let Some(first) = levels.first() else { return };
        let starts = starts(first.track);
        let kind = match stream {
            Stream::Picture => "video",
            Stream::Sound(_) => "audio",
        };
        let name = escape(&stream.to_string());
        self.put(format_args!(
            "  <StreamIndex Type=\"{kind}\" Name=\"{name}\"{} Chunks=\"{}\" QualityLevels=\"{}\"{} Url=\"QualityLevels({{bitrate}})/Fragments({name}={{start time}}){}\">\n",
            language(first.track),
            starts.len(),
            levels.len(),
            sizes(levels),
            escape(query),
        ));
        for (index, level) in levels.iter().enumerate() {
            self.level(index, level);
        }
        self.chunks(&starts, ticks(first.track.end(), first.track.timescale));
        self.put(format_args!("  </StreamIndex>\n"));
    }

    fn level(&mut self, index: usize, level: &Level<'_>) {
        let Level { bitrate, track, setup } = level;
        let form = match setup {
            Setup::H264 { coded: (width, height), .. } => format!("MaxWidth=\"{width}\" MaxHeight=\"{height}\""),
            Setup::Aac { .. } | Setup::HeAac { .. } => format!(
                "SamplingRate=\"{}\" Channels=\"{}\" BitsPerSample=\"16\" PacketSize=\"4\" AudioTag=\"255\"",
                track.sample_rate, track.channels,
            ),
        };
        self.put(format_args!(
            "    <QualityLevel Index=\"{index}\" Bitrate=\"{bitrate}\" FourCC=\"{}\" {form} CodecPrivateData=\"{}\"/>\n",
            setup.four_cc(),
            hex(setup.private_data()),
        ));
    }

    /// Durations, and the time of the first only, for there are no gaps. Repeats are not counted: that is an addition of a
    /// later version, which not every player knows.
    fn chunks(&mut self, starts: &[u64], end: u64) {
        let ends = starts.iter().skip(1).copied().chain([end]);
        let mut time = starts.first().map(|first| format!(" t=\"{first}\"")).unwrap_or_default();
        for (start, end) in starts.iter().zip(ends) {
            self.put(format_args!("    <c{time} d=\"{}\"/>\n", end.saturating_sub(*start)));
            time.clear();
        }
    }
}

/// The ISO 639-2/T code of the language, where it has one.
fn language(track: &Rendition) -> String {
    let letters = track.language.as_deref().and_then(language_letters);
    let code = letters.as_ref().and_then(|letters| core::str::from_utf8(letters).ok());
    code.map(|code| format!(" Language=\"{code}\"")).unwrap_or_default()
}

/// The largest size of a picture, as coded and as shown.
fn sizes(levels: &[Level<'_>]) -> String {
    let coded = levels.iter().filter_map(|level| match level.setup {
        Setup::H264 { coded, .. } => Some((*coded, (level.track.width, level.track.height))),
        Setup::Aac { .. } | Setup::HeAac { .. } => None,
    });
    let largest = coded.max_by_key(|((width, height), _)| u64::from(*width).saturating_mul((*height).into()));
    largest.map_or_else(String::new, |((width, height), (wide, high))| {
        format!(" MaxWidth=\"{width}\" MaxHeight=\"{height}\" DisplayWidth=\"{wide}\" DisplayHeight=\"{high}\"")
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len().saturating_mul(2)), |mut out, byte| {
        // Writing to a string cannot fail.
        write!(out, "{byte:02X}").unwrap_or_default();
        out
    })
}
