//! Narratives: open questions that connect sessions, told from edition to edition.
//!
//! A session that qualifies raises questions; questions that belong together become
//! one narrative, which keeps its name until they are answered. Narratives never
//! feed a signal: their only effect on a number is to hold their anchors' recency.

mod join;
mod question;
mod thread;

pub use question::{NarrativeKind, Question, Subject, decision_words};
pub use thread::{Closure, QUIET, State, Thread, UNDECIDED, WINDOW};

use crate::assess::context::Context;
use crate::assess::{Facts, Verdict};
use crate::model::{EditionId, EntityKind, Text};
use jiff::Timestamp;
use join::Groups;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use thread::Fact;

/// Anchors of one narrative whose recency is held.
const ANCHORS: usize = 3;

/// A session on which a narrative's facts rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Which session.
    pub session: usize,
    /// How many of the narrative's facts it evidences.
    pub evidenced: usize,
    /// How many only it evidences.
    pub unique: usize,
}

/// A narrative as one edition tells it.
#[derive(Clone, Debug)]
pub struct Narrative {
    /// What is carried from edition to edition.
    pub thread: Thread,
    /// What is still asked, strongest first; what it asked when it is closed.
    pub asks: Vec<Question>,
    /// Its sessions in this edition, in the order of the snapshot.
    pub members: Vec<usize>,
    /// Those of them that ask one of its questions themselves.
    pub raisers: BTreeSet<usize>,
    /// The sessions on which it rests, at most three, the first one *the* anchor.
    pub anchors: Vec<Anchor>,
    /// The session of an earlier edition on which it rests, when none of this one does.
    pub anchored_before: Option<(Text, EditionId)>,
    /// How many facts it has.
    pub facts: usize,
    /// Kinds of entities its anchor ties to the subject.
    pub ties: Vec<EntityKind>,
    /// Facts of each member, parallel to `members`.
    member_facts: Vec<BTreeSet<Fact>>,
}

impl Narrative {
    /// Its stable id.
    pub fn id(&self) -> &str {
        &self.thread.id
    }

    /// What it asks first.
    pub fn kind(&self) -> NarrativeKind {
        self.asks
            .first()
            .map_or(NarrativeKind::UnownedEndpoint, |q| q.kind)
    }

    /// What it is about first.
    pub fn subject(&self) -> &Subject {
        // A narrative begins with a question and never loses the last one.
        &self.asks[0].subject
    }

    /// The anchor, if a session of this edition is it.
    pub fn anchor(&self) -> Option<Anchor> {
        self.anchors.first().copied()
    }

    /// Whether a question is still open.
    pub const fn is_open(&self) -> bool {
        self.thread.closure.is_none()
    }

    /// Whether every fact of a member is evidenced by the given others too.
    pub fn covered(&self, member: usize, by: &[usize]) -> bool {
        let facts = |session: usize| {
            self.members
                .binary_search(&session)
                .ok()
                .map(|i| &self.member_facts[i])
        };
        let Some(own) = facts(member) else {
            return false;
        };
        own.iter().all(|fact| {
            by.iter()
                .filter_map(|b| facts(*b))
                .any(|set| set.contains(fact))
        })
    }
}

/// What an edition tells, and what it remembers without telling.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// Open narratives, and closed ones that this edition closes or still sees.
    pub(super) narratives: Vec<Narrative>,
    /// Closed narratives of which nothing is seen.
    pub(super) past: Vec<Thread>,
}

/// Tells the narratives of an edition, going on from what earlier ones told.
pub(super) fn tell(
    facts: &[Facts],
    verdicts: &[Verdict],
    context: &Context<'_>,
    earlier: &[Thread],
) -> Told {
    let raised: BTreeMap<usize, Vec<Question>> = facts
        .iter()
        .zip(verdicts)
        .enumerate()
        .filter(|(_, (_, v))| v.qualifies())
        .map(|(i, (f, v))| (i, question::raised(f, v, context)))
        .filter(|(_, questions)| !questions.is_empty())
        .collect();
    let asked: BTreeSet<&Question> = raised.values().flatten().collect();
    let (going_on, past): (Vec<&Thread>, Vec<&Thread>) = earlier
        .iter()
        .partition(|t| t.closure.is_none() || t.questions.iter().any(|q| asked.contains(q)));
    let mut groups = Groups::default();
    for thread in &going_on {
        groups.join(&thread.questions);
    }
    for questions in raised.values() {
        groups.join(questions);
    }
    join::by_rare_entities(&mut groups, &raised, facts, context);
    let mut told = Told {
        narratives: Vec::new(),
        past: past.into_iter().cloned().collect(),
    };
    for group in groups.groups() {
        let thread = thread_of(group, &going_on, facts, context);
        told.narratives
            .push(narrative(thread, &raised, facts, context));
    }
    told
}

