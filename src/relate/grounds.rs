//! What of a judgement rests on the inventory, so that another inventory can be asked.
//!
//! A difference between two editions is to say what came from new facts and what from
//! rules and declarations. Whoever records an owner changes a number, and no fact.

use crate::assess::lexicon::destinations::{self, Standing};
use crate::assess::score::{Circumstances, Input};
use crate::assess::signals::{BY_DESIGN, SignalId, weakness};
use crate::assess::trust::{Doubt, Trust, TrustLevel};
use crate::assess::{Facts, lookup, stake};
use crate::model::{Inventory, Text};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// The parts of a session's facts that the inventory is asked about, and the doubts it left.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grounds {
    key: Vec<Text>,
    host: Option<Text>,
    address: Option<IpAddr>,
    repos: Vec<Text>,
    touches: Vec<crate::assess::facts::Touch>,
    /// Places on no list.
    sent_to: Vec<Text>,
    /// The place a replay window leads to, if that is on no list.
    window_to: Option<Text>,
    doubts: Vec<Doubt>,
}

impl Grounds {
    /// Of a session as it was judged.
    pub(super) fn of(facts: &Facts, trust: &Trust) -> Self {
        let sent_to: Vec<Text> = facts
            .open_reaches()
            .map(|r| r.destination.clone())
            .collect();
        let window = facts.window.as_ref().map(|w| w.destination.clone());
        Self {
            key: [&facts.key, &facts.key_shown]
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
            host: facts.host.clone(),
            address: facts.address,
            repos: facts.repos.clone(),
            touches: facts.touches.clone(),
            window_to: window.filter(|w| sent_to.contains(w)),
            sent_to,
            doubts: trust.deductions.iter().map(|d| d.doubt).collect(),
        }
    }

    /// What the same session would be scored with under an inventory. `with`: the
    /// strength a signal has now that it did not have then.
    pub(super) fn under<T: Copy>(
        &self,
        inventory: &Inventory,
        inputs: &[(Input, T)],
        circumstances: Circumstances,
        with: impl Fn(SignalId) -> Option<(Input, T)>,
    ) -> (Vec<(Input, T)>, Circumstances) {
        let points = Doubt::left(self.doubts_under(inventory));
        let then = Doubt::left(self.doubts.iter().copied());
        let level = if points == then {
            circumstances.trust
        } else {
            TrustLevel::of(points)
        };
        let mut inputs: Vec<(Input, T)> = inputs
            .iter()
            .filter_map(|(i, at)| Some((self.input(*i, inventory, points, then)?, *at)))
            .collect();
        // What the inventory alone brings in.
        let brought = [
            (SignalId::S1, self.key_is_unknown(inventory)),
            (SignalId::S3, points != then && level != TrustLevel::High),
        ];
        for (signal, holds) in brought {
            if holds && inputs.iter().all(|(i, _)| i.signal != signal) {
                inputs.extend(with(signal));
            }
        }
        let circumstances = Circumstances {
            consequence: stake(&self.repos, &self.touches, inventory).level,
            trust: level,
            ..circumstances
        };
        (inputs, circumstances)
    }

    fn input(&self, input: Input, inventory: &Inventory, points: u32, then: u32) -> Option<Input> {
        let is_open = |d: &Text| destinations::standing(d.untrusted(), inventory) == Standing::Open;
        let strength = match input.signal {
            SignalId::S1 if !self.key_is_unknown(inventory) => return None,
            SignalId::S2 if self.is_shared_by_design(inventory) => input.strength.min(BY_DESIGN),
            SignalId::S3 if points != then => {
                let strength = weakness(points);
                if strength <= 0.0 {
                    return None;
                }
                strength
            }
            SignalId::S7 if !self.sent_to.iter().any(is_open) => return None,
            SignalId::S8 if self.window_to.as_ref().is_some_and(|d| !is_open(d)) => {
                input.strength * crate::assess::window::SANCTIONED
            }
            _ => input.strength,
        };
        Some(Input { strength, ..input })
    }

    /// The doubts that stay, and those that the inventory leaves now.
    fn doubts_under(&self, inventory: &Inventory) -> Vec<Doubt> {
        let host = self.host.as_ref().map(Text::untrusted);
        let asked = [
            (
                Doubt::HostUnowned,
                lookup::knows_hosts(inventory)
                    && lookup::host_owner(inventory, host, self.address).is_none(),
            ),
            (Doubt::KeyUnknown, self.key_is_unknown(inventory)),
            (
                Doubt::KeyShared,
                self.doubts.contains(&Doubt::KeyShared) && !self.is_shared_by_design(inventory),
            ),
        ];
        let rests = |d: &Doubt| asked.iter().any(|(a, _)| a == d);
        let stay = self.doubts.iter().copied().filter(|d| !rests(d));
        stay.chain(
            asked
                .into_iter()
                .filter(|(_, holds)| *holds)
                .map(|(d, _)| d),
        )
        .collect()
    }

    fn key_is_unknown(&self, inventory: &Inventory) -> bool {
        let names: Vec<&str> = self.key.iter().map(Text::untrusted).collect();
        lookup::key_is_unknown(inventory, &names)
    }

    fn is_shared_by_design(&self, inventory: &Inventory) -> bool {
        let names: Vec<&str> = self.key.iter().map(Text::untrusted).collect();
        lookup::key(inventory, &names).is_some_and(crate::model::KeyRecord::is_shared_by_design)
    }
}
