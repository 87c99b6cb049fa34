//! From facts to a judgement: signals, trust, consequence, score, confidence.
//!
//! [`reduce`] turns a session into small [`Facts`] (the only thing kept of a
//! streamed session), [`Context`] takes stock of all of them, and [`assess`]
//! judges one among the others. Judging is pure and cheap, so a full
//! [`Assessment`] is made anew where it is shown; only its [`Verdict`] is kept.

pub mod combinations;
pub mod confidence;
mod confusable;
pub mod context;
pub mod facts;
pub mod lexicon;
pub mod lookup;
pub mod record;
mod reduce;
pub mod score;
mod sharing;
mod sighting;
pub mod signals;
pub mod steps;
pub mod trust;
mod verdict;
pub mod window;

pub use context::{Context, Declared};
pub use facts::Facts;
pub use reduce::{reduce, stake};
pub use sighting::sighting;
pub use verdict::{Band, LEAD, MustSee, Verdict};

use confidence::Confidence;
use jiff::Timestamp;
use score::{Circumstances, Input, Score, score};
use signals::{Finding, Hit, SignalId, definition};
use std::collections::BTreeSet;
use trust::{Doubt, Trust, TrustLevel};

/// The full judgement of one session.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// Signals that fired, in the catalogue's order.
    pub hits: Vec<(SignalId, Hit)>,
    /// Signals that fired and do not count, because somebody decided so.
    pub suppressed: Vec<Suppressed>,
    /// Signals that could not be assessed, and why.
    pub not_assessable: Vec<(SignalId, &'static str)>,
    /// How sure we are of who acted.
    pub trust: Trust,
    /// The numbers.
    pub score: Score,
    /// How sure we are of the judgement.
    pub confidence: Confidence,
    /// The rule that makes it a lead whatever its number.
    pub must_see: Option<MustSee>,
}

/// A signal that fired and does not count.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// Which.
    pub signal: SignalId,
    /// What it would have said.
    pub hit: Hit,
    /// The file of the decision.
    pub decision: String,
}

impl Assessment {
    /// The hit of a signal.
    pub fn hit(&self, id: SignalId) -> Option<&Hit> {
        self.hits.iter().find(|(s, _)| *s == id).map(|(_, h)| h)
    }

    /// The number the session would have without one signal.
    pub fn without(&self, id: SignalId, facts: &Facts, context: &Context<'_>, held: bool) -> u32 {
        let inputs: Vec<Input> = inputs(facts, &self.hits, context)
            .into_iter()
            .filter(|i| i.signal != id)
            .collect();
        score(&inputs, circumstances(facts, &self.trust, held)).shown
    }

    /// The number the session would have if these signals and doubts were settled; weak
    /// attribution counts the doubts that are left.
    pub fn beyond(
        &self,
        signals: &BTreeSet<SignalId>,
        doubts: &BTreeSet<Doubt>,
        facts: &Facts,
        context: &Context<'_>,
    ) -> u32 {
        let deductions = self.trust.deductions.iter().map(|d| d.doubt);
        let points = Doubt::left(deductions.filter(|d| !doubts.contains(d)));
        let trust = TrustLevel::of(points);
        let weak = signals::weakness(points);
        let mut left = inputs(facts, &self.hits, context);
        left.retain(|i| !signals.contains(&i.signal) && (i.signal != SignalId::S3 || weak > 0.0));
        for input in left.iter_mut().filter(|i| i.signal == SignalId::S3) {
            input.strength = weak;
        }
        let circumstances = Circumstances {
            trust,
            ..circumstances(facts, &self.trust, false)
        };
        score(&left, circumstances).shown
    }
}

/// Judges a session among the others. `held`: it anchors an open narrative.
pub fn assess(facts: &Facts, context: &Context<'_>, held: bool) -> Assessment {
    let trust = trust::trust(facts, context);
    let mut found = signals::look_at_facts(facts, &trust, context);
    found.extend(facts.findings.iter().cloned());
    found.sort_by_key(|(id, _)| *id);
    let mut hits = Vec::new();
    let mut suppressed = Vec::new();
    let mut not_assessable = Vec::new();
    for (id, finding) in found {
        match finding {
            Finding::Present(hit) => {
                let hit = without_the_usual(facts, id, *hit, context);
                match context.suppression(facts, id, &hit) {
                    Some(decision) => suppressed.push(Suppressed {
                        signal: id,
                        hit,
                        decision: decision.file.clone(),
                    }),
                    None => hits.push((id, hit)),
                }
            }
            Finding::NotAssessable(why) => not_assessable.push((id, why)),
            Finding::Absent => {}
        }
    }
    let score = score(
        &inputs(facts, &hits, context),
        circumstances(facts, &trust, held),
    );
    let confidence = confidence::confidence(facts, &hits, &not_assessable, context);
    let fired: Vec<SignalId> = hits
        .iter()
        .map(|(id, _)| *id)
        .chain(suppressed.iter().map(|s| s.signal))
        .collect();
    let must_see = MustSee::of(facts, &fired, &trust, context);
    Assessment {
        hits,
        suppressed,
        not_assessable,
        trust,
        score,
        confidence,
        must_see,
    }
}

/// Takes off what is usual, as far as the signal gets used to anything.
fn without_the_usual(facts: &Facts, id: SignalId, hit: Hit, context: &Context<'_>) -> Hit {
    let Some(most) = definition(id).habituates else {
        return hit;
    };
    let usual = context.usual(facts, hit.habit);
    if usual.days == 0 {
        return hit;
    }
    let factor = usual.factor(most);
    Hit {
        strength: hit.strength * factor,
        usual: Some((usual, factor)),
        ..hit
    }
}

fn circumstances(facts: &Facts, trust: &Trust, held: bool) -> Circumstances {
    Circumstances {
        consequence: facts.stake.level,
        trust: trust.level(),
        held,
    }
}

/// What hits are scored with. What is older than the window fades, counted from when it
/// happened, or from when it was news where it came late.
pub fn inputs(facts: &Facts, hits: &[(SignalId, Hit)], context: &Context<'_>) -> Vec<Input> {
    let start = context.snapshot.window.start;
    let news_from = context.news_from(facts);
    hits.iter()
        .map(|(id, hit)| Input {
            signal: *id,
            family: id.family(),
            weight: context.weights.of(*id),
            strength: hit.strength,
            age_hours: age_hours(hit.last_at.map(|at| at.max(news_from)), start),
        })
        .collect()
}

/// Hours that a moment lies before a window; 0 inside it, or when it is not recorded.
pub fn age_hours(at: Option<Timestamp>, window_start: Timestamp) -> f64 {
    at.map_or(0.0, |at| {
        (window_start.as_second() - at.as_second()).max(0) as f64 / 3_600.0
    })
}

#[cfg(test)]
mod tests;
