//! What a file is, from its first bytes alone. Its name is never asked.

use crate::error::FourCc;

/// How many bytes of the beginning [`sniff`] wants at most; fewer where the file is shorter.
pub const HEAD_LEN: usize = 4096;

/// What the first bytes of a file say that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Container {
    /// MP4 and its relatives (ISO/IEC 14496-12).
    IsoBmff {
        /// The brand that the file names first.
        major_brand: FourCc,
    },
    /// A QuickTime movie, with or without `ftyp`.
    QuickTime,
    /// Matroska or WebM.
    Matroska,
    /// MPEG-2 transport stream, of 188 or 192 byte packets.
    MpegTs,
    /// MPEG program stream.
    MpegPs,
    /// Flash video.
    Flv,
    /// RIFF AVI.
    Avi,
    /// Material exchange format.
    Mxf,
    /// Ogg, whatever is in it.
    Ogg,
    /// RIFF or RF64 WAVE.
    Wav,
    /// MPEG audio layer 3, with or without an ID3 tag.
    Mp3,
    /// Native FLAC.
    Flac,
    /// AAC in ADTS frames.
    Adts,
    /// Windows Media.
    Asf,
    /// An HLS playlist: text that names other resources. Never media.
    HlsPlaylist,
    /// A concat script: text that names other resources. Never media.
    FfConcat,
    /// SubRip captions.
    Srt,
    /// WebVTT captions.
    WebVtt,
    /// Some other text.
    Text,
    /// Only zero bytes.
    Zeroes,
    /// No bytes.
    Empty,
    /// None of these.
    Unknown,
}

impl Container {
    /// A stable name for storage and interfaces.
    pub fn id(self) -> &'static str {
        match self {
            Self::IsoBmff { .. } => "mp4",
            Self::QuickTime => "mov",
            Self::Matroska => "matroska",
            Self::MpegTs => "mpegts",
            Self::MpegPs => "mpeg",
            Self::Flv => "flv",
            Self::Avi => "avi",
            Self::Mxf => "mxf",
            Self::Ogg => "ogg",
            Self::Wav => "wav",
            Self::Mp3 => "mp3",
            Self::Flac => "flac",
            Self::Adts => "aac",
            Self::Asf => "asf",
            Self::HlsPlaylist => "hls-playlist",
            Self::FfConcat => "ffconcat",
            Self::Srt => "srt",
            Self::WebVtt => "webvtt",
            Self::Text => "text",
            Self::Zeroes => "zeroes",
            Self::Empty => "empty",
            Self::Unknown => "unknown",
        }
    }

    /// Whether [`crate::mp4`] reads files of this kind.
    pub fn is_mp4(self) -> bool {
        matches!(self, Self::IsoBmff { .. } | Self::QuickTime)
    }

    /// Whether the file can hold picture or sound at all.
    pub fn is_media(self) -> bool {
        !matches!(
            self,
            Self::HlsPlaylist
                | Self::FfConcat
                | Self::Srt
                | Self::WebVtt
                | Self::Text
                | Self::Zeroes
                | Self::Empty
                | Self::Unknown
        )
    }
}

/// Says what a file of `file_len` bytes is whose first bytes ([`HEAD_LEN`] of them, or all) are `head`.
///
/// Text is recognized before media, so that nothing that names other resources ever passes for media.
pub fn sniff(head: &[u8], file_len: u64) -> Container {
    if file_len == 0 || head.is_empty() {
        return Container::Empty;
    }
    if let Some(text) = text(head) {
        return text;
    }
    if head.iter().all(|byte| *byte == 0) {
        return Container::Zeroes;
    }
    iso(head, file_len).or_else(|| magic(head)).unwrap_or(Container::Unknown)
}

fn text(head: &[u8]) -> Option<Container> {
    let body = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let trimmed = body.trim_ascii_start();
    if trimmed.starts_with(b"#EXTM3U") {
        return Some(Container::HlsPlaylist);
    }
    if trimmed.starts_with(b"ffconcat") {
        return Some(Container::FfConcat);
    }
    if trimmed.starts_with(b"WEBVTT") {
        return Some(Container::WebVtt);
    }
    if head.starts_with(b"\xff\xfe") && head.get(3) == Some(&0) || head.starts_with(b"\xfe\xff\0") {
        return Some(Container::Text);
    }
    let is_text = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b | 0x20..=0x7e | 0x80..);
    if !body.iter().all(is_text) {
        return None;
    }
    let utf8 = match core::str::from_utf8(body) {
        Ok(text) => text,
        // The head may end in the middle of a character.
        Err(error) if error.error_len().is_none() => {
            core::str::from_utf8(body.get(..error.valid_up_to())?).unwrap_or_default()
        }
        Err(_) => return None,
    };
    let mut lines = utf8.lines().map(str::trim).filter(|line| !line.is_empty());
    let numbered = lines.next().is_some_and(|line| line.bytes().all(|byte| byte.is_ascii_digit()));
    let timed = lines.next().is_some_and(|line| line.contains("-->"));
    Some(if numbered && timed { Container::Srt } else { Container::Text })
}

