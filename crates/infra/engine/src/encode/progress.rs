//! What ffmpeg says of its progress: blocks of `key=value` lines.

use kinora_app::port::Done;
use tokio::sync::watch;

/// Bytes of one line at most; longer ones are nonsense and dropped.
const LINE: usize = 256;

/// Collects lines and passes on how far the program is.
pub(crate) struct Listener {
    line: Vec<u8>,
    done: Done,
    news: watch::Sender<Done>,
}

impl Listener {
    pub(crate) fn new() -> (Self, watch::Receiver<Done>) {
        let (news, heard) = watch::channel(Done::default());
        (Self { line: Vec::new(), done: Done::default(), news }, heard)
    }

    /// It as what the supervisor calls; it never has heard enough.
    pub(crate) fn into_closure(mut self) -> impl FnMut(&[u8]) -> bool + Send + 'static {
        move |bytes| {
            self.hear(bytes);
            true
        }
    }

    fn hear(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if *byte == b'\n' {
                self.end_line();
            } else if self.line.len() < LINE {
                self.line.push(*byte);
            }
        }
    }

    fn end_line(&mut self) {
        let line = core::mem::take(&mut self.line);
        let Some((key, value)) = core::str::from_utf8(&line).ok().and_then(|line| line.split_once('=')) else { return };
        let value = value.trim();
        match key {
            // Neither ever runs backwards here, whatever the program says.
            "frame" => self.done.pictures = self.done.pictures.max(value.parse().unwrap_or(0)),
            "out_time_us" => self.done.micros = self.done.micros.max(value.parse().unwrap_or(0)),
            // The last line of a block.
            "progress" => {
                self.news.send_replace(self.done);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_passed_on_with_every_block_and_never_runs_backwards() {
        let (listener, news) = Listener::new();
        let mut hear = listener.into_closure();
        assert!(hear(b"frame=12\nfps=0.0\nout_time_us=480"));
        assert_eq!(*news.borrow(), Done::default(), "the block is not over");
        hear(b"000\nprogress=continue\n");
        assert_eq!(*news.borrow(), Done { pictures: 12, micros: 480_000 });
        hear(b"frame=10\nout_time_us=N/A\nprogress=continue\n");
        assert_eq!(*news.borrow(), Done { pictures: 12, micros: 480_000 });
        hear(&[b'x'; 1_000]);
        hear(b"\nframe=25\nprogress=end\n");
        assert_eq!(news.borrow().pictures, 25);
    }
}
