//! A narrative's memory: what is carried from edition to edition.

use super::asked::Asked;
use super::question::{Question, Subject};
use crate::assess::Context;
use crate::model::{Disposition, EditionId, Entity, Ruling, Sentence, Text};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// Facts older than this no longer count.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(24 * 14);
/// Without a new fact for this long a narrative is quiet.
pub const QUIET: SignedDuration = SignedDuration::from_hours(72);
/// Quiet for this long it needs a decision.
pub const UNDECIDED: SignedDuration = SignedDuration::from_hours(24 * 14);

/// A subject and an entity that a session ties to it.
pub(super) type Fact = (Subject, Entity);

/// Why a narrative is closed, and since when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Closure {
    /// The edition that first said so.
    pub edition: EditionId,
    /// Which condition, or by whom.
    pub because: Sentence,
    /// The files of the decisions behind it, where persons decided.
    pub decisions: BTreeSet<String>,
}

impl Closure {
    /// Whether a decision behind it is gone: withdrawn, or a risk that was accepted until a
    /// day that is over.
    pub(super) fn has_lapsed(&self, context: &Context<'_>) -> bool {
        let lapsed = |d: &Disposition| d.ruling == Ruling::Accepted && d.has_expired(context.now());
        let all = &context.dispositions.0;
        self.decisions
            .iter()
            .any(|file| all.iter().find(|d| d.file == *file).is_none_or(lapsed))
    }
}

/// Where a narrative stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A question is open and something new was seen lately.
    Open,
    /// A question is open, nothing new for 72 h.
    Quiet,
    /// Quiet for 14 days.
    NeedsDecision,
    /// Every question is answered.
    Closed,
}

impl State {
    /// The words on pages.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Quiet => "quiet, still open",
            Self::NeedsDecision => "quiet, needs a decision",
            Self::Closed => "closed",
        }
    }
}

/// What is carried of a narrative.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Thread {
    /// Stable id, from its first subject and the day that was first seen.
    pub id: String,
    /// What it asks, and what is remembered of each question.
    pub(super) asked: BTreeMap<Question, Asked>,
    /// Narratives that became part of it.
    pub merged: BTreeSet<String>,
    /// When its first subject was first seen.
    pub since: Timestamp,
    /// The edition that opened it.
    pub opened: EditionId,
    /// When its newest fact was seen.
    pub last_new: Timestamp,
    /// Why it is closed, if it is.
    pub closure: Option<Closure>,
    /// The edition that opened it again, if one did.
    pub reopened: Option<EditionId>,
    /// For each fact the sessions that evidence it, with the latest edition that shows them.
    pub(super) facts: BTreeMap<Fact, BTreeMap<Text, EditionId>>,
}

impl Thread {
    /// Begins, named for its first question.
    pub(super) fn begin(first: Option<&Question>, since: Timestamp, opened: EditionId) -> Self {
        Self {
            id: first.map_or_else(String::new, |q| id(q, since)),
            asked: BTreeMap::new(),
            merged: BTreeSet::new(),
            since,
            opened,
            last_new: since,
            closure: None,
            reopened: None,
            facts: BTreeMap::new(),
        }
    }

    /// What it asked first, by the order of precedence.
    pub fn first(&self) -> Option<&Question> {
        self.asked.keys().next()
    }

    /// Every entity it asked about so far.
    pub fn subjects(&self) -> BTreeSet<Entity> {
        let entities = self.asked.keys().filter_map(|q| q.subject.entity());
        entities.cloned().collect()
    }

    /// Asks a question, from this edition on unless it did before.
    pub(super) fn ask(&mut self, question: &Question, edition: EditionId) {
        if !self.asked.contains_key(question) {
            let asked = Asked::by(&self.id, edition);
            self.asked.insert(question.clone(), asked);
        }
    }

    /// Whether it is closed because a person decided so.
    pub fn is_decided(&self) -> bool {
        let closure = self.closure.as_ref();
        closure.is_some_and(|c| !c.decisions.is_empty())
    }

    /// Takes another narrative in; the older one's name stays.
    pub(super) fn take_in(&mut self, other: Self, edition: EditionId) {
        for (question, mut asked) in other.asked {
            asked.also_by(&self.id, edition);
            match self.asked.entry(question) {
                Entry::Occupied(mut known) => known.get_mut().take_in(asked),
                Entry::Vacant(place) => {
                    place.insert(asked);
                }
            }
        }
        self.merged.extend(other.merged);
        if other.id != self.id {
            self.merged.insert(other.id);
        }
        self.since = self.since.min(other.since);
        self.last_new = self.last_new.max(other.last_new);
        if other.closure.is_none() {
            self.closure = None;
        }
        for (fact, holders) in other.facts {
            self.facts.entry(fact).or_default().extend(holders);
        }
    }

    /// Forgets evidence from before the window.
    pub(super) fn forget(&mut self, now: Timestamp) {
        for holders in self.facts.values_mut() {
            holders.retain(|_, seen| now.duration_since(seen.taken_at()) <= WINDOW);
        }
        self.facts.retain(|_, holders| !holders.is_empty());
    }

    /// Adds a session's fact; tells whether it is new.
    pub(super) fn learn(&mut self, fact: Fact, session: &Text, edition: EditionId) -> bool {
        let is_new = !self.facts.contains_key(&fact);
        self.facts
            .entry(fact)
            .or_default()
            .insert(session.clone(), edition);
        is_new
    }

    /// How many sessions evidence its facts.
    pub fn sessions(&self) -> usize {
        let all: BTreeSet<&Text> = self.facts.values().flat_map(BTreeMap::keys).collect();
        all.len()
    }

    /// Where it stands at a moment.
    pub fn state(&self, now: Timestamp) -> State {
        let silent = now.duration_since(self.last_new);
        match self.closure {
            Some(_) => State::Closed,
            None if silent > UNDECIDED => State::NeedsDecision,
            None if silent > QUIET => State::Quiet,
            None => State::Open,
        }
    }

    /// Day of the story at a moment, from 1.
    pub fn day(&self, now: Timestamp) -> i64 {
        (now.as_second() - self.since.as_second()).max(0) / 86_400 + 1
    }
}

/// `N-` and eight characters of a hash over the question and the day its subject was first seen.
fn id(question: &Question, since: Timestamp) -> String {
    let subject = &question.subject;
    let name = match subject {
        Subject::Entity(entity) => entity.name.untrusted(),
        Subject::Session(id) => id.untrusted(),
    };
    let mut hasher = Sha256::new();
    hasher.update(question.kind.name());
    hasher.update([0]);
    hasher.update(subject.word());
    hasher.update([0]);
    hasher.update(name);
    hasher.update([0]);
    hasher.update(crate::model::date(since));
    let digest = data_encoding::BASE32_NOPAD.encode(&hasher.finalize());
    format!("N-{}", &digest[..8])
}
