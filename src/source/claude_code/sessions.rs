//! From transcripts to sessions: files merged, repeats dropped, windows cut.

use super::events;
use super::paths::Place;
use super::report::Report;
use super::traces::{Mark, RecordId, Step, Traces};
use super::transcript::Transcript;
use super::usage::{self, Ledger, Usage};
use crate::normalise::redact;
use crate::source::limits;
use crate::source::snapshot::wire;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};

/// Identity of a session: the main one, or a subagent's.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) session: String,
    pub(super) agent: Option<String>,
}

impl Key {
    fn id(&self) -> String {
        match &self.agent {
            Some(agent) => format!("{}/agent-{agent}", self.session),
            None => self.session.clone(),
        }
    }
}

/// A session's or an agent's name for itself, masked and cut: both together make an id.
pub(super) fn name(text: &str) -> String {
    let most = limits::ID_CHARS / 2 - "/agent-".len();
    redact::mask_beginning(text, most)
}

/// A slice of time, the end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

impl Span {
    fn has(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }
}

/// One session over all its files and all time.
#[derive(Debug, Default)]
pub(super) struct Whole {
    place: Option<Place>,
    version: Option<String>,
    branch: Option<String>,
    origin: Option<String>,
    pull_request: Option<String>,
    modes: Vec<(Timestamp, String)>,
    steps: Vec<Step>,
    marks: Vec<Timestamp>,
    usage: Vec<Usage>,
    unmetered: bool,
}

/// Who keeps a record that stands in several files: an original before a copy, then the first file.
type Owners = HashMap<RecordId, (bool, usize)>;

/// Merges transcripts, given in order of their files.
pub(super) fn merge(transcripts: Vec<Transcript>, report: &mut Report) -> BTreeMap<Key, Whole> {
    let mut owners = Owners::new();
    for (file, transcript) in transcripts.iter().enumerate() {
        let marks = transcript
            .sessions
            .values()
            .flat_map(|traces| &traces.marks);
        for mark in marks.filter(|mark| mark.record != 0) {
            let claim = (mark.copy, file);
            owners
                .entry(mark.record)
                .and_modify(|owner| *owner = (*owner).min(claim))
                .or_insert(claim);
        }
    }
    let mut ledger = Ledger::default();
    let mut sessions: BTreeMap<Key, Whole> = BTreeMap::new();
    for (file, transcript) in transcripts.into_iter().enumerate() {
        transcript
            .usage
            .into_iter()
            .for_each(|usage| ledger.enter(usage));
        for (key, traces) in transcript.sessions {
            let owned = |mark: &Mark| {
                owners
                    .get(&mark.record)
                    .is_none_or(|owner| *owner == (mark.copy, file))
            };
            sessions.entry(key).or_default().add(traces, owned, report);
        }
    }
    for (key, usage) in ledger.by_session() {
        sessions.entry(key).or_default().usage = usage;
    }
    for whole in sessions.values_mut() {
        whole.settle();
    }
    sessions.retain(|_, whole| !whole.steps.is_empty() || !whole.usage.is_empty());
    sessions
}

impl Whole {
    fn add(&mut self, traces: Traces, owned: impl Fn(&Mark) -> bool, report: &mut Report) {
        let or = |old: &mut Option<String>, new: Option<String>| {
            if old.is_none() {
                *old = new;
            }
        };
        if self.place.is_none() {
            self.place = traces.place;
        }
        or(&mut self.version, traces.version);
        or(&mut self.branch, traces.branch);
        or(&mut self.origin, traces.origin);
        or(&mut self.pull_request, traces.pull_request);
        self.unmetered |= traces.unmetered;
        self.marks
            .extend(traces.marks.iter().filter(|m| owned(m)).map(|m| m.at));
        self.modes.extend(traces.modes);
        let before = traces.steps.len() as u64;
        let kept = self.steps.len();
        self.steps
            .extend(traces.steps.into_iter().filter(|s| owned(&s.mark)));
        report.repeated += before - (self.steps.len() - kept) as u64;
    }

    /// Orders what several files brought.
    fn settle(&mut self) {
        self.marks.extend(self.usage.iter().map(|u| u.at));
        self.marks.sort_unstable();
        // Stable: what one record brought stays in its order.
        self.steps.sort_by_key(|step| step.at);
        self.modes.sort_by_key(|(at, _)| *at);
        self.modes.dedup_by(|new, old| new.1 == old.1);
    }

    /// First moment of activity and last.
    fn bounds(&self) -> Option<(Timestamp, Timestamp)> {
        Some((*self.marks.first()?, *self.marks.last()?))
    }

