//! What samples show, and the cues that it makes: a sample ends where another begins, and what is in both goes on.

use core::ops::Range;

use super::MOST_SAMPLES;
use crate::bits::to_usize;
use crate::captions::{Captions, CaptionsError, Cue, MOST_CUES, text};

/// What is shown of a sample, in milliseconds of the presentation, which may begin in the middle of it.
#[derive(Debug)]
struct Part {
    shown: Range<i64>,
    settings: String,
    text: String,
}

/// Parts in the order of the samples.
#[derive(Debug, Default)]
pub(super) struct Parts(Vec<Part>);

impl Parts {
    /// Adds text that is shown while its sample lasts.
    pub(super) fn add_text(&mut self, shown: Range<i64>, text: String) -> Result<(), CaptionsError> {
        self.add(Part { shown, settings: String::new(), text })
    }

    /// The same of cues, each with its settings.
    pub(super) fn add_cues(&mut self, shown: &Range<i64>, cues: Vec<(String, String)>) -> Result<(), CaptionsError> {
        cues.into_iter().try_for_each(|(settings, text)| self.add(Part { shown: shown.clone(), settings, text }))
    }

    /// The same of a document, whose own times count on the timeline of the movie: zero of the presentation is at `origin_ms`.
    pub(super) fn add_document(
        &mut self,
        shown: &Range<i64>,
        document: Captions,
        origin_ms: i64,
    ) -> Result<(), CaptionsError> {
        document.cues.into_iter().try_for_each(|Cue { start_ms, end_ms, settings, text }| {
            let time = |ms: u64| i64::try_from(ms).unwrap_or(i64::MAX).saturating_sub(origin_ms);
            let shown = time(start_ms).max(shown.start)..time(end_ms).min(shown.end);
            self.add(Part { shown, settings, text })
        })
    }

    fn add(&mut self, part: Part) -> Result<(), CaptionsError> {
        let text = text::of_cue(&part.text);
        if text.is_empty() || part.shown.end <= part.shown.start.max(0) {
            return Ok(());
        }
        if self.0.len() >= to_usize(MOST_SAMPLES) {
            return Err(CaptionsError::TooMany);
        }
        self.0.push(Part { text, ..part });
        Ok(())
    }

    /// The cues, by start: one that goes on in the next sample is one.
    pub(super) fn finish(self) -> Result<Vec<Cue>, CaptionsError> {
        let mut places: Vec<(usize, Part)> = self.0.into_iter().enumerate().collect();
        places.sort_by(|(_, one), (_, other)| {
            let key = |part: &Part| (part.shown.start, part.shown.end);
            (&one.text, &one.settings).cmp(&(&other.text, &other.settings)).then(key(one).cmp(&key(other)))
        });
        let mut joined: Vec<(usize, Part)> = Vec::new();
        for (place, part) in places {
            match joined.last_mut() {
                Some((_, last))
                    if (&last.text, &last.settings, last.shown.end)
                        == (&part.text, &part.settings, part.shown.start) =>
                {
                    last.shown.end = part.shown.end;
                }
                _ => joined.push((place, part)),
            }
        }
        if joined.len() > MOST_CUES {
            return Err(CaptionsError::TooMany);
        }
        joined.sort_by_key(|(place, part)| (part.shown.start.max(0), *place));
        let ms = |time: i64| time.max(0).unsigned_abs();
        let cue = |(_, Part { shown, settings, text })| Cue {
            start_ms: ms(shown.start),
            end_ms: ms(shown.end),
            settings,
            text,
        };
        Ok(joined.into_iter().map(cue).collect())
    }
}