/// ISO BMFF by its first box (ISO/IEC 14496-12, 4.2).
fn iso(head: &[u8], file_len: u64) -> Option<Container> {
    let (&[a, b, c, d, n0, n1, n2, n3], rest) = head.split_first_chunk::<8>()?;
    let size = u64::from(u32::from_be_bytes([a, b, c, d]));
    let name = [n0, n1, n2, n3];
    let sane = match size {
        0 => true,
        1 => matches!(rest.first_chunk::<8>(), Some(large) if u64::from_be_bytes(*large) >= 16),
        size => size >= 8,
    };
    if !sane {
        return None;
    }
    match &name {
        b"ftyp" => {
            let major_brand = FourCc(*rest.first_chunk::<4>()?);
            let fits = (12..=1_048_576).contains(&size) && size <= file_len;
            fits.then_some(match &major_brand.0 {
                b"qt  " => Container::QuickTime,
                _ => Container::IsoBmff { major_brand },
            })
        }
        b"styp" => Some(Container::IsoBmff { major_brand: FourCc(*rest.first_chunk::<4>()?) }),
        b"moov" | b"mdat" | b"free" | b"skip" | b"wide" | b"pnot" => Some(Container::QuickTime),
        _ => None,
    }
}

fn magic(head: &[u8]) -> Option<Container> {
    let at = |offset: usize, bytes: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(bytes));
    let fixed: [(&[u8], Container); 10] = [
        (b"\x1a\x45\xdf\xa3", Container::Matroska),
        (b"FLV\x01", Container::Flv),
        (b"OggS", Container::Ogg),
        (b"fLaC", Container::Flac),
        (b"ID3", Container::Mp3),
        (b"\x00\x00\x01\xba", Container::MpegPs),
        (b"\x06\x0e\x2b\x34\x02\x05\x01\x01", Container::Mxf),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c", Container::Asf),
        (b"\xff\xf1", Container::Adts),
        (b"\xff\xf9", Container::Adts),
    ];
    if (at(0, b"RIFF") || at(0, b"RF64")) && at(8, b"WAVE") {
        return Some(Container::Wav);
    }
    if at(0, b"RIFF") && at(8, b"AVI ") {
        return Some(Container::Avi);
    }
    for (bytes, container) in fixed {
        if at(0, bytes) {
            return Some(container);
        }
    }
    for (first, packet) in [(0, 188), (4, 192)] {
        let packets = head.get(first..)?.chunks(packet).filter(|chunk| chunk.len() == packet);
        let synced = packets.clone().all(|chunk| chunk.first() == Some(&0x47));
        if synced && packets.count() > 0 {
            return Some(Container::MpegTs);
        }
    }
    // MPEG audio: eleven sync bits, layer 3, and neither a reserved version, bit rate nor sampling rate.
    match head.first_chunk::<3>()? {
        [0xff, second, third]
            if second & 0xe6 == 0xe2 && second & 0x18 != 0x08 && third & 0xf0 != 0xf0 && third & 0x0c != 0x0c =>
        {
            Some(Container::Mp3)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_first_bytes() {
        let mut ts = vec![0u8; 188 * 3];
        let mut m2ts = vec![0u8; 192 * 3];
        for packet in 0..3 {
            ts[packet * 188] = 0x47;
            m2ts[packet * 192 + 4] = 0x47;
        }
        let cases: &[(&[u8], &str)] = &[
            (b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2", "mp4"),
            (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "mov"),
            (b"\0\0\0\x08wide\0\0\0\x01mdat", "mov"),
            (b"\0\0\0\x01mdat\0\0\0\0\0\0\x10\0", "mov"),
            (b"\0\0\0\0mdat\x01\x02", "mov"),
            (b"\0\0\0\x6cmoov\0\0\0\x6cmvhd", "mov"),
            (b"\0\0\0\x04moov", "unknown"),
            (b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x01", "unknown"),
            (b"\0\xff\xff\xffftypisom", "unknown"),
            (b"\x1a\x45\xdf\xa3\x01\0", "matroska"),
            (b"FLV\x01\x05\0\0\0\x09", "flv"),
            (b"RIFF\x10\0\0\0AVI LIST", "avi"),
            (b"RIFF\x10\0\0\0WAVEfmt ", "wav"),
            (b"OggS\0\x02", "ogg"),
            (b"fLaC\0\0\0\x22", "flac"),
            (b"ID3\x04\0\0\0\0\0\x23", "mp3"),
            (b"\xff\xfb\x90\x64\0", "mp3"),
            (b"\xff\xf1\x50\x80\x04", "aac"),
            (b"\0\0\x01\xba\x44\0", "mpeg"),
            (b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d", "mxf"),
            (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c\0", "asf"),
            (&ts, "mpegts"),
            (&m2ts, "mpegts"),
            (b"#EXTM3U\n#EXTINF:2,\nfile:///etc/hosts", "hls-playlist"),
            (b"\xef\xbb\xbf \n#EXTM3U", "hls-playlist"),
            (b"ffconcat version 1.0\nfile a", "ffconcat"),
            (b"WEBVTT\n\n", "webvtt"),
            (b"1\r\n00:00:01,000 --> 00:00:02,000\r\nHi", "srt"),
            (b"hello, world", "text"),
            ("gr\u{fc}n".as_bytes(), "text"),
            (b"\xff\xfeh\0i\0", "text"),
            (b"gr\xc3", "text"),
            (&[0; 512], "zeroes"),
            (b"", "empty"),
            (b"\x01\x02\x03\x04\x05\x06\x07\x08\x09", "unknown"),
        ];
        for (head, expected) in cases {
            let container = sniff(head, head.len() as u64);
            assert_eq!(container.id(), *expected, "{}", head.escape_ascii());
        }
    }

    #[test]
    fn a_playlist_is_never_media() {
        assert!(!sniff(b"#EXTM3U\n", 8).is_media());
        assert!(!sniff(b"ffconcat version 1.0", 20).is_media());
        assert!(sniff(b"\0\0\0\x14ftypisom\0\0\0\0isom", 100).is_mp4());
    }
}
