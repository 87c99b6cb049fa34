//! What a session is judged among: the snapshot's other sessions, the history
//! before it, and what the company declared.

use super::confusable::Confusables;
use super::facts::Facts;
use super::lexicon::destinations::mail_domain;
use super::lexicon::verbs;
use super::lookup;
use super::record::Gap;
use super::sharing::{Sharing, sharing};
use super::sighting::{domain_key, repo_key, team_key};
use super::signals::{CATALOGUE, Definition, Hit, SignalId, Weights, lanes};
use super::steps::{Step, agent_key};
use crate::history::{Baseline, Basis, FirstSeen, Novelty, PEERS, Spread, Usual};
use crate::model::{
    About, Disposition, Dispositions, Entity, EntityKind, Inventory, Ruling, Slot, Snapshot, Text,
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
    index: HashMap<Entity, Vec<u32>>,
    lane_counts: HashMap<(Entity, Entity), u32>,
    sharing: HashMap<Text, Sharing>,
    confusables: Confusables,
    /// The user of each session.
    users: Vec<Option<Text>>,
    /// Silences of all sessions, by when they began.
    gaps: Vec<Gap>,
    /// Suppressions in force, with the signal each is about.
    suppressions: Vec<(SignalId, &'a Disposition)>,
}

/// How many earlier sessions of a kind of agent made a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepCounts {
    /// Sessions that made it.
    pub step: u32,
    /// Sessions that did the act before it.
    pub from: u32,
    /// All sessions.
    pub sessions: u32,
}

/// Bits of surprise at which a step is as unusual as it gets.
const BITS: f64 = 10.0;

impl StepCounts {
    /// How surprising the step is, 0 to 1: in the mean of how rare it is among all
    /// sessions of the agent, and among those that did the act before it.
    pub fn surprise(self) -> f64 {
        let rare = |among: u32| {
            let share = (f64::from(self.step) + 0.3) / (f64::from(among) + 1.0);
            (-share.log2() / BITS).clamp(0.0, 1.0)
        };
        f64::midpoint(rare(self.sessions), rare(self.from))
    }
}

