//! What a narrative asks, who raises it, and what answers it.

use crate::assess::context::Context;
use crate::assess::facts::Destroyed;
use crate::assess::lexicon::destinations::{self, Standing};
use crate::assess::lookup;
use crate::assess::signals::SignalId;
use crate::assess::trust::Doubt;
use crate::assess::{Facts, Verdict};
use crate::model::{About, Disposition, Entity, EntityKind, Ruling, Sentence, Slot, Text};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// What a narrative asks. The order is the order of precedence when questions
/// share their sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NarrativeKind {
    /// Who handed out this key?
    UnknownKey,
    /// Was what was read meant to leave for this place?
    DataEgress,
    /// Was this meant to go on acting?
    LastingChange,
    /// Was this meant to be gone?
    Destruction,
    /// Which record of this session stands?
    EvidenceGap,
    /// Who answers for this machine?
    UnownedEndpoint,
}

impl NarrativeKind {
    /// Every kind, in order.
    pub const ALL: [Self; 6] = [
        Self::UnknownKey,
        Self::DataEgress,
        Self::LastingChange,
        Self::Destruction,
        Self::EvidenceGap,
        Self::UnownedEndpoint,
    ];

    /// Short name, as in "the unknown-key narrative".
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownKey => "unknown-key",
            Self::DataEgress => "data-egress",
            Self::LastingChange => "lasting-change",
            Self::Destruction => "destruction",
            Self::EvidenceGap => "evidence-gap",
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
            Self::LastingChange => "closes when the change is removed again or approved",
            Self::Destruction => "closes when the owner confirms that it was wanted",
            Self::EvidenceGap => "closes when one record of the session stands",
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
            Self::LastingChange => "Check that the change was asked for; undo it or approve it.",
            Self::Destruction => "Ask the owner whether it was wanted, and check the backup.",
            Self::EvidenceGap => "Compare the raw records and ask the collector which one stands.",
            Self::UnownedEndpoint => "Record an owner for the host in the inventory.",
        }
    }

    /// Signals and doubts that its answer settles: what a decision on it speaks about.
    pub const fn speaks_of(self) -> (&'static [SignalId], &'static [Doubt]) {
        match self {
            Self::UnknownKey => (&[SignalId::S1], &[Doubt::KeyUnknown]),
            Self::DataEgress => (
                &[SignalId::S5, SignalId::S7, SignalId::S8, SignalId::S9],
                &[],
            ),
            Self::LastingChange => (&[SignalId::S12], &[]),
            Self::Destruction => (&[SignalId::S15], &[]),
            Self::EvidenceGap => (&[SignalId::S18], &[Doubt::RecordGaps]),
            Self::UnownedEndpoint => (&[], &[Doubt::HostUnowned, Doubt::BareAddress]),
        }
    }

    /// Whether a lead that anchors it is best told by it; the others are told by what the session did.
    pub const fn tells_its_anchor(self) -> bool {
        matches!(self, Self::UnknownKey | Self::DataEgress)
    }
}

/// What a narrative is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Subject {
    /// Something sessions share.
    Entity(Entity),
    /// One session.
    Session(Text),
}

impl Subject {
    /// The entity, if it is one.
    pub const fn entity(&self) -> Option<&Entity> {
        match self {
            Self::Entity(entity) => Some(entity),
            Self::Session(_) => None,
        }
    }

    /// The word for what it is.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Entity(entity) => entity.kind.word(),
            Self::Session(_) => "session",
        }
    }

    /// As a slot of a sentence.
    pub fn slot(&self) -> Slot {
        match self {
            Self::Entity(entity) => Slot::Entity(entity.clone()),
            Self::Session(id) => Slot::Text(id.clone()),
        }
    }

    pub(super) fn is_meant(&self, about: &About) -> bool {
        match self {
            Self::Entity(entity) => about.is_entity(entity),
            Self::Session(id) => about.is_session(id),
        }
    }
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Question {
    /// What is asked.
    pub kind: NarrativeKind,
    /// About what.
    pub subject: Subject,
}

impl Question {
    fn about(kind: NarrativeKind, entity: Entity) -> Self {
        Self {
            kind,
            subject: Subject::Entity(entity),
        }
    }
}

/// Destinations of one session that are asked about.
const SENT_TO: usize = 16;
/// How much of a destructive act raises a question: what cannot be taken back.
const DESTRUCTION: f64 = 0.4;

/// What is less grave than the gravest act by more than this is not asked about.
const LESS: f64 = 0.2;

/// What a session did more of than is asked about one by one: a question about the
/// session itself, so that no number of harmless ones hides another.
fn asks_for_more(facts: &Facts, verdict: &Verdict) -> Option<NarrativeKind> {
    let sent = facts.open_reaches().filter(|r| !r.fetch_only);
    if verdict.fired(SignalId::S8) && sent.count() > SENT_TO {
        Some(NarrativeKind::DataEgress)
    } else if facts.has_more && verdict.fired(SignalId::S12) {
        Some(NarrativeKind::LastingChange)
    } else if facts.has_more && verdict.fired(SignalId::S15) {
        Some(NarrativeKind::Destruction)
    } else {
        None
    }
}

