//! Playlists and manifests, as they are sent and as other programs read them.

mod protected;

use kinora_media::captions::Captions;
use kinora_media::presentation::{Carriage, Presentation, Rendition, Subtitles, Timed, Urls};
use kinora_media::progressive::Span;
use kinora_media::storyboard::Storyboard;
use kinora_media::timing::Timescale;
use kinora_media::{SegmentMap, VideoRange, cmaf, dash, hls};
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::support::film::{self, FilmTrack, film};
use crate::support::package::{plan, segment};
use crate::support::reader;

fn maps(tracks: &[FilmTrack]) -> Vec<SegmentMap> {
    plan(&film(tracks, false)).unwrap().into_iter().map(|planned| planned.map).collect()
}

fn rendition(id: &str, map: &SegmentMap) -> Rendition {
    let urls = Urls {
        playlist: format!("{id}/playlist.m3u8"),
        key_frames: Some(format!("{id}/key.m3u8")),
        init: Some(format!("{id}/init.mp4")),
        file: cmaf::Front::of(map).map(|front| (format!("{id}/track.mp4"), front)),
        segment_template: format!("{id}/$Number$.m4s"),
    };
    Rendition::new(id, map, urls)
}

fn named(language: &[u8; 3], name: &'static str, enabled: bool) -> FilmTrack {
    FilmTrack { language: *language, name, enabled, ..FilmTrack::audio(469) }
}

/// Two qualities of picture, three languages, and a surround track.
fn rich() -> Presentation {
    let mut surround = FilmTrack::audio(312);
    surround.entries = vec![film::sound(b"ac-3", 0, &[], &film::boxed(b"dac3", &[0x10, 0x3d, 0xc0]))];
    surround.samples.iter_mut().for_each(|sample| sample.1 = 1536);
    let tracks = [
        FilmTrack::video(250, 40),
        FilmTrack::video(250, 40),
        named(b"eng", "Director's \"cut\" <b>&\n", false),
        named(b"deu", "SoundHandler", true),
        named(b"deu", "SoundHandler", false),
        surround,
    ];
    let maps = maps(&tracks);
    let mut low = rendition("low", &maps[1]);
    (low.width, low.height) = (320, 180);
    low.peak_bandwidth /= 3;
    low.average_bandwidth /= 3;
    let sounds = maps[2..].iter().zip(["en", "de", "de2", "surround"]).map(|(map, id)| rendition(id, map));
    let tracks = [rendition("high", &maps[0]), low].into_iter().chain(sounds).collect();
    let captions = [("words", Some("en"), None), ("texte", Some("de"), Some("F\u{fc}r \"Geh\u{f6}rlose\""))];
    let captions = captions.map(|(id, language, name)| Subtitles {
        id: id.to_owned(),
        language: language.map(str::to_owned),
        name: name.map(str::to_owned),
        playlist: format!("{id}/playlist.m3u8"),
        whole: format!("{id}/all.vtt"),
        segment_template: format!("{id}/$Number$.vtt"),
    });
    Presentation { tracks, captions: captions.into(), ..Presentation::default() }
}

/// Two and a half minutes in pictures two seconds apart.
fn storyboard() -> Storyboard {
    Storyboard {
        id: "high-storyboard".to_owned(),
        playlist: "high-storyboard.m3u8".to_owned(),
        sheet_template: "high/sheets/$Number$.jpg".to_owned(),
        width: 160,
        height: 90,
        columns: 10,
        rows: 6,
        every_ms: 2_000,
        pictures: 76,
        duration_ms: 150_500,
    }
}

