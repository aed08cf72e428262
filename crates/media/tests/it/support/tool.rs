//! The real ffmpeg and ffprobe.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs a program to its end and returns what it wrote.
#[expect(clippy::disallowed_methods, reason = "tests read what was written with another program")]
fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs ffmpeg and returns what it wrote, once it did so without a warning.
#[expect(clippy::disallowed_methods, reason = "tests read what was written with another program")]
pub(crate) fn quiet(arguments: &[&str]) -> String {
    let fixed = ["-nostdin", "-hide_banner", "-v", "warning"];
    let output = Command::new("ffmpeg").args(fixed).args(arguments).output().unwrap();
    let warnings = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && warnings.is_empty(), "ffmpeg {arguments:?}: {warnings}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a program on some bytes, and returns what it wrote.
#[expect(clippy::disallowed_methods, reason = "tests read what was written with another program")]
pub(crate) fn filter(program: &str, arguments: &[&str], bytes: &[u8]) -> Vec<u8> {
    let mut command = Command::new(program);
    let mut child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || input.write_all(bytes).unwrap());
        child.wait_with_output().unwrap()
    });
    assert!(output.status.success(), "{program} {arguments:?}");
    output.stdout
}

/// Makes a file with ffmpeg.
pub(crate) fn ffmpeg(arguments: &[&str], output: &Path) {
    let mut all = vec!["-nostdin", "-hide_banner", "-loglevel", "error", "-y"];
    all.extend(arguments);
    all.push(output.to_str().unwrap());
    run("ffmpeg", &all);
}

/// How long a file says that it is, in seconds.
pub(crate) fn duration(file: &Path) -> f64 {
    let arguments = ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file.to_str().unwrap()];
    run("ffprobe", &arguments).trim().parse().unwrap()
}

/// One packet as ffprobe reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) pts: i64,
    pub(crate) dts: i64,
    pub(crate) size: u64,
    pub(crate) key: bool,
}

/// Packets of one stream, with the edit list applied or ignored.
pub(crate) fn packets(file: &Path, stream: usize, ignore_edits: bool) -> Vec<Packet> {
    packets_with(file, stream, &["-ignore_editlist", if ignore_edits { "1" } else { "0" }])
}

/// Packets of one stream of a container that has no edit list.
pub(crate) fn plain_packets(file: &Path, stream: usize) -> Vec<Packet> {
    packets_with(file, stream, &[])
}

fn packets_with(file: &Path, stream: usize, options: &[&str]) -> Vec<Packet> {
    let stream = stream.to_string();
    let entries = ["-show_entries", "packet=pts,dts,size,flags", "-of", "compact=p=0:nk=0", file.to_str().unwrap()];
    let arguments = [&["-v", "error"], options, &["-select_streams", &stream], &entries].concat();
    let text = run("ffprobe", &arguments);
    // Side data breaks the line.
    text.replace("\n|", "|")
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| {
            let field = |name: &str| {
                let field = line.split('|').find_map(|field| field.strip_prefix(name)).unwrap();
                field.trim_start_matches('=')
            };
            Packet {
                pts: field("pts").parse().unwrap(),
                dts: field("dts").parse().unwrap(),
                size: field("size").parse().unwrap(),
                key: field("flags").starts_with('K'),
            }
        })
        .collect()
}

/// Hashes of the decoded frames of one stream, edit lists left aside.
pub(crate) fn frames(file: &Path, stream: usize) -> Vec<String> {
    decoded(file, stream, "1")
}

/// The same of a file that is protected. It is read from its beginning to its end: where ffmpeg may seek, it counts the
/// samples of fragments anew.
pub(crate) fn decrypted_frames(file: &Path, stream: usize, key: &str) -> Vec<String> {
    hashes(file, stream, &["-ignore_editlist", "1", "-seekable", "0", "-decryption_key", key])
}

/// Hashes of the frames of a media playlist of HLS that lies beside what it names.
pub(crate) fn playlist_frames(file: &Path) -> Vec<String> {
    hashes(file, 0, &["-allowed_extensions", "ALL", "-protocol_whitelist", "file,crypto,data"])
}

/// Hashes of the frames of one stream that its edit list shows. A decoder that begins in the middle holds back what it
/// is not sure of, which here is none of those.
pub(crate) fn shown_frames(file: &Path, stream: usize) -> Vec<String> {
    decoded(file, stream, "0")
}

fn decoded(file: &Path, stream: usize, ignore_edits: &str) -> Vec<String> {
    hashes(file, stream, &["-ignore_editlist", ignore_edits])
}

