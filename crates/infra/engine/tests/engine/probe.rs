//! What ffprobe finds in films of every container.

use crate::films::{Stored, engine, film};
use kinora_app::port::{ProbeError, Prober as _};
use kinora_domain::track::FoundTrack;
use kinora_engine::args::Demuxer;
use kinora_engine::{Engine, EngineLimits, Programs};
use kinora_media::FourCc;
use kinora_media::sniff::Container;
use std::sync::Arc;

const MP4: Container = Container::IsoBmff { major_brand: FourCc(*b"isom") };

fn shown(tracks: &[FoundTrack]) -> String {
    let track = |track: &FoundTrack| {
        let (language, name) = (track.language.as_deref().unwrap_or("-"), track.name.as_deref().unwrap_or("-"));
        format!("{} {} {language} {name}", track.selector, track.codec)
    };
    tracks.iter().map(track).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn the_tracks_of_every_container_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    let full = "-map 0 -map 1 -map 2 -map 3 -metadata:s:a:0 language=eng -metadata:s:a:0 title=Main \
        -metadata:s:a:1 language=ger -metadata:s:s:0 language=pt-BR -c:v libx264 -c:a aac -c:s srt";
    for (name, container, args, expected) in [
        (
            "a.mkv",
            Container::Matroska,
            full,
            "video_1 h264 - -, audio_1 aac en Main, audio_2 aac de -, captions_1 subrip pt-BR -",
        ),
        (
            "a.webm",
            Container::Matroska,
            "-map 0 -map 1 -c:v libvpx -c:a libvorbis",
            "video_1 vp8 - -, audio_1 vorbis - -",
        ),
        (
            "a.ts",
            Container::MpegTs,
            "-map 0 -map 1 -map 2 -metadata:s:a:1 language=fra -c:v libx264 -c:a mp2",
            "video_1 h264 - -, audio_1 mp2 - -, audio_2 mp2 fr -",
        ),
        (
            "a.mpg",
            Container::MpegPs,
            "-map 0 -map 1 -c:v mpeg2video -c:a mp2",
            "video_1 mpeg2video - -, audio_1 mp2 - -",
        ),
        (
            "a.flv",
            Container::Flv,
            "-map 0 -map 1 -c:v flv -c:a libmp3lame -ar 44100",
            "audio_1 mp3 - -, video_1 flv1 - -",
        ),
        ("a.avi", Container::Avi, "-map 0 -map 1 -c:v mpeg4 -c:a ac3", "video_1 mpeg4 - -, audio_1 ac3 - -"),
        (
            "a.mxf",
            Container::Mxf,
            "-map 0 -map 1 -c:v mpeg2video -c:a pcm_s16le -ar 48000",
            "video_1 mpeg2video - -, audio_1 pcm_s16le - -",
        ),
        ("a.ogg", Container::Ogg, "-map 0 -map 1 -c:v libtheora -c:a libopus", "video_1 theora - -, audio_1 opus - -"),
        ("a.wav", Container::Wav, "-map 1", "audio_1 pcm_s16le - -"),
        ("a.mp3", Container::Mp3, "-map 1 -c:a libmp3lame", "audio_1 mp3 - -"),
        ("a.flac", Container::Flac, "-map 1", "audio_1 flac - -"),
        ("a.aac", Container::Adts, "-map 1 -c:a aac", "audio_1 aac - -"),
        ("a.asf", Container::Asf, "-map 0 -map 1 -c:v wmv2 -c:a wmav2", "video_1 wmv2 - -, audio_1 wmav2 - -"),
        (
            "a.mp4",
            MP4,
            "-map 0 -map 1 -map 3 -c:v libx264 -c:a aac -c:s mov_text -movflags +frag_keyframe+empty_moov",
            "video_1 h264 - -, audio_1 aac - -, captions_1 mov_text - -",
        ),
        (
            "a.mov",
            Container::QuickTime,
            "-map 0 -map 1 -c:v mjpeg -c:a pcm_s16le",
            "video_1 mjpeg - -, audio_1 pcm_s16le - -",
        ),
    ] {
        let found = engine.probe(film(folder.path(), name, args), container).await;
        assert_eq!(found.map_or_else(|error| error.to_string(), |tracks| shown(&tracks)), expected, "{name}");
    }
}

#[tokio::test]
async fn a_cover_picture_is_no_track() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    let song =
        film(folder.path(), "a.mp3", "-map 1 -map 0 -frames:v 1 -c:v png -disposition:v attached_pic -c:a libmp3lame");
    let found = engine.probe(song, Container::Mp3).await.unwrap();
    assert_eq!(shown(&found), "audio_1 mp3 - -");
}

#[tokio::test]
async fn a_codec_that_is_not_taken_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    let odd = film(folder.path(), "a.avi", "-map 0 -c:v snow -strict -2");
    let error = engine.probe(odd, Container::Avi).await.unwrap_err();
    assert_eq!(error.to_string(), "the file cannot be read: codec snow is not taken");
}

#[tokio::test]
async fn a_picture_larger_than_the_limit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits { max_pixels: 160 * 120 - 1, ..EngineLimits::default() });
    let large = film(folder.path(), "a.mkv", "-map 0 -c:v libx264");
    let error = engine.probe(large, Container::Matroska).await.unwrap_err();
    assert!(matches!(error, ProbeError::Limit("pixels")), "{error:?}");
}

#[tokio::test]
async fn a_memory_limit_too_small_for_the_program_is_no_fault_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let limits = EngineLimits { memory_bytes: 64 << 20, ..EngineLimits::default() };
    let film = film(folder.path(), "a.wav", "-map 1");
    let error = engine(folder.path(), limits).probe(film, Container::Wav).await.unwrap_err();
    assert!(matches!(error, ProbeError::Run(_)), "{error:?}");
}

#[tokio::test]
async fn a_report_without_end_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let limits = EngineLimits { output_bytes: 100, ..EngineLimits::default() };
    let film = film(folder.path(), "a.mkv", "-map 0 -map 1 -c:v libx264");
    let error = engine(folder.path(), limits).probe(film, Container::Matroska).await.unwrap_err();
    assert!(matches!(error, ProbeError::Limit("output")), "{error:?}");
}

#[tokio::test]
async fn what_is_no_media_is_refused_without_starting_anything() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = Programs { ffmpeg: "/nowhere".into(), ffprobe: "/nowhere".into() };
    let scratch = folder.path().join("scratch");
    let engine = Engine::new(nowhere, "/nowhere".into(), scratch.clone(), EngineLimits::default());
    for container in [Container::HlsPlaylist, Container::FfConcat, Container::Text, Container::Unknown] {
        assert_eq!(Demuxer::of(container), None);
        let error = engine.probe(Arc::new(Stored("/nowhere".into())), container).await.unwrap_err();
        assert!(matches!(error, ProbeError::Unsupported(_)), "{error:?}");
    }
    assert!(!scratch.exists());
}

#[tokio::test]
async fn a_missing_program_or_object_may_be_there_another_time() {
    let folder = tempfile::tempdir().unwrap();
    let here = film(folder.path(), "a.wav", "-map 1");
    let mut programs = crate::films::programs();
    programs.ffprobe = "/nowhere/ffprobe".into();
    let engine = Engine::new(programs, crate::films::HELPER.into(), folder.path().join("s"), EngineLimits::default());
    let gone = Arc::new(Stored("/nowhere".into()));
    for object in [here, gone] {
        let error = engine.probe(object, Container::Wav).await.unwrap_err();
        assert!(matches!(error, ProbeError::Run(_)), "{error:?}");
        assert_eq!(error.to_string(), "starting the prober");
    }
}
