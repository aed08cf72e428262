//! Any bytes as captions: refuse them, or write them so that they are read again.
#![no_main]

use kinora_media::captions::{Captions, Facts};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Facts::decode(bytes);
    let Ok((_, captions)) = Captions::parse(bytes) else { return };
    let (_, again) = Captions::parse(captions.write().as_bytes()).expect("what is written can be read");
    assert_eq!(again.cues.len(), captions.cues.len());
    let _ = (captions.segment(0, 0), captions.segment(u32::MAX, 900_000));
});
