//! The table of inputs.

use crate::fixture::{Fixture, film, sound};
use crate::recipe::{BEEP, Finish};

const H264: &str = "-c:v libx264 -preset veryfast -pix_fmt yuv420p -g 50 -keyint_min 50 -sc_threshold 0";
const HEVC: &str = "-c:v libx265 -preset ultrafast -pix_fmt yuv420p -x265-params log-level=none:keyint=50";
const MPEG2: &str = "-c:v mpeg2video -pix_fmt yuv420p -q:v 3 -g 12 -bf 2";
const AAC: &str = "-c:a aac -b:a 96k";

/// A picture whose ladder has two rungs.
const LARGE: (u32, u32) = (640, 450);
const RUNGS: &[(u32, u32)] = &[(640, 450), (512, 360)];
const HD: (u32, u32) = (1_280, 720);
const FULL: (u32, u32) = (1_920, 1_080);

/// All of them.
pub(crate) fn table() -> Vec<Fixture> {
    // The long ones first: the others are made beside them.
    [long(), containers(), codecs(), sounds(), pictures(), rates(), times(), lengths(), presets()].concat()
}

/// Films of several chunks.
fn long() -> Vec<Fixture> {
    let varies = |n: u32| if n < 900 { n.is_multiple_of(2) } else { n < 1_500 && n.is_multiple_of(5) || n >= 2_700 };
    let select = "select='if(lt(n,900),not(mod(n,2)),lt(n,1500)*not(mod(n,5))+gte(n,2700))'";
    vec![
        film("chunks-25.ts", &format!("{MPEG2} -c:a mp2 -f mpegts")).pictures(1_125).sized(LARGE, RUNGS),
        film("chunks-29.97.ts", &format!("{H264} -bf 3 {AAC} -f mpegts"))
            .rate(30_000, 1_001)
            .pictures(1_350)
            .sized(LARGE, RUNGS),
        film("chunks-29.97.mkv", &format!("{HEVC} {AAC} -f matroska")).rate(30_000, 1_001).pictures(1_350),
        film("chunks-59.94.flv", "-c:v flv -q:v 3 -g 60 -c:a libmp3lame -ar 44100 -f flv")
            .rate(60_000, 1_001)
            .pictures(2_000),
        film("chunks-varies.mkv", &format!("{H264} {AAC} -f matroska"))
            .rate(60, 1)
            .pictures(3_000)
            .filter(select)
            .shows(varies)
            .sized(LARGE, RUNGS)
            .ends(3.0),
        film("chunks-kept.mp4", &format!("{H264} {AAC} -f mp4")).pictures(1_125).sized(LARGE, RUNGS),
        film("open-groups.mkv", &format!("{HEVC}:open-gop=1:bframes=4 {AAC} -f matroska")).pictures(1_125),
        film("open-groups.mp4", &format!("{H264} -bf 3 -x264-params open-gop=1 {AAC} -f mp4"))
            .pictures(1_125)
            .sized(LARGE, RUNGS),
        film(
            "group-of-a-minute.mp4",
            "-c:v libx264 -preset veryfast -pix_fmt yuv420p -g 9999 -sc_threshold 0 -c:a aac -f mp4",
        )
        .pictures(1_550),
        film(
            "group-of-a-minute.mkv",
            "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M -g 9999 -c:a libvorbis -f matroska",
        )
        .pictures(1_550),
    ]
}

fn containers() -> Vec<Fixture> {
    vec![
        film("container.mp4", &format!("{H264} {AAC} -f mp4")),
        film("container.mov", &format!("{H264} {AAC} -f mov")),
        film("fragments.mp4", &format!("{H264} {AAC} -movflags +frag_keyframe+empty_moov+delay_moov -f mp4")),
        film("container.mkv", &format!("{H264} {AAC} -f matroska")),
        film("container.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 1M -c:a libopus -f webm"),
        film("container.ts", &format!("{H264} {AAC} -f mpegts")),
        film("container.flv", &format!("{H264} {AAC} -f flv")),
        film("container.mxf", "-c:v mpeg2video -pix_fmt yuv420p -q:v 3 -c:a pcm_s16le -f mxf"),
        film("container.avi", "-c:v mpeg4 -q:v 3 -c:a pcm_s16le -f avi"),
        film("container.mpg", &format!("{MPEG2} -c:a mp2 -f vob")),
    ]
}

