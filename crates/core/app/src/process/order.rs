//! From what a track is to what the encoder is told. Pure.

use crate::port::{Effort, EncodeWork, KeyFrames, PictureWork, SoundFacts, SoundWork};
use kinora_domain::chunk::GROUP_MS;
use kinora_domain::ladder;
use kinora_domain::output::{Filter, Timing};
use kinora_domain::picture::{Matrix, PictureFacts, Scan, Transfer};
use kinora_domain::preset::SoundFormat;

/// Sampling rates that every player takes.
const RATES: [u32; 2] = [44_100, 48_000];

/// What is done to a picture between decoding and scaling.
pub(crate) fn filters(facts: &PictureFacts) -> Vec<Filter> {
    let deinterlace = (facts.scan != Scan::Progressive).then_some(Filter::Deinterlace(facts.scan));
    let tone_map = (facts.transfer != Transfer::Sdr).then_some(Filter::ToneMap(facts.transfer));
    let tell = (!facts.tells_matrix && tone_map.is_none()).then(|| Filter::Tell(Matrix::untold(facts.shown)));
    deinterlace.into_iter().chain(tone_map).chain(tell).collect()
}

/// The quick rung.
pub(super) fn first_rung(facts: &PictureFacts) -> EncodeWork {
    EncodeWork::Pictures(PictureWork {
        filters: filters(facts),
        timing: Timing::VARIABLE,
        keys: every_group(),
        rungs: vec![ladder::first_rung(facts.shown)],
        effort: Effort::Quick,
    })
}

/// Groups of the regular grid, told by time.
pub(super) fn every_group() -> KeyFrames {
    KeyFrames::Every(u32::try_from(GROUP_MS).unwrap_or(u32::MAX))
}

/// Stereo or mono in a rate that every player takes; more channels are mixed down.
pub(super) fn sound(facts: SoundFacts, format: SoundFormat) -> SoundWork {
    let channels = facts.channels.clamp(1, 2);
    let rate = if RATES.contains(&facts.rate) { facts.rate } else { 48_000 };
    let kbps = match format {
        SoundFormat::Aac => 64 * channels,
        SoundFormat::Mp3 => 96 * channels,
    };
    SoundWork { format, rate, channels, kbps }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_domain::picture::{Size, TimeBase};

    #[test]
    fn colors_are_told_where_the_source_does_not_and_they_stay_what_they_are() {
        let of = |height, tells_matrix, transfer| {
            let facts = PictureFacts {
                shown: Size { width: 1_280, height },
                rate: None,
                scan: Scan::TopFirst,
                transfer,
                tells_matrix,
                base: TimeBase::new(1, 25).unwrap(),
            };
            filters(&facts)
        };
        let fields = Filter::Deinterlace(Scan::TopFirst);
        assert_eq!(of(720, true, Transfer::Sdr), [fields]);
        assert_eq!(of(720, false, Transfer::Sdr), [fields, Filter::Tell(Matrix::Bt709)]);
        assert_eq!(of(576, false, Transfer::Sdr), [fields, Filter::Tell(Matrix::Bt601)]);
        assert_eq!(of(720, false, Transfer::Hlg), [fields, Filter::ToneMap(Transfer::Hlg)]);
    }

    #[test]
    fn sound_is_made_in_what_every_player_takes() {
        let of = |rate, channels, format| {
            let work = sound(SoundFacts { rate, channels }, format);
            (work.rate, work.channels, work.kbps)
        };
        assert_eq!(of(44_100, 2, SoundFormat::Aac), (44_100, 2, 128));
        assert_eq!(of(96_000, 6, SoundFormat::Aac), (48_000, 2, 128));
        assert_eq!(of(8_000, 1, SoundFormat::Mp3), (48_000, 1, 96));
    }
}
