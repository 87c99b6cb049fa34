//! The feed of editions: Atom (RFC 4287), the newest first.

use crate::render::address::Linker;
use crate::render::edition_site::{Listing, SiteText};
use anyhow::Result;
use serde::Serialize;

/// Entries of a feed: more than a reader that looks in every month needs.
const ENTRIES: usize = 50;

#[derive(Serialize)]
struct View {
    title: String,
    updated: String,
    version: &'static str,
    entries: Vec<EntryView>,
}

#[derive(Serialize)]
struct EntryView {
    id: String,
    href: String,
    title: String,
    updated: String,
    summary: String,
}

/// The feed. The listings are in order, the oldest first.
pub fn page(linker: &Linker<'_>, text: &SiteText<'_>, listings: &[Listing]) -> Result<Vec<u8>> {
    let entry = |l: &Listing| EntryView {
        id: l.id.to_string(),
        href: linker.edition(l.id),
        title: l.headline.clone(),
        updated: l.id.taken_at().to_string(),
        summary: characters(&l.bottom_line),
    };
    let view = View {
        title: characters(text.title),
        updated: linker.of().id().taken_at().to_string(),
        version: env!("CARGO_PKG_VERSION"),
        entries: listings.iter().rev().take(ENTRIES).map(entry).collect(),
    };
    text.theme.render("feed.xml", &view)
}

/// Without the characters that XML 1.0 has no place for.
fn characters(text: &str) -> String {
    let is_allowed = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(is_allowed).collect()
}
