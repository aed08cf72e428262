//! What ffmpeg and ffprobe read in a rendition.

use crate::harness::{Running, Track, command};
use crate::recipe::BITS;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Cells of a picture's summary: three in each bit of the number and nine in each field of color across,
/// three in each quarter of its height.
const WIDE: usize = 3 * BITS;
const HIGH: usize = 12;

/// Samples of sound in a second, as read.
const HERTZ: f64 = 8_000.0;

/// A rendition as one file, with what stands in its headers.
pub(crate) struct Rendition<'a> {
    pub(crate) track: &'a Track,
    folder: TempDir,
    pub(crate) stream: Value,
    /// In the order of the file.
    pub(crate) packets: Vec<Packet>,
}

/// One packet; times are ticks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Packet {
    pub(crate) shown: i64,
    pub(crate) decoded: i64,
    /// Not told where pictures are out of order.
    pub(crate) lasts: Option<i64>,
    pub(crate) is_key: bool,
    /// Number of its segment.
    pub(crate) segment: usize,
}

/// What a picture holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) number: u32,
    /// Luma and both chromas in the middle of each field.
    pub(crate) fields: [[f64; 3]; 4],
}

impl<'a> Rendition<'a> {
    /// # Errors
    /// What the reader complains of.
    pub(crate) fn open(track: &'a Track) -> Result<Self, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("track.mp4");
        fs::write(&path, track.bytes()).unwrap();
        let entries = "stream=codec_name,profile,pix_fmt,width,height,sample_aspect_ratio,color_space,color_range,\
            color_transfer,color_primaries,time_base,channels,sample_rate,field_order:stream_side_data=rotation:\
            packet=pts,dts,duration,flags,pos";
        let report = read("ffprobe", &["-ignore_editlist", "1", "-of", "json", "-show_entries", entries], &path, &[])?;
        let report: Value = serde_json::from_slice(&report).map_err(|error| error.to_string())?;
        let [stream] = report["streams"].as_array().unwrap().as_slice() else {
            return Err(format!("it is not one stream: {}", report["streams"]));
        };
        let mut ends = Vec::new();
        let mut end = track.init.len();
        for segment in &track.segments {
            end += segment.len();
            ends.push(end);
        }
        let packet = |packet: &Value| {
            let position: usize = packet["pos"].as_str().unwrap().parse().unwrap();
            Packet {
                shown: packet["pts"].as_i64().unwrap(),
                decoded: packet["dts"].as_i64().unwrap(),
                lasts: packet["duration"].as_i64(),
                is_key: packet["flags"].as_str().unwrap().starts_with('K'),
                segment: ends.partition_point(|end| *end <= position),
            }
        };
        let mut packets: Vec<_> = report["packets"].as_array().unwrap().iter().map(packet).collect();
        // The reader moves all pictures later by the longest time that one is shown before it is decoded.
        if let (Some(first), Some(composition)) = (packets.first().copied(), first_composition(track)) {
            let later = first.shown - first.decoded - composition;
            for packet in &mut packets {
                packet.shown -= later;
            }
        }
        Ok(Self { track, folder, stream: stream.clone(), packets })
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("track.mp4")
    }

    /// Seconds of a tick.
    pub(crate) fn tick(&self) -> f64 {
        let base = self.text("time_base");
        let (num, den) = base.split_once('/').unwrap();
        num.parse::<f64>().unwrap() / den.parse::<f64>().unwrap()
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.stream[name].as_str().unwrap_or_default()
    }

    pub(crate) fn number(&self, name: &str) -> u32 {
        self.stream[name].as_u64().unwrap_or_default().try_into().unwrap()
    }

    /// Decodes every picture: with the time at which it is shown, in seconds, in order.
    pub(crate) fn pictures(&self) -> Result<Vec<(f64, Seen)>, String> {
        let seen = contents(&self.path(), &["-ignore_editlist", "1"])?;
        let mut times: Vec<_> = self.packets.iter().map(|packet| packet.shown).collect();
        times.sort_unstable();
        if times.len() != seen.len() {
            return Err(format!("{} packets, {} pictures", times.len(), seen.len()));
        }
        Ok(times.into_iter().map(|time| seconds(time) * self.tick()).zip(seen).collect())
    }

    /// When each beep begins, and how long the sound is, in seconds of the presentation.
    pub(crate) fn beeps(&self) -> Result<(Vec<f64>, f64), String> {
        beeps(&self.path(), 0)
    }
}