#[test]
fn small_pictures_are_told_to_every_kind_of_player() {
    let whole = Presentation { storyboard: Some(storyboard()), ..of(&[FilmTrack::video(250, 40)]) };
    let multivariant = hls::multivariant(&whole);
    let line = multivariant.lines().find(|line| line.contains("IMAGE")).unwrap();
    let told = "BANDWIDTH=7200,RESOLUTION=160x90,CODECS=\"jpeg\",URI=\"high-storyboard.m3u8\"";
    assert_eq!(line, format!("#EXT-X-IMAGE-STREAM-INF:{told}"));
    m3u8_rs::parse_master_playlist_res(multivariant.as_bytes()).unwrap();
    insta::assert_snapshot!("storyboard_hls", hls::storyboard(&storyboard()));
    let mpd = dash::mpd(&whole);
    let (_, set) = mpd.split_once("</AdaptationSet>\n").unwrap();
    insta::assert_snapshot!("storyboard_dash", set);
    // Of what grows, and of parts, there are none.
    let growing = Presentation { growing: true, ..whole.clone() };
    let part = whole.part(Span { start: 0, end: 2_000_000 }).unwrap();
    for other in [growing, part] {
        assert!(!hls::multivariant(&other).contains("IMAGE") && !dash::mpd(&other).contains("image"));
    }
}

#[test]
fn every_moment_has_its_small_picture() {
    let storyboard = storyboard();
    assert_eq!((storyboard.sheets(), storyboard.sheet_ms()), (2, 120_000));
    let (_, read) = Captions::parse(storyboard.webvtt().as_bytes()).unwrap();
    assert_eq!(read.cues.len(), 76);
    assert!(read.cues.iter().zip(read.cues.iter().skip(1)).all(|(cue, next)| cue.end_ms == next.start_ms));
    let cue = |at: usize| (read.cues[at].start_ms, read.cues[at].end_ms, read.cues[at].text.as_str());
    assert_eq!(cue(0), (0, 2_000, "high/sheets/0.jpg#xywh=0,0,160,90"));
    assert_eq!(cue(13), (26_000, 28_000, "high/sheets/0.jpg#xywh=480,90,160,90"));
    assert_eq!(cue(59), (118_000, 120_000, "high/sheets/0.jpg#xywh=1440,450,160,90"));
    assert_eq!(cue(75), (150_000, 150_500, "high/sheets/1.jpg#xywh=800,90,160,90"));
}

fn of(tracks: &[FilmTrack]) -> Presentation {
    let maps = maps(tracks);
    let tracks = maps.iter().enumerate().map(|(at, map)| rendition(&format!("t{at}"), map)).collect();
    Presentation { tracks, ..Presentation::default() }
}

#[test]
fn documents_look_like_this() {
    let plain = of(&[FilmTrack::video(250, 40), FilmTrack::audio(469)]);
    insta::assert_snapshot!("hls_multivariant", hls::multivariant(&plain));
    insta::assert_snapshot!("hls_media_video", hls::media(&plain.tracks[0]));
    insta::assert_snapshot!("hls_media_audio", hls::media(&plain.tracks[1]));
    insta::assert_snapshot!("dash", dash::mpd(&plain));
    insta::assert_snapshot!("hls_multivariant_rich", hls::multivariant(&rich()));
    insta::assert_snapshot!("dash_rich", dash::mpd(&rich()));
    let mut files = rich().part(Span { start: 5_000_000, end: 6_000_000 }).unwrap();
    files.tracks[2].urls.file = None;
    insta::assert_snapshot!("dash_on_demand", dash::on_demand(&files));
    let sound = of(&[FilmTrack::audio(469)]);
    insta::assert_snapshot!("hls_multivariant_sound", hls::multivariant(&sound));
    let languages = of(&[named(b"eng", "", true), named(b"deu", "", false)]);
    insta::assert_snapshot!("hls_multivariant_languages", hls::multivariant(&languages));
    let picture = of(&[FilmTrack::video(250, 40)]);
    insta::assert_snapshot!("hls_multivariant_picture", hls::multivariant(&picture));
}

/// The same as transport streams: every picture carries the sound that is the default.
fn streams() -> Presentation {
    let mut presentation = rich();
    presentation.tracks.pop();
    for track in &mut presentation.tracks {
        track.urls.init = None;
        track.key_frame_bandwidth = None;
        if track.id == "de" {
            track.carriage = Carriage::WithPictures;
        }
    }
    presentation
}

