//! Jobs as operators see them.

use super::work::{Priority, Work, WorkKind};
use crate::id::{HolderId, JobId, OrganizationId};
use crate::time::Timestamp;
use uuid::Uuid;

/// Where a job is in its life. A job that is done is not there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JobState {
    /// It waits for its children.
    Waiting,
    /// Its moment has not come.
    Scheduled,
    /// It waits for a worker.
    Ready,
    /// A worker has it.
    Leased,
    /// It needs a person.
    Parked,
}

impl JobState {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Scheduled, Self::Ready, Self::Leased, Self::Parked];

    /// Its name: what is stored, and what operators see.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Scheduled => "scheduled",
            Self::Ready => "ready",
            Self::Leased => "leased",
            Self::Parked => "parked",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Which jobs are listed. `None` does not filter; everything given must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// In this state.
    pub state: Option<JobState>,
    /// Of this kind.
    pub kind: Option<WorkKind>,
    /// Of this organization.
    pub organization: Option<OrganizationId>,
}

/// Who has a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseView {
    /// When it was taken or last extended.
    pub since: Timestamp,
    /// When it ends unless it is extended.
    pub until: Timestamp,
    /// The process; unknown for a lease of an earlier version.
    pub holder: Option<HolderId>,
    /// Whether the worker is to stop, and will hear so at its next heartbeat.
    pub canceled: bool,
}

/// A job as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobView {
    /// Its id.
    pub id: JobId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// The kind of its work by name.
    pub kind: String,
    /// What its work is about.
    pub subject: Uuid,
    /// What is to be done; `None` for a kind that this version does not know.
    pub work: Option<Work>,
    /// What comes first.
    pub priority: Priority,
    /// Where it is in its life.
    pub state: JobState,
    /// Claims so far.
    pub attempts: u32,
    /// When it was queued.
    pub enqueued: Timestamp,
    /// When its moment comes, for a job that has one.
    pub due: Option<Timestamp>,
    /// Who has it; exactly when leased.
    pub lease: Option<LeaseView>,
    /// What was said about the last attempt that failed.
    pub last_words: Option<String>,
    /// The join that it is a child of.
    pub group: Option<JobId>,
    /// Children that have to be done before it may be claimed.
    pub outstanding: u32,
}
