use super::*;
use crate::args::DECODERS;
use kinora_domain::picture::{Matrix, Rate, Scan, Size, TimeBase, Transfer};
use kinora_media::sniff::Container;

fn rung(width: u32, height: u32, max_kbps: u32) -> Rung {
    Rung { size: Size { width, height }, crf: 22, max_kbps }
}

fn shown(order: &EncodeOrder, demuxer: Demuxer) -> String {
    let words = args(order, demuxer, 35_389_440);
    let words: Vec<_> = words.iter().map(|word| word.to_str().unwrap()).collect();
    // The list of decoders has a snapshot of its own.
    words.join("\n").replace(&DECODERS.join(","), "DECODERS")
}

fn chunk() -> EncodeOrder {
    let base = TimeBase::new(1, 90_000).unwrap();
    EncodeOrder {
        container: Container::MpegTs,
        stream: 1,
        untrimmed: false,
        window: Window::Pictures { base, seek: Some(1_800_000), from: 1_933_806, until: 3_735_606 },
        work: EncodeWork::Pictures(PictureWork {
            filters: vec![Filter::Deinterlace(Scan::TopFirst)],
            timing: Timing::Steady(Rate::new(30_000, 1_001).unwrap()),
            keys: KeyFrames::At(vec![1_933_806, 2_113_986]),
            rungs: vec![rung(1_280, 720, 3_000), rung(854, 480, 1_500), rung(640, 360, 850)],
            effort: Effort::Good,
        }),
        threads: 1,
    }
}

#[test]
fn a_chunk_is_decoded_once_and_scaled_step_by_step() {
    insta::assert_snapshot!(shown(&chunk(), Demuxer::MpegTs));
}

#[test]
fn the_first_rung_is_written_in_fragments() {
    let order = EncodeOrder {
        container: Container::QuickTime,
        stream: 0,
        untrimmed: false,
        window: Window::After { micros: 4_000_500 },
        work: EncodeWork::Pictures(PictureWork {
            filters: vec![Filter::ToneMap(Transfer::Hlg)],
            timing: Timing::VARIABLE,
            keys: KeyFrames::Every(2_000),
            rungs: vec![rung(640, 360, 850)],
            effort: Effort::Quick,
        }),
        threads: 2,
    };
    insta::assert_snapshot!(shown(&order, Demuxer::Mov));
}

#[test]
fn colors_are_told_before_scaling_and_to_the_encoder() {
    let mut order = chunk();
    order.container = Container::QuickTime;
    order.untrimmed = true;
    if let EncodeWork::Pictures(work) = &mut order.work {
        work.filters = vec![Filter::Tell(Matrix::Bt709)];
    }
    insta::assert_snapshot!(shown(&order, Demuxer::Mov));
}

#[test]
fn sound_is_made_in_one_piece() {
    let work = SoundWork { format: SoundFormat::Aac, rate: 48_000, channels: 2, kbps: 128 };
    let order = EncodeOrder {
        container: Container::Matroska,
        stream: 2,
        untrimmed: false,
        window: Window::All,
        work: EncodeWork::Sound(work),
        threads: 1,
    };
    insta::assert_snapshot!(shown(&order, Demuxer::Matroska));
}

#[test]
fn times_before_zero_have_their_sign_once() {
    assert_eq!(seconds(-1_500_000), "-1.500000");
    assert_eq!(seconds(-1), "-0.000001");
    assert_eq!(seconds(61_000_001), "61.000001");
}
