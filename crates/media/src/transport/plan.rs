//! What a segment is made of.

use core::ops::Range;

use super::error::TransportError;
use super::mux;
use super::picture::Picture;
use super::select::{self, Selected};
use super::sound::Sound;
use crate::map::SegmentMap;
use crate::timing::rescale_up;

/// A track in a segment: how it is coded, and what of it there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lane<C> {
    pub(super) coding: C,
    pub(super) selected: Selected,
}

/// One segment, without its media.
///
/// Every segment is made for itself, on request, by whichever process is asked; players put them one behind the other
/// and expect that the counter of every PID runs on (ISO/IEC 13818-1, 2.4.3.3). No segment knows how many packets are
/// in those before it. Therefore the counters of picture and sound begin at 0 in each, and each has a multiple of 16
/// packets of either, after which a counter of four bits is at 0 again: what is carried is spread over a few packets
/// more than it needs. The tables have one packet each in every segment, so that their counters are those of the
/// segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub(super) number: u32,
    pub(super) picture: Option<Lane<Picture>>,
    pub(super) sound: Option<Lane<Sound>>,
    /// When the next segment begins to be decoded; `None` where there is none.
    pub(super) end: Option<i64>,
}

impl Plan {
    /// Segment `n`, from 0, of a picture with its sound, or of one of them alone. The segments are those of the
    /// picture's map, and those of the sound's without picture.
    ///
    /// The maps are those of whole tracks: of a track that grows the last segment would change.
    ///
    /// `None` behind the last, without tracks, and for tracks that [are not taken](super::takes) or are given in each
    /// other's place.
    pub fn new(video: Option<&SegmentMap>, audio: Option<&SegmentMap>, n: u32) -> Option<Self> {
        let leader = video.or(audio)?;
        let is_last = n.checked_add(1)? == leader.segment_count();
        let picture = match video {
            Some(map) => Some(Lane { coding: Picture::of(map.header())?, selected: select::segment(map, n)? }),
            None => None,
        };
        let sound = match (audio, video) {
            (None, _) => None,
            (Some(map), video) => {
                let coding = Sound::of(map.header())?;
                let selected = match video {
                    None => select::segment(map, n)?,
                    Some(video) => select::span(map, &shown(video, n, map)?)?,
                };
                Some(Lane { coding, selected })
            }
        };
        let end = picture.as_ref().map(|lane| &lane.selected).or(sound.as_ref().map(|lane| &lane.selected))?.end;
        Some(Self { number: n, picture, sound, end: (!is_last).then_some(end) })
    }

    /// Where the bytes of the picture are in its object, in the order in which they are to be given; none without
    /// picture.
    pub fn video(&self) -> &[Range<u64>] {
        self.picture.as_ref().map_or(&[], |lane| &lane.selected.runs)
    }

    /// The same of the sound, in its own object.
    pub fn audio(&self) -> &[Range<u64>] {
        self.sound.as_ref().map_or(&[], |lane| &lane.selected.runs)
    }

    /// The segment, of the bytes that [`video`](Self::video) and [`audio`](Self::audio) name: those of each back to
    /// back, and none where they name none.
    ///
    /// # Errors
    /// Bytes that are too few or too many, or that are no samples.
    pub fn write(&self, video: &[u8], audio: &[u8]) -> Result<Vec<u8>, TransportError> {
        mux::write(self, video, audio)
    }
}

/// When segment `n` of the picture is shown, in ticks of the sound. The first has no beginning and the last no end.
fn shown(video: &SegmentMap, n: u32, sound: &SegmentMap) -> Option<Range<i64>> {
    let ticks = |start| rescale_up(start, video.header().timescale, sound.header().timescale);
    let from = if n == 0 { i64::MIN } else { ticks(video.segment(n)?.start) };
    let until = n.checked_add(1).and_then(|next| video.segment(next)).map_or(i64::MAX, |next| ticks(next.start));
    Some(from..until)
}
