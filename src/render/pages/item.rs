//! A queue item: a lead or a window, with everything that explains its place.

use super::narrative::{NarrativeView, leverage, narrative_view};
use super::{Link, counted};
use crate::assess::score::{Row, RowOf, Working, consequence_factor, trust_factor};
use crate::assess::signals::{SignalId, definition};
use crate::assess::{Assessment, Band};
use crate::history::USUAL_DAYS;
use crate::model::Status;
use crate::relate::queue::{Words, session_words, window_words};
use crate::relate::{Edition, Item, WindowItem, subject};
use crate::render::address::Linker;
use crate::render::html::Markup;
use serde::Serialize;

/// Folded sessions that are named.
const FOLDED: usize = 5;

/// One item of the queue.
#[derive(Debug, Serialize)]
pub struct ItemView {
    place: usize,
    is_window: bool,
    title: String,
    why: String,
    href: String,
    session: Markup,
    subject: Markup,
    status: &'static str,
    priority: u32,
    band: &'static str,
    band_class: &'static str,
    trust: &'static str,
    trust_points: u32,
    consequence: &'static str,
    confidence: &'static str,
    because: String,
    must_see: Option<&'static str>,
    next_step: String,
    evidence: Vec<EvidenceView>,
    table: Option<TableView>,
    deductions: Vec<Markup>,
    stakes: Vec<Markup>,
    narrative: Option<NarrativeView>,
    /// What handling the subject of the narrative would close.
    leverage: Option<String>,
    folded: Option<FoldedView>,
    suppressed: Vec<SuppressedView>,
    not_assessable: Vec<String>,
}

/// One signal's sentence and where its evidence stands.
#[derive(Debug, Serialize)]
pub struct EvidenceView {
    signal: &'static str,
    sentence: Markup,
    links: Vec<Link>,
    more: Option<String>,
}

/// The contribution table.
#[derive(Debug, Serialize)]
pub struct TableView {
    rows: Vec<RowView>,
    total: u32,
    sum: String,
    significance: String,
    also_present: Option<String>,
}

#[derive(Debug, Serialize)]
struct RowView {
    label: String,
    kind: &'static str,
    how: String,
    raw: String,
    shown: String,
    without: Option<u32>,
}

/// A signal that fired and does not count.
#[derive(Debug, Serialize)]
struct SuppressedView {
    signal: &'static str,
    sentence: Markup,
    decision: String,
}

#[derive(Debug, Serialize)]
struct FoldedView {
    words: String,
    links: Vec<Link>,
    more: usize,
}

/// The class of a band, fixed words for the style sheet.
pub fn band_class(band: Band) -> &'static str {
    match band {
        Band::ActNow => "act",
        Band::ReviewToday => "review",
        Band::KeepWatching => "watch",
        Band::Background => "background",
    }
}

/// One item of the queue as a view.
pub fn view(linker: &Linker<'_>, place: usize, item: &Item) -> ItemView {
    match item {
        Item::Session(session) => session_view(linker, place, *session),
        Item::Window(window) => window_view(linker, place, window),
    }
}

/// A session as a view, with its full judgement.
pub fn session_view(linker: &Linker<'_>, place: usize, session: usize) -> ItemView {
    let edition = linker.of();
    let assessment = edition.assessment(session);
    let words = session_words(edition, session, &assessment);
    let verdict = &edition.verdicts[session];
    let table = table(edition, session, &assessment);
    let evidence = assessment
        .hits
        .iter()
        .map(|(id, hit)| EvidenceView {
            signal: definition(*id).name,
            sentence: Markup::sentence(&hit.sentence, linker),
            links: hit
                .evidence
                .iter()
                .map(|e| event_link(linker, session, *e))
                .collect(),
            more: (hit.times > 1)
                .then(|| format!("{} times in this session, counted once", hit.times)),
        })
        .collect();
    let base = base(linker, place, session, &assessment, words);
    ItemView {
        priority: verdict.shown,
        band: verdict.band().words(),
        band_class: band_class(verdict.band()),
        must_see: verdict.must_see.map(crate::assess::MustSee::words),
        evidence,
        table: Some(table),
        narrative: edition
            .narrative_of(session)
            .map(|n| narrative_view(linker, n, session)),
        leverage: edition
            .narrative_of(session)
            .filter(|n| n.is_open())
            .and_then(|n| leverage(edition, n)),
        folded: folded(linker, session),
        ..base
    }
}

