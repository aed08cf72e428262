//! Films, made by ffmpeg on the spot and kept in the target folder for the next test, and what ffprobe
//! reads in them.

use crate::harness::{command, finish};
use serde_json::Value;
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::Path;

/// A moving picture with a tone, 8 s long, cut every 2 s, with pictures that are stored out of order.
const INPUT: &str = "-f lavfi -i testsrc2=s=320x180:r=25:d=8 -f lavfi -i sine=r=48000:d=8";
const H264: &str = "-c:v libx264 -preset veryfast -pix_fmt yuv420p -g 50 -keyint_min 50 -sc_threshold 0 -bf 2";
const AAC: &str = "-c:a aac -b:a 96k";

/// Length of the films in milliseconds.
pub(crate) const MILLIS: u64 = 8_000;

/// H.264 and AAC in MP4, index in front.
pub(crate) fn film() -> Vec<u8> {
    made("film.mp4", &format!("{INPUT} {H264} {AAC} -movflags +faststart -f mp4"))
}

/// The same with the index at the end.
pub(crate) fn index_at_the_end() -> Vec<u8> {
    made("late.mp4", &format!("{INPUT} {H264} {AAC} -f mp4"))
}

/// The same as QuickTime.
pub(crate) fn quicktime() -> Vec<u8> {
    made("film.mov", &format!("{INPUT} {H264} {AAC} -f mov"))
}

pub(crate) fn sound_only() -> Vec<u8> {
    made("sound.mp4", &format!("-f lavfi -i sine=r=48000:d=8 {AAC} -movflags +faststart -f mp4"))
}

/// MP3 as radio stations keep it.
pub(crate) fn mp3() -> Vec<u8> {
    made("sound.mp3", "-f lavfi -i sine=r=44100:d=8 -c:a libmp3lame -b:a 128k -f mp3")
}

pub(crate) fn picture_only() -> Vec<u8> {
    made("picture.mp4", &format!("-f lavfi -i testsrc2=s=320x180:r=25:d=8 {H264} -movflags +faststart -f mp4"))
}

/// A picture with an English and a German sound.
pub(crate) fn two_languages() -> Vec<u8> {
    let tracks = "-f lavfi -i sine=f=880:r=48000:d=8 -map 0 -map 1 -map 2";
    let tags = "-metadata:s:a:0 language=eng -metadata:s:a:1 language=ger";
    made("languages.mp4", &format!("{INPUT} {tracks} {H264} {AAC} {tags} -movflags +faststart -f mp4"))
}

/// Four sounds and no picture: each of them is a small part of the bytes that it lies among.
pub(crate) fn four_sounds() -> Vec<u8> {
    let others =
        "-f lavfi -i sine=f=880:r=48000:d=8 -f lavfi -i sine=f=220:r=48000:d=8 -f lavfi -i sine=f=330:r=48000:d=8";
    let tracks = "-map 0 -map 1 -map 2 -map 3";
    made("sounds.mp4", &format!("-f lavfi -i sine=r=48000:d=8 {others} {tracks} {AAC} -movflags +faststart -f mp4"))
}

/// The same streams in fragments.
pub(crate) fn fragmented() -> Vec<u8> {
    made("fragments.mp4", &format!("{INPUT} {H264} {AAC} -movflags +frag_keyframe+empty_moov -f mp4"))
}

pub(crate) fn webm() -> Vec<u8> {
    let video = "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 300k";
    made("film.webm", &format!("{INPUT} {video} -c:a libopus -b:a 64k -metadata:s:a:0 language=pol -f webm"))
}

/// MPEG-2 and MP2 in AVI, which players do not take.
pub(crate) fn avi() -> Vec<u8> {
    made("film.avi", &format!("{INPUT} -c:v mpeg2video -b:v 1M -c:a mp2 -f avi"))
}

pub(crate) fn matroska() -> Vec<u8> {
    made("film.mkv", &format!("{INPUT} {H264} {AAC} -metadata:s:a:0 language=fre -f matroska"))
}

