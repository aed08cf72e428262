//! The films: H.264 of about 5 Mbit/s with B-frames and a key frame every two seconds, and AAC.

use crate::failure::{Context as _, Failure, Outcome};
use crate::options::Part;
use crate::process::{command, run};
use crate::{Bench, say};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Real footage that is taken where it lies in a `media` folder beside the repository.
const BESIDE: &str = "media/bbb_720p25_h264_aac_5s.mp4";

/// Seconds of the piece that films are looped from.
const PIECE: u32 = 10;

/// Bytes of a film of two hours, a little more than it takes.
const TWO_HOURS: u64 = 5_000_000_000;

/// Where a film has its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Index {
    Front,
    End,
}

/// How long a film is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    TenSeconds,
    TenMinutes,
    TwoHours,
}

/// A film in a file.
#[derive(Debug)]
pub(crate) struct Film {
    pub(crate) length: Length,
    pub(crate) index: Index,
    pub(crate) path: PathBuf,
}

/// All films.
pub(crate) struct Footage {
    films: Vec<Film>,
    description: String,
}

impl Length {
    const fn seconds(self) -> u32 {
        match self {
            Self::TenSeconds => 10,
            Self::TenMinutes => 600,
            Self::TwoHours => 7_200,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::TenSeconds => "10 s",
            Self::TenMinutes => "10 min",
            Self::TwoHours => "2 h",
        }
    }
}

impl Index {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Front => "in front",
            Self::End => "at the end",
        }
    }
}

impl Footage {
    /// Makes the films that are not there yet. They stay in Cargo's target folder for the next time.
    pub(crate) fn prepare(bench: &Bench) -> Outcome<Self> {
        let source = source()?;
        let folder = folder(&bench.target, source.as_deref())?;
        let piece = folder.join("piece.mp4");
        make(&piece, |to| encode(source.as_deref(), to))?;

        let mut lengths = vec![Length::TenSeconds, Length::TenMinutes];
        let mut left_out = "";
        if (bench.options.wants(Part::First) || bench.options.wants(Part::Documents)) && !bench.options.quick {
            if has_room(&folder)? {
                lengths.push(Length::TwoHours);
            } else {
                left_out = "; no films of 2 h for want of disk space";
            }
        }
        let mut films = Vec::new();
        for length in lengths {
            let seconds = length.seconds();
            let end = folder.join(format!("{seconds}s-index-at-end.mp4"));
            let front = folder.join(format!("{seconds}s-index-in-front.mp4"));
            make(&end, |to| repeat(&piece, seconds / PIECE, to))?;
            make(&front, |to| copy(&end, to))?;
            for (index, path) in [(Index::Front, front), (Index::End, end)] {
                films.push(Film { length, index, path });
            }
        }
        let bits = std::fs::metadata(&piece).context(piece.display())?.len() * 8 / u64::from(PIECE) / 1000;
        let origin = if source.is_some() { "real footage, encoded again" } else { "generated pictures and noise" };
        let description = format!(
            "Footage: {origin}, H.264 High with B-frames, a key frame every 2 s, and stereo AAC, together {bits} kbit/s, \
             looped by stream copy{left_out}."
        );
        Ok(Self { films, description })
    }

    pub(crate) fn all(&self) -> &[Film] {
        &self.films
    }

    pub(crate) fn description(&self) -> String {
        self.description.clone()
    }

    /// The film of that length.
    pub(crate) fn film(&self, length: Length, index: Index) -> Outcome<&Film> {
        let film = self.films.iter().find(|film| film.length == length && film.index == index);
        film.context("there is no such film")
    }
}

/// The film named by whoever runs this, else the one beside the repository, if it is there.
pub(crate) fn source() -> Outcome<Option<PathBuf>> {
    if let Some(named) = std::env::var_os("KINORA_BENCH_MEDIA") {
        let named = PathBuf::from(named);
        return if named.is_file() { Ok(Some(named)) } else { Err(Failure::new("KINORA_BENCH_MEDIA names no file")) };
    }
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3);
    let entries = beside.and_then(|folder| std::fs::read_dir(folder).ok());
    let candidates = entries.into_iter().flatten().flatten().map(|entry| entry.path().join(BESIDE));
    Ok(candidates.into_iter().find(|path| path.is_file()))
}

