//! A job that is to be queued.

use super::work::{Priority, Work};
use crate::id::{JobId, OrganizationId};
use crate::time::Timestamp;

/// When a job may be claimed at the earliest, by the database's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// At once.
    Now,
    /// Not before this moment.
    At(Timestamp),
    /// Not before so many milliseconds have passed. A clock that is set back does not make it longer.
    After(i64),
}

/// A job that is to be queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewJob {
    /// Its id.
    pub id: JobId,
    /// Whose share of the workers it takes.
    pub organization: OrganizationId,
    /// What is to be done.
    pub work: Work,
    /// What comes first.
    pub priority: Priority,
    /// When it may be claimed at the earliest.
    pub due: Due,
    /// The join that it is a child of: the job that waits for it.
    pub group: Option<JobId>,
    /// How many children have to be done before this one may be claimed.
    pub waits_for: u32,
}

impl NewJob {
    /// A job that may be claimed at once, with the usual priority of its kind.
    pub const fn new(id: JobId, organization: OrganizationId, work: Work) -> Self {
        let priority = work.kind().priority();
        Self { id, organization, work, priority, due: Due::Now, group: None, waits_for: 0 }
    }

    /// With another priority.
    #[must_use]
    pub const fn with_priority(self, priority: Priority) -> Self {
        Self { priority, ..self }
    }

    /// Not before that.
    #[must_use]
    pub const fn with_due(self, due: Due) -> Self {
        Self { due, ..self }
    }

    /// As a child of that join, which is queued already and still waits.
    #[must_use]
    pub const fn with_group(self, join: JobId) -> Self {
        Self { group: Some(join), ..self }
    }

    /// As the join of that many children.
    #[must_use]
    pub const fn with_waits_for(self, children: u32) -> Self {
        Self { waits_for: children, ..self }
    }
}
