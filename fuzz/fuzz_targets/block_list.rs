//! Any bytes as a list of blocks: refuse them, or read names that are names, as many as a list may have.
#![no_main]

use kinora_edge::azure::blob::list::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(list) = read(bytes) else { return };
    assert!(list.len() <= 50_000);
    for listed in list {
        assert!((1..=64).contains(&listed.name.length()));
        assert!(listed.name.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)));
    }
});
