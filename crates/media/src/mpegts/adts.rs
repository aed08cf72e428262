//! AAC behind headers (ISO/IEC 14496-3, 1.A.2.2).

use std::collections::VecDeque;

/// A frame without its header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) data: Vec<u8>,
    /// The AudioSpecificConfig that its header amounts to.
    pub(super) config: [u8; 2],
    /// In 33 bits of 1/90000 s, where a packet begins with the frame.
    pub(super) time: Option<i64>,
}

/// What a header says.
struct Header {
    config: [u8; 2],
    len: usize,
    frame_len: usize,
    /// Blocks beyond the first.
    more_blocks: u8,
}

fn header(bytes: &[u8]) -> Option<Header> {
    let [sync, second, third, fourth, fifth, sixth, seventh] = *bytes.first_chunk::<7>()?;
    if sync != 0xff || second & 0xf6 != 0xf0 {
        return None;
    }
    let object = (third >> 6) + 1;
    let rate = third >> 2 & 0xf;
    let channels = (third & 1) << 2 | fourth >> 6;
    let frame_len = u16::from(fourth & 3) << 11 | u16::from(fifth) << 3 | u16::from(sixth >> 5);
    let len = if second & 1 == 0 { 9 } else { 7 };
    let frame_len = usize::from(frame_len);
    (rate < 13 && frame_len > len).then_some(Header {
        config: [object << 3 | rate >> 1, rate << 7 | channels << 3],
        len,
        frame_len,
        more_blocks: seventh & 3,
    })
}

/// Finds the frames of one stream.
#[derive(Debug, Clone, Default)]
pub(super) struct Frames {
    buffer: Vec<u8>,
    /// Times, and from which byte on they count.
    marks: VecDeque<(usize, i64)>,
}

impl Frames {
    /// Takes the payload of a packet and gives the frames that are complete now.
    pub(super) fn push(&mut self, payload: &[u8], time: Option<i64>) -> Vec<Frame> {
        if let Some(time) = time {
            self.marks.push_back((self.buffer.len(), time));
        }
        self.buffer.extend_from_slice(payload);
        let mut frames = Vec::new();
        let mut at = 0usize;
        while let Some(rest) = self.buffer.get(at..).filter(|rest| rest.len() >= 9) {
            let Some(header) = header(rest) else {
                at += 1;
                continue;
            };
            // What looks like a header in the middle of sound is not followed by another.
            let followed =
                rest.get(header.frame_len..).map(|next| next.iter().zip([0xff, 0xf0]).all(|(a, b)| a & b == b));
            match followed {
                None => break,
                Some(false) => {
                    at += 1;
                    continue;
                }
                Some(true) => {}
            }
            let mut time = None;
            while let Some((_, mark)) = self.marks.pop_front_if(|(from, _)| *from <= at) {
                time = Some(mark);
            }
            let data = rest.get(header.len..header.frame_len).unwrap_or_default().to_vec();
            // Several blocks under one header cannot be told apart without decoding them.
            if header.more_blocks == 0 {
                frames.push(Frame { data, config: header.config, time });
            }
            at += header.frame_len;
        }
        self.buffer.drain(..at.min(self.buffer.len()));
        for (from, _) in &mut self.marks {
            *from = from.saturating_sub(at);
        }
        while self.marks.len() > 64 {
            self.marks.pop_front();
        }
        frames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(len: u8, fill: u8) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xf1, 0x50, 0x80, (len + 7) >> 3, (len + 7) << 5 | 0x1f, 0xfc];
        bytes.resize(usize::from(len) + 7, fill);
        bytes
    }

    #[test]
    fn frames_are_found_across_packets() {
        let stream = [vec![1, 2, 3], frame(10, 0), frame(12, 1), frame(3, 2)].concat();
        let mut frames = Frames::default();
        let (first, second) = stream.split_at(25);
        let mut found = frames.push(first, Some(5));
        found.extend(frames.push(second, Some(9)));
        let expected = |len, fill, time| Frame { data: vec![fill; len], config: [0x12, 0x10], time };
        assert_eq!(found, [expected(10, 0, Some(5)), expected(12, 1, None), expected(3, 2, Some(9))]);
    }
}
