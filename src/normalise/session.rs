//! One session, typed.

use super::{Moment, redact};
use crate::model::{
    Agent, Event, EventKind, Host, Key, ModelUse, Money, RefusedBy, Session, Snapshot, SourceRef,
    Status, Text, User, Workspace,
};
use crate::source::limits;
use crate::source::snapshot::wire;
use jiff::{SignedDuration, Timestamp};

/// A session is active when it was seen this long before its snapshot was taken.
const IDLE: SignedDuration = SignedDuration::from_mins(15);

/// Why a session cannot be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Field it is about, as named in the format.
    pub field: &'static str,
    /// What is wrong with it, as the rest of a sentence.
    pub what: String,
}

impl Problem {
    fn new(field: &'static str, what: impl Into<String>) -> Self {
        Self {
            field,
            what: what.into(),
        }
    }
}

/// Types a session that has passed the border.
pub fn session(raw: &wire::Session, snapshot: &Snapshot) -> Result<Session, Problem> {
    let id = raw.id.as_deref().filter(|id| !id.trim().is_empty());
    let id = id.ok_or_else(|| Problem::new("id", "is missing"))?;
    if id.chars().count() > limits::ID_CHARS {
        return Err(Problem::new(
            "id",
            format!("is longer than {} characters", limits::ID_CHARS),
        ));
    }
    let started_at = moment("started_at", raw.started_at.as_deref())?;
    let last_seen_at = moment("last_seen_at", raw.last_seen_at.as_deref())?;
    let ended_at = moment("ended_at", raw.ended_at.as_deref())?;
    let mut events = raw
        .events
        .iter()
        .map(event)
        .collect::<Result<Vec<_>, _>>()?;
    // Stable: events without a time stay behind the one they were recorded after.
    let clock_back_seconds = order(&mut events);
    let workspace = raw.workspace.as_ref();
    let of_workspace =
        |f: fn(&wire::Workspace) -> &Option<String>| workspace.and_then(|w| text(f(w).as_ref()));
    Ok(Session {
        id: Text::new(id),
        status: status(raw.status.as_deref(), ended_at, last_seen_at, snapshot)?,
        started_at,
        last_seen_at,
        ended_at,
        user: raw.user.as_ref().and_then(|u| {
            Some(User {
                name: text(u.name.as_ref())?,
                authenticated: u.authenticated,
            })
        }),
        host: raw.host.as_ref().and_then(host),
        key: raw.key.as_ref().and_then(key),
        agent: raw.agent.as_ref().and_then(|a| {
            Some(Agent {
                name: text(a.name.as_ref())?,
                version: text(a.version.as_ref()),
            })
        }),
        models: models(&raw.models)?,
        workspace: Workspace {
            repo: of_workspace(|w| &w.repo),
            branch: of_workspace(|w| &w.branch),
            path: of_workspace(|w| &w.path),
        },
        permission_mode: text(raw.permission_mode.as_ref()),
        parent: text(raw.parent.as_ref()),
        cost: money("cost_usd", raw.cost_usd.as_deref())?,
        events,
        clock_back_seconds,
        not_recorded: raw.not_recorded.iter().map(|t| Text::new(t)).collect(),
        source: raw.origin.as_ref().and_then(|o| text(o.source.as_ref())),
        user_origin: raw.origin.as_ref().and_then(|o| text(o.user.as_ref())),
    })
}

fn status(
    said: Option<&str>,
    ended_at: Option<Timestamp>,
    last_seen_at: Option<Timestamp>,
    snapshot: &Snapshot,
) -> Result<Status, Problem> {
    match said {
        Some("active") => Ok(Status::Active),
        Some("ended") => Ok(Status::Ended),
        Some(_) => Err(Problem::new("status", "is neither `active` nor `ended`")),
        None if ended_at.is_some() => Ok(Status::Ended),
        None => {
            let seen = last_seen_at.is_some_and(|at| snapshot.taken_at.duration_since(at) <= IDLE);
            Ok(if seen { Status::Active } else { Status::Ended })
        }
    }
}

fn host(raw: &wire::Host) -> Option<Host> {
    let host = Host {
        name: text(raw.name.as_ref()),
        address: text(raw.address.as_ref()),
    };
    host.identity().is_some().then_some(host)
}

fn key(raw: &wire::Key) -> Option<Key> {
    let key = Key {
        hint: text(raw.hint.as_ref()),
        kind: text(raw.kind.as_ref()),
        fingerprint: text(raw.fingerprint.as_ref()),
    };
    key.identity().is_some().then_some(key)
}

