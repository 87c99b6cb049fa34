//! A small harness for tests of signals: a day, its history and its inventory.

use super::{CATALOGUE, Finding, Weights};
use crate::assess::{Context, Declared, Facts, assess, reduce, sighting};
use crate::history::{Baseline, Fingerprint};
use crate::model::{Dispositions, Inventory, Session, Snapshot, Window};
use crate::normalise;
use jiff::{SignedDuration, Timestamp};

const NOW: &str = "2026-11-22T06:00:00Z";

fn snapshot(taken_at: &str) -> Snapshot {
    let taken_at: Timestamp = taken_at.parse().unwrap();
    let window = Window {
        start: taken_at - SignedDuration::from_hours(24),
        end: taken_at,
    };
    Snapshot {
        taken_at,
        window,
        sources: Vec::new(),
    }
}

/// A session from its JSON in the snapshot format.
pub(crate) fn session(json: &str) -> Session {
    let mut raw = serde_json::from_str(json).unwrap();
    normalise::border(&mut raw, &normalise::redact::Known::default(), &mut |_| {});
    normalise::session(&raw, &snapshot(NOW)).unwrap()
}

/// One day to judge.
#[must_use]
pub(crate) struct Day {
    inventory: Inventory,
    baseline: Baseline,
    facts: Vec<Facts>,
}

impl Day {
    pub(crate) fn with(inventory: &str) -> Self {
        let inventory = crate::source::inventory::parse("inventory.toml", inventory).unwrap();
        Self {
            inventory,
            baseline: Baseline::default(),
            facts: Vec::new(),
        }
    }

    /// Gives the baseline an age without content.
    pub(crate) fn aged(mut self, days: i64) -> Self {
        for back in 1..=days {
            let mut old = snapshot(NOW);
            old.window.start -= SignedDuration::from_hours(24 * back);
            self.baseline.begin(&old);
        }
        self
    }

    pub(crate) fn before(mut self, taken_at: &str, sessions: &[Session]) -> Self {
        let earlier = snapshot(taken_at);
        self.baseline.begin(&earlier);
        for s in sessions {
            let facts = reduce(s, &earlier, &self.inventory);
            let learned = sighting(&facts, &earlier, &self.inventory, Some(Box::default()));
            self.baseline.absorb(&learned);
        }
        self
    }

    /// Lets the same be usual on this many of the last days.
    pub(crate) fn usual_for(mut self, days: i64, same: &Session) -> Self {
        let facts = reduce(same, &snapshot(NOW), &self.inventory);
        let found = self.judged(&facts);
        let habits: Box<[Fingerprint]> = found.hits.iter().filter_map(|(_, h)| h.habit).collect();
        for back in 1..=days {
            let mut old = snapshot(NOW);
            old.window.start -= SignedDuration::from_hours(24 * back);
            self.baseline.begin(&old);
            let mut then = facts.clone();
            then.id = crate::model::Text::new(&format!("usual {back}"));
            then.started_at = Some(old.window.start);
            self.baseline.absorb(&sighting(
                &then,
                &old,
                &self.inventory,
                Some(habits.clone()),
            ));
        }
        self
    }

    fn judged(&self, facts: &Facts) -> crate::assess::Assessment {
        let (head, weights, dispositions) =
            (snapshot(NOW), Weights::default(), Dispositions::default());
        let declared = Declared {
            inventory: &self.inventory,
            dispositions: &dispositions,
            weights: &weights,
        };
        let context = Context::new(&head, declared, &self.baseline, &self.facts);
        assess(facts, &context, false)
    }

    pub(crate) fn of(mut self, sessions: &[Session]) -> Self {
        self.facts = sessions
            .iter()
            .map(|s| reduce(s, &snapshot(NOW), &self.inventory))
            .collect();
        self
    }

    fn finding(&self, signal: &str, at: usize) -> Finding {
        let number: u8 = signal[1..].parse().unwrap();
        assert!(
            CATALOGUE.iter().any(|d| d.id.number() == number),
            "{signal} is in the catalogue"
        );
        let judged = self.judged(&self.facts[at]);
        let hit = judged
            .hits
            .into_iter()
            .find(|(id, _)| id.number() == number);
        let not = judged
            .not_assessable
            .iter()
            .find(|(id, _)| id.number() == number);
        match (hit, not) {
            (Some((_, hit)), _) => Finding::present(hit),
            (None, Some((_, why))) => Finding::NotAssessable(why),
            (None, None) => Finding::Absent,
        }
    }

    /// The exact priority of a session.
    pub(crate) fn priority(&self, at: usize) -> f64 {
        self.judged(&self.facts[at]).score.priority
    }

    pub(crate) fn found(&self, signal: &str, at: usize) -> Option<f64> {
        match self.finding(signal, at) {
            Finding::Present(hit) => Some(hit.strength),
            _ => None,
        }
    }

    #[track_caller]
    pub(crate) fn strength(&self, signal: &str, at: usize, expect: Option<f64>) -> &Self {
        let found = self.found(signal, at);
        let near = match (found, expect) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-9,
            (None, None) => true,
            _ => false,
        };
        assert!(near, "{signal}: found {found:?}, expected {expect:?}");
        self
    }

    #[track_caller]
    pub(crate) fn not_assessable(&self, signal: &str, at: usize, why: &str) {
        assert_eq!(
            self.finding(signal, at),
            Finding::NotAssessable(Box::leak(why.to_owned().into_boxed_str()))
        );
    }

    #[track_caller]
    pub(crate) fn says(&self, signal: &str, at: usize, part: &str) -> &Self {
        let Finding::Present(hit) = self.finding(signal, at) else {
            panic!("{signal} did not fire")
        };
        let text = crate::model::plain_text(&hit.sentence);
        assert!(text.contains(part), "{text:?} does not say {part:?}");
        self
    }
}
