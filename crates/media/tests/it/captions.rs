//! Captions: what is read, what is refused, and what ffmpeg makes of what is written.

use std::path::Path;

use kinora_media::captions::{Captions, CaptionsError, Cue, Format};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::tool;

const SRT: &str = "\
1
00:00:01,000 --> 00:00:02,500
Good morning.

2
00:00:03,250 --> 00:00:05,000
<i>Who</i> is
there?

3
01:02:03,004 --> 01:02:04,000
5 < 6 & 7
";

fn cue(start_ms: u64, end_ms: u64, settings: &str, text: &str) -> Cue {
    Cue { start_ms, end_ms, settings: settings.to_owned(), text: text.to_owned() }
}

fn read(text: &str) -> Vec<Cue> {
    Captions::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}")).1.cues
}

fn refused(text: &str) -> String {
    Captions::parse(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn subrip_is_read_as_programs_write_it() {
    let expected = [
        cue(1_000, 2_500, "", "Good morning."),
        cue(3_250, 5_000, "", "<i>Who</i> is\nthere?"),
        cue(3_723_004, 3_724_000, "", "5 &lt; 6 &amp; 7"),
    ];
    let utf16 = |text: &str| {
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect::<Vec<u8>>()
    };
    for bytes in [
        SRT.into(),
        SRT.replace('\n', "\r\n").into(),
        format!("\u{feff}\n\n{SRT}\n\n").into(),
        SRT.trim_end().into(),
        SRT.replace(',', ".").into(),
        SRT.replace("02,500", "02,500 X1:1 X2:2 Y1:3 Y2:4").into(),
        utf16(SRT),
        // Out of order.
        "2\n00:00:03,250 --> 00:00:05,000\n<i>Who</i> is\nthere?\n\n1\n00:00:01,000 --> 00:00:02,500\nGood morning.\n\n3\n01:02:03,004 --> 01:02:04,000\n5 < 6 & 7".into(),
    ] {
        let (format, captions) = Captions::parse(&bytes).unwrap();
        assert_eq!(format, Format::Srt);
        assert_eq!(captions.cues, expected, "{}", String::from_utf8_lossy(&bytes));
    }
    for (text, expected) in [
        ("{\\an8}Above", cue(0, 1_000, "line:0", "Above")),
        ("{\\pos(1,2)}Anywhere", cue(0, 1_000, "", "Anywhere")),
        ("<font color=\"#ff0000\">Red</font>", cue(0, 1_000, "", "Red")),
        ("<B>Loud</B>", cue(0, 1_000, "", "<b>Loud</b>")),
        ("a <3 b", cue(0, 1_000, "", "a &lt;3 b")),
        ("one --> two", cue(0, 1_000, "", "one --&gt; two")),
        ("first\n\nbehind an empty line", cue(0, 1_000, "", "first\nbehind an empty line")),
        ("", cue(0, 1_000, "", "")),
    ] {
        assert_eq!(read(&format!("1\n00:00:00,000 --> 00:00:01,000\n{text}\n")), [expected], "{text}");
    }
    // What ends before it begins is never shown.
    assert_eq!(read("1\n00:00:02,000 --> 00:00:01,000\nHi\n"), []);
}

#[test]
fn captions_are_moved_and_what_is_over_by_zero_goes() {
    let all = Captions::parse(SRT.as_bytes()).unwrap().1;
    let moved = all.clone().earlier(2_600);
    assert_eq!(moved.cues[0], cue(650, 2_400, "", "<i>Who</i> is\nthere?"));
    assert_eq!((moved.cues.len(), all.clone().earlier(2_400).cues[0].clone()), (2, cue(0, 100, "", "Good morning.")));
    assert_eq!(all.earlier(u64::MAX).cues, []);
}

#[test]
fn webvtt_is_read_with_all_its_blocks() {
    let text = "WEBVTT - made by hand\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:up\n\nNOTE a comment\n--> over two lines\n\n\
        intro\n00:01.000 --> 00:02.500 line:0 align:start\n<v Ann>Good &amp; morning.</v>\n\n\
        01:00:03.250 --> 01:00:05.000\nWho is\nthere?\n\nSTYLE\n::cue { late }\n";
    let (format, captions) = Captions::parse(text.as_bytes()).unwrap();
    assert_eq!(format, Format::WebVtt);
    assert_eq!(captions.preamble, "STYLE\n::cue { color: red }\n\nREGION\nid:up\n\n");
    assert_eq!(
        captions.cues,
        [
            cue(1_000, 2_500, "line:0 align:start", "<v Ann>Good &amp; morning.</v>"),
            cue(3_603_250, 3_605_000, "", "Who is\nthere?"),
        ]
    );
    assert_eq!(captions.end_ms(), 3_605_000);
    assert_eq!(read("WEBVTT"), []);
    assert_eq!(read("WEBVTT\n\n"), []);
    // Written and read again it is the same.
    assert_eq!(Captions::parse(captions.write().as_bytes()).unwrap(), (Format::WebVtt, captions));
}

#[test]
fn ttml_is_read_with_its_times_and_styles() {
    let document = |head: &str, body: &str, root: &str| {
        format!(
            "<?xml version=\"1.0\"?><!-- by hand -->\n<tt xmlns=\"http://www.w3.org/ns/ttml\" xmlns:ttp=\"http://www.w3.org/ns/ttml#parameter\" \
            xmlns:tts=\"http://www.w3.org/ns/ttml#styling\" {root}><head>{head}</head><body><div>{body}</div></body></tt>"
        )
    };
    for (body, root, expected) in [
        (
            "<p begin=\"00:00:01.000\" end=\"00:00:02.500\">Good morning.</p>",
            "",
            cue(1_000, 2_500, "", "Good morning."),
        ),
        ("<p begin=\"1.5s\" dur=\"500ms\">Hi</p>", "", cue(1_500, 2_000, "", "Hi")),
        ("<p begin=\"1m\" end=\"1.5m\">Hi</p>", "", cue(60_000, 90_000, "", "Hi")),
        ("<p begin=\"00:00:01:12\" end=\"50f\">Hi</p>", "ttp:frameRate=\"25\"", cue(1_480, 2_000, "", "Hi")),
        (
            "<p begin=\"30f\" end=\"60f\">Hi</p>",
            "ttp:frameRate=\"30\" ttp:frameRateMultiplier=\"1000 1001\"",
            cue(1_001, 2_002, "", "Hi"),
        ),
        ("<p begin=\"10000000t\" end=\"20000000t\">Hi</p>", "ttp:tickRate=\"10000000\"", cue(1_000, 2_000, "", "Hi")),
        ("<div begin=\"10s\"><p begin=\"1s\" end=\"2s\">Hi</p></div>", "", cue(11_000, 12_000, "", "Hi")),
        ("<div end=\"3s\"><p begin=\"1s\">Hi</p></div>", "", cue(1_000, 3_000, "", "Hi")),
        (
            "<p begin=\"0s\" end=\"1s\">\n  Who\n  is<br/>there &amp; <span>here</span>?\n</p>",
            "",
            cue(0, 1_000, "", "Who is\nthere &amp; here?"),
        ),
        (
            "<p begin=\"0s\" end=\"1s\">a <span tts:fontStyle=\"italic\">b</span> c</p>",
            "",
            cue(0, 1_000, "", "a <i>b</i> c"),
        ),
        ("<p begin=\"0s\" end=\"1s\" style=\"loud\">Hey</p>", "", cue(0, 1_000, "", "<b>Hey</b>")),
        ("<p begin=\"0s\" end=\"1s\" region=\"up\">Hey</p>", "", cue(0, 1_000, "line:0", "Hey")),
        ("<p begin=\"0s\" end=\"1s\" region=\"down\">Hey</p>", "", cue(0, 1_000, "", "Hey")),
    ] {
        let head = "<styling><style xml:id=\"loud\" tts:fontWeight=\"bold\"/></styling><layout>\
            <region xml:id=\"up\" tts:origin=\"10% 5%\"/><region xml:id=\"down\" tts:origin=\"10% 80%\" tts:displayAlign=\"before\"/></layout>";
        let text = document(head, body, root);
        assert_eq!(Captions::parse(text.as_bytes()).unwrap().0, Format::Ttml);
        assert_eq!(read(&text), [expected], "{body}");
    }
    let two =
        document("", "<p><span begin=\"0s\" end=\"1s\">One</span><span begin=\"1s\" end=\"2s\">Two</span></p>", "");
    assert_eq!(read(&two), [cue(0, 1_000, "", "One"), cue(1_000, 2_000, "", "Two")]);
    let prefixed = "<a:tt xmlns:a=\"http://www.w3.org/ns/ttml\"><a:body><a:div><a:p begin=\"0s\" end=\"1s\">Hi</a:p></a:div></a:body></a:tt>";
    assert_eq!(read(prefixed), [cue(0, 1_000, "", "Hi")]);
    assert_eq!(read("<tt xmlns=\"http://www.w3.org/ns/ttml\"/>"), []);
}

#[test]
fn what_is_no_captions_is_refused_with_its_line() {
    for (text, told) in [
        ("", "not SubRip"),
        ("Dear diary", "not SubRip"),
        ("#EXTM3U\n1\n00:00:01,000 --> 00:00:02,000\n", "not SubRip"),
        ("1\nonce upon a time --> later\n", "not SubRip"),
        ("WEBVTTX\n\n00:01.000 --> 00:02.000\nHi", "not SubRip"),
        ("1\n00:00:01,000 --> 00:00:02,000\nHi\n\n2\n00:00:03,000 --> soon\nHo\n", "line 6: expected a time such as"),
        ("WEBVTT\n\n00:01,000 --> 00:02,000\nHi", "line 3: expected the time of a cue"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n\nlost words\n", "line 7: expected the time of a cue"),
        ("WEBVTT\n\nname\n00:01.000 -->\nHi", "line 4: expected the time of a cue"),
        ("<tt xmlns=\"http://www.w3.org/ns/ttml\">\n<body></head></tt>", "line 2: this is not well-formed XML"),
        ("<!DOCTYPE tt [<!ENTITY a \"b\">]><tt xmlns=\"http://www.w3.org/ns/ttml\"/>", "without a document type"),
        ("<html><!-- http://www.w3.org/ns/ttml --></html>", "not SubRip"),
        (
            "<tt xmlns=\"http://www.w3.org/ns/ttml\"><body>\n<p begin=\"1s\">Hi</p></body></tt>",
            "line 2: a paragraph without an end",
        ),
        (
            "<tt xmlns=\"http://www.w3.org/ns/ttml\"><body>\n\n<p begin=\"one\" end=\"2s\">Hi</p></body></tt>",
            "line 3: a time that",
        ),
    ] {
        assert!(refused(text).contains(told), "{text}: {}", refused(text));
    }
    assert_eq!(Captions::parse(&[0xff, 0xfe, 0x00]).unwrap_err(), CaptionsError::NotText);
    assert_eq!(Captions::parse(b"1\n00:00:01,000 --> 00:00:02,000\n\x00\n").unwrap_err(), CaptionsError::NotText);
    assert_eq!(Captions::parse(b"1\n00:00:01,000 --> 00:00:02,000\n\xff\n").unwrap_err(), CaptionsError::NotText);
    assert_eq!(Captions::parse(&vec![b'a'; (8 << 20) + 1]).unwrap_err(), CaptionsError::TooLong);
    let many = "1\n00:00:01,000 --> 00:00:02,000\nHi\n\n".repeat(100_001);
    assert_eq!(Captions::parse(many.as_bytes()).unwrap_err(), CaptionsError::TooMany);
    let tt = |inside: &str| format!("<tt xmlns=\"http://www.w3.org/ns/ttml\">{inside}</tt>");
    let attributes: String = (0..5_000).fold(String::new(), |all, n| all + &format!(" a{n}=\"\""));
    assert!(refused(&tt(&format!("<body{attributes}/>"))).contains("far too long"));
    assert!(refused(&tt(&"<a xmlns:b=\"c\"/>".repeat(100))).contains("too many namespaces"));
    let deep = format!("<tt xmlns=\"http://www.w3.org/ns/ttml\">{}", "<div>".repeat(1_000_000));
    assert!(refused(&deep).contains("too deep"));
}

#[test]
fn a_cue_is_in_every_segment_in_which_it_is_shown() {
    let captions = Captions {
        preamble: "STYLE\n::cue {}\n\n".to_owned(),
        cues: vec![
            cue(1_000, 30_000, "", "One"),
            cue(2_000, 30_500, "line:0", "Two"),
            cue(30_500, 60_000, "", "Three"),
        ],
    };
    let words = |n| {
        let segment = captions.segment(n, 0);
        assert!(segment.starts_with("WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\nSTYLE\n"), "{segment}");
        read(&segment).into_iter().map(|cue| (cue.start_ms, cue.text)).collect::<Vec<_>>()
    };
    let text = |start: u64, text: &str| (start, text.to_owned());
    assert_eq!(words(0), [text(1_000, "One"), text(2_000, "Two")]);
    assert_eq!(words(1), [text(2_000, "Two"), text(30_500, "Three")]);
    assert_eq!(words(2), []);
}

#[test]
fn what_is_stored_can_be_read_again() {
    let tt = "<tt xmlns=\"http://www.w3.org/ns/ttml\"><body><div><p begin=\"0s\" end=\"1s\" xml:space=\"preserve\">a&#13;&#13;b&#10;&#10;c</p></div></body></tt>";
    let escapes = format!("1\n00:00:01,000 --> 00:00:02,000\n{}\n", "&".repeat(3 << 20));
    for text in [tt, escapes.as_str()] {
        let (_, captions) = Captions::parse(text.as_bytes()).unwrap();
        assert_eq!(Captions::stored(captions.write().as_bytes()), Ok(captions));
    }
    assert_eq!(read(tt), [cue(0, 1_000, "", "a  b\nc")]);
}

/// What opens and never closes, as much of it as a file may have: read in time in proportion to its length.
#[test]
fn files_that_open_and_never_close_are_read_once() {
    for piece in ["<", "{\\", "<i", "&"] {
        let text = format!("1\n00:00:01,000 --> 00:00:02,000\n{}\n", piece.repeat((8 << 20) / piece.len() - 100));
        assert_eq!(read(&text).len(), 1, "{piece}");
    }
}

/// When cues begin, as ffmpeg reads them in a file.
fn by_ffmpeg(path: &Path) -> Vec<String> {
    tool::hashed_packets(path, 0).iter().map(|packet| format!("{:.3}", packet.pts)).collect()
}

#[test]
fn ffmpeg_writes_what_is_read_and_reads_what_is_written() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("a.srt"), SRT).unwrap();
    let source = path("a.srt");
    let times = |cues: &[Cue]| cues.iter().map(|cue| (cue.start_ms, cue.end_ms)).collect::<Vec<_>>();
    for (name, format) in [("a.vtt", Format::WebVtt), ("a.ttml", Format::Ttml)] {
        tool::ffmpeg(&["-i", source.to_str().unwrap()], &path(name));
        let (found, captions) = Captions::parse(&std::fs::read(path(name)).unwrap()).unwrap();
        assert_eq!(found, format);
        assert_eq!(times(&captions.cues), times(&read(SRT)), "{name}");
        assert!(captions.cues[0].text.contains("Good morning."), "{name}");
        std::fs::write(path("again.vtt"), captions.write()).unwrap();
        assert_eq!(by_ffmpeg(&path("again.vtt")), ["1.000", "3.250", "3723.004"], "{name}");
    }
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in "(WEBVTT|1)?\n{0,2}([0-9:.,> a-z<&{}\\\\-]|\n|--> ){0,200}") {
        if let Ok((_, captions)) = Captions::parse(text.as_bytes()) {
            let (_, again) = Captions::parse(captions.write().as_bytes()).unwrap();
            prop_assert_eq!(again.cues.len(), captions.cues.len());
        }
    }
}
