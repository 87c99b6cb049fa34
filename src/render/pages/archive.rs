//! The archive: trends, a calendar, the latest editions, narratives over time; and a page
//! for each month, which no later month changes.

use super::counted;
use super::frame::{Frame, Section};
use super::trends::{TrendsView, day};
use crate::model::{EditionId, Sentence, Slot, date, moment};
use crate::relate::{State, Thread};
use crate::render::address::{Linker, Month, Root};
use crate::render::edition_site::{Listing, SiteText};
use crate::render::html::Markup;
use anyhow::Result;
use serde::Serialize;
use std::collections::BTreeMap;

/// Editions on the archive's own page.
const LATEST: usize = 31;
/// Narratives that are drawn.
const NARRATIVES: usize = 40;
/// Units of the drawing of a narrative.
const SPAN: f64 = 1_000.0;

#[derive(Serialize)]
struct View {
    frame: Frame,
    css: String,
    feed: String,
    trends: Option<TrendsView>,
    months: Vec<MonthView>,
    days: Vec<i8>,
    editions: Vec<EditionView>,
    latest: String,
    narratives: Vec<NarrativeView>,
    more_narratives: usize,
    count: String,
}

#[derive(Serialize)]
struct MonthView {
    name: String,
    href: String,
    days: Vec<Option<DayView>>,
}

