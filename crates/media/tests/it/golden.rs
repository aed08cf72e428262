//! Documents and boxes as they are sent, for review.

use kinora_media::cmaf::{init_segment, media_segment};
use kinora_media::mp4::MAX_MOOV_LEN;
use kinora_media::{FourCc, Mp4Error};

use crate::support::film::{FilmTrack, film};
use crate::support::package::plan;
use crate::support::tree::tree;

#[test]
fn init_and_media_segments_have_these_boxes() {
    let mut sound = FilmTrack::audio(469);
    sound.extended_language = Some("de-AT");
    sound.language = *b"deu";
    sound.name = "Ton";
    let file = film(&[FilmTrack::video(150, 50), sound], true);
    let planned = plan(&file).unwrap();
    insta::assert_snapshot!("init_video", tree(&init_segment(&planned[0].map)));
    insta::assert_snapshot!("init_audio", tree(&init_segment(&planned[1].map)));
    let head = |track: usize, n| tree(&media_segment(&planned[track].map, n).unwrap().head);
    insta::assert_snapshot!("media_video", head(0, 1));
    insta::assert_snapshot!("media_audio", head(1, 1));
}

#[test]
fn errors_tell_what_is_wrong_and_what_to_do() {
    let name = FourCc(*b"stts");
    let errors = [
        Mp4Error::Truncated { what: "the media data (mdat box)", needs: 1_000, has: 900 },
        Mp4Error::NoMoov,
        Mp4Error::Malformed { name, offset: 412, why: "counts more entries than it holds" },
        Mp4Error::Malformed { name: FourCc([0xa9, b'x', 0, 1]), offset: 0, why: "is too short" },
        Mp4Error::Fragmented,
        Mp4Error::SampleOutsideFile { track: 2, sample: 17 },
        Mp4Error::Encrypted { track: 1 },
        Mp4Error::LimitExceeded { what: "bytes of index (moov box)", limit: MAX_MOOV_LEN },
        Mp4Error::UnsupportedEdits { track: 1, why: "joins several parts of the recording" },
        Mp4Error::SeveralSampleEntries { track: 1 },
        Mp4Error::ExternalMedia { track: 1 },
    ];
    insta::assert_snapshot!(errors.map(|error| error.to_string()).join("\n"));
}