#[test]
fn what_pictures_carry_has_no_address_of_its_own() {
    let text = hls::multivariant(&streams());
    insta::assert_snapshot!("hls_multivariant_streams", text);
    insta::assert_snapshot!("hls_media_stream", hls::media(&streams().tracks[0]));
    // Beside one that is carried, nothing more comes over the network.
    let bandwidths = |presentation: &Presentation| {
        let text = hls::multivariant(presentation);
        let lines = text.lines().filter_map(|line| line.split_once(":BANDWIDTH=")).map(|(_, rest)| rest.to_owned());
        lines.map(|rest| rest.split(',').next().unwrap().parse::<u64>().unwrap()).collect::<Vec<_>>()
    };
    let mut alone = streams();
    alone.tracks.retain(|track| track.carriage == Carriage::WithPictures || track.width > 0);
    let mut peaks: Vec<u64> =
        alone.tracks.iter().filter(|track| track.width > 0).map(|track| track.peak_bandwidth).collect();
    peaks.sort_unstable_by_key(|peak| core::cmp::Reverse(*peak));
    assert_eq!(bandwidths(&alone), peaks);
    assert!(bandwidths(&streams()).iter().zip(&peaks).all(|(with, without)| with > without));
}

#[test]
fn captions_are_cut_on_a_grid_of_their_own() {
    let presentation = rich();
    let text = hls::captions(&presentation.captions[0], 0..65_250);
    insta::assert_snapshot!("hls_captions", text);
    let (_, playlist) = m3u8_rs::parse_media_playlist(text.as_bytes()).unwrap();
    assert!(playlist.end_list);
    let segments: Vec<_> =
        playlist.segments.iter().map(|one| (one.uri.as_str(), format!("{:.2}", one.duration))).collect();
    let length = |text: &str| text.to_owned();
    let expected =
        [("words/0.vtt", length("30.00")), ("words/1.vtt", length("30.00")), ("words/2.vtt", length("5.25"))];
    assert_eq!(segments, expected);
    assert_eq!(hls::captions(&presentation.captions[0], 0..60_000).matches("#EXTINF").count(), 2);
}

#[test]
fn captions_beside_what_grows_are_listed_as_far_as_that_is() {
    let captions = &rich().captions[0];
    let grown: Vec<String> = [0, 4_000, 30_000, 30_040, 65_250].map(|end| hls::growing_captions(captions, end)).into();
    let listed = |text: &str| {
        let (_, playlist) = m3u8_rs::parse_media_playlist(text.as_bytes()).unwrap();
        assert_eq!(
            (playlist.end_list, playlist.playlist_type),
            (false, Some(m3u8_rs::MediaPlaylistType::Event)),
            "{text}"
        );
        playlist.segments.iter().map(|one| (one.uri.clone(), format!("{:.1}", one.duration))).collect::<Vec<_>>()
    };
    assert_eq!(grown.iter().map(|text| listed(text).len()).collect::<Vec<_>>(), [0, 1, 1, 2, 3]);
    // Nothing of it changes but its end: it only becomes longer.
    assert!(grown.is_sorted_by(|before, after| after.starts_with(before)), "{grown:?}");
    let last = listed(&grown[4]);
    assert_eq!(last[2], ("words/2.vtt".to_owned(), "30.0".to_owned()));
    let whole = hls::captions(captions, 0..65_250);
    assert!(last.iter().all(|(uri, _)| whole.contains(uri)), "{whole}");
    let growing = Presentation { growing: true, ..rich() };
    assert!(hls::multivariant(&growing).contains(",SUBTITLES=\"captions\""));
    let mpd = dash::mpd_since(&growing, "2026-01-02T03:04:05Z");
    assert!(mpd.contains("mimeType=\"text/vtt\""), "{mpd}");
}

