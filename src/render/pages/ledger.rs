//! The full listing, ordered by significance: pages of 250 rows, CSV, JSON Lines.

use super::frame::{Frame, Section};
use super::item::band_class;
use super::{named, not_recorded, recorded, user};
use crate::assess::Facts;
use crate::model::{EntityKind, duration_words, moment};
use crate::relate::{Edition, Role};
use crate::render::address::{Leaf, Linker};
use crate::render::edition_site::SiteText;
use crate::render::html::Markup;
use crate::render::plain::csv_cell;
use anyhow::Result;
use serde::Serialize;
use std::io::Write;

/// Rows a page.
pub const ROWS: usize = 250;

/// How many pages the listing has.
pub fn pages(edition: &Edition<'_>) -> usize {
    edition.order.len().div_ceil(ROWS).max(1)
}

/// One row.
#[derive(Debug, Serialize)]
pub struct RowView {
    place: usize,
    href: String,
    id: Markup,
    user: Markup,
    agent: Markup,
    endpoint: Markup,
    model: Markup,
    key: Markup,
    status: &'static str,
    started: String,
    duration: String,
    cost: String,
    priority: u32,
    band: &'static str,
    band_class: &'static str,
    role: &'static str,
}

/// A session as the row of this place (from 1) in the listing.
pub fn row(linker: &Linker<'_>, place: usize, session: usize) -> RowView {
    let edition = linker.of();
    let facts = edition.facts(session);
    let verdict = &edition.verdicts[session];
    RowView {
        place,
        href: linker.session(session),
        id: Markup::value(&facts.id),
        user: user(linker, facts),
        agent: facts.agent_shown().map_or_else(not_recorded, |a| {
            Markup::value(&crate::model::Text::new(&a))
        }),
        endpoint: named(linker, EntityKind::Host, facts.host.as_ref()),
        model: recorded(facts.models.first()).and_more(facts.models.len()),
        key: recorded(facts.key_shown.as_ref()),
        status: facts.status.word(),
        started: facts
            .started_at
            .map_or_else(|| "not recorded".to_owned(), moment),
        duration: facts
            .duration_seconds
            .map_or_else(|| "not recorded".to_owned(), duration_words),
        cost: facts
            .cost
            .map_or_else(|| "not recorded".to_owned(), |c| c.to_string()),
        priority: verdict.shown,
        band: verdict.band().words(),
        band_class: band_class(verdict.band()),
        role: role(edition, session),
    }
}

fn role(edition: &Edition<'_>, session: usize) -> &'static str {
    match edition.roles[session] {
        Role::Lead => "lead",
        Role::Folded { .. } => "folded",
        Role::Decided => "decided",
        Role::Background => "",
    }
}

#[derive(Serialize)]
struct View {
    frame: Frame,
    rows: Vec<RowView>,
    page: usize,
    pages: Vec<PageLink>,
    total: usize,
    first: usize,
    last: usize,
    active: usize,
    users: usize,
    cost: String,
    csv: String,
    jsonl: String,
    records: String,
}

#[derive(Serialize)]
struct PageLink {
    href: String,
    number: usize,
    current: bool,
}

/// One page of the listing, from 1.
pub fn page(linker: &Linker<'_>, text: &SiteText<'_>, page: usize) -> Result<Vec<u8>> {
    let edition = linker.of();
    let start = (page - 1) * ROWS;
    let shown: Vec<usize> = edition
        .order
        .iter()
        .copied()
        .skip(start)
        .take(ROWS)
        .collect();
    let rows: Vec<RowView> = shown
        .iter()
        .enumerate()
        .map(|(i, s)| row(linker, start + i + 1, *s))
        .collect();
    let link = |number| PageLink {
        href: linker.leaf(Leaf::Ledger(number)),
        number,
        current: number == page,
    };
    let view = View {
        frame: Frame::new(linker, text, "Raw Session Ledger", Section::Ledger),
        page,
        pages: (1..=pages(edition)).map(link).collect(),
        total: edition.order.len(),
        first: if rows.is_empty() { 0 } else { start + 1 },
        last: start + rows.len(),
        rows,
        active: edition.count(crate::model::Status::Active),
        users: edition.unique_users(),
        cost: edition.total_cost().to_string(),
        csv: linker.leaf(Leaf::LedgerCsv),
        jsonl: linker.leaf(Leaf::LedgerJsonl),
        records: linker.leaf(Leaf::Records),
    };
    text.theme.render("ledger.html", &view)
}

/// One session in data form.
#[derive(Serialize)]
struct Data<'a> {
    id: &'a str,
    priority: u32,
    band: &'static str,
    role: &'static str,
    status: &'static str,
    user: Option<&'a str>,
    agent: Option<String>,
    endpoint: Option<&'a str>,
    models: Vec<&'a str>,
    key: Option<&'a str>,
    repo: Option<&'a str>,
    started_at: Option<String>,
    last_seen_at: Option<String>,
    duration_seconds: Option<i64>,
    cost_usd: Option<String>,
    events: u32,
    trust: &'static str,
    consequence: &'static str,
    confidence: &'static str,
    page: String,
}

