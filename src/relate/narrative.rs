//! Narratives: open questions that connect sessions through the thing they are about.

use crate::assess::context::Context;
use crate::assess::lexicon::destinations::Standing;
use crate::assess::signals::SignalId;
use crate::assess::{Facts, Verdict};
use crate::model::{Entity, EntityKind};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What a narrative asks. The order is the order of precedence when questions
/// share their sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NarrativeKind {
    /// Who handed out this key?
    UnknownKey,
    /// Was what was read meant to leave for this place?
    DataEgress,
    /// Who answers for this machine?
    UnownedEndpoint,
}

impl NarrativeKind {
    /// Short name, as in "the unknown-key narrative".
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownKey => "unknown-key",
            Self::DataEgress => "data-egress",
            Self::UnownedEndpoint => "unowned-endpoint",
        }
    }

    /// What would close it.
    pub const fn closing_condition(self) -> &'static str {
        match self {
            Self::UnknownKey => {
                "closes when the inventory names an owner for the key, or the key is revoked and silent for 72 h"
            }
            Self::DataEgress => {
                "closes when the destination is sanctioned in the inventory or the case is marked handled"
            }
            Self::UnownedEndpoint => "closes when the inventory names an owner for the host",
        }
    }

    /// What to do next.
    pub const fn next_step(self) -> &'static str {
        match self {
            Self::UnknownKey => "Find who issued the key; add it to the inventory or revoke it.",
            Self::DataEgress => {
                "Find out what left and whether it was meant to; then sanction the destination or block it."
            }
            Self::UnownedEndpoint => "Record an owner for the host in the inventory.",
        }
    }
}

/// The session on which a narrative's facts rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Which session.
    pub session: usize,
    /// How many of the narrative's facts it evidences.
    pub evidenced: usize,
    /// How many only it evidences.
    pub unique: usize,
}

/// An open question and the sessions it connects.
#[derive(Clone, Debug)]
pub struct Narrative {
    /// Stable id, from what it is about and the day that was first seen.
    pub id: String,
    /// What it asks.
    pub kind: NarrativeKind,
    /// What it is about.
    pub subject: Entity,
    /// Further questions that the same sessions raise.
    pub also: Vec<(NarrativeKind, Entity)>,
    /// Its sessions, in the order of the snapshot.
    pub members: Vec<usize>,
    /// How many facts it has.
    pub facts: usize,
    /// Its anchor, if one session carries enough.
    pub anchor: Option<Anchor>,
    /// Kinds of entities its anchor ties to the subject.
    pub ties: Vec<EntityKind>,
    /// When the subject was first seen.
    pub since: Timestamp,
    /// Day of the story, from 1.
    pub day: i64,
    /// Facts of each member, parallel to `members`.
    member_facts: Vec<BTreeSet<Fact>>,
}

/// A subject and an entity that a session ties to it.
type Fact = (Entity, Entity);

impl Narrative {
    /// Whether every fact of a member is evidenced by the given others too.
    pub fn covered(&self, member: usize, by: &[usize]) -> bool {
        let facts = |session: usize| {
            self.members
                .binary_search(&session)
                .ok()
                .map(|i| &self.member_facts[i])
        };
        let Some(own) = facts(member) else {
            return false;
        };
        own.iter().all(|fact| {
            by.iter()
                .filter_map(|b| facts(*b))
                .any(|set| set.contains(fact))
        })
    }
}

/// The questions a session raises, strongest first.
fn questions(
    facts: &Facts,
    verdict: &Verdict,
    context: &Context<'_>,
) -> Vec<(NarrativeKind, Entity)> {
    let mut found = Vec::new();
    if let Some(key) = facts.key.as_ref().filter(|_| context.key_is_unknown(facts)) {
        found.push((NarrativeKind::UnknownKey, Entity::new(EntityKind::Key, key)));
    }
    if let Some(window) = facts
        .window
        .as_ref()
        .filter(|_| verdict.fired(SignalId::S8))
    {
        let open = facts.reaches.iter().any(|r| {
            r.destination == window.destination && r.standing == Standing::Open && !r.fetch_only
        });
        if open {
            found.push((
                NarrativeKind::DataEgress,
                Entity::new(EntityKind::Destination, &window.destination),
            ));
        }
    }
    let unowned =
        context.knows_hosts() && context.host_owner(facts).is_none() && verdict.fired(SignalId::S3);
    if let Some(host) = facts.host.as_ref().filter(|_| unowned) {
        found.push((
            NarrativeKind::UnownedEndpoint,
            Entity::new(EntityKind::Host, host),
        ));
    }
    found
}

