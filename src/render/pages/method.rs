//! How ranks are made: generated from the signals, the rules and the current edition.

use super::frame::{Frame, Section};
use super::grouped;
use super::item::{self, ItemView};
use crate::assess::combinations::COMBINATIONS;
use crate::assess::score::{CEILING, DAMPING, HOLD, SATURATION, consequence_factor, trust_factor};
use crate::assess::signals::{CATALOGUE, FRAMEWORKS, RULES_VERSION, references};
use crate::assess::trust::{Doubt, TrustLevel};
use crate::assess::{Band, MustSee};
use crate::history::{LOOK_BACK_DAYS, MATURE_DAYS, USUAL_DAYS};
use crate::model::{Consequence, PathClass, date};
use crate::relate::{NarrativeKind, QUIET, UNDECIDED, WINDOW as NARRATIVE_WINDOW};
use crate::render::address::Linker;
use crate::render::edition_site::SiteText;
use crate::render::html::Markup;
use crate::render::markdown;
use crate::source::limits;
use anyhow::Result;
use serde::Serialize;

#[derive(Serialize)]
struct View {
    frame: Frame,
    title: String,
    intro: Markup,
    shape: Prose,
    rules: &'static str,
    frameworks: String,
    signals: Vec<SignalView>,
    combinations: Vec<Row>,
    families: Vec<Row>,
    damping: String,
    saturation: String,
    ceiling: String,
    hold: String,
    consequences: Vec<Row>,
    trusts: Vec<Row>,
    doubts: Vec<Row>,
    bands: Vec<Row>,
    must_see: Vec<&'static str>,
    classes: Vec<Row>,
    narratives: Vec<Row>,
    look_backs: Vec<Row>,
    dispositions: Vec<DispositionView>,
    weights: Vec<Row>,
    example: Option<ItemView>,
    promises: Vec<&'static str>,
    limits: Vec<Row>,
}

#[derive(Serialize)]
struct Prose {
    title: String,
    body: Markup,
}

#[derive(Serialize)]
struct Row {
    name: String,
    value: String,
    note: String,
}

#[derive(Serialize)]
struct SignalView {
    id: String,
    name: &'static str,
    family: &'static str,
    weight: String,
    about: &'static str,
    templates: &'static [&'static str],
    habituates: Option<String>,
    references: String,
    false_positives: &'static str,
}

#[derive(Serialize)]
struct DispositionView {
    about: String,
    ruling: &'static str,
    signal: Option<String>,
    author: String,
    reason: String,
    decided: Option<String>,
    expires: String,
    state: &'static str,
    file: String,
}

fn row(name: impl Into<String>, value: impl Into<String>, note: impl Into<String>) -> Row {
    Row {
        name: name.into(),
        value: value.into(),
        note: note.into(),
    }
}

/// What the site promises, in the reader's words.
const PROMISES: &[&str] = &[
    "The same snapshots make the same bytes, on any machine.",
    "Nothing is fetched, neither when the site is built nor when it is read; no script is needed.",
    "Text from a session never becomes markup, a link, a path or a style.",
    "Text from a session may raise its score, never lower it.",
    "Contributions add up to the printed score, and every number reconciles with the ledger.",
    "A published edition does not change; where it must, it says so with both digests, and daybrief verify replays the chain.",
    "What is not recorded is said, and is never taken for zero or for fine.",
    "Secrets are masked before anything is stored: the formats of providers, values beside a name that says secret, credentials in headers and URLs, the same inside JSON, percent signs and base64, and long random tokens in commands. A long key that was recognised once is masked wherever else its snapshot has it, but in the name of a session or entity.",
    "The exact bytes of every file are looked at once more before they are published; a secret stops the build.",
    "Masking does not promise to find everything: a short password in a sentence, a key without a form or a name beside it, a secret in pieces, in a picture or encrypted is not recognised. What is masked should be rotated all the same: it was in a log.",
];

