//! What is stored comes back, and stays readable.

use super::plan_row::{plan, plan_text, role, role_text};
use kinora_domain::ObjectId;
use kinora_domain::chunk::Chunk;
use kinora_domain::ladder::Rung;
use kinora_domain::output::{Filter, PicturePlan, Role, SoundPlan, Source, Timing};
use kinora_domain::picture::{Rate, Scan, Size, TimeBase, Transfer};
use kinora_domain::preset::SoundFormat;
use kinora_domain::track::TrackKind;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use std::num::NonZeroU32;
use uuid::Uuid;

fn sources() -> impl Strategy<Value = Source> {
    (any::<u128>(), select(TrackKind::ALL.to_vec()), any::<u32>(), any::<Option<i64>>()).prop_map(
        |(object, kind, number, origin_micros)| Source {
            object: ObjectId::new(Uuid::from_u128(object)),
            kind,
            number,
            origin_micros,
        },
    )
}

fn filters() -> impl Strategy<Value = Filter> {
    let scans = [Scan::Progressive, Scan::TopFirst, Scan::BottomFirst].map(Filter::Deinterlace);
    let transfers = [Transfer::Sdr, Transfer::Pq, Transfer::Hlg].map(Filter::ToneMap);
    select([scans, transfers].concat())
}

fn chunks() -> impl Strategy<Value = Chunk> {
    let times = || vec(any::<i64>(), 0..4);
    (any::<u64>(), any::<u64>(), any::<i64>(), any::<i64>(), option::of(any::<i64>()), times(), times()).prop_map(
        |(first, pictures, from, until, seek, keys, cuts)| Chunk { first, pictures, from, until, seek, keys, cuts },
    )
}

fn fractions() -> impl Strategy<Value = (NonZeroU32, NonZeroU32)> {
    (any::<NonZeroU32>(), any::<NonZeroU32>())
}

fn plans() -> impl Strategy<Value = PicturePlan> {
    let timings = option::of(fractions())
        .prop_map(|rate| rate.map_or(Timing::VARIABLE, |(num, den)| Timing::Steady(Rate { num, den })));
    let bases = fractions().prop_map(|(num, den)| TimeBase { num, den });
    let streams = (sources(), any::<u32>());
    let numbers = (any::<i64>(), any::<bool>(), any::<bool>());
    (streams, vec(filters(), 0..3), timings, bases, numbers, vec(chunks(), 0..4)).prop_map(
        |((source, stream), filters, timing, base, (origin, vague, keeps_original), chunks)| PicturePlan {
            source,
            stream,
            filters,
            timing,
            base,
            origin,
            vague,
            keeps_original,
            chunks,
        },
    )
}

fn roles() -> impl Strategy<Value = Role> {
    let names = || option::of(any::<String>());
    let rungs = (any::<u32>(), any::<u32>(), any::<u8>(), any::<u32>())
        .prop_map(|(width, height, crf, max_kbps)| Role::Rung(Rung { size: Size { width, height }, crf, max_kbps }));
    let sounds = (sources(), select(vec![SoundFormat::Aac, SoundFormat::Mp3]), names(), names())
        .prop_map(|(source, format, language, name)| Role::Sound(SoundPlan { source, format, language, name }));
    let indexed =
        (sources(), names(), names()).prop_map(|(source, language, name)| Role::Indexed { source, language, name });
    let captions =
        (sources(), names(), names()).prop_map(|(source, language, name)| Role::Captions { source, language, name });
    prop_oneof![sources().prop_map(Role::First), rungs, sounds, indexed, captions]
}

proptest! {
    #[test]
    fn every_plan_comes_back(stored in plans()) {
        prop_assert_eq!(plan(&plan_text(&stored).unwrap()), Ok(stored));
    }

    #[test]
    fn every_role_comes_back(stored in roles()) {
        prop_assert_eq!(role(&role_text(&stored).unwrap()), Ok(stored));
    }

    #[test]
    fn no_text_is_too_damaged_to_be_refused(stored in plans(), place in any::<prop::sample::Index>(), byte in 0_u8..128) {
        let mut bytes = plan_text(&stored).unwrap().into_bytes();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        // Either another plan or a refusal, never a panic.
        if let Ok(other) = plan(&String::from_utf8(bytes).unwrap()) {
            prop_assert_eq!(plan(&plan_text(&other).unwrap()), Ok(other));
        }
    }
}

