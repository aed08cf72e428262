//! What one transport stream carries, in addresses.

use super::playable::{MalformedSlug, Slug};
use core::fmt;
use core::str::FromStr;
use kinora_domain::track::TrackKind;

/// A picture with its sound, `v0-1_a1-1`, or one of them alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Streams {
    /// What leads: its segments are those of the stream.
    pub leader: Slug,
    /// The sound of a picture.
    pub sound: Option<Slug>,
}

impl fmt::Display for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.leader.fmt(f)?;
        self.sound.map_or(Ok(()), |sound| write!(f, "_{sound}"))
    }
}

impl FromStr for Streams {
    type Err = MalformedSlug;

    fn from_str(text: &str) -> Result<Self, MalformedSlug> {
        let (leader, sound) = match text.split_once('_') {
            Some((picture, sound)) => (picture.parse::<Slug>()?, Some(sound.parse::<Slug>()?)),
            None => (text.parse::<Slug>()?, None),
        };
        let fits = match sound {
            Some(sound) => leader.kind == TrackKind::Video && sound.kind == TrackKind::Audio,
            None => leader.kind != TrackKind::Captions,
        };
        if fits { Ok(Self { leader, sound }) } else { Err(MalformedSlug) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_has_one_name() {
        for text in ["v0-1", "a12-3", "v0-1_a1-1"] {
            assert_eq!(text.parse::<Streams>().unwrap().to_string(), text);
        }
        for text in
            ["", "_", "c0-1", "v0-1_", "_a1-1", "a1-1_v0-1", "v0-1_v1-1", "v0-1_c1-1", "v0-1_a1-1_a2-1", "v0-01"]
        {
            assert_eq!(text.parse::<Streams>(), Err(MalformedSlug), "{text}");
        }
    }
}
