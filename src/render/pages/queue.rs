//! The queue: every lead and window with its whole explanation, then what to keep watching.

use super::frame::{Frame, Section};
use super::item::{self, ItemView};
use super::ledger::{self, RowView};
use crate::relate::Edition;
use crate::render::address::{Leaf, Linker};
use crate::render::edition_site::SiteText;
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
    background: usize,
    sessions: usize,
    ledger: String,
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
        background: edition.background(),
        sessions: edition.reading.facts.len(),
        ledger: linker.leaf(Leaf::Ledger(1)),
    };
    text.theme.render("queue.html", &view)
}
