//! A session's page: what it is, what it is tied to, why it ranks where it does,
//! and the raw timeline.

use super::frame::{Frame, Section};
use super::grouped;
use super::item::{self, ItemView};
use super::map_view::{self, MapView};
use super::{not_recorded, recorded};
use crate::assess::signals::SignalId;
use crate::model::{
    Event, EventKind, Session, Status, Text, clock, date, duration_words, moment, offset, same_day,
};
use crate::reading::Read;
use crate::relate::Role;
use crate::render::address::{Leaf, Linker};
use crate::render::edition_site::SiteText;
use crate::render::html::Markup;
use anyhow::Result;
use serde::Serialize;

/// Events a page of the timeline.
pub const EVENTS_A_PAGE: usize = 300;
/// A pause of this many seconds becomes a row.
const GAP: i64 = 10 * 60;
/// A run of this many events of one kind and tool is folded.
const RUN: usize = 8;

/// How many pages a session with this many events has.
pub fn pages(events: usize) -> usize {
    events.div_ceil(EVENTS_A_PAGE).max(1)
}

#[derive(Serialize)]
struct View {
    frame: Frame,
    item: ItemView,
    role: &'static str,
    lead: Option<String>,
    fields: Vec<FieldView>,
    models: Vec<ModelView>,
    map: MapView,
    change: Option<String>,
    rows: Vec<TimelineRow>,
    events: usize,
    page: usize,
    pages: Vec<PageLink>,
    records: String,
    record_line: usize,
    not_recorded: Vec<Markup>,
}

#[derive(Serialize)]
struct FieldView {
    name: &'static str,
    value: Markup,
}

#[derive(Serialize)]
struct ModelView {
    name: Markup,
    requests: String,
    input: String,
    output: String,
    cache_read: String,
    cache_write: String,
    cost: String,
}

#[derive(Serialize)]
struct PageLink {
    href: String,
    number: usize,
    current: bool,
}

/// A row of the timeline: an event, a gap, or a folded run of events.
#[derive(Serialize)]
struct TimelineRow {
    gap: Option<String>,
    run: Option<String>,
    events: Vec<EventView>,
}

#[derive(Serialize)]
struct EventView {
    number: usize,
    date: Option<String>,
    time: String,
    offset: String,
    kind: &'static str,
    what: Markup,
    detail: Markup,
    failed: bool,
    marked: bool,
    source: Option<Markup>,
}

/// One page of a session, from 1.
pub fn page(linker: &Linker<'_>, text: &SiteText<'_>, read: &Read, page: usize) -> Result<Vec<u8>> {
    let edition = linker.of();
    let (index, session) = (read.index, &read.session);
    let title = format!(
        "Session {}",
        super::super::plain::printable(session.id.untrusted())
    );
    let link = |number| PageLink {
        href: linker.leaf(Leaf::Session(index, number)),
        number,
        current: number == page,
    };
    let view = View {
        frame: Frame::new(linker, text, &title, Section::Other),
        item: item::session_view(linker, 0, index),
        role: match edition.roles[index] {
            Role::Lead => "lead",
            Role::Folded { .. } => "folded",
            Role::Background => "background",
        },
        lead: match edition.roles[index] {
            Role::Folded { under } => Some(linker.session(under)),
            _ => None,
        },
        fields: fields(linker, index, session),
        models: session.models.iter().map(model).collect(),
        map: map_view::view(linker, index),
        change: change(linker, index),
        rows: timeline(linker, index, session, page),
        events: session.events.len(),
        page,
        pages: match pages(session.events.len()) {
            1 => Vec::new(),
            n => (1..=n).map(link).collect(),
        },
        records: linker.leaf(Leaf::Records),
        record_line: index + 1,
        not_recorded: missing(session),
    };
    text.theme.render("session.html", &view)
}