/// A moving picture with a tone, large enough for a ladder.
const LARGER: &str = "-f lavfi -i testsrc2=s=960x540:r=25:d=12 -f lavfi -i sine=r=48000:d=12";

/// Milliseconds and pictures of the larger films.
pub(crate) const LARGER_MILLIS: u64 = 12_000;
pub(crate) const LARGER_PICTURES: usize = 300;

/// Films without a sample table in codecs that players take, by name.
pub(crate) fn without_tables() -> Vec<(&'static str, Vec<u8>)> {
    let vp9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -row-mt 1 -b:v 400k -g 50 -c:a libopus -b:a 64k";
    let film = |name, rest: &str| (name, made(name, &format!("{LARGER} {rest}")));
    vec![
        film("larger.mkv", &format!("{H264} {AAC} -f matroska")),
        film("larger.webm", &format!("{vp9} -f webm")),
        film("larger.flv", &format!("{H264} {AAC} -f flv")),
        film("larger.mp4", &format!("{H264} {AAC} -movflags +frag_keyframe+empty_moov -f mp4")),
        // Its index has the samples of the first fragment, and says nothing of the others.
        film("begun.mp4", &format!("{H264} {AAC} -movflags +frag_keyframe -f mp4")),
        film("larger.ts", &format!("{H264} {AAC} -f mpegts")),
    ]
}

/// Films of which only the sound plays, only the picture: MP3 is for sound alone.
pub(crate) fn halves() -> Vec<(&'static str, Vec<u8>)> {
    let vp8 = "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 300k -g 50";
    vec![
        ("sound.mkv", made("sound.mkv", &format!("{LARGER} {vp8} {AAC} -f matroska"))),
        ("picture.mkv", made("picture.mkv", &format!("{LARGER} {H264} -c:a libvorbis -f matroska"))),
        ("mp3.mp4", made("mp3.mp4", &format!("{LARGER} {H264} -c:a libmp3lame -movflags +faststart -f mp4"))),
    ]
}

/// Pictures of films that change their size.
pub(crate) const CHANGING_PICTURES: usize = 200;

/// Transport streams whose picture changes its size after four seconds: in H.264, which is played as it is where it can
/// be, and in MPEG-2, which is converted. The second size is `width` to `height`.
pub(crate) fn changing_size(width: u32, height: u32) -> Vec<(&'static str, Vec<u8>)> {
    let part = |codec: &str, size: &str, from: u32| {
        let input = format!("-f lavfi -i testsrc2=s={size}:r=25:d=4 -f lavfi -i sine=r=48000:d=4");
        let sound = "-c:a aac -b:a 96k";
        let shift = format!("-output_ts_offset {from} -muxdelay 0 -f mpegts");
        made("part.ts", &format!("{input} {codec} {sound} {shift}"))
    };
    let second = format!("{width}x{height}");
    let film = |codec: &str| [part(codec, "640x360", 1), part(codec, &second, 5)].concat();
    vec![("h264.ts", film(H264)), ("mpeg2.ts", film("-c:v mpeg2video -b:v 2M -bf 2 -g 15"))]
}

/// A film whose color tells which of its pictures is shown: red the second, green the picture of the second.
fn dial(size: &str, seconds: u32) -> String {
    let color =
        format!("color=black:s=32x18:r=25:d={seconds},format=gbrp,geq=r='40+8*floor(N/25)':g='40+8*mod(N,25)':b=80");
    format!("-f lavfi -i {color},scale={size}:flags=neighbor -f lavfi -i sine=r=48000:d={seconds}")
}

/// Which picture of a dial has this color.
#[track_caller]
pub(crate) fn dialed(color: [u8; 3]) -> u32 {
    let [second, picture] = [color[0], color[1]].map(|value| {
        let value = u32::from(value).saturating_sub(36);
        assert!(value % 8 != 0, "{color:?} lies between two pictures");
        value / 8
    });
    assert!(picture < 25 && color[2].abs_diff(80) <= 6, "{color:?} is none of them");
    second * 25 + picture
}

