//! Toxic combinations: signals that mean more together than apart.

use super::signals::SignalId;

/// A list of legs that must all be there.
#[derive(Debug, PartialEq)]
pub struct Combination {
    /// `T2`
    pub id: &'static str,
    /// What it means, in words.
    pub name: &'static str,
    /// Each leg is satisfied by any of its signals.
    pub legs: &'static [&'static [SignalId]],
    /// Multiplier: the bonus is `(multiplier - 1) * legs * weakest leg`.
    pub multiplier: f64,
}

use SignalId::{S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11, S12, S13, S14, S15, S18};

/// Every combination. Only the one with the largest bonus counts; the others are
/// listed as also present.
pub const COMBINATIONS: &[Combination] = &[
    Combination {
        id: "T1",
        name: "untrusted input, sensitive data and outside reach",
        legs: &[&[S13], &[S5, S10], &[S7, S8, S12, S15]],
        multiplier: 1.9,
    },
    Combination {
        id: "T2",
        name: "unknown key reaches data and the outside",
        legs: &[&[S1], &[S5, S10], &[S7, S8]],
        multiplier: 1.6,
    },
    Combination {
        id: "T3",
        name: "weak attribution on sensitive work",
        legs: &[&[S3], &[S5, S6]],
        multiplier: 1.4,
    },
    Combination {
        id: "T4",
        name: "guardrails off with untrusted input",
        legs: &[&[S11], &[S13]],
        multiplier: 1.6,
    },
    Combination {
        id: "T5",
        name: "shared key, new lane, sensitive data",
        legs: &[&[S2], &[S4], &[S5]],
        multiplier: 1.5,
    },
    Combination {
        id: "T6",
        name: "untrusted input, then a lasting change",
        legs: &[&[S13], &[S12, S14]],
        multiplier: 1.8,
    },
    Combination {
        id: "T7",
        name: "pack and send to a new place",
        legs: &[&[S9], &[S7]],
        multiplier: 1.6,
    },
    Combination {
        id: "T8",
        name: "evidence gap around data or egress",
        legs: &[&[S18], &[S5, S7, S8]],
        multiplier: 1.4,
    },
];

impl Combination {
    /// The bonus for these points. It follows the weakest leg, so it is
    /// continuous and no leg's growth can lower it.
    pub fn bonus(&self, points: &[(SignalId, f64)]) -> f64 {
        let leg = |members: &&[SignalId]| {
            points
                .iter()
                .filter(|(id, _)| members.contains(id))
                .map(|(_, r)| *r)
                .fold(0.0, f64::max)
        };
        let weakest = self.legs.iter().map(leg).fold(f64::INFINITY, f64::min);
        (self.multiplier - 1.0) * self.legs.len() as f64 * weakest
    }
}
