//! The brief: the answer first, the reasons second, the rows last.

use super::changes as changes_page;
use super::frame::{Frame, Section};
use super::item::{self, ItemView};
use super::ledger::{self, RowView};
use super::map_view::{self, MapView};
use super::provenance::ProvenanceView;
use super::{Link, counted};
use crate::model::{Status, moment, span_words};
use crate::relate::queue;
use crate::relate::{Edition, Item, Turn, subject};
use crate::render::address::{Leaf, Linker};
use crate::render::edition_site::{Provenance, SiteText};
use crate::render::html::Markup;
use crate::render::markdown;
use anyhow::Result;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Queue items on the brief; the rest stand on the queue page.
const ITEMS: usize = 5;
/// Ledger rows on the brief.
const ROWS: usize = 10;

#[derive(Serialize)]
struct View {
    frame: Frame,
    headline: String,
    bottom_line: Vec<ClauseView>,
    since: SinceView,
    answer: Option<Answer>,
    cards: Vec<Card>,
    items: Vec<ItemView>,
    more_items: usize,
    queue: String,
    map: Option<RepresentativeView>,
    totals: Vec<Card>,
    rows: Vec<RowView>,
    more_rows: usize,
    ledger: String,
    raw_detail: Option<String>,
    why: Prose,
    coverage: Coverage,
    provenance: ProvenanceView,
    quiet: Option<String>,
}

#[derive(Serialize)]
struct ClauseView {
    before: &'static str,
    words: String,
    href: String,
}

#[derive(Serialize)]
struct SinceView {
    first: bool,
    before: Option<Link>,
    /// Why the comparison is to be taken with care.
    cautions: Vec<String>,
    changes: String,
    parts: Vec<SincePart>,
    unchanged: usize,
}

#[derive(Serialize)]
struct SincePart {
    word: &'static str,
    count: usize,
    links: Vec<Link>,
}

#[derive(Serialize)]
struct Answer {
    title: String,
    href: String,
    session: Markup,
}

#[derive(Serialize)]
struct Card {
    label: String,
    value: String,
    note: String,
}

#[derive(Serialize)]
struct RepresentativeView {
    session: Markup,
    href: String,
    timeline: String,
    subject: Markup,
    status: &'static str,
    trust: &'static str,
    consequence: &'static str,
    map: MapView,
}

#[derive(Serialize)]
struct Prose {
    title: String,
    body: Markup,
}

#[derive(Serialize)]
pub(super) struct Coverage {
    cut_off: String,
    window: String,
    pub(super) sources: Vec<String>,
    read: usize,
    quarantined: u64,
    notes: Vec<String>,
}

/// The brief's page.
pub fn page(linker: &Linker<'_>, text: &SiteText<'_>, provenance: &Provenance) -> Result<Vec<u8>> {
    let edition = linker.of();
    let headline = headline(edition);
    let why = text.content.get("why-sessions");
    let view = View {
        frame: Frame::new(linker, text, &headline, Section::Brief),
        provenance: ProvenanceView::of(provenance),
        bottom_line: bottom_line(linker),
        since: since(linker),
        answer: answer(linker),
        cards: cards(edition),
        items: items(linker),
        more_items: edition.queue.len().saturating_sub(ITEMS),
        queue: linker.leaf(Leaf::Queue(1)),
        map: edition.representative().map(|s| representative(linker, s)),
        totals: totals(edition),
        rows: edition
            .order
            .iter()
            .take(ROWS)
            .enumerate()
            .map(|(i, s)| ledger::row(linker, i + 1, *s))
            .collect(),
        more_rows: edition.order.len().saturating_sub(ROWS),
        ledger: linker.leaf(Leaf::Ledger(1)),
        raw_detail: edition.representative().map(|s| linker.session(s)),
        why: Prose {
            title: why.map(|p| p.title.clone()).unwrap_or_default(),
            body: why
                .map(|p| markdown::prose(&p.body, linker.to_root()))
                .unwrap_or_default(),
        },
        coverage: coverage(edition),
        quiet: edition.leads.is_empty().then(|| quiet(edition)),
        headline,
    };
    text.theme.render("brief.html", &view)
}

/// `2 sessions matter now`
pub fn headline(edition: &Edition<'_>) -> String {
    match edition.leads.len() {
        0 => "No session needs you now".to_owned(),
        1 => "1 session matters now".to_owned(),
        n => format!("{n} sessions matter now"),
    }
}

/// The bottom line as plain text, for the archive, mails and data.
pub fn bottom_line_text(edition: &Edition<'_>) -> String {
    if edition.leads.is_empty() {
        return quiet(edition);
    }
    let clauses = queue::bottom_line(edition);
    let last = clauses.len().saturating_sub(1);
    let mut text = String::new();
    for (i, clause) in clauses.iter().enumerate() {
        text.push_str(joint(i, last));
        text.push_str(&clause.words);
    }
    text.push('.');
    text
}

fn joint(i: usize, last: usize) -> &'static str {
    match i {
        0 => "",
        i if i == last && last == 1 => " and ",
        i if i == last => ", and ",
        _ => ", ",
    }
}

