//! How new something is, and what that claim rests on.

use super::{LOOK_BACK_DAYS, MATURE_DAYS};

/// Least that novelty counts while the baseline is young.
const YOUNG_FLOOR: f64 = 0.3;
/// With this many earlier sessions nothing is new any more.
pub(super) const KNOWN_SESSIONS: u32 = 8;
/// Peers of one team or repository with whom a thing is half as new.
pub const PEERS: usize = 3;
/// What novelty counts when that many peers have done it before.
const AMONG_PEERS: f64 = 0.5;

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
    pub fn maturity(self) -> f64 {
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

    /// The same, half as much when enough peers have done it before.
    #[must_use]
    pub fn among(self, peers: usize) -> Self {
        if peers >= PEERS {
            Self {
                value: self.value * AMONG_PEERS,
                ..self
            }
        } else {
            self
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
}
