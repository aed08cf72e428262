//! What the command line asks for.

use crate::failure::{Failure, Outcome};

/// A part of the benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// From the last byte to the first segment.
    First,
    /// Throughput of uploads.
    Upload,
    /// Cost of segments.
    Serving,
    /// Cost of segments in other forms.
    Formats,
    /// Playlists and manifests of long films.
    Documents,
    /// A thousand viewers at once.
    Viewers,
    /// Start and idle memory.
    Start,
    /// Cost and quality of ladders.
    Ladder,
    /// From the last byte to the first segment of codecs that players do not take.
    Foreign,
    /// One worker and two.
    Workers,
    /// Pages of a large library.
    Lists,
}

/// The command line, read.
#[derive(Debug)]
pub(crate) struct Options {
    /// Fewer rounds, no two-hour films, and shorter ones to convert.
    pub(crate) quick: bool,
    /// Samples instead of a table.
    pub(crate) json: bool,
    /// How often everything is measured.
    pub(crate) rounds: usize,
    only: Vec<Part>,
}

impl Options {
    /// `None` where a test runner asks for a list of tests.
    pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Outcome<Option<Self>> {
        let mut arguments = arguments;
        let (mut quick, mut json, mut rounds, mut only) = (false, false, None, Vec::new());
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                // Cargo adds this one.
                "--bench" => {}
                "--list" => return Ok(None),
                "--quick" => quick = true,
                "--json" => json = true,
                "--rounds" => {
                    let count = arguments.next().and_then(|text| text.parse().ok()).filter(|count| *count > 0);
                    rounds = Some(count.ok_or_else(|| Failure::new("--rounds takes a number from 1"))?);
                }
                "--only" => only.push(part(arguments.next().as_deref())?),
                other => return Err(Failure::new(format!("there is no option {other}"))),
            }
        }
        let rounds = rounds.unwrap_or(if quick { 3 } else { 5 });
        Ok(Some(Self { quick, json, rounds, only }))
    }

    /// How often what takes minutes is measured.
    pub(crate) fn long_rounds(&self) -> usize {
        self.rounds.div_ceil(2)
    }

    /// Whether a part is to be measured.
    pub(crate) fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

fn part(name: Option<&str>) -> Outcome<Part> {
    match name {
        Some("first") => Ok(Part::First),
        Some("upload") => Ok(Part::Upload),
        Some("serving") => Ok(Part::Serving),
        Some("formats") => Ok(Part::Formats),
        Some("documents") => Ok(Part::Documents),
        Some("viewers") => Ok(Part::Viewers),
        Some("start") => Ok(Part::Start),
        Some("ladder") => Ok(Part::Ladder),
        Some("foreign") => Ok(Part::Foreign),
        Some("workers") => Ok(Part::Workers),
        Some("lists") => Ok(Part::Lists),
        _ => Err(Failure::new(
            "--only takes first, upload, serving, formats, documents, viewers, start, ladder, foreign, workers or lists",
        )),
    }
}
