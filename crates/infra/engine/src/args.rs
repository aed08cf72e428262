//! Command lines of ffprobe and ffmpeg. Pure: of our own types, none of which holds text from outside.

use core::time::Duration;
use kinora_media::sniff::Container;
use std::ffi::OsString;

/// The input: descriptor 0, opened again by the program so that it can seek in it.
pub(crate) const INPUT: &str = "file:/proc/self/fd/0";

/// Decoders that may be opened to find out what a track is. The names are ffmpeg's, alternatives of
/// different builds among them; a name that a build lacks does no harm. A file with a track of another
/// codec is refused.
#[rustfmt::skip]
pub(crate) const DECODERS: &[&str] = &[
    // Pictures.
    "h264", "hevc", "vp8", "vp9", "libdav1d", "libaom-av1", "av1", "mpeg1video", "mpeg2video", "mpeg4",
    "msmpeg4v2", "msmpeg4", "h263", "flv", "vp6", "vp6f", "vp6a", "theora", "mjpeg", "png", "prores", "dnxhd",
    "dvvideo", "ffv1", "huffyuv", "ffvhuff", "utvideo", "rawvideo", "v210", "jpeg2000", "wmv1", "wmv2", "wmv3",
    "vc1", "cfhd", "qtrle", "svq1", "svq3", "cinepak",
    // Sound.
    "aac", "aac_fixed", "aac_latm", "ac3", "ac3_fixed", "eac3", "mp1", "mp1float", "mp2", "mp2float", "mp3",
    "mp3float", "opus", "libopus", "vorbis", "libvorbis", "flac", "alac", "dca", "truehd", "mlp", "speex",
    "libspeex", "nellymoser", "amrnb", "amrwb", "wmav1", "wmav2", "wmapro", "wavpack", "s302m",
    "adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "adpcm_swf",
    "pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be",
    "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_alaw", "pcm_mulaw", "pcm_bluray", "pcm_dvd",
    // Timed text, some of it as pictures.
    "subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text", "dvbsub", "dvdsub", "pgssub", "xsub", "cc_dec",
    "libzvbi_teletextdec",
];

/// What is asked of a file.
const ENTRIES: &str = "format=start_time,duration:\
    stream=index,start_time,codec_type,codec_name,width,height,sample_rate,channels,sample_aspect_ratio,field_order,\
    color_transfer,color_space,avg_frame_rate,r_frame_rate,time_base:\
    stream_disposition=attached_pic:stream_tags=language,title:stream_side_data=rotation";

/// A reader of one container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Demuxer {
    /// MP4, MOV and their relatives.
    Mov,
    /// Matroska and WebM.
    Matroska,
    /// MPEG-2 transport stream.
    MpegTs,
    /// MPEG program stream.
    Mpeg,
    /// Flash video.
    Flv,
    /// AVI.
    Avi,
    /// Material exchange format.
    Mxf,
    /// Ogg.
    Ogg,
    /// WAVE.
    Wav,
    /// MPEG audio.
    Mp3,
    /// Native FLAC.
    Flac,
    /// AAC in ADTS frames.
    Aac,
    /// Windows Media.
    Asf,
}

impl Demuxer {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Mov,
        Self::Matroska,
        Self::MpegTs,
        Self::Mpeg,
        Self::Flv,
        Self::Avi,
        Self::Mxf,
        Self::Ogg,
        Self::Wav,
        Self::Mp3,
        Self::Flac,
        Self::Aac,
        Self::Asf,
    ];

    /// The reader of a container; `None` for what is not media of its own, such as playlists and other
    /// text, and for what is unknown.
    pub const fn of(container: Container) -> Option<Self> {
        Some(match container {
            Container::IsoBmff { .. } | Container::QuickTime => Self::Mov,
            Container::Matroska => Self::Matroska,
            Container::MpegTs => Self::MpegTs,
            Container::MpegPs => Self::Mpeg,
            Container::Flv => Self::Flv,
            Container::Avi => Self::Avi,
            Container::Mxf => Self::Mxf,
            Container::Ogg => Self::Ogg,
            Container::Wav => Self::Wav,
            Container::Mp3 => Self::Mp3,
            Container::Flac => Self::Flac,
            Container::Adts => Self::Aac,
            Container::Asf => Self::Asf,
            _ => return None,
        })
    }

    /// ffmpeg's name of it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mov => "mov",
            Self::Matroska => "matroska",
            Self::MpegTs => "mpegts",
            Self::Mpeg => "mpeg",
            Self::Flv => "flv",
            Self::Avi => "avi",
            Self::Mxf => "mxf",
            Self::Ogg => "ogg",
            Self::Wav => "wav",
            Self::Mp3 => "mp3",
            Self::Flac => "flac",
            Self::Aac => "aac",
            Self::Asf => "asf",
        }
    }

    /// Options that keep pictures that an edit list cuts off, each at its place.
    pub(crate) const fn untrimmed(self, wanted: bool) -> &'static [&'static str] {
        match self {
            Self::Mov if wanted => &["-advanced_editlist", "0"],
            _ => &[],
        }
    }

    /// Options that keep it from opening other files.
    pub(crate) const fn alone(self) -> &'static [&'static str] {
        match self {
            // Track references of QuickTime name files, relative and absolute.
            Self::Mov => &["-enable_drefs", "0", "-use_absolute_path", "0"],
            _ => &[],
        }
    }
}

