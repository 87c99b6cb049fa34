//! The score: pure arithmetic from signal strengths to a priority.
//!
//! `r = w·x·ρ` a signal, damped inside its family, plus the largest combination
//! bonus, saturated to a significance and adjusted by odds for consequence and
//! trust. What is printed adds up: rows are rounded cumulatively.

use super::combinations::{COMBINATIONS, Combination};
use super::signals::{Family, SignalId};
use super::trust::TrustLevel;
use crate::model::Consequence;
use serde::{Deserialize, Serialize};

/// Saturation constant: this many points make 63.
pub const SATURATION: f64 = 55.0;
/// Highest significance.
pub const CEILING: f64 = 99.0;
/// What the first, second, ... signal of a family counts.
pub const DAMPING: [f64; 5] = [1.0, 0.7, 0.5, 0.35, 0.25];
/// Least recency of the anchor of an open narrative.
pub const HOLD: f64 = 0.6;

/// One signal that fired.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// Which.
    pub signal: SignalId,
    /// Its family.
    pub family: Family,
    /// Its weight in points.
    pub weight: f64,
    /// Strength, 0 to 1; clamped.
    pub strength: f64,
    /// Hours between its last supporting event and the start of the window; clamped at 0.
    pub age_hours: f64,
}

/// What a session is judged with, besides its signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    /// What is at stake.
    pub consequence: Consequence,
    /// How sure we are of who acted.
    pub trust: TrustLevel,
    /// Whether the session anchors an open narrative.
    pub held: bool,
}

/// What a printed row stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RowOf {
    /// A signal.
    Signal(SignalId),
    /// The strongest combination.
    Combination(&'static Combination),
    /// The step from significance to priority for what is at stake.
    Consequence(Consequence),
    /// The step for how sure we are of who acted.
    Trust(TrustLevel),
}

/// One printed row of the contribution table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// What it stands for.
    pub of: RowOf,
    /// Points before saturation; for the last two rows the exact difference.
    pub raw: f64,
    /// The printed number; the column adds up to [`Score::shown`].
    pub shown: i32,
    /// How a signal's points come about.
    pub working: Option<Working>,
}

/// The factors of a signal's points: their product is [`Row::raw`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Working {
    /// Weight in points.
    pub weight: f64,
    /// Strength, 0 to 1.
    pub strength: f64,
    /// What recency leaves, 0 to 1.
    pub recency: f64,
    /// What the family leaves, 0 to 1.
    pub damping: f64,
}

impl Working {
    /// The product.
    pub fn points(self) -> f64 {
        self.weight * self.strength * self.recency * self.damping
    }

    /// `22 × 0.80 × 0.70`: weight and strength, then what is not 1.
    pub fn words(self) -> String {
        let factors = [(self.recency, "recency"), (self.damping, "family")];
        let less = factors.into_iter().filter(|(factor, _)| *factor < 1.0);
        let less = less.map(|(factor, name)| format!(" \u{d7} {factor:.2} {name}"));
        let first = format!("{} \u{d7} {:.2}", self.weight, self.strength);
        std::iter::once(first).chain(less).collect()
    }
}

/// A session's score.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Sum of all points, the combination's bonus included: `R` of the formula.
    pub sum: f64,
    /// Before consequence and trust, 0 to 99.
    pub significance: f64,
    /// After them, 0 to 100.
    pub priority: f64,
    /// The priority as printed.
    pub shown: u32,
    /// The contribution table.
    pub rows: Vec<Row>,
    /// Further combinations that are there but earn no bonus.
    pub also_present: Vec<&'static Combination>,
}

