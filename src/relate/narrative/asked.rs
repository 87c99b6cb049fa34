//! One question from edition to edition: since when, what was learned, what answers it.

use super::question::{self, NarrativeKind, Question, Subject, decision_words};
use super::raised::Raised;
use crate::assess::Facts;
use crate::assess::context::Context;
use crate::model::{About, Disposition, EditionId, Entity, Sentence, Slot, Text};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is remembered of a question.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    /// The narratives that asked it, each with the edition from which it did.
    names: BTreeMap<String, EditionId>,
    /// The latest edition that learned anything from a session that asks it.
    learned: EditionId,
    /// Sessions that asked it.
    raisers: BTreeSet<Text>,
    /// Machines on which a lasting change stands (one without a name is one not recorded),
    /// with the latest write there: the edition that learned of it, and its own time.
    stands_on: BTreeMap<Option<Text>, Moment>,
    /// What the records say that contradict each other.
    deeds: BTreeSet<u64>,
    /// The answer that a snapshot gave. It holds until a session asks anew.
    answer: Option<Sentence>,
}

impl Asked {
    /// First asked by a narrative in an edition.
    pub(super) fn by(narrative: &str, edition: EditionId) -> Self {
        Self {
            names: BTreeMap::from([(narrative.to_owned(), edition)]),
            learned: edition,
            raisers: BTreeSet::new(),
            stands_on: BTreeMap::new(),
            deeds: BTreeSet::new(),
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
        self.raisers.extend(other.raisers);
        self.deeds.extend(other.deeds);
        for (host, written) in other.stands_on {
            let latest = self.stands_on.entry(host).or_insert(written);
            *latest = written.max(*latest);
        }
        self.answer = self.answer.take().and(other.answer);
    }

    /// Takes in what an edition says about it.
    pub(super) fn hear(&mut self, question: &Question, raised: &Raised<'_>) {
        let edition = raised.context.snapshot.edition();
        for raiser in raised.raisers(question) {
            let session = &raised.facts[*raiser];
            let learned = raised.context.learned(session);
            self.learned = self.learned.max(learned);
            // Whoever is only listed again asks nothing anew.
            if self.raisers.insert(session.id.clone()) || learned == edition {
                self.answer = None;
                if let (NarrativeKind::LastingChange, Some(object)) =
                    (question.kind, question.subject.entity())
                {
                    let written = (learned, written_at(session, object));
                    let latest = self.stands_on.entry(session.host.clone());
                    let latest = latest.or_insert(written);
                    *latest = written.max(*latest);
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
            (NarrativeKind::EvidenceGap, Subject::Session(id)) => self.hear_records(id, raised),
            _ => {}
        }
    }

    /// A removal counts on the machine it was made on, and only after every write there.
    fn hear_removals(&mut self, object: &Entity, raised: &Raised<'_>) {
        let learned = |session: &Facts| raised.context.learned(session);
        for remover in raised.removed(object) {
            let Some(written) = self.stands_on.get(&remover.host) else {
                continue;
            };
            let removal = remover.removed.iter().find(|(file, _)| file == object);
            let removed = (learned(remover), removal.and_then(|(_, at)| *at));
            let is_after = |written: Moment| match (removed.1, written.1) {
                (Some(at), Some(then)) => at > then && removed.0 >= written.0,
                _ => removed.0 > written.0,
            };
            let mut others = raised.written(object).filter(|w| w.host == remover.host);
            if is_after(*written) && others.all(|w| is_after((learned(w), written_at(w, object)))) {
                self.stands_on.remove(&remover.host);
            }
        }
    }

    /// One of the records that contradict each other must be the one that stands.
    fn hear_records(&mut self, id: &Text, raised: &Raised<'_>) {
        let records: Vec<&Facts> = raised
            .records(id)
            .iter()
            .map(|r| &raised.facts[*r])
            .collect();
        if records.iter().any(|r| r.conflicting) {
            self.answer = None;
            self.deeds.extend(records.iter().map(|r| r.deed));
        } else if let [one] = records.as_slice()
            && self.deeds.contains(&one.deed)
        {
            let slot = vec![Slot::Text(id.clone())];
            self.answer = Some(Sentence::new("One record of {session} stands now.", slot));
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

/// Edition that learned of something, and the time it claims.
type Moment = (EditionId, Option<Timestamp>);

fn written_at(session: &Facts, object: &Entity) -> Option<Timestamp> {
    let written = session.changes.iter().filter(|c| c.object == *object);
    written.filter_map(|c| c.last_at).max()
}
