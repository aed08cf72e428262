//! Text tracks of MP4 and MOV files: what is read of them, and what is left out.

use kinora_media::captions::{Captions, CaptionsError, Cue, Facts, MOST_BYTES, Reading, TextIndexer, TextTrack};
use kinora_media::mp4::parse;
use kinora_media::progressive::{Slice, Span, Text};
use kinora_media::timing::{Timescale, rescale};
use kinora_media::{Mp4Error, Progressive, TrackKind};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::film::{FilmTrack, boxed, film, full};
use crate::support::fragmented::fragmented;
use crate::support::package::{index, plan, slice};
use crate::support::tool;

fn cue(start_ms: u64, end_ms: u64, settings: &str, text: &str) -> Cue {
    Cue { start_ms, end_ms, settings: settings.to_owned(), text: text.to_owned() }
}

/// An entry of that name.
fn entry(name: &[u8; 4], rest: &[u8]) -> Vec<u8> {
    boxed(name, &[&[0, 0, 0, 0, 0, 0, 0, 1], rest].concat())
}

fn tx3g() -> Vec<u8> {
    entry(b"tx3g", &[0; 30])
}

fn stpp() -> Vec<u8> {
    entry(b"stpp", b"http://www.w3.org/ns/ttml\0\0\0")
}

fn wvtt(header: &str) -> Vec<u8> {
    entry(b"wvtt", &boxed(b"vttC", header.as_bytes()))
}

fn timed(text: &str) -> Vec<u8> {
    [&u16::try_from(text.len()).unwrap().to_be_bytes()[..], text.as_bytes()].concat()
}

fn vttc(text: &str) -> Vec<u8> {
    boxed(b"vttc", &boxed(b"payl", text.as_bytes()))
}

fn vtte() -> Vec<u8> {
    boxed(b"vtte", b"")
}

/// The text tracks of a file, as far as they are text.
fn tracks(file: &[u8]) -> Vec<Option<Result<TextTrack, Mp4Error>>> {
    let movie = parse(index(file).unwrap(), file.len() as u64).unwrap();
    let texts = movie.tracks.iter().filter(|track| track.kind == TrackKind::Captions);
    texts.map(|track| TextTrack::of(track, file.len() as u64)).collect()
}

/// Those of a fragmented file, and how the walk over it ended.
#[expect(clippy::type_complexity, reason = "both are what is looked at")]
fn walked(file: &[u8]) -> (Vec<Option<Result<TextTrack, Mp4Error>>>, Result<(), Mp4Error>) {
    let mut indexer = TextIndexer::new(index(file).unwrap(), file.len() as u64).unwrap();
    let mut ended = Ok(());
    while let (Some(range), Ok(())) = (indexer.wants(), &ended) {
        ended = indexer.feed(slice(file, &range));
    }
    (indexer.finish(), ended)
}

fn read_at(file: &[u8], track: &TextTrack, origin_micros: i64) -> Result<Reading, CaptionsError> {
    let bytes: Vec<u8> = track.ranges().iter().flat_map(|range| slice(file, range).to_vec()).collect();
    track.read(&bytes, origin_micros)
}

/// The only text track of a film that is that track beside a picture.
fn read(track: FilmTrack) -> Reading {
    let file = film(&[FilmTrack::video(100, 50), track], true);
    let found = tracks(&file).remove(0).unwrap().unwrap();
    read_at(&file, &found, 0).unwrap()
}

