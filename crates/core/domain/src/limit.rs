//! Limits that the operator sets.

use crate::chunk::Pictures;
use crate::picture::Size;
use crate::problem::{Kind, Problem};

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
    /// Pixels of all pictures of one video together, in millions: what decoding and encoding it costs.
    pub total_megapixels: u64,
    /// Tracks of one file.
    pub tracks: u32,
}

impl Limits {
    /// The length that the packets really have: their number, and the time from the first to the last.
    ///
    /// # Errors
    /// `UnreadableMedia` with the reason `limit_exceeded`; the sentence names the limit.
    pub fn check_length(&self, pictures: &Pictures) -> Result<(), Problem> {
        if pictures.times.len() as u64 > self.pictures {
            return Err(exceeded(format!("The video has more than {} pictures.", self.pictures)));
        }
        let first = pictures.times.first().copied().unwrap_or(0);
        let ms = pictures.base.rescale(pictures.end.saturating_sub(first), 1_000);
        if ms.unsigned_abs() > self.duration_ms {
            return Err(exceeded(format!("The file plays longer than {} hours.", self.duration_ms / 3_600_000)));
        }
        Ok(())
    }

    /// The work of encoding so many pictures of that size. A file of a megabyte can ask for days of it.
    ///
    /// # Errors
    /// As those of [`check_length`](Self::check_length).
    pub fn check_work(&self, shown: Size, pictures: u64) -> Result<(), Problem> {
        let pixels = u128::from(shown.width) * u128::from(shown.height) * u128::from(pictures);
        if pixels > u128::from(self.total_megapixels) * 1_000_000 {
            return Err(exceeded(format!(
                "The {pictures} pictures of {} x {} pixels are more than the {} megapixels of one video that are encoded here.",
                shown.width, shown.height, self.total_megapixels
            )));
        }
        Ok(())
    }
}

fn exceeded(message: String) -> Problem {
    Problem::new(Kind::UnreadableMedia, "limit_exceeded", message)
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
            // A day of 1080p60, six hours of 2160p60.
            total_megapixels: 12_000_000,
            tracks: 64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::{CHUNK_MS, Grid, chunks, steady};
    use crate::picture::{Rate, TimeBase};

    const FULL_HD: Size = Size { width: 1_920, height: 1_080 };
    const ULTRA_HD: Size = Size { width: 3_840, height: 2_160 };
    const HOUR: u64 = 3_600;

    #[test]
    fn long_recordings_pass_and_what_costs_days_is_refused_by_name() {
        let limits = Limits::default();
        for (what, shown, pictures, passes) in [
            ("a day of 1080p60", FULL_HD, 24 * HOUR * 60, true),
            ("six hours of 2160p60", ULTRA_HD, 6 * HOUR * 60, true),
            ("two days of 720p60", Size { width: 1_280, height: 720 }, 48 * HOUR * 60, true),
            ("a day of 2160p60", ULTRA_HD, 24 * HOUR * 60, false),
            ("two days of one large picture a second", Size { width: 16_384, height: 16_384 }, 48 * HOUR, false),
            ("what no number holds", Size { width: u32::MAX, height: u32::MAX }, u64::MAX, false),
        ] {
            let told = limits.check_work(shown, pictures);
            assert_eq!(told.is_ok(), passes, "{what}: {told:?}");
            if let Err(problem) = told {
                assert_eq!((problem.kind, problem.reason), (Kind::UnreadableMedia, "limit_exceeded"), "{what}");
                assert!(problem.message.contains("12000000 megapixels"), "{}", problem.message);
            }
        }
    }

    /// A day of one picture a second, as a file of about a megabyte.
    fn a_day() -> Pictures {
        let times: Vec<i64> = (0..86_400).map(|second| second * 1_000).collect();
        let syncs = times.iter().copied().step_by(250).collect();
        Pictures { base: TimeBase::new(1, 1_000).unwrap(), times, syncs, end: 86_400_000, vague: false, jumps: false }
    }

    #[test]
    fn a_day_in_a_tiny_file_is_as_much_work_as_it_has_pictures() {
        let film = a_day();
        let limits = Limits::default();
        limits.check_length(&film).unwrap();
        limits.check_work(Size { width: 320, height: 240 }, film.times.len() as u64).unwrap();
        for rate in [None, steady(&film, Rate::new(1, 1))] {
            let plan = chunks(&film, Grid::Regular(rate), 0);
            assert_eq!(plan.iter().map(|chunk| chunk.pictures).sum::<u64>(), 86_400);
            assert!(i64::try_from(plan.len()).unwrap() <= 86_400_000 / CHUNK_MS, "{} chunks", plan.len());
            let keys: usize = plan.iter().map(|chunk| chunk.keys.len()).sum();
            assert!(keys <= film.times.len(), "{keys} groups");
        }
        let shorter = Limits { duration_ms: 23 * 3_600_000, ..limits };
        assert!(shorter.check_length(&film).unwrap_err().message.contains("longer than 23 hours"));
        let fewer = Limits { pictures: 86_399, ..limits };
        assert!(fewer.check_length(&film).unwrap_err().message.contains("more than 86399 pictures"));
    }

    #[test]
    fn times_at_the_ends_of_numbers_are_too_long_and_no_more() {
        let base = TimeBase::new(1, 1_000).unwrap();
        let film =
            Pictures { base, times: vec![i64::MIN, i64::MAX], syncs: vec![], end: i64::MAX, vague: false, jumps: true };
        assert!(Limits::default().check_length(&film).is_err());
    }
}
