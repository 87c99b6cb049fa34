//! History as a baseline: what earlier editions saw.
//!
//! An edition is judged only by what lies before it. What is kept of a session is
//! small and can be merged: when a thing was first seen and by which latest few
//! sessions, how many sessions made a step, on which days something was usual, what
//! sessions of a user cost, and which peers did the same. Never whole snapshots, so
//! it grows with what is new.

mod costs;
mod fingerprint;
mod novelty;
mod recent;
mod records;
mod tallies;
mod usual;

pub use costs::Spread;
pub use fingerprint::{Fingerprint, fingerprint};
pub use novelty::{Basis, Novelty, PEERS};
pub use records::Record;
pub use usual::{MOST_USUAL, USUAL_DAYS, Usual};

use costs::Costs;
use recent::Recent;
use records::Records;
use serde::{Deserialize, Serialize};
use tallies::Tallies;
use usual::Days;

use crate::model::{EditionId, Entity, Money, Snapshot, Text};
use foldhash::HashMap;
use jiff::Timestamp;

/// Days of the past that novelty and the counting of steps look back on.
pub const LOOK_BACK_DAYS: i64 = 30;
/// Days of history from which on novelty counts fully.
pub const MATURE_DAYS: i64 = 14;

/// When and where something was first seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirstSeen {
    /// When.
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::required")]
    pub at: Timestamp,
    /// On which host, if recorded.
    pub host: Option<Text>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Seen {
    first: FirstSeen,
    #[serde(with = "jiff::fmt::serde::timestamp::nanosecond::required")]
    last_at: Timestamp,
    recent: Recent,
    total: u64,
}

/// Users of a group who have dealt with a thing; at most [`PEERS`] and one to leave out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Peers {
    users: Vec<Fingerprint>,
    last_day: i64,
}

/// What earlier editions saw.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Baseline {
    /// Days that an earlier edition speaks for, counted from 1970, in order.
    days: Vec<i64>,
    editions: u32,
    seen: HashMap<Fingerprint, Seen>,
    /// Pairings. Nobody asks when one was first seen, so old ones are forgotten.
    lanes: HashMap<Fingerprint, Recent>,
    records: Records,
    tallies: Tallies,
    usual: HashMap<Fingerprint, Days>,
    costs: Costs,
    /// Users of a group (a team, a repository) who have dealt with a thing.
    peers: HashMap<Fingerprint, Peers>,
}

/// One session's contribution to the baseline.
pub struct Sighting<'a> {
    /// Its record.
    pub record: Record<'a>,
    /// Whether anything may be learned from it: its actor is known well enough, and no
    /// open question is about it.
    pub teaches: bool,
    /// When it began, or the best there is.
    pub at: Timestamp,
    /// The latest sign of it.
    pub last: Timestamp,
    /// Its host.
    pub host: Option<&'a Text>,
    /// Everything it had.
    pub entities: Vec<Entity>,
    /// Pairings it stands for.
    pub lanes: Vec<(Entity, Entity)>,
    /// Things that sessions are counted by, as fingerprints.
    pub counted: Vec<Fingerprint>,
    /// What was usual for it, as fingerprints; empty when nothing may be learned from it.
    pub usual: Box<[Fingerprint]>,
    /// Who, and what it cost.
    pub spent: Option<(&'a Text, Money)>,
    /// Groups of its user with things dealt with, as fingerprints.
    pub among: Vec<Fingerprint>,
    /// Its user.
    pub user: Option<&'a Text>,
}

impl Baseline {
    /// Days within the look-back before a snapshot that earlier editions speak for.
    /// A gap in the archive is not history.
    pub fn days_before(&self, snapshot: &Snapshot) -> i64 {
        let today = day(snapshot.window.start);
        let before = |day: i64| self.days.partition_point(|d| *d < day);
        let days = before(today + 1) - before(today - LOOK_BACK_DAYS);
        i64::try_from(days).unwrap_or(i64::MAX)
    }

