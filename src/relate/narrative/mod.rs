//! Narratives: open questions that connect sessions, told from edition to edition.
//!
//! A session that qualifies raises questions; questions that belong together become
//! one narrative, which keeps its name until they are answered. Narratives never
//! feed a signal: their only effect on a number is to hold their anchors' recency.

mod anchor;
mod asked;
mod join;
mod question;
mod raised;
mod thread;

pub use anchor::Anchor;
pub use question::{NarrativeKind, Question, Subject, decision_words};
pub use thread::{Closure, QUIET, State, Thread, UNDECIDED, WINDOW};

use crate::assess::context::Context;
use crate::assess::{Facts, Verdict};
use crate::model::{EditionId, Entity, EntityKind, Sentence, Text};
use jiff::Timestamp;
use join::Groups;
use raised::Raised;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use thread::Fact;

/// A narrative as one edition tells it.
#[derive(Clone, Debug)]
pub struct Narrative {
    /// What is carried from edition to edition.
    pub thread: Thread,
    /// What is still asked, strongest first; what it asked when it is closed.
    pub asks: Vec<Question>,
    /// What it asked that is answered while something else is asked still, and the answers.
    pub answered: Vec<(Question, Sentence)>,
    /// Its sessions in this edition, in the order of the snapshot.
    pub members: Vec<usize>,
    /// Those of them that ask some of its questions themselves, and which.
    pub raisers: BTreeMap<usize, BTreeSet<NarrativeKind>>,
    /// The sessions on which it rests, at most three, the first one *the* anchor.
    pub anchors: Vec<Anchor>,
    /// The session of an earlier edition on which it rests, when none of this one does.
    pub anchored_before: Option<(Text, EditionId)>,
    /// How many facts it has.
    pub facts: usize,
    /// Kinds of entities its anchor ties to the subject.
    pub ties: Vec<EntityKind>,
    /// Facts of each member, parallel to `members`.
    member_facts: Vec<MemberFacts>,
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
        own.are_all
            && own.facts.iter().all(|fact| {
                by.iter()
                    .filter_map(|b| facts(*b))
                    .any(|others| others.facts.contains(fact))
            })
    }
}

/// Facts of one member that are kept: what it ties to the first subjects it has.
const FACTS: usize = 64;

/// What one member ties to the subjects of its narrative.
#[derive(Clone, Debug, Default)]
struct MemberFacts {
    facts: BTreeSet<Fact>,
    /// Whether none was left out.
    are_all: bool,
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
    earlier: Vec<Thread>,
) -> Told {
    let raised = Raised::in_edition(facts, verdicts, context);
    let goes_on = |t: &Thread| match &t.closure {
        None => true,
        Some(closure) => t.asked.keys().any(|q| raised.is_asked(q)) || closure.has_lapsed(context),
    };
    let (going_on, past): (Vec<Thread>, Vec<Thread>) = earlier.into_iter().partition(goes_on);
    let groups = grouped(&going_on, &raised);
    let mut thread_of: HashMap<Question, usize> = HashMap::new();
    for (at, thread) in going_on.iter().enumerate() {
        thread_of.extend(thread.asked.keys().map(|q| (q.clone(), at)));
    }
    let mut going_on: Vec<Option<Thread>> = going_on.into_iter().map(Some).collect();
    let mut told = Told {
        narratives: Vec::with_capacity(groups.len()),
        past,
    };
    for group in groups {
        let places: BTreeSet<usize> = group
            .iter()
            .filter_map(|q| thread_of.get(q).copied())
            .collect();
        let mut threads: Vec<Thread> = places
            .into_iter()
            .filter_map(|at| going_on[at].take())
            .collect();
        threads.sort_by(|a, b| (a.opened, &a.id).cmp(&(b.opened, &b.id)));
        let thread = continued(&group, threads, &raised);
        told.narratives.push(narrative(thread, &raised));
    }
    told
}

/// The questions that go on or are raised, those that belong together in one group.
fn grouped(going_on: &[Thread], raised: &Raised<'_>) -> Vec<Vec<Question>> {
    let mut groups = Groups::default();
    for thread in going_on {
        groups.join(thread.asked.keys());
    }
    for questions in raised.by_session.values() {
        groups.join(questions);
    }
    join::by_rare_entities(&mut groups, raised);
    groups.groups()
}

/// The thread that a group of questions continues, or a new one.
fn continued(group: &[Question], threads: Vec<Thread>, raised: &Raised<'_>) -> Thread {
    let edition = raised.context.snapshot.edition();
    let mut threads = threads.into_iter();
    let mut thread = threads.next().unwrap_or_else(|| {
        let since = group
            .first()
            .map_or(raised.context.now(), |q| first_seen(&q.subject, raised));
        Thread::begin(group.first(), since, edition)
    });
    for other in threads {
        thread.take_in(other, edition);
    }
    for question in group {
        thread.ask(question, edition);
    }
    thread
}