/// Sessions of a kind of agent that make counts of its acts and steps worth something.
pub const ENOUGH_SESSIONS: u32 = 30;
/// Sessions with the same silence that make it the collector's.
const COMMON_GAP: usize = 3;
/// How far apart the ends of the same silence may lie, in seconds.
const SAME_GAP: i64 = 60;
/// Sessions that mailed a domain which make it known.
const KNOWN_DOMAIN: u32 = 8;

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
        Self {
            snapshot,
            inventory,
            baseline,
            weights: declared.weights,
            dispositions: declared.dispositions,
            sessions: facts.len() as u32,
            lane_counts,
            sharing: sharing(facts),
            confusables: Confusables::of(index.keys(), inventory),
            index,
            users: facts.iter().map(|f| f.user.clone()).collect(),
            suppressions: suppressions(declared.dispositions, snapshot.taken_at),
            gaps,
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
        self.baseline.days_before(self.snapshot)
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
        self.baseline.total(entity) + u64::from(self.count(entity))
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

    /// How new an entity is to the company, this session's own past left out.
    pub fn novelty(&self, facts: &Facts, entity: &Entity) -> Novelty {
        match self.basis() {
            basis @ Basis::History { .. } => Novelty::new(
                self.baseline
                    .earlier(entity, &facts.id, self.snapshot.window.start),
                basis,
            ),
            basis @ Basis::Snapshot { .. } => {
                Novelty::new(self.count(entity).saturating_sub(1), basis)
            }
        }
    }

    /// How new a pairing is to the company, this session's own past left out.
    pub fn lane_novelty(&self, facts: &Facts, a: &Entity, b: &Entity) -> Novelty {
        let lane = (a.clone(), b.clone());
        match self.basis() {
            basis @ Basis::History { .. } => Novelty::new(
                self.baseline
                    .earlier(&lane, &facts.id, self.snapshot.window.start),
                basis,
            ),
            basis @ Basis::Snapshot { .. } => Novelty::new(
                self.lane_counts
                    .get(&lane)
                    .copied()
                    .unwrap_or(1)
                    .saturating_sub(1),
                basis,
            ),
        }
    }

    /// What novelty counts beside a mature baseline.
    pub fn maturity(&self) -> f64 {
        self.basis().maturity()
    }

    /// How usual something is; not at all when it has no name.
    pub fn usual(&self, facts: &Facts, habit: Option<u64>) -> Usual {
        habit.map_or(Usual::default(), |h| {
            let own = facts.began(self.snapshot);
            self.baseline
                .usual(h, (&facts.id, own), self.snapshot.window.start)
        })
    }

    /// How surprising it is that the session came to an act, 0 to 1: the most
    /// surprising of its steps there; damped while the baseline is young, as every
    /// claim of novelty is. Fully, but for that, while there are too few sessions of
    /// its kind of agent to say.
    pub fn surprise_of(&self, facts: &Facts, act: &Text) -> f64 {
        let steps = facts.steps.iter().filter(|s| s.to == *act);
        let on_record = match self.step_counts_of(facts) {
            Some(counts) => steps.map(|s| counts(s).surprise()).fold(0.0, f64::max),
            None => 1.0,
        };
        self.maturity() * on_record
    }

    /// How many earlier sessions of the session's kind of agent made each step; `None`
    /// while there are too few of them to say.
    pub fn step_counts_of<'s>(&'s self, facts: &'s Facts) -> Option<impl Fn(&Step) -> StepCounts> {
        let agent = facts.agent.as_ref()?;
        let sessions = self.tally(facts, agent_key(agent));
        (sessions >= ENOUGH_SESSIONS).then_some(move |step: &Step| StepCounts {
            step: self.tally(facts, step.key(agent)),
            from: self.tally(facts, step.from_key(agent)),
            sessions,
        })
    }

    /// Whether mail has long gone to the domain of an address.
    pub fn knows_mail_domain(&self, facts: &Facts, destination: &Text) -> bool {
        mail_domain(destination.untrusted())
            .is_some_and(|d| self.tally(facts, domain_key(&d)) >= KNOWN_DOMAIN)
    }

    fn tally(&self, facts: &Facts, thing: u64) -> u32 {
        self.baseline
            .tally(thing, &facts.id, self.snapshot.window.start)
    }

    /// What the user's earlier sessions cost.
    pub fn costs(&self, facts: &Facts) -> Option<Spread> {
        let user = facts.user.as_ref()?;
        self.baseline
            .costs(user, &facts.id, self.snapshot.window.start)
    }

    /// Peers of the session's user, by team or by repository, who have dealt with a
    /// thing, before or in this snapshot; at most a few.
    pub fn peers(&self, facts: &Facts, thing: &Entity) -> usize {
        let Some(user) = &facts.user else { return 0 };
        let team = self.inventory.team(user.untrusted());
        let by_team = team.map(|t| team_key(t, thing));
        let by_repo = facts.repos.iter().map(|r| repo_key(r.untrusted(), thing));
        let before = by_team
            .into_iter()
            .chain(by_repo)
            .map(|group| self.baseline.peers(group, Some(user)))
            .max()
            .unwrap_or(0);
        before.max(self.peers_now(user, team, thing))
    }

    /// Peers of a user by team who deal with a thing in this snapshot.
    fn peers_now(&self, user: &Text, team: Option<&str>, thing: &Entity) -> usize {
        if team.is_none() {
            return 0;
        }
        let mut others: Vec<&Text> = Vec::new();
        for session in self.sessions_of(thing) {
            let Some(other) = self.users.get(*session as usize).and_then(Option::as_ref) else {
                continue;
            };
            let is_peer = other != user && self.inventory.team(other.untrusted()) == team;
            if is_peer && !others.contains(&other) {
                others.push(other);
            }
            if others.len() >= PEERS {
                break;
            }
        }
        others.len()
    }

    /// A name of the session that looks like a known one, and that one.
    pub fn confusable(&self, facts: &Facts) -> Option<(Entity, Text)> {
        self.confusables.first(facts)
    }

    /// The decision by which a hit does not count: one in force that is about the session,
    /// or exactly about what the hit is about. Of places and files every one that the
    /// session has must be meant: one that is not still counts.
    pub fn suppression(
        &self,
        facts: &Facts,
        signal: SignalId,
        hit: &Hit,
    ) -> Option<&'a Disposition> {
        let of_signal = || self.suppressions.iter().filter(|(s, _)| *s == signal);
        of_signal().next()?;
        let entities = facts.entities();
        let meant = |e: &Entity| of_signal().any(|(_, d)| d.about.is_entity(e));
        let applies = |d: &Disposition| match &d.about {
            About::Session(_) => d.about.is_session(&facts.id),
            About::Narrative(_) => false,
            About::Entity(EntityKind::Destination, _) => {
                let sent_to =
                    |r: &super::facts::Reach| Entity::new(EntityKind::Destination, &r.destination);
                entities.iter().any(|e| d.about.is_entity(e))
                    && facts.open_reaches().all(|r| meant(&sent_to(r)))
            }
            About::Entity(EntityKind::File, _) => {
                entities.iter().any(|e| d.about.is_entity(e))
                    && facts.touches.iter().all(|t| meant(&t.file))
            }
            About::Entity(EntityKind::Tool | EntityKind::Repo, _) => {
                let named = |s: &Slot| matches!(s, Slot::Entity(e) if d.about.is_entity(e));
                hit.sentence.slots.iter().any(named)
            }
            About::Entity(..) => entities.iter().any(|e| d.about.is_entity(e)),
        };
        of_signal().map(|(_, d)| *d).find(|d| applies(d))
    }

    /// The decision about this very session that keeps it from leading: one in force,
    /// and not older than what it did last unless it accepts whatever comes.
    pub fn decision_on(&self, facts: &Facts) -> Option<&'a Disposition> {
        // Of two records under one id nobody can say which was decided on.
        if facts.conflicting {
            return None;
        }
        self.dispositions
            .in_force(self.now())
            .filter(|d| d.about.is_session(&facts.id))
            .find(|d| d.settles(facts.last_sign))
    }

    /// Whether so many sessions fell silent together that it was the collector.
    pub fn is_common_gap(&self, gap: Gap) -> bool {
        let near = |a: Timestamp, b: Timestamp| (a.as_second() - b.as_second()).abs() <= SAME_GAP;
        let begin = self
            .gaps
            .partition_point(|g| g.from.as_second() < gap.from.as_second() - SAME_GAP);
        self.gaps[begin..]
            .iter()
            .take_while(|g| g.from <= gap.from || near(g.from, gap.from))
            .filter(|g| near(g.to, gap.to))
            .nth(COMMON_GAP - 1)
            .is_some()
    }

    /// Silences that so many sessions share, each told once: when they began and how many sessions fell silent.
    pub fn common_gaps(&self) -> Vec<(Gap, usize)> {
        let mut told: Vec<(Gap, usize)> = Vec::new();
        for gap in self.gaps.iter().filter(|g| self.is_common_gap(**g)) {
            match told.last_mut() {
                Some((first, n)) if gap.from.as_second() - first.from.as_second() <= SAME_GAP => {
                    *n += 1;
                }
                _ => told.push((*gap, 1)),
            }
        }
        told
    }

    fn basis(&self) -> Basis {
        if self.baseline.editions() == 0 {
            Basis::Snapshot {
                others: self.sessions.saturating_sub(1),
            }
        } else {
            Basis::History {
                days: self.history_days(),
            }
        }
    }

    /// How the session's key is shared; `None` when one user on one host has it.
    pub fn sharing(&self, facts: &Facts) -> Option<Sharing> {
        self.sharing.get(facts.key.as_ref()?).copied()
    }

    /// Whether the inventory says that the session's key is shared on purpose.
    pub fn shared_by_design(&self, facts: &Facts) -> bool {
        self.key_record(facts)
            .is_some_and(|k| k.tags.contains("shared-by-design"))
    }

    /// Whether the inventory lists keys, and not this one, or only as revoked.
    pub fn key_is_unknown(&self, facts: &Facts) -> bool {
        let record = self.key_record(facts);
        facts.key.is_some()
            && self.inventory.keys.is_some()
            && record.is_none_or(crate::model::KeyRecord::is_revoked)
    }

    /// Whether the inventory lists the session's key as revoked.
    pub fn key_is_revoked(&self, facts: &Facts) -> bool {
        self.key_record(facts)
            .is_some_and(crate::model::KeyRecord::is_revoked)
    }

    fn key_record(&self, facts: &Facts) -> Option<&crate::model::KeyRecord> {
        let names: Vec<&str> = [&facts.key, &facts.key_shown]
            .into_iter()
            .flatten()
            .map(Text::untrusted)
            .collect();
        lookup::key(self.inventory, &names)
    }

    /// Whether the inventory says anything about machines.
    pub fn knows_hosts(&self) -> bool {
        self.inventory.hosts.is_some() || !self.inventory.ranges.is_empty()
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

fn suppressions(all: &Dispositions, now: Timestamp) -> Vec<(SignalId, &Disposition)> {
    all.in_force(now)
        .filter(|d| d.ruling == Ruling::Suppressed)
        .filter_map(|d| {
            let named = |c: &&&Definition| Some(c.name) == d.signal.as_deref();
            Some((CATALOGUE.iter().find(named)?.id, d))
        })
        .collect()
}
