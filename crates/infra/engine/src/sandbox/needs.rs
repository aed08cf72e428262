//! What must be readable and runnable for a program to start.

use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

/// Longest chain of scripts and loaders that is followed; the kernel's own limit is near it.
const CHAIN: usize = 4;

/// Longest first line of a script, and longest name of a loader.
const NAME: usize = 4096;

/// The program, and what the kernel runs in its place: the interpreter of a script, the loader of a
/// program with shared libraries.
pub(super) fn runnable(program: &Path) -> Vec<PathBuf> {
    let mut chain = vec![program.to_path_buf()];
    while let Some(next) = chain.last().filter(|_| chain.len() < CHAIN).and_then(|last| interpreter(last)) {
        chain.push(next);
    }
    chain
}

/// The folders of libraries of a program that is installed in a folder of its own: `lib` beside `bin`.
pub(super) fn own_libraries(program: &Path) -> Vec<PathBuf> {
    let real = program.canonicalize().unwrap_or_else(|_| program.to_path_buf());
    let prefix = real.parent().filter(|folder| folder.ends_with("bin")).and_then(Path::parent);
    prefix.map(|prefix| ["lib", "lib64"].map(|name| prefix.join(name)).to_vec()).unwrap_or_default()
}

fn interpreter(path: &Path) -> Option<PathBuf> {
    let file = File::open(path).ok()?;
    let head = read(&file, 0, NAME)?;
    let name = match head.strip_prefix(b"#!") {
        Some(line) => line.trim_ascii_start().split(u8::is_ascii_whitespace).next()?.to_vec(),
        None => loader(&file, &head)?,
    };
    Some(PathBuf::from(OsStr::from_bytes(&name))).filter(|name| name.is_absolute())
}

/// The name in the program header `PT_INTERP` of a 64-bit little-endian ELF file.
fn loader(file: &File, head: &[u8]) -> Option<Vec<u8>> {
    const INTERP: u32 = 3;
    if !head.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let (table, size, count) = (number(head, 32)?, short(head, 54)?, short(head, 56)?);
    let headers = read(file, table, usize::from(size).checked_mul(usize::from(count))?)?;
    let interp = headers
        .chunks_exact(usize::from(size).max(1))
        .find(|header| header.first_chunk().is_some_and(|kind| u32::from_le_bytes(*kind) == INTERP))?;
    let (at, length) = (number(interp, 8)?, number(interp, 32)?);
    let name = read(file, at, usize::try_from(length).ok().filter(|length| *length <= NAME)?)?;
    Some(name.split(|byte| *byte == 0).next()?.to_vec())
}

fn number(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|number| u64::from_le_bytes(*number))
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|number| u16::from_le_bytes(*number))
}

/// Up to `length` bytes, fewer at the end of the file.
fn read(file: &File, at: u64, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    let read = file.read_at(&mut bytes, at).ok()?;
    bytes.truncate(read);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_needs_its_interpreter_and_that_one_its_loader() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("script");
        std::fs::write(&script, "#! /bin/sh -e\necho\n").unwrap();
        let chain = runnable(&script);
        assert_eq!(chain[..2], [script, "/bin/sh".into()]);
        let [.., loader] = chain.as_slice() else { panic!("{chain:?}") };
        assert!(chain.len() == 3 && loader.is_absolute() && loader.exists(), "{chain:?}");
        assert!(loader.file_name().unwrap().to_str().unwrap().starts_with("ld-"), "{chain:?}");
    }

    #[test]
    fn what_is_no_program_needs_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut broken = std::fs::read("/bin/sh").unwrap()[..64].to_vec();
        broken[32..40].fill(0xff);
        for content in [b"".to_vec(), b"#!".to_vec(), b"#!sh\n".to_vec(), b"\x7fELF\x02\x01".to_vec(), broken] {
            std::fs::write(&path, content).unwrap();
            assert_eq!(runnable(&path).len(), 1);
        }
        assert_eq!(runnable(Path::new("/nowhere")), [PathBuf::from("/nowhere")]);
    }

    #[test]
    fn libraries_beside_a_folder_of_programs_are_its_own() {
        assert_eq!(own_libraries(Path::new("/opt/x/bin/ffmpeg")), ["/opt/x/lib", "/opt/x/lib64"].map(PathBuf::from));
        assert!(own_libraries(Path::new("/opt/ffmpeg")).is_empty());
    }
}
