//! Copies of an output that lie elsewhere, as a client tells of them.

use crate::problem::Problem;

/// Characters of the name of an output, and of an endpoint.
const LONGEST_NAME: usize = 128;
/// Characters of a URL.
const LONGEST_URL: usize = 2_048;
/// Copies that one output may have.
pub const MOST_ENDPOINTS: usize = 32;
/// Keys that protect one copy.
const MOST_KEYS: usize = 64;

/// How a copy is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// By HTTP.
    Http,
    /// From an object store.
    S3,
    /// From an archive.
    Glacier,
}

/// In which form a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// HTTP Live Streaming.
    Hls,
    /// MPEG-DASH.
    Dash,
    /// One MP4.
    Mp4,
    /// Smooth Streaming.
    Smooth,
}

/// Whether a copy is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protection {
    /// It is not.
    None,
    /// It is, for a license.
    Drm,
}

/// The keys that a copy is encrypted with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProtectionDetails {
    /// Ids of the keys.
    pub keys: Vec<String>,
    /// Id of what they protect.
    pub content: Option<String>,
}

/// A copy of an output that was taken elsewhere. Nobody here looks whether it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HarvestedEndpoint {
    /// The client's id for it.
    pub id: Option<String>,
    /// How it is fetched.
    pub access: Access,
    /// In which form it is.
    pub format: Format,
    /// Where it is.
    pub url: Option<String>,
    /// The preset that it comes from.
    pub preset: Option<String>,
    /// Whether it is encrypted.
    pub protection: Protection,
    /// With which keys.
    pub details: Option<ProtectionDetails>,
    /// Its length in milliseconds.
    pub duration_ms: Option<u64>,
    /// Its bytes.
    pub size_bytes: Option<u64>,
}

impl HarvestedEndpoint {
    /// Passes when ids, names and the URL are such; `field` is that of the endpoint.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub fn check(&self, field: &str) -> Result<(), Problem> {
        for (name, text) in [("id", &self.id), ("preset", &self.preset)] {
            if text.as_ref().is_some_and(|text| text.is_empty() || text.chars().count() > LONGEST_NAME) {
                let message = format!("It has 1 to {LONGEST_NAME} characters.");
                return Err(Problem::invalid(format!("{field}.{name}"), message));
            }
        }
        if self.url.as_ref().is_some_and(|url| !is_url(url, self.access)) {
            let schemes = match self.access {
                Access::Http => "`http://` or `https://`",
                Access::S3 | Access::Glacier => "`s3://`, `http://` or `https://`",
            };
            let message = format!("A URL begins with {schemes} and has at most {LONGEST_URL} characters.");
            return Err(Problem::invalid(format!("{field}.url"), message));
        }
        let number = |value: Option<u64>| value.is_none_or(|value| i64::try_from(value).is_ok());
        for (name, value) in [("durationMilliseconds", self.duration_ms), ("size", self.size_bytes)] {
            if !number(value) {
                return Err(Problem::invalid(format!("{field}.{name}"), "The number is too large."));
            }
        }
        let details = self.details.iter();
        let mut words = details.clone().flat_map(|details| details.keys.iter().chain(&details.content));
        let many = details.clone().any(|details| details.keys.len() > MOST_KEYS);
        if many || words.any(|word| word.is_empty() || word.chars().count() > LONGEST_NAME) {
            let message = format!("At most {MOST_KEYS} keys, and ids of 1 to {LONGEST_NAME} characters.");
            return Err(Problem::invalid(format!("{field}.protectionDetails"), message));
        }
        Ok(())
    }
}

fn is_url(text: &str, access: Access) -> bool {
    let schemes: &[&str] = match access {
        Access::Http => &["http", "https"],
        Access::S3 | Access::Glacier => &["s3", "http", "https"],
    };
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let plain = |letter: char| letter.is_ascii_graphic() && !matches!(letter, '"' | '<' | '>' | '\\' | '^' | '`');
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    schemes.contains(&scheme.to_ascii_lowercase().as_str())
        && !host.is_empty()
        && text.len() <= LONGEST_URL
        && text.chars().all(plain)
}

/// A name that a client gives an output: letters of ASCII, digits, `_` and `-`, 1 to 128 of them.
///
/// # Errors
/// It is another; names `id`.
pub fn output_name(text: &str) -> Result<&str, Problem> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    if text.is_empty() || text.len() > LONGEST_NAME || !text.chars().all(allowed) {
        let message = format!("An id has 1 to {LONGEST_NAME} letters from a to z, digits, `_` and `-`.");
        return Err(Problem::invalid("id", message));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(url: &str, access: Access) -> HarvestedEndpoint {
        HarvestedEndpoint {
            id: None,
            access,
            format: Format::Hls,
            url: Some(url.to_owned()),
            preset: None,
            protection: Protection::None,
            details: None,
            duration_ms: None,
            size_bytes: None,
        }
    }

    #[test]
    fn urls_are_those_of_their_access() {
        for (url, access, taken) in [
            ("https://copies.example/a/master.m3u8?x=1#y", Access::Http, true),
            ("HTTP://copies.example", Access::Http, true),
            ("s3://bucket/key", Access::S3, true),
            ("https://bucket.example/key", Access::Glacier, true),
            ("s3://bucket/key", Access::Http, false),
            ("javascript:alert(1)", Access::Http, false),
            ("javascript://x/%0aalert(1)", Access::Http, false),
            ("file:///etc/passwd", Access::S3, false),
            ("https://", Access::Http, false),
            ("https:///path", Access::Http, false),
            ("https://copies.example/a b", Access::Http, false),
            ("https://copies.example/\"", Access::Http, false),
            ("", Access::Http, false),
        ] {
            assert_eq!(endpoint(url, access).check("x").is_ok(), taken, "{url}");
        }
        let long = format!("https://copies.example/{}", "a".repeat(2_048));
        assert_eq!(endpoint(&long, Access::Http).check("x").unwrap_err().field.as_deref(), Some("x.url"));
    }

    #[test]
    fn ids_and_numbers_have_bounds() {
        let plain = endpoint("https://copies.example", Access::Http);
        for (wrong, field) in [
            (HarvestedEndpoint { id: Some(String::new()), ..plain.clone() }, "x.id"),
            (HarvestedEndpoint { preset: Some("p".repeat(129)), ..plain.clone() }, "x.preset"),
            (HarvestedEndpoint { size_bytes: Some(u64::MAX), ..plain.clone() }, "x.size"),
            (
                HarvestedEndpoint {
                    details: Some(ProtectionDetails { keys: vec![String::new()], content: None }),
                    ..plain
                },
                "x.protectionDetails",
            ),
        ] {
            assert_eq!(wrong.check("x").unwrap_err().field.as_deref(), Some(field));
        }
    }

    #[test]
    fn names_are_safe_in_paths() {
        for name in ["a", "output-1080p", "_", &"x".repeat(128)] {
            assert_eq!(output_name(name), Ok(name));
        }
        for name in ["", "a b", "a/b", "..", "ä", "a\u{0}", &"x".repeat(129)] {
            assert_eq!(output_name(name).unwrap_err().field.as_deref(), Some("id"), "{name}");
        }
    }
}
