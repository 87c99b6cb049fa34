//! Confidence in the judgement: a third word beside trust and consequence, not a score.

use super::context::Context;
use super::facts::Facts;
use super::signals::{Hit, SignalId, definition};
use crate::history::MATURE_DAYS;

/// How sure we are of a judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Sources agree, inputs are there, the baseline is mature.
    High,
    /// One source, or some inputs are absent.
    Moderate,
    /// The leading signal rests on absent or conflicting records.
    Low,
}

impl Level {
    /// The word on pages and in data files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Moderate => "moderate",
            Self::Low => "low",
        }
    }
}

/// A level and its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confidence {
    /// How sure.
    pub level: Level,
    /// The end of "because ...".
    pub because: String,
}

/// How sure we are of one judgement.
pub fn confidence(
    facts: &Facts,
    hits: &[(SignalId, Hit)],
    not_assessable: &[(SignalId, &'static str)],
    context: &Context<'_>,
) -> Confidence {
    let say = |level, because: String| Confidence { level, because };
    if facts.conflicting {
        return say(
            Level::Low,
            "two records of this session contradict each other".to_owned(),
        );
    }
    let leading = hits.iter().max_by(|(a, x), (b, y)| {
        (context.weights.of(*a) * x.strength)
            .total_cmp(&(context.weights.of(*b) * y.strength))
            .then(b.cmp(a))
    });
    if let Some((SignalId::S3, _)) = leading
        && (facts.host.is_none() || (facts.user.is_none() && !facts.user_said_unknown))
    {
        return say(
            Level::Low,
            "the leading signal rests on fields that were not recorded".to_owned(),
        );
    }
    let days = context.history_days();
    let mut reasons = Vec::new();
    if context.snapshot.sources.len() < 2 {
        reasons.push("one source saw it".to_owned());
    }
    if days < MATURE_DAYS {
        reasons.push(format!("the baseline covers {days} of {MATURE_DAYS} days"));
    }
    // What only a habit could tell is no input that a record lacks.
    let by_habit = |id: &SignalId| matches!(id, SignalId::S14 | SignalId::S16 | SignalId::S20);
    let not_assessable: Vec<_> = not_assessable
        .iter()
        .filter(|(id, _)| !by_habit(id))
        .collect();
    if !not_assessable.is_empty() {
        let names: Vec<&str> = not_assessable
            .iter()
            .take(3)
            .map(|(id, _)| definition(*id).name)
            .collect();
        let more = match not_assessable.len().saturating_sub(3) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let verb = if not_assessable.len() == 1 {
            "is"
        } else {
            "are"
        };
        reasons.push(format!("{}{more} {verb} not assessable", names.join(", ")));
    }
    if reasons.is_empty() {
        let sources = context.snapshot.sources.len();
        return say(
            Level::High,
            format!("{sources} sources agree, all inputs are there and the baseline is mature"),
        );
    }
    say(Level::Moderate, reasons.join("; "))
}
