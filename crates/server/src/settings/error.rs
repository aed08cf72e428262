//! What is wrong with the settings, and what would be right.

use std::path::PathBuf;

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// A file was named that cannot be read.
    #[error("the settings file {path} cannot be read", path = .path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("the settings file {path} is not TOML: {message}", path = .path.display())]
    NotToml { path: PathBuf, message: String },
    /// A name that no setting has.
    #[error("{origin}: there is no setting `{name}`{suggestion}")]
    Unknown { origin: String, name: String, suggestion: String },
    /// A setting that may not stand there.
    #[error("{origin}: `{name}` is a secret and comes by the environment only, as `{variable}`")]
    Secret { origin: String, name: &'static str, variable: String },
    /// A value that cannot be used.
    #[error("{origin}: `{name}` is `{value}`, but must be {expected}")]
    Value { origin: String, name: &'static str, value: String, expected: &'static str },
}

/// The name that was meant, when one is as near as a slip of the fingers: a letter in three, at most
/// three. The prefix of variables is nothing that a slip is measured by.
pub(crate) fn nearest<'names>(given: &str, names: impl Iterator<Item = &'names str>) -> Option<&'names str> {
    let bare = given.strip_prefix("KINORA_").unwrap_or(given);
    let slip = (bare.len() / 3).clamp(1, 3);
    let near = names.map(|name| (strsim::damerau_levenshtein(given, name), name)).min();
    near.filter(|(distance, _)| *distance <= slip).map(|(_, name)| name)
}

/// `; did you mean ...?`, or nothing.
pub(crate) fn question(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}
