//! What sessions of a user cost, so that an outlier can be told from a habit.

use super::{Fingerprint, USUAL_DAYS};
use crate::model::Money;
use foldhash::HashMap;
use serde::{Deserialize, Serialize};

/// Sessions remembered for a user.
const SESSIONS: usize = 512;
/// With fewer earlier sessions nobody has a habit yet.
const FEWEST: usize = 8;
/// Makes the median absolute deviation comparable to a standard deviation.
const SCALE: f64 = 1.4826;

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Spent {
    session: Fingerprint,
    day: i64,
    cost: Money,
}

/// Costs of the latest sessions by user.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Costs(HashMap<Fingerprint, Vec<Spent>>);

/// The middle of a user's costs and how far they spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Median.
    pub median: Money,
    /// `1.4826 * median(|cost - median|)`, in micro-dollars; never zero.
    pub deviation: f64,
}

impl Spread {
    /// How many deviations a cost lies above the median.
    pub fn deviations(&self, cost: Money) -> f64 {
        (cost.micros() - self.median.micros()) as f64 / self.deviation
    }
}

impl Costs {
    /// Remembers what a session has cost by now.
    pub(super) fn add(&mut self, user: Fingerprint, session: Fingerprint, day: i64, cost: Money) {
        let all = self.0.entry(user).or_default();
        match all.iter_mut().find(|s| s.session == session) {
            Some(known) => {
                known.cost = known.cost.max(cost);
                known.day = known.day.max(day);
            }
            None => all.push(Spent { session, day, cost }),
        }
        if all.len() > SESSIONS {
            all.sort_by_key(|s| (std::cmp::Reverse(s.day), s.session));
            all.truncate(SESSIONS / 2);
        }
    }

    /// Forgets what no spread counts any more.
    pub(super) fn forget(&mut self, today: i64) {
        self.0.retain(|_, all| {
            all.retain(|s| today - s.day <= USUAL_DAYS);
            !all.is_empty()
        });
    }

    /// The spread of a user's sessions of the last days, this session left out.
    pub(super) fn spread(&self, user: Fingerprint, but: Fingerprint, today: i64) -> Option<Spread> {
        let mut costs: Vec<i64> = self
            .0
            .get(&user)?
            .iter()
            .filter(|s| s.session != but && today - s.day <= USUAL_DAYS)
            .map(|s| s.cost.micros())
            .collect();
        if costs.len() < FEWEST {
            return None;
        }
        let middle = median(&mut costs);
        let mut off: Vec<i64> = costs.iter().map(|c| (c - middle).abs()).collect();
        // Sessions that cost the same to the cent still differ by a tenth of what they cost.
        let floor = (middle as f64 / 10.0).max(10_000.0);
        Some(Spread {
            median: Money::from_micros(middle),
            deviation: (SCALE * median(&mut off) as f64).max(floor),
        })
    }
}

fn median(values: &mut [i64]) -> i64 {
    let is_even = values.len().is_multiple_of(2);
    let (below, middle, _) = values.select_nth_unstable(values.len() / 2);
    match below.iter().max() {
        Some(below) if is_even => i64::midpoint(*below, *middle),
        _ => *middle,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::fingerprint;

    #[test]
    fn an_outlier_does_not_move_the_middle() {
        let mut costs = Costs::default();
        let user = fingerprint(&"ann");
        let dollars = |n: i64| Money::from_micros(n * 1_000_000);
        for (session, n) in [1, 2, 1, 2, 1, 2, 1, 900].into_iter().enumerate() {
            costs.add(user, fingerprint(&session), 100, dollars(n));
        }
        let spread = costs.spread(user, fingerprint(&99_usize), 101).unwrap();
        assert_eq!(spread.median, Money::from_micros(1_500_000));
        assert!(spread.deviations(dollars(30)) > 10.0);
        assert_eq!(
            costs.spread(user, fingerprint(&0_usize), 101),
            None,
            "seven are no habit"
        );
        assert_eq!(
            costs.spread(user, fingerprint(&99_usize), 120),
            None,
            "all are too old"
        );
    }
}
