//! What changed since the edition before: new, grew, eased, closed, reopened.

use super::edition::Edition;
use crate::model::{EditionId, Text};
use std::collections::BTreeSet;

/// A change of priority smaller than this is no change.
const NOTABLE: u32 = 5;

/// One lead as later editions remember it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Its narrative's id, or else the session's own: what makes it the same story tomorrow.
    pub key: Text,
    /// The session that led it.
    pub session: Text,
    /// Its printed priority.
    pub priority: u32,
}

/// What earlier editions said, as far as later ones need it.
#[derive(Clone, Debug, Default)]
pub struct Chronicle {
    last: Option<(EditionId, Vec<Story>)>,
    /// Stories of every edition so far.
    ever: BTreeSet<Text>,
}

/// What changed since the edition before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Since {
    /// The edition before; absent for the first one.
    pub edition: Option<EditionId>,
    /// Leads whose story was not there before, by session.
    pub new: Vec<usize>,
    /// Leads whose priority rose.
    pub grew: Vec<usize>,
    /// Leads whose priority fell.
    pub eased: Vec<usize>,
    /// Leads whose story had been gone in between.
    pub reopened: Vec<usize>,
    /// Stories that no lead tells any more.
    pub closed: Vec<Story>,
}

impl Since {
    /// Leads that were there before and did not change notably.
    pub fn unchanged(&self, leads: usize) -> usize {
        leads - self.new.len() - self.grew.len() - self.eased.len() - self.reopened.len()
    }
}

impl Chronicle {
    /// Remembers an edition.
    pub fn remember(&mut self, edition: &Edition<'_>) {
        let stories: Vec<Story> = edition
            .leads
            .iter()
            .map(|lead| story(edition, *lead))
            .collect();
        self.ever.extend(stories.iter().map(|s| s.key.clone()));
        self.last = Some((edition.id(), stories));
    }

    /// Compares an edition with the one before it.
    pub(super) fn compare(&self, edition: &Edition<'_>) -> Since {
        let Some((id, before)) = &self.last else {
            return Since::default();
        };
        let mut since = Since {
            edition: Some(*id),
            ..Since::default()
        };
        let mut told = BTreeSet::new();
        for lead in &edition.leads {
            let now = story(edition, *lead);
            match before.iter().find(|s| s.key == now.key) {
                Some(then) if now.priority >= then.priority + NOTABLE => since.grew.push(*lead),
                Some(then) if now.priority + NOTABLE <= then.priority => since.eased.push(*lead),
                Some(_) => {}
                None if told.contains(&now.key) => {}
                None if self.ever.contains(&now.key) => since.reopened.push(*lead),
                None => since.new.push(*lead),
            }
            told.insert(now.key);
        }
        let mut closed: Vec<Story> = before
            .iter()
            .filter(|s| !told.contains(&s.key))
            .cloned()
            .collect();
        closed.dedup_by(|a, b| a.key == b.key);
        since.closed = closed;
        since
    }
}

fn story(edition: &Edition<'_>, lead: usize) -> Story {
    let session = edition.facts(lead).id.clone();
    let key = edition
        .narrative_of(lead)
        .map_or_else(|| session.clone(), |n| Text::new(&n.id));
    Story {
        key,
        session,
        priority: edition.verdicts[lead].shown,
    }
}
