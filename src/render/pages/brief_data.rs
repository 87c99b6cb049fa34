//! The brief as data: the same numbers and sentences, for other programs.

use super::brief::{bottom_line_text, coverage, headline};
use crate::assess::trust::TrustLevel;
use crate::model::{Status, plain_text};
use crate::relate::queue;
use crate::relate::{Item, Turn, subject};
use crate::render::address::Linker;
use crate::render::plain::printable_json;
use anyhow::Result;
use serde::Serialize;

#[derive(Serialize)]
struct Data {
    format: &'static str,
    version: u32,
    edition: String,
    taken_at: String,
    rules_version: &'static str,
    headline: String,
    bottom_line: String,
    leads: usize,
    active_leads: usize,
    ended_leads: usize,
    sensitive_touches: usize,
    cross_entity_links: Vec<&'static str>,
    background: usize,
    sessions: usize,
    active: usize,
    unique_users: usize,
    total_cost_usd: String,
    since: SinceData,
    decided: usize,
    open_narratives: usize,
    queue: Vec<ItemData>,
    coverage: CoverageData,
}

#[derive(Serialize)]
struct SinceData {
    edition: Option<String>,
    new: usize,
    grew: usize,
    eased: usize,
    closed: usize,
    reopened: usize,
}

#[derive(Serialize)]
struct ItemData {
    kind: &'static str,
    session: String,
    title: String,
    why: String,
    subject: String,
    priority: u32,
    band: &'static str,
    trust: &'static str,
    consequence: &'static str,
    confidence: &'static str,
    because: String,
    next_step: String,
    narrative: Option<String>,
    evidence: Vec<String>,
    page: String,
}

#[derive(Serialize)]
struct CoverageData {
    sources: Vec<String>,
    read: usize,
    quarantined: u64,
    not_recorded: Vec<(String, u64)>,
}

/// The brief as JSON.
pub fn json(linker: &Linker<'_>) -> Result<Vec<u8>> {
    let edition = linker.of();
    let of = |status| {
        edition
            .leads
            .iter()
            .filter(|l| edition.facts(**l).status == status)
            .count()
    };
    let changes = &edition.changes;
    let data = Data {
        format: "daybrief-brief",
        version: 1,
        edition: edition.id().to_string(),
        taken_at: edition.reading.snapshot.taken_at.to_string(),
        rules_version: crate::assess::signals::RULES_VERSION,
        headline: headline(edition),
        bottom_line: bottom_line_text(edition),
        leads: edition.leads.len(),
        active_leads: of(Status::Active),
        ended_leads: of(Status::Ended),
        sensitive_touches: edition.touched.files,
        cross_entity_links: edition.links.kinds.iter().map(|k| k.link_words()).collect(),
        background: edition.background(),
        sessions: edition.reading.facts.len(),
        active: edition.count(Status::Active),
        unique_users: edition.unique_users(),
        total_cost_usd: edition.total_cost().exact(),
        since: SinceData {
            edition: changes.against.map(|e| e.to_string()),
            new: changes.count(Turn::New),
            grew: changes.count(Turn::Grew),
            eased: changes.count(Turn::Eased),
            closed: changes.closed.len(),
            reopened: changes.count(Turn::Reopened),
        },
        decided: edition.decided.len(),
        open_narratives: edition.open(),
        queue: edition
            .queue
            .iter()
            .map(|it| item_data(linker, it))
            .collect(),
        coverage: CoverageData {
            sources: coverage(edition).sources,
            read: edition.reading.facts.len(),
            quarantined: edition.reading.coverage.quarantined,
            not_recorded: edition
                .reading
                .coverage
                .not_recorded
                .iter()
                .map(|(f, n)| ((*f).to_owned(), *n))
                .collect(),
        },
    };
    let mut json = printable_json(&serde_json::to_string_pretty(&data)?);
    json.push('\n');
    Ok(json.into_bytes())
}

fn item_data(linker: &Linker<'_>, item: &Item) -> ItemData {
    let edition = linker.of();
    let (kind, session, priority) = match item {
        Item::Session(session) => ("session", *session, edition.verdicts[*session].shown),
        Item::Window(window) => ("window", window.session, window.priority),
    };
    let assessment = edition.assessment(session);
    let words = match item {
        Item::Session(_) => queue::session_words(edition, session, &assessment),
        Item::Window(_) => queue::window_words(),
    };
    let facts = edition.facts(session);
    let band = match item {
        Item::Session(_) => edition.verdicts[session].band(),
        Item::Window(_) => crate::assess::Band::of(priority),
    };
    let trust: TrustLevel = assessment.trust.level();
    ItemData {
        kind,
        session: facts.id.untrusted().to_owned(),
        title: words.title,
        why: words.why,
        subject: plain_text(&subject(edition, session)),
        priority,
        band: band.words(),
        trust: trust.word(),
        consequence: facts.stake.level.word(),
        confidence: assessment.confidence.level.word(),
        because: assessment.confidence.because.clone(),
        next_step: words.next_step,
        narrative: edition.narrative_of(session).map(|n| n.id().to_owned()),
        evidence: assessment
            .hits
            .iter()
            .map(|(_, h)| plain_text(&h.sentence))
            .collect(),
        page: linker.session(session),
    }
}
