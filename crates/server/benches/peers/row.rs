//! One line of the table: what was measured, and what it was to be.

use crate::stats::{median, range};
use serde_json::{Value, json};

/// What samples count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Seconds,
    BytesPerSecond,
    SecondsPerMegabyte,
    Bytes,
    Times,
    /// A part of something, shown in hundredths.
    Share,
    /// A difference of structural similarities.
    Similarity,
}

/// How ratios are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compare {
    /// Ours divided by the peer's.
    Share,
    /// The peer's time divided by ours.
    Faster,
    /// What the peer spends divided by what we spend.
    Less,
}

/// Who was measured beside us.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    /// As many as ours, round by round.
    pub(crate) samples: Vec<f64>,
    pub(crate) compare: Compare,
}

/// What was to be reached by the median.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    AtMost(f64),
    RatioAtMost(f64),
    RatioAtLeast(f64),
}

/// A measurement.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) unit: Unit,
    pub(crate) ours: Vec<f64>,
    pub(crate) peer: Option<Peer>,
    pub(crate) targets: Vec<Target>,
}

impl Unit {
    /// A value for a reader.
    pub(crate) fn show(self, value: f64) -> String {
        match self {
            Self::Seconds if value < 1.0 => format!("{:.1} ms", value * 1e3),
            Self::Seconds => format!("{value:.2} s"),
            Self::BytesPerSecond => format!("{:.0} MB/s", value / 1e6),
            Self::SecondsPerMegabyte => format!("{:.0} µs/MB", value * 1e6),
            Self::Bytes => format!("{:.1} MB", value / 1e6),
            Self::Times => format!("{value:.2}"),
            Self::Share => format!("{:.1} %", value * 100.0),
            Self::Similarity => format!("{value:.4}"),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::BytesPerSecond => "bytes per second",
            Self::SecondsPerMegabyte => "seconds per megabyte",
            Self::Bytes => "bytes",
            Self::Times => "times",
            Self::Share => "share",
            Self::Similarity => "structural similarity",
        }
    }
}

impl Compare {
    fn show(self, ratio: f64) -> String {
        match self {
            Self::Share => format!("{ratio:.2}×"),
            Self::Faster => format!("{ratio:.1}× as fast"),
            Self::Less => format!("{ratio:.2}× less"),
        }
    }
}

impl Row {
    /// What, ours, the peer's, the ratio, the targets, the verdicts.
    pub(crate) fn cells(&self) -> [String; 6] {
        let peer = self.peer.as_ref().map(|peer| format!("{} ({})", self.with_range(&peer.samples), peer.name));
        let ratio = self.peer.as_ref().map(|peer| peer.compare.show(median(&self.ratios())));
        let targets = self.targets.iter().map(|target| self.wish(*target)).collect::<Vec<_>>();
        let verdicts = self.targets.iter().map(|target| self.verdict(*target)).collect::<Vec<_>>();
        [
            self.what.clone(),
            self.with_range(&self.ours),
            peer.unwrap_or_default(),
            ratio.unwrap_or_default(),
            targets.join(", "),
            verdicts.join(", "),
        ]
    }

    /// Everything, for programs.
    pub(crate) fn json(&self) -> Value {
        let peer = self.peer.as_ref().map(|peer| {
            let ratios = self.ratios();
            json!({ "name": peer.name, "samples": peer.samples, "median": median(&peer.samples),
                "ratios": ratios, "medianRatio": median(&ratios), "ratio": match peer.compare {
                    Compare::Share => "kinora / peer",
                    Compare::Faster | Compare::Less => "peer / kinora",
                } })
        });
        let targets = self
            .targets
            .iter()
            .map(|target| json!({ "target": self.wish(*target), "met": self.miss(*target).is_none() }));
        json!({ "what": self.what, "unit": self.unit.name(), "samples": self.ours, "median": median(&self.ours),
            "peer": peer, "targets": targets.collect::<Vec<_>>() })
    }

    fn with_range(&self, samples: &[f64]) -> String {
        let (smallest, largest) = range(samples);
        let show = |value| self.unit.show(value);
        let (low, high) = (show(smallest), show(largest));
        if low == high { show(median(samples)) } else { format!("{} [{low} to {high}]", show(median(samples))) }
    }

    fn ratios(&self) -> Vec<f64> {
        let Some(peer) = &self.peer else {
            return Vec::new();
        };
        let pairs = self.ours.iter().zip(&peer.samples);
        pairs
            .map(|(ours, theirs)| match peer.compare {
                Compare::Share => ours / theirs,
                Compare::Faster | Compare::Less => theirs / ours,
            })
            .collect()
    }

    fn wish(&self, target: Target) -> String {
        let ratio = |limit| self.peer.as_ref().map_or_else(String::new, |peer| peer.compare.show(limit));
        match target {
            Target::AtMost(limit) => format!("≤ {}", self.unit.show(limit)),
            Target::RatioAtMost(limit) => format!("≤ {}", ratio(limit)),
            Target::RatioAtLeast(limit) => format!("≥ {}", ratio(limit)),
        }
    }

    fn verdict(&self, target: Target) -> String {
        self.miss(target).map_or_else(|| "met".to_owned(), |miss| format!("missed by {:.0} %", miss * 100.0))
    }

    /// By which share of it a target is missed.
    fn miss(&self, target: Target) -> Option<f64> {
        let ratio = median(&self.ratios());
        let miss = match target {
            // To two digits: a page of a database does not make a byte written twice.
            Target::AtMost(limit) if self.unit == Unit::Times => {
                (median(&self.ours) * 100.0).round() / 100.0 / limit - 1.0
            }
            Target::AtMost(limit) => median(&self.ours) / limit - 1.0,
            Target::RatioAtMost(limit) => ratio / limit - 1.0,
            Target::RatioAtLeast(limit) => 1.0 - ratio / limit,
        };
        (miss > 0.0).then_some(miss)
    }
}