const SOURCE: &str = r#"{"object":"00000000-0000-0000-0000-000000000007","kind":"video","number":1,"origin":null}"#;

fn source() -> Source {
    Source { object: ObjectId::new(Uuid::from_u128(7)), kind: TrackKind::Video, number: 1, origin_micros: None }
}

#[test]
fn a_plan_of_the_first_version_stays_readable() {
    let expected = PicturePlan {
        source: source(),
        stream: 3,
        filters: vec![Filter::Deinterlace(Scan::TopFirst), Filter::ToneMap(Transfer::Pq)],
        timing: Timing::Steady(Rate::new(30_000, 1_001).unwrap()),
        base: TimeBase::new(1, 90_000).unwrap(),
        origin: -5,
        vague: false,
        keeps_original: true,
        chunks: vec![
            Chunk { first: 0, pictures: 600, from: 0, until: 9, seek: None, keys: vec![0, 4], cuts: vec![0] },
            Chunk { first: 600, pictures: 1, from: 9, until: 12, seek: Some(8), keys: vec![9], cuts: vec![9] },
        ],
    };
    let text = format!(
        "{{\"v\":1,\"data\":{{\"source\":{SOURCE},\"stream\":3,\
         \"filters\":[{{\"deinterlace\":\"top_first\"}},{{\"tone_map\":\"pq\"}}],\"timing\":{{\"steady\":[30000,1001]}},\
         \"base\":[1,90000],\"origin\":-5,\"vague\":false,\"keeps\":true,\
         \"chunks\":[[0,600,0,9,null,[0,4],[0]],[600,1,9,12,8,[9],[9]]]}}}}"
    );
    assert_eq!(plan_text(&expected).as_ref(), Ok(&text));
    assert_eq!(plan(&text), Ok(expected));
}

#[test]
fn roles_of_the_first_version_stay_readable() {
    let size = Size { width: 1_280, height: 720 };
    let (language, name) = (Some("pl".to_owned()), None);
    let sound = SoundPlan { source: source(), format: SoundFormat::Aac, language: language.clone(), name: None };
    for (expected, text) in [
        (Role::First(source()), format!("{{\"first\":{SOURCE}}}")),
        (
            Role::Rung(Rung { size, crf: 22, max_kbps: 3_000 }),
            "{\"rung\":{\"width\":1280,\"height\":720,\"crf\":22,\"kbps\":3000}}".to_owned(),
        ),
        (
            Role::Sound(sound),
            format!("{{\"sound\":{{\"source\":{SOURCE},\"format\":\"aac\",\"language\":\"pl\",\"name\":null}}}}"),
        ),
        (
            Role::Captions { source: source(), language: language.clone(), name: Some("CC".to_owned()) },
            format!("{{\"captions\":{{\"source\":{SOURCE},\"language\":\"pl\",\"name\":\"CC\"}}}}"),
        ),
        (
            Role::Indexed { source: source(), language, name },
            format!("{{\"indexed\":{{\"source\":{SOURCE},\"language\":\"pl\",\"name\":null}}}}"),
        ),
    ] {
        let text = format!("{{\"v\":1,\"data\":{text}}}");
        assert_eq!(role_text(&expected).as_ref(), Ok(&text));
        assert_eq!(role(&text), Ok(expected));
    }
}

#[test]
fn what_cannot_be_a_role_is_refused_with_the_reason() {
    let malformed = SOURCE.replace("-0000-", "");
    for (text, why) in [
        (String::new(), "cannot be read: EOF while parsing a value at line 1 column 0"),
        ("{}".to_owned(), "cannot be read: missing field `v` at line 1 column 2"),
        ("{\"v\":2,\"data\":7}".to_owned(), "is of version 2, which is not known"),
        (format!("{{\"v\":1,\"data\":{{\"first\":{malformed}}}}}"), "names an object by what is not a UUID"),
    ] {
        assert_eq!(role(&text), Err(why.to_owned()), "{text}");
    }
    let unknown = role("{\"v\":1,\"data\":{\"other\":1}}").unwrap_err();
    assert!(unknown.contains("unknown variant `other`"), "{unknown}");
}