fn window_view(linker: &Linker<'_>, place: usize, item: &WindowItem) -> ItemView {
    let edition = linker.of();
    let assessment = edition.assessment(item.session);
    let window = &item.window;
    let band = Band::of(item.priority);
    let sentence = assessment
        .hit(SignalId::S8)
        .map(|h| Markup::sentence(&h.sentence, linker))
        .unwrap_or_default();
    let evidence = vec![EvidenceView {
        signal: definition(SignalId::S8).name,
        sentence,
        links: [window.read, window.send]
            .map(|e| event_link(linker, item.session, e))
            .into(),
        more: None,
    }];
    ItemView {
        is_window: true,
        href: linker.event(item.session, window.read),
        priority: item.priority,
        band: band.words(),
        band_class: band_class(band),
        evidence,
        not_assessable: Vec::new(),
        ..base(linker, place, item.session, &assessment, window_words())
    }
}

/// What sessions and windows share.
fn base(
    linker: &Linker<'_>,
    place: usize,
    session: usize,
    assessment: &Assessment,
    words: Words,
) -> ItemView {
    let edition = linker.of();
    let facts = edition.facts(session);
    let deductions = assessment.trust.deductions.iter().map(|d| {
        let mut markup = Markup::words(&format!("\u{2212}{} ", d.doubt.points()));
        markup.push_sentence(&d.sentence, linker);
        markup
    });
    ItemView {
        place,
        is_window: false,
        title: words.title,
        why: words.why,
        href: linker.session(session),
        session: Markup::value(&facts.id),
        subject: Markup::sentence(&subject(edition, session), linker),
        status: facts.status.word(),
        priority: 0,
        band: "",
        band_class: "",
        trust: assessment.trust.level().word(),
        trust_points: assessment.trust.points,
        consequence: facts.stake.level.word(),
        confidence: assessment.confidence.level.word(),
        because: assessment.confidence.because.clone(),
        must_see: None,
        next_step: words.next_step,
        evidence: Vec::new(),
        table: None,
        deductions: deductions.collect(),
        stakes: facts
            .stake
            .reasons
            .iter()
            .map(|s| Markup::sentence(s, linker))
            .collect(),
        narrative: None,
        leverage: None,
        folded: None,
        suppressed: assessment
            .suppressed
            .iter()
            .map(|s| SuppressedView {
                signal: definition(s.signal).name,
                sentence: Markup::sentence(&s.hit.sentence, linker),
                decision: s.decision.clone(),
            })
            .collect(),
        not_assessable: assessment
            .not_assessable
            .iter()
            .map(|(id, why)| format!("{}: {why}", definition(*id).name))
            .collect(),
    }
}

fn event_link(linker: &Linker<'_>, session: usize, event: u32) -> Link {
    Link {
        href: linker.event(session, event),
        text: Markup::words(&format!("event {}", event + 1)),
    }
}

/// The label of a row.
pub fn row_label(of: RowOf) -> String {
    match of {
        RowOf::Signal(id) => definition(id).name.to_owned(),
        RowOf::Combination(c) => format!("{} {}", c.id, c.name),
        RowOf::Consequence(level) => format!("consequence {}", level.word()),
        RowOf::Trust(level) => format!("trust {}", level.word()),
    }
}