#[test]
fn timed_text_is_shown_while_its_samples_last() {
    let words = [timed("Good morning."), timed(""), timed("Who is\nthere?"), timed("Who is\nthere?"), timed("a --> b")];
    let [first, empty, second, again, last] = &words;
    let samples = [(&first[..], 1_500), (empty, 500), (second, 1_000), (again, 250), (last, 750)];
    let expected = [
        cue(0, 1_500, "", "Good morning."),
        cue(2_000, 3_250, "", "Who is\nthere?"),
        cue(3_250, 4_000, "", "a --&gt; b"),
    ];
    let plain = FilmTrack::text(tx3g(), &samples);
    let reading = read(plain.clone());
    assert_eq!((reading.captions.cues.as_slice(), reading.damaged), (&expected[..], 0));
    // As they lie in the file does not matter, nor how many lie together.
    let together = FilmTrack { per_chunk: 3, wide_offsets: true, ..plain.clone() };
    assert_eq!(read(together).captions.cues, expected);
    // Times are those of the movie, edit list applied; what is before zero is cut off.
    let delayed = read(FilmTrack { edits: vec![(700, -1), (4_000, 0)], ..plain.clone() });
    assert_eq!(delayed.captions.cues[1], cue(2_700, 3_950, "", "Who is\nthere?"));
    let trimmed = read(FilmTrack { edits: vec![(3_000, 1_000)], ..plain.clone() });
    assert_eq!(trimmed.captions.cues[0], cue(0, 500, "", "Good morning."));
    let file = film(&[FilmTrack::video(100, 50), plain.clone()], false);
    let found = tracks(&file).remove(0).unwrap().unwrap();
    for (origin, first) in
        [(2_500_000, cue(0, 750, "", "Who is\nthere?")), (-250_000, cue(250, 1_750, "", "Good morning."))]
    {
        assert_eq!(read_at(&file, &found, origin).unwrap().captions.cues[0], first, "{origin}");
    }
    // QuickTime's, in the letters of the Mac.
    let mac = FilmTrack::text(entry(b"text", &[0; 43]), &[(b"\x00\x04gr\x9fn", 1_000)]);
    assert_eq!(read(mac).captions.cues, [cue(0, 1_000, "", "grün")]);
}

#[test]
fn cues_of_webvtt_go_on_over_samples() {
    let long = boxed(b"vttc", &[boxed(b"sttg", b"line:0"), boxed(b"payl", "Zażółć\ngęślą".as_bytes())].concat());
    let both = [long.clone(), vttc("<i>Hi</i>")].concat();
    let samples = [(&vtte()[..], 1_000), (&long, 500), (&both, 1_000), (&long, 500), (&vtte(), 0), (&[], 500)];
    let header = "WEBVTT\n\nSTYLE\n::cue { color: red }\n";
    let reading = read(FilmTrack::text(wvtt(header), &samples));
    assert_eq!(reading.damaged, 0);
    assert_eq!(reading.captions.preamble, "STYLE\n::cue { color: red }\n\n");
    assert_eq!(
        reading.captions.cues,
        [cue(1_000, 3_000, "line:0", "Zażółć\ngęślą"), cue(1_500, 2_500, "", "<i>Hi</i>")]
    );
    let written = reading.captions.write();
    assert_eq!(Captions::parse(written.as_bytes()).unwrap().1, reading.captions);
}

#[test]
fn documents_of_ttml_are_shown_while_their_samples_last() {
    let document = |body: &str| format!("<tt xmlns='http://www.w3.org/ns/ttml'><body><div>{body}</div></body></tt>");
    // The first cue goes on in the second document.
    let one = document("<p begin='1s' end='5s'>One</p><p begin='2s' end='3s'>Two</p>");
    let two = document("<p begin='1s' end='5s'>One</p><p begin='00:00:06.5' dur='60s'>Three</p>");
    let track = FilmTrack::text(stpp(), &[(one.as_bytes(), 4_000), (two.as_bytes(), 4_000), (&[], 1_000)]);
    let track = FilmTrack { handler: *b"subt", ..track };
    let expected = [cue(1_000, 5_000, "", "One"), cue(2_000, 3_000, "", "Two"), cue(6_500, 8_000, "", "Three")];
    let reading = read(track.clone());
    assert_eq!((reading.captions.cues.as_slice(), reading.damaged), (&expected[..], 0));
    // Their own times count on the timeline of the movie.
    let file = film(&[FilmTrack::video(100, 50), track], true);
    let found = tracks(&file).remove(0).unwrap().unwrap();
    assert_eq!(read_at(&file, &found, 500_000).unwrap().captions.cues[0], cue(500, 4_500, "", "One"));
}