fn fields(linker: &Linker<'_>, index: usize, session: &Session) -> Vec<FieldView> {
    let facts = linker.of().facts(index);
    let when =
        |at: Option<jiff::Timestamp>| at.map_or_else(not_recorded, |at| Markup::words(&moment(at)));
    let user = match &facts.user {
        Some(user) => Markup::value(user),
        None if facts.user_said_unknown => Markup::words("unknown"),
        None => not_recorded(),
    };
    let mut all = vec![
        ("User", user),
        (
            "Agent",
            facts
                .agent_shown()
                .map_or_else(not_recorded, |a| Markup::value(&Text::new(&a))),
        ),
        ("Endpoint", recorded(facts.host.as_ref())),
        ("API key", recorded(facts.key_shown.as_ref())),
        ("Repository", recorded(session.workspace.repo.as_ref())),
        ("Branch", recorded(session.workspace.branch.as_ref())),
        ("Workspace", recorded(session.workspace.path.as_ref())),
        (
            "Permission mode",
            recorded(session.permission_mode.as_ref()),
        ),
        ("Status", Markup::words(session.status.word())),
        ("Started", when(session.started_at)),
        ("Last seen", when(facts.last_sign)),
        (
            "Ended",
            match session.status {
                Status::Active => Markup::words("still running"),
                Status::Ended => when(session.ended_at),
            },
        ),
        (
            "Duration",
            facts
                .duration_seconds
                .map_or_else(not_recorded, |s| Markup::words(&duration_words(s))),
        ),
        (
            "Cost",
            facts
                .cost
                .map_or_else(not_recorded, |c| Markup::words(&c.to_string())),
        ),
    ];
    if let Some(parent) = &session.parent {
        all.push(("Started by", Markup::value(parent)));
    }
    if let Some(source) = &session.source {
        all.push(("Source", Markup::value(source)));
    }
    if let Some(origin) = &session.user_origin {
        all.push(("User known from", Markup::value(origin)));
    }
    all.into_iter()
        .map(|(name, value)| FieldView { name, value })
        .collect()
}

fn model(used: &crate::model::ModelUse) -> ModelView {
    let count = |n: Option<u64>| n.map_or_else(|| "\u{2013}".to_owned(), grouped);
    ModelView {
        name: Markup::value(&used.name),
        requests: count(used.requests),
        input: count(used.input_tokens),
        output: count(used.output_tokens),
        cache_read: count(used.cache_read_tokens),
        cache_write: count(used.cache_write_tokens),
        cost: used
            .cost
            .map_or_else(|| "unpriced".to_owned(), |c| c.to_string()),
    }
}

/// What changed for a lead since the edition before.
fn change(linker: &Linker<'_>, index: usize) -> Option<String> {
    let edition = linker.of();
    let before = edition
        .since
        .edition
        .filter(|_| edition.roles[index] == Role::Lead)?;
    let word = if edition.since.new.contains(&index) {
        "new"
    } else if edition.since.grew.contains(&index) {
        "grew"
    } else if edition.since.eased.contains(&index) {
        "eased"
    } else if edition.since.reopened.contains(&index) {
        "reopened"
    } else {
        "unchanged"
    };
    Some(format!("{word} since edition {before}"))
}

fn missing(session: &Session) -> Vec<Markup> {
    let mut all = Vec::new();
    let mut absent = |is: bool, name: &str| {
        if is {
            all.push(Markup::words(name));
        }
    };
    absent(session.user.is_none(), "user");
    absent(session.host.is_none(), "host");
    absent(session.key.is_none(), "key");
    absent(session.agent.is_none(), "agent");
    absent(session.models.is_empty(), "model");
    absent(session.workspace.repo.is_none(), "repository");
    absent(session.permission_mode.is_none(), "permission mode");
    absent(session.cost.is_none(), "cost");
    absent(session.started_at.is_none(), "start");
    absent(
        session.ended_at.is_none() && session.status == Status::Ended,
        "end",
    );
    absent(session.events.is_empty(), "events");
    let known = [
        "user",
        "host",
        "key",
        "agent",
        "model",
        "cost",
        "events",
        "permission_mode",
    ];
    all.extend(
        session
            .not_recorded
            .iter()
            .filter(|f| !known.contains(&f.untrusted()))
            .map(Markup::value),
    );
    all
}

fn timeline(linker: &Linker<'_>, index: usize, session: &Session, page: usize) -> Vec<TimelineRow> {
    let start = (page - 1) * EVENTS_A_PAGE;
    let shown = &session.events
        [start.min(session.events.len())..(start + EVENTS_A_PAGE).min(session.events.len())];
    let window = linker.of().facts(index).window.as_ref();
    let inside = window.filter(|_| linker.of().verdicts[index].fired(SignalId::S8));
    let marked =
        |at: usize| inside.is_some_and(|w| (w.read as usize..=w.send as usize).contains(&at));
    let mut rows = Vec::new();
    let mut at = 0;
    while at < shown.len() {
        let before = if start + at == 0 {
            None
        } else {
            session.events[start + at - 1].at
        };
        if let Some(gap) = gap(before, shown[at].at) {
            rows.push(TimelineRow {
                gap: Some(gap),
                run: None,
                events: Vec::new(),
            });
        }
        let length = run_length(&shown[at..], |i| marked(start + at + i));
        let events: Vec<EventView> = (at..at + length)
            .map(|i| {
                let previous = if start + i == 0 {
                    None
                } else {
                    session.events[start + i - 1].at
                };
                event_view(session, start + i, &shown[i], previous, marked(start + i))
            })
            .collect();
        let run = (length > 1).then(|| {
            let tool = shown[at]
                .tool
                .as_ref()
                .map(|t| format!(" ({})", super::super::plain::printable(t.untrusted())));
            format!(
                "{length} \u{d7} {}{}",
                shown[at].kind.word(),
                tool.unwrap_or_default()
            )
        });
        rows.push(TimelineRow {
            gap: None,
            run,
            events,
        });
        at += length;
    }
    rows
}

