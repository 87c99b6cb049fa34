//! A session on the company's timeline, and what a snapshot sees of it.

use super::cast::Actor;
use super::format::{Event, Model, Record, User, Workspace};
use jiff::Timestamp;

/// One run of an agent from its start to its end, whenever snapshots are taken.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) id: String,
    pub(super) user: User,
    pub(super) host: Option<&'static str>,
    pub(super) key: &'static str,
    pub(super) agent: &'static str,
    pub(super) model: &'static str,
    pub(super) workspace: Option<Workspace>,
    pub(super) mode: Option<&'static str>,
    pub(super) start: i64,
    pub(super) end: i64,
    /// What it does, each so many seconds after the start.
    pub(super) steps: Vec<(i64, Event)>,
    /// What it costs in the end.
    pub(super) cents: u64,
    pub(super) not_recorded: Vec<&'static str>,
    /// Until when the collector lists it although it is over, because its log stays open.
    pub(super) listed_until: Option<i64>,
}

impl Run {
    /// A run in the actor's own lane.
    pub(super) fn of(actor: &Actor, id: &str, start: i64, minutes: i64) -> Self {
        Self {
            id: id.to_owned(),
            user: User::SignedOn {
                name: actor.user,
                authenticated: true,
            },
            host: Some(actor.hosts[0]),
            key: actor.key,
            agent: actor.agent,
            model: actor.models[0],
            workspace: Some(Workspace {
                repo: Some(actor.repos[0]),
                branch: Some("main"),
                path: None,
            }),
            mode: Some(actor.mode),
            start,
            end: start + minutes * 60,
            steps: Vec::new(),
            cents: 100,
            not_recorded: Vec::new(),
            listed_until: None,
        }
    }

    /// Adds a step, so many seconds after the start.
    pub(super) fn then(mut self, after: i64, event: Event) -> Self {
        self.steps.push((after, event));
        self
    }

    /// Works in this repository.
    pub(super) fn on(mut self, repo: &'static str) -> Self {
        self.workspace = Some(Workspace {
            repo: Some(repo),
            branch: Some("main"),
            path: None,
        });
        self
    }

    pub(super) fn costs(mut self, cents: u64) -> Self {
        self.cents = cents;
        self
    }

    /// Whether a snapshot of the day before this moment sees it.
    pub(super) fn is_seen(&self, taken_at: i64) -> bool {
        let last = self
            .listed_until
            .map_or(self.end, |until| until.max(self.end));
        self.start < taken_at && last >= taken_at - 86_400
    }

    pub(super) fn is_active(&self, taken_at: i64) -> bool {
        self.start < taken_at && self.end > taken_at
    }

    /// What it has cost by now, in cents.
    pub(super) fn spent(&self, taken_at: i64) -> u64 {
        let run = (taken_at.min(self.end) - self.start) as u64;
        (self.cents * run).div_ceil((self.end - self.start) as u64)
    }

    /// The record of it in a snapshot: nothing of what comes later.
    pub(super) fn record(&self, taken_at: i64) -> Record {
        let active = self.is_active(taken_at);
        let events: Vec<Event> = self
            .steps
            .iter()
            .map(|(after, event)| (self.start + after, event))
            .filter(|(at, _)| *at <= taken_at)
            .map(|(at, event)| Event {
                at: moment(at),
                ..event.clone()
            })
            .collect();
        let last_seen = self.steps.iter().map(|(after, _)| self.start + after);
        let last_seen = last_seen.filter(|at| *at <= taken_at).max();
        let cents = self.spent(taken_at);
        let cost_usd = format!("{}.{:02}", cents / 100, cents % 100);
        Record {
            id: self.id.clone(),
            status: if active { "active" } else { "ended" },
            started_at: moment(self.start),
            last_seen_at: active.then(|| moment(last_seen.unwrap_or(taken_at - 90))),
            ended_at: (!active).then(|| moment(self.end)),
            user: self.user.clone(),
            host: self.host,
            key: self.key,
            agent: self.agent,
            models: vec![Model {
                name: self.model,
                requests: 2 + cents / 9,
                input_tokens: 640 + cents * 173,
                output_tokens: 210 + cents * 87,
                cost_usd: cost_usd.clone(),
            }],
            workspace: self.workspace.clone(),
            permission_mode: self.mode,
            cost_usd,
            events,
            not_recorded: self.not_recorded.clone(),
        }
    }
}

/// `2026-11-22T06:00:00Z`
pub(super) fn moment(at: i64) -> String {
    Timestamp::from_second(at).unwrap().to_string()
}

/// Seconds since 1970 of `2026-11-22T06:00:00Z`.
pub(super) fn seconds(moment: &str) -> i64 {
    moment.parse::<Timestamp>().unwrap().as_second()
}

/// A question or an order to the agent.
pub(super) fn prompt(summary: &'static str) -> Event {
    Event {
        kind: "prompt",
        summary: Some(summary),
        ..Event::default()
    }
}

pub(super) fn reply() -> Event {
    Event {
        kind: "reply",
        ..Event::default()
    }
}

pub(super) fn read(path: &'static str) -> Event {
    Event {
        kind: "read",
        tool: Some("Read"),
        path: Some(path),
        ok: Some(true),
        ..Event::default()
    }
}

pub(super) fn write(path: &'static str) -> Event {
    Event {
        kind: "write",
        tool: Some("Edit"),
        ..read(path)
    }
}

pub(super) fn search() -> Event {
    Event {
        kind: "tool",
        tool: Some("Grep"),
        ok: Some(true),
        ..Event::default()
    }
}

pub(super) fn execute(program: &'static str) -> Event {
    Event {
        kind: "execute",
        tool: Some("Bash"),
        programs: vec![program],
        ok: Some(true),
        ..Event::default()
    }
}

/// A page that was fetched.
pub(super) fn fetch(destination: &'static str) -> Event {
    Event {
        kind: "request",
        tool: Some("WebFetch"),
        destination: Some(destination),
        method: Some("GET"),
        ok: Some(true),
        ..Event::default()
    }
}

/// Something that was sent from a command.
pub(super) fn post(destination: &'static str, bytes: u64) -> Event {
    Event {
        kind: "request",
        tool: Some("Bash"),
        programs: vec!["curl"],
        destination: Some(destination),
        method: Some("POST"),
        bytes: Some(bytes),
        ok: Some(true),
        ..Event::default()
    }
}

pub(super) fn push() -> Event {
    Event {
        kind: "request",
        tool: Some("Bash"),
        programs: vec!["git push"],
        destination: Some("github.com"),
        method: Some("push"),
        ok: Some(true),
        ..Event::default()
    }
}

/// A call that the person at the keyboard did not want.
pub(super) fn rejected(program: &'static str) -> Event {
    Event {
        kind: "permission",
        tool: Some("Bash"),
        programs: vec![program],
        decision: Some("rejected"),
        by: Some("person"),
        ..Event::default()
    }
}

impl Event {
    pub(super) fn within(self, repo: &'static str) -> Self {
        Self {
            repo: Some(repo),
            ..self
        }
    }

    pub(super) fn saying(self, summary: &'static str) -> Self {
        Self {
            summary: Some(summary),
            ..self
        }
    }

    /// Names the line of the collector's own log.
    pub(super) fn at_line(self, file: &str, line: u64) -> Self {
        Self {
            source: Some(super::format::Reference {
                file: file.to_owned(),
                line,
            }),
            ..self
        }
    }
}
