//! Languages of tracks.

use crate::problem::Problem;

/// The two-letter codes of ISO 639-1, in order.
#[rustfmt::skip]
pub const CODES: [&str; 183] = [
    "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg", "bi", "bm", "bn",
    "bo", "br", "bs", "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv", "cy", "da", "de", "dv", "dz", "ee", "el",
    "en", "eo", "es", "et", "eu", "fa", "ff", "fi", "fj", "fo", "fr", "fy", "ga", "gd", "gl", "gn", "gu", "gv",
    "ha", "he", "hi", "ho", "hr", "ht", "hu", "hy", "hz", "ia", "id", "ie", "ig", "ii", "ik", "io", "is", "it",
    "iu", "ja", "jv", "ka", "kg", "ki", "kj", "kk", "kl", "km", "kn", "ko", "kr", "ks", "ku", "kv", "kw", "ky",
    "la", "lb", "lg", "li", "ln", "lo", "lt", "lu", "lv", "mg", "mh", "mi", "mk", "ml", "mn", "mr", "ms", "mt",
    "my", "na", "nb", "nd", "ne", "ng", "nl", "nn", "no", "nr", "nv", "ny", "oc", "oj", "om", "or", "os", "pa",
    "pi", "pl", "ps", "pt", "qu", "rm", "rn", "ro", "ru", "rw", "sa", "sc", "sd", "se", "sg", "si", "sk", "sl",
    "sm", "sn", "so", "sq", "sr", "ss", "st", "su", "sv", "sw", "ta", "te", "tg", "th", "ti", "tk", "tl", "tn",
    "to", "tr", "ts", "tt", "tw", "ty", "ug", "uk", "ur", "uz", "ve", "vi", "vo", "wa", "wo", "xh", "yi", "yo",
    "za", "zh", "zu",
];

/// Passes the language of a track: a code of two letters that there is, or of three (ISO 639-2), with whatever subtags
/// behind it (RFC 5646), such as `en`, `pt-BR` or `yue-Hant`. Letter case means nothing.
///
/// # Errors
/// It is none; names the field.
pub fn check(field: &str, tag: &str) -> Result<(), Problem> {
    let mut subtags = tag.split('-');
    let primary = subtags.next().unwrap_or_default().to_ascii_lowercase();
    let is_language = match primary.len() {
        2 => CODES.binary_search(&primary.as_str()).is_ok(),
        3 => primary.bytes().all(|letter| letter.is_ascii_lowercase()),
        _ => false,
    };
    let mut rest =
        subtags.map(|subtag| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric()));
    if is_language && tag.len() <= LONGEST && rest.all(|fits| fits) {
        return Ok(());
    }
    let message = "A language is a code of ISO 639 with or without subtags, such as `en`, `pt-BR` or `yue`.";
    Err(Problem::invalid(field, message))
}

/// Characters of a tag; the longest in use have fewer.
const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_have_two_letters() {
        assert!(CODES.is_sorted());
        assert!(CODES.iter().all(|code| code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_lowercase())));
        for (at, code) in CODES.iter().enumerate() {
            assert!(!CODES[..at].contains(code), "{code} is there twice");
        }
    }

    #[test]
    fn tags_begin_with_a_language() {
        for tag in ["en", "EN", "pt-BR", "zh-Hant-TW", "yue", "deu", "en-x-one", "de-1996"] {
            assert_eq!(check("language", tag), Ok(()), "{tag}");
        }
        let long = format!("en{}", "-abcdefgh".repeat(8));
        for tag in ["", "e", "xx", "e1", "english", "en_US", "en-", "-en", "en-\u{e9}", "en-abcdefghi", "en us", &long]
        {
            assert_eq!(check("language", tag).unwrap_err().field.as_deref(), Some("language"), "{tag}");
        }
    }
}