fn data<'a>(linker: &Linker<'a>, session: usize) -> Data<'a> {
    let edition = linker.of();
    let facts: &Facts = edition.facts(session);
    let verdict = &edition.verdicts[session];
    let text = |t: &'a Option<crate::model::Text>| t.as_ref().map(crate::model::Text::untrusted);
    Data {
        id: facts.id.untrusted(),
        priority: verdict.shown,
        band: verdict.band().words(),
        role: match role(edition, session) {
            "" => "background",
            role => role,
        },
        status: facts.status.word(),
        user: text(&facts.user).or(facts.user_said_unknown.then_some("unknown")),
        agent: facts.agent_shown(),
        endpoint: text(&facts.host),
        models: facts
            .models
            .iter()
            .map(crate::model::Text::untrusted)
            .collect(),
        key: text(&facts.key_shown),
        repo: facts.repos.first().map(crate::model::Text::untrusted),
        started_at: facts.started_at.map(|t| t.to_string()),
        last_seen_at: facts.last_sign.map(|t| t.to_string()),
        duration_seconds: facts.duration_seconds,
        cost_usd: facts.cost.map(crate::model::Money::exact),
        events: facts.events,
        trust: verdict.trust.word(),
        consequence: facts.stake.level.word(),
        confidence: verdict.confidence.word(),
        page: linker.session(session),
    }
}

/// The listing as JSON Lines, in its order.
pub fn jsonl(linker: &Linker<'_>, out: &mut dyn Write) -> Result<()> {
    for session in &linker.of().order {
        serde_json::to_writer(&mut *out, &data(linker, *session))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// The listing as CSV, in its order.
pub fn csv(linker: &Linker<'_>, out: &mut dyn Write) -> Result<()> {
    const COLUMNS: &str = "id,priority,band,role,status,user,agent,endpoint,models,key,repo,started_at,last_seen_at,\
                           duration_seconds,cost_usd,events,trust,consequence,confidence,page";
    writeln!(out, "{COLUMNS}")?;
    for session in &linker.of().order {
        let d = data(linker, *session);
        let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        let cells = [
            csv_cell(d.id),
            d.priority.to_string(),
            d.band.to_owned(),
            d.role.to_owned(),
            d.status.to_owned(),
            csv_cell(d.user.unwrap_or_default()),
            csv_cell(&d.agent.unwrap_or_default()),
            csv_cell(d.endpoint.unwrap_or_default()),
            csv_cell(&d.models.join(" ")),
            csv_cell(d.key.unwrap_or_default()),
            csv_cell(d.repo.unwrap_or_default()),
            d.started_at.unwrap_or_default(),
            d.last_seen_at.unwrap_or_default(),
            number(d.duration_seconds),
            d.cost_usd.unwrap_or_default(),
            d.events.to_string(),
            d.trust.to_owned(),
            d.consequence.to_owned(),
            d.confidence.to_owned(),
            d.page,
        ];
        writeln!(out, "{}", cells.join(","))?;
    }
    Ok(())
}