/// Films of twelve seconds whose color tells which picture is shown: H.264 with pictures that are stored out of order, in
/// groups that are closed and in groups that are open, and VP9.
pub(crate) fn dials() -> Vec<(&'static str, Vec<u8>)> {
    let film = |name, rest: &str| (name, made(name, &format!("{} {rest}", dial("854:480", 12))));
    let open = "-c:v libx264 -preset veryfast -pix_fmt yuv420p -g 50 -bf 3 -flags -cgop -x264-params open-gop=1";
    let vp9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 400k -g 75 -c:a libopus -b:a 64k";
    vec![
        film("dial.mp4", &format!("{H264} {AAC} -movflags +faststart -f mp4")),
        film("open.mp4", &format!("{open} {AAC} -movflags +faststart -f mp4")),
        film("dial.webm", &format!("{vp9} -f webm")),
    ]
}

/// A film of ninety seconds whose color tells the second: red the tens, green the ones. It is so large that its pictures are not
/// all decoded for a storyboard; its key frames are two seconds apart, and but for the first none begins the order of pictures
/// anew.
pub(crate) fn large_dial() -> Vec<u8> {
    let color = "color=black:s=32x18:r=25:d=90,format=gbrp,geq=r='40+20*floor(T/10)':g='40+20*mod(floor(T),10)':b=80";
    let scale = "scale=1280:720:flags=neighbor:out_color_matrix=bt709,format=yuv420p";
    let input = format!("-f lavfi -i {color},{scale} -f lavfi -i sine=r=48000:d=90");
    let open = "-bf 2 -x264-params open-gop=1:scenecut=0:keyint=50:min-keyint=50";
    made("large.mp4", &format!("{input} {H264} {open} {AAC} -movflags +faststart -f mp4"))
}

/// A film that is turned by its container, and one whose pixels are twice as wide as high: red at the left, blue at the right.
pub(crate) fn turned_and_wide() -> [(&'static str, Vec<u8>); 2] {
    let halves =
        "color=red:s=160x180:r=25:d=2[l];color=blue:s=160x180:r=25:d=2[r];[l][r]hstack,drawbox=h=40:t=fill:color=lime";
    let film =
        |name, filter: &str| made(name, &format!("-f lavfi -i {halves}{filter} {H264} -movflags +faststart -f mp4"));
    let upright = film("halves.mp4", "");
    let file = tempfile::Builder::new().suffix(".mp4").tempfile().unwrap();
    fs::write(file.path(), upright).unwrap();
    let turned = tempfile::Builder::new().suffix(".mp4").tempfile().unwrap();
    let copy = ["-v", "error", "-nostdin", "-y", "-i"];
    let turn = ["-c", "copy", "-metadata:s:v", "rotate=90", "-movflags", "+faststart"];
    finish(command("ffmpeg").args(copy).arg(file.path()).args(turn).arg(turned.path())).succeeded();
    [("turned.mp4", fs::read(turned.path()).unwrap()), ("wide.mp4", film("wide.mp4", ",setsar=2/1"))]
}

/// Matroska of two hours in few bytes.
pub(crate) fn two_hours() -> Vec<u8> {
    let input = "-f lavfi -i color=s=64x36:r=10:d=7200 -f lavfi -i anullsrc=r=48000:cl=mono -t 7200";
    let video = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 20 -threads 1";
    made("hours.mkv", &format!("{input} {video} -c:a aac -b:a 16k -f matroska"))
}

/// A codec in AVI that no upload of good will has.
pub(crate) fn magicyuv() -> Vec<u8> {
    made("odd.avi", "-f lavfi -i testsrc2=s=320x180:r=25:d=1 -c:v magicyuv -pix_fmt gbrp -f avi")
}

/// Matroska whose tracks and attachment have names that are paths, arguments and filters.
pub(crate) fn badly_named() -> Vec<u8> {
    let attached = concat!("-attach ", env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let names = "-metadata title=movie=/etc/passwd -metadata:s:v:0 title=-y -metadata:s:a:0 title=../../x;y \
        -metadata:s:t:0 mimetype=text/plain -metadata:s:t:0 filename=../../../evil.sh";
    made("names.mkv", &format!("{INPUT} {H264} {AAC} {attached} {names} -f matroska").replace("  ", " "))
}

/// A film of noise, which nothing compresses: more than one part, less than two.
pub(crate) fn two_parts() -> Vec<u8> {
    let noise = "-f rawvideo -pix_fmt yuv420p -s 640x360 -r 25 -i /dev/urandom -f lavfi -i sine=r=48000";
    let video = "-c:v libx264 -preset ultrafast -qp 1 -g 25 -frames:v 100";
    let film = made("noise.mp4", &format!("{noise} -map 0 -map 1 {video} {AAC} -shortest -f mp4"));
    assert!((52_000_000..95_000_000).contains(&film.len()), "{} bytes", film.len());
    film
}

/// Numbers that follow no rule: the same ones each time.
pub(crate) fn chance() -> impl Iterator<Item = u64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    })
}

