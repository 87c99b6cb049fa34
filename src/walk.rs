//! The walk over a site's editions, from the oldest to the newest.

use crate::assess::signals::Weights;
use crate::assess::{Declared, sighting};
use crate::diagnostic::{Diagnostic, Severity};
use crate::history::{Baseline, Fingerprint};
use crate::model::{Disposition, Dispositions, Inventory};
use crate::reading::{self, Reading};
use crate::relate::{Chronicle, Edition};
use crate::site::{LISTINGS, PREVIEWED, SEALS, STAMPS, Site, TEMPLATES, Taken};
use crate::source::files;
use crate::source::snapshot::{self, SnapshotFile};
use crate::store::{self, Additions, Store};
use anyhow::Result;
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

/// So many editions lie between two states that are kept, but for the latest ones.
const BETWEEN_STATES: usize = 32;

/// All that an edition hands to the next one.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct State {
    baseline: Baseline,
    chronicle: Chronicle,
}

/// What one edition is judged from, but for its past.
pub struct Present<'i> {
    file: SnapshotFile,
    reading: Reading,
    inventory: Cow<'i, Inventory>,
}

impl<'i> Present<'i> {
    /// With what the edition before handed on.
    pub fn after(self, before: State) -> Given<'i> {
        Given {
            file: self.file,
            reading: self.reading,
            inventory: self.inventory,
            before,
        }
    }
}

/// All that one edition is judged from.
pub struct Given<'i> {
    /// Its snapshot, opened.
    pub file: SnapshotFile,
    /// What was read of it.
    pub reading: Reading,
    /// What was declared at its moment.
    inventory: Cow<'i, Inventory>,
    /// What the edition before handed on.
    before: State,
}

impl Given<'_> {
    /// The same, on its own.
    pub fn into_owned(self) -> Given<'static> {
        Given {
            file: self.file,
            reading: self.reading,
            inventory: Cow::Owned(self.inventory.into_owned()),
            before: self.before,
        }
    }

    /// What the edition before handed on.
    pub const fn before(&self) -> &State {
        &self.before
    }

    /// The edition, which can be judged again and again.
    pub fn edition<'a>(
        &'a self,
        dispositions: &'a Dispositions,
        weights: &'a Weights,
    ) -> Edition<'a> {
        self.judged(dispositions, weights, self.before.chronicle.clone())
    }

    fn judged<'a>(
        &'a self,
        dispositions: &'a Dispositions,
        weights: &'a Weights,
        chronicle: Chronicle,
    ) -> Edition<'a> {
        let declared = Declared {
            inventory: &self.inventory,
            dispositions,
            weights,
        };
        Edition::new(&self.reading, declared, &self.before.baseline, chronicle)
    }

    /// Takes the edition's sessions into the state for the next one.
    fn into_next(self, chronicle: Chronicle, lessons: Vec<Option<Box<[Fingerprint]>>>) -> State {
        let mut baseline = self.before.baseline;
        // An empty snapshot speaks for nothing.
        if !self.reading.facts.is_empty() {
            let snapshot = &self.reading.snapshot;
            baseline.begin(snapshot);
            for (facts, lesson) in self.reading.facts.iter().zip(lessons) {
                baseline.absorb(&sighting(facts, snapshot, &self.inventory, lesson));
            }
        }
        State {
            baseline,
            chronicle,
        }
    }
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
    /// Every name that the editions before handed on, in bytes that hold them as they are;
    /// only where secrets have to be told from them.
    pub past: Vec<u8>,
    /// Whether it is the newest one.
    pub is_latest: bool,
}

/// What a walk came to know.
#[derive(Default)]
pub struct Walked {
    /// Everything worth telling about the snapshots that were read. When one of them is
    /// an error the walk ended there.
    pub diagnostics: Vec<Diagnostic>,
    /// The place of the first edition that was judged.
    pub begin: usize,
    /// What the last edition handed on; nothing when the walk ended before.
    pub state: Option<State>,
    /// States after editions, for the store.
    additions: Additions,
}