#[test]
fn damaged_samples_are_left_out() {
    let truncated = &timed("abc")[..4];
    let samples = [
        (&timed("One")[..], 1_000),
        (truncated, 1_000),
        (b"\xff\xffabc", 1_000),
        (b"\x00\x04gr\xfcn", 1_000),
        (&timed("Two"), 1_000),
    ];
    let reading = read(FilmTrack::text(tx3g(), &samples));
    assert_eq!(reading.captions.cues, [cue(0, 1_000, "", "One"), cue(4_000, 5_000, "", "Two")]);
    assert_eq!(reading.damaged, 3);
    let samples = [(&vttc("One")[..], 1_000), (&vttc("Two")[..9], 1_000), (b"payl", 1_000)];
    let reading = read(FilmTrack::text(wvtt("WEBVTT"), &samples));
    assert_eq!((reading.captions.cues.len(), reading.damaged), (1, 2));
    let samples =
        [(&b"<tt xmlns='http://www.w3.org/ns/ttml'><body>"[..], 1_000), (b"\xff\xfe\x00", 1_000), (b"<html/>", 1_000)];
    let reading = read(FilmTrack::text(stpp(), &samples));
    assert_eq!((reading.captions.cues.len(), reading.damaged), (0, 3));
    // Bytes that are not there are damaged, too.
    let file = film(&[FilmTrack::text(tx3g(), &[(&timed("One"), 1_000)])], true);
    let found = tracks(&file).remove(0).unwrap().unwrap();
    assert_eq!(found.read(&[], 0).unwrap().damaged, 1);
}

#[test]
fn what_is_wrong_with_a_text_is_told_and_the_film_plays() {
    let good = FilmTrack::text(tx3g(), &[(&timed("One"), 1_000)]);
    let many = |count: usize| FilmTrack {
        per_chunk: 1_000,
        uniform: true,
        ..FilmTrack::text(tx3g(), &vec![(&[0, 0][..], 1); count])
    };
    let large =
        FilmTrack { bytes: vec![], samples: vec![(MOST_BYTES as u32, 1_000, 0), (2, 1_000, 0)], ..good.clone() };
    let twice = vec![(1_000, 0), (1_000, 500)];
    let external = FilmTrack { entries: vec![entry(b"xyzw", &[])], ..good.clone() };
    for (what, track, expected) in [
        ("samples", many(1_000_000), Some("at most 400000 samples of captions")),
        ("bytes", large, Some("at most 8388608 bytes of captions")),
        ("edits", FilmTrack { edits: twice, ..good.clone() }, Some("edit list of track 2 joins")),
        ("another format", external, None),
        ("no entry", FilmTrack { entries: vec![], ..good.clone() }, Some("lacks the entry")),
    ] {
        let file = film(&[FilmTrack::video(100, 50), track], true);
        let found = tracks(&file).remove(0);
        let told = found.map(|found| found.unwrap_err().to_string());
        assert_eq!(
            told.as_deref().map(|told| told.contains(expected.unwrap_or("?"))),
            expected.map(|_| true),
            "{what}: {told:?}"
        );
        assert_eq!(plan(&file).unwrap().len(), 1, "{what}");
    }
    // So many that show nothing are none; so many cues are too many.
    assert_eq!(read(many(400_000)), Reading::default());
    let words: Vec<Vec<u8>> = (0..100_001).map(|at| timed(&at.to_string())).collect();
    let samples: Vec<_> = words.iter().map(|word| (&word[..], 1)).collect();
    let file = film(&[FilmTrack { per_chunk: 1_000, ..FilmTrack::text(tx3g(), &samples) }], true);
    let found = tracks(&file).remove(0).unwrap().unwrap();
    assert_eq!(read_at(&file, &found, 0), Err(CaptionsError::TooMany));
    // Samples outside of the file.
    let file = film(&[FilmTrack::text(tx3g(), &[(&timed("One"), 1_000)])], true);
    let movie = parse(index(&file).unwrap(), file.len() as u64).unwrap();
    let cut = TextTrack::of(&movie.tracks[0], file.len() as u64 - 1).unwrap().unwrap_err();
    assert!(matches!(cut, Mp4Error::Truncated { .. }), "{cut}");
}

#[test]
fn titles_of_chapters_are_no_captions() {
    let chapters = FilmTrack::text(entry(b"text", &[0; 43]), &[(&timed("Chapter 1"), 4_000)]);
    let references = boxed(b"tref", &boxed(b"chap", &2_u32.to_be_bytes()));
    let file = film(&[FilmTrack { references, ..FilmTrack::video(100, 50) }, chapters.clone()], true);
    assert_eq!(tracks(&file), []);
    let file = film(&[FilmTrack::video(100, 50), chapters], true);
    assert_eq!(tracks(&file).len(), 1);
}

