//! What the end of ffmpeg says. The exit code alone says little: it is 0 after some errors.

use crate::child::{Ended, Ending};
use crate::words::words;
use kinora_app::port::{EncodeError, Object};
use rustix::process::Signal;
use std::io;
use std::sync::Arc;

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
    if complaints.contains("Cannot allocate memory") {
        return Err(EncodeError::Limit("memory"));
    }
    match ended.ending {
        Ending::Exited(0) if outputs.iter().all(|output| output.size() > 0) => Ok(()),
        // 127 comes from the loader. Killed by somebody else, the system's guard of memory perhaps:
        // another attempt may go through.
        Ending::NotStarted | Ending::Canceled | Ending::Exited(127) => {
            Err(EncodeError::Run(io::Error::other(complaints.trim().to_owned())))
        }
        _ if signaled(Signal::KILL) => Err(EncodeError::Run(io::Error::other("the encoder was killed"))),
        _ => {
            let told = words(&complaints);
            let words = if told.is_empty() { "nothing came out of it".to_owned() } else { told };
            Err(EncodeError::Unreadable { words, all: complaints })
        }
    }
}
