//! `daybrief check --ranking LABELS.tsv`: how well the order of the ledger finds
//! what people marked.
//!
//! Labels are tab-separated with a head line that names the columns `edition`, `id`
//! and `label` (0 or 1); other columns are ignored, and sessions without a label
//! are left out of the count.

use super::Outcome;
use super::report::Report;
use crate::assess::score::RowOf;
use crate::assess::signals::{CATALOGUE, SIGNALS, definition};
use crate::diagnostic::{Diagnostic, nearest};
use crate::relate::Edition;
use crate::render::plain::printable;
use crate::source::files;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Ranks within which a marked session counts as found.
const FOUND: usize = 10;
/// Ranks that a reader surely looks at.
const FIRST: usize = 5;

/// For each edition, whether each labelled session was marked.
type Labels = BTreeMap<String, BTreeMap<String, bool>>;

/// How well one edition was ordered, each 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Quality {
    /// Mean, over the marked ones, of the share of marked ones down to each.
    average_precision: f64,
    /// Share of marked ones among the first five.
    precision: f64,
    /// Share of the marked ones that are among the first ten.
    recall: f64,
}

impl Quality {
    /// Of an order, best first; `None` when nothing in it is marked.
    fn of(order: &[bool]) -> Option<Self> {
        let marked = order.iter().filter(|m| **m).count();
        if marked == 0 {
            return None;
        }
        let mut found = 0.0;
        let mut sum = 0.0;
        for (i, _) in order.iter().enumerate().filter(|(_, m)| **m) {
            found += 1.0;
            sum += found / (i + 1) as f64;
        }
        let among = |n: usize| order.iter().take(n).filter(|m| **m).count() as f64;
        Some(Self {
            average_precision: sum / marked as f64,
            precision: among(FIRST) / FIRST as f64,
            recall: among(FOUND) / marked as f64,
        })
    }

    fn mean(all: &[Self]) -> Self {
        let n = all.len().max(1) as f64;
        let of = |f: fn(&Self) -> f64| all.iter().map(f).sum::<f64>() / n;
        Self {
            average_precision: of(|q| q.average_precision),
            precision: of(|q| q.precision),
            recall: of(|q| q.recall),
        }
    }
}

/// Raw points of each signal, summed over sessions of one sort.
#[derive(Clone, Debug, Default)]
struct Carried {
    sessions: usize,
    points: [f64; SIGNALS],
}

impl Carried {
    fn add(&mut self, edition: &Edition<'_>, session: usize) {
        self.sessions += 1;
        for row in edition.assessment(session).score.rows {
            if let RowOf::Signal(id) = row.of {
                self.points[id.number() as usize - 1] += row.raw;
            }
        }
    }

    fn mean(&self, signal: usize) -> f64 {
        self.points[signal] / self.sessions.max(1) as f64
    }
}

/// What came of the comparison.
#[derive(Default)]
struct Comparison {
    editions: Vec<(String, Quality)>,
    found: Carried,
    missed: Carried,
    /// Unmarked sessions within the first ten.
    before_them: Carried,
    /// Labelled sessions that no edition has.
    unknown: usize,
    lines: String,
}

/// `labels` is relative to `folder`.
pub(super) fn run(
    root: &Path,
    folder: &Path,
    labels: &Path,
    verbose: bool,
    report: &Report,
) -> Result<Outcome> {
    let Some(site) = report.load(root) else {
        return Ok(Outcome::Failed);
    };
    let text = files::read_text(&folder.join(labels))
        .with_context(|| format!("cannot read {}", labels.display()))?;
    let labels = match parse(&labels.display().to_string(), &text) {
        Ok(labels) => labels,
        Err(mistake) => {
            report.diagnostics(&[mistake]);
            return Ok(Outcome::Failed);
        }
    };
    let mut done = Comparison::default();
    let walked = site.walk(0, |step| {
        if let Some(of_edition) = labels.get(&step.edition.id().to_string()) {
            done.take(step.edition, of_edition, verbose);
        }
        Ok(())
    })?;
    let failed = report.diagnostics(&walked.diagnostics);
    let unread = labels.len() - done.editions.len();
    super::print(done.words(unread).as_bytes())?;
    Ok(if failed || done.editions.is_empty() {
        Outcome::Failed
    } else {
        Outcome::Done
    })
}

impl Comparison {
    fn take(&mut self, edition: &Edition<'_>, labels: &BTreeMap<String, bool>, verbose: bool) {
        let labelled: Vec<(usize, bool)> = edition
            .order
            .iter()
            .filter_map(|s| Some((*s, *labels.get(edition.facts(*s).id.untrusted())?)))
            .collect();
        self.unknown += labels.len().saturating_sub(labelled.len());
        let order: Vec<bool> = labelled.iter().map(|(_, marked)| *marked).collect();
        let Some(quality) = Quality::of(&order) else {
            return;
        };
        self.editions.push((edition.id().to_string(), quality));
        for (place, (session, marked)) in labelled.iter().enumerate() {
            let group = match (marked, place < FOUND) {
                (true, true) => &mut self.found,
                (true, false) => &mut self.missed,
                (false, true) => &mut self.before_them,
                (false, false) => continue,
            };
            group.add(edition, *session);
            if verbose {
                self.describe(edition, *session, place, *marked);
            }
        }
    }

