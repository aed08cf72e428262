use super::*;
use kinora_media::FourCc;

fn probe(demuxer: Demuxer) -> Probe {
    Probe { demuxer, max_pixels: 8192 * 4320, bytes: 5_000_000, duration: Duration::from_secs(5) }
}

#[test]
fn the_look_at_a_matroska_file() {
    insta::assert_debug_snapshot!(probe(Demuxer::Matroska).args());
}

#[test]
fn the_look_at_a_movie_opens_no_other_file() {
    insta::assert_debug_snapshot!(probe(Demuxer::Mov).args());
}

#[test]
fn every_look_forces_one_format_and_reads_one_descriptor() {
    for demuxer in Demuxer::ALL {
        let args = probe(demuxer).args();
        let value = |option: &str| {
            let at = args.iter().position(|arg| arg == option).unwrap();
            assert_eq!(args.iter().filter(|arg| *arg == option).count(), 1, "{option}");
            args[at + 1].to_str().unwrap().to_owned()
        };
        assert_eq!(value("-f"), demuxer.name());
        assert_eq!(value("-format_whitelist"), demuxer.name());
        assert_eq!(value("-protocol_whitelist"), "file");
        assert_eq!(value("-i"), "file:/proc/self/fd/0");
    }
}

#[test]
fn what_is_not_media_of_its_own_has_no_reader() {
    for none in [
        Container::HlsPlaylist,
        Container::FfConcat,
        Container::Srt,
        Container::WebVtt,
        Container::Text,
        Container::Zeroes,
        Container::Empty,
        Container::Unknown,
    ] {
        assert_eq!(Demuxer::of(none), None, "{none:?}");
    }
}

#[test]
fn every_container_of_media_has_its_reader() {
    for (container, name) in [
        (Container::IsoBmff { major_brand: FourCc(*b"isom") }, "mov"),
        (Container::QuickTime, "mov"),
        (Container::Matroska, "matroska"),
        (Container::MpegTs, "mpegts"),
        (Container::MpegPs, "mpeg"),
        (Container::Flv, "flv"),
        (Container::Avi, "avi"),
        (Container::Mxf, "mxf"),
        (Container::Ogg, "ogg"),
        (Container::Wav, "wav"),
        (Container::Mp3, "mp3"),
        (Container::Flac, "flac"),
        (Container::Adts, "aac"),
        (Container::Asf, "asf"),
    ] {
        assert_eq!(Demuxer::of(container).map(Demuxer::name), Some(name), "{container:?}");
    }
}
