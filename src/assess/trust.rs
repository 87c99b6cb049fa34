//! Trust level: how sure we are of who acted, and through what.

use super::context::Context;
use super::facts::Facts;
use crate::model::{Entity, EntityKind, Sentence, Slot};
use serde::{Deserialize, Serialize};

/// How sure we are of who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TrustLevel {
    /// 75 and above.
    High,
    /// 45 to 74.
    Medium,
    /// Below 45.
    Low,
}

impl TrustLevel {
    /// The level of a number of points out of 100.
    pub const fn of(points: u32) -> Self {
        match points {
            75.. => Self::High,
            45..=74 => Self::Medium,
            _ => Self::Low,
        }
    }

    /// The word on pages and in data files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// Why trust is deducted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Doubt {
    /// Nobody knows who acted.
    UserUnknown,
    /// A name was given, no proof was seen.
    UserUnproven,
    /// Nobody answers for the machine.
    HostUnowned,
    /// The machine is known by an address only.
    BareAddress,
    /// The key is not in the inventory.
    KeyUnknown,
    /// The key serves several people or machines.
    KeyShared,
    /// The agent or its version is not known.
    AgentUnknown,
    /// The record contradicts itself or has gaps.
    RecordGaps,
    /// Times lie after the snapshot was taken.
    ClockSkew,
}

impl Doubt {
    /// Points deducted.
    pub const fn points(self) -> u32 {
        match self {
            Self::UserUnknown => 35,
            Self::UserUnproven | Self::KeyShared | Self::RecordGaps => 15,
            Self::HostUnowned => 20,
            Self::BareAddress => 10,
            Self::KeyUnknown => 25,
            Self::AgentUnknown | Self::ClockSkew => 5,
        }
    }

    /// What these leave of 100 points.
    pub fn left(doubts: impl IntoIterator<Item = Self>) -> u32 {
        let lost: u32 = doubts.into_iter().map(Self::points).sum();
        100_u32.saturating_sub(lost)
    }

    /// Every doubt, in order, for the method page.
    pub const ALL: [Self; 9] = [
        Self::UserUnknown,
        Self::UserUnproven,
        Self::HostUnowned,
        Self::BareAddress,
        Self::KeyUnknown,
        Self::KeyShared,
        Self::AgentUnknown,
        Self::RecordGaps,
        Self::ClockSkew,
    ];

    /// Short words for tables.
    pub const fn words(self) -> &'static str {
        match self {
            Self::UserUnknown => "user unknown",
            Self::UserUnproven => "user asserted but not authenticated",
            Self::HostUnowned => "host without owner",
            Self::BareAddress => "bare address",
            Self::KeyUnknown => "key unknown",
            Self::KeyShared => "key shared",
            Self::AgentUnknown => "agent or version unknown",
            Self::RecordGaps => "gaps in the record",
            Self::ClockSkew => "clock skew",
        }
    }

    /// The end of "Trust is lower because ..." for a reader in a hurry.
    pub const fn because(self) -> &'static str {
        match self {
            Self::UserUnknown => "nobody can say yet who acted",
            Self::UserUnproven => "the user is asserted, not authenticated",
            Self::HostUnowned => "host ownership is still incomplete",
            Self::BareAddress => "the endpoint is known by its address only",
            Self::KeyUnknown => "the key is not in the inventory",
            Self::KeyShared => "the key is shared and cannot say who acted",
            Self::AgentUnknown => "the agent or its version is not recorded",
            Self::RecordGaps => "the record contradicts itself",
            Self::ClockSkew => "the clocks disagree",
        }
    }
}

/// One deduction with its evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Deduction {
    /// Why.
    pub doubt: Doubt,
    /// The evidence in words.
    pub sentence: Sentence,
}

/// Trust in one session.
#[derive(Clone, Debug, PartialEq)]
pub struct Trust {
    /// 100 minus the deductions.
    pub points: u32,
    /// The deductions, in the order of [`Doubt`].
    pub deductions: Vec<Deduction>,
}