/// How many events from here on make one row: a long run of the same, else one.
fn run_length(events: &[Event], marked: impl Fn(usize) -> bool) -> usize {
    let first = &events[0];
    let same = |e: &Event| {
        let close = gap(first.at, e.at).is_none() || e.at == first.at;
        e.kind == first.kind
            && e.tool == first.tool
            && e.ok != Some(false)
            && e.secret.is_none()
            && close
    };
    let plain = first.kind != EventKind::Permission && first.destination.is_none();
    let length = events
        .iter()
        .enumerate()
        .take_while(|(i, e)| same(e) && !marked(*i))
        .count();
    if plain && length >= RUN { length } else { 1 }
}

fn gap(before: Option<jiff::Timestamp>, now: Option<jiff::Timestamp>) -> Option<String> {
    let seconds = now?.as_second() - before?.as_second();
    (seconds >= GAP).then(|| format!("{} without an event", duration_words(seconds)))
}

fn event_view(
    session: &Session,
    at: usize,
    event: &Event,
    previous: Option<jiff::Timestamp>,
    marked: bool,
) -> EventView {
    let new_day = event
        .at
        .filter(|at| !previous.is_some_and(|before| same_day(before, *at)))
        .map(date);
    EventView {
        number: at + 1,
        date: new_day,
        time: event.at.map_or_else(|| "no time".to_owned(), clock),
        offset: match (event.at, session.started_at) {
            (Some(at), Some(start)) => offset(at.as_second() - start.as_second()),
            _ => String::new(),
        },
        kind: event.kind.word(),
        what: what(event),
        detail: detail(event),
        failed: event.ok == Some(false) || event.is_refusal(),
        marked,
        source: event.source.as_ref().map(|s| {
            let mut markup = Markup::value(&s.file);
            markup.push_words(&format!(" line {}", s.line));
            markup
        }),
    }
}

/// The thing an event is about, the most telling first.
fn what(event: &Event) -> Markup {
    let mut markup = Markup::default();
    let first = [&event.destination, &event.path, &event.tool, &event.mode]
        .into_iter()
        .flatten()
        .next();
    match (event.programs.as_slice(), first) {
        ([], Some(text)) => markup.push_value(text.untrusted()),
        ([], None) => {}
        (programs, _) => {
            for (i, program) in programs.iter().enumerate() {
                if i > 0 {
                    markup.push_words("; ");
                }
                markup.push_value(program.untrusted());
            }
        }
    }
    markup
}

/// Everything else that is recorded of an event.
fn detail(event: &Event) -> Markup {
    let mut markup = Markup::default();
    let mut part = |words: &str, text: Option<&Text>| {
        let Some(text) = text else { return };
        if !markup.as_str().is_empty() {
            markup.push_words(" \u{b7} ");
        }
        markup.push_words(words);
        markup.push_value(text.untrusted());
    };
    let with_programs = !event.programs.is_empty();
    part("", event.decision.as_ref());
    part("", event.method.as_ref());
    part(
        "",
        event
            .tool
            .as_ref()
            .filter(|_| event.destination.is_some() || event.path.is_some() || with_programs),
    );
    part("in ", event.repo.as_ref());
    part(
        "",
        event
            .path
            .as_ref()
            .filter(|_| event.destination.is_some() || with_programs),
    );
    part("to ", event.destination.as_ref().filter(|_| with_programs));
    part("", event.summary.as_ref());
    part("reason: ", event.reason.as_ref());
    let mut counts = Vec::new();
    counts.extend(event.bytes.map(|b| format!("{} bytes", grouped(b))));
    counts.extend(event.objects.map(|n| format!("{n} objects")));
    counts.extend((event.ok == Some(false)).then(|| "failed".to_owned()));
    counts.extend(event.outside.then(|| "from outside".to_owned()));
    counts.extend(event.secret.map(|s| format!("{} masked", s.kind)));
    if !counts.is_empty() {
        if !markup.as_str().is_empty() {
            markup.push_words(" \u{b7} ");
        }
        markup.push_words(&counts.join(" \u{b7} "));
    }
    markup
}