/// The thread that a group of questions continues, or a new one.
fn thread_of(
    group: Vec<Question>,
    earlier: &[&Thread],
    facts: &[Facts],
    context: &Context<'_>,
) -> Thread {
    let questions: BTreeSet<Question> = group.into_iter().collect();
    let mut of_group: Vec<&&Thread> = earlier
        .iter()
        .filter(|t| t.questions.iter().any(|q| questions.contains(q)))
        .collect();
    of_group.sort_by_key(|t| (t.opened, &t.id));
    let mut threads = of_group.into_iter().map(|t| (*t).clone());
    let Some(mut thread) = threads.next() else {
        let since = questions
            .first()
            .map_or(context.now(), |q| first_seen(&q.subject, facts, context));
        return Thread::begin(questions, since, context.snapshot.edition());
    };
    for other in threads {
        thread.take_in(other);
    }
    thread.questions.extend(questions);
    thread
}

fn first_seen(subject: &Subject, facts: &[Facts], context: &Context<'_>) -> Timestamp {
    let in_edition = sessions_of(subject, facts, context)
        .into_iter()
        .filter_map(|m| facts[m].started_at)
        .min()
        .unwrap_or(context.now());
    subject
        .entity()
        .and_then(|e| context.first_seen(e))
        .map_or(in_edition, |seen| seen.at.min(in_edition))
}

/// The sessions of this edition that a subject has.
fn sessions_of(subject: &Subject, facts: &[Facts], context: &Context<'_>) -> Vec<usize> {
    match subject {
        Subject::Entity(entity) => context
            .sessions_of(entity)
            .iter()
            .map(|s| *s as usize)
            .collect(),
        Subject::Session(id) => (0..facts.len()).filter(|i| facts[*i].id == *id).collect(),
    }
}

/// What this edition adds to a thread, and where that leaves it.
fn narrative(
    mut thread: Thread,
    raised: &BTreeMap<usize, Vec<Question>>,
    facts: &[Facts],
    context: &Context<'_>,
) -> Narrative {
    let (now, edition) = (context.now(), context.snapshot.edition());
    let raisers: BTreeSet<usize> = raised
        .iter()
        .filter(|(_, asked)| asked.iter().any(|q| thread.questions.contains(q)))
        .map(|(session, _)| *session)
        .collect();
    let members: BTreeSet<usize> = thread
        .questions
        .iter()
        .flat_map(|q| sessions_of(&q.subject, facts, context))
        .chain(raisers.iter().copied())
        .collect();
    let members: Vec<usize> = members.into_iter().collect();
    thread.forget(now);
    let member_facts: Vec<BTreeSet<Fact>> = members
        .iter()
        .map(|m| ties(&facts[*m], &thread.questions))
        .collect();
    for (member, own) in members.iter().zip(&member_facts) {
        let session = &facts[*member];
        for fact in own {
            if thread.learn(fact.clone(), &session.id, edition) {
                let seen = session.last_sign.unwrap_or(now).min(now);
                thread.last_new = thread.last_new.max(seen);
            }
        }
    }
    let asks = settle(&mut thread, raised, facts, context);
    let anchors = anchors(&members, &member_facts, &thread, facts);
    let anchored_before = anchors.is_empty().then(|| absent_anchor(&thread)).flatten();
    let subject = &asks[0].subject;
    let anchored = anchors
        .first()
        .and_then(|a| members.binary_search(&a.session).ok())
        .map(|at| &member_facts[at]);
    let mut ties: Vec<EntityKind> = anchored
        .into_iter()
        .flatten()
        .filter(|(s, _)| s == subject)
        .map(|(_, other)| other.kind)
        .collect();
    ties.sort_unstable();
    ties.dedup();
    Narrative {
        facts: thread.facts.len(),
        thread,
        asks,
        members,
        raisers,
        anchors,
        anchored_before,
        ties,
        member_facts,
    }
}