/// Finds the narratives of an edition: questions that a qualifying session
/// raises, joined where they share a qualifying session.
pub(super) fn narratives(
    facts: &[Facts],
    verdicts: &[Verdict],
    context: &Context<'_>,
) -> Vec<Narrative> {
    // Joined questions have one representative; the smallest, so that the order of sessions does not matter.
    let mut joined: BTreeMap<(NarrativeKind, Entity), (NarrativeKind, Entity)> = BTreeMap::new();
    for (f, v) in facts.iter().zip(verdicts).filter(|(_, v)| v.qualifies()) {
        let raised = questions(f, v, context);
        for question in &raised {
            joined
                .entry(question.clone())
                .or_insert_with(|| question.clone());
        }
        for pair in raised.windows(2) {
            join(&mut joined, &pair[0], &pair[1]);
        }
    }
    let mut groups: BTreeMap<(NarrativeKind, Entity), Vec<(NarrativeKind, Entity)>> =
        BTreeMap::new();
    let all: Vec<(NarrativeKind, Entity)> = joined.keys().cloned().collect();
    for question in all {
        groups
            .entry(root(&joined, &question))
            .or_default()
            .push(question);
    }
    groups
        .into_values()
        .map(|questions| narrative(&questions, facts, context))
        .collect()
}

fn root(
    joined: &BTreeMap<(NarrativeKind, Entity), (NarrativeKind, Entity)>,
    question: &(NarrativeKind, Entity),
) -> (NarrativeKind, Entity) {
    let mut at = question;
    while let Some(up) = joined.get(at).filter(|up| *up != at) {
        at = up;
    }
    at.clone()
}

fn join(
    joined: &mut BTreeMap<(NarrativeKind, Entity), (NarrativeKind, Entity)>,
    a: &(NarrativeKind, Entity),
    b: &(NarrativeKind, Entity),
) {
    let (a, b) = (root(joined, a), root(joined, b));
    let (small, large) = if a <= b { (a, b) } else { (b, a) };
    joined.insert(large, small);
}

/// Makes one narrative of joined questions (sorted: the first one names it).
fn narrative(
    questions: &[(NarrativeKind, Entity)],
    facts: &[Facts],
    context: &Context<'_>,
) -> Narrative {
    let subjects: Vec<&Entity> = questions.iter().map(|(_, subject)| subject).collect();
    let members: BTreeSet<usize> = subjects
        .iter()
        .flat_map(|s| context.sessions_of(s))
        .map(|i| *i as usize)
        .collect();
    let members: Vec<usize> = members.into_iter().collect();
    let member_facts: Vec<BTreeSet<Fact>> = members
        .iter()
        .map(|m| ties(&facts[*m], &subjects))
        .collect();
    let all: BTreeSet<&Fact> = member_facts.iter().flatten().collect();
    let anchor = anchor(&members, &member_facts, all.len(), facts);
    let (kind, subject) = questions[0].clone();
    let in_edition = members
        .iter()
        .filter_map(|m| facts[*m].started_at)
        .min()
        .unwrap_or(context.now());
    let since = context
        .first_seen(&subject)
        .map_or(in_edition, |seen| seen.at.min(in_edition));
    let anchored =
        anchor.map(|a| &member_facts[members.iter().position(|m| *m == a.session).unwrap_or(0)]);
    let mut kinds: Vec<EntityKind> = anchored
        .into_iter()
        .flatten()
        .filter(|(s, _)| *s == subject)
        .map(|(_, other)| other.kind)
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    Narrative {
        id: id(&subject, since),
        kind,
        also: questions[1..].to_vec(),
        facts: all.len(),
        anchor,
        ties: kinds,
        since,
        day: (context.now().as_second() - since.as_second()).max(0) / 86_400 + 1,
        subject,
        members,
        member_facts,
    }
}

/// What a session ties to the subjects it has.
fn ties(facts: &Facts, subjects: &[&Entity]) -> BTreeSet<Fact> {
    let has = facts.entities();
    let tied = |e: &&Entity| !matches!(e.kind, EntityKind::Agent | EntityKind::Tool);
    let mut found = BTreeSet::new();
    for subject in subjects.iter().filter(|s| has.contains(s)) {
        for other in has.iter().filter(tied).filter(|e| **e != **subject) {
            found.insert(((*subject).clone(), other.clone()));
        }
    }
    found
}

/// Most unique facts, then coverage, then the earliest; needs half of the facts or one of its own.
fn anchor(
    members: &[usize],
    member_facts: &[BTreeSet<Fact>],
    all: usize,
    facts: &[Facts],
) -> Option<Anchor> {
    let mut holders: BTreeMap<&Fact, usize> = BTreeMap::new();
    for fact in member_facts.iter().flatten() {
        *holders.entry(fact).or_default() += 1;
    }
    let candidates = members
        .iter()
        .zip(member_facts)
        .map(|(session, own)| Anchor {
            session: *session,
            evidenced: own.len(),
            unique: own.iter().filter(|f| holders.get(f) == Some(&1)).count(),
        });
    candidates
        .filter(|a| a.unique >= 1 || a.evidenced * 2 >= all)
        .min_by_key(|a| {
            (
                std::cmp::Reverse((a.unique, a.evidenced)),
                facts[a.session].started_at,
                a.session,
            )
        })
}

/// `N-` and eight characters of a hash over the subject and the day it was first seen.
fn id(subject: &Entity, since: Timestamp) -> String {
    let mut hasher = Sha256::new();
    hasher.update(subject.kind.word());
    hasher.update([0]);
    hasher.update(subject.name.untrusted());
    hasher.update([0]);
    hasher.update(crate::model::date(since));
    let digest = data_encoding::BASE32_NOPAD.encode(&hasher.finalize());
    format!("N-{}", &digest[..8])
}
