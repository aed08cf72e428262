//! What the end of ffmpeg says. The exit code alone says little: it is 0 after some errors.

use crate::child::{Ended, Ending};
use crate::words::words;
use kinora_app::port::{EncodeError, Object};
use rustix::process::Signal;
use std::io;
use std::sync::Arc;

/// How the programs and their libraries say that there is no memory.
const MEMORY: [&str; 3] = ["Cannot allocate memory", "malloc of size", "Out of memory"];

/// Passes when there is something to take.
pub(crate) fn verdict(ended: &Ended, outputs: &[Arc<dyn Object>]) -> Result<(), EncodeError> {
    let complaints = ended.complaints.text();
    let signaled = |signal: Signal| matches!(ended.ending, Ending::Signaled(number) if number == signal.as_raw());
    if ended.ending == Ending::TooLong || signaled(Signal::XCPU) {
        return Err(EncodeError::Limit("time"));
    }
    if complaints.contains("No space left on device") {
        return Err(EncodeError::Full);
    }
    if signaled(Signal::XFSZ) || complaints.contains("File too large") {
        return Err(EncodeError::Limit("disk"));
    }
    if complaints.contains("exceeds specified max pixel count") {
        return Err(EncodeError::Limit("pixels"));
    }
    if MEMORY.iter().any(|words| complaints.contains(words)) {
        return Err(EncodeError::Limit("memory"));
    }
    match ended.ending {
        Ending::Exited(0) if outputs.iter().all(|output| output.size() > 0) => Ok(()),
        // 127 comes from the loader. Killed by somebody else, the system's guard of memory perhaps:
        // another attempt may go through.
        Ending::NotStarted | Ending::Canceled | Ending::Exited(127) => {
            Err(EncodeError::Run(io::Error::other(complaints.trim().to_owned())))
        }
        Ending::Signaled(signal) => Err(EncodeError::Run(io::Error::other(format!(
            "the encoder ended by signal {signal}: {}",
            complaints.trim()
        )))),
        _ => {
            let told = words(&complaints);
            let words = if told.is_empty() { "nothing came out of it".to_owned() } else { told };
            Err(EncodeError::Unreadable { words, all: complaints })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keep::Kept;

    fn told(ending: Ending, complaints: &str) -> String {
        let mut kept = Kept::default();
        kept.push(complaints.as_bytes());
        match verdict(&Ended { ending, output: Vec::new(), complaints: kept }, &[]) {
            Ok(()) => "fine".to_owned(),
            Err(EncodeError::Run(source)) => format!("again: {source}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_says_nothing_about_the_file_is_tried_again() {
        use Ending::{Exited, NotStarted, Signaled, TooLong};
        for (ending, complaints, expected) in [
            (Exited(0), "[h264 @ 0x1] no frame!", "fine"),
            (Exited(1), "[mov @ 0x1] moov atom not found", "the file cannot be converted: moov atom not found"),
            (Exited(1), "", "the file cannot be converted: nothing came out of it"),
            (
                Exited(1),
                "x264 [error]: malloc of size 16176 failed",
                "the file takes more memory to convert than is allowed",
            ),
            (Exited(1), "av_interleaved_write_frame(): No space left on device", "the disk is full"),
            (Signaled(9), "", "again: the encoder ended by signal 9: "),
            (Signaled(11), "", "again: the encoder ended by signal 11: "),
            (Signaled(24), "", "the file takes more time to convert than is allowed"),
            (Signaled(25), "", "the file takes more disk to convert than is allowed"),
            (TooLong, "", "the file takes more time to convert than is allowed"),
            (NotStarted, "sandbox: limiting life", "again: sandbox: limiting life"),
        ] {
            assert_eq!(told(ending, complaints), expected, "{ending:?}");
        }
    }
}