    /// How many editions it was made from.
    pub const fn editions(&self) -> u32 {
        self.editions
    }

    /// The last edition it was made from.
    pub fn latest(&self) -> Option<EditionId> {
        self.records.latest()
    }

    /// Whether a recent edition had this session.
    pub fn knows(&self, session: &Text) -> bool {
        self.records.knows(fingerprint(session))
    }

    /// The first edition that had exactly this record, unless it has been forgotten.
    pub fn learned(&self, record: Record<'_>) -> Option<EditionId> {
        self.records.learned(record)
    }

    /// The earliest moment that a record's evidence counts as from, in an edition whose
    /// window begins here.
    pub fn news_from(&self, record: Record<'_>, window_start: Timestamp) -> Timestamp {
        self.records.news_from(record, window_start)
    }

    /// Begins the contribution of a snapshot.
    pub fn begin(&mut self, snapshot: &Snapshot) {
        self.editions += 1;
        let today = day(snapshot.window.start);
        if let Err(at) = self.days.binary_search(&today) {
            self.days.insert(at, today);
        }
        self.tallies.begin(today);
        self.forget(today);
        self.records
            .begin(snapshot.edition(), snapshot.window.start);
    }

    /// Takes in one session.
    pub fn absorb(&mut self, sighting: &Sighting<'_>) {
        let id = fingerprint(sighting.record.session);
        let is_known = self.records.knows(id);
        let day = self.day_of(sighting.record.session, sighting.at);
        self.records.absorb(sighting.record);
        self.tallies.absorb(id, day, &sighting.counted);
        for usual in &*sighting.usual {
            self.usual.entry(*usual).or_default().add(day);
        }
        if let Some((user, cost)) = sighting.spent {
            self.costs.add(fingerprint(user), id, day, cost);
        }
        if let Some(user) = sighting.user.map(fingerprint) {
            for group in &sighting.among {
                let peers = self.peers.entry(*group).or_default();
                peers.last_day = peers.last_day.max(day);
                if peers.users.len() <= PEERS && !peers.users.contains(&user) {
                    peers.users.push(user);
                }
            }
        }
        for lane in sighting.lanes.iter().map(fingerprint) {
            let recent = self.lanes.entry(lane).or_default();
            recent.note(id, day, sighting.teaches);
        }
        for entity in sighting.entities.iter().map(fingerprint) {
            let first = || FirstSeen {
                at: sighting.at,
                host: sighting.host.cloned(),
            };
            let seen = self.seen.entry(entity).or_insert_with(|| Seen {
                first: first(),
                last_at: sighting.last,
                recent: Recent::default(),
                total: 0,
            });
            if (sighting.at, sighting.host) < (seen.first.at, seen.first.host.as_ref()) {
                seen.first = first();
            }
            seen.last_at = seen.last_at.max(sighting.last);
            let was_full = seen.recent.is_full();
            if seen.recent.note(id, day, sighting.teaches) {
                // Of a session that earlier editions had, and that is not among those that
                // are remembered, it is likely that it was counted once.
                seen.total += u64::from(!is_known || !was_full);
            }
        }
    }

    /// Forgets what no look-back reaches any more, so that it stays as small as the days
    /// that count.
    fn forget(&mut self, today: i64) {
        self.lanes.retain(|_, recent| recent.reaches(today));
        self.usual.retain(|_, days| days.reach(today));
        self.peers
            .retain(|_, peers| today - peers.last_day <= LOOK_BACK_DAYS);
        self.costs.forget(today);
    }

    /// The day that a session counts for: the one it began on, but none before the window
    /// of the first edition that had it. So it is one day, whatever it claims.
    fn day_of(&self, session: &Text, began: Timestamp) -> i64 {
        let now = self.records.window_start().unwrap_or(began);
        day(began.max(self.records.session_from(session, now)))
    }