const SRT: &str = "\
1
00:00:00,400 --> 00:00:01,500
Good morning.

2
00:00:01,500 --> 00:00:02,250
<i>Who</i> is
there?

3
00:00:03,000 --> 00:00:03,720
5 < 6 & 7
";

/// Films that begin late, and whose tracks begin unequally: what ffmpeg takes out of them is where ours is.
#[test]
fn ffmpeg_takes_out_the_same_words_at_the_same_times() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("a.srt"), SRT).unwrap();
    let input =
        ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=4", "-itsoffset", "0", "-i", &path("a.srt")].map(str::to_owned);
    let made = |name: &str, offset: &str, rest: &[&str]| {
        let mut arguments = input.clone();
        arguments[5] = offset.to_owned();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let codecs =
            ["-map", "0", "-map", "1", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-c:s", "mov_text"];
        let language = ["-metadata:s:s:0", "language=ger"];
        tool::ffmpeg(&[&arguments[..], &codecs, &language, rest].concat(), path(name).as_ref());
    };
    for (name, offset, rest) in [
        ("plain.mp4", "0", &[][..]),
        ("fast.mp4", "0", &["-movflags", "+faststart"]),
        ("plain.mov", "0", &["-f", "mov"]),
        ("later.mp4", "0.75", &[]),
        // Both begin at ten seconds.
        ("ten.mp4", "0", &["-output_ts_offset", "10"]),
    ] {
        made(name, offset, rest);
        let film = std::fs::read(path(name)).unwrap();
        let planned = plan(&film).unwrap().remove(0);
        let origin = rescale(-planned.shift, planned.map.header().timescale, Timescale::MICROS);
        let found = tracks(&film).remove(0).unwrap().unwrap();
        let reading = read_at(&film, &found, origin).unwrap();
        assert_eq!(reading.damaged, 0, "{name}");
        let movie = parse(index(&film).unwrap(), film.len() as u64).unwrap();
        assert_eq!(movie.tracks[1].language.as_deref(), Some("de"), "{name}");
        // An independent reader, whose timeline begins with the picture as well.
        tool::ffmpeg(&["-i", &path(name), "-map", "0:s:0", "-c:s", "srt"], path("out.srt").as_ref());
        let theirs = Captions::parse(&std::fs::read(path("out.srt")).unwrap()).unwrap().1;
        let words = |cue: &Cue| cue.text.replace("<i>", "").replace("</i>", "");
        assert_eq!(reading.captions.cues.len(), 3, "{name}");
        for (own, their) in reading.captions.cues.iter().zip(&theirs.cues) {
            assert_eq!(words(own), words(their), "{name}");
            let apart = own.start_ms.abs_diff(their.start_ms).max(own.end_ms.abs_diff(their.end_ms));
            assert!(apart <= 1, "{name}: {own:?} {their:?}");
        }
        assert_eq!(reading.captions.cues[1].text, "<i>Who</i> is\nthere?", "{name}");
        let first = 400 + if offset == "0" { 0 } else { 750 };
        assert!(reading.captions.cues[0].start_ms.abs_diff(first) <= 1, "{name}: {:?}", reading.captions.cues[0]);
    }
}

