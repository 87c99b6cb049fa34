//! What an edition said, in as few words as a later one needs to compare itself with it.

use super::edition::Edition;
use super::grounds::Grounds;
use super::narrative::{NarrativeKind, Subject, Thread};
use crate::assess::score::{Circumstances, Input};
use crate::assess::signals::{Hit, SignalId};
use crate::assess::{Assessment, inputs};
use crate::history::{Fingerprint, fingerprint};
use crate::model::{EditionId, Entity, EntityKind, Money, Sentence, Status, Text};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Things first seen in an edition that are named.
const FIRSTS: usize = 200;
/// Share of quarantined records from which on an edition is not whole.
const QUARANTINED: f64 = 0.1;

/// One lead as it was judged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lead {
    /// Its narrative's id, or else the session's own: what makes it the same story tomorrow.
    pub story: Text,
    /// The session that led it.
    pub session: Text,
    /// Its printed priority.
    pub priority: u32,
    /// What it was scored with, each with the moment its age counts from.
    pub inputs: Vec<(Input, Option<Timestamp>)>,
    /// The rest of what it was scored with.
    pub circumstances: Circumstances,
    /// Signals that a decision took out.
    pub suppressed: Vec<SignalId>,
    /// What of this rests on the inventory.
    pub grounds: Grounds,
}

/// A narrative as it stood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// What it asks first.
    pub kind: NarrativeKind,
    /// What it is about first.
    pub subject: Subject,
    /// Why it is closed, if it is.
    pub closed: Option<Sentence>,
    /// Whether this edition opened it again.
    pub reopened: bool,
    /// Narratives that became part of it.
    pub merged: BTreeSet<String>,
    /// How many facts it has, and how many sessions evidence them.
    pub extent: (usize, usize),
}

/// The numbers of an edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers {
    /// All sessions.
    pub sessions: usize,
    /// Those that still ran.
    pub active: usize,
    /// Leads.
    pub leads: usize,
    /// Sessions worth watching.
    pub watching: usize,
    /// Sessions that a decision moved out of the leads.
    pub decided: usize,
    /// Sensitive files touched.
    pub touched: usize,
    /// Known users.
    pub users: usize,
    /// Total cost.
    pub cost: Money,
}

/// What an edition said.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Account {
    /// Which edition.
    pub edition: EditionId,
    /// Why it is not whole; empty when it is.
    pub incomplete: Vec<String>,
    /// Names of its sources.
    pub sources: BTreeSet<Text>,
    /// Its leads, in the order of the queue.
    pub leads: Vec<Lead>,
    /// Its narratives, by id.
    pub narratives: BTreeMap<String, Standing>,
    /// Its numbers.
    pub numbers: Numbers,
    /// Identities and destinations first seen in it, in order.
    pub firsts: Vec<Entity>,
    /// When its window began.
    pub window_start: Timestamp,
    /// Rules that were in force.
    pub rules: Cow<'static, str>,
}

impl Account {
    /// Fingerprints of its stories.
    pub fn stories(&self) -> impl Iterator<Item = Fingerprint> {
        self.leads.iter().map(|l| fingerprint(&l.story))
    }

    /// Of an edition that has said nothing yet.
    pub(super) fn empty(edition: EditionId) -> Self {
        Self {
            edition,
            incomplete: Vec::new(),
            sources: BTreeSet::new(),
            leads: Vec::new(),
            narratives: BTreeMap::new(),
            numbers: Numbers {
                sessions: 0,
                active: 0,
                leads: 0,
                watching: 0,
                decided: 0,
                touched: 0,
                users: 0,
                cost: Money::ZERO,
            },
            firsts: Vec::new(),
            window_start: edition.taken_at(),
            rules: Cow::Borrowed(crate::assess::signals::RULES_VERSION),
        }
    }

    /// Whether nothing was missing.
    pub fn is_whole(&self) -> bool {
        self.incomplete.is_empty()
    }

    /// Sums up an edition.
    pub fn of(edition: &Edition<'_>) -> Self {
        let snapshot = &edition.reading.snapshot;
        let standing = |n: &super::Narrative| Standing {
            kind: n.kind(),
            subject: n.subject().clone(),
            closed: n.thread.closure.as_ref().map(|c| c.because.clone()),
            merged: n.thread.merged.clone(),
            reopened: n.thread.reopened == Some(edition.id()),
            extent: (n.facts, n.thread.sessions()),
        };
        Self {
            edition: edition.id(),
            incomplete: edition.incomplete.clone(),
            sources: snapshot.sources.iter().map(|s| s.name.clone()).collect(),
            leads: edition.leads.iter().map(|l| lead(edition, *l)).collect(),
            narratives: edition
                .narratives
                .iter()
                .map(|n| (n.id().to_owned(), standing(n)))
                .collect(),
            numbers: Numbers {
                sessions: edition.reading.facts.len(),
                active: edition.count(Status::Active),
                leads: edition.leads.len(),
                watching: edition.watching.len(),
                decided: edition.decided.len(),
                touched: edition.touched.files,
                users: edition.unique_users(),
                cost: edition.total_cost(),
            },
            firsts: firsts(edition),
            window_start: snapshot.window.start,
            rules: Cow::Borrowed(crate::assess::signals::RULES_VERSION),
        }
    }
}

