//! An asset as one file, beside what its renditions showed.

use crate::reading::{beeps, contents, times};
use std::fs;

/// How far a time may be from that of the rendition, in seconds: its tick and that of the movie.
const NEAR: f64 = 0.002;

/// How far a beep may be from where the rendition has it.
const AUDIBLY: f64 = 0.012;

/// What ffmpeg reads in the file.
pub(crate) struct Read {
    /// When each picture is shown, and its number.
    pictures: Vec<(f64, u32)>,
    /// When each beep begins, sound by sound.
    beeps: Vec<Vec<f64>>,
}

/// # Errors
/// What the reader complains of.
pub(crate) fn read(bytes: &[u8], has_picture: bool, sounds: usize) -> Result<Read, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.mp4");
    fs::write(&path, bytes).unwrap();
    let mut pictures = Vec::new();
    if has_picture {
        let (times, seen) = (times(&path)?, contents(&path, &[])?);
        if times.len() != seen.len() {
            return Err(format!("{} times, {} pictures", times.len(), seen.len()));
        }
        pictures = times.into_iter().zip(seen.iter().map(|seen| seen.number)).collect();
    }
    let beeps = (0..sounds).map(|sound| beeps(&path, sound).map(|(beeps, _)| beeps)).collect::<Result<_, _>>()?;
    Ok(Read { pictures, beeps })
}

impl Read {
    /// Where it differs from the best rendition and from the sounds.
    pub(crate) fn faults(&self, pictures: &[(f64, u32)], beeps: &[Vec<f64>]) -> Vec<String> {
        let mut faults = Vec::new();
        let same = |((time, number), (wanted, right)): (&(f64, u32), &(f64, u32))| {
            number == right && (time - wanted).abs() < NEAR
        };
        let odd = self.pictures.iter().zip(pictures).position(|pair| !same(pair));
        if self.pictures.len() != pictures.len() {
            faults.push(format!("{} pictures, not {}", self.pictures.len(), pictures.len()));
        } else if let Some(odd) = odd {
            faults.push(format!("picture {odd} is {:?}, not {:?}", self.pictures[odd], pictures[odd]));
        }
        for (found, wanted) in self.beeps.iter().zip(beeps) {
            let near = |(one, other): (&f64, &f64)| (one - other).abs() < AUDIBLY;
            if found.len() != wanted.len() || !found.iter().zip(wanted).all(near) {
                faults.push(format!("beeps at {found:.3?}, not {wanted:.3?}"));
            }
        }
        faults
    }
}