#[test]
fn a_part_has_the_segments_in_which_it_is_shown() {
    let whole = of(&[FilmTrack::video(250, 40), FilmTrack::audio(469)]);
    let second = 1_000_000;
    // The picture is cut at 4.8 and 8 s, and the sound beside it.
    for (span, numbers, from, length) in [
        (0..second, 0..1, 0, 4_800),
        (5 * second..6 * second, 1..2, 4_800_000, 3_200),
        (4_800_000..8 * second, 1..2, 4_800_000, 3_200),
        (4_799_999..8_000_001, 0..3, 0, 10_005),
        (7 * second..60 * second, 1..3, 4_800_000, 5_205),
    ] {
        let part = whole.clone().part(Span { start: span.start, end: span.end }).unwrap();
        assert_eq!(part.from, from, "{span:?}");
        for track in &part.tracks {
            assert_eq!(track.first..track.first + track.segments.len(), numbers, "{} of {span:?}", track.id);
        }
        let told = part.duration(Timescale::MILLIS);
        assert!(told.abs_diff(length) < 30, "{told} ms of {span:?}");
    }
    assert_eq!(whole.clone().part(Span { start: 10 * second, end: 11 * second }), None);
    // Sound that is cut elsewhere is there from the beginning of the picture to its end.
    let mut apart = whole.clone();
    let sound = &mut apart.tracks[1];
    sound.segments = (0..5).map(|n| Timed { start: n * 96_000, duration: 96_000 }).collect();
    let part = apart.part(Span { start: 5 * second, end: 6 * second }).unwrap();
    assert_eq!((part.tracks[1].first, part.tracks[1].segments.len()), (2, 2));
    let part = whole.part(Span { start: 5 * second, end: 6 * second }).unwrap();
    insta::assert_snapshot!("part_hls", hls::media(&part.tracks[0]));
    insta::assert_snapshot!("part_dash", dash::mpd(&part));
    let mut rich = rich().part(Span { start: 5 * second, end: 6 * second }).unwrap();
    rich.tracks.truncate(1);
    assert!(dash::mpd(&rich).contains("<SegmentBase timescale=\"1000\" presentationTimeOffset=\"4800\"/>"));
    let captions = hls::captions(&rich.captions[0], 31_000..62_000);
    assert_eq!(captions.matches(".vtt").count(), 2);
    assert!(captions.contains("words/1.vtt") && captions.contains("words/2.vtt"), "{captions}");
}

#[test]
fn key_frames_are_found_at_the_front_of_segments() {
    let file = film(&[FilmTrack::video(250, 40), FilmTrack::audio(469)], false);
    let planned = plan(&file).unwrap();
    let map = &planned[0].map;
    let ends: Vec<u64> = (0..map.segment_count()).map(|n| cmaf::first_sample_end(map, n).unwrap()).collect();
    for (n, end) in (0..).zip(&ends) {
        // What is named is all up to the end of the first sample, and no more.
        let bytes = segment(map, n, &file);
        let (_, seen) = reader::segment(&bytes);
        assert!(seen[0].sync);
        assert!(bytes[..usize::try_from(*end).unwrap()].ends_with(&seen[0].bytes));
        assert_eq!(bytes.len() as u64 - end, seen[1..].iter().map(|sample| sample.bytes.len() as u64).sum::<u64>());
    }
    let track = rendition("v0", map);
    let text = hls::key_frames(&track, ends.clone());
    insta::assert_snapshot!("hls_key_frames", text);
    let (_, playlist) = m3u8_rs::parse_media_playlist(text.as_bytes()).unwrap();
    assert!(playlist.i_frames_only && playlist.end_list);
    let ranges: Vec<_> = playlist.segments.iter().map(|segment| segment.byte_range.clone().unwrap()).collect();
    assert!(ranges.iter().zip(&ends).all(|(range, end)| (range.offset, range.length) == (Some(0), *end)));
    // No segment of it takes more than the multivariant playlist says.
    let told = track.key_frame_bandwidth.unwrap();
    for (end, segment) in ends.iter().zip(map.segments()) {
        let really = end * 8 * 12_800 / segment.duration;
        assert!(really <= told && told < really * 4, "{really} of {told}");
    }
    let whole = of(&[FilmTrack::video(250, 40), FilmTrack::audio(469)]);
    let (_, master) = m3u8_rs::parse_master_playlist(hls::multivariant(&whole).as_bytes()).unwrap();
    let looks: Vec<_> = master.variants.iter().filter(|variant| variant.is_i_frame).collect();
    assert_eq!(looks.len(), 1);
    assert_eq!((looks[0].bandwidth, looks[0].uri.as_str()), (told, "t0/key.m3u8"));
    // Nobody looks ahead in what grows, or where segments begin with other pictures.
    assert!(!hls::multivariant(&Presentation { growing: true, ..whole }).contains("I-FRAME"));
    assert_eq!(rendition("a1", &planned[1].map).key_frame_bandwidth, None);
}

