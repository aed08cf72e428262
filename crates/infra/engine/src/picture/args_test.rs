use super::*;
use crate::args::DECODERS;
use kinora_domain::picture::{Matrix, Scan, Transfer};

fn shown(filters: Vec<Filter>, take: Take, frame: Frame) -> String {
    let words = args(&PictureOrder { filters, take, frame, threads: 2 }, 35_389_440);
    let words: Vec<_> = words.iter().map(|word| word.to_str().unwrap()).collect();
    // The list of decoders has a snapshot of its own.
    words.join("\n").replace(&DECODERS.join(","), "DECODERS")
}

const WIDE: Size = Size { width: 320, height: 180 };
const WHOLE: Frame = Frame { scaled: WIDE, shown: WIDE };

#[test]
fn a_still_is_the_first_picture_of_its_film() {
    let frame = Frame { scaled: Size { width: 534, height: 300 }, shown: Size { width: 300, height: 300 } };
    let filters = vec![Filter::Deinterlace(Scan::TopFirst), Filter::Tell(Matrix::Bt601)];
    insta::assert_snapshot!(shown(filters, Take::First(Still::File(StillForm::Jpeg)), frame));
}

#[test]
fn each_form_begins_from_the_same_colors() {
    let mut all = Vec::new();
    for form in StillForm::ALL.map(Still::File).into_iter().chain([Still::Pixels]) {
        let told = shown(vec![Filter::ToneMap(Transfer::Hlg)], Take::First(form), WHOLE);
        let (_, of_its_own) = told.split_once("-filter_complex\n").unwrap();
        assert!(of_its_own.starts_with("[0:0]scale=320:180:flags=bicubic,setsar=1,zscale=tin=arib-std-b67"));
        let (_, colors) = of_its_own.split_once("format=gbrp,").unwrap();
        all.push(format!("{form:?}\n{colors}"));
    }
    insta::assert_snapshot!(all.join("\n\n"));
}

#[test]
fn a_poster_is_chosen_among_key_frames_in_their_final_size() {
    insta::assert_snapshot!(shown(vec![], Take::Typical(Still::File(StillForm::WebP), 10), WHOLE));
}

#[test]
fn a_sheet_has_a_picture_for_each_step() {
    insta::assert_snapshot!(shown(vec![], Take::Sheet { every_ms: 2_000, columns: 10, rows: 6 }, WHOLE));
}

#[test]
fn moving_pictures_run_over_and_over_again() {
    let of = |form| shown(vec![], Take::Moving { form, rate: 12, speed: 1 }, WHOLE);
    insta::assert_snapshot!(format!("{}\n\n{}", of(MovingForm::WebP), of(MovingForm::Gif)));
}
