//! History as a baseline: what earlier editions saw.
//!
//! An edition is judged only by what lies before it. For every entity and every
//! pairing the baseline keeps when it was first seen and the latest few sessions
//! that used it, never whole snapshots, so it grows with what is new.

use crate::model::{Entity, Snapshot, Text};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Days of the past that novelty looks back on.
pub const LOOK_BACK_DAYS: i64 = 30;
/// Days of history from which on novelty counts fully.
pub const MATURE_DAYS: i64 = 14;
/// Least that novelty counts while the baseline is young.
const YOUNG_FLOOR: f64 = 0.3;
/// With this many earlier sessions nothing is new any more.
const KNOWN_SESSIONS: u32 = 8;
/// Sessions remembered for an entity: enough to be known, and one to leave out.
const REMEMBERED: usize = KNOWN_SESSIONS as usize + 1;

/// What novelty was measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Earlier editions, covering this many days.
    History {
        /// Days covered.
        days: i64,
    },
    /// No earlier edition: the other sessions of the same snapshot.
    Snapshot {
        /// How many others there are.
        others: u32,
    },
}

impl Basis {
    /// The end of a sentence: what the claim of novelty rests on.
    pub fn words(self) -> String {
        match self {
            Self::History { days } if days < MATURE_DAYS => {
                format!("baseline: {days} of {MATURE_DAYS} days")
            }
            Self::History { days } => format!("history covers {} days", days.min(LOOK_BACK_DAYS)),
            Self::Snapshot { others: 1 } => {
                "no history yet, compared with 1 other session".to_owned()
            }
            Self::Snapshot { others } => {
                format!("no history yet, compared with {others} other sessions")
            }
        }
    }

    /// Factor on novelty while the baseline is young.
    fn maturity(self) -> f64 {
        match self {
            Self::History { days } => (days as f64 / MATURE_DAYS as f64).clamp(YOUNG_FLOOR, 1.0),
            Self::Snapshot { .. } => YOUNG_FLOOR,
        }
    }
}

/// How new something is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Novelty {
    /// 0 (known) to 1 (never seen).
    pub value: f64,
    /// Other sessions that had it before.
    pub earlier: u32,
    /// What that rests on.
    pub basis: Basis,
}

impl Novelty {
    /// `max(0, 1 - log2(1+n) / log2(1+8))`, damped while the baseline is young.
    pub fn new(earlier: u32, basis: Basis) -> Self {
        let fade = f64::from(1 + earlier).log2() / f64::from(1 + KNOWN_SESSIONS).log2();
        Self {
            value: (1.0 - fade).max(0.0) * basis.maturity(),
            earlier,
            basis,
        }
    }

    /// `1 earlier session`, `2 earlier sessions`
    pub fn earlier_words(&self) -> String {
        match self.earlier {
            1 => "1 earlier session".to_owned(),
            n => format!("{n} earlier sessions"),
        }
    }
}

/// When and where something was first seen.
#[derive(Clone, Debug, PartialEq)]
pub struct FirstSeen {
    /// When.
    pub at: Timestamp,
    /// On which host, if recorded.
    pub host: Option<Text>,
}

#[derive(Clone, Debug)]
struct Seen {
    first: FirstSeen,
    last_at: Timestamp,
    /// Latest sessions, by fingerprint, with their day; at most [`REMEMBERED`].
    recent: Vec<(u64, i64)>,
    total: u64,
}

/// What earlier editions saw.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// Days that an earlier edition speaks for, counted from 1970.
    days: BTreeSet<i64>,
    editions: u32,
    seen: HashMap<u64, Seen>,
}

/// One session's contribution to the baseline.
pub struct Sighting<'a> {
    /// The session's id.
    pub session: &'a Text,
    /// When it began, or the best there is.
    pub at: Timestamp,
    /// Its host.
    pub host: Option<&'a Text>,
    /// Everything it had.
    pub entities: Vec<Entity>,
    /// Pairings it stands for.
    pub lanes: Vec<(Entity, Entity)>,
}

impl Baseline {
    /// Days within the look-back before a snapshot that earlier editions speak for.
    /// A gap in the archive is not history.
    pub fn days_before(&self, snapshot: &Snapshot) -> i64 {
        let today = day(snapshot.window.start);
        i64::try_from(self.days.range(today - LOOK_BACK_DAYS..=today).count()).unwrap_or(i64::MAX)
    }

    /// How many editions it was made from.
    pub const fn editions(&self) -> u32 {
        self.editions
    }

    /// Begins the contribution of a snapshot.
    pub fn begin(&mut self, snapshot: &Snapshot) {
        self.editions += 1;
        self.days.insert(day(snapshot.window.start));
    }

    /// Takes in one session.
    pub fn absorb(&mut self, sighting: &Sighting<'_>) {
        let id = fingerprint(sighting.session);
        let day = day(sighting.at);
        let entities = sighting.entities.iter().map(fingerprint);
        let lanes = sighting.lanes.iter().map(fingerprint);
        for key in entities.chain(lanes) {
            let seen = self.seen.entry(key).or_insert_with(|| Seen {
                first: FirstSeen {
                    at: sighting.at,
                    host: sighting.host.cloned(),
                },
                last_at: sighting.at,
                recent: Vec::with_capacity(1),
                total: 0,
            });
            if sighting.at < seen.first.at {
                seen.first = FirstSeen {
                    at: sighting.at,
                    host: sighting.host.cloned(),
                };
            }
            seen.last_at = seen.last_at.max(sighting.at);
            if let Some(known) = seen.recent.iter_mut().find(|(s, _)| *s == id) {
                known.1 = known.1.max(day);
                continue;
            }
            seen.total += 1;
            seen.recent.push((id, day));
            if seen.recent.len() > REMEMBERED {
                seen.recent
                    .sort_by_key(|(s, day)| (std::cmp::Reverse(*day), *s));
                seen.recent.truncate(REMEMBERED);
            }
        }
    }

    /// Other sessions that had this within the look-back before a day; at most a few, enough to call it known.
    pub fn earlier(&self, thing: &impl Hash, but: &Text, now: Timestamp) -> u32 {
        let (but, today) = (fingerprint(but), day(now));
        self.seen.get(&fingerprint(thing)).map_or(0, |seen| {
            seen.recent
                .iter()
                .filter(|(id, day)| *id != but && today - day <= LOOK_BACK_DAYS)
                .count() as u32
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

/// A fixed-key hash: the same in every run of one program version.
fn fingerprint(thing: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    thing.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn novelty_fades_to_nothing_with_eight_sessions() {
        let basis = Basis::History { days: 14 };
        let values: Vec<f64> = [0, 1, 3, 8, 20]
            .iter()
            .map(|n| Novelty::new(*n, basis).value)
            .collect();
        assert!((values[0] - 1.0).abs() < 1e-12);
        assert!(
            values
                .windows(2)
                .all(|w| w[0] > w[1] || (w[0] == 0.0 && w[1] == 0.0)),
            "{values:?}"
        );
        assert!(values[3].abs() < 1e-12);
    }

    #[test]
    fn a_young_baseline_never_counts_less_than_the_floor() {
        for (days, expect) in [(0, 0.3), (4, 0.3), (7, 0.5), (14, 1.0), (100, 1.0)] {
            assert!((Novelty::new(0, Basis::History { days }).value - expect).abs() < 1e-12);
        }
    }

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
