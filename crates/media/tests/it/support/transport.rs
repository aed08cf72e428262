//! A walk over the packets of a transport stream that trusts nothing.

use std::collections::BTreeMap;

/// A packet of a stream, put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pes {
    pub(crate) pid: u16,
    pub(crate) stream_id: u8,
    pub(crate) pts: u64,
    pub(crate) dts: u64,
    pub(crate) random_access: bool,
    pub(crate) payload: Vec<u8>,
}

/// What is in a stream.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    /// In the order in which they begin.
    pub(crate) units: Vec<Pes>,
    /// PID, and when it is, in ticks of 27 MHz, and how many units began before it.
    pub(crate) clocks: Vec<(u16, u64, usize)>,
    /// Packets of each PID that carry something.
    pub(crate) carrying: BTreeMap<u16, usize>,
    /// Sections by their PID.
    pub(crate) sections: Vec<(u16, Vec<u8>)>,
    /// Lengths of adaptation fields, where there are some.
    pub(crate) fields: Vec<u8>,
    counters: BTreeMap<u16, u8>,
}

fn time(bytes: &[u8], mark: u8) -> u64 {
    assert_eq!(bytes[0] >> 4, mark);
    assert!([0, 2, 4].iter().all(|at| bytes[*at] & 1 == 1), "marker bits");
    let all = bytes[..5].iter().fold(0u64, |all, byte| all << 8 | u64::from(*byte));
    (all >> 33 & 7) << 30 | (all >> 17 & 0x7fff) << 15 | all >> 1 & 0x7fff
}

/// Walks over whole packets, checking every bit of them and that counters run on.
pub(crate) fn walk(stream: &[u8]) -> Walk {
    let mut walk = Walk::default();
    assert_eq!(stream.len() % 188, 0);
    let mut open: BTreeMap<u16, (usize, Vec<u8>)> = BTreeMap::new();
    for packet in stream.chunks(188) {
        walk.packet(packet, &mut open);
    }
    for (at, bytes) in open.into_values() {
        walk.close(at, &bytes);
    }
    walk
}

impl Walk {
    fn packet(&mut self, packet: &[u8], open: &mut BTreeMap<u16, (usize, Vec<u8>)>) {
        assert_eq!((packet[0], packet[1] & 0xa0, packet[3] & 0xc0), (0x47, 0, 0), "sync, error, priority, scrambling");
        let starts = packet[1] & 0x40 != 0;
        let pid = u16::from(packet[1] & 0x1f) << 8 | u16::from(packet[2]);
        let (has_field, has_payload) = (packet[3] & 0x20 != 0, packet[3] & 0x10 != 0);
        let counter = packet[3] & 0xf;
        let expected = match (self.counters.get(&pid), has_payload) {
            (Some(last), true) => (last + 1) & 0xf,
            (Some(last), false) => *last,
            (None, _) => counter,
        };
        assert_eq!(counter, expected, "counter of PID {pid:#x}");
        self.counters.insert(pid, counter);
        let mut at = 4;
        let mut random_access = false;
        if has_field {
            let len = packet[4];
            assert!(if has_payload { len <= 182 } else { len == 183 }, "a field of {len}");
            self.fields.push(len);
            at += usize::from(len) + 1;
            if len > 0 {
                assert_eq!(packet[5] & 0xaf, 0, "flags of what is not there");
                random_access = packet[5] & 0x40 != 0;
                let mut stuffing = 6;
                if packet[5] & 0x10 != 0 {
                    let base = packet[6..10].iter().fold(0u64, |base, byte| base << 8 | u64::from(*byte));
                    let base = base << 1 | u64::from(packet[10] >> 7);
                    assert_eq!(packet[10] & 0x7e, 0x7e, "reserved bits");
                    let extension = u64::from(packet[10] & 1) << 8 | u64::from(packet[11]);
                    let before = self.units.len();
                    self.clocks.push((pid, base * 300 + extension, before));
                    stuffing = 12;
                } else {
                    assert!(!random_access, "decoding begins with the clock");
                }
                assert!(packet[stuffing..at].iter().all(|byte| *byte == 0xff));
            }
        }
        assert!(has_field || has_payload);
        if !has_payload {
            return;
        }
        *self.carrying.entry(pid).or_default() += 1;
        let payload = &packet[at..];
        assert!(!payload.is_empty());
        if matches!(pid, 0 | 0x1000) {
            assert!(starts && payload[0] == 0);
            let len = 3 + (usize::from(payload[2] & 0xf) << 8 | usize::from(payload[3]));
            assert!(payload[1 + len..].iter().all(|byte| *byte == 0xff));
            self.sections.push((pid, payload[1..=len].to_vec()));
            return;
        }
        if starts {
            let empty = Pes { pid, stream_id: 0, pts: 0, dts: 0, random_access, payload: Vec::new() };
            self.units.push(empty);
            if let Some((at, bytes)) = open.insert(pid, (self.units.len() - 1, Vec::new())) {
                self.close(at, &bytes);
            }
        }
        open.get_mut(&pid).unwrap().1.extend(payload);
    }

    fn close(&mut self, at: usize, bytes: &[u8]) {
        assert_eq!(bytes[..3], [0, 0, 1]);
        assert_eq!(bytes[6], 0x84, "aligned, and nothing else");
        let told = usize::from(bytes[4]) << 8 | usize::from(bytes[5]);
        assert!(told == bytes.len() - 6 || (told == 0 && bytes.len() - 6 > 0xffff), "{told} of {}", bytes.len());
        let header = 9 + usize::from(bytes[8]);
        let unit = &mut self.units[at];
        unit.stream_id = bytes[3];
        let behind = match bytes[7] {
            0x80 => {
                unit.pts = time(&bytes[9..], 2);
                unit.dts = unit.pts;
                14
            }
            0xc0 => {
                unit.pts = time(&bytes[9..], 3);
                unit.dts = time(&bytes[14..], 1);
                19
            }
            flags => panic!("flags {flags:#x}"),
        };
        assert!(bytes[behind..header].iter().all(|byte| *byte == 0xff));
        unit.payload = bytes[header..].to_vec();
    }
}
