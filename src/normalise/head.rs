//! The head of a snapshot, typed.

use super::redact::{Field, Known};
use crate::diagnostic::Diagnostic;
use crate::model::{Snapshot, SourceNote, Text, Window};
use crate::source::limits;
use crate::source::snapshot::wire;
use jiff::{SignedDuration, Timestamp};

/// Why a text is not a moment that can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Not RFC 3339.
    Unreadable,
    /// Outside [`limits::YEARS`].
    OutOfRange,
}

impl Moment {
    /// The fault in words.
    pub fn words(self) -> String {
        match self {
            Self::Unreadable => "is not a moment in RFC 3339 (2026-11-22T06:00:00Z)".to_owned(),
            Self::OutOfRange => {
                format!(
                    "lies outside the years {} to {}",
                    limits::YEARS.0,
                    limits::YEARS.1
                )
            }
        }
    }

    /// Reads RFC 3339.
    pub fn parse(text: &str) -> Result<Timestamp, Self> {
        let at: Timestamp = text.parse().map_err(|_| Self::Unreadable)?;
        if limits::is_believable(at) {
            Ok(at)
        } else {
            Err(Self::OutOfRange)
        }
    }
}

/// Types the head of a snapshot.
pub fn head(file: &str, head: &wire::Head) -> Result<Snapshot, Diagnostic> {
    let wrong = |field: &str, why: Moment| {
        Diagnostic::error(
            file,
            format!("{field} {}", why.words()),
            "correct it: an edition is named after the moment its snapshot was taken",
        )
        .at(1, 1)
    };
    let taken_at = Moment::parse(&head.taken_at).map_err(|e| wrong("taken_at", e))?;
    let window = match &head.window {
        Some(w) => Window {
            start: Moment::parse(&w.start).map_err(|e| wrong("window.start", e))?,
            end: Moment::parse(&w.end).map_err(|e| wrong("window.end", e))?,
        },
        None => Window {
            start: taken_at - SignedDuration::from_hours(24),
            end: taken_at,
        },
    };
    if window.end < window.start {
        return Err(
            Diagnostic::error(file, "window.end lies before window.start", "swap them").at(1, 1),
        );
    }
    let sources = head.sources.iter().map(|s| SourceNote {
        name: bounded(&s.name),
        kind: s.kind.as_deref().map(bounded),
        sessions: s.sessions,
        not_recorded: s
            .not_recorded
            .iter()
            .take(limits::LIST_ITEMS)
            .map(|t| bounded(t))
            .collect(),
    });
    Ok(Snapshot {
        taken_at,
        window,
        sources: sources.take(limits::LIST_ITEMS).collect(),
    })
}

fn bounded(text: &str) -> Text {
    let cut: String = super::redact::mask_field(text, Field::Name, &Known::default(), &mut |_| {})
        .chars()
        .take(limits::TEXT_CHARS)
        .collect();
    Text::new(&cut)
}
