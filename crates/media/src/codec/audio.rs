//! Decoder configuration records of audio codecs.

use super::Codec;
use crate::bits::{BitCursor, Cursor};

/// What a configuration record says about sound. Zero where it says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AudioFacts {
    pub(crate) codec: Codec,
    pub(crate) sample_rate: u32,
    pub(crate) channels: u16,
}

const AAC_RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/// Object type of audio whose codec an `AudioSpecificConfig` names.
const MPEG4_AUDIO: u8 = 0x40;

/// The body of an MPEG-4 descriptor of that tag, which must come next.
fn descriptor<'a>(cursor: &mut Cursor<'a>, tag: u8) -> Option<Cursor<'a>> {
    if cursor.u8()? != tag {
        return None;
    }
    let mut len = 0usize;
    for _ in 0..4 {
        let byte = cursor.u8()?;
        len = (len << 7) | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    let len = len.min(cursor.rest().len());
    cursor.take(len).map(Cursor::new)
}

/// `esds` with its version and flags (ISO/IEC 14496-1, 7.2.6). `None` for codecs that cannot be packaged.
pub(crate) fn elementary_stream(esds: &[u8]) -> Option<AudioFacts> {
    let silent = |codec| Some(AudioFacts { codec, sample_rate: 0, channels: 0 });
    match decoder(esds)? {
        (MPEG4_AUDIO, mut config) => audio_specific(descriptor(&mut config, 5)?.rest()),
        (0x66..=0x68, _) => silent(Codec::Aac { object_type: 2 }),
        (0x69 | 0x6b, _) => silent(Codec::Mp3),
        _ => None,
    }
}

/// The `AudioSpecificConfig` in an `esds` with its version and flags; `None` where it has none.
pub(crate) fn specific_config(esds: &[u8]) -> Option<&[u8]> {
    let (object, mut config) = decoder(esds)?;
    let specific = descriptor(&mut config, 5)?.rest();
    (object == MPEG4_AUDIO).then_some(specific)
}

/// The object type that an `esds` names, and what follows in its `DecoderConfigDescriptor`.
fn decoder(esds: &[u8]) -> Option<(u8, Cursor<'_>)> {
    let mut cursor = Cursor::new(esds);
    cursor.skip(4)?;
    let mut stream = descriptor(&mut cursor, 3)?;
    stream.skip(2)?;
    let flags = stream.u8()?;
    if flags & 0x80 != 0 {
        stream.skip(2)?;
    }
    if flags & 0x40 != 0 {
        let len = stream.u8()?;
        stream.skip(usize::from(len))?;
    }
    if flags & 0x20 != 0 {
        stream.skip(2)?;
    }
    let mut config = descriptor(&mut stream, 4)?;
    let object = config.u8()?;
    config.skip(12)?;
    Some((object, config))
}

fn object_type(bits: &mut BitCursor<'_>) -> Option<u32> {
    match bits.take(5)? {
        31 => Some(bits.take(6)? + 32),
        other => Some(other),
    }
}

fn frequency(bits: &mut BitCursor<'_>) -> Option<u32> {
    match bits.take(4)? {
        15 => bits.take(24),
        index => AAC_RATES.get(usize::try_from(index).ok()?).copied(),
    }
}

/// AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1).
fn audio_specific(config: &[u8]) -> Option<AudioFacts> {
    let mut bits = BitCursor::new(config);
    let signaled = object_type(&mut bits)?;
    let mut sample_rate = frequency(&mut bits)?;
    let channel_configuration = bits.take(4)?;
    let mut kind = signaled;
    if matches!(signaled, 5 | 29) {
        sample_rate = frequency(&mut bits)?;
    } else if let Some((extended, rate)) = backward_compatible(&mut bits) {
        kind = extended;
        sample_rate = rate;
    }
    let channels = match channel_configuration {
        1 if kind == 29 => 2,
        7 | 12 | 14 => 8,
        11 => 7,
        count @ 1..=6 => u16::try_from(count).ok()?,
        _ => 0,
    };
    // Main, LC, SSR, LTP, SBR, scalable, PS, ELD and xHE-AAC; everything else under 0x40 is not AAC.
    if !matches!(kind, 1..=6 | 17 | 23 | 29 | 39 | 42) {
        return None;
    }
    let object_type = u8::try_from(kind).ok()?;
    Some(AudioFacts { codec: Codec::Aac { object_type }, sample_rate, channels })
}

/// How many samples a frame of AAC holds, and at what rate, before any band is replicated.
pub(crate) fn aac_frame(config: &[u8]) -> Option<(u32, u32)> {
    let mut bits = BitCursor::new(config);
    let signaled = object_type(&mut bits)?;
    let rate = frequency(&mut bits)?;
    bits.take(4)?;
    if matches!(signaled, 5 | 29) {
        frequency(&mut bits)?;
        object_type(&mut bits)?;
    }
    // The first flag of a GASpecificConfig; where it lies is different in the low-delay and unified codecs.
    match signaled {
        1..=6 | 17 | 29 => Some((if bits.take(1)? == 1 { 960 } else { 1_024 }, rate)),
        _ => None,
    }
}