impl Site {
    /// Walks over the editions from one place on.
    pub fn walk(&self, first: usize, each: impl FnMut(Step<'_>) -> Result<()>) -> Result<Walked> {
        self.walk_over(&self.store, first..self.snapshots.len(), each)
    }

    /// Walks over editions, from one place to before another. Each is judged only by what
    /// lies before it: the walk begins at the nearest edition whose past this store knows.
    pub fn walk_over(
        &self,
        store: &Store,
        places: Range<usize>,
        each: impl FnMut(Step<'_>) -> Result<()>,
    ) -> Result<Walked> {
        // Who adds has the store alone, so that what is in it from here on stays in it.
        let additions = store.additions();
        let begin = self.begin(store, places.start);
        self.walk_from(begin, (store, additions), places, each)
    }

    fn walk_from(
        &self,
        begin: usize,
        (store, additions): (&Store, Additions),
        places: Range<usize>,
        mut each: impl FnMut(Step<'_>) -> Result<()>,
    ) -> Result<Walked> {
        let mut walked = Walked {
            begin,
            additions,
            ..Walked::default()
        };
        let mut state = None;
        let count = self.snapshots.len();
        for place in begin..places.end {
            let taken = &self.snapshots[place];
            let present = self.present(&taken.path, place, &mut walked.diagnostics)?;
            let Some(present) = present else {
                return Ok(walked);
            };
            // The past comes after it: to read a snapshot takes the most memory of all.
            let before = state.or_else(|| self.state_before(store, begin));
            let Some(before) = before else {
                drop((walked, present));
                return self.walk_from(0, (store, store.additions()), places, each);
            };
            let mut given = present.after(before);
            let past = if given.reading.secrets.is_empty() || place < places.start {
                Vec::new()
            } else {
                store::bytes(&given.before)?
            };
            let chronicle = std::mem::take(&mut given.before.chronicle);
            let edition = given.judged(&self.dispositions, &self.weights, chronicle);
            if place >= places.start {
                each(Step {
                    place,
                    taken,
                    file: &given.file,
                    reading: &given.reading,
                    edition: &edition,
                    past,
                    is_latest: place + 1 == count,
                })?;
            }
            if place + 1 == count {
                walked.diagnostics.extend(self.about_nothing(&edition));
            }
            let (chronicle, lessons) = edition.into_next();
            let next = given.into_next(chronicle, lessons);
            if walked.additions.are_taken() && self.keeps(place) {
                walked.additions.put(&state_name(taken), &next);
            }
            state = Some(next);
        }
        walked.state = state.or_else(|| self.state_before(store, begin));
        if walked.state.is_none() {
            drop(walked);
            return self.walk_from(0, (store, store.additions()), places, each);
        }
        if places.end == count {
            walked.diagnostics.extend(self.expired());
        }
        Ok(walked)
    }

    /// Reads what an edition is judged from, but for its past, from its snapshot or a copy
    /// of that. Nothing when it cannot be read: the diagnostics say why.
    pub fn present(
        &self,
        path: &Path,
        place: usize,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<Option<Present<'_>>> {
        let taken = &self.snapshots[place];
        let file = match snapshot::open_as(&taken.label, path) {
            Ok(file) => file,
            Err(diagnostic) => {
                diagnostics.push(diagnostic);
                return Ok(None);
            }
        };
        let inventory = self.inventory.as_of(taken.id.taken_at());
        // A stream may break off at any place.
        let (reading, mut found) = match reading::read(&file, &inventory) {
            Ok(read) => read,
            Err(error) => {
                diagnostics.push(files::unreadable(&taken.label, &error));
                return Ok(None);
            }
        };
        let failed = found.iter().any(|d| d.severity == Severity::Error);
        diagnostics.append(&mut found);
        let present = Present {
            file,
            reading,
            inventory,
        };
        Ok((!failed).then_some(present))
    }

    /// A warning for each decision in force that is about nothing the latest edition knows.
    pub fn about_nothing(&self, latest: &Edition<'_>) -> Vec<Diagnostic> {
        let decisions = self.dispositions.in_force(latest.context.now());
        let unknown = decisions.filter(|d| !latest.knows(d));
        let warning = |d: &Disposition| {
            let message = format!("no snapshot has `{}`", d.about.words());
            let mend = "copy the name from its page: a decision about nothing does nothing";
            Diagnostic::warning(&d.file, message, mend)
        };
        unknown.map(warning).collect()
    }

    /// Whether the store knows all that the next build goes on from.
    pub fn is_remembered(&self) -> bool {
        let names = self.store.names();
        let states = self.snapshots.last().map(state_name);
        names.contains(LISTINGS) && states.is_some_and(|state| names.contains(&state))
    }

    /// The place to begin at in order to come to another: after the nearest edition whose
    /// state this store has.
    fn begin(&self, store: &Store, first: usize) -> usize {
        let names = store.names();
        let earlier = &self.snapshots[..first.min(self.snapshots.len())];
        let mut kept = earlier.iter().enumerate().rev();
        let nearest = kept.find(|(p, t)| self.keeps(*p) && names.contains(&state_name(t)));
        nearest.map_or(0, |(place, _)| place + 1)
    }

    /// What the editions before this one handed on, unless the store has it and cannot
    /// tell any more.
    fn state_before(&self, store: &Store, begin: usize) -> Option<State> {
        match begin.checked_sub(1) {
            Some(before) => store.get(&state_name(&self.snapshots[before])),
            None => Some(State::default()),
        }
    }

    /// Whether the state after an edition is kept: the last two, so that the latest can
    /// be made anew and the next be added, and some in between for what comes late.
    fn keeps(&self, place: usize) -> bool {
        place + 2 >= self.snapshots.len() || (place + 1).is_multiple_of(BETWEEN_STATES)
    }

    /// Keeps what a walk came to know, and what `more` adds; the rest of the store is
    /// dropped, but for what is still needed.
    pub fn remember(&self, walked: Walked, more: impl FnOnce(&mut Additions)) -> Result<()> {
        let mut additions = walked.additions;
        more(&mut additions);
        additions.put(STAMPS, &Stamps(self));
        additions.put(TEMPLATES, &self.theme.templates_digest);
        let mut keep: BTreeSet<String> = [LISTINGS, SEALS, PREVIEWED].map(str::to_owned).into();
        let kept = self.snapshots.iter().enumerate();
        keep.extend(
            kept.filter(|(p, _)| self.keeps(*p))
                .map(|(_, t)| state_name(t)),
        );
        self.store.keep(additions, &keep)
    }
}

/// What the snapshot files are, one after the other.
struct Stamps<'a>(&'a Site);

impl Serialize for Stamps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.stamps())
    }
}

fn state_name(taken: &Taken) -> String {
    format!("state {}", taken.chain)
}