/// A day without leads, with its denominators.
fn quiet(edition: &Edition<'_>) -> String {
    let all = edition.reading.facts.len();
    if all == 0 {
        return "No session was recorded in this window.".to_owned();
    }
    let reached = match edition.decided.len() {
        0 => format!("None of {} reached 40", counted(all, "session", "sessions")),
        n => format!(
            "{n} of {} reached 40 and {} decided on",
            counted(all, "session", "sessions"),
            if n == 1 { "is" } else { "are" }
        ),
    };
    format!(
        "{reached}; {} worth watching.",
        match edition.watching.len() {
            0 => "none is".to_owned(),
            1 => "1 is".to_owned(),
            n => format!("{n} are"),
        }
    )
}

fn bottom_line(linker: &Linker<'_>) -> Vec<ClauseView> {
    let clauses = queue::bottom_line(linker.of());
    let last = clauses.len().saturating_sub(1);
    clauses
        .into_iter()
        .enumerate()
        .map(|(i, clause)| ClauseView {
            before: joint(i, last),
            href: match clause.leads.as_slice() {
                [one] => linker.session(*one),
                _ => linker.leaf(Leaf::Queue(1)),
            },
            words: clause.words,
        })
        .collect()
}

fn since(linker: &Linker<'_>) -> SinceView {
    let edition = linker.of();
    let changes = &edition.changes;
    let page = linker.leaf(Leaf::Changes);
    let Some(before) = changes.against else {
        return SinceView {
            first: true,
            before: None,
            cautions: Vec::new(),
            changes: page,
            parts: Vec::new(),
            unchanged: 0,
        };
    };
    let part = |turn: Turn| SincePart {
        word: turn.word(),
        count: changes.count(turn),
        links: changes
            .of(turn)
            .take(ITEMS)
            .filter_map(|c| linker.lead(&c.session))
            .collect(),
    };
    let closed = SincePart {
        word: "closed",
        count: changes.closed.len(),
        links: changes
            .closed
            .iter()
            .take(ITEMS)
            .filter_map(|ended| {
                let session = ended.session.as_ref()?;
                Some(Link {
                    href: linker.queue_in(before),
                    text: Markup::value(session),
                })
            })
            .collect(),
    };
    SinceView {
        first: false,
        before: Some(Link {
            href: linker.edition(before),
            text: Markup::words(&before.to_string()),
        }),
        cautions: changes_page::cautions(edition),
        changes: page,
        parts: vec![
            part(Turn::New),
            part(Turn::Grew),
            part(Turn::Eased),
            closed,
            part(Turn::Reopened),
        ],
        unchanged: changes.count(Turn::Unchanged),
    }
}

fn answer(linker: &Linker<'_>) -> Option<Answer> {
    let edition = linker.of();
    let session = edition.queue.iter().find_map(|item| match item {
        Item::Session(session) => Some(*session),
        Item::Window(_) => None,
    })?;
    let words = queue::session_words(edition, session, &edition.assessment(session));
    Some(Answer {
        title: words.title,
        href: linker.session(session),
        session: Markup::value(&edition.facts(session).id),
    })
}

fn cards(edition: &Edition<'_>) -> Vec<Card> {
    let card = |label: &str, value: usize, note: String| Card {
        label: label.to_owned(),
        value: value.to_string(),
        note,
    };
    let of = |status| {
        edition
            .leads
            .iter()
            .filter(|l| edition.facts(**l).status == status)
            .count()
    };
    let (active, ended) = (of(Status::Active), of(Status::Ended));
    let states = match (active, ended) {
        (0, 0) => "None reached the line of 40".to_owned(),
        (a, 0) => format!("{a} active"),
        (0, e) => format!("{e} ended but still explanatory"),
        (a, e) => format!("{a} active, {e} ended but still explanatory"),
    };
    let mut apart: Vec<String> = Vec::new();
    for (n, words) in [
        (edition.watching.len(), "worth watching"),
        (edition.decided.len(), "decided on"),
        (edition.suppressed, "with a suppressed signal"),
    ] {
        if n > 0 {
            apart.push(format!("{n} {words}"));
        }
    }
    let background = if apart.is_empty() {
        "Stable and low-value for the first read".to_owned()
    } else {
        format!(
            "{}, the rest stable and low-value for the first read",
            apart.join(", ")
        )
    };
    let links = match edition.links.kinds.len() {
        0 => "Nothing links a lead to another session".to_owned(),
        _ => edition.links.words(),
    };
    vec![
        card("High-signal sessions", edition.leads.len(), states),
        card(
            "Sensitive repo touches",
            edition.touched.files,
            edition.touched.words(),
        ),
        card("Cross-entity links", edition.links.kinds.len(), links),
        card("Background sessions", edition.background(), background),
    ]
}

fn items(linker: &Linker<'_>) -> Vec<ItemView> {
    linker
        .of()
        .queue
        .iter()
        .take(ITEMS)
        .enumerate()
        .map(|(i, it)| item::view(linker, i + 1, it))
        .collect()
}

