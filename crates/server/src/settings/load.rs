//! Where settings come from.

use super::error::{SettingsError, nearest, question};
use super::table::{Row, TABLE};
use super::value::Settings;
use crate::command::remote::VARIABLES;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The raw sources, in growing order of weight.
pub(crate) struct Sources {
    /// A file that was named; it must be there.
    pub(crate) file: Option<PathBuf>,
    /// The environment.
    pub(crate) environment: Vec<(String, String)>,
    /// Flags: setting name and value.
    pub(crate) flags: Vec<(String, String)>,
}

/// A value as text, and where it came from.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    pub(super) text: String,
    pub(super) origin: String,
}

/// Looked for when no file is named; fine when neither is there.
const USUAL_FILES: [&str; 2] = ["kinora.toml", "/etc/kinora/kinora.toml"];

/// Loads and checks all settings.
pub(crate) fn load(sources: &Sources) -> Result<Settings, SettingsError> {
    let mut values = HashMap::new();
    for row in &TABLE {
        let text = row.default.to_owned();
        values.insert(row.name, Raw { text, origin: "the defaults".to_owned() });
    }
    read_file(sources.file.as_deref(), &mut values)?;
    let ignored = read_environment(&sources.environment, &mut values)?;
    for (name, text) in &sources.flags {
        let row = find(name, "the flags")?;
        values.insert(row.name, Raw { text: text.clone(), origin: format!("the flag --{}", row.flag()) });
    }
    Settings::read(&values, ignored)
}

fn find(name: &str, origin: &str) -> Result<&'static Row, SettingsError> {
    TABLE.iter().find(|row| row.name == name).ok_or_else(|| SettingsError::Unknown {
        origin: origin.to_owned(),
        name: name.to_owned(),
        suggestion: question(nearest(name, TABLE.iter().map(|row| row.name))),
    })
}

/// Takes the variables that are settings. A misspelled one is an error; one that is like none of them
/// belongs to another program and is given back, for a warning.
fn read_environment(
    environment: &[(String, String)],
    values: &mut HashMap<&'static str, Raw>,
) -> Result<Vec<String>, SettingsError> {
    let known: Vec<(String, &Row)> = TABLE.iter().map(|row| (row.variable(), row)).collect();
    let mut ignored = Vec::new();
    for (variable, text) in environment {
        let of_ours = variable == "KINORA_CONFIG" || VARIABLES.contains(&variable.as_str());
        if !variable.starts_with("KINORA_") || of_ours {
            continue;
        }
        if let Some((_, row)) = known.iter().find(|(name, _)| name == variable) {
            let origin = format!("the environment variable {variable}");
            values.insert(row.name, Raw { text: text.clone(), origin });
            continue;
        }
        match nearest(variable, known.iter().map(|(name, _)| name.as_str())) {
            None => ignored.push(variable.clone()),
            meant @ Some(_) => {
                return Err(SettingsError::Unknown {
                    origin: "the environment".to_owned(),
                    name: variable.clone(),
                    suggestion: question(meant),
                });
            }
        }
    }
    Ok(ignored)
}

fn read_file(named: Option<&Path>, values: &mut HashMap<&'static str, Raw>) -> Result<(), SettingsError> {
    let usual = || USUAL_FILES.iter().map(PathBuf::from).find(|path| path.exists());
    let Some(path) = named.map(Path::to_owned).or_else(usual) else { return Ok(()) };
    let unreadable = |source| SettingsError::Unreadable { path: path.clone(), source };
    let text = std::fs::read_to_string(&path).map_err(unreadable)?;
    let not_toml =
        |error: toml::de::Error| SettingsError::NotToml { path: path.clone(), message: error.message().to_owned() };
    let table: toml::Table = text.parse().map_err(not_toml)?;
    let origin = format!("the settings file {}", path.display());
    for (name, value) in table {
        let row = find(&name, &origin)?;
        if row.secret {
            return Err(SettingsError::Secret { origin, name: row.name, variable: row.variable() });
        }
        values.insert(row.name, Raw { text: plain(&value), origin: origin.clone() });
    }
    Ok(())
}

/// A TOML value in the one text form that every source uses; lists with commas between.
fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

#[cfg(test)]
#[path = "load_test.rs"]
mod tests;
