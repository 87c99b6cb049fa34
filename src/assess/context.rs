//! What a session is judged among: the snapshot's other sessions, the history
//! before it, and what the company declared.

use super::facts::Facts;
use super::lookup;
use super::signals::lanes;
use crate::history::{Baseline, Basis, FirstSeen, Novelty};
use crate::model::{Entity, EntityKind, Inventory, Snapshot, Text};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How a key is shared within one snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sharing {
    /// Distinct users.
    pub users: usize,
    /// Distinct hosts.
    pub hosts: usize,
    /// Whether two hosts used it at the same time.
    pub at_once: bool,
}

impl Sharing {
    /// `2 users`
    pub fn users_words(&self) -> String {
        counted(self.users, "user")
    }

    /// `1 host`
    pub fn hosts_words(&self) -> String {
        counted(self.hosts, "host")
    }
}

fn counted(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

/// Everything around a session that its judgement may depend on.
pub struct Context<'a> {
    /// The snapshot's head.
    pub snapshot: &'a Snapshot,
    /// What the company declared.
    pub inventory: &'a Inventory,
    /// What earlier editions saw.
    pub baseline: &'a Baseline,
    sessions: u32,
    index: HashMap<Entity, Vec<u32>>,
    lane_counts: HashMap<(Entity, Entity), u32>,
    sharing: HashMap<Text, Sharing>,
}

/// The pairings of a session that novelty is asked about: who and where, and who sends to whom.
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
    }
    all
}

impl<'a> Context<'a> {
    /// Takes stock of a snapshot.
    pub fn new(
        snapshot: &'a Snapshot,
        inventory: &'a Inventory,
        baseline: &'a Baseline,
        facts: &[Facts],
    ) -> Self {
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
        let sessions = facts.len() as u32;
        Self {
            snapshot,
            inventory,
            baseline,
            sessions,
            index,
            lane_counts,
            sharing: sharing(facts),
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

    /// Whether the inventory lists keys, and not this one.
    pub fn key_is_unknown(&self, facts: &Facts) -> bool {
        facts.key.is_some() && self.inventory.keys.is_some() && self.key_record(facts).is_none()
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

/// Keys that served two users or two hosts.
fn sharing(facts: &[Facts]) -> HashMap<Text, Sharing> {
    #[derive(Default)]
    struct Use<'a> {
        users: BTreeSet<&'a Text>,
        hosts: BTreeSet<&'a Text>,
        spans: Vec<(i64, i64, &'a Text)>,
    }
    let mut uses: BTreeMap<&Text, Use<'_>> = BTreeMap::new();
    for session in facts {
        let Some(key) = &session.key else { continue };
        let of_key = uses.entry(key).or_default();
        of_key.users.extend(&session.user);
        of_key.hosts.extend(&session.host);
        if let (Some(start), Some(end), Some(host)) =
            (session.started_at, session.last_sign, &session.host)
        {
            of_key
                .spans
                .push((start.as_second(), end.as_second(), host));
        }
    }
    let shared = uses
        .into_iter()
        .filter(|(_, u)| u.users.len() >= 2 || u.hosts.len() >= 2);
    shared
        .map(|(key, u)| {
            let at_once = overlaps(u.spans);
            (
                key.clone(),
                Sharing {
                    users: u.users.len(),
                    hosts: u.hosts.len(),
                    at_once,
                },
            )
        })
        .collect()
}

/// Whether two spans on different hosts overlap.
fn overlaps(mut spans: Vec<(i64, i64, &Text)>) -> bool {
    spans.sort_unstable();
    // For each host, how long it has been busy; a later start before that on another host overlaps.
    let mut busy: BTreeMap<&Text, i64> = BTreeMap::new();
    for (start, end, host) in spans {
        if busy
            .iter()
            .any(|(other, until)| *other != host && *until > start)
        {
            return true;
        }
        busy.retain(|_, until| *until > start);
        let until = busy.entry(host).or_insert(end);
        *until = (*until).max(end);
    }
    false
}
