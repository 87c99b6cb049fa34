//! Joining questions: those that belong together become one narrative.

use super::question::Question;
use super::raised::Raised;
use crate::model::{Entity, EntityKind};
use std::collections::{BTreeMap, HashMap};

/// Questions in groups, as a forest: each points to another of its group, or to itself.
#[derive(Debug, Default)]
pub(super) struct Groups<'q> {
    place: HashMap<&'q Question, usize>,
    questions: Vec<&'q Question>,
    parent: Vec<usize>,
}

impl<'q> Groups<'q> {
    /// Puts a question into a group of its own, unless it is in one. Returns its place.
    fn add(&mut self, question: &'q Question) -> usize {
        let next = self.questions.len();
        let place = *self.place.entry(question).or_insert(next);
        if place == next {
            self.questions.push(question);
            self.parent.push(next);
        }
        place
    }

    /// Puts all of these into one group.
    pub(super) fn join(&mut self, questions: impl IntoIterator<Item = &'q Question>) {
        let mut questions = questions.into_iter();
        let Some(first) = questions.next() else {
            return;
        };
        let mut group = self.add(first);
        for other in questions {
            let other = self.add(other);
            let (a, b) = (self.root(group), self.root(other));
            self.parent[b] = a;
            group = a;
        }
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] != at {
            // Halving the way keeps ways short.
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    /// The groups in the order of their smallest questions, each in order: how they were
    /// joined does not matter.
    pub(super) fn groups(mut self) -> Vec<Vec<Question>> {
        let mut groups: BTreeMap<usize, Vec<Question>> = BTreeMap::new();
        for place in 0..self.questions.len() {
            let root = self.root(place);
            let group = groups.entry(root).or_default();
            group.push(self.questions[place].clone());
        }
        let mut groups: Vec<Vec<Question>> = groups.into_values().collect();
        for group in &mut groups {
            group.sort_unstable();
        }
        groups.sort_unstable();
        groups
    }
}

/// More asking sessions than this have a thing in common that says nothing about them.
const CROWD: usize = 50;

/// Joins the questions of sessions that share rare entities: the sum of
/// `ln(sessions / sessions with it)` over what both have reaches that of two things
/// nobody else has. Hubs link nothing, and neither do the programs that everybody runs.
pub(super) fn by_rare_entities<'q>(groups: &mut Groups<'q>, raised: &'q Raised<'_>) {
    let context = raised.context;
    let all = f64::from(context.sessions());
    let enough = 2.0 * (all / 2.0).ln();
    if enough <= 0.0 {
        return;
    }
    let mut asking: BTreeMap<Entity, Vec<usize>> = BTreeMap::new();
    for session in raised.by_session.keys() {
        for entity in raised.facts[*session].entities() {
            let links = !matches!(
                entity.kind,
                EntityKind::Agent | EntityKind::Model | EntityKind::Tool | EntityKind::Repo
            );
            if links && !context.is_hub(&entity) {
                let with = asking.entry(entity).or_default();
                if with.last() != Some(session) {
                    with.push(*session);
                }
            }
        }
    }
    let mut shared: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for (entity, sessions) in asking.iter().filter(|(_, s)| s.len() <= CROWD) {
        let weight = (all / f64::from(context.count(entity).max(1))).ln();
        for (at, a) in sessions.iter().enumerate() {
            for b in &sessions[at + 1..] {
                *shared.entry((*a, *b)).or_default() += weight;
            }
        }
    }
    for ((a, b), weight) in shared {
        if weight >= enough {
            let first = |session: usize| raised.by_session.get(&session).and_then(|q| q.first());
            groups.join(first(a).into_iter().chain(first(b)));
        }
    }
}
