//! What changed between two editions: new, grew, eased, closed, reopened, and what of
//! a difference comes from new facts, from rules and decisions, and from ageing.

use super::account::{Account, Lead};
use super::narrative::{NarrativeKind, Subject};
use crate::assess::score::{Circumstances, Input, score};
use crate::assess::{Declared, age_hours};
use crate::history::{Fingerprint, fingerprint};
use crate::model::{EditionId, Entity, Sentence, Text};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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
    /// What weights, decisions and the inventory of today make of yesterday's facts.
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

/// A narrative that became part of another, which goes on asking what it asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Joined {
    /// Its id.
    pub id: String,
    /// What it asked.
    pub kind: NarrativeKind,
    /// About what.
    pub subject: Subject,
    /// The other's id.
    pub into: String,
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
    /// Narratives that became part of another.
    pub joined: Vec<Joined>,
    /// Narratives that are open still, but that no lead tells today.
    pub without_lead: Vec<(String, NarrativeKind, Subject)>,
    /// Identities and destinations seen for the first time.
    pub firsts: Vec<Entity>,
    /// Whether other rules were in force before.
    pub other_rules: bool,
    /// The place of each session among the leads.
    pub(super) place: HashMap<Text, usize>,
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
        self.leads.get(*self.place.get(session)?)
    }
}

/// Compares an edition with an earlier one. `ever`: fingerprints of the stories of all
/// editions before this one; `declared`: what is in force now.
pub fn compare(
    before: &Account,
    now: &Account,
    ever: &BTreeSet<Fingerprint>,
    declared: Declared<'_>,
) -> Changes {
    let mut told: BTreeSet<&Text> = BTreeSet::new();
    let mut leads = Vec::new();
    let mut first_of: BTreeMap<&Text, &Lead> = BTreeMap::new();
    let mut of_session: BTreeMap<&Text, &Lead> = BTreeMap::new();
    for lead in &before.leads {
        first_of.entry(&lead.story).or_insert(lead);
        of_session.entry(&lead.session).or_insert(lead);
    }
    for lead in &now.leads {
        let first = told.insert(&lead.story);
        // A story may have another name than it had: it asks something now, or was joined.
        let same = first_of.get(&lead.story);
        let then = same.or(of_session.get(&lead.session)).copied();
        let (then_story, now_story) = (
            before.narratives.get(lead.story.untrusted()),
            now.narratives.get(lead.story.untrusted()),
        );
        // More is known of the story, whatever the number says.
        let extended = match (then_story, now_story) {
            (Some(then), Some(now)) => now.extent.0 > then.extent.0 || now.extent.1 > then.extent.1,
            (None, Some(_)) => true,
            (_, None) => false,
        };
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
            None if ever.contains(&fingerprint(&lead.story)) => Turn::Reopened,
            None => Turn::New,
        };
        leads.push(Change {
            turn,
            session: lead.session.clone(),
            before: then.map(|t| t.priority),
            now: lead.priority,
            parts: then.map(|then| parts(then, lead, now, declared)),
        });
    }
    Changes {
        against: Some(before.edition),
        incomplete: before.incomplete.clone(),
        passed_over: None,
        place: leads
            .iter()
            .enumerate()
            .rev()
            .map(|(place, lead): (usize, &Change)| (lead.session.clone(), place))
            .collect(),
        closed: closed(before, now, &told),
        joined: joined(before, now),
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
    let led: HashMap<&str, &Lead> = before
        .leads
        .iter()
        .rev()
        .map(|l| (l.story.untrusted(), l))
        .collect();
    let leads_still: HashSet<&Text> = now.leads.iter().map(|l| &l.session).collect();
    for (id, standing) in &now.narratives {
        let was_open = before
            .narratives
            .get(id)
            .is_some_and(|n| n.closed.is_none());
        if let Some(because) = standing.closed.as_ref().filter(|_| was_open) {
            ended.push(Ended {
                session: led.get(id.as_str()).map(|l| l.session.clone()),
                narrative: Some((id.clone(), standing.kind, standing.subject.clone())),
                because: because.clone(),
            });
        }
    }
    for lead in &before.leads {
        let is_narrative = before.narratives.contains_key(lead.story.untrusted());
        let leads_still = leads_still.contains(&lead.session);
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

/// Narratives that were open and are part of another now.
fn joined(before: &Account, now: &Account) -> Vec<Joined> {
    let was_open = |id: &&String| {
        let then = before.narratives.get(*id);
        then.is_some_and(|n| n.closed.is_none()) && !now.narratives.contains_key(*id)
    };
    let mut all = Vec::new();
    for (into, standing) in &now.narratives {
        for id in standing.merged.iter().filter(was_open) {
            let then = &before.narratives[id];
            all.push(Joined {
                id: id.clone(),
                kind: then.kind,
                subject: then.subject.clone(),
                into: into.clone(),
            });
        }
    }
    all
}

/// Yesterday's facts under today's rules and inventory, then at today's age; the rest
/// are new facts.
fn parts(then: &Lead, lead: &Lead, now: &Account, declared: Declared<'_>) -> Parts {
    let shown = |inputs: &[Input], circumstances: Circumstances| {
        score(inputs, circumstances).shown.cast_signed()
    };
    let counted: Vec<(Input, Option<Timestamp>)> = then
        .inputs
        .iter()
        .filter(|(i, _)| !lead.suppressed.contains(&i.signal))
        .copied()
        .collect();
    let today = |signal| {
        lead.inputs
            .iter()
            .find(|(i, _)| i.signal == signal)
            .copied()
    };
    let (mut ruled, circumstances) =
        then.grounds
            .under(declared.inventory, &counted, then.circumstances, today);
    // What a decision took out then and does not any more.
    let back = then
        .suppressed
        .iter()
        .filter(|s| !lead.suppressed.contains(s));
    ruled.extend(back.filter_map(|s| today(*s)));
    for (input, _) in &mut ruled {
        input.weight = declared.weights.of(input.signal);
    }
    let under_rules: Vec<Input> = ruled.iter().map(|(i, _)| *i).collect();
    let aged: Vec<Input> = ruled
        .iter()
        .map(|(i, at)| Input {
            age_hours: age_hours(*at, now.window_start),
            ..*i
        })
        .collect();
    let before = then.priority.cast_signed();
    let after_rules = shown(&under_rules, circumstances);
    let held = lead.circumstances.held;
    let after_ageing = shown(
        &aged,
        Circumstances {
            held,
            ..circumstances
        },
    );
    Parts {
        rules: after_rules - before,
        ageing: after_ageing - after_rules,
        facts: lead.priority.cast_signed() - after_ageing,
    }
}
