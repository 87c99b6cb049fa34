//! The points of each signal, as shipped or as a site sets them.

use super::{CATALOGUE, SignalId, definition};
use std::collections::BTreeMap;

/// Highest weight a site may set.
pub const HIGHEST: f64 = 60.0;

/// What each signal weighs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    set: BTreeMap<SignalId, f64>,
}

impl Weights {
    /// Weights that a site sets by the names of signals. A name that is no signal's,
    /// or a weight that is not between 0 and [`HIGHEST`], comes back.
    pub fn set(by_name: &BTreeMap<String, f64>) -> Result<Self, String> {
        let mut set = BTreeMap::new();
        for (name, weight) in by_name {
            let of = CATALOGUE.iter().find(|d| d.name == name);
            let fits = (0.0..=HIGHEST).contains(weight);
            let Some(definition) = of.filter(|_| fits) else {
                return Err(name.clone());
            };
            if (*weight - definition.id.weight()).abs() > f64::EPSILON {
                set.insert(definition.id, *weight);
            }
        }
        Ok(Self { set })
    }

    /// Points of a signal at full strength, before damping and saturation.
    pub fn of(&self, id: SignalId) -> f64 {
        self.set.get(&id).copied().unwrap_or(id.weight())
    }

    /// What differs from the weights as shipped: name, shipped, set.
    pub fn differing(&self) -> impl Iterator<Item = (&'static str, f64, f64)> {
        self.set
            .iter()
            .map(|(id, set)| (definition(*id).name, id.weight(), *set))
    }
}
