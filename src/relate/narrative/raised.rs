//! What the sessions of an edition ask, and where to look for an answer.

use super::question::{self, Question, Subject};
use crate::assess::context::Context;
use crate::assess::{Facts, Verdict};
use crate::model::{Entity, Text};
use std::collections::{BTreeMap, HashMap};

/// The sessions of an edition, by what they ask, whose record they are and what they
/// wrote or removed that would go on acting.
pub(super) struct Raised<'a> {
    pub(super) facts: &'a [Facts],
    pub(super) context: &'a Context<'a>,
    /// What each session asks that asks anything, strongest first.
    pub(super) by_session: BTreeMap<usize, Vec<Question>>,
    by_question: HashMap<Question, Vec<usize>>,
    records: HashMap<&'a Text, Vec<usize>>,
    written: HashMap<&'a Entity, Vec<usize>>,
    removed: HashMap<&'a Entity, Vec<usize>>,
}

impl<'a> Raised<'a> {
    /// Asks every session that matters.
    pub(super) fn in_edition(
        facts: &'a [Facts],
        verdicts: &[Verdict],
        context: &'a Context<'a>,
    ) -> Self {
        let mut all = Self {
            facts,
            context,
            by_session: BTreeMap::new(),
            by_question: HashMap::new(),
            records: HashMap::new(),
            written: HashMap::new(),
            removed: HashMap::new(),
        };
        for (at, (session, verdict)) in facts.iter().zip(verdicts).enumerate() {
            all.records.entry(&session.id).or_default().push(at);
            for change in &session.changes {
                all.written.entry(&change.object).or_default().push(at);
            }
            for (file, _) in &session.removed {
                all.removed.entry(file).or_default().push(at);
            }
            if !verdict.qualifies() {
                continue;
            }
            let questions = question::raised(session, verdict, context);
            for question in &questions {
                let raisers = all.by_question.entry(question.clone()).or_default();
                if raisers.last() != Some(&at) {
                    raisers.push(at);
                }
            }
            if !questions.is_empty() {
                all.by_session.insert(at, questions);
            }
        }
        all
    }

    /// The sessions that ask a question.
    pub(super) fn raisers(&self, question: &Question) -> &[usize] {
        self.by_question.get(question).map_or(&[], Vec::as_slice)
    }

    /// Whether any session asks it.
    pub(super) fn is_asked(&self, question: &Question) -> bool {
        self.by_question.contains_key(question)
    }

    /// The sessions that a subject has.
    pub(super) fn sessions_of(&self, subject: &Subject) -> Vec<usize> {
        match subject {
            Subject::Entity(entity) => {
                let with = self.context.sessions_of(entity);
                with.iter().map(|s| *s as usize).collect()
            }
            Subject::Session(id) => self.records(id).to_vec(),
        }
    }

    /// The records with this id.
    pub(super) fn records(&self, id: &Text) -> &[usize] {
        self.records.get(id).map_or(&[], Vec::as_slice)
    }

    /// The sessions that changed a thing lastingly.
    pub(super) fn written(&self, object: &Entity) -> impl Iterator<Item = &'a Facts> {
        Self::at(self.facts, &self.written, object)
    }

    /// The sessions that removed a file and did not write it again.
    pub(super) fn removed(&self, file: &Entity) -> impl Iterator<Item = &'a Facts> {
        Self::at(self.facts, &self.removed, file)
    }

    fn at(
        facts: &'a [Facts],
        index: &HashMap<&Entity, Vec<usize>>,
        of: &Entity,
    ) -> impl Iterator<Item = &'a Facts> + use<'a> {
        let sessions = index.get(of).cloned().unwrap_or_default();
        sessions.into_iter().map(|s| &facts[s])
    }
}
