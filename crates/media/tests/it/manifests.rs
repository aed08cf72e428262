//! Playlists and manifests, as they are sent and as other programs read them.

use kinora_media::presentation::{Presentation, Rendition, Urls};
use kinora_media::{SegmentMap, dash, hls};
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::support::film::{self, FilmTrack, film};
use crate::support::package::plan;

fn maps(tracks: &[FilmTrack]) -> Vec<SegmentMap> {
    plan(&film(tracks, false)).unwrap().into_iter().map(|planned| planned.map).collect()
}

fn rendition(id: &str, map: &SegmentMap) -> Rendition {
    let urls = Urls {
        playlist: format!("{id}/playlist.m3u8"),
        init: format!("{id}/init.mp4"),
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
    Presentation { tracks: [rendition("high", &maps[0]), low].into_iter().chain(sounds).collect() }
}

fn of(tracks: &[FilmTrack]) -> Presentation {
    let maps = maps(tracks);
    Presentation { tracks: maps.iter().enumerate().map(|(at, map)| rendition(&format!("t{at}"), map)).collect() }
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
    let sound = of(&[FilmTrack::audio(469)]);
    insta::assert_snapshot!("hls_multivariant_sound", hls::multivariant(&sound));
    let languages = of(&[named(b"eng", "", true), named(b"deu", "", false)]);
    insta::assert_snapshot!("hls_multivariant_languages", hls::multivariant(&languages));
    let picture = of(&[FilmTrack::video(250, 40)]);
    insta::assert_snapshot!("hls_multivariant_picture", hls::multivariant(&picture));
}

#[test]
fn another_program_reads_the_multivariant_playlist() {
    let text = hls::multivariant(&rich());
    let (_, playlist) = m3u8_rs::parse_master_playlist(text.as_bytes()).unwrap();
    assert!(playlist.independent_segments);
    // Two qualities with each of two codecs of sound.
    assert_eq!(playlist.variants.len(), 4);
    for variant in &playlist.variants {
        let resolution = variant.resolution.unwrap();
        assert_eq!(resolution.width * 9, resolution.height * 16);
        assert!(variant.bandwidth >= variant.average_bandwidth.unwrap());
        assert!((variant.frame_rate.unwrap() - 25.0).abs() < 1e-6);
    }
    let names: Vec<_> = playlist.alternatives.iter().map(|media| media.name.as_str()).collect();
    assert_eq!(names, ["Director's 'cut' <b>&", "de", "de (2)", "Audio 4"]);
    let defaults: Vec<_> = playlist.alternatives.iter().map(|media| media.default).collect();
    assert_eq!(defaults, [false, true, false, true]);
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
        assert_eq!(playlist.segments[0].map.as_ref().unwrap().uri, track.urls.init);
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
    assert_eq!(labels, ["Director's \"cut\" <b>&"]);
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
