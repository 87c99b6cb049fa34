//! A session's page: what it is, what it is tied to, why it ranks where it does,
//! and the raw timeline.

use super::frame::{Frame, Section};
use super::grouped;
use super::item::{self, ItemView};
use super::map_view::{self, MapView};
use super::timeline::{Stretch, timeline};
use super::{named, not_recorded, recorded, user};
use crate::model::{EntityKind, Session, Status, Text, duration_words, moment};
use crate::reading::Read;
use crate::relate::Role;
use crate::render::address::{Leaf, Linker};
use crate::render::edition_site::SiteText;
use crate::render::html::Markup;
use anyhow::Result;
use serde::Serialize;

/// Events a page of the timeline.
pub const EVENTS_A_PAGE: usize = 300;

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
    timeline: Vec<Stretch>,
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
            Role::Decided => "decided",
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
        timeline: timeline(linker, index, session, page),
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
    let mut all = vec![
        ("User", user(linker, facts)),
        (
            "Agent",
            facts
                .agent_shown()
                .map_or_else(not_recorded, |a| Markup::value(&Text::new(&a))),
        ),
        (
            "Endpoint",
            named(linker, EntityKind::Host, facts.host.as_ref()),
        ),
        ("API key", recorded(facts.key_shown.as_ref())),
        (
            "Repository",
            named(linker, EntityKind::Repo, session.workspace.repo.as_ref()),
        ),
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
    let before = edition.changes.against?;
    let change = edition.changes.of_session(&edition.facts(index).id)?;
    let words = format!("{} since edition {before}", change.turn.word());
    Some(match change.parts {
        Some(parts) => format!("{words}: {}", super::changes::parts_words(parts)),
        None => words,
    })
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
