//! How many bits in a second segments take, without reading a sample.

use super::clock::INTERVAL;
use super::packets::{CLOCK_LEN, ROOM};
use super::pes;
use super::picture::Picture;
use super::sound::{MOST_BYTES, Sound};
use super::tables;
use super::unit::ROUND;
use crate::bits::len_u64;
use crate::map::{SegmentMap, bits_per_second};
use crate::mpegts::PACKET;
use crate::timing::{Timescale, rescale, rescale_len};

/// Ticks of the stream between samples that decoding can begin with, which have parameter sets: there seldom are less.
const GROUP: u64 = 45_000;

/// Bits in a second of the segments of a stream, as multivariant playlists tell them (RFC 8216, 4.3.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bandwidth {
    /// Over all segments.
    pub average: u64,
    /// Of the segment that has most, segments shorter than half the target left out.
    pub peak: u64,
}

/// What a stream has in some time.
#[derive(Debug, Clone, Copy)]
struct Load {
    /// Packets of the stream, of which each leaves a part of its last packet of the transport stream empty.
    units: u64,
    /// Their bytes, with headers and clocks.
    bytes: u64,
}

/// Of the emptiness that packets are left with: the half of it, or all that there can be.
#[derive(Debug, Clone, Copy)]
enum Waste {
    Usual,
    Most,
}

impl Load {
    fn of_picture(coding: &Picture, Samples { count, bytes }: Samples, ticks: u64) -> Self {
        let heads = len_u64(pes::REORDERED_LEN + CLOCK_LEN).saturating_add(len_u64(coding.delimiter_len()));
        let sets = len_u64(coding.sets_len()).saturating_mul(count.min(ticks / GROUP + 1));
        Self { units: count, bytes: bytes.saturating_add(count.saturating_mul(heads)).saturating_add(sets) }
    }

    fn of_sound(coding: &Sound, Samples { count, bytes }: Samples, ticks: u64, tells_clock: bool) -> Self {
        let bytes = bytes.saturating_add(count.saturating_mul(len_u64(coding.head_len())));
        let by_time = ticks.checked_div(Sound::most_time(!tells_clock)).unwrap_or(0);
        let units = count.min((bytes / len_u64(MOST_BYTES)).saturating_add(by_time).saturating_add(1));
        let heads = len_u64(pes::SOUND_LEN + if tells_clock { CLOCK_LEN } else { 0 });
        Self { units, bytes: bytes.saturating_add(units.saturating_mul(heads)) }
    }

    /// Packets of the transport stream, in so many segments.
    fn packets(self, waste: Waste, segments: u64) -> u64 {
        let full = self.bytes.div_ceil(len_u64(ROOM));
        let round = segments.saturating_mul(len_u64(ROUND));
        let empty = self.units.saturating_add(round);
        full.saturating_add(match waste {
            Waste::Usual => empty / 2,
            Waste::Most => empty,
        })
    }
}

/// The tracks of a stream.
#[derive(Debug)]
struct Tracks<'a> {
    picture: Option<Picture>,
    sound: Option<(&'a SegmentMap, Sound)>,
}

/// Samples of a track.
#[derive(Debug, Clone, Copy)]
struct Samples {
    count: u64,
    bytes: u64,
}

impl Samples {
    fn all(map: &SegmentMap) -> Self {
        Self { count: map.sample_count().into(), bytes: map.payload_bytes() }
    }
}

/// Some time of a stream.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    segments: u64,
    /// Of the track that leads, and of the sound beside a picture.
    leading: Samples,
    beside: Samples,
    /// In ticks of the stream.
    ticks: u64,
}

