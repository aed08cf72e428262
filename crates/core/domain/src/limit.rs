//! Limits that the operator sets.

/// What this server takes at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one uploaded file.
    pub file_bytes: u64,
    /// Milliseconds of one presentation.
    pub duration_ms: u64,
    /// Pixels of one picture.
    pub pixels: u64,
    /// Pictures of one video.
    pub pictures: u64,
    /// Tracks of one file.
    pub tracks: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // 1 TiB: a day of camera footage at 100 Mbit/s.
            file_bytes: 1 << 40,
            // Two days: the longest recordings of events; beyond it a header is lying.
            duration_ms: 48 * 3_600_000,
            // 8192 x 4320, the largest picture of H.264 and HEVC level 6.2.
            pixels: 8192 * 4320,
            // As many at 60 a second, and some.
            pictures: 12_000_000,
            tracks: 64,
        }
    }
}
