//! The few numbers that stand for many.

/// The middle of the samples; the mean of the middle two where there are two. Zero for none.
pub(crate) fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = sorted.get(middle).copied().unwrap_or_default();
    if sorted.len() % 2 == 1 {
        return upper;
    }
    let lower = middle.checked_sub(1).and_then(|lower| sorted.get(lower)).copied();
    f64::midpoint(lower.unwrap_or_default(), upper)
}

/// The smallest and the largest sample.
pub(crate) fn range(samples: &[f64]) -> (f64, f64) {
    let smallest = samples.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = samples.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (smallest, largest)
}

/// A count as a floating point number.
#[expect(clippy::cast_precision_loss, reason = "no count here comes near 2^53")]
pub(crate) const fn float(count: u64) -> f64 {
    count as f64
}
