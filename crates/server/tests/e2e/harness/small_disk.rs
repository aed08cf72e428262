//! A disk that is small enough to be filled: a tmpfs that only the server sees, in a mount namespace of
//! its own.

use super::program::{Ended, command, finish};
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Mounts a disk of `$0` bytes at `$1` and becomes the rest.
const MOUNT: &str = r#"mkdir -p "$1" && mount -t tmpfs -o size="$0",mode=0700 tmpfs "$1" && shift && exec "$@""#;

/// What a kernel says that was told to permit no mounts or no user namespaces (of which none are left).
const NOT_PERMITTED: [&str; 3] = ["not permitted", "ermission denied", "No space left on device"];

/// A disk that can be mounted.
pub(crate) struct SmallDisk {
    bytes: u64,
    /// Options of `unshare` that this machine permits.
    unshare: &'static str,
}

impl SmallDisk {
    /// # Errors
    /// This machine permits no mount: with its own words. Anything else that is in the way is a panic.
    #[track_caller]
    pub(crate) fn new(bytes: u64) -> Result<Self, String> {
        let folder = tempfile::tempdir().unwrap();
        let mut refused = Vec::new();
        for unshare in ["-m", "-rm"] {
            let disk = Self { bytes, unshare };
            let wrapper = disk.wrapper(folder.path());
            let (program, args) = wrapper.split_first().unwrap();
            let Ended { code, err, .. } = finish(command(program).args(args).arg("true"));
            if code == Some(0) {
                return Ok(disk);
            }
            assert!(NOT_PERMITTED.iter().any(|words| err.contains(words)), "unshare {unshare}: {err}");
            refused.push(format!("unshare {unshare}: {}", err.trim()));
        }
        Err(refused.join("; "))
    }

    /// What to put in front of a program for it to find the disk, new and empty, at `folder`.
    pub(crate) fn wrapper(&self, folder: &Path) -> Vec<String> {
        let size = self.bytes.to_string();
        let folder = folder.to_str().unwrap();
        ["unshare", self.unshare, "sh", "-c", MOUNT, &size, folder].map(str::to_owned).to_vec()
    }
}

/// A file of nobody in particular that takes all the space that is left.
pub(crate) struct Filler(PathBuf);

impl Filler {
    pub(crate) fn new(folder: &Path) -> Self {
        let path = folder.join("filler");
        let mut file = OpenOptions::new().create_new(true).write(true).open(&path).unwrap();
        for piece in [1 << 20, 1 << 12, 1] {
            fill(&mut file, &vec![0x55; piece]);
        }
        Self(path)
    }

    /// Gives the space back.
    pub(crate) fn remove(self) {
        fs::remove_file(self.0).unwrap();
    }
}

fn fill(file: &mut File, piece: &[u8]) {
    loop {
        match file.write(piece) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => {
                assert_eq!(error.kind(), std::io::ErrorKind::StorageFull, "{error}");
                return;
            }
        }
    }
}
