//! What a session is judged among: the snapshot's other sessions, the history
//! before it, and what the company declared.

mod past;
mod rulings;
mod silences;

pub use past::{ENOUGH_SESSIONS, StepCounts};

use super::confusable::Confusables;
use super::facts::Facts;
use super::lexicon::verbs;
use super::lookup;
use super::record::Gap;
use super::sharing::{Sharing, sharing};
use super::signals::{SignalId, Weights, lanes};
use super::trust::{self, TrustLevel};
use crate::history::{Baseline, FirstSeen};
use crate::model::{
    Disposition, Dispositions, Entity, EntityKind, Inventory, KeyRecord, Snapshot, Text,
};
use jiff::Timestamp;
use std::collections::HashMap;

/// What the company declared, as far as it is in force.
#[derive(Clone, Copy, Debug)]
pub struct Declared<'a> {
    /// What it knows about itself.
    pub inventory: &'a Inventory,
    /// What people decided.
    pub dispositions: &'a Dispositions,
    /// What each signal weighs.
    pub weights: &'a Weights,
}

/// Everything around a session that its judgement may depend on.
pub struct Context<'a> {
    /// The snapshot's head.
    pub snapshot: &'a Snapshot,
    /// What the company declared.
    pub inventory: &'a Inventory,
    /// What earlier editions saw.
    pub baseline: &'a Baseline,
    /// What each signal weighs.
    pub weights: &'a Weights,
    /// What people decided.
    pub dispositions: &'a Dispositions,
    sessions: u32,
    history_days: i64,
    index: HashMap<Entity, Vec<u32>>,
    lane_counts: HashMap<(Entity, Entity), u32>,
    sharing: HashMap<Text, Sharing>,
    confusables: Confusables,
    /// The user of each session, where a sign-on was seen and trust is not low: nobody is
    /// a peer by name alone.
    users: Vec<Option<Text>>,
    /// Silences of all sessions, by when they began.
    gaps: Vec<Gap>,
    /// Of each session, whether recent editions had it.
    is_known: Vec<bool>,
    /// Sessions that earlier editions should have had.
    late: usize,
    /// Suppressions in force, with the signal each is about.
    suppressions: Vec<(SignalId, &'a Disposition)>,
}

/// The pairings of a session that novelty is asked about: who and where, who sends to whom, and who uses whose tools.
pub fn pairings(facts: &Facts) -> Vec<(Entity, Entity)> {
    let mut all = lanes(facts);
    if let Some(user) = &facts.user {
        let user = Entity::new(EntityKind::User, user);
        all.extend(facts.reaches.iter().map(|r| {
            (
                user.clone(),
                Entity::new(EntityKind::Destination, &r.destination),
            )
        }));
        let telling = |t: &&super::facts::ToolUse| verbs::is_telling(t.name.untrusted());
        let tools = facts.tools.iter().filter(telling);
        all.extend(tools.map(|t| (user.clone(), Entity::new(EntityKind::Tool, &t.name))));
    }
    all
}

impl<'a> Context<'a> {
    /// Takes stock of a snapshot.
    pub fn new(
        snapshot: &'a Snapshot,
        declared: Declared<'a>,
        baseline: &'a Baseline,
        facts: &[Facts],
    ) -> Self {
        let inventory = declared.inventory;
        let mut index: HashMap<Entity, Vec<u32>> = HashMap::new();
        let mut lane_counts: HashMap<(Entity, Entity), u32> = HashMap::new();
        for (at, session) in facts.iter().enumerate() {
            for entity in session.entities() {
                let with = index.entry(entity).or_default();
                if with.last() != Some(&(at as u32)) {
                    with.push(at as u32);
                }
            }
            // With a history nobody asks how rare a pairing is inside the snapshot.
            if baseline.editions() == 0 {
                for lane in pairings(session) {
                    *lane_counts.entry(lane).or_default() += 1;
                }
            }
        }
        let mut gaps: Vec<Gap> = facts.iter().filter_map(|f| f.gap).collect();
        gaps.sort_by_key(|g| (g.from, g.to));
        let mut context = Self {
            snapshot,
            inventory,
            baseline,
            weights: declared.weights,
            dispositions: declared.dispositions,
            sessions: facts.len() as u32,
            history_days: baseline.days_before(snapshot),
            lane_counts,
            sharing: sharing(facts),
            confusables: Confusables::of(index.keys(), inventory),
            index,
            users: Vec::new(),
            suppressions: rulings::suppressions(declared.dispositions, snapshot.taken_at),
            gaps,
            is_known: facts.iter().map(|f| baseline.knows(&f.id)).collect(),
            late: facts.iter().filter(|f| past::is_late(f, baseline)).count(),
        };
        let trusted = |f: &Facts| trust::trust(f, &context).level() <= TrustLevel::Medium;
        let proven = |f: &Facts| f.authenticated == Some(true) && trusted(f);
        context.users = facts
            .iter()
            .map(|f| f.user.clone().filter(|_| proven(f)))
            .collect();
        context
    }

