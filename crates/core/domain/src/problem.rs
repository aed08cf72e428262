//! What can go wrong, as seen by whoever asked: a closed set of kinds and one public sentence.

use core::fmt;

/// The kinds of failure. Each transport maps them once, in one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The thing does not exist, or the caller may not know that it does.
    NotFound,
    /// A thing with this name is there already.
    AlreadyExists,
    /// The request breaks a rule; `field` names the place.
    Invalid,
    /// The request is well formed but the thing is in another state.
    Conflict,
    /// The thing has changed since the client saw it.
    Outdated,
    /// The same request is under way; its answer will be there in a moment.
    UnderWay,
    /// An idempotency key that stands for another request.
    KeyReused,
    /// No valid credentials.
    Unauthenticated,
    /// Valid credentials, but the role does not allow this.
    Forbidden,
    /// It was there and is over (an expired link).
    Gone,
    /// More bytes than allowed.
    TooLarge,
    /// The bytes are of a type that we do not take.
    UnsupportedMedia,
    /// The bytes claim a type that we take but cannot be read as it.
    UnreadableMedia,
    /// A limit of rate or number was met.
    Limited,
    /// The disk or the quota is full; what was acknowledged is safe and the request can be repeated.
    StorageFull,
    /// A part of the system is away for the moment.
    Unavailable,
    /// It took longer than allowed.
    TimedOut,
    /// A fault of ours.
    Internal,
}

/// A failure that may be shown to whoever asked: stable reason, safe sentence, and where it belongs
/// to one, the field of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind of failure it is.
    pub kind: Kind,
    /// A stable word for programs, `snake_case`.
    pub reason: &'static str,
    /// What happened and what to do, for people.
    pub message: String,
    /// The field of the request that is wrong, in the caller's spelling.
    pub field: Option<String>,
}

impl Problem {
    /// A problem of `kind` with its stable `reason` and public `message`.
    pub fn new(kind: Kind, reason: &'static str, message: impl Into<String>) -> Self {
        Self { kind, reason, message: message.into(), field: None }
    }

    /// A rule broken by `field`.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind: Kind::Invalid, reason: "invalid_field", message: message.into(), field: Some(field.into()) }
    }

    /// Nothing of this kind with this id for this caller: `what` is a noun such as `file`.
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, "not_found", format!("There is no such {what}."))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "`{field}`: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl core::error::Error for Problem {}
