//! Sound whose configuration a container carries in the form of its codec.

use super::{FrameLength, entry};
use crate::codec::{self, AudioFacts, Codec};

/// Sound that plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownSound {
    pub(crate) codec: Codec,
    pub(crate) sample_entry: Vec<u8>,
    pub(crate) sample_rate: u32,
    pub(crate) channels: u16,
    /// In ticks of the sampling rate.
    pub(crate) length: FrameLength,
    /// Samples in front of the sound that the configuration names.
    pub(crate) skip: u64,
}

/// Sampling rate and channels that the container names, for configurations that do not.
pub(crate) type Told = (u32, u16);

impl KnownSound {
    fn new(facts: AudioFacts, told: Told, name: [u8; 4], config: ([u8; 4], &[u8])) -> Self {
        let sample_rate = if facts.sample_rate == 0 { told.0 } else { facts.sample_rate };
        let channels = if facts.channels == 0 { told.1 } else { facts.channels };
        let sample_entry = entry::Sound { name, channels, sample_rate, config }.write();
        Self { codec: facts.codec, sample_entry, sample_rate, channels, length: FrameLength::Unknown, skip: 0 }
    }

    /// AAC with its AudioSpecificConfig.
    pub(crate) fn aac(specific: &[u8], told: Told) -> Option<Self> {
        let config = entry::esds(specific)?;
        let sound = Self::new(codec::elementary_stream(&config)?, told, *b"mp4a", (*b"esds", &config));
        // Frames are counted before bands are replicated, time after.
        let length = codec::aac_frame(specific).and_then(|(samples, rate)| {
            let ticks = u64::from(samples) * u64::from(sound.sample_rate);
            u32::try_from(ticks.checked_div(u64::from(rate))?).ok()
        });
        Some(Self { length: length.map_or(FrameLength::Unknown, FrameLength::Constant), ..sound })
    }

    /// Opus with its identification header.
    pub(crate) fn opus(head: &[u8]) -> Option<Self> {
        let (config, skip) = entry::dops(head)?;
        let sound = Self::new(codec::opus(&config)?, (0, 0), *b"Opus", (*b"dOps", &config));
        Some(Self { length: FrameLength::Opus, skip: u64::from(skip), ..sound })
    }

    /// FLAC with the header of a native file.
    pub(crate) fn flac(head: &[u8]) -> Option<Self> {
        let config = entry::dfla(head)?;
        let sound = Self::new(codec::flac(&config)?, (0, 0), *b"fLaC", (*b"dfLa", &config));
        Some(Self { length: FrameLength::Flac, ..sound })
    }

    /// MPEG audio layer 3, which has no configuration.
    pub(crate) fn mp3((sample_rate, channels): Told) -> Option<Self> {
        (sample_rate > 0).then(|| Self {
            codec: Codec::Mp3,
            sample_entry: entry::mp3(channels, sample_rate),
            sample_rate,
            channels,
            length: FrameLength::mp3(sample_rate),
            skip: 0,
        })
    }
}
