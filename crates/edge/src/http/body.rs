//! JSON bodies: bounded, and with errors that name the place.

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use kinora_domain::{Kind, Problem};
use serde::de::DeserializeOwned;

/// Bytes of a JSON body: an order of magnitude above the largest call, which completes an upload of
/// 20,000 parts.
const MAX_BYTES: usize = 4 << 20;

/// Reads a JSON body.
///
/// # Errors
/// `UnsupportedMedia` for another content type, `TooLarge`, `Invalid` with the place of the mistake.
pub async fn json<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Problem> {
    from_slice(&read(headers, body).await?)
}

/// Reads a JSON body that may be empty.
///
/// # Errors
/// As [`json`].
pub async fn optional_json<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<Option<T>, Problem> {
    let bytes = read(headers, body).await?;
    if bytes.is_empty() { Ok(None) } else { from_slice(&bytes).map(Some) }
}

/// Reads a JSON body that is a list.
///
/// # Errors
/// As [`json`].
pub async fn json_list<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<Vec<T>, Problem> {
    let bytes = read(headers, body).await?;
    if bytes.trim_ascii_start().first().is_some_and(|first| *first != b'[') {
        return Err(Problem::new(Kind::Invalid, "malformed_json", "The body must be a JSON array."));
    }
    whole(&bytes)
}

/// Reads the bytes of a JSON body.
///
/// # Errors
/// `UnsupportedMedia` for another content type, `TooLarge`, `Invalid` when it ends early.
pub async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    check_type(headers)?;
    match Limited::new(body, MAX_BYTES).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => {
            Err(Problem::new(Kind::TooLarge, "body_too_large", format!("The body is larger than {MAX_BYTES} bytes.")))
        }
        Err(_broken) => Err(Problem::new(Kind::Invalid, "incomplete_body", "The body ended early.")),
    }
}

/// Reads JSON bytes.
///
/// # Errors
/// `Invalid`: the place, what is wrong and what is allowed.
pub fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Serde would take the fields of an object in their order for the object.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(Problem::new(Kind::Invalid, "malformed_json", "The body must be a JSON object."));
    }
    whole(bytes)
}

fn whole<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        problem(&path, error.inner())
    })?;
    reader.end().map_err(|error| problem("", &error))?;
    Ok(value)
}

fn problem(path: &str, error: &serde_json::Error) -> Problem {
    if error.is_data() {
        // Without serde's position: the path says more than a column.
        let text = error.to_string();
        let sentence = text.rsplit_once(" at line ").map_or(text.as_str(), |(before, _)| before);
        let place = Some(path).filter(|path| !path.is_empty() && *path != ".");
        let of = |name: &str| place.map_or_else(|| name.to_owned(), |place| format!("{place}.{name}"));
        let (field, sentence) = match (missing_field(sentence), unknown_field(sentence)) {
            (Some(name), _) => (Some(of(name)), sentence.to_owned()),
            // The path ends with it already.
            (None, Some(known)) => (place.map(str::to_owned), format!("there is no such field; {known}")),
            (None, None) => (place.map(str::to_owned), sentence.to_owned()),
        };
        return Problem {
            kind: Kind::Invalid,
            reason: "invalid_field",
            message: format!("{}.", capital(&sentence)),
            field,
        };
    }
    Problem::new(Kind::Invalid, "malformed_json", format!("The body is not JSON: {error}."))
}

fn missing_field(sentence: &str) -> Option<&str> {
    sentence.strip_prefix("missing field `")?.strip_suffix('`')
}

/// What is known, where a field is not.
fn unknown_field(sentence: &str) -> Option<String> {
    let (_, known) = sentence.strip_prefix("unknown field `")?.split_once("`, ")?;
    Some(match known.strip_prefix("expected ") {
        Some(known) => format!("there is {}", known.strip_prefix("one of ").unwrap_or(known)),
        None => known.to_owned(),
    })
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/json" || essence.ends_with("+json") {
        return Ok(());
    }
    Err(Problem::new(Kind::UnsupportedMedia, "unsupported_content_type", "The body must be `application/json`."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Part {
        #[expect(dead_code, reason = "only read by serde")]
        number: u32,
    }
    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Closed {
        #[expect(dead_code, reason = "only read by serde")]
        one: Option<Box<Closed>>,
        #[expect(dead_code, reason = "only read by serde")]
        two: Option<u32>,
    }
    #[derive(Debug, serde::Deserialize)]
    struct Whole {
        #[expect(dead_code, reason = "only read by serde")]
        parts: Vec<Part>,
    }

    #[test]
    fn a_field_that_there_is_not_is_named_with_those_that_there_are() {
        for (body, field) in [(r#"{"x":1}"#, "x"), (r#"{"one":{"one":{"y z":null}}}"#, "one.one.y z")] {
            let problem = from_slice::<Closed>(body.as_bytes()).unwrap_err();
            assert_eq!(problem.field.as_deref(), Some(field), "{body}");
            assert_eq!(problem.message, "There is no such field; there is `one` or `two`.", "{body}");
        }
    }

    #[test]
    fn mistakes_name_their_place() {
        let table = [
            (r#"{"parts":[{"number":1},{"number":"2"}]}"#, Some("parts[1].number")),
            (r#"{"parts":[{}]}"#, Some("parts[0].number")),
            ("{}", Some("parts")),
            (r#"{"parts":{}}"#, Some("parts")),
            ("[1,", None),
            ("", None),
            (r#"{"parts":[]} x"#, None),
        ];
        for (text, field) in table {
            let problem = from_slice::<Whole>(text.as_bytes()).unwrap_err();
            assert_eq!((problem.kind, problem.field.as_deref()), (Kind::Invalid, field), "{text}: {}", problem.message);
        }
        let deep = "[".repeat(100_000);
        assert_eq!(from_slice::<serde_json::Value>(deep.as_bytes()).unwrap_err().reason, "malformed_json");
    }
}
