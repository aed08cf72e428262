//! Floating-point numbers of headers.

/// The nearest whole number; `None` for what is negative, no number or too large.
pub(crate) fn rounded(value: f64) -> Option<u64> {
    if !value.is_finite() || !(0.0..1e18).contains(&value) {
        return None;
    }
    let bits = value.to_bits();
    let mantissa = (bits & ((1 << 52) - 1)) | 1 << 52;
    match (bits >> 52, 1_075) {
        (0, _) => Some(0),
        (exponent, bias) if exponent >= bias => mantissa.checked_shl(u32::try_from(exponent - bias).ok()?),
        (exponent, bias) => {
            let down = u32::try_from(bias - exponent).ok()?;
            let half = 1u64.checked_shl(down.checked_sub(1)?).unwrap_or(0);
            Some(mantissa.saturating_add(half).checked_shr(down).unwrap_or(0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_nearest() {
        for (value, expected) in [
            (0.0, Some(0)),
            (48_000.0, Some(48_000)),
            (0.5, Some(1)),
            (0.4, Some(0)),
            (1e-300, Some(0)),
            (9e17, Some(900_000_000_000_000_000)),
            (-0.0, None),
            (-1.0, None),
            (1e18, None),
            (f64::NAN, None),
        ] {
            assert_eq!(rounded(value), expected, "{value}");
        }
    }
}
