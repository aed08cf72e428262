//! Which tracks of its sources an asset plays.

use crate::asset::{AskedTrack, AssetSource};
use crate::track::{FoundTrack, TrackKind};

/// One track that an asset plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Index of the source in the asset.
    pub source: usize,
    /// Index of the track among the tracks found in that source's file.
    pub track: usize,
    /// Language to show in place of the file's.
    pub language: Option<String>,
    /// Name to show in place of the file's.
    pub name: Option<String>,
}

/// A track was asked for that the file does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("source {source_index} has no {kind} track `{selector}`", kind = .kind.name())]
pub struct NoSuchTrack {
    /// Index of the source.
    pub source_index: usize,
    /// What was asked for.
    pub selector: String,
    /// As what.
    pub kind: TrackKind,
}

/// The rule: the first video track is taken by itself. Where a source names tracks, its audio and captions are
/// taken only as named; where it names none, all of them are taken. The languages and names given replace the file's. At most
/// one video track plays.
///
/// # Errors
/// A named track is not in its file.
pub fn select(sources: &[(&AssetSource, &[FoundTrack])]) -> Result<Vec<Selected>, NoSuchTrack> {
    let mut selected: Vec<Selected> = Vec::new();
    let mut video_taken = false;
    for (index, (source, found)) in sources.iter().enumerate() {
        let mut asked_video = None;
        for asked in &source.tracks {
            let track = position(found, asked).ok_or_else(|| NoSuchTrack {
                source_index: index,
                selector: asked.selector.clone(),
                kind: asked.kind,
            })?;
            if asked.kind == TrackKind::Video {
                asked_video.get_or_insert((track, asked));
            }
        }
        let first_video = found.iter().position(|track| track.kind == TrackKind::Video);
        if !video_taken {
            let pick = match asked_video {
                Some((track, asked)) => Some(as_asked(index, track, asked)),
                None => first_video.map(|track| as_found(index, track)),
            };
            video_taken = pick.is_some();
            selected.extend(pick);
        }
        if source.tracks.is_empty() {
            let audio = found.iter().enumerate().filter(|(_, track)| track.kind == TrackKind::Audio);
            selected.extend(audio.map(|(track, _)| as_found(index, track)));
        } else {
            let audio = source.tracks.iter().filter(|asked| asked.kind == TrackKind::Audio);
            selected.extend(audio.filter_map(|asked| Some(as_asked(index, position(found, asked)?, asked))));
        }
    }
    for (index, (source, found)) in sources.iter().enumerate() {
        let texts = found.iter().enumerate().filter(|(_, track)| track.kind == TrackKind::Captions);
        if source.tracks.is_empty() {
            selected.extend(texts.map(|(track, _)| as_found(index, track)));
        } else {
            let asked = source.tracks.iter().filter(|asked| asked.kind == TrackKind::Captions);
            selected.extend(asked.filter_map(|asked| Some(as_asked(index, position(found, asked)?, asked))));
        }
    }
    // Manifests list the picture first, wherever among the sources it came from, and captions last.
    selected.sort_by_key(|pick| {
        let kind = sources.get(pick.source).and_then(|(_, found)| found.get(pick.track)).map(|track| track.kind);
        TrackKind::ALL.iter().position(|known| Some(*known) == kind)
    });
    Ok(selected)
}

fn position(found: &[FoundTrack], asked: &AskedTrack) -> Option<usize> {
    found.iter().position(|track| track.selector == asked.selector && track.kind == asked.kind)
}

fn as_found(source: usize, track: usize) -> Selected {
    Selected { source, track, language: None, name: None }
}

fn as_asked(source: usize, track: usize, asked: &AskedTrack) -> Selected {
    Selected { source, track, language: asked.language.clone(), name: asked.name.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn found(kinds: &[TrackKind]) -> Vec<FoundTrack> {
        let number = |upto: usize| kinds[..=upto].iter().filter(|kind| **kind == kinds[upto]).count();
        (0..kinds.len())
            .map(|index| FoundTrack {
                selector: crate::track::selector(kinds[index], number(index)),
                kind: kinds[index],
                codec: "x".to_owned(),
                language: None,
                name: None,
            })
            .collect()
    }

    fn source(asked: &[(&str, TrackKind)]) -> AssetSource {
        let tracks = asked.iter().map(|(selector, kind)| AskedTrack {
            selector: (*selector).to_owned(),
            kind: *kind,
            language: Some("pl".to_owned()),
            name: None,
        });
        AssetSource { file: crate::FileId::new(Uuid::nil()), kinds: vec![], tracks: tracks.collect() }
    }

    #[test]
    fn the_table_of_selections() {
        use TrackKind::{Audio, Captions, Video};
        let film = found(&[Audio, Video, Video, Audio]);
        let sound = found(&[Audio]);
        let picks = |sources: &[(&AssetSource, &[FoundTrack])]| -> Vec<(usize, usize, bool)> {
            select(sources)
                .unwrap()
                .into_iter()
                .map(|pick| (pick.source, pick.track, pick.language.is_some()))
                .collect()
        };
        let free = source(&[]);
        assert_eq!(picks(&[(&free, &film)]), [(0, 1, false), (0, 0, false), (0, 3, false)], "all audio, first video");
        assert_eq!(picks(&[(&free, &sound)]), [(0, 0, false)], "sound alone");
        let silent = source(&[("video_1", Video)]);
        assert_eq!(picks(&[(&silent, &film)]), [(0, 1, true)], "named tracks without audio are silent");
        let second = source(&[("audio_2", Audio)]);
        assert_eq!(picks(&[(&second, &film)]), [(0, 1, false), (0, 3, true)], "the video comes by itself");
        let other_video = source(&[("video_2", Video)]);
        assert_eq!(picks(&[(&free, &sound), (&other_video, &film)]), [(1, 2, true), (0, 0, false)], "from two files");
        let words = found(&[Captions]);
        let named = source(&[("captions_1", Captions)]);
        let all = [(2, 1, false), (2, 0, false), (2, 3, false), (0, 0, false), (1, 0, true)];
        assert_eq!(picks(&[(&free, &words), (&named, &words), (&free, &film)]), all, "captions come last");
        let both = found(&[Captions, Video, Captions]);
        assert_eq!(picks(&[(&free, &both)]), [(0, 1, false), (0, 0, false), (0, 2, false)], "captions within films");
        let other_captions = source(&[("captions_2", Captions)]);
        assert_eq!(picks(&[(&other_captions, &both)]), [(0, 1, false), (0, 2, true)], "as named");
        assert_eq!(picks(&[(&silent, &both)]), [(0, 1, true)], "none where others are named");
        let wrong = source(&[("audio_3", Audio)]);
        assert_eq!(select(&[(&wrong, &film)]).unwrap_err().selector, "audio_3");
    }
}
