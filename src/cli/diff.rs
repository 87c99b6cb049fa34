//! `daybrief diff [A] [B]`: what changed between two editions.

use super::arguments;
use super::report::Report;
use super::{Outcome, print};
use crate::assess::Declared;
use crate::model::EditionId;
use crate::relate::{Account, Changes, Turn, compare};
use crate::render::pages::changes::{comparison_cautions, numbers, parts_words, summary};
use crate::render::plain::{printable, sentence};
use anyhow::{Result, bail};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

pub(super) fn run(root: &Path, args: &arguments::Diff, report: &Report) -> Result<Outcome> {
    let Some(site) = report.load(root) else {
        return Ok(Outcome::Failed);
    };
    let ids: Vec<EditionId> = site.snapshots.iter().map(|t| t.id).collect();
    let (from, to) = chosen(&ids, args)?;
    let mut ever = BTreeSet::new();
    let (mut before, mut now) = (None, None);
    let first = ids.iter().position(|id| *id == from).unwrap_or(0);
    let walked = site.walk(first, |step| {
        let account = &step.edition.account;
        let id = step.edition.id();
        if id == from {
            before = Some(account.clone());
            ever.extend(step.edition.stories_before());
        }
        if id == to {
            now = Some(account.clone());
        }
        if id < to {
            ever.extend(account.stories());
        }
        Ok(())
    })?;
    let failed = report.diagnostics(&walked.diagnostics);
    let (Some(before), Some(now)) = (before, now) else {
        return Ok(Outcome::Failed);
    };
    let declared = Declared {
        inventory: &site.inventory.as_of(to.taken_at()),
        dispositions: &site.dispositions,
        weights: &site.weights,
    };
    let changes = compare(&before, &now, &ever, declared);
    print(words(&before, &now, &changes).as_bytes())?;
    Ok(if failed {
        Outcome::Failed
    } else {
        Outcome::Done
    })
}

/// The editions meant: both named, the named one and the latest, or the last two.
fn chosen(ids: &[EditionId], args: &arguments::Diff) -> Result<(EditionId, EditionId)> {
    let find = |name: &str| -> Result<EditionId> {
        let matching: Vec<&EditionId> = ids
            .iter()
            .filter(|id| id.to_string().starts_with(name))
            .collect();
        match matching.as_slice() {
            [one] => Ok(**one),
            [] => bail!("there is no edition {name:?}; `daybrief check` lists them"),
            many => bail!(
                "{} editions begin with {name:?}; write more of the id",
                many.len()
            ),
        }
    };
    let (from, to) = match (&args.from, &args.to) {
        (Some(a), Some(b)) => (find(a)?, find(b)?),
        (Some(a), None) => {
            let Some(last) = ids.last() else {
                bail!("there is no edition yet");
            };
            (find(a)?, *last)
        }
        (None, _) => match ids {
            [.., a, b] => (*a, *b),
            _ => bail!(
                "a difference needs two editions, and there is {}",
                ids.len()
            ),
        },
    };
    if from >= to {
        bail!("{from} is not before {to}; name the earlier edition first");
    }
    Ok((from, to))
}

fn words(before: &Account, now: &Account, changes: &Changes) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{} against {}", now.edition, before.edition);
    for caution in comparison_cautions(changes, &now.incomplete) {
        let _ = writeln!(out, "Note: {}", printable(&caution));
    }
    let _ = writeln!(out, "{}", summary(changes));
    if !changes.leads.is_empty() {
        let _ = writeln!(out, "\nLeads");
    }
    for change in &changes.leads {
        let turn: Turn = change.turn;
        let numbers = match (change.before, change.parts) {
            (Some(before), Some(parts)) => {
                format!("{before} to {}, {}", change.now, parts_words(parts))
            }
            _ => change.now.to_string(),
        };
        let _ = writeln!(
            out,
            "  {:<9}  {}  {numbers}",
            turn.word(),
            printable(change.session.untrusted())
        );
    }
    if !changes.closed.is_empty() {
        let _ = writeln!(out, "\nClosed");
    }
    for ended in &changes.closed {
        let narrative = ended
            .narrative
            .as_ref()
            .map(|(id, kind, _)| format!("{id} {}", kind.name()));
        let session = ended.session.as_ref().map(|s| printable(s.untrusted()));
        let what: Vec<String> = narrative.into_iter().chain(session).collect();
        let _ = writeln!(out, "  {}: {}", what.join(", "), sentence(&ended.because));
    }
    if !changes.joined.is_empty() {
        let _ = writeln!(out, "\nJoined");
    }
    for joined in &changes.joined {
        let (name, _) = joined.subject.slot().plain();
        let (kind, name) = (joined.kind.name(), printable(&name));
        let _ = writeln!(
            out,
            "  {} {kind} for {name}: part of {} now",
            joined.id, joined.into
        );
    }
    if !changes.without_lead.is_empty() {
        let _ = writeln!(out, "\nOpen still, without a lead");
    }
    for (id, kind, subject) in &changes.without_lead {
        let (name, _) = subject.slot().plain();
        let _ = writeln!(out, "  {id} {} for {}", kind.name(), printable(&name));
    }
    let _ = writeln!(out, "\nNumbers");
    for (name, before, now) in numbers(&before.numbers, &now.numbers) {
        let _ = writeln!(out, "  {name:<24} {before:>10} {now:>10}");
    }
    if !changes.firsts.is_empty() {
        let _ = writeln!(out, "\nSeen for the first time");
    }
    for entity in &changes.firsts {
        let _ = writeln!(
            out,
            "  {} {}",
            entity.kind.word(),
            printable(entity.display_name())
        );
    }
    out
}
