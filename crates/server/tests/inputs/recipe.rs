//! How films are made: by ffmpeg, on the spot, and kept in the target folder for the next run.
//!
//! Every picture carries its number, as twelve bits of Gray code across its top quarter; below them stand four fields of
//! known color. Sound is silence with a beep of a tenth of a second at every full second.

use crate::harness::{command, finish};
use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

/// Red, green and blue of the four fields, from left to right.
pub(crate) const FIELDS: [[u8; 3]; 4] = [[200, 40, 40], [40, 180, 60], [50, 60, 200], [128, 128, 128]];

/// Bits of a picture's number.
pub(crate) const BITS: usize = 12;

/// A second of sound: `0.1` s of 1 kHz.
pub(crate) const BEEP: &str = "0.5*sin(6283.185*t)*lt(mod(t,1),0.1)";

/// What is done with the film that came out of the encoders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Finish {
    /// Nothing.
    Keep,
    /// It is copied into another with these arguments; before `-i` those of the first text.
    Copy(&'static str, &'static str),
    /// It is there twice, one behind the other, the second with the same times or so many seconds later.
    Twice(&'static str),
}

/// The recipe of a film.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    /// Width and height of the pictures that are drawn; `None`: there are none.
    pub(crate) size: Option<(u32, u32)>,
    /// Pictures drawn in a second, as a fraction.
    pub(crate) rate: (u32, u32),
    /// Pictures drawn.
    pub(crate) pictures: u32,
    /// Filters behind the drawing, in front of the encoder.
    pub(crate) filter: String,
    /// Arguments in front of the picture's input.
    pub(crate) ahead: &'static str,
    /// For each sound its sample expression and the arguments in front of its input.
    pub(crate) sounds: Vec<(String, &'static str)>,
    /// Length of sound in seconds.
    pub(crate) heard: f64,
    /// Codecs and container.
    pub(crate) coding: String,
    pub(crate) finish: Finish,
}

impl Recipe {
    /// The film, made once for each recipe.
    #[track_caller]
    pub(crate) fn make(&self, name: &str) -> Vec<u8> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("inputs");
        let mut hasher = DefaultHasher::new();
        self.text().hash(&mut hasher);
        let path = folder.join(format!("{:016x}-{name}", hasher.finish()));
        if let Ok(film) = fs::read(&path) {
            return film;
        }
        fs::create_dir_all(&folder).unwrap();
        // Moved to its name when it is whole: another run may look for it right now.
        let draft = tempfile::Builder::new().suffix(&format!("-{name}")).tempfile_in(&folder).unwrap();
        self.run(name, draft.path());
        draft.persist(&path).unwrap();
        fs::read(path).unwrap()
    }

    /// All that it says, for people and for telling recipes apart.
    pub(crate) fn text(&self) -> String {
        format!("{}\n{:?}", self.args().join(" "), self.finish)
    }

    fn run(&self, name: &str, path: &Path) {
        ffmpeg(self.args(), path);
        match self.finish {
            Finish::Keep => {}
            Finish::Copy(ahead, behind) => {
                let other = path.with_file_name(format!("copy-{}-{name}", std::process::id()));
                let source = ["-i".to_owned(), path.to_str().unwrap().to_owned()];
                ffmpeg(words(ahead).chain(source).chain(words(behind)).collect(), &other);
                fs::rename(other, path).unwrap();
            }
            Finish::Twice(later) => {
                let other = path.with_file_name(format!("later-{}-{name}", std::process::id()));
                let copy =
                    format!("-c copy -map 0 -copyts -output_ts_offset {later} -muxdelay 0 -muxpreload 0 -f mpegts");
                ffmpeg(words("-i").chain([path.to_str().unwrap().to_owned()]).chain(words(&copy)).collect(), &other);
                let mut film = fs::read(path).unwrap();
                film.extend(fs::read(&other).unwrap());
                fs::remove_file(other).unwrap();
                fs::write(path, film).unwrap();
            }
        }
    }

    fn args(&self) -> Vec<String> {
        let mut args: Vec<String> = Vec::new();
        let mut add = |text: &str| args.extend(words(text));
        let mut inputs = 0;
        if let Some(size) = self.size {
            add(self.ahead);
            add("-f lavfi -i");
            add(&self.drawing(size));
            inputs += 1;
        }
        for (expression, ahead) in &self.sounds {
            add(ahead);
            add("-f lavfi -i");
            add(&format!("aevalsrc='{expression}':s=48000:d={}", self.heard));
            inputs += 1;
        }
        for input in 0..inputs {
            add(&format!("-map {input}"));
        }
        if let Some(size) = self.size {
            add("-fps_mode:v passthrough");
            match self.filter.as_str() {
                // What players take pictures of this size for.
                "" if size.1 >= 720 => add("-filter:v scale=out_color_matrix=bt709,setparams=colorspace=unknown"),
                "" => {}
                filter => add(&format!("-filter:v {filter}")),
            }
        }
        add(&self.coding);
        args
    }

    /// The pictures, as a source of filters.
    fn drawing(&self, (width, height): (u32, u32)) -> String {
        let (num, den) = self.rate;
        let mut text = format!("color=c=black:s={width}x{height}:r={num}/{den},format=gbrp");
        for (place, [red, green, blue]) in FIELDS.iter().enumerate() {
            let color = format!("0x{red:02x}{green:02x}{blue:02x}");
            // Writing to a string cannot fail.
            write!(text, ",drawbox=x=iw*{place}/4:y=ih/4:w=iw/4+1:h=ih:color={color}:t=fill").unwrap();
        }
        for bit in 0..BITS {
            // In Gray code: neighbors differ in one bit, so that no bit is the same in every other picture.
            let on = format!("enable='bitand(floor((n+{})/{}),1)'", 1 << bit, 2 << bit);
            write!(text, ",drawbox=x=iw*{bit}/{BITS}:y=0:w=iw/{BITS}:h=ih/4:color=white:t=fill:{on}").unwrap();
        }
        write!(text, ",trim=end_frame={}", self.pictures).unwrap();
        text
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace().map(str::to_owned)
}

fn ffmpeg(args: Vec<String>, to: &Path) {
    let mut ffmpeg = command("ffmpeg");
    ffmpeg.args(["-v", "error", "-nostdin", "-y", "-filter_threads", "1"]).args(args).arg(PathBuf::from(to));
    finish(&mut ffmpeg).succeeded();
}