/// Finds what is answered. Returns what is still asked, or all that was when nothing is.
fn settle(
    thread: &mut Thread,
    raised: &BTreeMap<usize, Vec<Question>>,
    facts: &[Facts],
    context: &Context<'_>,
) -> Vec<Question> {
    let edition = context.snapshot.edition();
    let mut because = None;
    let mut open = Vec::new();
    for question in &thread.questions {
        let decision = question::decision(thread, question, context);
        let answer = decision
            .map(|d| (decision_words(d), Some(d.file.clone())))
            .or_else(|| question::answer(question, facts, context).map(|s| (s, None)));
        match answer {
            Some(found) => because = because.or(Some(found)),
            None => open.push(question.clone()),
        }
    }
    // What was closed opens again when a session asks again.
    let asked = || raised.values().flatten().any(|q| open.contains(q));
    if let (true, Some((because, decision))) = (open.is_empty(), because) {
        thread.closure.get_or_insert(Closure {
            edition,
            because,
            decision,
        });
    } else if thread.closure.is_some() && asked() {
        thread.closure = None;
        thread.reopened = Some(edition);
    }
    if open.is_empty() {
        thread.questions.iter().cloned().collect()
    } else {
        open
    }
}

/// What a session ties to the subjects it has.
fn ties(facts: &Facts, questions: &BTreeSet<Question>) -> BTreeSet<Fact> {
    let has = facts.entities();
    let mut found = BTreeSet::new();
    for subject in questions.iter().map(|q| &q.subject) {
        let theirs = match subject {
            Subject::Entity(entity) => {
                has.contains(entity)
                    || facts.changes.iter().any(|c| c.object == *entity)
                    || facts
                        .destroyed
                        .as_ref()
                        .is_some_and(|d| d.target == *entity)
            }
            Subject::Session(id) => facts.id == *id,
        };
        if !theirs {
            continue;
        }
        for other in &has {
            let tied = !matches!(other.kind, EntityKind::Agent | EntityKind::Tool)
                && subject.entity() != Some(other);
            if tied {
                found.insert((subject.clone(), other.clone()));
            }
        }
    }
    found
}

/// Most unique facts, then coverage, then the earliest; each needs half of the facts or one of its own.
fn anchors(
    members: &[usize],
    member_facts: &[BTreeSet<Fact>],
    thread: &Thread,
    facts: &[Facts],
) -> Vec<Anchor> {
    let all = thread.facts.len();
    let is_unique = |f: &&Fact| {
        thread
            .facts
            .get(*f)
            .is_some_and(|holders| holders.len() == 1)
    };
    let mut candidates: Vec<Anchor> = members
        .iter()
        .zip(member_facts)
        .map(|(session, own)| Anchor {
            session: *session,
            evidenced: own.len(),
            unique: own.iter().filter(is_unique).count(),
        })
        .filter(|a| a.evidenced > 0 && (a.unique >= 1 || a.evidenced * 2 >= all))
        .collect();
    candidates.sort_by(|a, b| {
        let of = |a: &Anchor| {
            let f = &facts[a.session];
            (Reverse((a.unique, a.evidenced)), f.started_at, f.ordinal)
        };
        let by_id = || facts[a.session].id.cmp(&facts[b.session].id);
        of(a).cmp(&of(b)).then_with(by_id)
    });
    candidates.truncate(ANCHORS);
    candidates
}

/// The session of an earlier edition that evidences most.
fn absent_anchor(thread: &Thread) -> Option<(Text, EditionId)> {
    let mut held: BTreeMap<&Text, (usize, usize, EditionId)> = BTreeMap::new();
    for holders in thread.facts.values() {
        for (session, edition) in holders {
            let of = held.entry(session).or_insert((0, 0, *edition));
            of.0 += usize::from(holders.len() == 1);
            of.1 += 1;
            of.2 = of.2.max(*edition);
        }
    }
    held.into_iter()
        .max_by_key(|(session, (unique, all, _))| (*unique, *all, Reverse(*session)))
        .map(|(session, (.., edition))| (session.clone(), edition))
}