/// The questions a session raises, strongest first.
pub(super) fn raised(facts: &Facts, verdict: &Verdict, context: &Context<'_>) -> Vec<Question> {
    let mut found = Vec::new();
    if let Some(key) = facts.key.as_ref().filter(|_| context.key_is_unknown(facts)) {
        let key = Entity::new(EntityKind::Key, key);
        found.push(Question::about(NarrativeKind::UnknownKey, key));
    }
    let window = facts
        .window
        .as_ref()
        .filter(|_| verdict.fired(SignalId::S8));
    if let Some(window) = window {
        let open = facts.reaches.iter().any(|r| {
            r.destination == window.destination && r.standing == Standing::Open && !r.fetch_only
        });
        // The window's place first, then every other that something was sent to.
        let others = facts
            .open_reaches()
            .filter(|r| !r.fetch_only && r.destination != window.destination)
            .map(|r| &r.destination);
        let sent = std::iter::once(&window.destination)
            .filter(|_| open)
            .chain(others);
        found.extend(sent.take(SENT_TO).map(|d| {
            let to = Entity::new(EntityKind::Destination, d);
            Question::about(NarrativeKind::DataEgress, to)
        }));
    }
    if verdict.fired(SignalId::S12) {
        let grave = facts.changes.iter().filter(|c| c.is_grave());
        found
            .extend(grave.map(|c| Question::about(NarrativeKind::LastingChange, c.object.clone())));
    }
    if verdict.fired(SignalId::S15) {
        let gravest = facts.destroyed.first().map_or(0.0, |d| d.strength);
        let grave = |d: &&Destroyed| d.strength >= DESTRUCTION && d.strength + LESS >= gravest;
        let grave = facts.destroyed.iter().filter(grave);
        found.extend(grave.map(|d| Question::about(NarrativeKind::Destruction, d.target.clone())));
    }
    if let Some(kind) = asks_for_more(facts, verdict) {
        let subject = Subject::Session(facts.id.clone());
        found.push(Question { kind, subject });
    }
    if facts.conflicting {
        found.push(Question {
            kind: NarrativeKind::EvidenceGap,
            subject: Subject::Session(facts.id.clone()),
        });
    }
    let unowned =
        context.knows_hosts() && context.host_owner(facts).is_none() && verdict.fired(SignalId::S3);
    if let Some(host) = facts.host.as_ref().filter(|_| unowned) {
        let host = Entity::new(EntityKind::Host, host);
        found.push(Question::about(NarrativeKind::UnownedEndpoint, host));
    }
    found
}

/// How long a revoked key must be silent.
const SILENT: SignedDuration = SignedDuration::from_hours(72);

/// What the inventory answers to a question, if anything.
pub(super) fn answer(question: &Question, context: &Context<'_>) -> Option<Sentence> {
    let slot = question.subject.slot();
    let entity = question.subject.entity();
    match question.kind {
        NarrativeKind::UnknownKey => {
            let key = entity?;
            let record = lookup::key(context.inventory, &[key.name.untrusted()])?;
            if record.is_revoked() {
                let last = context.last_seen(key)?;
                let silent = context.now().duration_since(last) > SILENT;
                return silent.then(|| {
                    let since = Slot::Moment(last);
                    Sentence::new(
                        "{key} is revoked and silent since {when}.",
                        vec![slot, since],
                    )
                });
            }
            let owner = record.owner.clone();
            Some(Sentence::new(
                "The inventory names {owner} for {key}.",
                vec![
                    owner.map_or(Slot::words("an owner"), |o| Slot::Text(Text::new(&o))),
                    slot,
                ],
            ))
        }
        NarrativeKind::DataEgress => {
            let standing = destinations::standing(entity?.name.untrusted(), context.inventory);
            (standing != Standing::Open)
                .then(|| Sentence::new("{destination} is sanctioned by the inventory.", vec![slot]))
        }
        // The sessions of snapshots answer these, or nobody but a person does.
        NarrativeKind::LastingChange | NarrativeKind::EvidenceGap | NarrativeKind::Destruction => {
            None
        }
        NarrativeKind::UnownedEndpoint => {
            let name = entity?.name.untrusted();
            let owner = lookup::host_owner(context.inventory, Some(name), name.parse().ok())?;
            Some(Sentence::new(
                "The inventory names {owner} for {host}.",
                vec![Slot::Text(Text::new(owner)), slot],
            ))
        }
    }
}

/// A decision as a sentence.
pub fn decision_words(decision: &Disposition) -> Sentence {
    Sentence::new(
        "{ruling} by {author} until {when}: {reason}",
        vec![
            Slot::words(match decision.ruling {
                Ruling::Closed => "Closed",
                Ruling::Accepted => "Accepted",
                Ruling::Suppressed => "Suppressed",
            }),
            Slot::Text(Text::new(&decision.author)),
            Slot::words(decision.until()),
            Slot::Text(Text::new(&decision.reason)),
        ],
    )
}
