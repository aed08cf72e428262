//! What can go wrong between here and a server.

/// Why a server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RemoteError {
    /// Nobody answers there, or the answer broke off.
    #[error("{server} cannot be reached")]
    Unreachable {
        server: String,
        #[source]
        source: reqwest::Error,
    },
    /// It says no.
    #[error("the server refused ({status}): {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The stable word of the error, where there is one.
        code: String,
        message: String,
    },
    /// It is none of ours, or a newer one.
    #[error("the server answered what this program does not understand ({0}); is it a Kinora server?")]
    Strange(String),
    /// `--server` is no address.
    #[error("`{0}` is no address of a server; it looks like https://video.example.com")]
    NotAnAddress(String),
    /// No key was given.
    #[error("no API key: give one with --key or in KINORA_KEY; `kinora key create` on the server makes one")]
    NoKey,
    /// TLS cannot be set up on this machine.
    #[error("a client cannot be made")]
    Client(#[source] reqwest::Error),
}

impl RemoteError {
    /// Whether the same request may go through a little later.
    pub(super) fn passes(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { status, .. } => matches!(status, 408 | 429 | 500..=599),
            Self::Strange(_) | Self::NotAnAddress(_) | Self::NoKey | Self::Client(_) => false,
        }
    }

    /// Whether what was asked for is not there.
    pub(super) const fn is_missing(&self) -> bool {
        matches!(self, Self::Refused { status: 404 | 410, .. })
    }
}
