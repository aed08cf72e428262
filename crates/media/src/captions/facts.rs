//! What is known of stored captions beside their cues.
//!
//! | part | content |
//! |---|---|
//! | magic | `KCAP` and the version, 1 |
//! | language, name | texts behind their lengths; an empty text is an absent one |

use crate::bits::{Cursor, put_blob};

const MAGIC: [u8; 5] = *b"KCAP\x01";

/// What manifests say of captions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// BCP 47 tag of the language.
    pub language: Option<String>,
    /// A name that somebody chose.
    pub name: Option<String>,
}

impl Facts {
    /// The bytes, for storage.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        for text in [&self.language, &self.name] {
            put_blob(&mut out, text.as_deref().unwrap_or_default().as_bytes());
        }
        out
    }

    /// The facts of stored bytes; `None` when they are damaged.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes.strip_prefix(&MAGIC)?);
        let mut text = || {
            let text = core::str::from_utf8(cursor.blob()?).ok()?.to_owned();
            Some(Some(text).filter(|text| !text.is_empty()))
        };
        let (language, name) = (text()?, text()?);
        cursor.is_empty().then_some(Self { language, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_come_back_as_they_were() {
        let text = |text: &str| Some(text.to_owned());
        for facts in [Facts::default(), Facts { language: text("pt-BR"), name: text("Legendas") }] {
            let bytes = facts.encode();
            assert_eq!(Facts::decode(&bytes), Some(facts));
            for end in 0..bytes.len() {
                assert_eq!(Facts::decode(&bytes[..end]), None);
            }
            assert_eq!(Facts::decode(&[bytes, vec![0]].concat()), None);
        }
    }
}
