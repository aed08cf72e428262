//! What is protected.

use kinora_media::presentation::{Presentation, Protection};
use kinora_media::progressive::Span;
use kinora_media::protect::{KeyId, Scheme, TrackSalt, segment_iv};
use kinora_media::{dash, hls};

use crate::support::film::FilmTrack;
use crate::support::hex;

use super::{maps, of, rendition, rich};

/// Two qualities of picture and sound, whose samples are protected, each by a key of its own.
fn locked(scheme: Scheme, key_url: Option<&str>) -> Presentation {
    let maps = maps(&[FilmTrack::video(250, 40), FilmTrack::video(250, 40), FilmTrack::audio(469)]);
    let tracks = maps.iter().zip(["high", "low", "sound"]).zip(1..).map(|((map, id), number)| {
        rendition(id, map).protected(Protection::Samples {
            scheme,
            kid: KeyId::new([number; 16]),
            license_url: "../license?a=1&b=2".to_owned(),
            key_url: key_url.map(|url| format!("{url}/{id}")),
        })
    });
    Presentation { tracks: tracks.collect(), ..Presentation::default() }
}

/// The same, whose segments are protected as a whole, by one key.
fn sealed() -> Presentation {
    let mut presentation = of(&[FilmTrack::video(250, 40), FilmTrack::audio(469)]);
    presentation.tracks = presentation
        .tracks
        .into_iter()
        .zip(0xa0u8..)
        .map(|(track, salt)| {
            track.protected(Protection::Segments { key_url: "../key".to_owned(), salt: TrackSalt([salt; 8]) })
        })
        .collect();
    presentation
}

#[test]
fn documents_of_protected_presentations_look_like_this() {
    let locked = locked(Scheme::Cenc, Some("../key"));
    insta::assert_snapshot!("protected_hls_multivariant", hls::multivariant(&locked));
    insta::assert_snapshot!("protected_hls_media", hls::media(&locked.tracks[0]));
    insta::assert_snapshot!("protected_hls_growing", hls::growing_media(&locked.tracks[2]));
    insta::assert_snapshot!("protected_dash", dash::mpd(&locked));
    insta::assert_snapshot!("protected_hls_cbcs", hls::media(&self::locked(Scheme::Cbcs, None).tracks[2]));
    insta::assert_snapshot!("sealed_hls_multivariant", hls::multivariant(&sealed()));
    insta::assert_snapshot!("sealed_hls_media", hls::media(&sealed().tracks[1]));
}

#[test]
fn what_is_not_protected_says_nothing_of_it() {
    for presentation in [rich(), of(&[FilmTrack::audio(469)])] {
        let texts = presentation
            .tracks
            .iter()
            .map(hls::media)
            .chain([hls::multivariant(&presentation), dash::mpd(&presentation)]);
        for text in texts {
            assert!(
                !text.contains("KEY:") && !text.contains("ContentProtection") && !text.contains("xmlns:cenc"),
                "{text}"
            );
        }
    }
}

#[test]
fn another_program_reads_the_keys_of_playlists() {
    let key_of = |key: &m3u8_rs::Key| (key.method.to_string(), key.uri.clone().unwrap(), key.iv.clone());
    let hex = |bytes: &[u8]| format!("0x{}", hex(bytes));
    let sealed = sealed().part(Span { start: 5_000_000, end: 9_000_000 }).unwrap();
    for (track, salt) in sealed.tracks.iter().zip([TrackSalt([0xa0; 8]), TrackSalt([0xa1; 8])]) {
        let (_, playlist) = m3u8_rs::parse_media_playlist(hls::media(track).as_bytes()).unwrap();
        assert!(playlist.segments.len() > 1);
        for (number, segment) in (track.first..).zip(&playlist.segments) {
            let iv = segment_iv(salt, u32::try_from(number).unwrap());
            let expected = ("AES-128".to_owned(), "../key".to_owned(), Some(hex(iv.bytes())));
            assert_eq!(key_of(segment.key.as_ref().unwrap()), expected, "{number} of {}", track.id);
        }
        // The initialization segment is read without a key: it is named before the first.
        let text = hls::media(track);
        assert!(text.find("#EXT-X-MAP").unwrap() < text.find("#EXT-X-KEY").unwrap());
        assert_eq!(track.key_frame_bandwidth, None);
    }
    for (scheme, method) in [(Scheme::Cenc, "SAMPLE-AES-CTR"), (Scheme::Cbcs, "SAMPLE-AES")] {
        let locked = locked(scheme, None);
        for (track, number) in locked.tracks.iter().zip(1..) {
            let (_, playlist) = m3u8_rs::parse_media_playlist(hls::media(track).as_bytes()).unwrap();
            let key = playlist.segments[0].key.clone().unwrap();
            assert_eq!(key_of(&key), (method.to_owned(), "../license?a=1&b=2".to_owned(), None));
            assert_eq!(
                (key.keyformat.as_deref(), key.keyformatversions.as_deref()),
                (Some("org.w3.clearkey"), Some("1"))
            );
            assert!(playlist.segments[1..].iter().all(|segment| segment.key.is_none()));
            assert!(hls::media(track).contains(&format!(",KEYID={},", hex(&[number; 16]))));
        }
        let (_, master) = m3u8_rs::parse_master_playlist(hls::multivariant(&locked).as_bytes()).unwrap();
        let methods: Vec<_> = master.session_key.iter().map(|key| key.0.method.to_string()).collect();
        assert_eq!(methods, [method; 3]);
        assert!(master.variants.iter().all(|variant| !variant.is_i_frame));
    }
}

