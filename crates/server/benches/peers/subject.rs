//! Films to be converted.

use crate::Bench;
use crate::failure::Outcome;
use crate::footage::{self, ffmpeg, make, repeat};
use crate::process::run;
use std::path::{Path, PathBuf};

/// What a film is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// 1080 lines that every player takes, with a key frame every ten seconds: played, but no rung.
    LongGroups,
    /// The same with a key frame every two seconds: the top rung.
    ShortGroups,
    /// `VP8` and Vorbis in `WebM`, 1080 lines.
    Vp8,
    /// `ProRes` and PCM in `QuickTime`, 1080 lines.
    ProRes,
    /// MPEG-2 video and MP2 in a transport stream, 1080 lines.
    Mpeg2,
    /// 360 lines without sound, with a key frame every ten seconds.
    Small,
}

/// Seconds of the piece that films in foreign codecs are looped from.
const PIECE: u32 = 10;

impl Subject {
    /// The film in a file, made unless it is there.
    pub(crate) fn film(self, bench: &Bench, seconds: u32) -> Outcome<PathBuf> {
        let source = footage::source()?;
        let folder = footage::folder(&bench.target, source.as_deref())?;
        let (name, extension) = self.name();
        let film = folder.join(format!("{seconds}s-{name}.{extension}"));
        match self {
            Self::LongGroups | Self::ShortGroups => make(&film, |to| self.encode(source.as_deref(), seconds, to))?,
            Self::Vp8 | Self::ProRes | Self::Mpeg2 | Self::Small => {
                let piece = folder.join(format!("piece-{name}.{extension}"));
                make(&piece, |to| self.encode(source.as_deref(), PIECE, to))?;
                make(&film, |to| repeat(&piece, seconds / PIECE, to))?;
            }
        }
        Ok(film)
    }

    const fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::LongGroups => ("long-groups", "mp4"),
            Self::ShortGroups => ("short-groups", "mp4"),
            Self::Vp8 => ("vp8", "webm"),
            Self::ProRes => ("prores", "mov"),
            Self::Mpeg2 => ("mpeg2", "ts"),
            Self::Small => ("small", "mp4"),
        }
    }

    fn encode(self, source: Option<&Path>, seconds: u32, to: &Path) -> Outcome<()> {
        let mut ffmpeg = ffmpeg();
        match source {
            Some(source) => ffmpeg.args(["-stream_loop", "-1", "-i"]).arg(source),
            None => ffmpeg.args(["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25"]).args([
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=330:sample_rate=48000",
            ]),
        };
        let sound = if source.is_some() { "0:a:0" } else { "1:a:0" };
        ffmpeg.args(["-t", &seconds.to_string(), "-map", "0:v:0", "-vf", self.picture()]);
        if self != Self::Small {
            ffmpeg.args(["-map", sound, "-ac", "2", "-ar", "48000"]);
        }
        ffmpeg.args(self.codecs()).arg(to);
        run(&mut ffmpeg).map(drop)
    }

    /// A window that wanders over a larger picture, and grain, without which an enlarged picture would be too
    /// easy.
    const fn picture(self) -> &'static str {
        match self {
            Self::Small => "fps=25,scale=640:360:flags=lanczos,noise=alls=3:allf=t,format=yuv420p",
            Self::ProRes => {
                "fps=25,scale=2304:1296:flags=lanczos,crop=1920:1080:192+180*sin(t/2):108+100*cos(t/3),\
                 noise=alls=4:allf=t,format=yuv422p10le"
            }
            _ => {
                "fps=25,scale=2304:1296:flags=lanczos,crop=1920:1080:192+180*sin(t/2):108+100*cos(t/3),\
                 noise=alls=4:allf=t,format=yuv420p"
            }
        }
    }

    const fn codecs(self) -> &'static [&'static str] {
        match self {
            Self::LongGroups => &[
                "-c:v",
                "libx264",
                "-preset",
                "veryfast",
                "-profile:v",
                "high",
                "-crf",
                "19",
                "-maxrate",
                "8M",
                "-bufsize",
                "8M",
                "-g",
                "250",
                "-keyint_min",
                "250",
                "-sc_threshold",
                "0",
                "-c:a",
                "aac",
                "-b:a",
                "128k",
            ],
            Self::ShortGroups => &[
                "-c:v",
                "libx264",
                "-preset",
                "veryfast",
                "-profile:v",
                "high",
                "-crf",
                "19",
                "-maxrate",
                "8M",
                "-bufsize",
                "8M",
                "-g",
                "50",
                "-keyint_min",
                "50",
                "-sc_threshold",
                "0",
                "-c:a",
                "aac",
                "-b:a",
                "128k",
            ],
            Self::Small => &[
                "-c:v",
                "libx264",
                "-preset",
                "veryfast",
                "-profile:v",
                "high",
                "-crf",
                "20",
                "-g",
                "250",
                "-keyint_min",
                "250",
                "-sc_threshold",
                "0",
            ],
            Self::Vp8 => &[
                "-c:v",
                "libvpx",
                "-deadline",
                "realtime",
                "-cpu-used",
                "8",
                "-b:v",
                "6M",
                "-g",
                "120",
                "-c:a",
                "libvorbis",
                "-b:a",
                "128k",
            ],
            Self::ProRes => &["-c:v", "prores_ks", "-profile:v", "standard", "-c:a", "pcm_s16le"],
            Self::Mpeg2 => &[
                "-c:v",
                "mpeg2video",
                "-b:v",
                "15M",
                "-maxrate",
                "20M",
                "-bufsize",
                "10M",
                "-g",
                "15",
                "-bf",
                "2",
                "-c:a",
                "mp2",
                "-b:a",
                "192k",
            ],
        }
    }
}
