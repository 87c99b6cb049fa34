//! What changed between two editions: new, grew, eased, closed, reopened, and what of
//! a difference comes from new facts, from rules and decisions, and from ageing.

use super::account::{Account, Lead};
use super::narrative::{NarrativeKind, Subject};
use crate::assess::age_hours;
use crate::assess::score::{Input, score};
use crate::assess::signals::Weights;
use crate::model::{EditionId, Entity, Sentence, Text};
use std::collections::{BTreeMap, BTreeSet};

/// A change of priority smaller than this is no change.
const NOTABLE: u32 = 5;

/// What happened to a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// It was not there before.
    New,
    /// Its priority rose, or its narrative gained a fact or a session.
    Grew,
    /// Its priority fell.
    Eased,
    /// It had been gone or closed in between.
    Reopened,
    /// Nothing notable.
    Unchanged,
}

impl Turn {
    /// The word on pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Grew => "grew",
            Self::Eased => "eased",
            Self::Reopened => "reopened",
            Self::Unchanged => "unchanged",
        }
    }
}

/// A difference taken apart; the parts add up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// What new facts made of it.
    pub facts: i32,
    /// What weights and decisions of today make of yesterday's facts.
    pub rules: i32,
    /// What yesterday's facts lost, or kept by a hold, with time.
    pub ageing: i32,
}

/// A lead that is there now.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What happened to its story.
    pub turn: Turn,
    /// The session that leads it now.
    pub session: Text,
    /// Its priority before, if it was a lead.
    pub before: Option<u32>,
    /// Its priority now.
    pub now: u32,
    /// The difference taken apart, if it was a lead before.
    pub parts: Option<Parts>,
}

/// A story that is over.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// The session that led it, if one did.
    pub session: Option<Text>,
    /// The narrative, if it was one: id, what it asks, what it is about.
    pub narrative: Option<(String, NarrativeKind, Subject)>,
    /// Which condition closed it, or by whom.
    pub because: Sentence,
}

/// What changed between two editions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// The edition before; absent for the first one.
    pub against: Option<EditionId>,
    /// Why the edition before is not whole.
    pub incomplete: Vec<String>,
    /// An edition in between that was not whole and was passed over.
    pub passed_over: Option<EditionId>,
    /// Leads that are there now, in the order of the queue.
    pub leads: Vec<Change>,
    /// Stories that are over.
    pub closed: Vec<Ended>,
    /// Narratives that are open still, but that no lead tells today.
    pub without_lead: Vec<(String, NarrativeKind, Subject)>,
    /// Identities and destinations seen for the first time.
    pub firsts: Vec<Entity>,
    /// Whether other rules were in force before.
    pub other_rules: bool,
}

impl Changes {
    /// The leads to which this happened.
    pub fn of(&self, turn: Turn) -> impl Iterator<Item = &Change> {
        self.leads.iter().filter(move |c| c.turn == turn)
    }

    /// How many leads this happened to.
    pub fn count(&self, turn: Turn) -> usize {
        self.of(turn).count()
    }

    /// What happened to the story of a session that leads now.
    pub fn of_session(&self, session: &Text) -> Option<&Change> {
        self.leads.iter().find(|c| c.session == *session)
    }
}