    fn describe(&mut self, edition: &Edition<'_>, session: usize, place: usize, marked: bool) {
        let rows: Vec<String> = edition
            .assessment(session)
            .score
            .rows
            .iter()
            .filter_map(|row| match row.of {
                RowOf::Signal(id) => Some(format!("{} {:.1}", definition(id).name, row.raw)),
                RowOf::Combination(c) => Some(format!("{} {:.1}", c.id, row.raw)),
                RowOf::Consequence(_) | RowOf::Trust(_) => None,
            })
            .collect();
        let _ = writeln!(
            self.lines,
            "{} {:>3} {} {:>5.1} {}  {}",
            edition.id(),
            place + 1,
            if marked { "*" } else { " " },
            edition.verdicts[session].priority,
            printable(edition.facts(session).id.untrusted()),
            rows.join(", ")
        );
    }

    fn words(&self, unread: usize) -> String {
        let mut out = self.lines.clone();
        if self.editions.is_empty() {
            out.push_str("No edition has a labelled session that is marked.\n");
            return out;
        }
        let _ = writeln!(
            out,
            "{:<18} {:>6} {:>6} {:>6}",
            "edition", "AP", "P@5", "R@10"
        );
        let line = |out: &mut String, name: &str, q: &Quality| {
            let (ap, p, r) = (q.average_precision, q.precision, q.recall);
            let _ = writeln!(out, "{name:<18} {ap:>6.3} {p:>6.3} {r:>6.3}");
        };
        for (id, quality) in &self.editions {
            line(&mut out, id, quality);
        }
        let all: Vec<Quality> = self.editions.iter().map(|(_, q)| *q).collect();
        line(&mut out, "mean", &Quality::mean(&all));
        let _ = writeln!(
            out,
            "\nMean raw points of each signal: {} marked within the first {FOUND}, {} marked behind them, {} others within the first {FOUND}",
            self.found.sessions, self.missed.sessions, self.before_them.sessions
        );
        let _ = writeln!(
            out,
            "{:<22} {:>7} {:>7} {:>7}",
            "signal", "found", "missed", "others"
        );
        for (at, definition) in CATALOGUE.iter().enumerate() {
            let means = [&self.found, &self.missed, &self.before_them].map(|c| c.mean(at));
            if means.iter().any(|m| *m >= 0.05) {
                let [found, missed, others] = means;
                let name = definition.name;
                let _ = writeln!(out, "{name:<22} {found:>7.1} {missed:>7.1} {others:>7.1}");
            }
        }
        if self.unknown > 0 {
            let _ = writeln!(out, "{} labelled sessions are in no ledger", self.unknown);
        }
        if unread > 0 {
            let _ = writeln!(
                out,
                "{unread} labelled editions are not there or have nothing marked"
            );
        }
        out
    }
}

/// Reads the labels.
fn parse(label: &str, text: &str) -> Result<Labels, Diagnostic> {
    let mut lines = text.lines().enumerate();
    let head: Vec<&str> = lines
        .next()
        .map(|(_, head)| head.split('\t').map(str::trim).collect())
        .unwrap_or_default();
    let column = |name: &str| {
        head.iter().position(|h| *h == name).ok_or_else(|| {
            let mend = nearest(name, head.iter().copied()).map_or_else(
                || {
                    "name the columns edition, id and label in the first line, between tabs"
                        .to_owned()
                },
                |near| format!("is it the column `{near}`?"),
            );
            Diagnostic::error(label, format!("there is no column `{name}`"), &mend).at(1, 1)
        })
    };
    let (edition, id, marked) = (column("edition")?, column("id")?, column("label")?);
    let mut labels = Labels::new();
    for (i, line) in lines.filter(|(_, l)| !l.trim().is_empty()) {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let cell = |at: usize| {
            let missing = || {
                Diagnostic::error(
                    label,
                    "a column is missing",
                    "write as many as the first line has",
                )
                .at(i as u64 + 1, 1)
            };
            cells.get(at).copied().ok_or_else(missing)
        };
        let is_marked = match cell(marked)? {
            "1" | "true" => true,
            "0" | "false" => false,
            other => {
                let message = format!("label {other:?} is neither 0 nor 1");
                return Err(Diagnostic::error(label, message, "write 0 or 1").at(i as u64 + 1, 1));
            }
        };
        let of_edition = labels.entry(cell(edition)?.to_owned()).or_default();
        of_edition.insert(cell(id)?.to_owned(), is_marked);
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_of_an_order() {
        let q = Quality::of(&[true, false, true, false]).unwrap();
        assert!((q.average_precision - 5.0 / 6.0).abs() < 1e-12);
        assert!((q.precision - 0.4).abs() < 1e-12);
        assert!((q.recall - 1.0).abs() < 1e-12);
        assert_eq!(Quality::of(&[false, false]), None);
    }

    #[test]
    fn labels_name_their_columns() {
        let labels = parse(
            "l.tsv",
            "id\tedition\tkind\tlabel\na\te1\tx\t1\nb\te1\ty\t0\n",
        )
        .unwrap();
        assert_eq!(labels["e1"].len(), 2);
        assert!(labels["e1"]["a"]);
        let e = parse("l.tsv", "id\tedition\tlabels\n").unwrap_err();
        assert_eq!(
            (e.place().as_str(), e.mend.as_str()),
            ("l.tsv:1:1", "is it the column `labels`?")
        );
        let e = parse("l.tsv", "id\tedition\tlabel\na\te\tyes\n").unwrap_err();
        assert_eq!(e.line, Some(2));
    }
}