/// Bytes that are nothing: the same ones each time.
pub(crate) fn noise(count: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = chance().take(count.div_ceil(8)).flat_map(u64::to_be_bytes).collect();
    bytes.truncate(count);
    bytes
}

/// Made once for each recipe, by whichever test comes first.
pub(crate) fn made(name: &str, recipe: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("films");
    let mut hasher = DefaultHasher::new();
    recipe.hash(&mut hasher);
    let path = folder.join(format!("{:016x}-{name}", hasher.finish()));
    if let Ok(film) = fs::read(&path) {
        return film;
    }
    fs::create_dir_all(&folder).unwrap();
    // Moved to its name when it is whole: other tests may look for it right now.
    let draft = tempfile::NamedTempFile::new_in(&folder).unwrap();
    finish(command("ffmpeg").args(["-v", "error", "-nostdin", "-y"]).args(recipe.split(' ')).arg(draft.path()))
        .succeeded();
    draft.persist(&path).unwrap();
    fs::read(path).unwrap()
}

/// One packet as a reader finds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Packet {
    pub(crate) bytes: u64,
    pub(crate) is_key: bool,
    /// Seconds after the first packet in the file.
    pub(crate) after: f64,
}

/// The packets of stream `selector` (`v:0`, `a:1`) in the order of the file, all of them: the edit list,
/// which may hide the first, is left aside.
#[track_caller]
pub(crate) fn packets(film: &[u8], selector: &str) -> Vec<Packet> {
    let report = ffprobe(
        film,
        &["-ignore_editlist", "1", "-select_streams", selector, "-show_entries", "packet=pts_time,size,flags"],
    );
    let number = |value: &Value| value.as_str().unwrap().parse::<f64>().unwrap();
    let packets = report["packets"].as_array().unwrap();
    let first = packets.first().map(|packet| number(&packet["pts_time"])).unwrap_or_default();
    let packet = |packet: &Value| Packet {
        bytes: packet["size"].as_str().unwrap().parse().unwrap(),
        is_key: packet["flags"].as_str().unwrap().starts_with('K'),
        after: number(&packet["pts_time"]) - first,
    };
    packets.iter().map(packet).collect()
}

/// How many pictures a decoder gets out of a film.
#[track_caller]
pub(crate) fn pictures(film: &[u8]) -> usize {
    let entries = ["-count_frames", "-select_streams", "v:0", "-show_entries", "stream=nb_read_frames"];
    let report = ffprobe(film, &entries);
    report["streams"][0]["nb_read_frames"].as_str().unwrap().parse().unwrap()
}

/// The sizes of decoded pictures, in the order in which they come.
#[track_caller]
pub(crate) fn sizes(film: &[u8]) -> Vec<String> {
    let report = ffprobe(film, &["-select_streams", "v:0", "-show_entries", "frame=width,height"]);
    let size = |frame: &Value| format!("{}x{}", frame["width"], frame["height"]);
    let mut sizes: Vec<_> = report["frames"].as_array().unwrap().iter().map(size).collect();
    sizes.dedup();
    sizes
}

