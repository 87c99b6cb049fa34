//! `daybrief explain SESSION`: the whole arithmetic of one rank.

use super::arguments;
use super::report::Report;
use super::{Outcome, print};
use crate::assess::score::{HOLD, RowOf, SATURATION};
use crate::assess::signals::definition;
use crate::assess::{Assessment, Facts};
use crate::relate::queue::session_words;
use crate::relate::{Edition, Narrative, decision_words, subject};
use crate::render::pages::changes::parts_words;
use crate::render::pages::item::{row_label, row_working, signed};
use crate::render::plain::{printable, sentence};
use crate::site::Site;
use anyhow::Result;
use std::fmt::Write;
use std::path::Path;

pub(super) fn run(root: &Path, args: &arguments::Explain, report: &Report) -> Result<Outcome> {
    let Some(site) = report.load(root) else {
        return Ok(Outcome::Failed);
    };
    let latest = site.snapshots.len().saturating_sub(1);
    // Most ask about the latest edition; whoever does not waits for all of them.
    let found = match find(&site, latest, args)? {
        None if latest > 0 => find(&site, 0, args)?,
        found => found,
    };
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

/// The explanation of a session in the latest edition that has it, from one place on, and
/// how many begin like it.
fn find(site: &Site, first: usize, args: &arguments::Explain) -> Result<Option<(String, usize)>> {
    let mut found = None;
    site.walk(first, |step| {
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
    Ok(found)
}

fn explain(edition: &Edition<'_>, session: usize) -> String {
    let facts = edition.facts(session);
    let assessment = edition.assessment(session);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} in edition {}",
        printable(facts.id.untrusted()),
        edition.id()
    );
    let _ = writeln!(out, "{}", sentence(&subject(edition, session)));
    arithmetic(&mut out, edition, session, &assessment);
    evidence(&mut out, &assessment);
    judgement(&mut out, facts, &assessment);
    if let Some(narrative) = edition.narrative_of(session) {
        story(&mut out, edition, narrative);
    }
    if let Some(change) = edition.changes.of_session(&facts.id)
        && let Some(before) = edition.changes.against
    {
        let parts = change.parts.map(parts_words);
        let parts = parts.map_or_else(String::new, |p| format!(": {p}"));
        let _ = writeln!(
            out,
            "\nSince edition {before} {}{parts}",
            change.turn.word()
        );
    }
    if !assessment.not_assessable.is_empty() {
        let _ = writeln!(out, "\nNot assessable");
        for (id, why) in &assessment.not_assessable {
            let _ = writeln!(out, "  {}: {why}", definition(*id).name);
        }
    }
    let words = session_words(edition, session, &assessment);
    let _ = writeln!(out, "\nNext: {}", words.next_step);
    out
}

/// The table that adds up, and how each row comes about.
fn arithmetic(out: &mut String, edition: &Edition<'_>, session: usize, assessment: &Assessment) {
    let (facts, verdict) = (edition.facts(session), &edition.verdicts[session]);
    let _ = writeln!(
        out,
        "\nPriority {} ({})",
        verdict.shown,
        verdict.band().words()
    );
    if let Some(rule) = verdict.must_see {
        let _ = writeln!(out, "Must see: {}", rule.words());
    }
    if let Some(decision) = edition.context.decision_on(facts) {
        let _ = writeln!(out, "Decided: {}", sentence(&decision_words(decision)));
    }
    let held = edition.is_held(session);
    for row in &assessment.score.rows {
        let _ = write!(out, "  {:>5}  {}", signed(row.shown), row_label(row.of));
        let how = row_working(row, assessment);
        if let RowOf::Signal(id) = row.of {
            let without = assessment.without(id, facts, &edition.context, held);
            let _ = write!(
                out,
                " ({how} = {:.1} raw points; without this: {without})",
                row.raw
            );
        } else if let RowOf::Combination(_) = row.of {
            let _ = write!(out, " ({how} = {:.1} raw points)", row.raw);
        } else {
            let _ = write!(out, " ({how})");
        }
        let _ = writeln!(out);
    }
    let _ = writeln!(out, "  {:>5}  printed priority", verdict.shown);
    let score = &assessment.score;
    if score.sum > 0.0 {
        let _ = writeln!(
            out,
            "  R = {:.1} raw points; significance = 100 \u{d7} (1 \u{2212} e^(\u{2212}{:.1}/{SATURATION:.0})) = {:.1}; each row has its share of it.",
            score.sum, score.sum, score.significance
        );
    }
    for combination in &score.also_present {
        let _ = writeln!(
            out,
            "  Also present, without a bonus: {} {}",
            combination.id, combination.name
        );
    }
    if held {
        let _ = writeln!(
            out,
            "  It anchors an open narrative, so its recency is held at {HOLD} until that closes."
        );
    }
}

fn evidence(out: &mut String, assessment: &Assessment) {
    let _ = writeln!(out, "\nEvidence");
    for (id, hit) in &assessment.hits {
        let name = definition(*id).name;
        let events: Vec<String> = hit.evidence.iter().map(|e| (e + 1).to_string()).collect();
        let at = if events.is_empty() {
            String::new()
        } else {
            format!(" (event {})", events.join(", "))
        };
        let times = if hit.times > 1 {
            format!(" {} times, counted once.", hit.times)
        } else {
            String::new()
        };
        let _ = writeln!(out, "  {name}: {}{at}{times}", sentence(&hit.sentence));
    }
    for suppressed in &assessment.suppressed {
        let _ = writeln!(
            out,
            "  {} does not count ({}): {}",
            definition(suppressed.signal).name,
            printable(&suppressed.decision),
            sentence(&suppressed.hit.sentence)
        );
    }
}

fn judgement(out: &mut String, facts: &Facts, assessment: &Assessment) {
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
}

fn story(out: &mut String, edition: &Edition<'_>, narrative: &Narrative) {
    let now = edition.context.now();
    let thread = &narrative.thread;
    let closing = match &thread.closure {
        None => narrative.kind().closing_condition().to_owned(),
        Some(closure) => format!(
            "since edition {}. {}",
            closure.edition,
            sentence(&closure.because)
        ),
    };
    let _ = writeln!(
        out,
        "\nNarrative {}: {}, day {}, {}; {closing}",
        narrative.id(),
        narrative.kind().name(),
        thread.day(now),
        thread.state(now).words(),
    );
    if let Some(anchor) = narrative.anchor() {
        let _ = writeln!(
            out,
            "  {} evidences {} of its {} facts, {} of them alone.",
            printable(edition.facts(anchor.session).id.untrusted()),
            anchor.evidenced,
            narrative.facts,
            anchor.unique
        );
    }
}
