use super::*;
use crate::keep::Kept;

const REPORT: &str =
    r#"{"streams": [{"codec_type": "video", "codec_name": "h264", "width": 16, "height": 16, "time_base": "1/25"}]}"#;

fn ended(ending: Ending, output: &str, complaints: &str) -> Ended {
    let mut kept = Kept::default();
    kept.push(complaints.as_bytes());
    Ended { ending, output: output.into(), complaints: kept }
}

#[test]
fn what_the_end_of_the_program_says_about_the_file() {
    use Ending::{Exited, NotStarted, Signaled, TooLong, TooMuchOutput};
    let pixels =
        "[h264 @ 0x1] [IMGUTILS @ 0x2] Picture size 9x9 exceeds specified max pixel count 10, see the documentation";
    let codec = "[h264 @ 0x55d8] Codec (h264) not on whitelist 'aac'\n    Last message repeated 1 times";
    let told: Vec<_> = [
        (Exited(0), REPORT, ""),
        (Exited(0), REPORT, "[h264 @ 0x1] no frame!"),
        (Exited(0), "{}", ""),
        (Exited(0), "{}", "[mov @ 0x1] moov atom not found"),
        (Exited(1), "{\n", "[mov @ 0x1] moov atom not found"),
        (Exited(1), REPORT, ""),
        (Exited(1), "{", codec),
        (Exited(0), REPORT, pixels),
        (Exited(1), "{", "file:/proc/self/fd/0: Cannot allocate memory"),
        (Exited(127), "", "ffprobe: error while loading shared libraries: libx.so.1"),
        (Signaled(11), "{", ""),
        (Signaled(9), "", ""),
        (Signaled(24), "", ""),
        (TooLong, "", ""),
        (TooMuchOutput, "", ""),
        (NotStarted, "", "sandbox: starting /usr/bin/ffprobe: No such file or directory (os error 2)\n"),
    ]
    .into_iter()
    .map(|(ending, output, complaints)| {
        let told = match verdict(&ended(ending, output, complaints)) {
            Ok(examined) => format!("{} track", examined.tracks.len()),
            Err(ProbeError::Run(source)) => format!("not run, privately: {source}"),
            Err(error) => error.to_string(),
        };
        format!("{ending:?}: {told}")
    })
    .collect();
    insta::assert_debug_snapshot!(told);
}
