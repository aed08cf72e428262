//! Are the programs there, and can they do what is needed.

use crate::args::{Demuxer, Question};
use crate::child::Ending;
use crate::engine::{Engine, is_program};
use crate::words::words;
use core::fmt;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The oldest release that has the options that we give.
const OLDEST: Version = Version { major: 4, minor: 4, patch: 0 };

/// The first release of each line in which the holes that are known are closed. Lines between them were
/// never mended; newer lines began without these holes.
const MENDED: [Version; 4] = [
    Version { major: 5, minor: 1, patch: 9 },
    Version { major: 6, minor: 1, patch: 4 },
    Version { major: 7, minor: 1, patch: 3 },
    Version { major: 8, minor: 1, patch: 3 },
];

/// Decoders without which common files cannot be looked into; one of each line is enough.
const WANTED: &[&[&str]] = &[
    &["h264"],
    &["hevc"],
    &["vp8"],
    &["vp9"],
    &["libdav1d", "libaom-av1", "av1"],
    &["mpeg2video"],
    &["mpeg4"],
    &["aac"],
    &["ac3"],
    &["mp3", "mp3float"],
    &["opus", "libopus"],
    &["vorbis", "libvorbis"],
    &["flac"],
];

/// Encoders without which pictures of films are not made. AVIF is left out where a build lacks it.
const WANTED_ENCODERS: [&str; 5] = ["mjpeg", "png", "libwebp", "libwebp_anim", "gif"];

/// A release of ffmpeg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The number before the dot.
    pub major: u32,
    /// The number behind it.
    pub minor: u32,
    /// The last number; 0 where there is none.
    pub patch: u32,
}

impl Version {
    /// Whether holes of this release are publicly known. Packagers mend old releases without changing the
    /// number; the number does not tell.
    pub fn has_known_holes(self) -> bool {
        let mended = MENDED.into_iter().find(|mended| (mended.major, mended.minor) == (self.major, self.minor));
        mended.map_or_else(|| MENDED.last().is_some_and(|newest| self < *newest), |mended| self < mended)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// What was found about one program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It is there and can do all.
    Ready {
        /// `ffmpeg` or `ffprobe`.
        program: &'static str,
        /// Where it is.
        path: PathBuf,
        /// Its release; `None` for a build between releases.
        version: Option<Version>,
    },
    /// It is not there.
    Missing {
        /// `ffmpeg` or `ffprobe`.
        program: &'static str,
        /// Where it was expected.
        path: PathBuf,
    },
    /// It is there and cannot be run.
    Broken {
        /// `ffmpeg` or `ffprobe`.
        program: &'static str,
        /// What it said.
        words: String,
    },
    /// It is older than what we ask of it.
    TooOld {
        /// `ffmpeg` or `ffprobe`.
        program: &'static str,
        /// Its release.
        version: Version,
        /// The oldest that serves.
        oldest: Version,
    },
    /// It cannot read or write something that is needed.
    Lacks {
        /// `ffmpeg` or `ffprobe`.
        program: &'static str,
        /// `demuxers`, `decoders` or `encoders`.
        what: &'static str,
        /// Their names.
        names: Vec<&'static str>,
    },
}

impl Finding {
    /// Whether all is well.
    pub const fn is_ready(&self) -> bool {
        matches!(self, Self::Ready { .. })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready { program, path, version: Some(version) } => {
                write!(f, "{program} {version} at {}", path.display())
            }
            Self::Ready { program, path, version: None } => {
                write!(f, "{program} of an unknown version at {}", path.display())
            }
            Self::Missing { program, path } => {
                write!(f, "{program} is not at {}: install ffmpeg or set its path", path.display())
            }
            Self::Broken { program, words } => write!(f, "{program} cannot be run: {words}"),
            Self::TooOld { program, version, oldest } => {
                write!(f, "{program} {version} is too old: {oldest} or newer is needed")
            }
            Self::Lacks { program, what, names } => {
                write!(f, "{program} is built without the {what} {}: install a full build", names.join(", "))
            }
        }
    }
}

impl Engine {
    /// Looks at both programs, under the same limits as in use. At least one finding for each.
    pub async fn examine(&self) -> Vec<Finding> {
        let mut findings = self.examine_one("ffprobe", &self.programs.ffprobe, &[]).await;
        findings.extend(self.examine_one("ffmpeg", &self.programs.ffmpeg, &WANTED_ENCODERS).await);
        findings
    }