/// Of each adaptation set, and of each representation in it, the attributes and texts of its protection.
type Protections = Vec<(Vec<String>, Vec<Vec<String>>)>;

fn protections(mpd: &str) -> Protections {
    let document = roxmltree::Document::parse(mpd).unwrap();
    let cenc = "urn:mpeg:cenc:2013";
    let of = |node: roxmltree::Node<'_, '_>| {
        let elements = node.children().filter(|child| child.tag_name().name() == "ContentProtection");
        let told = elements.flat_map(|element| {
            let text = |namespace: &str, name: &str| {
                let child = element.children().find(|child| child.has_tag_name((namespace, name)));
                child.map(|child| child.text().unwrap().to_owned())
            };
            let value = |value: Option<&str>| value.map(str::to_owned);
            [
                value(element.attribute("schemeIdUri")),
                value(element.attribute("value")),
                value(element.attribute((cenc, "default_KID"))),
                text(cenc, "pssh"),
                text("https://dashif.org/CPS", "Laurl"),
            ]
        });
        told.flatten().collect::<Vec<_>>()
    };
    let named = |name: &'static str| move |node: &roxmltree::Node<'_, '_>| node.tag_name().name() == name;
    let sets = document.descendants().filter(named("AdaptationSet"));
    sets.map(|set| (of(set), set.children().filter(named("Representation")).map(of).collect())).collect()
}

#[test]
fn another_program_reads_the_protection_of_the_mpd() {
    let told = |key: Option<&str>, pssh: &str| {
        let scheme = ["urn:mpeg:dash:mp4protection:2011", "cbcs"].into_iter().chain(key);
        let license = ["urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e", "ClearKey1.0", pssh, "../license?a=1&b=2"];
        scheme.chain(license).map(str::to_owned).collect::<Vec<_>>()
    };
    let kid = |number: u8| KeyId::new([number; 16]).to_string();
    let mut locked = locked(Scheme::Cbcs, Some("../key"));
    let pssh = [
        "AAAANHBzc2gBAAAAEHfv7MCyTQKs4zweUuL7SwAAAAEBAQEBAQEBAQEBAQEBAQEBAAAAAA==",
        "AAAANHBzc2gBAAAAEHfv7MCyTQKs4zweUuL7SwAAAAECAgICAgICAgICAgICAgICAAAAAA==",
        "AAAANHBzc2gBAAAAEHfv7MCyTQKs4zweUuL7SwAAAAEDAwMDAwMDAwMDAwMDAwMDAAAAAA==",
    ];
    let both = "AAAARHBzc2gBAAAAEHfv7MCyTQKs4zweUuL7SwAAAAIBAQEBAQEBAQEBAQEBAQEBAgICAgICAgICAgICAgICAgAAAAA=";
    let own = |number: u8| told(Some(&kid(number)), pssh[usize::from(number) - 1]);
    assert_eq!(
        protections(&dash::mpd(&locked)),
        [(told(None, both), vec![own(1), own(2)]), (own(3), vec![Vec::new()])],
    );
    // What is protected otherwise stands apart, and what is encrypted whole is not there.
    let clear = rendition("clear", &maps(&[FilmTrack::video(250, 40)])[0]);
    locked.tracks[1] = clear;
    locked.tracks[2] = sealed().tracks.remove(1);
    assert_eq!(protections(&dash::mpd(&locked)), [(own(1), vec![Vec::new()]), (Vec::new(), vec![Vec::new()])]);
    assert_eq!(protections(&dash::mpd(&sealed())), []);
}