fn codecs() -> Vec<Fixture> {
    vec![
        film("hevc.mp4", &format!("{HEVC} -tag:v hvc1 {AAC} -f mp4")),
        film("av1.mp4", &format!("-c:v libsvtav1 -preset 12 -crf 30 -g 50 {AAC} -f mp4")),
        film("av1.mkv", &format!("-c:v libsvtav1 -preset 12 -crf 30 -g 50 {AAC} -f matroska")),
        film("vp8.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M -c:a libvorbis -f webm"),
        film("vp9.mp4", &format!("-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 1M {AAC} -f mp4")),
        film("mpeg2.ts", &format!("{MPEG2} -c:a ac3 -f mpegts")),
        film("mpeg4-asp.avi", "-c:v mpeg4 -bf 2 -q:v 3 -c:a libmp3lame -f avi"),
        film("mpeg4-asp.mp4", &format!("-c:v mpeg4 -bf 2 -q:v 3 {AAC} -f mp4")),
        film("h264-in.avi", &format!("{H264} -bf 2 -c:a libmp3lame -f avi")),
        film("prores.mov", "-c:v prores_ks -profile:v 1 -c:a pcm_s16le -f mov"),
        film("prores-4444.mov", "-c:v prores_ks -profile:v 4 -pix_fmt yuv444p10le -c:a pcm_s24le -f mov"),
        film("dnxhd.mov", "-c:v dnxhd -profile:v dnxhr_lb -pix_fmt yuv422p -c:a pcm_s16le -f mov")
            .filter("scale=out_color_matrix=bt709"),
        film("dnxhd.mxf", "-c:v dnxhd -profile:v dnxhr_lb -pix_fmt yuv422p -c:a pcm_s16le -f mxf")
            .filter("scale=out_color_matrix=bt709"),
        film("ffv1.mkv", "-c:v ffv1 -pix_fmt yuv420p -c:a flac -f matroska"),
        film("mjpeg.avi", "-c:v mjpeg -q:v 3 -pix_fmt yuvj420p -c:a pcm_s16le -f avi"),
        film("mjpeg.mov", "-c:v mjpeg -q:v 3 -pix_fmt yuvj422p -c:a pcm_s16le -f mov"),
    ]
}