#[test]
fn growing_documents_look_like_this() {
    let growing = Presentation { growing: true, ..of(&[FilmTrack::video(250, 40), FilmTrack::audio(469)]) };
    insta::assert_snapshot!("growing_hls_multivariant", hls::multivariant(&growing));
    insta::assert_snapshot!("growing_hls_media", hls::growing_media(&growing.tracks[0]));
    insta::assert_snapshot!("growing_dash", dash::mpd_since(&growing, "2026-01-02T03:04:05Z"));
}

#[test]
fn another_program_reads_the_growing_playlist() {
    let whole = of(&[FilmTrack::video(250, 20)]);
    let mut targets = Vec::new();
    for count in 0..=3 {
        let end = whole.tracks[0].segments[..count].last().map_or(0, |last| last.start + last.duration);
        let grown = whole.clone().truncated(end, whole.tracks[0].timescale);
        assert_eq!(grown.tracks[0].segments.len(), count);
        let text = hls::growing_media(&grown.tracks[0]);
        let (_, playlist) = m3u8_rs::parse_media_playlist(text.as_bytes()).unwrap();
        assert!(!playlist.end_list);
        assert_eq!(playlist.playlist_type, Some(m3u8_rs::MediaPlaylistType::Event));
        assert_eq!(playlist.segments.len(), count);
        assert!(playlist.start.is_some());
        targets.push(playlist.target_duration);
    }
    assert_eq!(targets.iter().map(ToString::to_string).collect::<Vec<_>>(), ["6"; 4]);
    // What was said stays: the playlist only grows.
    let long = of(&[FilmTrack::video(250, 250)]);
    assert!(hls::growing_media(&long.tracks[0]).contains("#EXT-X-TARGETDURATION:10\n"));
}

#[test]
fn players_are_led_to_the_beginning_of_what_grows() {
    let growing = Presentation { growing: true, ..of(&[FilmTrack::video(250, 40)]) };
    let (_, playlist) = m3u8_rs::parse_master_playlist(hls::multivariant(&growing).as_bytes()).unwrap();
    let start = playlist.start.unwrap();
    assert_eq!((start.time_offset.to_string(), start.precise), ("0".to_owned(), Some(true)));
    let text = dash::mpd_since(&growing, "2026-01-02T03:04:05Z");
    let mut reader = Reader::from_str(&text);
    let mpd = loop {
        if let Event::Start(start) = reader.read_event().unwrap()
            && start.name().as_ref() == "MPD"
        {
            break start.into_owned();
        }
    };
    let value = |name: &str| mpd.try_get_attribute(name).unwrap().map(|attribute| attribute.value.to_string());
    assert_eq!(value("type").as_deref(), Some("dynamic"));
    assert_eq!(value("availabilityStartTime").as_deref(), Some("2026-01-02T03:04:05Z"));
    assert_eq!(value("suggestedPresentationDelay").as_deref(), Some("PT11S"));
    assert_eq!(value("minimumUpdatePeriod").as_deref(), Some("PT2S"));
    assert_eq!((value("mediaPresentationDuration"), value("timeShiftBufferDepth")), (None, None));
}