impl Tracks<'_> {
    fn bytes(&self, of: Stretch, waste: Waste) -> u64 {
        let mut packets = of.segments.saturating_mul(len_u64(tables::PACKETS));
        if let Some(coding) = &self.picture {
            let load = Load::of_picture(coding, of.leading, of.ticks);
            packets = packets.saturating_add(load.packets(waste, of.segments));
            packets = packets.saturating_add((of.ticks / INTERVAL.unsigned_abs()).saturating_sub(of.leading.count));
        }
        if let Some((_, coding)) = &self.sound {
            let alone = self.picture.is_none();
            let load = Load::of_sound(coding, if alone { of.leading } else { of.beside }, of.ticks, alone);
            packets = packets.saturating_add(load.packets(waste, of.segments));
        }
        packets.saturating_mul(len_u64(PACKET))
    }

    /// What there is of the sound at most while a picture is shown from `start` to `end`, in ticks of the stream.
    fn beside(&self, start: i64, end: i64) -> Samples {
        let Some((map, _)) = &self.sound else { return Samples { count: 0, bytes: 0 } };
        let ticks = |ticks| rescale(ticks, map.header().timescale, Timescale::TRANSPORT);
        let sound = ticks(map.start())..ticks(map.start().saturating_add_unsigned(map.duration()));
        let length = sound.end.saturating_sub(sound.start).unsigned_abs();
        let shared = u64::try_from(end.min(sound.end).saturating_sub(start.max(sound.start))).unwrap_or(0);
        let count = u64::from(map.sample_count()).saturating_mul(shared).checked_div(length).unwrap_or(0);
        let bits = u128::from(map.peak_bitrate()) * u128::from(shared) / u128::from(Timescale::TRANSPORT.get());
        Samples { count: count.saturating_add(1), bytes: u64::try_from(bits / 8).unwrap_or(u64::MAX) }
    }
}

/// What the segments of a [`Plan`](super::Plan) with the same tracks take, as an estimate. The peak is some per cent
/// more than they really take, since every packet is counted as nearly empty that may be. Less than it is can be told
/// only of pictures of many units with lengths of less than four bytes, and of sound that is much fatter for a moment.
///
/// `None` without tracks, and for tracks that [are not taken](super::takes).
pub fn bandwidth(video: Option<&SegmentMap>, audio: Option<&SegmentMap>) -> Option<Bandwidth> {
    let leader = video.or(audio)?;
    let picture = match video {
        Some(map) => Some(Picture::of(map.header())?),
        None => None,
    };
    let sound = match audio {
        Some(map) => Some((map, Sound::of(map.header())?)),
        None => None,
    };
    let tracks = Tracks { picture, sound };
    let ticks = |duration| rescale_len(duration, leader.header().timescale, Timescale::TRANSPORT);
    let rate = |of: Stretch, waste| bits_per_second(tracks.bytes(of, waste), of.ticks, Timescale::TRANSPORT);
    let whole = Stretch {
        segments: leader.segment_count().into(),
        leading: Samples::all(leader),
        beside: audio.map_or(Samples { count: 0, bytes: 0 }, Samples::all),
        ticks: ticks(leader.duration()),
    };
    let average = rate(whole, Waste::Usual).unwrap_or(0);
    let shortest = rescale_len(u64::from(leader.header().target_ms) / 2, Timescale::MILLIS, Timescale::TRANSPORT);
    let (mut long, mut any) = (0, 0);
    let last = leader.segment_count().saturating_sub(1);
    for (n, segment) in (0..).zip(leader.segments()) {
        let moment = |ticks| rescale(ticks, leader.header().timescale, Timescale::TRANSPORT);
        // The first has all sound in front of it, the last all behind it.
        let start = if n == 0 { i64::MIN } else { moment(segment.start) };
        let end = segment.start.saturating_add_unsigned(segment.duration);
        let end = if n == last { i64::MAX } else { moment(end) };
        let of = Stretch {
            segments: 1,
            leading: Samples { count: segment.sample_count.into(), bytes: segment.payload_bytes },
            beside: tracks.beside(start, end),
            ticks: ticks(segment.duration),
        };
        let rate = rate(of, Waste::Most).unwrap_or(0);
        any = any.max(rate);
        if of.ticks >= shortest {
            long = long.max(rate);
        }
    }
    Some(Bandwidth { average, peak: average.max(if long > 0 { long } else { any }) })
}
