//! What is kept of a judgement: small enough for every session of a snapshot.

use super::context::Context;
use super::facts::Facts;
use super::signals::SignalId;
use super::trust::{Doubt, Trust, TrustLevel};
use super::{Assessment, confidence};

/// Priority from which on a session is a lead.
pub const LEAD: u32 = 40;

/// What a number asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// 70 and above.
    ActNow,
    /// 40 to 69.
    ReviewToday,
    /// 20 to 39.
    KeepWatching,
    /// Below 20.
    Background,
}

impl Band {
    /// The band of a printed priority.
    pub const fn of(priority: u32) -> Self {
        match priority {
            70.. => Self::ActNow,
            40..=69 => Self::ReviewToday,
            20..=39 => Self::KeepWatching,
            _ => Self::Background,
        }
    }

    /// The words on pages and in data files.
    pub const fn words(self) -> &'static str {
        match self {
            Self::ActNow => "act now",
            Self::ReviewToday => "review today",
            Self::KeepWatching => "keep watching",
            Self::Background => "background",
        }
    }
}

/// A rule that makes a session a lead whatever its number. Printed as a rule, not as points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MustSee {
    /// A live secret was seen and something left for a new destination.
    SecretSentOut,
    /// Somebody nobody knows made a change that outlives the session.
    LastingByUnknown,
    /// A destructive act was aimed at production.
    DestroyedProduction,
    /// Two records of one session contradict each other.
    ConflictingRecords,
}

impl MustSee {
    /// Every rule, for the method page.
    pub const ALL: [Self; 4] = [
        Self::SecretSentOut,
        Self::LastingByUnknown,
        Self::DestroyedProduction,
        Self::ConflictingRecords,
    ];

    /// The rule in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::SecretSentOut => "live secret and a new destination",
            Self::LastingByUnknown => "lasting change by an unknown identity",
            Self::DestroyedProduction => "destructive act on production",
            Self::ConflictingRecords => "conflicting duplicate of a session record",
        }
    }

    /// What a lead of this rule did, as the end of "One active session ...".
    pub const fn clause(self) -> &'static str {
        match self {
            Self::SecretSentOut => "had a live secret in the open and called a new destination",
            Self::LastingByUnknown => "made a lasting change under an unknown identity",
            Self::DestroyedProduction => "destroyed something in production",
            Self::ConflictingRecords => "left records that contradict each other",
        }
    }

    /// Why it matters.
    pub const fn why(self) -> &'static str {
        match self {
            Self::SecretSentOut => "The secret may have left with the request.",
            Self::LastingByUnknown => "What nobody in particular set up goes on acting.",
            Self::DestroyedProduction => "Others depend on what was destroyed.",
            Self::ConflictingRecords => "One of the records is wrong, or somebody changed it.",
        }
    }

    /// What to do next.
    pub const fn next_step(self) -> &'static str {
        match self {
            Self::SecretSentOut => "Rotate the secret, then see in the raw timeline what was sent.",
            Self::LastingByUnknown => "Undo the change until somebody answers for it.",
            Self::DestroyedProduction => {
                "Ask the owner whether it was wanted, and check the backup."
            }
            Self::ConflictingRecords => {
                "Compare the two raw records and ask the collector which one stands."
            }
        }
    }

    /// The first rule that holds. Rules ask what happened, not what it counts: neither a
    /// young baseline nor a decision about a signal takes one away.
    pub fn of(
        facts: &Facts,
        fired: &[SignalId],
        trust: &Trust,
        context: &Context<'_>,
    ) -> Option<Self> {
        let fired = |id| fired.contains(&id);
        let new_place = facts.open_reaches().any(|r| context.is_new_place(facts, r));
        // Not recorded is not unknown: somebody must have looked and found nobody.
        let unknown = facts.user_said_unknown || trust.doubts(Doubt::KeyUnknown);
        let lasting = facts
            .changes
            .iter()
            .any(|c| c.is_grave() && fired(SignalId::S12));
        if facts.live_secret && fired(SignalId::S10) && new_place {
            Some(Self::SecretSentOut)
        } else if unknown && lasting {
            Some(Self::LastingByUnknown)
        } else if facts.destroyed_production && fired(SignalId::S15) {
            Some(Self::DestroyedProduction)
        } else if facts.conflicting {
            Some(Self::ConflictingRecords)
        } else {
            None
        }
    }
}

/// What is kept of a session's judgement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// Exact priority, for the order.
    pub priority: f64,
    /// Printed priority.
    pub shown: u32,
    /// Trust level.
    pub trust: TrustLevel,
    /// Confidence in the judgement.
    pub confidence: confidence::Level,
    /// The rule that makes it a lead.
    pub must_see: Option<MustSee>,
    /// Whether a signal that fired does not count because of a decision.
    pub suppressed: bool,
    /// Bit `n` is set when signal `n` fired.
    signals: u32,
}

impl Verdict {
    /// Keeps the little that every page needs.
    pub fn of(assessment: &Assessment) -> Self {
        Self {
            priority: assessment.score.priority,
            shown: assessment.score.shown,
            trust: assessment.trust.level(),
            confidence: assessment.confidence.level,
            must_see: assessment.must_see,
            suppressed: !assessment.suppressed.is_empty(),
            signals: assessment
                .hits
                .iter()
                .fold(0, |bits, (id, _)| bits | 1 << id.number()),
        }
    }

    /// Whether a signal fired.
    pub const fn fired(&self, id: SignalId) -> bool {
        self.signals & (1 << id.number()) != 0
    }

    /// Whether the session may be a lead: its number, or a rule.
    pub const fn qualifies(&self) -> bool {
        self.shown >= LEAD || self.must_see.is_some()
    }

    /// The band; a must-see rule forces "review today" at least.
    pub fn band(&self) -> Band {
        let band = Band::of(self.shown);
        if self.must_see.is_some() {
            band.min(Band::ReviewToday)
        } else {
            band
        }
    }
}
