//! `onMetaData`: a hint.

use crate::facts::FrameRate;
use crate::index::{frame_rate, rounded};

/// What the script says of the file.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Metadata {
    pub(super) frame_rate: Option<FrameRate>,
    /// Milliseconds.
    pub(super) duration: Option<u64>,
}

/// Looks for numbers by their names. Values that are not numbers do not matter here, and are not read.
pub(super) fn parse(script: &[u8]) -> Metadata {
    let rate = number(script, b"\0\x09framerate\0").filter(|rate| (0.1..=1_000.0).contains(rate));
    Metadata {
        frame_rate: rate.and_then(|rate| rounded(1e9 / rate)).and_then(frame_rate),
        duration: number(script, b"\0\x08duration\0").and_then(|seconds| rounded(seconds * 1e3)),
    }
}

fn number(script: &[u8], name: &[u8]) -> Option<f64> {
    let at = script.windows(name.len()).position(|bytes| bytes == name)?;
    let value = script.get(at.checked_add(name.len())?..)?.first_chunk::<8>()?;
    Some(f64::from_be_bytes(*value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_by_name() {
        let mut script = b"\x02\0\x0aonMetaData\x08\0\0\0\x02\0\x08duration\0".to_vec();
        script.extend(10.08f64.to_be_bytes());
        script.extend(b"\0\x09framerate\0");
        script.extend(29.97f64.to_be_bytes());
        let found = parse(&script);
        assert_eq!(found.duration, Some(10_080));
        assert_eq!(found.frame_rate, FrameRate::new(30_000, 1_001));
        assert_eq!(parse(&script[..20]).duration, None);
    }
}
