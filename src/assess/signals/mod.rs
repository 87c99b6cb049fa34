//! The signals: each one reason why a session may matter, each a file of its own.
//!
//! A signal's file holds its [`Definition`] (condition, words, ids) and its tests.
//! Weights and families stand together in one table ([`SignalId::weight`]).
//! Signals that need a session's events look at them while it is reduced to its
//! facts; signals that need other sessions look at the facts of all of them.
//!
//! A signal without words, or one that is not in the catalogue, does not compile.

mod references;
mod s01_unknown_key;
mod s02_shared_key;
mod s03_weak_attribution;
mod s04_new_lane;
mod s05_sensitive_touch;
mod s06_scope_widening;
mod s07_new_destination;
mod s08_read_then_send;
mod s09_pack_then_send;
mod s10_secret_in_content;
mod s11_guardrail_bypass;
mod s12_lasting_change;
mod s13_untrusted_input;
mod s14_new_tool;
mod s15_destructive_act;
mod s16_cost_anomaly;
mod s17_off_policy;
mod s18_evidence_gap;
mod s19_refused_act;
mod s20_unusual_step;
mod weights;

use super::context::Context;
use super::facts::Facts;
use super::trust::Trust;
use super::window::ReplayWindow;
use crate::history::{Fingerprint, Usual, fingerprint};
use crate::model::{Inventory, Sentence, Session, Text};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use references::{FRAMEWORKS, Framework, references};
pub(crate) use s02_shared_key::BY_DESIGN;
pub(crate) use s03_weak_attribution::weakness;
pub(crate) use s04_new_lane::lanes;
pub use s15_destructive_act::{destroyed, destroyed_production};
pub use weights::{HIGHEST, Weights};

/// Version of the rules and weights; printed, and part of an edition's inputs.
pub const RULES_VERSION: &str = "2";

/// What a signal is about. Signals of one family are damped against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Family {
    /// Who.
    Identity,
    /// What was touched.
    Data,
    /// What left.
    Outbound,
    /// What was switched off or refused.
    Control,
    /// What came in.
    Input,
    /// What was done.
    Impact,
    /// What the record lacks.
    Evidence,
    /// In which order.
    Sequence,
}

impl Family {
    /// How many there are.
    pub const COUNT: usize = 8;

    /// Hours in which evidence older than the window loses half its weight.
    pub const fn half_life_hours(self) -> f64 {
        match self {
            Self::Identity | Self::Control => 72.0,
            Self::Input => 24.0,
            Self::Data | Self::Outbound | Self::Impact | Self::Evidence | Self::Sequence => 48.0,
        }
    }

    /// The word on pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Data => "data",
            Self::Outbound => "outbound",
            Self::Control => "control",
            Self::Input => "input",
            Self::Impact => "impact",
            Self::Evidence => "evidence",
            Self::Sequence => "sequence",
        }
    }
}

macro_rules! signal_ids {
    ($($id:ident $number:literal $family:ident $weight:literal;)*) => {
        /// Names a signal. The table behind it holds every weight and family.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "each signal is documented in its own file")]
        pub enum SignalId { $($id,)* }

        impl SignalId {
            /// 1 to 20.
            pub const fn number(self) -> u8 {
                match self { $(Self::$id => $number,)* }
            }

            /// The signal of a number.
            pub const fn from_number(number: u8) -> Option<Self> {
                match number { $($number => Some(Self::$id),)* _ => None }
            }

            /// What it is about.
            pub const fn family(self) -> Family {
                match self { $(Self::$id => Family::$family,)* }
            }

            /// Points at full strength as shipped; a site may set others ([`Weights`]).
            pub const fn weight(self) -> f64 {
                match self { $(Self::$id => $weight,)* }
            }
        }
    };
}

signal_ids! {
    S1 1 Identity 22.0;
    S2 2 Identity 16.0;
    S3 3 Identity 18.0;
    S4 4 Identity 10.0;
    S5 5 Data 20.0;
    S6 6 Data 14.0;
    S7 7 Outbound 18.0;
    S8 8 Outbound 24.0;
    S9 9 Outbound 14.0;
    S10 10 Data 18.0;
    S11 11 Control 14.0;
    S12 12 Control 18.0;
    S13 13 Input 12.0;
    S14 14 Control 12.0;
    S15 15 Impact 20.0;
    S16 16 Impact 8.0;
    S17 17 Identity 8.0;
    S18 18 Evidence 12.0;
    S19 19 Control 16.0;
    S20 20 Sequence 14.0;
}

/// A signal that fired.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Strength, 0 to 1, after what is usual was taken off.
    pub strength: f64,
    /// What may be usual about it, for the baseline.
    pub habit: Option<Fingerprint>,
    /// On how many of the last days it was there, and what that left of the strength.
    pub usual: Option<(Usual, f64)>,
    /// Its last supporting event.
    pub last_at: Option<Timestamp>,
    /// The events it rests on, from 0; the strongest occurrence first, three at most.
    pub evidence: Vec<u32>,
    /// How often it fired; it counts once.
    pub times: u32,
    /// What to tell the reader.
    pub sentence: Sentence,
}

impl Hit {
    /// A hit of this strength, without evidence yet.
    pub fn new(strength: f64, sentence: Sentence) -> Self {
        Self {
            strength,
            habit: None,
            usual: None,
            last_at: None,
            evidence: Vec::new(),
            times: 1,
            sentence,
        }
    }

    /// A hit on the session as a whole.
    pub fn on_session(strength: f64, facts: &Facts, sentence: Sentence) -> Self {
        Self {
            last_at: facts.last_sign,
            ..Self::new(strength, sentence)
        }
    }
}