/// What headers of ADTS say of a stream (ISO/IEC 14496-3, 1.A.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AdtsFacts {
    /// Index of the sampling rate, before any band is replicated.
    pub(crate) rate: u8,
    /// Channel configuration, from 1 to 7.
    pub(crate) channels: u8,
    /// How many samples a frame holds, and how many there are in a second: before any band is replicated.
    pub(crate) frame: (u32, u32),
}

/// What ADTS says of the AAC in an `esds`. `None` of what it cannot say: anything but LC, alone or below HE-AAC,
/// frames of 960 samples, and sampling rates and channels that are not in its tables.
pub(crate) fn adts(esds: &[u8]) -> Option<AdtsFacts> {
    let (object, mut config) = decoder(esds)?;
    if object != 0x40 {
        return None;
    }
    let mut bits = BitCursor::new(descriptor(&mut config, 5)?.rest());
    let signaled = object_type(&mut bits)?;
    let samples_per_second = frequency(&mut bits)?;
    let channels = u8::try_from(bits.take(4)?).ok().filter(|channels| (1..=7).contains(channels))?;
    let kind = if matches!(signaled, 5 | 29) {
        frequency(&mut bits)?;
        object_type(&mut bits)?
    } else {
        signaled
    };
    // Short frames and a core coder: neither can be told.
    if kind != 2 || bits.take(2)? != 0 {
        return None;
    }
    let rate = AAC_RATES.iter().position(|rate| *rate == samples_per_second)?;
    Some(AdtsFacts { rate: u8::try_from(rate).ok()?, channels, frame: (1_024, samples_per_second) })
}

/// HE-AAC signaled behind a GASpecificConfig that an AAC-LC decoder stops at.
fn backward_compatible(bits: &mut BitCursor<'_>) -> Option<(u32, u32)> {
    let frame_length = bits.take(1)?;
    let core_coder = bits.take(1)?;
    let extension = bits.take(1)?;
    if frame_length + core_coder + extension != 0 || bits.take(11)? != 0x2b7 || object_type(bits)? != 5 {
        return None;
    }
    if bits.take(1)? == 0 {
        return None;
    }
    let rate = frequency(bits)?;
    let parametric_stereo = bits.take(11) == Some(0x548) && bits.take(1) == Some(1);
    Some((if parametric_stereo { 29 } else { 5 }, rate))
}

/// `dOps` (Opus in ISO BMFF, 4.3.2). Opus is always decoded at 48 kHz.
pub(crate) fn opus(config: &[u8]) -> Option<AudioFacts> {
    let mut cursor = Cursor::new(config);
    cursor.skip(1)?;
    let channels = u16::from(cursor.u8()?);
    cursor.skip(9)?;
    Some(AudioFacts { codec: Codec::Opus, sample_rate: 48_000, channels })
}

/// `dfLa` with its version and flags: the first metadata block is STREAMINFO.
pub(crate) fn flac(config: &[u8]) -> Option<AudioFacts> {
    let mut cursor = Cursor::new(config);
    cursor.skip(4)?;
    if cursor.u8()? & 0x7f != 0 || cursor.u24()? != 34 {
        return None;
    }
    cursor.skip(10)?;
    let mut bits = BitCursor::new(cursor.rest());
    let sample_rate = bits.take(20)?;
    let channels = u16::try_from(bits.take(3)?).ok()? + 1;
    Some(AudioFacts { codec: Codec::Flac, sample_rate, channels })
}

fn dolby_rate(code: u32) -> Option<u32> {
    [48_000, 44_100, 32_000, 0].get(usize::try_from(code).ok()?).copied()
}

fn dolby_channels(mode: u32, low_frequency: u32) -> Option<u16> {
    let full = [2, 1, 2, 3, 3, 4, 4, 5].get(usize::try_from(mode).ok()?).copied()?;
    Some(full + u16::try_from(low_frequency).ok()?)
}

/// `dac3` (ETSI TS 102 366, F.4).
pub(crate) fn ac3(config: &[u8]) -> Option<AudioFacts> {
    let mut bits = BitCursor::new(config);
    let sample_rate = dolby_rate(bits.take(2)?)?;
    bits.take(8)?;
    let mode = bits.take(3)?;
    let channels = dolby_channels(mode, bits.take(1)?)?;
    Some(AudioFacts { codec: Codec::Ac3, sample_rate, channels })
}

/// `dec3` (ETSI TS 102 366, F.6): the first independent substream.
pub(crate) fn eac3(config: &[u8]) -> Option<AudioFacts> {
    let mut bits = BitCursor::new(config);
    bits.take(16)?;
    let sample_rate = dolby_rate(bits.take(2)?)?;
    bits.take(10)?;
    let mode = bits.take(3)?;
    let channels = dolby_channels(mode, bits.take(1)?)?;
    Some(AudioFacts { codec: Codec::Eac3, sample_rate, channels })
}

