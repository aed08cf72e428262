//! Teletext in a transport stream (ETSI EN 300 472, EN 300 706): no program at hand writes it.

/// Where the stream's own packets go.
const PID: u16 = 0x123;
/// Bytes of a packet, and of what it carries.
const PACKET: usize = 188;
const PAYLOAD: usize = 184;
/// Bytes of the header of a packet of a stream that is not data alone: what teletext has.
const HEADER: usize = 45;
/// Nibbles with their protection (EN 300 706, 8.2).
const HAMMING: [u8; 16] =
    [0x15, 0x02, 0x49, 0x5e, 0x64, 0x73, 0x38, 0x2f, 0xd0, 0xc7, 0x8c, 0x9b, 0xa1, 0xb6, 0xfd, 0xea];

fn nibble(value: u8) -> u8 {
    HAMMING[usize::from(value)].reverse_bits()
}

/// A letter with its parity.
fn letter(letter: u8) -> u8 {
    let odd = if letter.count_ones().is_multiple_of(2) { letter | 0x80 } else { letter };
    odd.reverse_bits()
}

/// A row of magazine 8.
fn row(number: u8, data: [u8; 40]) -> Vec<u8> {
    let place = [3, 44, 0xe0 | (7 + number % 16), 0xe4, nibble((number & 1) << 3), nibble(number >> 1)];
    [&place[..], &data].concat()
}

/// The beginning of a page, which ends the one before; of subtitles where they are meant.
fn header(page: u8, is_subtitle: bool) -> Vec<u8> {
    let mut data = [letter(b' '); 40];
    let flag = if is_subtitle { 8 } else { 0 };
    data[..8].copy_from_slice(&[page & 15, page >> 4, 0, 8, 0, flag, 0, 1].map(nibble));
    row(0, data)
}

fn text(number: u8, words: &str) -> Vec<u8> {
    let letters = [&[0x0b, 0x0b], words.as_bytes(), &[0x0a, 0x0a]].concat();
    let mut data = [letter(b' '); 40];
    data.iter_mut().zip(letters).for_each(|(place, byte)| *place = letter(byte));
    row(number, data)
}

/// Page 888 with these lines at a time of 90,000 ticks a second, in packets.
fn page(ticks: u64, lines: &[&str], counter: &mut u8) -> Vec<u8> {
    let mut units = vec![header(0x88, true)];
    units.extend((20..).step_by(2).zip(lines).map(|(number, words)| text(number, words)));
    units.push(header(0xff, false));
    while units.len() % 4 != 3 {
        units.push([&[0xff, 44][..], &[0xff; 44]].concat());
    }
    let byte = |shift: u32| u8::try_from(ticks >> shift & 0xff).unwrap();
    let time = [0x21 | (byte(29) & 0xe), byte(22), 1 | (byte(14) & 0xfe), byte(7), 1 | (byte(0) << 1)];
    let data = [&[0x10][..], &units.concat()].concat();
    let length = u16::try_from(HEADER - 6 + data.len()).unwrap().to_be_bytes();
    let mut pes = [&[0, 0, 1, 0xbd][..], &length, &[0x80, 0x80, 36], &time].concat();
    pes.resize(HEADER, 0xff);
    pes.extend(data);
    let [high, low] = PID.to_be_bytes();
    let mut packets = Vec::new();
    for (number, part) in pes.chunks(PAYLOAD).enumerate() {
        assert_eq!(part.len(), PAYLOAD);
        let begins = if number == 0 { 0x40 } else { 0 };
        packets.extend([&[0x47, begins | high, low, 0x10 | *counter], part].concat());
        *counter = (*counter + 1) & 15;
    }
    packets
}

/// ISO/IEC 13818-1, annex A.
fn crc(bytes: &[u8]) -> [u8; 4] {
    let bit = |sum: u32| if sum >> 31 == 1 { (sum << 1) ^ 0x04c1_1db7 } else { sum << 1 };
    let sum = bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| bit(sum)));
    sum.to_be_bytes()
}

/// The table of the program, with the teletext in it: Polish, subtitles on page 888.
fn with_teletext(packet: &[u8]) -> Vec<u8> {
    let section = &packet[5..];
    let length = usize::from(section[1] & 15) << 8 | usize::from(section[2]);
    let [high, low] = PID.to_be_bytes();
    let stream = [&[6, 0xe0 | high, low, 0xf0, 7, 0x56, 5][..], b"pol", &[0x10, 0x88]].concat();
    let body = [&section[3..length - 1], &stream].concat();
    let [high, low] = u16::try_from(body.len() + 4).unwrap().to_be_bytes();
    let table = [&[2, 0xb0 | high, low][..], &body].concat();
    let mut changed = [&packet[..5], &table, &crc(&table)].concat();
    changed.resize(PACKET, 0xff);
    changed
}

/// A film in a transport stream as ffmpeg writes it, and pages in it: each at a time of 90,000 ticks a second. As of broadcasts
/// they come right before they are shown.
pub(crate) fn insert(film: &[u8], pages: &[(u64, &[&str])]) -> Vec<u8> {
    let (mut out, mut counter, mut clock) = (Vec::new(), 0, 0);
    let mut pages = pages.iter().peekable();
    for packet in film.chunks(PACKET) {
        let has_clock = packet[3] & 0x20 != 0 && packet[4] > 0 && packet[5] & 0x10 != 0;
        if has_clock {
            let base = packet[6..11].iter().fold(0_u64, |base, byte| base << 8 | u64::from(*byte));
            clock = base >> 7;
        }
        while let Some((ticks, lines)) = pages.next_if(|(ticks, _)| clock + 9_000 >= *ticks) {
            out.extend(page(*ticks, lines, &mut counter));
        }
        let is_table = u16::from(packet[1] & 0x1f) << 8 | u16::from(packet[2]) == 0x1000;
        out.extend(if is_table { with_teletext(packet) } else { packet.to_vec() });
    }
    assert!(pages.next().is_none(), "the film ends too early");
    out
}