/// Films of another source are other films.
pub(crate) fn folder(target: &Path, source: Option<&Path>) -> Outcome<PathBuf> {
    let name = match source {
        Some(source) => {
            let mut name = source.file_stem().unwrap_or_default().to_owned();
            name.push(format!("-{}", std::fs::metadata(source).context(source.display())?.len()));
            name
        }
        None => OsString::from("generated"),
    };
    let folder = target.join("bench-media").join(name);
    std::fs::create_dir_all(&folder).context(folder.display())?;
    Ok(folder)
}

/// Makes `path` unless it is there, and never leaves half of it under its name.
pub(crate) fn make(path: &Path, how: impl FnOnce(&Path) -> Outcome<()>) -> Outcome<()> {
    if path.exists() {
        return Ok(());
    }
    say(&format!("making {}", path.display()));
    let extension = path.extension().and_then(|extension| extension.to_str()).context(path.display())?;
    let unfinished = path.with_extension(format!("unfinished.{extension}"));
    how(&unfinished)?;
    std::fs::rename(&unfinished, path).context(path.display())
}

fn encode(source: Option<&Path>, to: &Path) -> Outcome<()> {
    let mut ffmpeg = ffmpeg();
    match source {
        Some(source) => ffmpeg.args(["-stream_loop", "-1", "-i"]).arg(source),
        None => ffmpeg
            .args(["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25,noise=alls=12:allf=t"])
            .args(["-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000,volume=0.3[tone];anoisesrc=color=pink:amplitude=0.2:sample_rate=48000[noise];[tone][noise]amix"]),
    };
    let sound = if source.is_some() { "0:a:0" } else { "1:a:0" };
    ffmpeg
        .args(["-t", &PIECE.to_string(), "-map", "0:v:0", "-map", sound, "-vf", "scale='min(1280,iw)':-2"])
        .args(["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-pix_fmt", "yuv420p"])
        .args(["-b:v", "5M", "-maxrate", "5M", "-bufsize", "10M", "-bf", "2", "-sc_threshold", "0"])
        .args(["-force_key_frames", "expr:gte(t,n_forced*2)"])
        .args(["-c:a", "aac", "-b:a", "132k", "-ac", "2", "-ar", "48000"])
        .arg(to);
    run(&mut ffmpeg).map(drop)
}

pub(crate) fn repeat(piece: &Path, times: u32, to: &Path) -> Outcome<()> {
    let again = (times - 1).to_string();
    run(ffmpeg().args(["-stream_loop", &again, "-i"]).arg(piece).args(["-c", "copy"]).arg(to)).map(drop)
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    run(ffmpeg().arg("-i").arg(from).args(["-c", "copy", "-movflags", "+faststart"]).arg(to)).map(drop)
}

pub(crate) fn ffmpeg() -> std::process::Command {
    let mut ffmpeg = command("ffmpeg");
    ffmpeg.args(["-nostdin", "-v", "error", "-y"]);
    ffmpeg
}

/// Whether two films of two hours fit beside what a round writes: one film, once.
fn has_room(folder: &Path) -> Outcome<bool> {
    let text = run(command("df").args(["--output=avail", "-B1"]).arg(folder))?;
    let free: u64 = text.lines().nth(1).context("df answered nothing")?.trim().parse().context("df")?;
    let there = std::fs::read_dir(folder).context(folder.display())?.flatten();
    let two_hours = there.filter(|entry| entry.file_name().to_string_lossy().starts_with("7200s-"));
    let missing = 2_u64.saturating_sub(u64::try_from(two_hours.count())?);
    Ok(free > (missing + 2) * TWO_HOURS)
}