/// The body of an `esds` for MP3 in a file that has none.
pub(crate) fn mp3_esds() -> [u8; 27] {
    *b"\0\0\0\0\x03\x15\0\0\0\x04\x0d\x6b\x15\0\0\0\0\0\0\0\0\0\0\0\x06\x01\x02"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn esds(object: u8, specific: &[u8]) -> Vec<u8> {
        let mut body = vec![0, 0, 0, 0, 3, 0x80, 0x80, 0x80, 0x40, 0, 1, 0, 4, 0x30, object, 0x15];
        body.extend([0; 11]);
        body.extend([5, u8::try_from(specific.len()).unwrap()]);
        body.extend(specific);
        body
    }

    #[test]
    fn every_form_of_aac_is_told_apart() {
        for (specific, name, rate, channels) in [
            (&[0x12, 0x10][..], "mp4a.40.2", 44_100, 2),
            (&[0x11, 0xb0], "mp4a.40.2", 48_000, 6),
            (&[0x2b, 0x11, 0x88, 0x00], "mp4a.40.5", 48_000, 2),
            (&[0xeb, 0x09, 0x88, 0x00], "mp4a.40.29", 48_000, 2),
            (&[0x13, 0x10, 0x56, 0xe5, 0x98], "mp4a.40.5", 48_000, 2),
            (&[0xf9, 0x46, 0x40], "mp4a.40.42", 48_000, 2),
        ] {
            let facts = elementary_stream(&esds(0x40, specific)).unwrap();
            assert_eq!((facts.codec.rfc6381().as_str(), facts.sample_rate, facts.channels), (name, rate, channels));
        }
    }

    #[test]
    fn the_specific_configuration_is_found_where_there_is_one() {
        assert_eq!(specific_config(&esds(0x40, &[0x2b, 0x11, 0x88, 0x00])), Some(&[0x2b, 0x11, 0x88, 0x00][..]));
        assert_eq!(specific_config(&esds(0x67, &[0x12, 0x10])), None);
        assert_eq!(specific_config(&mp3_esds()), None);
        assert_eq!(specific_config(&esds(0x40, &[0x12, 0x10])[..20]), None);
    }

    #[test]
    fn what_adts_can_say_is_told() {
        let adts =
            |specific: &[u8]| adts(&esds(0x40, specific)).map(|facts| (facts.rate, facts.channels, facts.frame.1));
        for (specific, expected) in [
            (&[0x12, 0x10][..], Some((4, 2, 44_100))),
            (&[0x11, 0xb0], Some((3, 6, 48_000))),
            // HE-AAC and its second version, signaled in front and behind.
            (&[0x2b, 0x11, 0x88, 0x00], Some((6, 2, 24_000))),
            (&[0xeb, 0x09, 0x88, 0x00], Some((6, 1, 24_000))),
            (&[0x13, 0x10, 0x56, 0xe5, 0x98], Some((6, 2, 24_000))),
            // A rate in full that is in the table, and one that is not.
            (&[0x17, 0x80, 0x5d, 0xc0, 0x10], Some((3, 2, 48_000))),
            (&[0x17, 0x80, 0x5d, 0xc1, 0x10], None),
            // Frames of 960, channels that are told in the frames, eight channels with two behind, Main, xHE-AAC.
            (&[0x12, 0x14], None),
            (&[0x12, 0x00], None),
            (&[0x12, 0x60], None),
            (&[0x0a, 0x10], None),
            (&[0xf9, 0x46, 0x40], None),
            (&[0x12], None),
        ] {
            assert_eq!(adts(specific), expected, "{specific:x?}");
        }
        assert_eq!(super::adts(&esds(0x67, &[0x12, 0x10])), None);
    }

    #[test]
    fn mp3_is_known_by_its_object_type() {
        assert_eq!(elementary_stream(&esds(0x6b, &[])).unwrap().codec, Codec::Mp3);
        assert_eq!(elementary_stream(&mp3_esds()).unwrap().codec, Codec::Mp3);
        assert_eq!(elementary_stream(&esds(0xdd, &[])), None);
        assert_eq!(elementary_stream(&esds(0x40, &[0x12, 0x10])[..20]), None);
    }

    #[test]
    fn channels_are_read_from_the_records() {
        assert_eq!(opus(b"\0\x02\x01\x38\0\0\xbb\x80\0\0\0").unwrap().channels, 2);
        let dolby = ac3(&[0x10, 0x3d, 0xc0]).unwrap();
        assert_eq!((dolby.sample_rate, dolby.channels), (48_000, 6));
        let mut config = vec![0, 0, 0, 0, 0x80, 0, 0, 34];
        config.extend([0; 10]);
        config.extend([0x0a, 0xc4, 0x42, 0xf0]);
        let lossless = flac(&config).unwrap();
        assert_eq!((lossless.sample_rate, lossless.channels), (44_100, 2));
    }
}
