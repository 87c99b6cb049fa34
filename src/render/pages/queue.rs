//! The queue: every lead and window with its whole explanation, then what to keep watching.

use super::Link;
use super::frame::{Frame, Section};
use super::item::{self, ItemView};
use super::ledger::{self, RowView};
use super::narrative::{NarrativeView, narrative_view};
use crate::relate::{Edition, decision_words};
use crate::render::address::{Leaf, Linker};
use crate::render::edition_site::SiteText;
use crate::render::html::Markup;
use anyhow::Result;
use serde::Serialize;

/// Items a page; "keep watching" stands on the last page.
const ITEMS: usize = 25;
/// Rows of "keep watching" that are shown; the rest stands in the ledger.
const WATCHING: usize = 100;

/// How many pages the queue has.
pub fn pages(edition: &Edition<'_>) -> usize {
    edition.queue.len().div_ceil(ITEMS).max(1)
}

#[derive(Serialize)]
struct View {
    frame: Frame,
    items: Vec<ItemView>,
    total: usize,
    leads: usize,
    windows: usize,
    page: usize,
    previous: Option<String>,
    next: Option<String>,
    watching: Vec<RowView>,
    watching_total: usize,
    decided: Vec<DecidedView>,
    decided_total: usize,
    suppressed: usize,
    narratives: Vec<NarrativeView>,
    narratives_total: usize,
    background: usize,
    sessions: usize,
    ledger: String,
}

/// A session that would lead but for a decision.
#[derive(Serialize)]
struct DecidedView {
    session: Link,
    priority: u32,
    decision: Markup,
    file: String,
}

fn decided(linker: &Linker<'_>, session: usize) -> DecidedView {
    let edition = linker.of();
    let facts = edition.facts(session);
    let on_it = edition.context.decision_on(facts);
    let closure = edition
        .narrative_of(session)
        .and_then(|n| n.thread.closure.as_ref());
    let (decision, file) = match (on_it, closure) {
        (Some(d), _) => (Markup::sentence(&decision_words(d), linker), d.file.clone()),
        (None, Some(c)) => (
            Markup::sentence(&c.because, linker),
            c.decisions.iter().cloned().collect::<Vec<_>>().join(", "),
        ),
        (None, None) => (Markup::default(), String::new()),
    };
    DecidedView {
        session: Link {
            href: linker.session(session),
            text: Markup::value(&facts.id),
        },
        priority: edition.verdicts[session].shown,
        decision,
        file,
    }
}

/// One page of the queue, from 1.
pub fn page(linker: &Linker<'_>, text: &SiteText<'_>, page: usize) -> Result<Vec<u8>> {
    let edition = linker.of();
    let start = (page - 1) * ITEMS;
    let last = page == pages(edition);
    let shown = edition.queue.iter().enumerate().skip(start).take(ITEMS);
    let watching = edition
        .watching
        .iter()
        .enumerate()
        .take(if last { WATCHING } else { 0 });
    let view = View {
        frame: Frame::new(linker, text, "Priority Queue", Section::Queue),
        items: shown.map(|(i, it)| item::view(linker, i + 1, it)).collect(),
        total: edition.queue.len(),
        leads: edition.leads.len(),
        windows: edition.windows().count(),
        page,
        previous: (page > 1).then(|| linker.leaf(Leaf::Queue(page - 1))),
        next: (!last).then(|| linker.leaf(Leaf::Queue(page + 1))),
        watching: watching
            .map(|(i, s)| ledger::row(linker, i + 1, *s))
            .collect(),
        watching_total: edition.watching.len(),
        decided: edition
            .decided
            .iter()
            .take(if last { WATCHING } else { 0 })
            .map(|s| decided(linker, *s))
            .collect(),
        decided_total: edition.decided.len(),
        suppressed: edition.suppressed,
        narratives: edition
            .narratives
            .iter()
            .take(if last { WATCHING } else { 0 })
            .map(|n| narrative_view(linker, n, usize::MAX))
            .collect(),
        narratives_total: edition.narratives.len(),
        background: edition.background(),
        sessions: edition.reading.facts.len(),
        ledger: linker.leaf(Leaf::Ledger(1)),
    };
    text.theme.render("queue.html", &view)
}