fn hashes(file: &Path, stream: usize, input: &[&str]) -> Vec<String> {
    let map = format!("0:{stream}");
    let output = ["-map", &map, "-fps_mode", "passthrough", "-f", "framemd5", "-"];
    let every = ["-nostdin", "-v", "error", "-flags", "+output_corrupt"];
    let arguments = [&every, input, &["-i", file.to_str().unwrap()], &output].concat();
    let text = run("ffmpeg", &arguments);
    let hash = |line: &str| line.rsplit(',').next().map(|hash| hash.trim().to_owned());
    text.lines().filter(|line| !line.starts_with('#')).filter_map(hash).collect()
}

/// One field of one stream.
pub(crate) fn field(file: &Path, stream: usize, name: &str) -> String {
    let entries = format!("stream={name}");
    let stream = stream.to_string();
    let arguments = [
        "-v",
        "error",
        "-select_streams",
        &stream,
        "-show_entries",
        &entries,
        "-of",
        "csv=p=0",
        file.to_str().unwrap(),
    ];
    run("ffprobe", &arguments).lines().next().unwrap_or_default().trim_end_matches(',').to_owned()
}

/// One packet as ffprobe reads it, with the Adler-32 of its bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Hashed {
    /// Seconds.
    pub(crate) pts: f64,
    /// Seconds, where the reader knows them.
    pub(crate) dts: Option<f64>,
    pub(crate) size: u64,
    pub(crate) key: bool,
    pub(crate) hash: u32,
}

/// Packets of one stream of any container.
pub(crate) fn hashed_packets(file: &Path, stream: usize) -> Vec<Hashed> {
    let stream = stream.to_string();
    let text = run(
        "ffprobe",
        &[
            "-v",
            "error",
            "-select_streams",
            &stream,
            "-show_packets",
            "-show_data_hash",
            "adler32",
            "-of",
            "compact=p=0:nk=0",
            file.to_str().unwrap(),
        ],
    );
    // Side data breaks the line.
    text.replace("\n|", "|")
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| {
            let field = |name: &str| {
                let field = line.split('|').find_map(|field| field.strip_prefix(name)?.strip_prefix('='));
                field.unwrap_or_default().to_owned()
            };
            let hash = field("data_hash");
            Hashed {
                // Frames that share a block may have none.
                pts: field("pts_time").parse().unwrap_or(f64::NAN),
                dts: field("dts_time").parse().ok(),
                size: field("size").parse().unwrap(),
                key: field("flags").starts_with('K'),
                hash: u32::from_str_radix(hash.split_once(':').unwrap().1, 16).unwrap(),
            }
        })
        .collect()
}

/// A part of the headers that ffmpeg reads in a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) name: String,
    /// Bits from the beginning of the unit to the end of the last field.
    pub(crate) end: usize,
    /// The fields, by their names.
    pub(crate) fields: Vec<(String, i64)>,
}

impl Section {
    /// The first field of that name.
    pub(crate) fn value(&self, name: &str) -> Option<i64> {
        self.fields.iter().find(|(found, _)| found == name).map(|(_, value)| *value)
    }

    /// The same of a field that is never negative.
    pub(crate) fn size(&self, name: &str) -> Option<usize> {
        self.value(name).map(|value| value.try_into().unwrap())
    }
}

/// The headers of every packet of the picture of a file, as ffmpeg reads them.
#[expect(clippy::disallowed_methods, reason = "tests read what was written with another program")]
pub(crate) fn headers(file: &Path) -> Vec<Vec<Section>> {
    let file = file.to_str().unwrap();
    let arguments = ["-nostdin", "-hide_banner", "-nostats", "-i", file, "-map", "0:v", "-c", "copy"];
    let output =
        Command::new("ffmpeg").args(arguments).args(["-bsf", "trace_headers", "-f", "null", "-"]).output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stderr).unwrap();
    let mut packets: Vec<Vec<Section>> = Vec::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("[trace_headers @ ")?.split_once("] ")) {
        let line = line.1;
        if line.starts_with("Packet: ") {
            packets.push(Vec::new());
            continue;
        }
        let Some(packet) = packets.last_mut() else { continue };
        match line.split_once(' ').map(|(at, rest)| (at.parse::<usize>(), rest)) {
            Some((Ok(at), rest)) => {
                let (field, value) = rest.rsplit_once(" = ").unwrap();
                let mut words = field.split_whitespace();
                let name = words.next().unwrap().to_owned();
                // What ffmpeg computes has no bits of its own.
                let bits = words.next().map_or(0, str::len);
                let section = packet.last_mut().unwrap();
                section.end = section.end.max(at + bits);
                section.fields.push((name, value.parse().unwrap()));
            }
            _ => packet.push(Section { name: line.to_owned(), end: 0, fields: Vec::new() }),
        }
    }
    packets
}