#[test]
fn renditions_that_are_further_wait_for_the_others() {
    let both = of(&[FilmTrack::video(500, 27), FilmTrack::audio(300)]);
    let scale = both.tracks[0].timescale;
    let counts =
        |presentation: &Presentation| presentation.tracks.iter().map(|track| track.segments.len()).collect::<Vec<_>>();
    // Pictures until 20 s, sound until 6.4 s; the first cut is at 4.32 s.
    assert_eq!(counts(&both), [5, 2]);
    let end = both.common_end(scale);
    let cut = both.clone().truncated(end, scale);
    assert_eq!(counts(&cut), [1, 2]);
    // Pictures that end a part of a frame behind the sound belong to it.
    let sound = cut.tracks[1].segments[0];
    assert!(sound.duration * 12_800 < cut.tracks[0].segments[0].duration * 48_000);
    assert_eq!(counts(&both.clone().truncated(sound.duration, cut.tracks[1].timescale)), [1, 1]);
    assert_eq!(counts(&both.clone().truncated(cut.tracks[0].end(), scale)), [1, 1]);
    // Where the first segments differ in length, the longer ones stay: nothing plays without sound and picture.
    assert_eq!(counts(&both.clone().truncated(scale.get().into(), scale)), [1, 1]);
    assert_eq!(counts(&both.truncated(0, scale)), [0, 0]);
    assert_eq!(Presentation::default().common_end(scale), 0);
}

/// Pictures of so many bits in a second, in one presentation.
fn ladder(rates: &[u64]) -> Presentation {
    let map = maps(&[FilmTrack::video(250, 40)]).remove(0);
    let tracks = rates.iter().enumerate().map(|(at, rate)| {
        let mut track = rendition(&format!("v{at}"), &map);
        track.peak_bandwidth = *rate;
        track
    });
    Presentation { tracks: tracks.collect(), ..Presentation::default() }
}

