//! Files that want to make the program do something else.

use crate::films::{Stored, engine, film};
use kinora_app::port::{ProbeError, Prober as _};
use kinora_engine::args::{Demuxer, Probe};
use kinora_engine::{Confinement, EngineLimits, Layers};
use kinora_media::FourCc;
use kinora_media::sniff::Container;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::sync::Arc;
use std::time::Duration;

const MEDIA: [Container; 13] = [
    Container::IsoBmff { major_brand: FourCc(*b"isom") },
    Container::Matroska,
    Container::MpegTs,
    Container::MpegPs,
    Container::Flv,
    Container::Avi,
    Container::Mxf,
    Container::Ogg,
    Container::Wav,
    Container::Mp3,
    Container::Flac,
    Container::Adts,
    Container::Asf,
];

/// The containers whose readers are the most lenient, and those of most uploads.
const LENIENT: [Container; 6] =
    [Container::QuickTime, Container::Matroska, Container::MpegTs, Container::Mp3, Container::Ogg, Container::Flac];

/// Without what is forced here, the trap works: ffprobe finds the picture of the file that is named.
#[test]
fn the_trap_is_one_for_a_program_that_is_left_to_itself() {
    let folder = tempfile::tempdir().unwrap();
    film(folder.path(), "film.ts", "-map 0 -c:v libx264");
    let playlist = folder.path().join("upload.m3u8");
    let target = folder.path().join("film.ts");
    let text = format!("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{}\n#EXT-X-ENDLIST\n", target.display());
    std::fs::write(&playlist, text).unwrap();
    let left = std::process::Command::new(crate::films::programs().ffprobe)
        .args(["-v", "error", "-show_entries", "stream=codec_name"])
        .arg(playlist)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&left.stdout);
    assert!(said.contains("h264"), "{said} {}", String::from_utf8_lossy(&left.stderr));
}

#[tokio::test]
async fn a_text_that_names_other_files_is_unreadable_as_anything_and_nothing_of_them_appears() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    // One file that a player would play and one that holds a secret.
    film(folder.path(), "film.ts", "-map 0 -c:v libx264");
    std::fs::write(folder.path().join("secret.txt"), "correct horse battery staple").unwrap();
    let at = folder.path().display();
    let targets = [format!("file://{at}/film.ts"), "secret.txt".to_owned()];
    for target in targets {
        for text in [
            format!("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n"),
            format!("#EXTM3U\n#EXT-X-MAP:URI=\"{target}\"\n#EXTINF:1,\nconcat:{target}|{target}\n"),
            format!("ffconcat version 1.0\nfile '{target}'\nfile {target}\n"),
            format!("v=0\r\nm=video 0 RTP/AVP 96\r\na=control:{target}\r\n"),
        ] {
            let path = folder.path().join("upload");
            std::fs::write(&path, &text).unwrap();
            for container in LENIENT {
                let told = engine.probe(Arc::new(Stored(path.clone())), container).await;
                let Err(ProbeError::Unreadable { words }) = &told else {
                    panic!("{container:?} {text}: {told:?}");
                };
                assert!(!words.contains("horse") && !words.contains('/') && !words.contains("film.ts"), "{words}");
            }
        }
    }
}

#[tokio::test]
async fn a_movie_whose_tracks_lie_in_another_file_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    film(folder.path(), "film.mov", "-map 0 -c:v mjpeg");
    let path = folder.path().join("film.mov");
    let mut bytes = std::fs::read(&path).unwrap();
    // The data reference: no longer "in this file" (flag 1), and an alias that names another one.
    let at = bytes.windows(4).position(|word| word == b"dref").unwrap();
    let entry = bytes[at + 12..].windows(4).position(|word| word == b"url " || word == b"alis").unwrap() + at + 12;
    bytes[entry..entry + 4].copy_from_slice(b"alis");
    bytes[entry + 7] = 0;
    std::fs::write(&path, bytes).unwrap();
    match engine.probe(Arc::new(Stored(path)), Container::QuickTime).await {
        // The sample description lies in the movie itself.
        Ok(tracks) => assert_eq!(tracks.len(), 1),
        Err(error) => assert!(matches!(error, ProbeError::Unreadable { .. }), "{error:?}"),
    }
}

#[tokio::test]
async fn files_cut_short_zeroed_and_scrambled_come_to_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    film(folder.path(), "film.mkv", "-map 0 -map 1 -c:v libx264 -c:a aac");
    let whole = std::fs::read(folder.path().join("film.mkv")).unwrap();
    let scrambled: Vec<u8> =
        whole.iter().enumerate().map(|(at, byte)| if at % 97 == 13 { !byte } else { *byte }).collect();
    for (name, bytes) in [
        ("empty", Vec::new()),
        ("zeroes", vec![0; 100_000]),
        ("head", whole[..200].to_vec()),
        ("half", whole[..whole.len() / 2].to_vec()),
        ("scrambled", scrambled),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        for container in LENIENT {
            let told = engine.probe(Arc::new(Stored(path.clone())), container).await;
            let allowed = match &told {
                Ok(_) => name == "half" || name == "scrambled",
                Err(error) => matches!(error, ProbeError::Unreadable { .. }),
            };
            assert!(allowed, "{name} as {container:?}: {told:?}");
        }
    }
}

/// Names and metadata are no input of the command line: whatever a file is called and says about
/// itself, the arguments are those of its container. The program is one that notes its arguments.
#[test]
fn nothing_that_a_client_named_reaches_the_arguments() {
    let folder = tempfile::tempdir().unwrap();
    let spy = folder.path().join("spy");
    let note = folder.path().join("note");
    make_pipe(&note);
    std::fs::write(&spy, format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > {}\n", note.display())).unwrap();
    std::fs::set_permissions(&spy, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let mut programs = crate::films::programs();
    programs.ffprobe = spy;
    // The note is written elsewhere, which a program cannot do otherwise.
    let limits = EngineLimits { confinement: Confinement::Only(Layers::NONE), ..EngineLimits::default() };
    let engine =
        kinora_engine::Engine::new(programs, crate::films::HELPER.into(), folder.path().join("scratch"), limits);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let strategy = ("[^/\0]{1,60}", any::<Vec<u8>>(), prop::sample::select(MEDIA.to_vec()));
    let mut runner = TestRunner::new(ProptestConfig { cases: 40, ..ProptestConfig::default() });
    let result = runner.run(&strategy, |(name, content, container)| {
        let path = folder.path().join(format!("-{name}"));
        std::fs::write(&path, content).unwrap();
        let reader = std::thread::spawn({
            let note = note.clone();
            move || std::fs::read_to_string(note).unwrap()
        });
        drop(runtime.block_on(engine.probe(Arc::new(Stored(path)), container)));
        let noted = reader.join().unwrap();
        let expected = Probe {
            demuxer: Demuxer::of(container).unwrap(),
            max_pixels: limits.max_pixels,
            bytes: limits.probe_bytes,
            duration: Duration::from_secs(20),
        };
        let expected: Vec<_> = expected.args().into_iter().map(|arg| arg.into_string().unwrap()).collect();
        prop_assert_eq!(noted.lines().collect::<Vec<_>>(), expected);
        Ok(())
    });
    result.unwrap();
}

fn make_pipe(path: &std::path::Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}
