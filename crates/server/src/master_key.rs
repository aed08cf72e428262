//! The key that all other keys of the store are sealed under: from the environment, or in a file of its own.

use kinora_app::MasterKey;
use kinora_app::port::Random;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("the master key file {} cannot be read or made", .0.display())]
    File(PathBuf, #[source] io::Error),
    #[error("the master key file {} holds no key: 64 hexadecimal digits are expected", .0.display())]
    Malformed(PathBuf),
}

/// The key of a file, and whether it was made for this.
pub(crate) struct Found {
    pub(crate) key: MasterKey,
    pub(crate) is_new: bool,
}

/// The key in a file; where there is none, one is made, once, whichever process comes first.
///
/// # Errors
/// The file cannot be read or made, or holds something else.
pub(crate) fn of_file(path: &Path, random: &dyn Random) -> Result<Found, KeyError> {
    let failed = |error| KeyError::File(path.to_owned(), error);
    let is_new = !fs::exists(path).map_err(failed)? && make(path, random).map_err(failed)?;
    let text = fs::read_to_string(path).map_err(failed)?;
    let key = parse(&text).ok_or_else(|| KeyError::Malformed(path.to_owned()))?;
    Ok(Found { key, is_new })
}

/// A key as 64 hexadecimal digits.
pub(crate) fn parse(text: &str) -> Option<MasterKey> {
    let digits = text.trim().as_bytes();
    let (pairs, rest) = digits.as_chunks::<2>();
    if pairs.len() != 32 || !rest.is_empty() {
        return None;
    }
    let mut key = [0_u8; 32];
    for (byte, pair) in key.iter_mut().zip(pairs) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        *byte = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?;
    }
    Some(MasterKey(key))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).flatten().collect()
}

/// Puts a new key there, whole and for the owner's eyes only; `false` where another process was quicker.
fn make(path: &Path, random: &dyn Random) -> io::Result<bool> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut bytes = [0_u8; 40];
    random.fill(&mut bytes);
    let (key, name) = bytes.split_at(32);
    let draft = folder.join(format!(".master-key-{}", hex(name)));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let written = file.write_all(format!("{}\n", hex(key)).as_bytes()).and_then(|()| file.sync_all());
    // A link, unlike a rename, never takes the place of a key that is there.
    let linked = written.and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    match linked {
        Ok(()) => {
            File::open(folder)?.sync_all()?;
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::KernelRandom;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_key_is_made_once_for_the_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let made = of_file(&path, &KernelRandom).unwrap();
        let again = of_file(&path, &KernelRandom).unwrap();
        assert_eq!((made.is_new, again.is_new), (true, false));
        assert_eq!(made.key.0, again.key.0);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
        assert!(!make(&path, &KernelRandom).unwrap(), "another process was quicker");
        assert_eq!(of_file(&path, &KernelRandom).unwrap().key.0, made.key.0);
    }

    #[test]
    fn a_key_has_64_digits() {
        let text = "00112233445566778899aabbccddeeffFFEEDDCCBBAA99887766554433221100";
        assert_eq!(parse(&format!(" {text}\n")).unwrap().0[..3], [0, 0x11, 0x22]);
        assert_eq!(hex(&parse(text).unwrap().0), text.to_lowercase());
        for wrong in [
            "",
            "0",
            text.strip_prefix('0').unwrap(),
            &format!("{text}00"),
            &text.replace('8', "g"),
            &text.replace('8', "+"),
        ] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        fs::write(&path, "secret").unwrap();
        assert!(matches!(of_file(&path, &KernelRandom), Err(KeyError::Malformed(_))));
    }
}