    /// What the company declared.
    pub fn declared(&self) -> Declared<'a> {
        Declared {
            inventory: self.inventory,
            dispositions: self.dispositions,
            weights: self.weights,
        }
    }

    /// The edition's "now".
    pub fn now(&self) -> Timestamp {
        self.snapshot.taken_at
    }

    /// Sessions of the snapshot.
    pub fn sessions(&self) -> u32 {
        self.sessions
    }

    /// Days of history before this snapshot.
    pub fn history_days(&self) -> i64 {
        self.history_days
    }

    /// Sessions of this snapshot that have an entity.
    pub fn count(&self, entity: &Entity) -> u32 {
        self.sessions_of(entity).len() as u32
    }

    /// The sessions of this snapshot that have an entity, by their place in it.
    pub fn sessions_of(&self, entity: &Entity) -> &[u32] {
        self.index.get(entity).map_or(&[], Vec::as_slice)
    }

    /// Every entity of this snapshot, in order.
    pub fn entities(&self) -> Vec<&Entity> {
        let mut all: Vec<&Entity> = self.index.keys().collect();
        all.sort_unstable();
        all
    }

    /// Whether an entity is so common that sharing it links nothing: in more than
    /// five sessions and in more than a tenth of them.
    pub fn is_hub(&self, entity: &Entity) -> bool {
        f64::from(self.count(entity)) > (f64::from(self.sessions) / 10.0).max(5.0)
    }

    /// Sessions that ever had an entity, this snapshot's included.
    pub fn sessions_with(&self, entity: &Entity) -> u64 {
        let with = self.sessions_of(entity).iter();
        let new = with.filter(|s| !self.is_known[**s as usize]).count();
        // Of those that are known it is likely that they had it before.
        (self.baseline.total(entity) + new as u64).max(u64::from(self.count(entity)))
    }

    /// When an entity was first seen before this snapshot.
    pub fn first_seen(&self, entity: &Entity) -> Option<&FirstSeen> {
        self.baseline.first_seen(entity)
    }

    /// When an entity was last seen, this snapshot included.
    pub fn last_seen(&self, entity: &Entity) -> Option<Timestamp> {
        let now = (self.count(entity) > 0).then_some(self.snapshot.taken_at);
        now.max(self.baseline.last_seen(entity))
    }

    /// A name of the session that looks like a known one, and that one.
    pub fn confusable(&self, facts: &Facts) -> Option<(Entity, Text)> {
        self.confusables.first(facts)
    }

    /// The known name that an entity's looks like and is not.
    pub fn look_alike(&self, entity: &Entity) -> Option<&Text> {
        self.confusables.of_name(entity)
    }

    /// How the session's key is shared; `None` when one user on one host has it.
    pub fn sharing(&self, facts: &Facts) -> Option<Sharing> {
        self.sharing.get(facts.key.as_ref()?).copied()
    }

    /// Whether the inventory says that the session's key is shared on purpose.
    pub fn shared_by_design(&self, facts: &Facts) -> bool {
        self.key_record(facts)
            .is_some_and(KeyRecord::is_shared_by_design)
    }

    /// Whether the inventory lists keys, and not this one, or only as revoked.
    pub fn key_is_unknown(&self, facts: &Facts) -> bool {
        lookup::key_is_unknown(self.inventory, &key_names(facts))
    }

    /// Whether the inventory lists the session's key as revoked.
    pub fn key_is_revoked(&self, facts: &Facts) -> bool {
        self.key_record(facts).is_some_and(KeyRecord::is_revoked)
    }

    fn key_record(&self, facts: &Facts) -> Option<&KeyRecord> {
        lookup::key(self.inventory, &key_names(facts))
    }

    /// Whether the inventory says anything about machines.
    pub fn knows_hosts(&self) -> bool {
        lookup::knows_hosts(self.inventory)
    }

    /// Who answers for the session's machine.
    pub fn host_owner(&self, facts: &Facts) -> Option<&str> {
        lookup::host_owner(
            self.inventory,
            facts.host.as_ref().map(Text::untrusted),
            facts.address,
        )
    }

    /// What the session's machine is for.
    pub fn host_class(&self, facts: &Facts) -> Option<&str> {
        lookup::host_class(
            self.inventory,
            facts.host.as_ref().map(Text::untrusted),
            facts.address,
        )
    }
}

/// The names a session's key may be listed under.
fn key_names(facts: &Facts) -> Vec<&str> {
    [&facts.key, &facts.key_shown]
        .into_iter()
        .flatten()
        .map(Text::untrusted)
        .collect()
}