fn first_seen(subject: &Subject, raised: &Raised<'_>) -> Timestamp {
    let context = raised.context;
    let in_edition = raised
        .sessions_of(subject)
        .into_iter()
        .map(|m| raised.facts[m].began(context.snapshot))
        .min()
        .unwrap_or(context.now());
    subject
        .entity()
        .and_then(|e| context.first_seen(e))
        .map_or(in_edition, |seen| seen.at.min(in_edition))
}

/// What this edition adds to a thread, and where that leaves it.
fn narrative(mut thread: Thread, raised: &Raised<'_>) -> Narrative {
    let (facts, context) = (raised.facts, raised.context);
    let (now, edition) = (context.now(), context.snapshot.edition());
    let mut raisers: BTreeMap<usize, BTreeSet<NarrativeKind>> = BTreeMap::new();
    for question in thread.asked.keys() {
        for raiser in raised.raisers(question) {
            raisers.entry(*raiser).or_default().insert(question.kind);
        }
    }
    let members: BTreeSet<usize> = thread
        .asked
        .keys()
        .flat_map(|q| raised.sessions_of(&q.subject))
        .chain(raisers.keys().copied())
        .collect();
    let members: Vec<usize> = members.into_iter().collect();
    thread.forget(now);
    let subjects: BTreeSet<Subject> = thread.asked.keys().map(|q| q.subject.clone()).collect();
    let member_facts: Vec<MemberFacts> = members
        .iter()
        .map(|m| ties(&facts[*m], &subjects))
        .collect();
    for (member, own) in members.iter().zip(&member_facts) {
        let session = &facts[*member];
        for fact in &own.facts {
            if thread.learn(fact.clone(), &session.id, edition) {
                let seen = session.last_sign.unwrap_or(now).min(now);
                let seen = seen.max(context.news_from(session));
                thread.last_new = thread.last_new.max(seen);
            }
        }
    }
    let (asks, answered) = settle(&mut thread, raised);
    let anchors = anchor::anchors(&members, &member_facts, &thread, facts);
    let anchored_before = anchors
        .is_empty()
        .then(|| anchor::absent_anchor(&thread))
        .flatten();
    let subject = &asks[0].subject;
    let anchored = anchors
        .first()
        .and_then(|a| members.binary_search(&a.session).ok())
        .map(|at| &member_facts[at].facts);
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
        answered,
        members,
        raisers,
        anchors,
        anchored_before,
        ties,
        member_facts,
    }
}

/// Finds what is answered. Returns what is still asked and what is not; all that was
/// asked when nothing is.
fn settle(thread: &mut Thread, raised: &Raised<'_>) -> (Vec<Question>, Vec<(Question, Sentence)>) {
    let context = raised.context;
    let edition = context.snapshot.edition();
    let mut decisions = BTreeSet::new();
    let (mut open, mut answered) = (Vec::new(), Vec::new());
    for (question, asked) in &mut thread.asked {
        asked.hear(question, raised);
        match asked.settled(question, context) {
            Some((answer, decision)) => {
                answered.push((question.clone(), answer));
                decisions.extend(decision);
            }
            None => open.push(question.clone()),
        }
    }
    if let (true, Some((_, because))) = (open.is_empty(), answered.first()) {
        let since = thread.closure.as_ref().map_or(edition, |c| c.edition);
        let because = match thread.closure.take() {
            Some(known) if known.decisions == decisions => known.because,
            _ => because.clone(),
        };
        thread.closure = Some(Closure {
            edition: since,
            because,
            decisions,
        });
    } else if let Some(closure) = &thread.closure {
        // What was closed opens again when a session asks again, or nobody accepts it any more.
        if closure.has_lapsed(context) || open.iter().any(|q| raised.is_asked(q)) {
            thread.closure = None;
            thread.reopened = Some(edition);
        }
    }
    if open.is_empty() {
        (thread.asked.keys().cloned().collect(), Vec::new())
    } else {
        (open, answered)
    }
}

/// What a session ties to the subjects it has.
fn ties(session: &Facts, subjects: &BTreeSet<Subject>) -> MemberFacts {
    let has: BTreeSet<Entity> = session.entities().into_iter().collect();
    let changed = session.changes.iter().map(|c| &c.object);
    let destroyed = session.destroyed.iter().map(|d| &d.target);
    let own: BTreeSet<Subject> = has
        .iter()
        .chain(changed)
        .chain(destroyed)
        .map(|e| Subject::Entity(e.clone()))
        .chain([Subject::Session(session.id.clone())])
        .filter(|s| subjects.contains(s))
        .collect();
    let mut found = MemberFacts {
        are_all: true,
        ..MemberFacts::default()
    };
    for subject in own {
        for other in &has {
            let is_tied = !matches!(other.kind, EntityKind::Agent | EntityKind::Tool)
                && subject.entity() != Some(other);
            if !is_tied {
                continue;
            }
            if found.facts.len() == FACTS {
                found.are_all = false;
                return found;
            }
            found.facts.insert((subject.clone(), other.clone()));
        }
    }
    found
}
