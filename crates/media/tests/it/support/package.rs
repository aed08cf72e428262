//! Packaging of a whole file in memory.

use std::time::Duration;

use kinora_media::cmaf::{init_segment, media_segment};
use kinora_media::mp4::{Locator, Step, parse};
use kinora_media::{Mp4Error, PlannedTrack, SegmentMap};

/// The `moov` of a file, found like a server finds it.
pub(crate) fn index(file: &[u8]) -> Result<&[u8], Mp4Error> {
    let mut locator = Locator::new(file.len() as u64);
    let mut step = locator.next(None)?;
    loop {
        match step {
            Step::Moov { range } => return Ok(slice(file, &range)),
            Step::Read { offset, len } => {
                let from = (offset as usize).min(file.len());
                let to = (from + len as usize).min(file.len());
                step = locator.next(Some(&file[from..to]))?;
            }
        }
    }
}

pub(crate) fn plan(file: &[u8]) -> Result<Vec<PlannedTrack>, Mp4Error> {
    SegmentMap::plan(&parse(index(file)?, file.len() as u64)?, Duration::from_secs(4))
}

pub(crate) fn slice<'a>(file: &'a [u8], range: &std::ops::Range<u64>) -> &'a [u8] {
    &file[range.start as usize..range.end as usize]
}

/// Segment `n` with its payload.
pub(crate) fn segment(map: &SegmentMap, n: u32, object: &[u8]) -> Vec<u8> {
    let segment = media_segment(map, n).unwrap();
    let mut bytes = segment.head;
    for range in &segment.payload {
        bytes.extend(slice(object, range));
    }
    assert_eq!(bytes.len() as u64, segment.len);
    bytes
}

/// The whole track as one fragmented file.
pub(crate) fn whole(map: &SegmentMap, object: &[u8]) -> Vec<u8> {
    let mut bytes = init_segment(map);
    for n in 0..map.segment_count() {
        bytes.extend(segment(map, n, object));
    }
    bytes
}