fn lead(edition: &Edition<'_>, session: usize) -> Lead {
    let assessment: Assessment = edition.assessment(session);
    let facts = edition.facts(session);
    let scored = inputs(facts, &assessment.hits, &edition.context);
    let news_from = edition.context.news_from(facts);
    let last = |(_, hit): &(SignalId, Hit)| hit.last_at.map(|at| at.max(news_from));
    let id = facts.id.clone();
    Lead {
        story: edition
            .narrative_of(session)
            .map_or_else(|| id.clone(), |n| Text::new(n.id())),
        session: id,
        priority: edition.verdicts[session].shown,
        inputs: scored
            .into_iter()
            .zip(assessment.hits.iter().map(last))
            .collect(),
        circumstances: Circumstances {
            consequence: facts.stake.level,
            trust: assessment.trust.level(),
            held: edition.is_held(session),
        },
        suppressed: assessment.suppressed.iter().map(|s| s.signal).collect(),
        grounds: Grounds::of(facts, &assessment.trust),
    }
}

/// Identities, keys and destinations that no earlier edition has seen.
fn firsts(edition: &Edition<'_>) -> Vec<Entity> {
    let context = &edition.context;
    if context.baseline.editions() == 0 {
        return Vec::new();
    }
    let counts = |e: &&Entity| {
        matches!(
            e.kind,
            EntityKind::User | EntityKind::Host | EntityKind::Key | EntityKind::Destination
        ) && context.first_seen(e).is_none()
    };
    let all = context.entities().into_iter().filter(counts);
    all.take(FIRSTS).cloned().collect()
}

/// What keeps an edition from being whole: a source that the last whole edition had, or
/// too many records that cannot be believed.
pub(super) fn incomplete(
    reading: &crate::reading::Reading,
    before: Option<&Account>,
) -> Vec<String> {
    let mut reasons = Vec::new();
    let now: BTreeSet<&Text> = reading.snapshot.sources.iter().map(|s| &s.name).collect();
    // A source that has been gone for longer has been given up.
    let lately = |b: &&Account| {
        let now = reading.snapshot.taken_at;
        now.duration_since(b.edition.taken_at()) <= super::narrative::WINDOW
    };
    let missing = before
        .filter(lately)
        .into_iter()
        .flat_map(|b| &b.sources)
        .filter(|s| !now.contains(s));
    reasons.extend(missing.map(|s| format!("source {} is missing", s.untrusted())));
    let (read, aside) = (reading.facts.len() as u64, reading.coverage.quarantined);
    if aside as f64 > (read + aside) as f64 * QUARANTINED {
        reasons.push(format!(
            "{aside} of {} records are quarantined",
            read + aside
        ));
    }
    reasons
}

/// What later editions remember of all before them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Chronicle {
    /// The edition before.
    pub(super) last: Option<Account>,
    /// The last one that was whole, where the one before is not.
    last_whole: Option<Account>,
    /// Fingerprints of the stories of every edition so far.
    pub(super) ever: BTreeSet<Fingerprint>,
    /// Every narrative so far.
    threads: Vec<Thread>,
}

impl Chronicle {
    /// Every narrative so far, for the edition that goes on telling them.
    pub(super) fn take_threads(&mut self) -> Vec<Thread> {
        std::mem::take(&mut self.threads)
    }

    /// The same with an edition more: what it said, and the narratives as it leaves them.
    pub(super) fn and(mut self, account: Account, threads: Vec<Thread>) -> Self {
        self.ever.extend(account.stories());
        self.threads = threads;
        let before = self.last.replace(account);
        if self.last.as_ref().is_some_and(Account::is_whole) {
            self.last_whole = None;
        } else if before.as_ref().is_some_and(Account::is_whole) {
            self.last_whole = before;
        }
        self
    }

    /// The edition to compare with: the last whole one, else the one before.
    pub(super) fn reference(&self) -> Option<&Account> {
        self.last_whole.as_ref().or(self.last.as_ref())
    }
}
