//! Tags and attributes: the words by which clients sort and find their files and assets.

use crate::problem::Problem;
use core::fmt;

/// Tags that one thing may have.
pub const MOST_TAGS: usize = 100;
/// Attributes that one thing may have.
pub const MOST_ATTRIBUTES: usize = 100;
/// Characters of a tag, and of the key of an attribute.
const LONGEST_WORD: usize = 256;
/// Characters of the value of an attribute.
const LONGEST_VALUE: usize = 1_024;

/// What a client wrote on a thing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels {
    /// In the order given, each once.
    pub tags: Vec<String>,
    /// In the order given, each once; a key may have several values.
    pub attributes: Vec<Attribute>,
}

impl Labels {
    /// These with the lists that are given in place of their own.
    ///
    /// # Errors
    /// As [`tags`] and [`attributes`].
    pub fn changed(self, new_tags: Option<&[String]>, new_attributes: Option<&[String]>) -> Result<Self, Problem> {
        Ok(Self {
            tags: new_tags.map_or(Ok(self.tags), tags)?,
            attributes: new_attributes.map_or(Ok(self.attributes), attributes)?,
        })
    }
}

/// A key with a value; on the wire `key=value`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attribute {
    /// Not empty, and without `=`.
    pub key: String,
    /// Anything, also nothing.
    pub value: String,
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.key, self.value)
    }
}

impl Attribute {
    /// Reads `key=value`; further `=` belong to the value. `field` is named in the error.
    ///
    /// # Errors
    /// There is no `=` or nothing before it; one of the two is too long.
    pub fn read(field: &str, text: &str) -> Result<Self, Problem> {
        let split = text.split_once('=').map(|(key, value)| (key.trim(), value)).filter(|(key, _)| !key.is_empty());
        let Some((key, value)) = split else {
            return Err(Problem::invalid(field, "An attribute is written `key=value`."));
        };
        if key.chars().count() > LONGEST_WORD || value.chars().count() > LONGEST_VALUE {
            let message = format!(
                "The key of an attribute has at most {LONGEST_WORD} characters, its value at most {LONGEST_VALUE}."
            );
            return Err(Problem::invalid(field, message));
        }
        Ok(Self { key: key.to_owned(), value: value.to_owned() })
    }
}

/// The tags of a list, each once, without spaces around them.
///
/// # Errors
/// One is empty or too long, or there are too many; names it.
pub fn tags(texts: &[String]) -> Result<Vec<String>, Problem> {
    let mut tags = Vec::with_capacity(texts.len().min(MOST_TAGS));
    for (index, text) in texts.iter().enumerate() {
        let tag = text.trim();
        if tag.is_empty() || tag.chars().count() > LONGEST_WORD {
            let message = format!("A tag has 1 to {LONGEST_WORD} characters.");
            return Err(Problem::invalid(format!("tags[{index}]"), message));
        }
        if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    if tags.len() > MOST_TAGS {
        return Err(Problem::invalid("tags", format!("There may be {MOST_TAGS} tags at most.")));
    }
    Ok(tags)
}

/// The attributes of a list of `key=value`, each once.
///
/// # Errors
/// As [`Attribute::read`], or there are too many; names the one.
pub fn attributes(texts: &[String]) -> Result<Vec<Attribute>, Problem> {
    let mut attributes = Vec::with_capacity(texts.len().min(MOST_ATTRIBUTES));
    for (index, text) in texts.iter().enumerate() {
        let attribute = Attribute::read(&format!("attributes[{index}]"), text)?;
        if !attributes.contains(&attribute) {
            attributes.push(attribute);
        }
    }
    if attributes.len() > MOST_ATTRIBUTES {
        return Err(Problem::invalid("attributes", format!("There may be {MOST_ATTRIBUTES} attributes at most.")));
    }
    Ok(attributes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn an_attribute_ends_its_key_at_the_first_equals_sign() {
        let read = |text: &str| Attribute::read("attributes[0]", text).map(|found| (found.key, found.value));
        assert_eq!(read("category=a=b"), Ok(("category".to_owned(), "a=b".to_owned())));
        assert_eq!(read(" empty ="), Ok(("empty".to_owned(), String::new())));
        for wrong in ["", "category", "=value", "  =x"] {
            assert_eq!(read(wrong).unwrap_err().field.as_deref(), Some("attributes[0]"), "{wrong}");
        }
        assert!(read(&format!("{}=x", "k".repeat(257))).is_err());
        assert!(read(&format!("k={}", "v".repeat(1_025))).is_err());
    }

    #[test]
    fn lists_keep_their_order_and_each_entry_once() {
        assert_eq!(tags(&texts(&["b", " a ", "b"])), Ok(texts(&["b", "a"])));
        let shown = attributes(&texts(&["k=1", "k=2", "k=1"])).unwrap();
        assert_eq!(shown.iter().map(ToString::to_string).collect::<Vec<_>>(), ["k=1", "k=2"]);
    }

    #[test]
    fn a_list_that_is_given_takes_the_place_of_the_one_before() {
        let read = |tags: &[&str]| Labels::default().changed(Some(&texts(tags)), Some(&texts(&["k=1"]))).unwrap();
        let before = read(&["a"]);
        assert_eq!(before.clone().changed(None, None), Ok(before.clone()));
        assert_eq!(before.clone().changed(Some(&texts(&["b"])), None), Ok(read(&["b"])));
        assert_eq!(before.clone().changed(Some(&[]), None), Ok(read(&[])));
        assert!(before.changed(None, Some(&texts(&["k"]))).is_err());
    }

    #[test]
    fn the_entry_that_is_wrong_is_named() {
        assert_eq!(tags(&texts(&["a", " "])).unwrap_err().field.as_deref(), Some("tags[1]"));
        assert_eq!(attributes(&texts(&["a=1", "b"])).unwrap_err().field.as_deref(), Some("attributes[1]"));
        let many: Vec<String> = (0..=MOST_TAGS).map(|number| number.to_string()).collect();
        assert_eq!(tags(&many).unwrap_err().field.as_deref(), Some("tags"));
    }
}
