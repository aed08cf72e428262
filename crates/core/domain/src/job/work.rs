//! The kinds of work. A new one is one entry in the list at the end of this file; its body is in
//! `kinora-app`.

use crate::id::{ChunkId, FileId, OutputId, RenditionId, TrackId};
use uuid::Uuid;

/// What a worker's places are divided into, so that long work cannot keep short work waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Short work that somebody waits for, and cheap copying.
    Quick,
    /// Encoding that somebody waits for: it begins at once, beside whatever goes on.
    Prompt,
    /// Encoding.
    Heavy,
}

impl Lane {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Quick, Self::Prompt, Self::Heavy];

    /// The kinds of work in it.
    pub fn kinds(self) -> Vec<WorkKind> {
        WorkKind::ALL.iter().copied().filter(|kind| kind.lane() == self).collect()
    }
}

/// What comes first. A job of a higher priority is always claimed before one of a lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Somebody waits for it.
    Urgent,
    /// Asked for, and not waited for at this moment.
    Normal,
    /// Makes something better that works already.
    Low,
}

impl Priority {
    /// All, the first one first.
    pub const ALL: [Self; 3] = [Self::Urgent, Self::Normal, Self::Low];

    /// Its place among them, from 0: what is stored.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Urgent => 0,
            Self::Normal => 1,
            Self::Low => 2,
        }
    }

    /// The priority of that rank.
    pub fn from_rank(rank: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.rank() == rank)
    }

    /// Its name, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }
}

macro_rules! works {
    ($($(#[$doc:meta])+ $variant:ident($id:ident) = $name:literal, $lane:ident, $priority:ident;)+) => {
        /// What is to be done. Its payload is one id, so that a job always acts on the state it finds
        /// and can be run twice.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Work {
            $($(#[$doc])+ $variant($id),)+
        }

        /// A kind of work, without what it is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum WorkKind {
            $($(#[$doc])+ $variant,)+
        }

        impl Work {
            /// Its kind.
            pub const fn kind(self) -> WorkKind {
                match self {
                    $(Self::$variant(_) => WorkKind::$variant,)+
                }
            }

            /// What it is about.
            pub const fn subject(self) -> Uuid {
                match self {
                    $(Self::$variant(id) => id.uuid(),)+
                }
            }

            /// Work of that kind about that thing.
            pub const fn from_parts(kind: WorkKind, subject: Uuid) -> Self {
                match kind {
                    $(WorkKind::$variant => Self::$variant($id::new(subject)),)+
                }
            }
        }

        impl WorkKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name: what is stored, and what operators see.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// Which places of a worker may take it.
            pub const fn lane(self) -> Lane {
                match self {
                    $(Self::$variant => Lane::$lane,)+
                }
            }

            /// How urgent it is when nobody says otherwise.
            pub const fn priority(self) -> Priority {
                match self {
                    $(Self::$variant => Priority::$priority,)+
                }
            }
        }
    };
}

impl WorkKind {
    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

// What it does, its payload, its stored name (never changed), its lane, its usual priority.
works! {
    /// Look into a completed file that we do not read ourselves.
    ProbeFile(FileId) = "probe_file", Quick, Urgent;
    /// Copy an interleaved audio track into an object of its own.
    CopyAudio(TrackId) = "copy_audio", Quick, Low;
    /// Look at the whole picture of an output and say what is to be made of it.
    PlanOutput(OutputId) = "plan_output", Heavy, Normal;
    /// Read the index of uploads without one, so that they play from their own bytes.
    IndexUpload(OutputId) = "index_upload", Prompt, Urgent;
    /// Make the quick rung of a picture that players do not take.
    FirstRung(RenditionId) = "first_rung", Prompt, Urgent;
    /// Make sound that players take.
    EncodeSound(RenditionId) = "encode_sound", Prompt, Urgent;
    /// Take the captions out of the uploads of an output.
    ReadCaptions(OutputId) = "read_captions", Quick, Normal;
    /// Encode one chunk of a picture in all rungs.
    EncodeChunk(ChunkId) = "encode_chunk", Heavy, Normal;
    /// Remove an output whose time is over.
    ExpireOutput(OutputId) = "expire_output", Quick, Normal;
    /// Put the rungs of a picture together, once all chunks are there.
    SealPicture(OutputId) = "seal_picture", Quick, Normal;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_priorities_go_to_what_is_stored_and_back() {
        for kind in WorkKind::ALL {
            assert_eq!(WorkKind::from_name(kind.name()), Some(*kind));
            let work = Work::from_parts(*kind, Uuid::from_u128(7));
            assert_eq!((work.kind(), work.subject()), (*kind, Uuid::from_u128(7)));
        }
        assert_eq!(WorkKind::from_name("dream"), None);
        for priority in Priority::ALL {
            assert_eq!(Priority::from_rank(priority.rank()), Some(priority));
        }
        assert_eq!(Priority::from_rank(3), None);
        assert!(Priority::ALL.is_sorted());
    }

    #[test]
    fn every_kind_is_in_one_lane() {
        let lanes: usize = Lane::ALL.iter().map(|lane| lane.kinds().len()).sum();
        assert_eq!(lanes, WorkKind::ALL.len());
    }
}