fn representative(linker: &Linker<'_>, session: usize) -> RepresentativeView {
    let edition = linker.of();
    let facts = edition.facts(session);
    RepresentativeView {
        session: Markup::value(&facts.id),
        href: linker.session(session),
        timeline: format!("{}#timeline", linker.session(session)),
        subject: Markup::sentence(&subject(edition, session), linker),
        status: facts.status.word(),
        trust: edition.verdicts[session].trust.word(),
        consequence: facts.stake.level.word(),
        map: map_view::view(linker, session),
    }
}

fn totals(edition: &Edition<'_>) -> Vec<Card> {
    let card = |label: &str, value: String, note: &str| Card {
        label: label.to_owned(),
        value,
        note: note.to_owned(),
    };
    let facts = &edition.reading.facts;
    let unknown = facts.iter().filter(|f| f.user.is_none()).count();
    let unpriced = facts.iter().filter(|f| f.cost.is_none()).count();
    let users = match unknown {
        0 => "Distinct actors".to_owned(),
        n => format!(
            "Distinct actors; {} without a known user not counted",
            counted(n, "session", "sessions")
        ),
    };
    let cost = match unpriced {
        0 => "Session spend".to_owned(),
        n => format!(
            "Session spend; {} without a recorded cost",
            counted(n, "session", "sessions")
        ),
    };
    let span = span_words(edition.reading.snapshot.window.seconds());
    vec![
        card(
            "Active",
            edition.count(Status::Active).to_string(),
            "Live now",
        ),
        card(
            &format!("Total ({span})"),
            facts.len().to_string(),
            "Recent runs",
        ),
        card("Total cost", edition.total_cost().to_string(), &cost),
        card("Unique users", edition.unique_users().to_string(), &users),
    ]
}

/// How many secrets are masked, and of which kinds.
fn masked_secrets(kinds: &BTreeMap<&'static str, u64>) -> Option<String> {
    let all: u64 = kinds.values().sum();
    let mut kinds: Vec<_> = kinds.iter().collect();
    kinds.sort_by_key(|(kind, n)| (Reverse(**n), **kind));
    let kinds: Vec<String> = kinds
        .iter()
        .map(|(kind, n)| format!("{kind} {n}"))
        .collect();
    let words = counted(all as usize, "masked secret", "masked secrets");
    (all > 0).then(|| format!("{words} ({})", kinds.join(", ")))
}

/// What was read, what was not, and up to when.
pub(super) fn coverage(edition: &Edition<'_>) -> Coverage {
    let reading = edition.reading;
    let snapshot = &reading.snapshot;
    let read = reading.facts.len();
    let mut notes: Vec<String> = reading
        .coverage
        .not_recorded
        .iter()
        .map(|(field, n)| format!("{field} not recorded for {n} of {read}"))
        .collect();
    let mut note = |n: u64, one: &str, many: &str| {
        if n > 0 {
            notes.push(counted(n as usize, one, many));
        }
    };
    let coverage = &reading.coverage;
    note(
        coverage.collapsed,
        "identical duplicate collapsed",
        "identical duplicates collapsed",
    );
    // There are two of them at least.
    let conflicting = "records share an id with different content";
    note(coverage.conflicting, conflicting, conflicting);
    note(
        coverage.other_events,
        "event of an unknown kind",
        "events of an unknown kind",
    );
    note(
        coverage.unknown_fields.values().sum(),
        "unknown field ignored",
        "unknown fields ignored",
    );
    note(
        coverage.border.cut,
        "text cut at the limit",
        "texts cut at the limit",
    );
    let late = edition.context.late() as u64;
    let words = " came late: earlier editions should have had ";
    note(
        late,
        &format!("session{words}it"),
        &format!("sessions{words}them"),
    );
    notes.extend(masked_secrets(&coverage.border.masked));
    for (gap, n) in edition.context.common_gaps() {
        notes.push(format!(
            "{} fell silent together at {} for {}: taken for the collector's",
            counted(n, "session", "sessions"),
            moment(gap.from),
            crate::model::duration_words(gap.seconds())
        ));
    }
    notes.extend(
        edition
            .incomplete
            .iter()
            .map(|reason| format!("not whole: {reason}")),
    );
    let days = edition.context.history_days();
    if days < crate::history::MATURE_DAYS {
        notes.push(format!(
            "baseline: {days} of {} days",
            crate::history::MATURE_DAYS
        ));
    }
    let source = |s: &crate::model::SourceNote| match s.sessions {
        Some(n) => format!("{} ({n})", s.name.untrusted()),
        None => s.name.untrusted().to_owned(),
    };
    Coverage {
        cut_off: moment(snapshot.window.end),
        window: format!(
            "{} to {}",
            moment(snapshot.window.start),
            moment(snapshot.window.end)
        ),
        sources: snapshot.sources.iter().map(source).collect(),
        read,
        quarantined: reading.coverage.quarantined,
        notes,
    }
}
