//! How many sessions did a thing, day by day, each session counted once.

use super::Fingerprint;
use foldhash::HashMap;
use serde::{Deserialize, Serialize};

/// A session that has not been seen for this many days does not come back.
const FORGOTTEN_DAYS: i64 = 3;

/// Counts of sessions by thing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Tallies {
    /// For each thing, the sessions of each day, days in order.
    things: HashMap<Fingerprint, Vec<(i64, u32)>>,
    /// What recent sessions have been counted by, and the day they were last seen on:
    /// a session stands in every snapshot whose window it touches, and counts once.
    sessions: HashMap<Fingerprint, Counted>,
    /// The day of the snapshot that is being taken in.
    today: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Counted {
    last_seen: i64,
    /// The lower halves of their fingerprints, in order: enough to tell the few things of one
    /// session apart, in half the room.
    things: Vec<u32>,
}

impl Tallies {
    /// Begins a snapshot of this day: forgets sessions that do not come back.
    pub(super) fn begin(&mut self, today: i64) {
        self.today = today;
        self.sessions
            .retain(|_, counted| today - counted.last_seen <= FORGOTTEN_DAYS);
        let oldest = today - super::LOOK_BACK_DAYS - FORGOTTEN_DAYS;
        self.things
            .retain(|_, days| days.last().is_some_and(|(day, _)| *day >= oldest));
    }

    /// Counts a session by its things, those it was not counted by before.
    pub(super) fn absorb(&mut self, session: Fingerprint, day: i64, things: &[Fingerprint]) {
        // Seen today, whenever it began; and nothing begins after its snapshot's day and the next.
        let (today, day) = (self.today, day.min(self.today + 1));
        let counted = self.sessions.entry(session).or_insert_with(|| Counted {
            last_seen: today,
            things: Vec::with_capacity(things.len()),
        });
        counted.last_seen = counted.last_seen.max(today);
        for thing in things {
            let Err(at) = counted.things.binary_search(&thing.half()) else {
                continue;
            };
            counted.things.insert(at, thing.half());
            let days = self.things.entry(*thing).or_default();
            match days.binary_search_by_key(&day, |(d, _)| *d) {
                Ok(at) => days[at].1 += 1,
                Err(at) => days.insert(at, (day, 1)),
            }
            let oldest = day - super::LOOK_BACK_DAYS - FORGOTTEN_DAYS;
            if days.first().is_some_and(|(d, _)| *d < oldest) {
                days.retain(|(d, _)| *d >= oldest);
            }
        }
    }

    /// Sessions within the look-back before a day, this one left out.
    pub(super) fn count(&self, thing: Fingerprint, but: Fingerprint, today: i64) -> u32 {
        let all: u32 = self.things.get(&thing).map_or(0, |days| {
            days.iter()
                .filter(|(day, _)| today - day <= super::LOOK_BACK_DAYS)
                .map(|(_, n)| n)
                .sum()
        });
        let own = self
            .sessions
            .get(&but)
            .is_some_and(|counted| counted.things.binary_search(&thing.half()).is_ok());
        all.saturating_sub(u32::from(own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::fingerprint;

    fn of(number: u32) -> Fingerprint {
        fingerprint(&number)
    }

    #[test]
    fn a_session_that_runs_for_weeks_counts_once_too() {
        let mut tallies = Tallies::default();
        for today in 100..120 {
            tallies.begin(today);
            tallies.absorb(of(1), 100, &[of(7)]);
        }
        assert_eq!(
            (
                tallies.count(of(7), of(9), 120),
                tallies.count(of(7), of(1), 120)
            ),
            (1, 0)
        );
        tallies.absorb(of(2), 99_999, &[of(7)]);
        assert_eq!(
            tallies.count(of(7), of(9), 121),
            2,
            "a date of nonsense drops nothing"
        );
    }

    #[test]
    fn a_session_counts_once_however_often_it_is_seen() {
        let mut tallies = Tallies::default();
        for day in 100..103 {
            tallies.begin(day);
            tallies.absorb(of(1), day, &[of(7), of(8)]);
        }
        tallies.absorb(of(2), 102, &[of(7)]);
        assert_eq!(tallies.count(of(7), of(9), 103), 2);
        assert_eq!(
            tallies.count(of(7), of(1), 103),
            1,
            "its own past is left out"
        );
        assert_eq!(tallies.count(of(7), of(9), 140), 0, "beyond the look-back");
        assert_eq!(tallies.count(of(6), of(9), 103), 0);
    }
}
