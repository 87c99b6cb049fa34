//! `daybrief brief`: the latest brief for a terminal, a chat or a program.

use super::arguments::{self, Format};
use super::report::Report;
use super::{Outcome, print};
use crate::model::Status;
use crate::relate::queue::{session_words, window_words};
use crate::relate::{Edition, Item, subject};
use crate::render::pages::brief_data;
use crate::render::pages::{brief, counted};
use crate::render::plain::{printable, sentence};
use crate::render::{EditionSite, Provenance};
use anyhow::Result;
use std::fmt::Write;
use std::path::Path;

/// Items that are printed.
const ITEMS: usize = 5;

pub(super) fn run(root: &Path, args: &arguments::Brief, report: &Report) -> Result<Outcome> {
    let Some(site) = report.load(root) else {
        return Ok(Outcome::Failed);
    };
    let mut printed = Vec::new();
    let latest = site.snapshots.len().saturating_sub(1);
    let walked = site.walk(latest, |step| {
        if step.is_latest {
            printed = match args.format {
                Format::Json => {
                    let text = site.text();
                    let pages = EditionSite::new(step.edition, &text, Provenance::default());
                    brief_data::json(&pages.linker(0))?
                }
                Format::Text => text(step.edition, false).into_bytes(),
                Format::Markdown => text(step.edition, true).into_bytes(),
            };
        }
        Ok(())
    })?;
    let failed = report.diagnostics(&walked.diagnostics);
    print(&printed)?;
    Ok(if failed || site.snapshots.is_empty() {
        Outcome::Failed
    } else {
        Outcome::Done
    })
}

/// The brief in words. In Markdown, values stand in code spans, so that nothing in them is markup.
fn text(edition: &Edition<'_>, markdown: bool) -> String {
    let mut out = String::new();
    let heading = |level: usize, words: &str| {
        if markdown {
            format!("{} {words}\n\n", "#".repeat(level))
        } else {
            format!("{words}\n")
        }
    };
    let value = |text: &str| {
        if markdown {
            code(text)
        } else {
            printable(text)
        }
    };
    let _ = write!(out, "{}", heading(1, &brief::headline(edition)));
    let _ = writeln!(out, "{}\n", printable(&brief::bottom_line_text(edition)));
    for (i, item) in edition.queue.iter().take(ITEMS).enumerate() {
        let (session, words, priority) = match item {
            Item::Session(s) => (
                *s,
                session_words(edition, *s, &edition.assessment(*s)),
                edition.verdicts[*s].shown,
            ),
            Item::Window(w) => (w.session, window_words(), w.priority),
        };
        let facts = edition.facts(session);
        let _ = write!(
            out,
            "{}",
            heading(2, &format!("{}. {}", i + 1, words.title))
        );
        let assessment = edition.assessment(session);
        let list = if markdown { "- " } else { "   " };
        let _ = writeln!(
            out,
            "{list}priority {priority}, trust {}, consequence {}, confidence {}",
            assessment.trust.level().word(),
            facts.stake.level.word(),
            assessment.confidence.level.word()
        );
        let _ = writeln!(
            out,
            "{list}{} {}",
            value(facts.id.untrusted()),
            facts.status.word()
        );
        let _ = writeln!(
            out,
            "{list}{}",
            value(&sentence(&subject(edition, session)))
        );
        let _ = writeln!(out, "{list}Why it matters: {}", words.why);
        if let Item::Session(_) = item {
            for (_, hit) in &assessment.hits {
                let _ = writeln!(out, "{list}{}", value(&sentence(&hit.sentence)));
            }
        }
        let _ = writeln!(out, "{list}Next: {}\n", words.next_step);
    }
    let more = edition.queue.len().saturating_sub(ITEMS);
    if more > 0 {
        let _ = writeln!(out, "{more} more in the queue.\n");
    }
    let _ = writeln!(
        out,
        "{}: {} active, {} background, {} touched, {} spent, {}.",
        counted(edition.reading.facts.len(), "session", "sessions"),
        edition.count(Status::Active),
        edition.background(),
        counted(edition.touched.files, "sensitive file", "sensitive files"),
        edition.total_cost(),
        counted(edition.unique_users(), "known user", "known users"),
    );
    out
}

/// A code span that its content cannot leave.
fn code(text: &str) -> String {
    let text = printable(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest == 0 {
        format!("`{text}`")
    } else {
        format!("{fence} {text} {fence}")
    }
}
