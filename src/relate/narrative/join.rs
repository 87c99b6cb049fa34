//! Which questions belong together: those that one session raises, and those whose
//! sessions share what hardly anybody else has.

use super::question::Question;
use crate::assess::Context;
use crate::assess::Facts;
use crate::model::EntityKind;
use std::collections::BTreeMap;

/// Questions in groups. Each group goes by its smallest question, so that the order
/// of sessions does not matter.
#[derive(Debug, Default)]
pub(super) struct Groups(BTreeMap<Question, Question>);

impl Groups {
    /// Puts a question into a group of its own, unless it is in one.
    pub(super) fn add(&mut self, question: &Question) {
        self.0
            .entry(question.clone())
            .or_insert_with(|| question.clone());
    }

    /// Puts all of these into one group.
    pub(super) fn join<'q>(&mut self, questions: impl IntoIterator<Item = &'q Question>) {
        let mut questions = questions.into_iter();
        let Some(first) = questions.next() else {
            return;
        };
        self.add(first);
        for other in questions {
            self.add(other);
            let (a, b) = (self.root(first), self.root(other));
            let (small, large) = if a <= b { (a, b) } else { (b, a) };
            self.0.insert(large, small);
        }
    }

    fn root(&self, question: &Question) -> Question {
        let mut at = question;
        while let Some(up) = self.0.get(at).filter(|up| *up != at) {
            at = up;
        }
        at.clone()
    }

    /// The groups, each in order.
    pub(super) fn groups(&self) -> Vec<Vec<Question>> {
        let mut groups: BTreeMap<Question, Vec<Question>> = BTreeMap::new();
        for question in self.0.keys() {
            let group = groups.entry(self.root(question)).or_default();
            group.push(question.clone());
        }
        groups.into_values().collect()
    }
}

/// Joins the questions of sessions that share rare entities: the sum of
/// `ln(sessions / sessions with it)` over what both have reaches that of two things
/// nobody else has. Hubs link nothing, and neither do the programs that everybody runs.
pub(super) fn by_rare_entities(
    groups: &mut Groups,
    raised: &BTreeMap<usize, Vec<Question>>,
    facts: &[Facts],
    context: &Context<'_>,
) {
    let all = f64::from(context.sessions());
    let enough = 2.0 * (all / 2.0).ln();
    if enough <= 0.0 {
        return;
    }
    let mut shared: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for session in raised.keys() {
        for entity in facts[*session].entities() {
            let links = !matches!(
                entity.kind,
                EntityKind::Agent | EntityKind::Model | EntityKind::Tool | EntityKind::Repo
            );
            if !links || context.is_hub(&entity) {
                continue;
            }
            let weight = (all / f64::from(context.count(&entity).max(1))).ln();
            let others = context.sessions_of(&entity).iter().map(|s| *s as usize);
            for other in others.filter(|o| o > session && raised.contains_key(o)) {
                *shared.entry((*session, other)).or_default() += weight;
            }
        }
    }
    for ((a, b), weight) in shared {
        if weight >= enough {
            groups.join(raised[&a].first().into_iter().chain(raised[&b].first()));
        }
    }
}