/// A picture in a file, of whatever kind: its size, and the colors of its pixels row by row. Of a film the picture that is
/// shown at a time, as ffmpeg finds it.
#[track_caller]
pub(crate) fn picture(file: &[u8], seconds: &str) -> ([usize; 2], Vec<[u8; 3]>) {
    let source = tempfile::NamedTempFile::new().unwrap();
    fs::write(source.path(), file).unwrap();
    let drawn = tempfile::Builder::new().suffix(".ppm").tempfile().unwrap();
    let mut draw = command("ffmpeg");
    draw.args(["-v", "error", "-nostdin", "-y", "-ss", seconds, "-i"]).arg(source.path());
    draw.args(["-frames:v", "1", "-f", "image2", "-update", "1"]).arg(drawn.path());
    finish(&mut draw).succeeded();
    let drawn = fs::read(drawn.path()).unwrap();
    // Three lines in front of the colors: what it is, its size, the largest value.
    let mut lines = drawn.splitn(4, |byte| *byte == b'\n');
    assert_eq!(lines.next(), Some(&b"P6"[..]));
    let size = String::from_utf8(lines.next().unwrap().to_vec()).unwrap();
    let [width, height] = size.split(' ').map(|side| side.parse().unwrap()).collect::<Vec<usize>>().try_into().unwrap();
    let pixels = lines.nth(1).unwrap().as_chunks().0.to_vec();
    assert_eq!(pixels.len(), width * height);
    ([width, height], pixels)
}

/// What ffprobe calls a picture, and its size.
#[track_caller]
pub(crate) fn kind_and_size(file: &[u8]) -> String {
    let report = ffprobe(file, &["-show_entries", "stream=codec_name,width,height"]);
    let stream = &report["streams"][0];
    format!("{} {}x{}", stream["codec_name"].as_str().unwrap(), stream["width"], stream["height"])
}

/// When the first frame of a stream is shown, in seconds.
#[track_caller]
pub(crate) fn begins(film: &[u8], selector: &str) -> f64 {
    let report =
        ffprobe(film, &["-select_streams", selector, "-show_entries", "frame=pts_time", "-read_intervals", "%+1"]);
    let frames = report["frames"].as_array().unwrap();
    let times = frames.iter().filter_map(|frame| frame["pts_time"].as_str()?.parse::<f64>().ok());
    times.reduce(f64::min).unwrap()
}

/// When the first picture of a served track is shown, in seconds: when it is decoded. The reader moves all pictures
/// later by the longest time that one is shown before it is decoded.
#[track_caller]
pub(crate) fn picture_begins(served: &[u8]) -> f64 {
    let report = ffprobe(served, &["-show_entries", "packet=dts_time", "-read_intervals", "%+1"]);
    report["packets"][0]["dts_time"].as_str().unwrap().parse().unwrap()
}

/// The streams as `type codec`.
#[track_caller]
pub(crate) fn streams(film: &[u8]) -> Vec<String> {
    let report = ffprobe(film, &["-show_entries", "stream=codec_type,codec_name"]);
    let text = |stream: &Value| {
        format!("{} {}", stream["codec_type"].as_str().unwrap(), stream["codec_name"].as_str().unwrap())
    };
    report["streams"].as_array().unwrap().iter().map(text).collect()
}

#[track_caller]
fn ffprobe(film: &[u8], args: &[&str]) -> Value {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), film).unwrap();
    probed(file.path(), args)
}

/// A stream of what lies in files, told from a playlist or a manifest on the disk: its codec, and how many packets. One stream
/// is read at a time: of several the reader of MPDs leaves off when the first of them ends.
#[track_caller]
pub(crate) fn stream_from(document: &Path, selector: &str) -> (String, u64) {
    let entries = ["-count_packets", "-select_streams", selector, "-show_entries", "stream=codec_name,nb_read_packets"];
    let report = probed(document, &entries);
    let text = |name: &str| report["streams"][0][name].as_str().unwrap().to_owned();
    (text("codec_name"), text("nb_read_packets").parse().unwrap())
}

#[track_caller]
fn probed(file: &Path, args: &[&str]) -> Value {
    let report = finish(command("ffprobe").args(["-v", "error", "-of", "json"]).args(args).arg(file));
    assert_eq!(report.err, "", "the reader complains");
    serde_json::from_str(&report.succeeded()).unwrap()
}
