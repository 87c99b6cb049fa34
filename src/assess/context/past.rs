//! What the history says of a session: what is new about it, what is usual, what others did.

use super::Context;
use crate::assess::facts::{Facts, Reach};
use crate::assess::lexicon::destinations::mail_domain;
use crate::assess::sighting::{domain_key, repo_key, team_key};
use crate::assess::steps::{Step, agent_key};
use crate::history::{Baseline, Basis, Fingerprint, Novelty, PEERS, Spread, Usual};
use crate::model::{EditionId, Entity, EntityKind, Text};
use jiff::Timestamp;

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
/// Sessions that mailed a domain which make it known.
const KNOWN_DOMAIN: u32 = 8;

/// With fewer earlier sessions than this the company has hardly dealt with a place.
const HARDLY: u32 = 3;
/// A collector may lag by this much, in seconds, before a record counts as late.
const LAG: i64 = 3_600;

/// Whether earlier editions should have had a session, by its own account of when it was.
pub(super) fn is_late(facts: &Facts, baseline: &Baseline) -> bool {
    let (Some(latest), Some(last)) = (baseline.latest(), facts.last_sign) else {
        return false;
    };
    last.as_second() + LAG < latest.taken_at().as_second() && !baseline.knows(&facts.id)
}

impl Context<'_> {
    /// The first edition that had what the session's record says: an earlier one, or this.
    pub fn learned(&self, facts: &Facts) -> EditionId {
        let earlier = self.baseline.learned(facts.record());
        earlier.unwrap_or(self.snapshot.edition())
    }

    /// The earliest moment that evidence of a session counts as from: the beginning of
    /// the window in which it was news, whatever times it claims.
    pub fn news_from(&self, facts: &Facts) -> Timestamp {
        self.baseline
            .news_from(facts.record(), self.snapshot.window.start)
    }

    /// The latest edition that should have had the session and did not. It counts for each
    /// of them, however many there are: some may be there to hide another.
    pub fn late_for(&self, facts: &Facts) -> Option<EditionId> {
        let latest = self.baseline.latest();
        latest.filter(|_| is_late(facts, self.baseline))
    }

    /// How many sessions came late.
    pub fn late(&self) -> usize {
        self.late
    }

    pub(super) fn basis(&self) -> Basis {
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

    /// How new an entity is to the company, this session's own past left out.
    pub fn novelty(&self, facts: &Facts, entity: &Entity) -> Novelty {
        let basis = self.basis();
        let earlier = match basis {
            Basis::History { .. } => {
                let now = self.snapshot.window.start;
                self.baseline.earlier(entity, &facts.id, now)
            }
            Basis::Snapshot { .. } => self.count(entity).saturating_sub(1),
        };
        Novelty::new(earlier, basis)
    }

    /// How new a pairing is to the company, this session's own past left out.
    pub fn lane_novelty(&self, facts: &Facts, a: &Entity, b: &Entity) -> Novelty {
        let basis = self.basis();
        let earlier = match basis {
            Basis::History { .. } => {
                let now = self.snapshot.window.start;
                self.baseline.earlier_pairing((a, b), &facts.id, now)
            }
            Basis::Snapshot { .. } => {
                let all = self.lane_counts.get(&(a.clone(), b.clone()));
                all.copied().unwrap_or(1).saturating_sub(1)
            }
        };
        Novelty::new(earlier, basis)
    }

    /// Whether something was sent to a place that the company has hardly dealt with, or
    /// fetched from one it never has. The first holds however young the baseline is; while
    /// it is young every page that somebody reads is one never fetched from.
    pub fn is_new_place(&self, facts: &Facts, reach: &Reach) -> bool {
        let place = Entity::new(EntityKind::Destination, &reach.destination);
        let now = self.snapshot.window.start;
        // Whoever nobody knows makes nothing known.
        let earlier = self.baseline.earlier_trusted(&place, &facts.id, now);
        if reach.fetch_only {
            earlier == 0 && self.maturity() >= 1.0
        } else {
            earlier < HARDLY
        }
    }

    /// What novelty counts beside a mature baseline.
    pub fn maturity(&self) -> f64 {
        self.basis().maturity()
    }

    /// How usual something is; not at all when it has no name.
    pub fn usual(&self, facts: &Facts, habit: Option<Fingerprint>) -> Usual {
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
        let tally = self.tally(facts);
        let sessions = tally(agent_key(agent));
        (sessions >= ENOUGH_SESSIONS).then_some(move |step: &Step| StepCounts {
            step: tally(step.key),
            from: tally(step.from_key),
            sessions,
        })
    }

    /// Whether mail has long gone to the domain of an address.
    pub fn knows_mail_domain(&self, facts: &Facts, destination: &Text) -> bool {
        mail_domain(destination.untrusted())
            .is_some_and(|d| self.tally(facts)(domain_key(&d)) >= KNOWN_DOMAIN)
    }

    /// How many other sessions are counted by a thing.
    fn tally(&self, facts: &Facts) -> impl Fn(Fingerprint) -> u32 {
        self.baseline.tally(&facts.id, self.snapshot.window.start)
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
}
