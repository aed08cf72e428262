//! Names of tracks that somebody chose.

/// Longest name that is kept, in characters.
const MAX_CHARS: usize = 200;

/// Names that programs write into every file.
const BOILERPLATE: [&str; 14] = [
    "handler",
    "core media",
    "iso media file produced by",
    "mainconcept",
    "apple video media",
    "apple sound media",
    "bento4",
    "l-smash",
    "gpac",
    "nero",
    "vide",
    "soun",
    "mp4 video media",
    "mp4 sound media",
];

/// The name of a `hdlr` or `name` box, unless it is boilerplate. QuickTime counts its strings, ISO ends them.
pub(crate) fn chosen(bytes: &[u8]) -> Option<String> {
    let bytes = match bytes.split_first() {
        Some((&len, rest)) if usize::from(len) == rest.len() => rest,
        Some((&len, rest)) if len < 0x20 => rest.get(..usize::from(len))?,
        _ => bytes,
    };
    let bytes = bytes.split(|byte| *byte == 0).next()?;
    let name: String =
        core::str::from_utf8(bytes).ok()?.chars().filter(|char| !char.is_control()).take(MAX_CHARS).collect();
    let name = name.trim();
    let lower = name.to_ascii_lowercase();
    let generic = BOILERPLATE.iter().any(|boilerplate| match *boilerplate {
        "handler" => lower.ends_with("handler"),
        "vide" | "soun" => lower == *boilerplate,
        _ => lower.starts_with(boilerplate),
    });
    let bare = matches!(lower.as_str(), "video" | "audio" | "sound" | "stereo" | "mono" | "und" | "track" | "-");
    (!name.is_empty() && !generic && !bare).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_chosen_names_count() {
        for (bytes, expected) in [
            (&b"VideoHandler\0"[..], None),
            (b"SoundHandler\0", None),
            (b"\x0cVideoHandler", None),
            (b"Core Media Video\0", None),
            (b"\x10Core Media Audio", None),
            (b"ISO Media file produced by Google Inc.\0", None),
            (b"", None),
            (b"\0", None),
            (b"\xff\xfe\0", None),
            (b"Director's commentary\0", Some("Director's commentary")),
            (b"\x07English", Some("English")),
            (b"\x03Eng\0\0", Some("Eng")),
            (b"stereo", None),
        ] {
            assert_eq!(chosen(bytes).as_deref(), expected, "{}", bytes.escape_ascii());
        }
    }
}