/// Compares an edition with an earlier one. `ever`: stories of all editions before
/// this one; `weights`: what is in force now.
pub fn compare(
    before: &Account,
    now: &Account,
    ever: &BTreeSet<Text>,
    weights: &Weights,
) -> Changes {
    let mut told: BTreeSet<&Text> = BTreeSet::new();
    let mut leads = Vec::new();
    let mut first_of: BTreeMap<&Text, &Lead> = BTreeMap::new();
    for lead in &before.leads {
        first_of.entry(&lead.story).or_insert(lead);
    }
    for lead in &now.leads {
        let first = told.insert(&lead.story);
        let then = first_of.get(&lead.story).copied();
        let (then_story, now_story) = (
            before.narratives.get(lead.story.untrusted()),
            now.narratives.get(lead.story.untrusted()),
        );
        // More is known of the story, whatever the number says.
        let extended = then_story.zip(now_story).is_some_and(|(then, now)| {
            now.extent.0 > then.extent.0 || now.extent.1 > then.extent.1
        });
        let reopened = now_story.is_some_and(|n| n.reopened);
        let was_open = then_story.is_some_and(|n| n.closed.is_none());
        let turn = match then {
            _ if reopened && first => Turn::Reopened,
            Some(_) if extended && first => Turn::Grew,
            Some(then) if lead.priority >= then.priority + NOTABLE => Turn::Grew,
            Some(then) if lead.priority + NOTABLE <= then.priority => Turn::Eased,
            Some(_) => Turn::Unchanged,
            None if !first => Turn::Unchanged,
            // The question stood all the while; now a session leads it again.
            None if was_open => Turn::Grew,
            None if ever.contains(&lead.story) => Turn::Reopened,
            None => Turn::New,
        };
        leads.push(Change {
            turn,
            session: lead.session.clone(),
            before: then.map(|t| t.priority),
            now: lead.priority,
            parts: then.map(|then| parts(then, lead, now, weights)),
        });
    }
    Changes {
        against: Some(before.edition),
        incomplete: before.incomplete.clone(),
        passed_over: None,
        closed: closed(before, now, &told),
        without_lead: now
            .narratives
            .iter()
            .filter(|(id, n)| n.closed.is_none() && !told.contains(&Text::new(id)))
            .map(|(id, n)| (id.clone(), n.kind, n.subject.clone()))
            .collect(),
        leads,
        firsts: now.firsts.clone(),
        other_rules: before.rules != now.rules,
    }
}

/// Narratives that were open and are closed, and lone leads that are gone.
fn closed(before: &Account, now: &Account, told: &BTreeSet<&Text>) -> Vec<Ended> {
    let mut ended = Vec::new();
    for (id, standing) in &now.narratives {
        let was_open = before
            .narratives
            .get(id)
            .is_some_and(|n| n.closed.is_none());
        if let Some(because) = standing.closed.as_ref().filter(|_| was_open) {
            let led = before.leads.iter().find(|l| l.story.untrusted() == id);
            ended.push(Ended {
                session: led.map(|l| l.session.clone()),
                narrative: Some((id.clone(), standing.kind, standing.subject.clone())),
                because: because.clone(),
            });
        }
    }
    for lead in &before.leads {
        let is_narrative = before.narratives.contains_key(lead.story.untrusted());
        let leads_still = now.leads.iter().any(|l| l.session == lead.session);
        if !is_narrative && !told.contains(&lead.story) && !leads_still {
            ended.push(Ended {
                session: Some(lead.session.clone()),
                narrative: None,
                because: Sentence::fixed("No lead any more, and it asked nothing that stays open."),
            });
        }
    }
    ended
}

/// Yesterday's facts under today's rules, then at today's age; the rest are new facts.
fn parts(then: &Lead, lead: &Lead, now: &Account, weights: &Weights) -> Parts {
    let shown = |inputs: &[Input], held: bool| {
        let circumstances = crate::assess::score::Circumstances {
            held,
            ..then.circumstances
        };
        score(inputs, circumstances).shown.cast_signed()
    };
    let ruled: Vec<(Input, Option<jiff::Timestamp>)> = then
        .inputs
        .iter()
        .filter(|(i, _)| !lead.suppressed.contains(&i.signal))
        .map(|(i, at)| {
            let weight = weights.of(i.signal);
            (Input { weight, ..*i }, *at)
        })
        .collect();
    let under_rules: Vec<Input> = ruled.iter().map(|(i, _)| *i).collect();
    let aged: Vec<Input> = ruled
        .iter()
        .map(|(i, at)| Input {
            age_hours: age_hours(*at, now.window_start),
            ..*i
        })
        .collect();
    let before = then.priority.cast_signed();
    let after_rules = shown(&under_rules, then.circumstances.held);
    let after_ageing = shown(&aged, lead.circumstances.held);
    Parts {
        rules: after_rules - before,
        ageing: after_ageing - after_rules,
        facts: lead.priority.cast_signed() - after_ageing,
    }
}