/// Scores a session. The order of the inputs does not matter.
pub fn score(inputs: &[Input], circumstances: Circumstances) -> Score {
    let mut raw: Vec<(Input, Working)> = inputs
        .iter()
        .map(|i| (*i, working(i, circumstances.held)))
        .collect();
    raw.retain(|(_, w)| w.points() > 0.0);
    // Strongest first; equal ones in the catalogue's order.
    raw.sort_by(|(a, r), (b, s)| {
        let strongest = s.points().total_cmp(&r.points());
        strongest.then(a.signal.cmp(&b.signal))
    });
    let undamped: Vec<(SignalId, f64)> = raw.iter().map(|(i, w)| (i.signal, w.points())).collect();
    let mut present: Vec<(&'static Combination, f64)> = COMBINATIONS
        .iter()
        .map(|c| (c, c.bonus(&undamped)))
        .filter(|(_, bonus)| *bonus > 0.0)
        .collect();
    present.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let bonus = present.first().copied();
    damp(&mut raw);
    let points = raw.iter().map(|(_, w)| w.points()).sum::<f64>();
    let sum = points + bonus.map_or(0.0, |(_, b)| b);
    let significance = (100.0 * (1.0 - (-sum / SATURATION).exp())).clamp(0.0, CEILING);
    let after_consequence = odds(significance, consequence_factor(circumstances.consequence));
    let priority = odds(after_consequence, trust_factor(circumstances.trust));

    raw.sort_by(|(a, e), (b, f)| {
        let strongest = f.points().total_cmp(&e.points());
        strongest.then(a.signal.cmp(&b.signal))
    });
    let share = |points: f64| significance * points / sum;
    let mut rows: Vec<Exact> = raw
        .iter()
        .map(|(input, w)| Exact {
            of: RowOf::Signal(input.signal),
            raw: w.points(),
            share: share(w.points()),
            working: Some(*w),
        })
        .collect();
    rows.extend(bonus.map(|(combination, b)| Exact {
        of: RowOf::Combination(combination),
        raw: b,
        share: share(b),
        working: None,
    }));
    if !rows.is_empty() {
        let steps = [
            (
                RowOf::Consequence(circumstances.consequence),
                after_consequence - significance,
            ),
            (
                RowOf::Trust(circumstances.trust),
                priority - after_consequence,
            ),
        ];
        rows.extend(steps.map(|(of, step)| Exact {
            of,
            raw: step,
            share: step,
            working: None,
        }));
    }
    Score {
        sum,
        significance,
        priority,
        shown: priority.round() as u32,
        rows: rounded(&rows),
        also_present: present.iter().skip(1).map(|(c, _)| *c).collect(),
    }
}

/// A row before it is rounded.
struct Exact {
    of: RowOf,
    raw: f64,
    share: f64,
    working: Option<Working>,
}

/// The factors of one signal before family damping.
fn working(input: &Input, held: bool) -> Working {
    let recency = (-input.age_hours.max(0.0) / input.family.half_life_hours()).exp2();
    Working {
        weight: input.weight,
        strength: input.strength.clamp(0.0, 1.0),
        recency: if held { recency.max(HOLD) } else { recency },
        damping: 1.0,
    }
}

/// Inside a family the strongest counts fully, each further one less. `sorted`: strongest first.
fn damp(sorted: &mut [(Input, Working)]) {
    let mut seen = [0_usize; Family::COUNT];
    for (input, working) in sorted {
        let rank = &mut seen[input.family as usize];
        working.damping = DAMPING
            .get(*rank)
            .copied()
            .unwrap_or(DAMPING[DAMPING.len() - 1]);
        *rank += 1;
    }
}

/// Multiplies the odds of a percentage.
fn odds(percent: f64, factor: f64) -> f64 {
    let odds = percent / (100.0 - percent) * factor;
    100.0 * odds / (1.0 + odds)
}

/// Factor on the odds for what is at stake. Unknown is not treated as low.
pub const fn consequence_factor(consequence: Consequence) -> f64 {
    match consequence {
        Consequence::Low => 0.7,
        Consequence::Unknown | Consequence::Medium => 1.0,
        Consequence::High => 1.5,
        Consequence::Critical => 2.0,
    }
}

/// Factor on the odds for how sure we are of who acted.
pub const fn trust_factor(trust: TrustLevel) -> f64 {
    match trust {
        TrustLevel::High => 0.85,
        TrustLevel::Medium => 1.0,
        TrustLevel::Low => 1.2,
    }
}

/// Rounds so that every partial sum is the rounded exact partial sum.
fn rounded(rows: &[Exact]) -> Vec<Row> {
    let mut exact = 0.0;
    let mut printed = 0;
    rows.iter()
        .map(|row| {
            exact += row.share;
            let total = exact.round() as i32;
            let shown = total - printed;
            printed = total;
            Row {
                of: row.of,
                raw: row.raw,
                shown,
                working: row.working,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