/// What a signal may get used to: itself, and the parts that make the same thing the same.
pub(crate) fn habit_of(signal: SignalId, parts: &[&str]) -> Fingerprint {
    fingerprint(&(signal.number(), parts))
}

/// The same for the one who acts; nobody gets used to what nobody in particular does.
fn habit(signal: SignalId, actor: Option<&Text>, parts: &[&str]) -> Option<Fingerprint> {
    let parts: Vec<&str> = std::iter::once(actor?.untrusted())
        .chain(parts.iter().copied())
        .collect();
    Some(habit_of(signal, &parts))
}

/// What a signal found in a session.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// The inputs are not there; the reason is printed. Never the same as absent.
    NotAssessable(&'static str),
    /// Looked at, and nothing there.
    Absent,
    /// There.
    Present(Box<Hit>),
}

impl Finding {
    /// There.
    pub fn present(hit: Hit) -> Self {
        Self::Present(Box::new(hit))
    }

    /// Present when the strength is above zero.
    pub fn when(strength: f64, hit: impl FnOnce(f64) -> Hit) -> Self {
        if strength > 0.0 {
            Self::present(hit(strength))
        } else {
            Self::Absent
        }
    }
}

/// How a signal looks.
pub enum Look {
    /// At the events of one session, with what the company declared.
    Events(fn(&Session, &Inventory, Option<&ReplayWindow>) -> Finding),
    /// At the facts of a session, among all others.
    Facts(fn(&Facts, &Trust, &Context<'_>) -> Finding),
}

/// Everything a signal is. There is no signal without its words.
pub struct Definition {
    /// Which.
    pub id: SignalId,
    /// Short name, `shared-key`.
    pub name: &'static str,
    /// What it looks for, one sentence.
    pub about: &'static str,
    /// Its sentence templates, as shown to readers.
    pub templates: &'static [&'static str],
    /// Most of its strength that may be taken off because it is usual; absent: nothing.
    pub habituates: Option<f64>,
    /// When it fires without cause, and what to do then.
    pub false_positives: &'static str,
    /// What a lead did, as the end of "One active session ...".
    pub clause: &'static str,
    /// The same for several sessions.
    pub clause_plural: &'static str,
    /// Why a queue item led by it matters.
    pub why: &'static str,
    /// What to do next about it.
    pub next_step: &'static str,
    /// How it looks.
    pub look: Look,
}

/// How many signals there are.
pub const SIGNALS: usize = 20;

/// The catalogue, in order of number.
pub const CATALOGUE: [&Definition; SIGNALS] = [
    &s01_unknown_key::SIGNAL,
    &s02_shared_key::SIGNAL,
    &s03_weak_attribution::SIGNAL,
    &s04_new_lane::SIGNAL,
    &s05_sensitive_touch::SIGNAL,
    &s06_scope_widening::SIGNAL,
    &s07_new_destination::SIGNAL,
    &s08_read_then_send::SIGNAL,
    &s09_pack_then_send::SIGNAL,
    &s10_secret_in_content::SIGNAL,
    &s11_guardrail_bypass::SIGNAL,
    &s12_lasting_change::SIGNAL,
    &s13_untrusted_input::SIGNAL,
    &s14_new_tool::SIGNAL,
    &s15_destructive_act::SIGNAL,
    &s16_cost_anomaly::SIGNAL,
    &s17_off_policy::SIGNAL,
    &s18_evidence_gap::SIGNAL,
    &s19_refused_act::SIGNAL,
    &s20_unusual_step::SIGNAL,
];

/// A signal that stands in the wrong place, or has nothing to say, does not compile.
const _: () = {
    let mut at = 0;
    while at < SIGNALS {
        let d = CATALOGUE[at];
        assert!(
            d.id.number() as usize == at + 1,
            "the catalogue is in order"
        );
        assert!(
            !d.templates.is_empty() && !d.templates[0].is_empty(),
            "a signal has a sentence"
        );
        assert!(
            !d.clause.is_empty() && !d.clause_plural.is_empty(),
            "a signal has a clause"
        );
        assert!(
            !d.false_positives.is_empty() && !d.next_step.is_empty(),
            "a signal has a remedy"
        );
        at += 1;
    }
};

/// The definition of a signal.
pub const fn definition(id: SignalId) -> &'static Definition {
    CATALOGUE[id.number() as usize - 1]
}

/// Runs the signals that need the events.
pub fn look_at_events(
    session: &Session,
    inventory: &Inventory,
    window: Option<&ReplayWindow>,
) -> Vec<(SignalId, Finding)> {
    let look = |d: &&Definition| match d.look {
        Look::Events(look) => Some((d.id, look(session, inventory, window))),
        Look::Facts(_) => None,
    };
    // What is absent needs no memory: it is what is not in the list.
    CATALOGUE
        .iter()
        .filter_map(look)
        .filter(|(_, f)| *f != Finding::Absent)
        .collect()
}

/// Runs the signals that need other sessions.
pub fn look_at_facts(
    facts: &Facts,
    trust: &Trust,
    context: &Context<'_>,
) -> Vec<(SignalId, Finding)> {
    let look = |d: &&Definition| match d.look {
        Look::Facts(look) => Some((d.id, look(facts, trust, context))),
        Look::Events(_) => None,
    };
    CATALOGUE
        .iter()
        .filter_map(look)
        .filter(|(_, f)| *f != Finding::Absent)
        .collect()
}

#[cfg(test)]
pub(crate) mod testing;