fn table(edition: &Edition<'_>, session: usize, assessment: &Assessment) -> TableView {
    let facts = edition.facts(session);
    let held = edition.is_held(session);
    let rows = assessment.score.rows.iter().map(|row| {
        let without = match row.of {
            RowOf::Signal(id) => Some(assessment.without(id, facts, &edition.context, held)),
            _ => None,
        };
        let (kind, raw) = match row.of {
            RowOf::Signal(_) => ("signal", format!("{:.1}", row.raw)),
            RowOf::Combination(_) => ("combination", format!("{:.1}", row.raw)),
            RowOf::Consequence(_) | RowOf::Trust(_) => ("step", String::new()),
        };
        RowView {
            label: row_label(row.of),
            kind,
            how: row_working(row, assessment),
            raw,
            shown: signed(row.shown),
            without,
        }
    });
    let also: Vec<&str> = assessment
        .score
        .also_present
        .iter()
        .map(|c| c.name)
        .collect();
    TableView {
        rows: rows.collect(),
        total: assessment.score.shown,
        sum: format!("{:.1}", assessment.score.sum),
        significance: format!("{:.0}", assessment.score.significance),
        also_present: (!also.is_empty()).then(|| also.join("; ")),
    }
}

/// How a row's points come about: `22 × 0.80 × 0.70 family`, and what was usual.
pub fn row_working(row: &Row, assessment: &Assessment) -> String {
    match row.of {
        RowOf::Signal(id) => {
            let words = row.working.map(Working::words).unwrap_or_default();
            match assessment.hit(id).and_then(|h| h.usual) {
                Some((usual, factor)) => format!(
                    "{words}; usual on {} of {USUAL_DAYS} days leaves {factor:.2} of the strength",
                    usual.days
                ),
                None => words,
            }
        }
        RowOf::Combination(c) => format!(
            "{:.1} \u{d7} {} legs \u{d7} weakest leg {:.1}",
            c.multiplier - 1.0,
            c.legs.len(),
            row.raw / ((c.multiplier - 1.0) * c.legs.len() as f64)
        ),
        RowOf::Consequence(level) => format!("odds \u{d7} {}", consequence_factor(level)),
        RowOf::Trust(level) => format!("odds \u{d7} {}", trust_factor(level)),
    }
}

/// `+12`, `−3`, `0`
pub fn signed(n: i32) -> String {
    match n {
        0 => "0".to_owned(),
        n if n > 0 => format!("+{n}"),
        n => format!("\u{2212}{}", n.unsigned_abs()),
    }
}

/// `1 active session on the same key and host adds no new fact`
fn folded(linker: &Linker<'_>, lead: usize) -> Option<FoldedView> {
    let edition = linker.of();
    let all = edition.folded_under(lead);
    if all.is_empty() {
        return None;
    }
    let lead_facts = edition.facts(lead);
    let same = |same: &dyn Fn(usize) -> bool| all.iter().all(|s| same(*s));
    let mut shared = Vec::new();
    if lead_facts.key.is_some() && same(&|s| edition.facts(s).key == lead_facts.key) {
        shared.push("key");
    }
    if lead_facts.host.is_some() && same(&|s| edition.facts(s).host == lead_facts.host) {
        shared.push("host");
    }
    let active = all
        .iter()
        .filter(|s| edition.facts(**s).status == Status::Active)
        .count();
    let state = match active {
        n if n == all.len() => "active ",
        0 => "ended ",
        _ => "",
    };
    let on = if shared.is_empty() {
        "in the same story".to_owned()
    } else {
        format!("on the same {}", shared.join(" and "))
    };
    let verb = if all.len() == 1 { "adds" } else { "add" };
    let words = format!(
        "{} {on} {verb} no new fact",
        counted(
            all.len(),
            &format!("{state}session"),
            &format!("{state}sessions")
        )
    );
    let links = all.iter().take(FOLDED).map(|s| Link {
        href: linker.session(*s),
        text: Markup::value(&edition.facts(*s).id),
    });
    Some(FoldedView {
        words,
        links: links.collect(),
        more: all.len().saturating_sub(FOLDED),
    })
}