/// The method's page.
pub fn page(linker: &Linker<'_>, text: &SiteText<'_>) -> Result<Vec<u8>> {
    let prose = |name: &str| text.content.get(name);
    let example = linker
        .of()
        .leads
        .first()
        .map(|lead| item::session_view(linker, 1, *lead));
    let view = View {
        frame: Frame::new(linker, text, "Method", Section::Method),
        title: prose("method").map(|p| p.title.clone()).unwrap_or_default(),
        intro: prose("method")
            .map(|p| markdown::prose(&p.body, linker.to_root()))
            .unwrap_or_default(),
        shape: Prose {
            title: prose("why-borrow-this-shape")
                .map(|p| p.title.clone())
                .unwrap_or_default(),
            body: prose("why-borrow-this-shape")
                .map(|p| markdown::prose(&p.body, linker.to_root()))
                .unwrap_or_default(),
        },
        rules: RULES_VERSION,
        frameworks: frameworks(),
        signals: signals(linker),
        combinations: COMBINATIONS
            .iter()
            .map(|c| row(c.id, format!("\u{d7} {:.1}", c.multiplier), c.name))
            .collect(),
        families: families(),
        // The strongest one counts fully, which the sentence has said already.
        damping: DAMPING[1..]
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
        saturation: format!("{SATURATION:.0}"),
        ceiling: format!("{CEILING:.0}"),
        hold: HOLD.to_string(),
        consequences: Consequence::WORDS
            .iter()
            .map(|(word, level)| row(*word, format!("\u{d7} {}", consequence_factor(*level)), ""))
            .collect(),
        trusts: [TrustLevel::High, TrustLevel::Medium, TrustLevel::Low]
            .map(|t| {
                let range = match t {
                    TrustLevel::High => "75 to 100",
                    TrustLevel::Medium => "45 to 74",
                    TrustLevel::Low => "0 to 44",
                };
                row(t.word(), format!("\u{d7} {}", trust_factor(t)), range)
            })
            .into(),
        doubts: Doubt::ALL
            .iter()
            .map(|d| row(d.words(), format!("\u{2212}{}", d.points()), ""))
            .collect(),
        bands: [
            (Band::ActNow, "70 and above"),
            (Band::ReviewToday, "40 to 69"),
            (Band::KeepWatching, "20 to 39"),
            (Band::Background, "below 20"),
        ]
        .map(|(band, range)| row(band.words(), range, ""))
        .into(),
        must_see: MustSee::ALL.iter().map(|m| m.words()).collect(),
        classes: PathClass::WORDS
            .iter()
            .map(|(word, c)| {
                row(
                    *word,
                    format!("{:.1}", c.strength()),
                    c.consequence().word(),
                )
            })
            .collect(),
        narratives: NarrativeKind::ALL
            .map(|n| row(n.name(), n.closing_condition(), n.next_step()))
            .into(),
        look_backs: look_backs(),
        dispositions: dispositions(linker),
        weights: linker
            .of()
            .context
            .weights
            .differing()
            .map(|(name, shipped, set)| row(name, set.to_string(), format!("shipped {shipped}")))
            .collect(),
        example,
        promises: PROMISES.to_vec(),
        limits: limits::TABLE
            .iter()
            .map(|(what, most, beyond)| row(*what, grouped(*most), *beyond))
            .collect(),
    };
    text.theme.render("method.html", &view)
}

/// `MITRE ATT&CK v18 (2025-11), ...`
fn frameworks() -> String {
    let named = FRAMEWORKS
        .iter()
        .map(|f| format!("{} {}", f.name, f.version));
    named.collect::<Vec<_>>().join(", ")
}

fn signals(linker: &Linker<'_>) -> Vec<SignalView> {
    let weights = linker.of().context.weights;
    CATALOGUE
        .iter()
        .map(|d| SignalView {
            id: format!("S{}", d.id.number()),
            name: d.name,
            family: d.id.family().word(),
            weight: weights.of(d.id).to_string(),
            about: d.about,
            templates: d.templates,
            habituates: d.habituates.map(|most| format!("{:.0} %", most * 100.0)),
            references: references(d.id).join(", "),
            false_positives: d.false_positives,
        })
        .collect()
}

/// How far back each claim looks.
fn look_backs() -> Vec<Row> {
    let days = |d: i64| format!("{d} days");
    vec![
        row(
            "novelty",
            days(LOOK_BACK_DAYS),
            "places, pairings, tools and steps; half as new when three peers of the team or repository did the same",
        ),
        row(
            "young baseline",
            days(MATURE_DAYS),
            "until then novelty counts days/14 of itself, at least 0.3, and the sentence says so",
        ),
        row(
            "usual",
            days(USUAL_DAYS),
            "a tenth of the strength falls away for each day it was there, as far as the signal gets used to it; this and the usual order of acts are learned only from sessions with trust of 45 and more that no narrative is about",
        ),
        row(
            "cost",
            days(USUAL_DAYS),
            "median and spread of the user's sessions",
        ),
        row(
            "facts of a narrative",
            days(NARRATIVE_WINDOW.as_hours() / 24),
            "older evidence no longer counts",
        ),
        row(
            "quiet",
            format!("{} h", QUIET.as_hours()),
            "without a new fact a narrative is quiet, and stays open",
        ),
        row(
            "needs a decision",
            days(UNDECIDED.as_hours() / 24),
            "quiet for so long it asks for a decision; it never disappears",
        ),
    ]
}

/// Every decision, the ones in force first.
fn dispositions(linker: &Linker<'_>) -> Vec<DispositionView> {
    let now = linker.of().context.now();
    let mut all: Vec<DispositionView> = linker
        .of()
        .context
        .dispositions
        .0
        .iter()
        .map(|d| DispositionView {
            about: d.about.words(),
            ruling: d.ruling.word(),
            signal: d.signal.clone(),
            author: d.author.clone(),
            reason: d.reason.clone(),
            decided: d.decided.map(|d| date(d.from)),
            expires: d.until(),
            state: if d.is_in_force(now) {
                "in force"
            } else if d.has_expired(now) {
                "expired"
            } else {
                "not yet in force"
            },
            file: d.file.clone(),
        })
        .collect();
    all.sort_by_key(|d| d.state != "in force");
    all
}

/// Families that have a signal, with their half-lives.
fn families() -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for family in CATALOGUE.iter().map(|d| d.id.family()) {
        if !rows.iter().any(|r| r.name == family.word()) {
            rows.push(row(
                family.word(),
                format!("{:.0} h", family.half_life_hours()),
                "",
            ));
        }
    }
    rows
}