/// A look at the tracks of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// How to read it.
    pub demuxer: Demuxer,
    /// Pixels of the largest picture that is decoded.
    pub max_pixels: u32,
    /// Bytes read at most to find the tracks.
    pub bytes: u64,
    /// Time of media looked at, at most, to find the tracks.
    pub duration: Duration,
}

impl Probe {
    /// The arguments of ffprobe, which reads descriptor 0 and writes JSON.
    pub fn args(&self) -> Vec<OsString> {
        let name = self.demuxer.name();
        let mut args = Args::new(&["-v", "error", "-hide_banner", "-threads", "1"]);
        args.add("-f", name).add("-format_whitelist", name).add("-protocol_whitelist", "file");
        args.add("-codec_whitelist", &DECODERS.join(",")).add("-max_pixels", &self.max_pixels.to_string());
        args.add("-probesize", &self.bytes.to_string());
        args.add("-analyzeduration", &self.duration.as_micros().to_string());
        args.all(self.demuxer.alone());
        args.add("-show_entries", ENTRIES);
        args.add("-of", "json=compact=1").add("-i", INPUT);
        args.0
    }
}

/// A look at every packet of a picture track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packets {
    /// How to read it.
    pub demuxer: Demuxer,
    /// Number of the stream.
    pub stream: u32,
    /// Whether pictures that an edit list cuts off are among them.
    pub untrimmed: bool,
}

impl Packets {
    /// The arguments of ffprobe, which reads descriptor 0 and writes a line for each packet: its
    /// presentation time, decode time, duration and flags with bars between.
    pub fn args(&self) -> Vec<OsString> {
        let name = self.demuxer.name();
        let mut args = Args::new(&["-v", "error", "-hide_banner", "-threads", "1"]);
        args.add("-f", name).add("-format_whitelist", name).add("-protocol_whitelist", "file");
        args.add("-codec_whitelist", &DECODERS.join(","));
        args.all(self.demuxer.alone());
        args.all(self.demuxer.untrimmed(self.untrimmed));
        args.add("-select_streams", &self.stream.to_string());
        args.add("-show_entries", "packet=pts,dts,duration,flags");
        args.add("-of", "compact=print_section=0:nokey=1").add("-i", INPUT);
        args.0
    }
}

/// What a program is asked about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Its version.
    Version,
    /// The containers that it reads.
    Demuxers,
    /// The codecs that it decodes.
    Decoders,
    /// The codecs that it encodes.
    Encoders,
    /// The containers that it writes.
    Muxers,
}

impl Question {
    /// The arguments of ffmpeg or ffprobe.
    pub fn args(self) -> Vec<OsString> {
        match self {
            Self::Version => Args::new(&["-version"]).0,
            Self::Demuxers => Args::new(&["-v", "error", "-hide_banner", "-demuxers"]).0,
            Self::Decoders => Args::new(&["-v", "error", "-hide_banner", "-decoders"]).0,
            Self::Encoders => Args::new(&["-v", "error", "-hide_banner", "-encoders"]).0,
            Self::Muxers => Args::new(&["-v", "error", "-hide_banner", "-muxers"]).0,
        }
    }
}

/// Words of a command line.
pub(crate) struct Args(pub(crate) Vec<OsString>);

impl Args {
    pub(crate) fn new(words: &[&str]) -> Self {
        let mut args = Self(Vec::new());
        args.all(words);
        args
    }

    pub(crate) fn all(&mut self, words: &[&str]) {
        self.0.extend(words.iter().map(OsString::from));
    }

    pub(crate) fn add(&mut self, option: &str, value: &str) -> &mut Self {
        self.all(&[option, value]);
        self
    }

    /// An input that is read by `demuxer` and as nothing else; pictures of more than `max_pixels` are refused.
    pub(crate) fn reads(&mut self, demuxer: Demuxer, max_pixels: u32) {
        let name = demuxer.name();
        self.add("-f", name).add("-format_whitelist", name).add("-protocol_whitelist", "file");
        self.add("-codec_whitelist", &DECODERS.join(",")).add("-max_pixels", &max_pixels.to_string());
        self.all(demuxer.alone());
    }

    /// An output of nothing of the source but the pictures and the sound themselves.
    pub(crate) fn clean(&mut self) {
        self.all(&["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"]);
    }
}

#[cfg(test)]
#[path = "args_test.rs"]
mod tests;
