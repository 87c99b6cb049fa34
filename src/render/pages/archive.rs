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
/// Months that are drawn day by day.
const BY_DAY: usize = 12;
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
    years: Vec<YearView>,
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
    days: Vec<Option<CellView>>,
}

#[derive(Serialize)]
struct YearView {
    name: i16,
    months: Vec<Option<CellView>>,
}

/// A day by its latest edition, or a month by the mean of its editions.
#[derive(Serialize)]
struct CellView {
    href: String,
    leads: String,
    label: String,
    shade: &'static str,
}

impl CellView {
    /// Of a time that has so many editions; its leads as a number, as they are shown, and in
    /// words.
    fn new(href: String, time: &str, editions: usize, leads: (f64, String, String)) -> Self {
        let (value, leads, words) = leads;
        let editions = counted(editions, "edition", "editions");
        Self {
            href,
            leads,
            label: format!("{time}, {editions}: {words}"),
            shade: match value {
                ..0.5 => "none",
                ..2.5 => "some",
                _ => "many",
            },
        }
    }
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
    let months: Vec<(Month, Vec<&Listing>)> = by_month(listings).into_iter().collect();
    let (earlier, by_day) = months.split_at(months.len().saturating_sub(BY_DAY));
    let by_day = by_day.iter().rev();
    let view = View {
        frame: Frame::new(linker, text, "Archive", Section::Archive),
        css: linker.asset(text.theme.asset("archive.css")),
        feed: linker.root(Root::Feed),
        trends: TrendsView::of(linker, listings),
        months: by_day.map(|(m, of)| days(linker, *m, of)).collect(),
        days: (1..=31).collect(),
        years: years(linker, earlier),
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
fn days(linker: &Linker<'_>, month: Month, editions: &[&Listing]) -> MonthView {
    let mut days: Vec<Option<CellView>> = (0..month.days()).map(|_| None).collect();
    for of_day in editions.chunk_by(|a, b| day(a) == day(b)) {
        // The latest edition of a day speaks for it.
        let latest = of_day[of_day.len() - 1];
        let (day, href) = (day(latest), linker.edition(latest.id));
        let words = counted(latest.leads, "lead", "leads");
        let leads = (latest.leads as f64, latest.leads.to_string(), words);
        let cell = CellView::new(href, &day.to_string(), of_day.len(), leads);
        days[day.day() as usize - 1] = Some(cell);
    }
    MonthView {
        name: month.to_string(),
        href: linker.root(Root::Month(month)),
        days,
    }
}

/// A row a year, the newest first, with a cell a month.
fn years(linker: &Linker<'_>, months: &[(Month, Vec<&Listing>)]) -> Vec<YearView> {
    let year = |month: Month| month.in_year().0;
    let rows = months.chunk_by(|a, b| year(a.0) == year(b.0));
    let row = |of_year: &[(Month, Vec<&Listing>)]| {
        let mut months: Vec<Option<CellView>> = (0..12).map(|_| None).collect();
        for (month, editions) in of_year {
            let leads: usize = editions.iter().map(|l| l.leads).sum();
            let tenths = (leads as f64 / editions.len() as f64 * 10.0).round();
            let mean = tenths / 10.0;
            let (name, href) = (month.to_string(), linker.root(Root::Month(*month)));
            let words = format!("{mean:.1} leads in the mean");
            let leads = (mean, format!("{mean:.1}"), words);
            let cell = CellView::new(href, &name, editions.len(), leads);
            months[month.in_year().1 as usize - 1] = Some(cell);
        }
        YearView {
            name: year(of_year[0].0),
            months,
        }
    };
    rows.rev().map(row).collect()
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