    /// Other sessions that had an entity within the look-back before a day; at most a few,
    /// enough to call it known.
    pub fn earlier(&self, entity: &Entity, but: &Text, now: Timestamp) -> u32 {
        let seen = self.seen.get(&fingerprint(entity));
        seen.map_or(0, |s| s.recent.count(fingerprint(but), day(now), false))
    }

    /// The same, of sessions from which something may be learned.
    pub fn earlier_trusted(&self, entity: &Entity, but: &Text, now: Timestamp) -> u32 {
        let seen = self.seen.get(&fingerprint(entity));
        seen.map_or(0, |s| s.recent.count(fingerprint(but), day(now), true))
    }

    /// Other sessions that had a pairing within the look-back before a day; at most a few.
    pub fn earlier_pairing(&self, lane: (&Entity, &Entity), but: &Text, now: Timestamp) -> u32 {
        let recent = self.lanes.get(&fingerprint(&lane));
        recent.map_or(0, |r| r.count(fingerprint(but), day(now), false))
    }

    /// Tells of a thing how many earlier sessions are counted by it, within the look-back
    /// before a day; the session's own past left out.
    pub fn tally(&self, but: &Text, now: Timestamp) -> impl Fn(Fingerprint) -> u32 {
        let (but, today) = (fingerprint(but), day(now));
        move |thing| self.tallies.count(thing, but, today)
    }

    /// How usual something is: on how many of the days before. A session that earlier
    /// editions have seen does not make itself usual: the day it began on is left out.
    pub fn usual(&self, thing: Fingerprint, but: (&Text, Timestamp), now: Timestamp) -> Usual {
        let (session, began) = but;
        let known = self.records.knows(fingerprint(session));
        let own = known.then(|| self.day_of(session, began));
        self.usual
            .get(&thing)
            .map_or(Usual::default(), |days| days.before(day(now), own))
    }

    /// What a user's earlier sessions cost; `None` while there are too few of them.
    pub fn costs(&self, user: &Text, but: &Text, now: Timestamp) -> Option<Spread> {
        self.costs
            .spread(fingerprint(user), fingerprint(but), day(now))
    }

    /// Users of a group, this one left out, who have dealt with a thing; at most a few.
    pub fn peers(&self, group: Fingerprint, but: Option<&Text>) -> usize {
        let but = but.map(fingerprint);
        self.peers.get(&group).map_or(0, |peers| {
            peers.users.iter().filter(|u| Some(**u) != but).count()
        })
    }

    /// When something was first seen in any earlier edition.
    pub fn first_seen(&self, entity: &Entity) -> Option<&FirstSeen> {
        self.seen.get(&fingerprint(entity)).map(|s| &s.first)
    }

    /// When something was last seen in any earlier edition.
    pub fn last_seen(&self, entity: &Entity) -> Option<Timestamp> {
        self.seen.get(&fingerprint(entity)).map(|s| s.last_at)
    }

    /// Sessions of earlier editions that had it.
    pub fn total(&self, entity: &Entity) -> u64 {
        self.seen.get(&fingerprint(entity)).map_or(0, |s| s.total)
    }
}

/// The day of a moment, counted from 1970.
fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_in_the_archive_is_not_history() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let snapshot = |start: &str, end: &str| Snapshot {
            taken_at: at(end),
            window: crate::model::Window {
                start: at(start),
                end: at(end),
            },
            sources: Vec::new(),
        };
        let mut baseline = Baseline::default();
        baseline.begin(&snapshot("2026-01-01T06:00:00Z", "2026-01-02T06:00:00Z"));
        baseline.begin(&snapshot("2026-11-18T06:00:00Z", "2026-11-19T06:00:00Z"));
        baseline.begin(&snapshot("2026-11-18T18:00:00Z", "2026-11-19T18:00:00Z"));
        baseline.begin(&snapshot("2026-11-20T06:00:00Z", "2026-11-21T06:00:00Z"));
        let now = snapshot("2026-11-21T06:00:00Z", "2026-11-22T06:00:00Z");
        assert_eq!(baseline.days_before(&now), 2, "two days, not ten months");
    }
}