/// What each picture of a file holds, in the order in which they are shown.
pub(crate) fn contents(path: &Path, options: &[&str]) -> Result<Vec<Seen>, String> {
    let summary = format!("scale={WIDE}:{HIGH}:flags=area,format=yuv444p,settb=1/1000,setpts=N*40");
    let mut behind = vec!["-an", "-vf", &summary, "-fps_mode", "passthrough", "-enc_time_base", "1:1000"];
    behind.extend(["-f", "rawvideo", "-threads", "1", "pipe:1"]);
    let ahead: Vec<&str> = ["-threads", "1", "-noautorotate"].iter().chain(options).copied().collect();
    Ok(read("ffmpeg", &ahead, path, &behind)?.chunks_exact(3 * WIDE * HIGH).map(seen).collect())
}

/// When the pictures of a file are shown by its edit list, in seconds.
pub(crate) fn times(path: &Path) -> Result<Vec<f64>, String> {
    let behind = ["-select_streams", "v:0", "-show_entries", "frame=pts_time", "-of", "csv=p=0"];
    let text = read("ffprobe", &[], path, &behind)?;
    let number = |line: &str| line.trim_end_matches(',').parse().map_err(|_malformed| format!("{line:?} is no time"));
    String::from_utf8_lossy(&text).lines().filter(|line| !line.is_empty()).map(number).collect()
}

/// When each beep of a sound of a file begins, and how long the sound is, in seconds of the presentation.
pub(crate) fn beeps(path: &Path, sound: usize) -> Result<(Vec<f64>, f64), String> {
    let steady = "aresample=8000:async=1:first_pts=0:min_hard_comp=0.01";
    let stream = format!("0:a:{sound}");
    let behind = ["-map", &stream, "-af", steady, "-ac", "1", "-f", "s16le", "pipe:1"];
    let bytes = read("ffmpeg", &["-copyts"], path, &behind)?;
    let samples: Vec<i16> = bytes.as_chunks::<2>().0.iter().map(|bytes| i16::from_le_bytes(*bytes)).collect();
    let loudest = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or_default();
    let mut beeps = Vec::new();
    let mut loud: Option<usize> = None;
    for (place, sample) in samples.iter().enumerate() {
        if loudest > 300 && sample.unsigned_abs() > loudest / 4 {
            // Behind a quarter of a second of silence something new begins.
            if loud.is_none_or(|last| place - last > 2_000) {
                beeps.push(count(place) / HERTZ);
            }
            loud = Some(place);
        }
    }
    Ok((beeps, count(samples.len()) / HERTZ))
}

/// Ticks and counts here are far below what a float holds exactly.
pub(crate) fn seconds(ticks: i64) -> f64 {
    f64::from(i32::try_from(ticks / 1_000_000).unwrap()) * 1e6 + f64::from(i32::try_from(ticks % 1_000_000).unwrap())
}

pub(crate) fn count(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

fn seen(bytes: &[u8]) -> Seen {
    let at = |plane: usize, x: usize, y: usize| bytes[plane * WIDE * HIGH + y * WIDE + x];
    let gray: u32 = (0..BITS).filter(|bit| at(0, 3 * bit + 1, 1) > 125).map(|bit| 1 << bit).sum();
    let number = (0..BITS).fold(0, |number, shift| number ^ (gray >> shift));
    let middle = |field: usize, plane: usize| {
        let cells = (0..9).map(|cell| at(plane, 9 * field + 3 + cell % 3, 6 + cell / 3));
        cells.map(f64::from).sum::<f64>() / 9.0
    };
    Seen { number, fields: [0, 1, 2, 3].map(|field| [0, 1, 2].map(|plane| middle(field, plane))) }
}

/// By how much the first picture is shown after it is decoded (ISO/IEC 14496-12, 8.8.8); nothing of sound.
fn first_composition(track: &Track) -> Option<i64> {
    let segment = track.segments.first()?;
    let at = segment.windows(4).position(|word| word == b"trun")? + 4;
    let word = |at: usize| Some(u32::from_be_bytes(segment.get(at..at + 4)?.try_into().ok()?));
    let flags = word(at)?;
    if flags & 0x800 == 0 {
        return None;
    }
    // Version and flags, count; then what the flags announce.
    let fields = [0x1, 0x4, 0x100, 0x200, 0x400].iter().filter(|flag| flags & **flag != 0).count();
    Some(i64::from(word(at + 8 + 4 * fields)?.cast_signed()))
}

/// What a program that reads the file writes.
fn read(program: &str, ahead: &[&str], path: &Path, behind: &[&str]) -> Result<Vec<u8>, String> {
    let (out, err) = (path.with_extension("out"), path.with_extension("err"));
    let mut command = command(program);
    command.args(["-v", "error"]).args(ahead).arg("-i").arg(path).args(behind);
    command.stdout(fs::File::create(&out).unwrap()).stderr(fs::File::create(&err).unwrap());
    let status = Running::start(&mut command).wait();
    let complaints = fs::read_to_string(&err).unwrap();
    if !status.success() || !complaints.is_empty() {
        return Err(format!("{program}: {status}: {complaints}"));
    }
    Ok(fs::read(&out).unwrap())
}