#[test]
fn players_start_with_what_most_networks_carry() {
    for (rates, expected) in [
        (
            &[400_000u64, 6_000_000, 2_400_000, 1_000_000, 3_000_000][..],
            &[2_400_000u64, 6_000_000, 3_000_000, 1_000_000, 400_000][..],
        ),
        (&[6_000_000, 3_000_000], &[3_000_000, 6_000_000]),
        (&[400_000, 900_000], &[900_000, 400_000]),
        (&[2_500_000], &[2_500_000]),
    ] {
        let text = hls::multivariant(&ladder(rates));
        let (_, playlist) = m3u8_rs::parse_master_playlist(text.as_bytes()).unwrap();
        let variants = playlist.variants.iter().filter(|variant| !variant.is_i_frame);
        assert_eq!(variants.map(|variant| variant.bandwidth).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn pictures_that_cannot_be_switched_have_sets_of_their_own() {
    let sets = |presentation: &Presentation| dash::mpd(presentation).matches("<AdaptationSet").count();
    let mut ladder = ladder(&[400_000, 900_000, 2_000_000]);
    assert_eq!(sets(&ladder), 1);
    // A tick of another scale is no difference, and neither is being further.
    ladder.tracks[1].segments[1].start += 1;
    ladder.tracks[2].segments.pop();
    assert_eq!(sets(&ladder), 1);
    ladder.tracks[2].segments[1].start += 512;
    assert_eq!(sets(&ladder), 2);
    ladder.tracks[1].range = VideoRange::Pq;
    assert_eq!(sets(&ladder), 3);
    assert!(dash::mpd(&ladder).contains("cicp:TransferCharacteristics\" value=\"16\""));
}

#[test]
fn high_dynamic_range_is_announced() {
    for (transfer, expected) in [(1u8, "SDR"), (16, "PQ"), (18, "HLG")] {
        let mut track = FilmTrack::video(50, 25);
        track.entries = vec![film::avc1(&film::boxed(b"colr", &[&b"nclx\0\x09\0"[..], &[transfer, 0, 9, 0]].concat()))];
        let text = hls::multivariant(&of(&[track]));
        let (_, playlist) = m3u8_rs::parse_master_playlist(text.as_bytes()).unwrap();
        let others = playlist.variants[0].other_attributes.as_ref().unwrap();
        assert_eq!(others["VIDEO-RANGE"].to_string(), expected);
    }
}

#[test]
fn another_program_reads_the_multivariant_playlist() {
    let text = hls::multivariant(&rich());
    let (_, playlist) = m3u8_rs::parse_master_playlist(text.as_bytes()).unwrap();
    assert!(playlist.independent_segments);
    // Two qualities with each of two codecs of sound, and the key frames of each.
    let (looks, variants): (Vec<_>, Vec<_>) = playlist.variants.iter().partition(|variant| variant.is_i_frame);
    assert_eq!((looks.len(), variants.len()), (2, 4));
    for variant in variants {
        assert_eq!(variant.subtitles.as_deref(), Some("captions"));
        let resolution = variant.resolution.unwrap();
        assert_eq!(resolution.width * 9, resolution.height * 16);
        assert!(variant.bandwidth >= variant.average_bandwidth.unwrap());
        assert!((variant.frame_rate.unwrap() - 25.0).abs() < 1e-6);
    }
    let names: Vec<_> = playlist.alternatives.iter().map(|media| media.name.as_str()).collect();
    assert_eq!(names, ["Director's 'cut' <b>&", "de", "de (2)", "Audio 4", "en", "F\u{fc}r 'Geh\u{f6}rlose'"]);
    let defaults: Vec<_> = playlist.alternatives.iter().map(|media| media.default).collect();
    assert_eq!(defaults, [false, true, false, true, false, false]);
    assert_eq!(playlist.alternatives[3].channels.as_deref(), Some("6"));
}

#[test]
fn another_program_reads_the_media_playlist() {
    let presentation = of(&[FilmTrack::video(250, 40), FilmTrack::audio(469)]);
    for (track, length) in presentation.tracks.iter().zip([10.0, 468.0 * 1024.0 / 48_000.0]) {
        let text = hls::media(track);
        let (_, playlist) = m3u8_rs::parse_media_playlist(text.as_bytes()).unwrap();
        assert!(playlist.end_list);
        assert_eq!(playlist.segments.len(), 3);
        let sum: f64 = playlist.segments.iter().map(|segment| f64::from(segment.duration)).sum();
        assert!((sum - length).abs() < 1e-5, "{sum}");
        let longest = playlist.segments.iter().map(|segment| f64::from(segment.duration).round()).fold(0.0, f64::max);
        assert_eq!(longest.to_string(), playlist.target_duration.to_string());
        assert_eq!(playlist.segments[0].map.as_ref().map(|map| &map.uri), track.urls.init.as_ref());
        assert_eq!(playlist.segments[2].uri, format!("{}/2.m4s", track.id));
    }
}

#[test]
fn another_program_reads_the_mpd() {
    let presentation = rich();
    let text = dash::mpd(&presentation);
    let mut reader = Reader::from_str(&text);
    let mut timelines: Vec<u64> = Vec::new();
    let mut labels = Vec::new();
    let mut in_label = false;
    let mut label = String::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Start(start) if start.name().as_ref() == "SegmentTimeline" => timelines.push(0),
            Event::Start(start) if start.name().as_ref() == "Label" => in_label = true,
            Event::End(end) if end.name().as_ref() == "Label" => {
                in_label = false;
                labels.push(std::mem::take(&mut label));
            }
            Event::Text(text) if in_label => label.push_str(&text),
            Event::GeneralRef(name) if in_label => {
                label.push_str(match name.as_ref() {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    _ => "'",
                });
            }
            Event::Empty(element) if element.name().as_ref() == "S" => {
                let value = |name: &str| {
                    let attribute = element.try_get_attribute(name).unwrap()?;
                    Some(attribute.value.parse::<u64>().unwrap())
                };
                *timelines.last_mut().unwrap() += value("d").unwrap() * (value("r").unwrap_or(0) + 1);
            }
            _ => {}
        }
    }
    assert_eq!(labels, ["Director's \"cut\" <b>&", "en", "F\u{fc}r \"Geh\u{f6}rlose\""]);
    let expected: Vec<u64> = presentation.tracks.iter().map(Rendition::end).collect();
    assert_eq!(timelines, expected);
}

#[test]
fn numbers_and_dollars_in_templates_are_filled_in() {
    let mut track = of(&[FilmTrack::audio(10)]).tracks.remove(0);
    for (template, expected) in [
        ("a/$Number$.m4s", "a/7.m4s"),
        ("a$$b/$Number$", "a$b/7"),
        ("plain", "plain"),
        ("v/2/$Number$/x$$", "v/2/7/x$"),
    ] {
        template.clone_into(&mut track.urls.segment_template);
        assert_eq!(track.segment_url(7), expected);
    }
}
