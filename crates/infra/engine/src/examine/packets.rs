//! When pictures are shown, from the lines that ffprobe writes for their packets: presentation time,
//! decode time, duration and flags with bars between. Pure.

use kinora_domain::chunk::Pictures;
use kinora_domain::picture::TimeBase;

/// Bytes of one line at most; longer ones are nonsense and dropped.
const LINE: usize = 256;

/// Pictures further apart than this are a jump of the times, not a still picture, in milliseconds.
const JUMP_MS: i64 = 60_000;

/// Collects pictures line by line.
#[derive(Debug, Default)]
pub struct Collector {
    base: Option<TimeBase>,
    most: usize,
    line: Vec<u8>,
    times: Vec<i64>,
    syncs: Vec<i64>,
    last_decode: Option<i64>,
    back: bool,
    untold: bool,
    /// Latest presentation time, with the duration of that packet.
    latest: Option<(i64, i64)>,
}

impl Collector {
    /// A collector of a track whose times are told in `base`, of `most` pictures at most.
    pub fn new(base: TimeBase, most: usize) -> Self {
        Self { base: Some(base), most, ..Self::default() }
    }

    /// Takes the next bytes; `false` when there are too many pictures.
    pub fn hear(&mut self, bytes: &[u8]) -> bool {
        for byte in bytes {
            if *byte == b'\n' {
                self.end_line();
            } else if self.line.len() < LINE {
                self.line.push(*byte);
            }
        }
        self.times.len() <= self.most
    }

    fn end_line(&mut self) {
        let line = core::mem::take(&mut self.line);
        let Ok(line) = core::str::from_utf8(&line) else { return };
        let mut words = line.split('|');
        let mut number = || words.next().and_then(|word| word.parse::<i64>().ok());
        let (shown, decoded, duration) = (number(), number(), number());
        let flags = words.next().unwrap_or_default();
        // Without a presentation time pictures are shown as they are decoded, or not: it depends.
        self.untold |= shown.is_none() && decoded.is_some();
        let Some(time) = shown.or(decoded) else { return };
        if let Some(decoded) = decoded {
            self.back |= self.last_decode.is_some_and(|last| decoded < last);
            self.last_decode = Some(decoded);
        }
        if flags.contains('K') {
            self.syncs.push(time);
        }
        // Decoded for others only, by an edit list.
        if flags.contains('D') {
            return;
        }
        self.times.push(time);
        if self.latest.is_none_or(|(latest, _)| latest <= time) {
            self.latest = Some((time, duration.unwrap_or(0)));
        }
    }

    /// What was collected; `None` without a single picture.
    pub fn finish(mut self) -> Option<Pictures> {
        let base = self.base?;
        self.times.sort_unstable();
        self.times.dedup();
        self.syncs.sort_unstable();
        self.syncs.dedup();
        let (last, told) = self.latest?;
        let before = self.times.len().checked_sub(2).and_then(|at| self.times.get(at)).copied();
        let duration = if told > 0 { told } else { before.map_or(0, |before| last - before) };
        let far = base.ticks_of(JUMP_MS, 1_000);
        let gap = self.times.windows(2).any(|pair| matches!(pair, [one, next] if next - one > far));
        Some(Pictures {
            base,
            end: last.saturating_add(duration.max(1)),
            times: self.times,
            syncs: self.syncs,
            vague: self.back || self.untold || gap,
            jumps: self.back || gap,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect(lines: &str) -> Option<Pictures> {
        let mut collector = Collector::new(TimeBase::new(1, 1_000).unwrap(), 100);
        for piece in lines.as_bytes().chunks(7) {
            assert!(collector.hear(piece));
        }
        collector.finish()
    }

    #[test]
    fn pictures_are_sorted_by_when_they_are_shown() {
        let film = collect("0|-80|40|K_\n120|-40|40|__|\n\n40|0|40|__\n80|40|40|__\n160|80|N/A|K_\n").unwrap();
        assert_eq!(film.times, [0, 40, 80, 120, 160]);
        assert_eq!(film.syncs, [0, 160]);
        assert_eq!((film.end, film.vague), (200, false), "the last one lasts as long as the one before");
    }

    #[test]
    fn of_too_many_pictures_no_more_is_heard() {
        let mut collector = Collector::new(TimeBase::new(1, 1_000).unwrap(), 1);
        assert!(collector.hear(b"0|0|40|K_\n"));
        assert!(!collector.hear(b"40|40|40|K_\n"));
    }

    #[test]
    fn what_an_edit_list_hides_is_no_picture_but_decoding_can_begin_there() {
        let film = collect("-80|-80|40|KD\n-40|-40|40|_D\n0|0|40|__\n40|40|40|__\n").unwrap();
        assert_eq!((film.times, film.syncs), (vec![0, 40], vec![-80]));
    }

    #[test]
    fn times_that_run_back_or_leap_are_told() {
        let jumps = |lines| collect(lines).is_some_and(|film| film.vague && film.jumps);
        assert!(jumps("100|100|40|K_\n0|0|40|K_\n"));
        assert!(jumps("0|0|40|K_\n100000|100000|40|K_\n"));
        let untold = collect("N/A|40|40|K_\n").unwrap();
        assert_eq!((untold.times, untold.vague, untold.jumps), (vec![40], true, false), "shown as decoded");
        assert_eq!(collect("nonsense\n|||\n"), None);
    }
}