impl Trust {
    /// The level.
    pub const fn level(&self) -> TrustLevel {
        TrustLevel::of(self.points)
    }

    /// Whether this doubt was deducted.
    pub fn doubts(&self, doubt: Doubt) -> bool {
        self.deductions.iter().any(|d| d.doubt == doubt)
    }
}

/// Judges how sure we are of who acted in a session.
pub fn trust(facts: &Facts, context: &Context<'_>) -> Trust {
    let mut deductions = Vec::new();
    let mut deduct = |doubt, sentence| deductions.push(Deduction { doubt, sentence });
    user(facts, &mut deduct);
    host(facts, context, &mut deduct);
    key(facts, context, &mut deduct);
    if facts.agent.is_none() {
        deduct(
            Doubt::AgentUnknown,
            Sentence::fixed("The agent is not recorded."),
        );
    } else if facts.agent_version.is_none() {
        deduct(
            Doubt::AgentUnknown,
            Sentence::fixed("The agent's version is not recorded."),
        );
    }
    if facts.conflicting {
        deduct(
            Doubt::RecordGaps,
            Sentence::fixed("Two records with this id contradict each other."),
        );
    }
    if facts.clock_skew {
        deduct(
            Doubt::ClockSkew,
            Sentence::fixed("Some of its times lie after the snapshot was taken."),
        );
    }
    deductions.sort_by_key(|d| d.doubt);
    Trust {
        points: Doubt::left(deductions.iter().map(|d| d.doubt)),
        deductions,
    }
}

fn user(facts: &Facts, deduct: &mut impl FnMut(Doubt, Sentence)) {
    match &facts.user {
        None if facts.user_said_unknown => {
            deduct(
                Doubt::UserUnknown,
                Sentence::fixed("The collector could not say who the user is."),
            );
        }
        None => deduct(
            Doubt::UserUnknown,
            Sentence::fixed("The user is not recorded."),
        ),
        Some(user) if facts.authenticated != Some(true) => {
            let user = Slot::Entity(Entity::new(EntityKind::User, user));
            deduct(
                Doubt::UserUnproven,
                Sentence::new("{user} is named, but no sign-on was recorded.", vec![user]),
            );
        }
        Some(_) => {}
    }
}

fn host(facts: &Facts, context: &Context<'_>, deduct: &mut impl FnMut(Doubt, Sentence)) {
    let Some(host) = &facts.host else {
        if context.knows_hosts() {
            deduct(
                Doubt::HostUnowned,
                Sentence::fixed("The host is not recorded, so nobody answers for it."),
            );
        }
        return;
    };
    let slot = || vec![Slot::Entity(Entity::new(EntityKind::Host, host))];
    if context.knows_hosts() && context.host_owner(facts).is_none() {
        deduct(
            Doubt::HostUnowned,
            Sentence::new("No owner is recorded for {host}.", slot()),
        );
    }
    if facts.bare_address {
        deduct(
            Doubt::BareAddress,
            Sentence::new("{host} is a bare address.", slot()),
        );
    }
}

fn key(facts: &Facts, context: &Context<'_>, deduct: &mut impl FnMut(Doubt, Sentence)) {
    let Some(key) = &facts.key else { return };
    let slot = || Slot::Entity(Entity::new(EntityKind::Key, key));
    if context.key_is_unknown(facts) {
        deduct(
            Doubt::KeyUnknown,
            Sentence::new("Key {key} is not in the inventory.", vec![slot()]),
        );
    }
    if let Some(sharing) = context.sharing(facts)
        && !context.shared_by_design(facts)
    {
        let counts = vec![
            slot(),
            Slot::words(sharing.users_words()),
            Slot::words(sharing.hosts_words()),
        ];
        deduct(
            Doubt::KeyShared,
            Sentence::new("Key {key} served {users} on {hosts}.", counts),
        );
    }
}
