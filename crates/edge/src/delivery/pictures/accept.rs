//! Which form of a still a client takes (RFC 9110 clause 12.5.1).

use super::type_of;
use kinora_domain::still::StillForm;

/// Those that are smaller for the same picture first.
const PREFERRED: [StillForm; 4] = [StillForm::Avif, StillForm::WebP, StillForm::Jpeg, StillForm::Png];

/// The form of those at hand that an `Accept` header likes best; of those that it likes alike the smallest. Only forms that
/// it names count: who takes anything may not know the newer ones, and gets JPEG, and so does who takes none of them.
pub(super) fn chosen(header: Option<&str>, at_hand: &[StillForm]) -> StillForm {
    let ranges: Vec<(&str, u16)> = header.unwrap_or_default().split(',').filter_map(range).collect();
    let weight = |form: StillForm| {
        let named = ranges.iter().find(|(name, _)| name.eq_ignore_ascii_case(type_of(form)));
        named.map_or(0, |(_, weight)| *weight)
    };
    let known = PREFERRED.into_iter().filter(|form| at_hand.contains(form));
    let liked = known.filter(|form| weight(*form) > 0);
    // Of equals the last one counts, which is the first of the preferred.
    liked.rev().max_by_key(|form| weight(*form)).unwrap_or(StillForm::Jpeg)
}

/// A media range and its weight in thousandths.
fn range(text: &str) -> Option<(&str, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts.find_map(|parameter| parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q=")));
    Some((name, weight.map_or(Some(1_000), thousandths).unwrap_or(0)))
}

/// A weight such as `0.5`; three places at most.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    let part: u16 = format!("{part:0<3}").parse().ok().filter(|_part| digits)?;
    match (whole, part) {
        ("0", part) => Some(part),
        ("1", 0) => Some(1_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use StillForm::{Avif, Jpeg, Png, WebP};

    #[test]
    fn what_is_named_and_liked_best_is_given() {
        for (header, form) in [
            (None, Jpeg),
            (Some(""), Jpeg),
            (Some("*/*"), Jpeg),
            (Some("image/*,*/*;q=0.8"), Jpeg),
            // Of Chromium, Firefox and Safari.
            (Some("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"), Avif),
            (Some("image/webp,image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5"), WebP),
            (Some("image/jpeg;q=0.9, image/WEBP;q=0.9, image/avif;q=0.1"), WebP),
            (Some("image/png"), Png),
            (Some("image/png;q=0.001,image/avif;q=0"), Png),
            (Some("image/avif;q=0"), Jpeg),
            (Some("text/html"), Jpeg),
            (Some("image/webp;q=1.5,image/png;q=x,image/avif;q=0.0001"), Jpeg),
            (Some(",;,image/webp;level=1;q=0.5,"), WebP),
        ] {
            assert_eq!(chosen(header, &StillForm::ALL), form, "{header:?}");
        }
        assert_eq!(chosen(Some("image/avif,image/webp"), &[Jpeg, Png, WebP]), WebP, "what is not at hand is not given");
    }
}