#[derive(Serialize)]
struct DayView {
    href: String,
    /// Leads of the day's latest edition.
    leads: usize,
    label: String,
    shade: &'static str,
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

#[derive(Serialize)]
struct NarrativeView {
    id: String,
    asks: Markup,
    opened: Markup,
    ended: Markup,
    state: &'static str,
    x: String,
    width: String,
    is_open: bool,
}

#[derive(Serialize)]
struct MonthPage {
    frame: Frame,
    css: String,
    archive: String,
    before: Option<super::Link>,
    after: Option<super::Link>,
    editions: Vec<EditionView>,
    name: String,
    count: String,
}

/// The archive's page. The listings are in order, the oldest first.
pub fn page(linker: &Linker<'_>, text: &SiteText<'_>, listings: &[Listing]) -> Result<Vec<u8>> {
    let latest = listings.iter().rev().take(LATEST);
    let (narratives, more_narratives) = narratives(linker, listings);
    let view = View {
        frame: Frame::new(linker, text, "Archive", Section::Archive),
        css: linker.asset(text.theme.asset("archive.css")),
        feed: linker.root(Root::Feed),
        trends: TrendsView::of(linker, listings),
        months: months(linker, listings),
        days: (1..=31).collect(),
        editions: latest.map(|l| edition(linker, l)).collect(),
        latest: if listings.len() > LATEST {
            format!("The latest {LATEST} editions")
        } else {
            "Editions".to_owned()
        },
        narratives,
        more_narratives,
        count: counted(listings.len(), "edition", "editions"),
    };
    text.theme.render("archive.html", &view)
}

/// The page of one month.
pub fn month(
    linker: &Linker<'_>,
    text: &SiteText<'_>,
    listings: &[Listing],
    of: Month,
) -> Result<Vec<u8>> {
    let months = by_month(listings);
    let empty = Vec::new();
    let editions = months.get(&of).unwrap_or(&empty);
    let link = |month: &Month| super::Link {
        href: linker.root(Root::Month(*month)),
        text: Markup::words(&month.to_string()),
    };
    let name = of.to_string();
    let view = MonthPage {
        frame: Frame::of_past(
            linker,
            text,
            &format!("Editions of {name}"),
            Section::Archive,
            editions.last().map_or(linker.of().id(), |l| l.id),
        ),
        css: linker.asset(text.theme.asset("archive.css")),
        archive: linker.root(Root::Archive),
        before: months.range(..of).next_back().map(|(m, _)| link(m)),
        after: months.range(of..).nth(1).map(|(m, _)| link(m)),
        editions: editions.iter().rev().map(|l| edition(linker, l)).collect(),
        name,
        count: counted(editions.len(), "edition", "editions"),
    };
    text.theme.render("month.html", &view)
}

fn by_month(listings: &[Listing]) -> BTreeMap<Month, Vec<&Listing>> {
    let mut months: BTreeMap<Month, Vec<&Listing>> = BTreeMap::new();
    for listing in listings {
        let month = Month::of(listing.id);
        months.entry(month).or_default().push(listing);
    }
    months
}

fn edition(linker: &Linker<'_>, listing: &Listing) -> EditionView {
    EditionView {
        href: linker.edition(listing.id),
        id: listing.id.to_string(),
        taken_at: moment(listing.id.taken_at()),
        headline: listing.headline.clone(),
        bottom_line: listing.bottom_line.clone(),
        leads: listing.leads,
        sessions: listing.sessions,
        touched: listing.touched,
        cost: listing.cost.to_string(),
    }
}

/// A row a month, the newest first, with a cell a day.
fn months(linker: &Linker<'_>, listings: &[Listing]) -> Vec<MonthView> {
    let row = |(month, editions): (Month, Vec<&Listing>)| {
        let mut days: Vec<Option<DayView>> = (0..month.days()).map(|_| None).collect();
        let mut counts = vec![0; days.len()];
        for listing in editions {
            let at = day(listing).day() as usize - 1;
            counts[at] += 1;
            // The latest edition of a day speaks for it.
            days[at] = Some(DayView {
                href: linker.edition(listing.id),
                leads: listing.leads,
                label: format!(
                    "{}, {}: {}",
                    day(listing),
                    counted(counts[at], "edition", "editions"),
                    counted(listing.leads, "lead", "leads")
                ),
                shade: match listing.leads {
                    0 => "none",
                    1..=2 => "some",
                    _ => "many",
                },
            });
        }
        MonthView {
            name: month.to_string(),
            href: linker.root(Root::Month(month)),
            days,
        }
    };
    by_month(listings).into_iter().rev().map(row).collect()
}

/// Open narratives, and the ones that closed last, as bars over the time of the archive.
fn narratives(linker: &Linker<'_>, listings: &[Listing]) -> (Vec<NarrativeView>, usize) {
    let edition = linker.of();
    let told = edition.narratives.iter().map(|n| &n.thread);
    let mut threads: Vec<&Thread> = told.chain(&edition.past).collect();
    // Open ones first, then by when they closed, the latest first.
    threads.sort_by_key(|t| {
        let closed = t.closure.as_ref().map(|c| std::cmp::Reverse(c.edition));
        (closed, std::cmp::Reverse(t.opened), t.id.as_str())
    });
    let more = threads.len().saturating_sub(NARRATIVES);
    let now = edition.id().taken_at().as_second();
    let begin = listings
        .first()
        .map_or(now, |l| l.id.taken_at().as_second());
    let whole = (now - begin).max(1) as f64;
    let place = |at: EditionId| (at.taken_at().as_second() - begin) as f64 / whole * SPAN;
    let link = |at: EditionId| {
        let mut markup = Markup::default();
        markup.push_link(&linker.edition(at), &date(at.taken_at()));
        markup
    };
    let view = |thread: &&Thread| {
        let asks = thread.first().map_or_else(Markup::default, |question| {
            let slots = vec![Slot::words(question.kind.name()), question.subject.slot()];
            Markup::sentence(&Sentence::new("{kind} for {subject}", slots), linker)
        });
        let closed = thread.closure.as_ref().map(|c| c.edition);
        let (from, to) = (place(thread.opened), closed.map_or(SPAN, place));
        // Also what opened and closed in one edition can be seen.
        let width = (to - from).max(SPAN / 100.0);
        let state: State = thread.state(edition.context.now());
        NarrativeView {
            id: thread.id.clone(),
            asks,
            opened: link(thread.opened),
            ended: closed.map_or_else(|| Markup::words(state.words()), link),
            state: state.words(),
            x: format!("{:.0}", from.min(SPAN - width).max(0.0)),
            width: format!("{width:.0}"),
            is_open: thread.closure.is_none(),
        }
    };
    (threads.iter().take(NARRATIVES).map(view).collect(), more)
}