    /// The session as one window sees it; `None` when nothing happened in it.
    fn within(&self, key: &Key, span: &Span, report: &mut Report) -> Option<wire::Session> {
        let events: Vec<wire::Event> = self
            .steps
            .iter()
            .filter(|step| span.has(step.at))
            .map(|step| step.event.clone())
            .collect();
        let bill = usage::bill(self.usage.iter().filter(|u| span.has(u.at)));
        if events.is_empty() && bill.models.is_empty() {
            return None;
        }
        for (model, requests) in bill.unpriced {
            *report.unpriced.entry(model).or_default() += requests;
        }
        let cost = bill
            .cost
            .filter(|_| !(bill.models.is_empty() && self.unmetered));
        let user = self.place.as_ref().and_then(|place| place.user.as_deref());
        let user = user.map(|user| events::clean(user, 120));
        let mut not_recorded = vec!["host".to_owned(), "key".to_owned()];
        if user.is_none() {
            not_recorded.push("user".to_owned());
        }
        if cost.is_none() {
            not_recorded.push("cost".to_owned());
        }
        let last = self.marks.iter().rev().find(|at| **at < span.end);
        let mut models = bill.models;
        models.truncate(limits::MODELS);
        Some(wire::Session {
            id: Some(key.id()),
            started_at: self.marks.first().map(ToString::to_string),
            last_seen_at: last.map(ToString::to_string),
            origin: Some(wire::Origin {
                source: Some("claude-code".to_owned()),
                user: user.as_ref().map(|_| "cwd path".to_owned()),
            }),
            user: user.map(|name| wire::User {
                name: Some(name),
                authenticated: None,
            }),
            agent: Some(wire::Agent {
                name: Some("Claude Code".to_owned()),
                version: self.version.clone(),
            }),
            models,
            workspace: self.workspace(),
            permission_mode: self.mode_at(span.start),
            parent: key.agent.as_ref().map(|_| key.session.clone()),
            cost_usd: cost.map(crate::model::Money::exact),
            events,
            not_recorded,
            ..wire::Session::default()
        })
    }

    fn workspace(&self) -> Option<wire::Workspace> {
        let repo = self.origin.clone().or_else(|| self.pull_request.clone());
        let folder = self.place.as_ref().map(Place::folder);
        let path = folder.map(|folder| events::clean(&folder, 400));
        let branch = self.branch.clone();
        (repo.is_some() || path.is_some() || branch.is_some()).then_some(wire::Workspace {
            repo,
            branch,
            path,
        })
    }

    /// The permission mode a window began with.
    fn mode_at(&self, start: Timestamp) -> Option<String> {
        let earlier = self.modes.iter().rev().find(|(at, _)| *at <= start);
        earlier.or(self.modes.first()).map(|(_, mode)| mode.clone())
    }
}

/// One snapshot of what lies in a window.
pub(super) fn snapshot(
    sessions: &BTreeMap<Key, Whole>,
    span: &Span,
    taken_at: Timestamp,
    report: &mut Report,
) -> (wire::Head, Vec<wire::Session>) {
    let seen: Vec<wire::Session> = sessions
        .iter()
        .filter_map(|(key, whole)| whole.within(key, span, report))
        .collect();
    let head = wire::Head {
        format: wire::FORMAT.to_owned(),
        version: wire::VERSION,
        taken_at: taken_at.to_string(),
        window: Some(wire::Window {
            start: span.start.to_string(),
            end: span.end.to_string(),
        }),
        sources: vec![wire::Source {
            name: "claude-code".to_owned(),
            kind: Some("transcripts".to_owned()),
            sessions: Some(seen.len() as u64),
            not_recorded: vec!["host".to_owned(), "key".to_owned()],
        }],
    };
    (head, seen)
}

/// From the first activity of all sessions to just after the last.
pub(super) fn bounds(sessions: &BTreeMap<Key, Whole>) -> Option<(Timestamp, Timestamp)> {
    let mut all = sessions.values().filter_map(Whole::bounds);
    let first = all.next()?;
    Some(all.fold(first, |(a, b), (c, d)| (a.min(c), b.max(d))))
}

/// Days since 1970 (UTC) on which something happened.
pub(super) fn days(sessions: &BTreeMap<Key, Whole>) -> Vec<i64> {
    let steps = sessions.values().flat_map(|w| w.steps.iter().map(|s| s.at));
    let usage = sessions.values().flat_map(|w| w.usage.iter().map(|u| u.at));
    let mut days: Vec<i64> = steps
        .chain(usage)
        .map(|at| at.as_second().div_euclid(DAY))
        .collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// Counts what the sessions hold.
pub(super) fn tally(sessions: &BTreeMap<Key, Whole>, report: &mut Report) {
    report.sessions = sessions.len() as u64;
    report.events = sessions.values().map(|w| w.steps.len() as u64).sum();
}
