//! A file of any bytes as Matroska: index all of it.
#![no_main]

use kinora_media::index::Indexer;
use kinora_media::matroska::Matroska;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let mut indexer = Matroska::new(file.len() as u64);
    while let Some(range) = indexer.wants() {
        let bytes = &file[range.start as usize..range.end as usize];
        if indexer.feed(bytes).is_err() {
            return;
        }
        let tracks = indexer.tracks().map(<[_]>::len);
        for (track, sample) in indexer.drain() {
            assert!(tracks.is_some_and(|tracks| track < tracks));
            assert!(sample.size > 0 && sample.offset + u64::from(sample.size) <= file.len() as u64);
        }
    }
});