#[test]
fn captions_are_read_again_from_the_file_that_is_downloaded() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let source = film(&[FilmTrack::video(250, 50), FilmTrack::audio(469)], true);
    let planned = plan(&source).unwrap();
    let maps: Vec<_> = planned.iter().map(|planned| &planned.map).collect();
    let (_, captions) = Captions::parse(SRT.as_bytes()).unwrap();
    let (_, other) = Captions::parse(b"WEBVTT\n\n00:02.000 --> 00:05.000\nHallo\n").unwrap();
    let facts = |language: &str, name: &str| Facts { language: Some(language.to_owned()), name: Some(name.to_owned()) };
    let (english, german) = (facts("en", "English"), facts("pt-BR", "Legendas"));
    let texts = [Text { captions: &captions, facts: &english }, Text { captions: &other, facts: &german }];
    for span in [None, Some(Span { start: 1_600_000, end: 3_500_000 })] {
        let file = Progressive::with_texts(&maps, span, &texts).unwrap();
        let slices = file.read(0..u64::MAX).into_iter().flat_map(|part| match part {
            Slice::Head(range) => file.head()[range].to_vec(),
            Slice::Media { range, .. } => slice(&source, &range).to_vec(),
        });
        let bytes: Vec<u8> = slices.collect();
        assert_eq!(bytes.len() as u64, file.size());
        // Picture and sound are those of the file without.
        let plain = Progressive::new(&maps, span).unwrap();
        assert_eq!(plan(&bytes).unwrap().len(), 2);
        let added = bytes.len() as u64 - plain.size();
        assert!((1_000..3_000).contains(&added), "{added} bytes more");
        let movie = parse(index(&bytes).unwrap(), bytes.len() as u64).unwrap();
        let told: Vec<_> = movie
            .tracks
            .iter()
            .map(|track| (track.language.as_deref(), track.name.as_deref(), track.enabled))
            .collect();
        assert_eq!(told[2..], [(Some("en"), Some("English"), false), (Some("pt-BR"), Some("Legendas"), false)]);
        let expected = match span {
            None => captions.cues.clone(),
            // From the picture that is shown then: one in 40 ms.
            Some(_) => vec![cue(0, 650, "", "<i>Who</i> is\nthere?"), cue(1_400, 1_900, "", "5 &lt; 6 &amp; 7")],
        };
        let own = read_at(&bytes, &tracks(&bytes)[0].clone().unwrap().unwrap(), 0).unwrap();
        assert_eq!((own.captions.cues.as_slice(), own.damaged), (&expected[..], 0));
        let second = read_at(&bytes, &tracks(&bytes)[1].clone().unwrap().unwrap(), 0).unwrap();
        assert_eq!(second.captions.cues.len(), 1);
        // An independent reader.
        std::fs::write(path("file.mp4"), &bytes).unwrap();
        tool::ffmpeg(&["-i", &path("file.mp4"), "-map", "0:s:0", "-c:s", "srt"], path("out.srt").as_ref());
        let (_, theirs) = Captions::parse(&std::fs::read(path("out.srt")).unwrap()).unwrap();
        assert_eq!(theirs.cues, expected);
    }
    // Where nothing is said there is no track.
    let silent = Progressive::with_texts(&maps, Some(Span { start: 6_000_000, end: 7_000_000 }), &texts).unwrap();
    assert_eq!(silent, Progressive::new(&maps, Some(Span { start: 6_000_000, end: 7_000_000 })).unwrap());
}

#[test]
fn text_in_fragments_is_what_it_is_in_one_index() {
    let words = [timed("Good morning."), timed(""), timed("Who is\nthere?"), timed("Who is\nthere?")];
    let timed: Vec<_> = words.iter().map(|word| (&word[..], 700)).collect();
    let boxes = [vtte(), vttc("One"), [vttc("One"), vttc("Two")].concat(), vttc("Two")];
    let cues: Vec<_> = boxes.iter().map(|boxes| (&boxes[..], 900)).collect();
    let document = b"<tt xmlns='http://www.w3.org/ns/ttml'><body><p begin='1s' end='2s'>One</p></body></tt>";
    let tracks_of = [
        FilmTrack::text(tx3g(), &timed),
        FilmTrack { edits: vec![(700, -1), (0, 0)], language: *b"fra", ..FilmTrack::text(tx3g(), &timed) },
        FilmTrack { edits: vec![(0, 600)], ..FilmTrack::text(wvtt("WEBVTT\n\nSTYLE\n::cue { color: red }\n"), &cues) },
        FilmTrack { handler: *b"subt", ..FilmTrack::text(stpp(), &[(document, 1_500), (document, 1_500)]) },
        FilmTrack::text(entry(b"text", &[0; 43]), &[(b"\x00\x04gr\x9fn", 1_000), (b"\x00\x00", 250)]),
    ];
    let films = [&[FilmTrack::video(100, 50)][..], &tracks_of, &[FilmTrack::audio(100)]].concat();
    let plain = film(&films, true);
    let expected: Vec<_> =
        tracks(&plain).into_iter().map(|track| read_at(&plain, &track.unwrap().unwrap(), 250_000).unwrap()).collect();
    assert_eq!(expected.len(), 5);
    for reading in &expected {
        assert!(!reading.captions.cues.is_empty() && reading.damaged == 0, "{reading:?}");
    }
    for per_fragment in [1, 3, 50] {
        let file = fragmented(&films, per_fragment);
        let (found, ended) = walked(&file);
        assert_eq!((found.len(), ended), (5, Ok(())));
        for (track, expected) in found.into_iter().zip(&expected) {
            assert_eq!(read_at(&file, &track.unwrap().unwrap(), 250_000).as_ref(), Ok(expected), "{per_fragment}");
        }
    }
}

