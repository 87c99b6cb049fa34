//! Every edition, the newest first.

use super::counted;
use super::frame::{Frame, Section};
use crate::model::moment;
use crate::render::address::Linker;
use crate::render::edition_site::{Listing, SiteText};
use anyhow::Result;
use serde::Serialize;

#[derive(Serialize)]
struct View {
    frame: Frame,
    editions: Vec<EditionView>,
    count: String,
}

#[derive(Serialize)]
struct EditionView {
    href: String,
    id: String,
    taken_at: String,
    headline: String,
    bottom_line: String,
    leads: usize,
    sessions: usize,
    touched: usize,
    cost: String,
}

/// The archive's page.
pub fn page(linker: &Linker<'_>, text: &SiteText<'_>, listings: &[Listing]) -> Result<Vec<u8>> {
    let mut editions: Vec<&Listing> = listings.iter().collect();
    editions.sort_by_key(|l| std::cmp::Reverse(l.id));
    let edition = |l: &&Listing| EditionView {
        href: linker.edition(l.id),
        id: l.id.to_string(),
        taken_at: moment(l.id.taken_at()),
        headline: l.headline.clone(),
        bottom_line: l.bottom_line.clone(),
        leads: l.leads,
        sessions: l.sessions,
        touched: l.touched,
        cost: l.cost.to_string(),
    };
    let view = View {
        frame: Frame::new(linker, text, "Archive", Section::Archive),
        count: counted(editions.len(), "edition", "editions"),
        editions: editions.iter().map(edition).collect(),
    };
    text.theme.render("archive.html", &view)
}