fn models(raw: &[wire::ModelUse]) -> Result<Vec<ModelUse>, Problem> {
    let mut models = Vec::with_capacity(raw.len());
    for m in raw {
        let Some(name) = text(m.name.as_ref()) else {
            continue;
        };
        models.push(ModelUse {
            name,
            requests: m.requests,
            input_tokens: m.input_tokens,
            output_tokens: m.output_tokens,
            cache_read_tokens: m.cache_read_tokens,
            cache_write_tokens: m.cache_write_tokens,
            cost: money("cost_usd", m.cost_usd.as_deref())?,
        });
    }
    Ok(models)
}

fn event(raw: &wire::Event) -> Result<Event, Problem> {
    let kind = raw.kind.as_deref().unwrap_or("other");
    let kind = EventKind::WORDS
        .iter()
        .find(|(word, _)| *word == kind)
        .map_or(EventKind::Other, |(_, kind)| *kind);
    let mut event = Event {
        at: moment("at", raw.at.as_deref())?,
        kind,
        tool: text(raw.tool.as_ref()),
        programs: raw
            .programs
            .iter()
            .filter(|p| !p.is_empty())
            .map(|p| Text::new(p))
            .collect(),
        repo: text(raw.repo.as_ref()),
        path: text(raw.path.as_ref()),
        destination: text(raw.destination.as_ref()),
        method: text(raw.method.as_ref()),
        bytes: raw.bytes,
        objects: raw.objects,
        ok: raw.ok,
        outside: raw.outside == Some(true),
        decision: text(raw.decision.as_ref()),
        by: raw.by.as_deref().and_then(refused_by),
        reason: text(raw.reason.as_ref()),
        mode: text(raw.mode.as_ref()),
        summary: text(raw.summary.as_ref()),
        secret: None,
        source: raw.source.as_ref().and_then(|r| {
            Some(SourceRef {
                file: text(r.file.as_ref())?,
                line: r.line?,
            })
        }),
    };
    event.secret = secret(&event);
    Ok(event)
}

/// A secret that was masked anywhere in this event.
fn secret(event: &Event) -> Option<crate::model::Secret> {
    let texts = [
        &event.summary,
        &event.path,
        &event.destination,
        &event.reason,
        &event.tool,
    ];
    let texts = texts.into_iter().flatten().chain(&event.programs);
    texts.map(Text::untrusted).find_map(redact::masked_secret)
}

fn refused_by(word: &str) -> Option<RefusedBy> {
    match word {
        "policy" | "rule" | "hook" => Some(RefusedBy::Policy),
        "classifier" => Some(RefusedBy::Classifier),
        "model" => Some(RefusedBy::Model),
        "sandbox" => Some(RefusedBy::Sandbox),
        "person" | "user" => Some(RefusedBy::Person),
        _ => None,
    }
}

/// Orders events by time; one without a time keeps its place after its predecessor.
/// Tells how far the times went back at most, in seconds.
fn order(events: &mut Vec<Event>) -> i64 {
    let mut latest = Timestamp::MIN;
    let mut back = 0;
    for at in events.iter().filter_map(|e| e.at) {
        if at < latest {
            back = back.max(latest.as_second() - at.as_second());
        }
        latest = latest.max(at);
    }
    if events.iter().filter_map(|e| e.at).is_sorted() {
        return 0;
    }
    let mut last = Timestamp::MIN;
    let mut keyed: Vec<(Timestamp, Event)> = Vec::with_capacity(events.len());
    for event in events.drain(..) {
        last = event.at.unwrap_or(last);
        keyed.push((last, event));
    }
    keyed.sort_by_key(|(at, _)| *at);
    events.extend(keyed.into_iter().map(|(_, event)| event));
    back
}

fn text(raw: Option<&String>) -> Option<Text> {
    raw.map(String::as_str)
        .filter(|t| !t.trim().is_empty())
        .map(Text::new)
}

fn moment(field: &'static str, raw: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    raw.map(Moment::parse)
        .transpose()
        .map_err(|e| Problem::new(field, e.words()))
}

fn money(field: &'static str, raw: Option<&str>) -> Result<Option<Money>, Problem> {
    raw.map(str::parse)
        .transpose()
        .map_err(|e: crate::model::MoneyError| Problem::new(field, format!("is {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_measured_in_characters() {
        let at = Timestamp::UNIX_EPOCH;
        let snapshot = Snapshot {
            taken_at: at,
            window: crate::model::Window { start: at, end: at },
            sources: Vec::new(),
        };
        let read = |id: String| {
            let id = Some(id);
            let raw = wire::Session {
                id,
                ..wire::Session::default()
            };
            session(&raw, &snapshot)
        };
        assert!(read("\u{e9}".repeat(limits::ID_CHARS)).is_ok());
        assert!(read("e".repeat(limits::ID_CHARS + 1)).is_err());
    }
}