#[test]
fn text_in_fragments_of_ffmpeg_is_what_was_put_in() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("a.srt"), SRT).unwrap();
    let (_, mut expected) = Captions::parse(SRT.as_bytes()).unwrap();
    // In fragments it writes no sample for the while in which nothing is shown: the text before it stays.
    expected.cues[1].end_ms = expected.cues[2].start_ms;
    for flags in ["frag_keyframe", "frag_keyframe+empty_moov", "frag_keyframe+delay_moov+default_base_moof", "dash"] {
        let input = ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=6", "-i", &path("a.srt"), "-map", "0", "-map", "1"];
        let codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-bf", "0", "-c:s", "mov_text"];
        tool::ffmpeg(&[&input[..], &codecs, &["-movflags", flags]].concat(), path("a.mp4").as_ref());
        let file = std::fs::read(path("a.mp4")).unwrap();
        let (mut found, ended) = walked(&file);
        assert_eq!((found.len(), ended), (1, Ok(())), "{flags}");
        let reading = read_at(&file, &found.remove(0).unwrap().unwrap(), 0).unwrap();
        assert_eq!((reading.captions, reading.damaged), (expected.clone(), 0), "{flags}");
    }
}

#[test]
fn what_is_wrong_with_a_text_in_fragments_leaves_the_others() {
    let good = FilmTrack::text(tx3g(), &[(&timed("One"), 1_000), (&timed("Two"), 1_000)]);
    let many = FilmTrack::text(tx3g(), &vec![(&[0, 0][..], 1); 400_001]);
    let large = vec![0; MOST_BYTES as usize / 2];
    let cases = [
        ("samples", many, Some("at most 400000 samples of captions")),
        (
            "bytes",
            FilmTrack::text(tx3g(), &[(&large, 1), (&large, 1), (&[0, 0], 1)]),
            Some("at most 8388608 bytes of captions"),
        ),
        (
            "edits",
            FilmTrack { edits: vec![(1_000, 0), (1_000, 500)], ..good.clone() },
            Some("edit list of track 2 joins"),
        ),
        ("another format", FilmTrack { entries: vec![entry(b"c608", &[])], ..good.clone() }, None),
        ("no entry", FilmTrack { entries: vec![], ..good.clone() }, Some("lacks the entry")),
    ];
    for (what, track, expected) in cases {
        let file = fragmented(&[FilmTrack::video(100, 50), track, good.clone()], 20_000);
        let (found, ended) = walked(&file);
        let [bad, other] = &found[..] else { panic!("{what}: {found:?}") };
        assert_eq!(ended, Ok(()), "{what}");
        let told = bad.as_ref().map(|bad| bad.as_ref().unwrap_err().to_string());
        assert_eq!(told.is_some(), expected.is_some(), "{what}: {told:?}");
        assert!(told.unwrap_or_default().contains(expected.unwrap_or_default()), "{what}");
        let reading = read_at(&file, other.as_ref().unwrap().as_ref().unwrap(), 0).unwrap();
        assert_eq!(reading.captions.cues.len(), 2, "{what}");
    }
    // Of three tracks of two fragments each, the last: it uses another entry.
    let file = fragmented(&[FilmTrack::video(2, 1), good.clone(), good.clone()], 1);
    let at = file.windows(4).rposition(|name| name == b"tfhd").unwrap();
    let mut foreign = file.clone();
    let moof = file.windows(4).rposition(|name| name == b"moof").unwrap() - 4;
    let header = full(b"tfhd", 0, 0x02_0002, &[0, 0, 0, 3, 0, 0, 0, 2]);
    foreign.splice(at - 4..at + 12, header);
    for name in [b"moof", b"traf"] {
        let at = foreign.windows(4).rposition(|found| found == name).unwrap() - 4;
        let size = u32::from_be_bytes(foreign[at..at + 4].try_into().unwrap()) + 4;
        foreign[at..at + 4].copy_from_slice(&size.to_be_bytes());
    }
    let (found, ended) = walked(&foreign);
    assert_eq!(ended, Ok(()));
    assert!(matches!(found[..], [Some(Ok(_)), Some(Err(Mp4Error::SeveralSampleEntries { track: 3 }))]), "{found:?}");
    // A recording that was cut short: what was found before stays.
    let (found, ended) = walked(&file[..moof + 20]);
    assert!(matches!(ended, Err(Mp4Error::Truncated { .. })), "{ended:?}");
    let reading = read_at(&file, found[0].as_ref().unwrap().as_ref().unwrap(), 0).unwrap();
    assert_eq!(reading.captions.cues, [cue(0, 1_000, "", "One"), cue(1_000, 2_000, "", "Two")]);
    let other = read_at(&file, found[1].as_ref().unwrap().as_ref().unwrap(), 0).unwrap();
    assert_eq!(other.captions.cues, [cue(0, 1_000, "", "One")]);
}

