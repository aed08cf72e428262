//! Small facts about a track that files, maps and manifests share.

use core::num::NonZeroU32;

/// What a track is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrackKind {
    /// Moving picture.
    Video,
    /// Sound.
    Audio,
    /// Text shown with the picture.
    Captions,
    /// Anything else: time codes, metadata, hints.
    Other,
}

/// The range of brightness that a picture is coded for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum VideoRange {
    /// Standard.
    #[default]
    Sdr,
    /// High, with the transfer function of SMPTE ST 2084 (PQ).
    Pq,
    /// High, with hybrid log-gamma.
    Hlg,
}

impl VideoRange {
    /// The range of a transfer function (`TransferCharacteristics` of ISO/IEC 23091-2).
    pub(crate) fn of_transfer(transfer: u16) -> Self {
        match transfer {
            16 => Self::Pq,
            18 => Self::Hlg,
            _ => Self::Sdr,
        }
    }

    /// The transfer function, where it is not one of the standard range.
    pub(crate) fn transfer(self) -> Option<u16> {
        match self {
            Self::Sdr => None,
            Self::Pq => Some(16),
            Self::Hlg => Some(18),
        }
    }

    /// The name in HLS playlists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sdr => "SDR",
            Self::Pq => "PQ",
            Self::Hlg => "HLG",
        }
    }
}

/// Frames per second as a fraction in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameRate {
    /// Numerator.
    pub num: NonZeroU32,
    /// Denominator.
    pub den: NonZeroU32,
}

impl FrameRate {
    /// `num / den` in lowest terms; `None` where either is zero.
    pub fn new(num: u32, den: u32) -> Option<Self> {
        let (mut a, mut b) = (num, den);
        while b != 0 {
            (a, b) = (b, a.checked_rem(b)?);
        }
        Some(Self { num: NonZeroU32::new(num.checked_div(a)?)?, den: NonZeroU32::new(den.checked_div(a)?)? })
    }

    /// The rate in thousandths of a frame per second, rounded to nearest.
    pub fn milli(self) -> u64 {
        let den = u64::from(self.den.get());
        (u64::from(self.num.get()) * 1000 + den / 2) / den
    }

    /// The rate as a number, for text.
    pub fn as_f64(self) -> f64 {
        f64::from(self.num.get()) / f64::from(self.den.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_in_lowest_terms() {
        let rate = FrameRate::new(90_000, 3_003).unwrap();
        assert_eq!((rate.num.get(), rate.den.get()), (30_000, 1_001));
        assert_eq!(rate.milli(), 29_970);
        assert_eq!(FrameRate::new(0, 5), None);
        assert_eq!(FrameRate::new(5, 0), None);
    }
}