    async fn examine_one(&self, program: &'static str, path: &Path, encoders: &[&'static str]) -> Vec<Finding> {
        if !is_program(path) {
            return vec![Finding::Missing { program, path: path.to_path_buf() }];
        }
        let answers = match self.answers(path).await {
            Ok(answers) => answers,
            Err(words) => return vec![Finding::Broken { program, words }],
        };
        let version = version(&answers.version);
        let mut findings = Vec::new();
        if let Some(version) = version.filter(|version| *version < OLDEST) {
            findings.push(Finding::TooOld { program, version, oldest: OLDEST });
        }
        for (what, names) in [
            ("demuxers", lacking_demuxers(&answers.demuxers)),
            ("decoders", lacking_decoders(&answers.decoders)),
            ("encoders", lacking(&answers.encoders, encoders)),
        ] {
            if !names.is_empty() {
                findings.push(Finding::Lacks { program, what, names });
            }
        }
        if findings.is_empty() {
            findings.push(Finding::Ready { program, path: path.to_path_buf(), version });
        }
        findings
    }

    async fn answers(&self, path: &Path) -> Result<Answers, String> {
        Ok(Answers {
            version: self.ask(path, Question::Version).await?,
            demuxers: self.ask(path, Question::Demuxers).await?,
            decoders: self.ask(path, Question::Decoders).await?,
            encoders: self.ask(path, Question::Encoders).await?,
        })
    }

    async fn ask(&self, path: &Path, question: Question) -> Result<String, String> {
        let ended = self.run(path, question.args(), None).await.map_err(|error| error.to_string())?;
        match ended.ending {
            Ending::Exited(0) => Ok(String::from_utf8_lossy(&ended.output).into_owned()),
            // The operator may read where things are.
            Ending::NotStarted => Err(ended.complaints.text().trim().to_owned()),
            other => Err(format!("{other:?} {}", words(&ended.complaints.text())).trim_end().to_owned()),
        }
    }
}

struct Answers {
    version: String,
    demuxers: String,
    decoders: String,
    encoders: String,
}

/// The release in `ffprobe version 5.1.9-0+deb12u1 Copyright ...`; builds between releases say something
/// like `N-109741-gbbe95f7353`.
fn version(answer: &str) -> Option<Version> {
    let word = answer.split_whitespace().skip_while(|word| *word != "version").nth(1)?;
    let release = word.trim_start_matches('n').split(|c: char| !c.is_ascii_digit() && c != '.').next()?;
    let mut numbers = release.split('.');
    let (major, minor) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
    Some(Version { major, minor, patch: numbers.next().and_then(|patch| patch.parse().ok()).unwrap_or(0) })
}

/// The names of a list: ` D  matroska,webm   Matroska / WebM` and ` VFS..D h264   H.264 / ...`.
pub(crate) fn names(list: &str) -> HashSet<&str> {
    list.lines().filter_map(|line| line.split_whitespace().nth(1)).flat_map(|names| names.split(',')).collect()
}

fn lacking_demuxers(list: &str) -> Vec<&'static str> {
    lacking(list, &Demuxer::ALL.map(Demuxer::name))
}

fn lacking(list: &str, wanted: &[&'static str]) -> Vec<&'static str> {
    let there = names(list);
    wanted.iter().copied().filter(|name| !there.contains(name)).collect()
}

fn lacking_decoders(list: &str) -> Vec<&'static str> {
    let there = names(list);
    let lacking = WANTED.iter().filter(|any| !any.iter().any(|name| there.contains(name)));
    lacking.filter_map(|any| any.first().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_releases_of_every_packager() {
        for (answer, expected) in [
            ("ffprobe version 5.1.9-0+deb12u1 Copyright (c) 2007", Some((5, 1, 9))),
            ("ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright", Some((4, 4, 2))),
            ("ffmpeg version n7.0.2 Copyright", Some((7, 0, 2))),
            ("ffmpeg version 6.1 Copyright", Some((6, 1, 0))),
            ("ffmpeg version N-109741-gbbe95f7353 Copyright", None),
            ("", None),
        ] {
            let read = version(answer).map(|version| (version.major, version.minor, version.patch));
            assert_eq!(read, expected, "{answer}");
        }
    }

    #[test]
    fn releases_before_the_mended_one_of_their_line_have_known_holes() {
        for (release, holes) in [
            ((4, 4, 6), true),
            ((5, 1, 8), true),
            ((5, 1, 9), false),
            ((6, 0, 1), true),
            ((6, 1, 3), true),
            ((6, 1, 4), false),
            ((7, 0, 3), true),
            ((7, 1, 3), false),
            ((8, 0, 9), true),
            ((8, 1, 2), true),
            ((8, 1, 3), false),
            ((8, 2, 0), false),
            ((9, 0, 0), false),
        ] {
            let (major, minor, patch) = release;
            assert_eq!(Version { major, minor, patch }.has_known_holes(), holes, "{release:?}");
        }
    }

    #[test]
    fn what_a_build_lacks_is_named() {
        let demuxers = " D  aac  raw\n D  asf  ASF\n D  flv  FLV\n D  matroska,webm Matroska\n D  mov,mp4,m4a MOV\n";
        assert_eq!(lacking_demuxers(demuxers), ["mpegts", "mpeg", "avi", "mxf", "ogg", "wav", "mp3", "flac"]);
        let decoders = " VFS..D h264  H.264\n V....D libdav1d  AV1\n A....D mp3float  MP3\n A....D aac AAC\n";
        assert_eq!(
            lacking_decoders(decoders),
            ["hevc", "vp8", "vp9", "mpeg2video", "mpeg4", "ac3", "opus", "vorbis", "flac"]
        );
        let encoders = " VFS... mjpeg  MJPEG\n V....D libwebp_anim  WebP\n V..... gif  GIF\n VF.... png  PNG\n";
        assert_eq!(lacking(encoders, &WANTED_ENCODERS), ["libwebp"]);
    }
}