fn sounds() -> Vec<Fixture> {
    let languages: &[Option<&'static str>] = &[Some("en"), Some("de"), Some("pl")];
    let tags = "-metadata:s:a:0 language=eng -metadata:s:a:1 language=ger -metadata:s:a:2 language=pol";
    let other = "0.5*sin(3000*t)*lt(mod(t,1),0.1)";
    let center = format!("0|0|{BEEP}|0|0|0");
    vec![
        sound("sound.wav", "-c:a pcm_s16le -f wav"),
        sound("sound.flac", "-c:a flac -f flac"),
        sound("sound.mp3", "-c:a libmp3lame -f mp3"),
        sound("vorbis.ogg", "-c:a libvorbis -f ogg"),
        sound("opus.ogg", "-c:a libopus -f ogg"),
        sound("sound.m4a", &format!("{AAC} -f ipod")),
        sound("alac.m4a", "-c:a alac -f ipod"),
        sound("sound.aac", &format!("{AAC} -f adts")),
        sound("8000.wav", "-c:a pcm_mulaw -ar 8000 -f wav"),
        sound("96000.flac", "-c:a flac -ar 96000 -f flac"),
        film("languages.mkv", &format!("{MPEG2} -c:a ac3 {tags} -f matroska")).sounds(&[BEEP, other, BEEP], languages),
        film("languages.mp4", &format!("{H264} {AAC} {tags} -f mp4")).sounds(&[BEEP, other, BEEP], languages),
        film("five-one.mkv", &format!("{H264} -c:a ac3 -f matroska")).sounds(&[&center], &[None]),
        film("five-one.mp4", &format!("{H264} {AAC} -f mp4")).sounds(&[&center], &[None]),
        film("no-sound.mp4", &format!("{H264} -f mp4")).silent(),
        film("no-sound.avi", "-c:v mjpeg -q:v 3 -f avi").silent(),
    ]
}

fn pictures() -> Vec<Fixture> {
    let to_709 = "scale=out_color_matrix=bt709,format=yuv420p";
    let tags = "-colorspace bt709 -color_primaries bt709 -color_trc bt709";
    let hd = &[HD, (854, 480), (640, 360)];
    let to_hdr = |curve: &str| {
        format!(
            "setparams=color_primaries=bt709:color_trc=bt709:colorspace=gbr:range=full,\
             zscale=p=bt2020:t={curve}:m=bt2020nc:r=limited:npl=203,format=yuv420p10le"
        )
    };
    let hdr = |curve: &str| {
        format!(
            "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=50:colorprim=bt2020:transfer={curve}:\
             colormatrix=bt2020nc {AAC}"
        )
    };
    let fields = "-flags +ilme+ildct";
    vec![
        film("turned-90.mp4", &format!("{H264} {AAC} -f mp4"))
            .sized((180, 320), &[(180, 320)])
            .filter("transpose=clock")
            .finish(Finish::Copy("", "-c copy -metadata:s:v rotate=90 -f mp4")),
        film("turned-270.mov", &format!("{H264} {AAC} -f mov"))
            .sized((180, 320), &[(180, 320)])
            .filter("transpose=cclock")
            .finish(Finish::Copy("", "-c copy -metadata:s:v rotate=270 -f mov")),
        film("turned-180.mov", "-c:v mpeg4 -q:v 3 -c:a pcm_s16le -f mov")
            .filter("hflip,vflip")
            .finish(Finish::Copy("", "-c copy -metadata:s:v rotate=180 -f mov")),
        film("portrait.mp4", &format!("{H264} {AAC} -f mp4")).sized((180, 320), &[(180, 320)]),
        film("odd.mkv", "-c:v ffv1 -pix_fmt yuv444p -c:a flac -f matroska").sized((637, 361), &[(636, 360)]),
        film("odd.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 1M -c:a libopus -f webm")
            .sized((321, 181), &[(320, 180)]),
        film("anamorphic.ts", &format!("{MPEG2} -c:a mp2 -f mpegts"))
            .sized((720, 576), &[(1_024, 576), (640, 360)])
            .filter("setsar=64/45"),
        film("anamorphic.mp4", &format!("{H264} {AAC} -f mp4"))
            .sized((720, 576), &[(1_024, 576), (640, 360)])
            .filter("setsar=64/45"),
        film("top-first.ts", &format!("{MPEG2} {fields} -top 1 -c:a mp2 -f mpegts"))
            .rate(50, 1)
            .sized((320, 192), &[(320, 192)])
            .interlaced("tinterlace=interleave_top,setfield=tff"),
        film("top-first.mov", &format!("-c:v prores_ks {fields} -c:a pcm_s16le -f mov"))
            .rate(50, 1)
            .sized((320, 192), &[(320, 192)])
            .interlaced("tinterlace=interleave_top,setfield=tff"),
        film("bottom-first.mov", &format!("-c:v prores_ks {fields} -c:a pcm_s16le -f mov"))
            .rate(50, 1)
            .sized((320, 192), &[(320, 192)])
            .interlaced("tinterlace=interleave_bottom,setfield=bff"),
        film("bottom-first.ts", &format!("{MPEG2} {fields} -top 0 -c:a mp2 -f mpegts"))
            .rate(50, 1)
            .sized((320, 192), &[(320, 192)])
            .interlaced("tinterlace=interleave_bottom,setfield=bff"),
        film("fields.mp4", &format!("{H264} {fields} -x264-params tff=1 {AAC} -f mp4"))
            .rate(50, 1)
            .sized((320, 192), &[(320, 192)])
            .interlaced("tinterlace=interleave_top,setfield=tff"),
        film(
            "ten-bits.mp4",
            &format!("-c:v libx264 -preset veryfast -profile:v high10 -pix_fmt yuv420p10le {AAC} -f mp4"),
        ),
        film(
            "ten-bits.mkv",
            &format!(
                "-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params log-level=none {AAC} -f matroska"
            ),
        ),
        film("hdr10.mkv", &format!("{} -f matroska", hdr("smpte2084"))).filter(&to_hdr("smpte2084")).mapped(),
        film("hdr10.mp4", &format!("{} -tag:v hvc1 -f mp4", hdr("smpte2084"))).filter(&to_hdr("smpte2084")).mapped(),
        film("hlg.mov", &format!("{} -tag:v hvc1 -f mov", hdr("arib-std-b67")))
            .filter(&to_hdr("arib-std-b67"))
            .mapped(),
        film("hd.mkv", &format!("{HEVC} {tags} {AAC} -f matroska")).pictures(50).sized(HD, hd).filter(to_709),
        film("hd.mp4", &format!("{H264} {tags} {AAC} -f mp4")).pictures(50).sized(HD, hd).filter(to_709),
        film("hd-untold.mp4", &format!("{H264} {AAC} -f mp4"))
            .pictures(50)
            .sized(HD, hd)
            .filter(&format!("{to_709},setparams=colorspace=unknown")),
        film("hd-untold.ts", &format!("{MPEG2} -c:a mp2 -f mpegts"))
            .pictures(50)
            .sized(HD, hd)
            .filter(&format!("{to_709},setparams=colorspace=unknown")),
        film("rgb.mkv", "-c:v ffv1 -pix_fmt bgr0 -c:a flac -f matroska"),
        film("hd-rgb.mov", "-c:v png -c:a pcm_s16le -f mov").pictures(25).sized(HD, hd),
    ]
}

fn rates() -> Vec<Fixture> {
    vec![
        film("60.mkv", &format!("{HEVC} {AAC} -f matroska")).rate(60, 1),
        film("120.mp4", &format!("{HEVC} {AAC} -f mp4")).rate(120, 1),
        film("1.mkv", "-c:v ffv1 -c:a flac -f matroska").rate(1, 1).pictures(12),
        film("1.mp4", &format!("{H264} {AAC} -f mp4")).rate(1, 1).pictures(30),
        film("29.97.mkv", &format!("{MPEG2} -c:a ac3 -f matroska")).rate(30_000, 1_001).pictures(119),
        film("23.976.mkv", &format!("{MPEG2} -c:a ac3 -f matroska")).rate(24_000, 1_001).pictures(239),
        film("23.976.mov", "-c:v prores_ks -c:a pcm_s16le -f mov").rate(24_000, 1_001).pictures(95),
        film("varies.mp4", &format!("{H264} {AAC} -f mp4"))
            .filter("select='lt(n,50)+not(mod(n,3))'")
            .shows(|n| n < 50 || n % 3 == 0)
            .ends(3.1),
        film("varies.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M -c:a libvorbis -f webm")
            .filter("select='lt(n,50)+not(mod(n,3))'")
            .shows(|n| n < 50 || n % 3 == 0)
            .ends(3.1),
        film("trembles.mkv", &format!("{MPEG2} -c:a ac3 -f matroska"))
            .filter("settb=1/1000,setpts='PTS+mod(N*7,5)*4'")
            .shows(|_| true)
            .within(0.02),
        film("still.mkv", &format!("{MPEG2} -c:a ac3 -f matroska"))
            .pictures(500)
            .filter("select='eq(n,0)+eq(n,375)'")
            .shows(|n| n == 0 || n == 375)
            .ends(380.0),
    ]
}

fn times() -> Vec<Fixture> {
    vec![
        film("starts-later.ts", &format!("{MPEG2} -c:a mp2 -output_ts_offset 3600 -f mpegts")),
        film("starts-later.mkv", &format!("{HEVC} {AAC} -output_ts_offset 3600 -f matroska")),
        film("starts-later-h264.ts", &format!("{H264} -bf 3 {AAC} -output_ts_offset 50000 -f mpegts"))
            .sized(LARGE, RUNGS),
        film("sound-later.mp4", &format!("{H264} {AAC} -f mp4")).ahead("", "-itsoffset 0.5").late(0.5),
        film("sound-later.mkv", &format!("{MPEG2} -c:a ac3 -f matroska")).ahead("", "-itsoffset 0.5").late(0.5),
        film("sound-later.mov", "-c:v prores_ks -c:a pcm_s16le -f mov").ahead("", "-itsoffset 0.5").late(0.5),
        film("picture-later.mkv", &format!("{MPEG2} -c:a ac3 -f matroska"))
            .ahead("-itsoffset 0.5", "")
            .first(0.5)
            .late(-0.5),
        film("picture-later.mp4", &format!("-c:v mpeg4 -q:v 3 {AAC} -f mp4"))
            .ahead("-itsoffset 0.5", "")
            .first(0.5)
            .late(-0.5),
        film("picture-later-h264.mp4", &format!("{H264} {AAC} -f mp4"))
            .sized(LARGE, RUNGS)
            .ahead("-itsoffset 0.5", "")
            .first(0.5)
            .late(-0.5),
        film("turns-over.ts", &format!("{MPEG2} -c:a mp2 -output_ts_offset 95440 -f mpegts")),
        film("turns-over-h264.ts", &format!("{H264} -bf 2 {AAC} -output_ts_offset 95440 -f mpegts"))
            .sized(LARGE, RUNGS),
        film("trimmed.mov", "-c:v mpeg4 -g 50 -q:v 3 -c:a pcm_s16le -f mov")
            .finish(Finish::Copy("-ss 1.2", "-c copy -f mov"))
            .cut(1.2),
        film("trimmed.mp4", &format!("-c:v mpeg4 -g 50 -q:v 3 {AAC} -f mp4"))
            .finish(Finish::Copy("-ss 1.2", "-c copy -f mp4")),
        film("trimmed-h264.mp4", &format!("{H264} -bf 2 {AAC} -f mp4"))
            .sized(LARGE, RUNGS)
            .finish(Finish::Copy("-ss 1.2", "-c copy -f mp4")),
        film("jumps-back.ts", &format!("{MPEG2} -c:a mp2 -f mpegts"))
            .finish(Finish::Twice("0"))
            .recordings(2)
            .apart(0.04),
        film("jumps-ahead.ts", &format!("{MPEG2} -c:a mp2 -f mpegts"))
            .finish(Finish::Twice("5000"))
            .recordings(2)
            .apart(0.04),
        film("jumps-back-h264.ts", &format!("{H264} -bf 2 {AAC} -f mpegts"))
            .finish(Finish::Twice("0"))
            .recordings(2)
            .apart(0.04),
    ]
}

fn lengths() -> Vec<Fixture> {
    vec![
        film("one.mp4", &format!("{H264} -f mp4")).pictures(1).silent(),
        film("one.avi", "-c:v mjpeg -q:v 3 -f avi").pictures(1).silent(),
        film("one.webm", "-c:v libvpx -b:v 1M -f webm").pictures(1).silent(),
        film("five.mkv", &format!("{MPEG2} -c:a ac3 -f matroska")).pictures(5),
        film("five.mp4", &format!("{H264} {AAC} -f mp4")).pictures(5),
        film("short.ts", &format!("{MPEG2} -c:a mp2 -f mpegts")).pictures(8),
        film("short.mov", "-c:v prores_ks -c:a pcm_s16le -f mov").pictures(8),
    ]
}

fn presets() -> Vec<Fixture> {
    let mpeg2 = |name| film(name, &format!("{MPEG2} -c:a ac3 -f matroska")).pictures(25);
    let h264 = |name| film(name, &format!("{H264} {AAC} -f mp4")).pictures(25);
    let all = [FULL, HD, (854, 480), (640, 360)];
    let upright = [(720, 1_280), (480, 854), (360, 640)];
    vec![
        mpeg2("preset-mp4.mkv").preset("mp4").sized(HD, &[HD]),
        h264("preset-mp4.mp4").preset("mp4").sized(HD, &[HD]),
        mpeg2("preset-mp4-720.mkv").preset("mp4_720p").sized(FULL, &[HD]),
        h264("preset-mp4-720.mp4").preset("mp4_720p").sized(FULL, &[HD]),
        mpeg2("preset-mp4-1080.mkv").preset("mp4_1080p").sized(HD, &[HD]),
        mpeg2("preset-720.mkv").preset("dash_hls_720p").sized(FULL, &all[1..]),
        h264("preset-720.mp4").preset("dash_hls_720p").sized((1_080, 1_920), &upright),
        h264("preset-1080.mp4").preset("dash_hls_1080p").sized(FULL, &all),
        mpeg2("preset-2160.mkv").preset("dash_hls_2160p").sized(FULL, &all),
        mpeg2("preset-m4a.mkv").preset("audio_m4a").heard_only(),
        h264("preset-m4a.mp4").preset("audio_m4a").heard_only(),
        h264("preset-mp3.mp4").preset("audio_mp3").heard_only(),
        sound("preset-mp3.wav", "-c:a pcm_s16le -f wav").preset("audio_mp3"),
    ]
}
