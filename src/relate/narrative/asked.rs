//! One question from edition to edition: since when, what was learned, what answers it.

use super::question::{self, NarrativeKind, Question, Subject, decision_words};
use super::raised::Raised;
use crate::assess::Facts;
use crate::assess::context::Context;
use crate::model::{About, Disposition, EditionId, Entity, Sentence, Text};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is remembered of a question.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    /// The narratives that asked it, each with the edition from which it did.
    names: BTreeMap<String, EditionId>,
    /// The latest edition that learned anything from a session that asks it.
    learned: EditionId,
    /// Machines on which a lasting change stands; one without a name is one not recorded.
    stands_on: BTreeSet<Option<Text>>,
    /// The answer that a snapshot gave. It holds until a session asks anew.
    answer: Option<Sentence>,
}

impl Asked {
    /// First asked by a narrative in an edition.
    pub(super) fn by(narrative: &str, edition: EditionId) -> Self {
        Self {
            names: BTreeMap::from([(narrative.to_owned(), edition)]),
            learned: edition,
            stands_on: BTreeSet::new(),
            answer: None,
        }
    }

    /// Another narrative asks it too from an edition on.
    pub(super) fn also_by(&mut self, narrative: &str, edition: EditionId) {
        self.names.entry(narrative.to_owned()).or_insert(edition);
    }

    /// Takes in what another narrative remembered of the same question.
    pub(super) fn take_in(&mut self, other: Self) {
        for (name, since) in other.names {
            let known = self.names.entry(name).or_insert(since);
            *known = since.min(*known);
        }
        self.learned = self.learned.max(other.learned);
        self.stands_on.extend(other.stands_on);
        self.answer = self.answer.take().and(other.answer);
    }

    /// Takes in what an edition says about it.
    pub(super) fn hear(&mut self, question: &Question, raised: &Raised<'_>) {
        let edition = raised.context.snapshot.edition();
        let is_first = self.names.values().all(|since| *since == edition);
        let raisers = raised.raisers(question);
        for raiser in raisers {
            let session = &raised.facts[*raiser];
            let learned = raised.context.learned(session);
            self.learned = self.learned.max(learned);
            // Whoever is only listed again asks nothing anew.
            if is_first || learned == edition {
                self.answer = None;
                if question.kind == NarrativeKind::LastingChange {
                    self.stands_on.insert(session.host.clone());
                }
            }
        }
        match (question.kind, &question.subject) {
            (NarrativeKind::LastingChange, Subject::Entity(object)) => {
                self.hear_removals(object, raised);
                if self.stands_on.is_empty() && self.answer.is_none() {
                    let slot = vec![question.subject.slot()];
                    self.answer = Some(Sentence::new("{object} was removed again.", slot));
                }
            }
            (NarrativeKind::EvidenceGap, Subject::Session(id)) => {
                let records = raised.records(id);
                if !raisers.is_empty() {
                    self.answer = None;
                } else if !records.is_empty()
                    && records.iter().all(|r| !raised.facts[*r].conflicting)
                {
                    let slot = vec![question.subject.slot()];
                    self.answer = Some(Sentence::new("One record of {session} stands now.", slot));
                }
            }
            _ => {}
        }
    }

    /// A removal counts on the machine it was made on, and only after every write there.
    fn hear_removals(&mut self, object: &Entity, raised: &Raised<'_>) {
        let learned = |session: &Facts| raised.context.learned(session);
        for remover in raised.removed(object) {
            let removal = remover.removed.iter().find(|(file, _)| file == object);
            let removed_at = removal.and_then(|(_, at)| *at);
            let is_after = |writer: &Facts| {
                let written = writer.changes.iter().filter(|c| c.object == *object);
                let written_at = written.filter_map(|c| c.last_at).max();
                match (removed_at, written_at) {
                    (Some(removed), Some(written)) => {
                        removed > written && learned(remover) >= learned(writer)
                    }
                    _ => learned(remover) > learned(writer),
                }
            };
            let mut writers = raised.written(object).filter(|w| w.host == remover.host);
            if writers.all(is_after) {
                self.stands_on.remove(&remover.host);
            }
        }
    }

    /// What settles it, if anything does, and the file of the decision if that is one.
    pub(super) fn settled(
        &self,
        question: &Question,
        context: &Context<'_>,
    ) -> Option<(Sentence, Option<String>)> {
        if let Some(decision) = self.decision(question, context) {
            return Some((decision_words(decision), Some(decision.file.clone())));
        }
        question::answer(question, context)
            .or_else(|| self.answer.clone())
            .map(|answer| (answer, None))
    }

    /// The decision that settles it, if one is in force and nothing was learned after it.
    /// A decision about a narrative is about what that asked when it was decided.
    fn decision<'a>(&self, question: &Question, context: &Context<'a>) -> Option<&'a Disposition> {
        let meant = |d: &&Disposition| match &d.about {
            About::Narrative(id) => self.names.get(id).is_some_and(|since| d.knew(*since)),
            about => question.subject.is_meant(about),
        };
        context
            .dispositions
            .in_force(context.now())
            .filter(meant)
            .find(|d| d.settles(self.learned))
    }
}
