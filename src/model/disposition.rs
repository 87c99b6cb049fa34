//! What a person decided about a session, an entity or a narrative.

use super::{EditionId, Entity, EntityKind, Text};
use jiff::Timestamp;

/// What a decision is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// One session, by its id.
    Session(String),
    /// One narrative, by its id.
    Narrative(String),
    /// One entity, by kind and name.
    Entity(EntityKind, String),
}

impl About {
    /// `key:sk-...A3F2`, as it is written.
    pub fn words(&self) -> String {
        match self {
            Self::Session(id) => format!("session:{id}"),
            Self::Narrative(id) => format!("narrative:{id}"),
            Self::Entity(kind, name) => format!("{}:{name}", kind.word()),
        }
    }

    /// Whether it is about this entity; a file is meant by its path.
    pub fn is_entity(&self, entity: &Entity) -> bool {
        matches!(self, Self::Entity(kind, name)
            if *kind == entity.kind && (name == entity.display_name() || name == entity.name.untrusted()))
    }

    /// Whether it is about this session.
    pub fn is_session(&self, id: &Text) -> bool {
        matches!(self, Self::Session(session) if session == id.untrusted())
    }
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ruling {
    /// The question is answered; it opens again when something new happens.
    Closed,
    /// The risk is taken until the decision expires, whatever happens on this subject.
    Accepted,
    /// One signal does not count for one entity until the decision expires.
    Suppressed,
}

impl Ruling {
    /// Every ruling with its word.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("closed", Self::Closed),
        ("accepted", Self::Accepted),
        ("suppressed", Self::Suppressed),
    ];

    /// The word in files and on pages.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, r)| *r == self)
            .map_or("", |(word, _)| word)
    }
}

/// When something was decided: a moment, or a whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    /// From when on it is in force.
    pub from: Timestamp,
    /// The last moment of it. Who decided may have seen what editions up to then said.
    pub until: Timestamp,
}

impl Decided {
    /// Whether who decided can have known what this edition said.
    pub fn knew(&self, edition: EditionId) -> bool {
        edition.taken_at() <= self.until
    }
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disposition {
    /// File it stands in, relative to the site.
    pub file: String,
    /// What it is about.
    pub about: About,
    /// What was decided.
    pub ruling: Ruling,
    /// The signal that does not count, by name; for [`Ruling::Suppressed`].
    pub signal: Option<String>,
    /// Who decided.
    pub author: String,
    /// Why.
    pub reason: String,
    /// From when on it is in force, and what it knew; absent: always was, and of everything.
    pub decided: Option<Decided>,
    /// From when on it is not in force any more.
    pub expires: Timestamp,
}

impl Disposition {
    /// Whether it is in force at a moment.
    pub fn is_in_force(&self, at: Timestamp) -> bool {
        self.decided.is_none_or(|d| d.from <= at) && at < self.expires
    }

    /// Whether who decided can have known what an edition said.
    pub fn knew(&self, edition: EditionId) -> bool {
        self.decided.is_none_or(|d| d.knew(edition))
    }

    /// Whether it settles something of which an edition was the latest to learn anything
    /// new: an accepted risk whatever comes, a closed question until an edition learns
    /// more. The record's own times say nothing here: they may be late, or made up.
    pub fn settles(&self, learned: EditionId) -> bool {
        match self.ruling {
            Ruling::Accepted => true,
            Ruling::Closed => self.knew(learned),
            Ruling::Suppressed => false,
        }
    }

    /// The last day it is in force.
    pub fn until(&self) -> String {
        super::date(Timestamp::from_second(self.expires.as_second() - 1).unwrap_or(self.expires))
    }

    /// Whether it has run out at a moment.
    pub fn has_expired(&self, at: Timestamp) -> bool {
        self.expires <= at
    }
}

/// Every decision of a site, by file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dispositions(pub Vec<Disposition>);

impl Dispositions {
    /// Those in force at a moment.
    pub fn in_force(&self, at: Timestamp) -> impl Iterator<Item = &Disposition> {
        self.0.iter().filter(move |d| d.is_in_force(at))
    }
}
