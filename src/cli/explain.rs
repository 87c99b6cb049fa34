//! `daybrief explain SESSION`: the whole arithmetic of one rank.

use super::arguments;
use super::report::Report;
use super::{Outcome, print};
use crate::assess::score::RowOf;
use crate::assess::signals::definition;
use crate::relate::queue::session_words;
use crate::relate::{Edition, subject};
use crate::render::pages::item::{row_label, signed};
use crate::render::plain::{printable, sentence};
use anyhow::Result;
use std::fmt::Write;
use std::path::Path;

pub(super) fn run(root: &Path, args: &arguments::Explain, report: &Report) -> Result<Outcome> {
    let Some(site) = report.load(root) else {
        return Ok(Outcome::Failed);
    };
    let mut found: Option<(String, usize)> = None;
    site.walk(|step| {
        let edition = step.edition;
        let matching = |i: &usize| edition.facts(*i).id.untrusted().starts_with(&args.session);
        let matches: Vec<usize> = (0..edition.reading.facts.len()).filter(matching).collect();
        let exact = matches
            .iter()
            .find(|i| edition.facts(**i).id.untrusted() == args.session);
        if let Some(first) = exact.or(matches.first()) {
            let count = if exact.is_some() { 1 } else { matches.len() };
            found = Some((explain(edition, *first), count));
        }
        Ok(())
    })?;
    match found {
        Some((text, 1)) => print(text.as_bytes()),
        Some((_, n)) => anyhow::bail!(
            "{n} sessions begin with {:?}; write more of the id",
            args.session
        ),
        None => anyhow::bail!(
            "no session in any edition begins with {:?}; the ledger lists all ids",
            args.session
        ),
    }
}

fn explain(edition: &Edition<'_>, session: usize) -> String {
    let facts = edition.facts(session);
    let assessment = edition.assessment(session);
    let verdict = &edition.verdicts[session];
    let words = session_words(edition, session, &assessment);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} in edition {}",
        printable(facts.id.untrusted()),
        edition.id()
    );
    let _ = writeln!(out, "{}", sentence(&subject(edition, session)));
    let _ = writeln!(
        out,
        "\nPriority {} ({})",
        verdict.shown,
        verdict.band().words()
    );
    if let Some(rule) = verdict.must_see {
        let _ = writeln!(out, "Must see: {}", rule.words());
    }
    let held = edition.is_held(session);
    for row in &assessment.score.rows {
        let _ = write!(out, "  {:>5}  {}", signed(row.shown), row_label(row.of));
        if let RowOf::Signal(id) = row.of {
            let without = assessment.without(id, facts, &edition.context, held);
            let _ = write!(out, " ({:.1} raw points; without this: {without})", row.raw);
        }
        let _ = writeln!(out);
    }
    let _ = writeln!(out, "  {:>5}  printed priority", verdict.shown);
    if held {
        let _ = writeln!(
            out,
            "  It anchors an open narrative, so its recency is held."
        );
    }
    let _ = writeln!(out, "\nEvidence");
    for (id, hit) in &assessment.hits {
        let name = definition(*id).map_or("", |d| d.name);
        let events: Vec<String> = hit.evidence.iter().map(|e| (e + 1).to_string()).collect();
        let at = if events.is_empty() {
            String::new()
        } else {
            format!(" (event {})", events.join(", "))
        };
        let _ = writeln!(out, "  {name}: {}{at}", sentence(&hit.sentence));
    }
    let _ = writeln!(
        out,
        "\nTrust {} ({} of 100)",
        assessment.trust.level().word(),
        assessment.trust.points
    );
    for d in &assessment.trust.deductions {
        let _ = writeln!(out, "  -{:<3} {}", d.doubt.points(), sentence(&d.sentence));
    }
    let _ = writeln!(out, "\nConsequence {}", facts.stake.level.word());
    for reason in &facts.stake.reasons {
        let _ = writeln!(out, "  {}", sentence(reason));
    }
    let confidence = &assessment.confidence;
    let _ = writeln!(
        out,
        "\nConfidence {} because {}",
        confidence.level.word(),
        confidence.because
    );
    if let Some(narrative) = edition.narrative_of(session) {
        let (name, id, day) = (narrative.kind.name(), &narrative.id, narrative.day);
        let _ = writeln!(
            out,
            "\nNarrative {id}: {name}, day {day}; {}",
            narrative.kind.closing_condition()
        );
    }
    if !assessment.not_assessable.is_empty() {
        let _ = writeln!(out, "\nNot assessable");
        for (id, why) in &assessment.not_assessable {
            let _ = writeln!(out, "  {}: {why}", definition(*id).map_or("", |d| d.name));
        }
    }
    let _ = writeln!(out, "\nNext: {}", words.next_step);
    out
}
