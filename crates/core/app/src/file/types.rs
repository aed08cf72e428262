//! The types of files that are taken: what uploads are held against, and what clients are told.

use kinora_domain::track::TrackKind;
use kinora_media::sniff::Container;

/// A container that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileType {
    /// Its stable name, as [`Container::id`] has it; of captions that of their format.
    pub container: &'static str,
    /// The media type of its bytes.
    pub media_type: &'static str,
    /// Endings of names with the dot, each with the kind of track that such a file is mostly of.
    pub endings: &'static [(&'static str, TrackKind)],
}

const fn file_type(
    container: &'static str,
    media_type: &'static str,
    endings: &'static [(&'static str, TrackKind)],
) -> FileType {
    FileType { container, media_type, endings }
}

use TrackKind::{Audio, Captions, Video};

/// Text that browsers show and never run.
const TEXT: &str = "text/plain; charset=utf-8";

/// All of them.
pub const TYPES: [FileType; 16] = [
    file_type("mp4", "video/mp4", &[(".mp4", Video), (".m4v", Video), (".m4a", Audio)]),
    file_type("mov", "video/quicktime", &[(".mov", Video)]),
    file_type("matroska", "video/x-matroska", &[(".mkv", Video), (".webm", Video), (".mka", Audio)]),
    file_type("mpegts", "video/mp2t", &[(".ts", Video), (".m2ts", Video), (".mts", Video)]),
    file_type("mpeg", "video/mpeg", &[(".mpg", Video), (".mpeg", Video)]),
    file_type("flv", "video/x-flv", &[(".flv", Video)]),
    file_type("avi", "video/x-msvideo", &[(".avi", Video)]),
    file_type("mxf", "application/mxf", &[(".mxf", Video)]),
    file_type("ogg", "application/ogg", &[(".ogv", Video), (".ogg", Audio), (".oga", Audio), (".opus", Audio)]),
    file_type("wav", "audio/wav", &[(".wav", Audio)]),
    file_type("mp3", "audio/mpeg", &[(".mp3", Audio)]),
    file_type("flac", "audio/flac", &[(".flac", Audio)]),
    file_type("aac", "audio/aac", &[(".aac", Audio)]),
    file_type("srt", TEXT, &[(".srt", Captions), (".txt", Captions)]),
    file_type("webvtt", TEXT, &[(".vtt", Captions)]),
    file_type("ttml", TEXT, &[(".ttml", Captions), (".dfxp", Captions), (".xml", Captions)]),
];

/// The type of a container; `None` where it is not taken.
pub(crate) fn of(container: Container) -> Option<FileType> {
    named(container.id())
}

/// The type of a container by its stable name.
pub(super) fn named(container: &str) -> Option<FileType> {
    TYPES.into_iter().find(|known| known.container == container)
}

/// Whether a type of that stable name is one of captions alone.
pub(crate) fn is_captions(container: &str) -> bool {
    named(container).is_some_and(|known| known.endings.iter().all(|(_, kind)| *kind == Captions))
}

/// Endings of names of files that are mostly of that kind, in order.
pub fn endings(kind: TrackKind) -> Vec<&'static str> {
    let endings = TYPES.iter().flat_map(|known| known.endings);
    let mut endings: Vec<_> = endings.filter(|(_, of)| *of == kind).map(|(ending, _)| *ending).collect();
    endings.sort_unstable();
    endings
}

/// Whether a name says that it is of captions: text of any other name is not taken for them.
pub(crate) fn is_captions_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    endings(Captions).into_iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_there_once_and_know_their_container() {
        let mut seen = std::collections::HashSet::new();
        for known in TYPES {
            assert!(seen.insert(known.container), "{}", known.container);
            assert!(!known.endings.is_empty(), "{}", known.container);
            for (ending, _) in known.endings {
                assert!(ending.starts_with('.') && seen.insert(ending), "{ending}");
            }
        }
        for refused in
            [Container::HlsPlaylist, Container::FfConcat, Container::Text, Container::Asf, Container::Unknown]
        {
            assert_eq!(of(refused), None, "{refused:?}");
        }
    }

    #[test]
    fn captions_are_known_by_their_ending() {
        for (name, is) in
            [("a.SRT", true), ("a.b.vtt", true), ("a.txt", true), ("a.xml", true), ("a.mp4", false), ("srt", false)]
        {
            assert_eq!(is_captions_name(name), is, "{name}");
        }
        assert_eq!(
            ["srt", "webvtt", "ttml", "mp4", "matroska", "x"].map(is_captions),
            [true, true, true, false, false, false]
        );
        assert_eq!(endings(Captions), [".dfxp", ".srt", ".ttml", ".txt", ".vtt", ".xml"]);
    }
}