#[test]
fn a_small_file_does_not_take_much_memory() {
    // Six tracks of 390,000 samples of a byte each, all of which are the same bytes.
    let empty = FilmTrack::text(tx3g(), &[]);
    let mut file = fragmented(&vec![empty; 6], 1);
    let words = |values: &[u32]| values.iter().flat_map(|value| value.to_be_bytes()).collect::<Vec<_>>();
    let first = file.len() as u64;
    for track in 1..=6 {
        let tfhd = full(b"tfhd", 0, 0x19, &[words(&[track]), first.to_be_bytes().to_vec(), words(&[1, 1])].concat());
        let traf = boxed(b"traf", &[tfhd, full(b"trun", 0, 0x1, &words(&[390_000, 0]))].concat());
        file.extend(boxed(b"moof", &traf));
    }
    file.extend(boxed(b"mdat", &vec![0; 390_000]));
    let (found, ended) = walked(&file);
    let told = ended.unwrap_err().to_string();
    assert!(told.contains("2000000 samples of captions in all tracks"), "{told}");
    assert_eq!(found.iter().filter(|track| matches!(track, Some(Ok(track)) if !track.ranges().is_empty())).count(), 5);
}

/// Bytes that are nearly samples: what is at the beginning of one, or in it, or anything.
fn strange() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        any::<Vec<u8>>(),
        "[a-z<>&\\-\\n\u{85}\u{1}:]{0,30}".prop_map(|text| timed(&text)),
        "[a-z<>&\\-\\n\u{85}\u{1}:]{0,30}".prop_map(|text| vttc(&text)),
        "[a-z: \u{1}>\\-\\n]{0,30}"
            .prop_map(|text| boxed(b"vttc", &[boxed(b"sttg", text.as_bytes()), boxed(b"payl", b"Hi")].concat())),
        any::<[u8; 12]>().prop_map(|style| boxed(b"styl", &[&[0, 1], &style[..]].concat())),
        "[0-9smtf:.]{1,8}".prop_map(|time| format!(
            "<tt xmlns='http://www.w3.org/ns/ttml'><body><p begin='{time}' end='9s'>Hi</p></body></tt>"
        )
        .into_bytes()),
    ];
    prop::collection::vec(piece, 0..3).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_sample_is_too_strange(
        name in prop::sample::select(vec![*b"tx3g", *b"text", *b"wvtt", *b"stpp"]),
        rest in any::<Vec<u8>>(),
        samples in prop::collection::vec((strange(), 0_u32..3_000), 1..4),
        origin in -5_000_000_i64..5_000_000,
    ) {
        let samples: Vec<_> = samples.iter().map(|(bytes, shown)| (&bytes[..], *shown)).collect();
        let track = FilmTrack::text(entry(&name, &rest), &samples);
        let file = film(std::slice::from_ref(&track), true);
        let found = tracks(&file).remove(0).unwrap().unwrap();
        let reading = read_at(&file, &found, origin).unwrap();
        let fragments = fragmented(&[track], 2);
        let found = walked(&fragments).0.remove(0).unwrap().unwrap();
        let in_fragments = read_at(&fragments, &found, origin).unwrap();
        prop_assert_eq!(&in_fragments, &reading);
        let again = Captions::stored(reading.captions.write().as_bytes());
        prop_assert_eq!(again.map(|again| again.cues), Ok(reading.captions.cues));
    }
}
