//! The failure of a use case: what may be shown, and apart from it, why.

use crate::file::movie::sentence;
use crate::port::{BlobError, DepotError, EncodeError, ProbeError, StoreError};
use core::fmt;
use kinora_domain::{Kind, Problem};

/// A public problem with its private cause. Displays as the public part; the cause is the source.
#[derive(Debug)]
pub struct Error {
    problem: Problem,
    source: Option<Box<dyn core::error::Error + Send + Sync>>,
}

impl Error {
    /// A problem with the cause that only logs may show.
    pub fn caused(problem: Problem, source: impl Into<Box<dyn core::error::Error + Send + Sync>>) -> Self {
        Self { problem, source: Some(source.into()) }
    }

    /// A failure of this server's own: what may be said of it is that, and the log has the cause.
    pub fn internal(source: impl Into<Box<dyn core::error::Error + Send + Sync>>) -> Self {
        Self::caused(internal(), source)
    }

    /// What may be shown to whoever asked.
    pub const fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The kind of the problem.
    pub const fn kind(&self) -> Kind {
        self.problem.kind
    }
}

/// An error with all its causes, for logs: the public sentence alone would tell an operator nothing.
pub fn causes(error: &(dyn core::error::Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str("; because: ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    words
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn core::error::Error + 'static))
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self { problem, source: None }
    }
}

fn internal() -> Problem {
    Problem::new(Kind::Internal, "internal", "Something went wrong on this server; its log has the details.")
}

fn full() -> Problem {
    Problem::new(
        Kind::StorageFull,
        "storage_full",
        "The storage of this server is full. Everything acknowledged is safe; repeat the request once there is space.",
    )
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let problem = match &error {
            StoreError::Full => full(),
            StoreError::Unavailable(_) => {
                Problem::new(Kind::Unavailable, "store_unavailable", "The database is away for the moment; try again.")
            }
            StoreError::Inconsistent { .. } | StoreError::Driver { .. } => internal(),
        };
        Self::caused(problem, error)
    }
}

impl From<BlobError> for Error {
    fn from(error: BlobError) -> Self {
        let problem = match &error {
            BlobError::Full => full(),
            BlobError::Missing(_) | BlobError::OutOfRange { .. } | BlobError::Io { .. } => internal(),
        };
        Self::caused(problem, error)
    }
}

impl From<DepotError> for Error {
    fn from(error: DepotError) -> Self {
        let problem = match &error {
            DepotError::Source { .. } | DepotError::Length { .. } => internal(),
            DepotError::Store { .. } => {
                let message = "The store that this is exported to cannot be used at the moment. What was put there stays, and the \
                               same order goes on with the rest.";
                Problem::new(Kind::Unavailable, "depot_unavailable", message)
            }
        };
        Self::caused(problem, error)
    }
}

/// Memory may be short for a moment: worth another attempt.
fn out_of_memory(said: String) -> Problem {
    Problem::new(Kind::Unavailable, "out_of_memory", said)
}

impl From<EncodeError> for Error {
    fn from(error: EncodeError) -> Self {
        let said = sentence(&error.to_string());
        let problem = match &error {
            EncodeError::Unsupported(_) => Problem::new(Kind::UnsupportedMedia, "unsupported_container", said),
            EncodeError::Unreadable { .. } => Problem::new(Kind::UnreadableMedia, "unreadable_media", said),
            EncodeError::Limit("memory") => out_of_memory(said),
            EncodeError::Limit(_) => Problem::new(Kind::UnreadableMedia, "limit_exceeded", said),
            EncodeError::Full => full(),
            EncodeError::Run(_) => {
                let message = "The program that converts files cannot be run on this server.";
                Problem::new(Kind::Unavailable, "encoder_unavailable", message)
            }
        };
        Self::caused(problem, error)
    }
}

impl From<ProbeError> for Error {
    fn from(error: ProbeError) -> Self {
        let said = sentence(&error.to_string());
        let problem = match &error {
            ProbeError::Unsupported(_) => Problem::new(Kind::UnsupportedMedia, "unsupported_container", said),
            ProbeError::Unreadable { .. } => Problem::new(Kind::UnreadableMedia, "unreadable_media", said),
            ProbeError::Limit("memory") => out_of_memory(said),
            ProbeError::Limit(_) => Problem::new(Kind::UnreadableMedia, "limit_exceeded", said),
            ProbeError::Run(_) => {
                let message = "The program that looks into files cannot be run on this server.";
                Problem::new(Kind::Unavailable, "prober_unavailable", message)
            }
        };
        Self::caused(problem, error)
    }
}
