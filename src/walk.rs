//! The walk over a site's editions, from the oldest to the newest.

use crate::assess::{Declared, sighting};
use crate::diagnostic::{Diagnostic, Severity};
use crate::history::Baseline;
use crate::model::{Disposition, Inventory};
use crate::reading::{self, Reading};
use crate::relate::{Chronicle, Edition};
use crate::site::{STAMPS, Site, Taken};
use crate::source::snapshot::{self, SnapshotFile};
use crate::store::Additions;
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// So many editions lie between two states that are kept, but for the latest ones.
const BETWEEN_STATES: usize = 32;

/// All that an edition hands to the next one.
#[derive(Default, Serialize, Deserialize)]
pub struct State {
    baseline: Baseline,
    chronicle: Chronicle,
}

/// One edition on the walk.
pub struct Step<'a> {
    /// Its place among all, from 0.
    pub place: usize,
    /// Its snapshot.
    pub taken: &'a Taken,
    /// The same, opened.
    pub file: &'a SnapshotFile,
    /// What was read of it.
    pub reading: &'a Reading,
    /// What it became.
    pub edition: &'a Edition<'a>,
    /// Whether it is the newest one.
    pub is_latest: bool,
}

/// What a walk came to know.
#[derive(Default)]
pub struct Walked {
    /// Everything worth telling about the snapshots that were read. When one of them is
    /// an error the walk ended there.
    pub diagnostics: Vec<Diagnostic>,
    /// States after editions, for the store.
    additions: Additions,
}

impl Site {
    /// Walks over the editions from one place on. Each is judged only by what lies before
    /// it: the walk begins at the nearest edition before that place whose past is known.
    pub fn walk(
        &self,
        first: usize,
        mut each: impl FnMut(Step<'_>) -> Result<()>,
    ) -> Result<Walked> {
        let mut walked = Walked::default();
        let (begin, mut state) = self.before(first);
        let count = self.snapshots.len();
        for (place, taken) in self.snapshots.iter().enumerate().skip(begin) {
            let file = match snapshot::open(&self.root, &taken.path) {
                Ok(file) => file,
                Err(diagnostic) => {
                    walked.diagnostics.push(diagnostic);
                    return Ok(walked);
                }
            };
            let inventory = self.inventory.as_of(taken.id.taken_at());
            let (reading, mut found) = reading::read(&file, &inventory)?;
            let failed = found.iter().any(|d| d.severity == Severity::Error);
            walked.diagnostics.append(&mut found);
            if failed {
                return Ok(walked);
            }
            let declared = Declared {
                inventory: &inventory,
                dispositions: &self.dispositions,
                weights: &self.weights,
            };
            let edition = Edition::new(&reading, declared, &state.baseline, state.chronicle);
            if place >= first {
                each(Step {
                    place,
                    taken,
                    file: &file,
                    reading: &reading,
                    edition: &edition,
                    is_latest: place + 1 == count,
                })?;
            }
            if place + 1 == count {
                walked.diagnostics.extend(self.about_nothing(&edition));
            }
            let lessons;
            (state.chronicle, lessons) = edition.into_next();
            learn(&mut state.baseline, &reading, &inventory, lessons);
            drop(reading);
            if self.store.takes() && self.keeps(place) {
                walked.additions.put(&state_name(taken), &state)?;
            }
        }
        walked.diagnostics.extend(self.expired());
        Ok(walked)
    }

    /// A warning for each decision in force that is about nothing the latest edition knows.
    fn about_nothing(&self, latest: &Edition<'_>) -> Vec<Diagnostic> {
        let decisions = self.dispositions.in_force(latest.context.now());
        let unknown = decisions.filter(|d| !latest.knows(d));
        let warning = |d: &Disposition| {
            let message = format!("no snapshot has `{}`", d.about.words());
            let mend = "copy the name from its page: a decision about nothing does nothing";
            Diagnostic::warning(&d.file, message, mend)
        };
        unknown.map(warning).collect()
    }

    /// The place to begin at in order to come to another, and the state there.
    fn before(&self, first: usize) -> (usize, State) {
        let known = self.snapshots[..first.min(self.snapshots.len())]
            .iter()
            .enumerate()
            .rev()
            .filter(|(place, _)| self.keeps(*place));
        for (place, taken) in known {
            if let Some(state) = self.store.get(&state_name(taken)) {
                return (place + 1, state);
            }
        }
        (0, State::default())
    }

    /// Whether the state after an edition is kept: the last two, so that the latest can
    /// be made anew and the next be added, and some in between for what comes late.
    fn keeps(&self, place: usize) -> bool {
        place + 2 >= self.snapshots.len() || (place + 1).is_multiple_of(BETWEEN_STATES)
    }

    /// Keeps what a walk came to know, and what `more` adds; the rest of the store is
    /// dropped, but for the states that are still needed.
    pub fn remember(&self, walked: Walked, mut more: Additions) -> Result<()> {
        let mut additions = walked.additions;
        additions.append(&mut more);
        additions.put(STAMPS, &self.stamps)?;
        let mut keep: BTreeSet<String> = BTreeSet::new();
        let kept = self.snapshots.iter().enumerate();
        keep.extend(
            kept.filter(|(p, _)| self.keeps(*p))
                .map(|(_, t)| state_name(t)),
        );
        self.store.add(&additions, &keep)
    }
}

fn state_name(taken: &Taken) -> String {
    format!("state {}", taken.chain)
}

/// Takes an edition's sessions into the baseline of the next one.
fn learn(
    baseline: &mut Baseline,
    reading: &Reading,
    inventory: &Inventory,
    lessons: Vec<Option<Box<[u64]>>>,
) {
    // An empty snapshot speaks for nothing.
    if reading.facts.is_empty() {
        return;
    }
    baseline.begin(&reading.snapshot);
    for (facts, lesson) in reading.facts.iter().zip(lessons) {
        baseline.absorb(&sighting(facts, &reading.snapshot, inventory, lesson));
    }
}
