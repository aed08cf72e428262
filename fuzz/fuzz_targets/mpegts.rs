//! A file of any bytes as a transport stream: read all of it, in pieces.
#![no_main]

use kinora_media::mpegts::Demuxer;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let mut demuxer = Demuxer::new();
    let mut bytes = 0;
    for piece in file.chunks(1_000) {
        let Ok(samples) = demuxer.feed(piece) else { return };
        bytes += samples.iter().map(|(_, sample)| sample.data.len()).sum::<usize>();
    }
    let Ok(samples) = demuxer.finish() else { return };
    bytes += samples.iter().map(|(_, sample)| sample.data.len()).sum::<usize>();
    // A unit of three bytes becomes one of four and its own.
    assert!(bytes <= file.len() * 4);
});
