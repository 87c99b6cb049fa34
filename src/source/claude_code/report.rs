//! What was read and what was not, to be told at the end.

use super::prices::PRICES_OF;
use super::records::Skipped;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Places listed of one sort; the rest is counted.
const LISTED: usize = 10;

/// A file that was not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// Which.
    pub path: PathBuf,
    /// Why, without a full stop.
    pub reason: String,
}

/// What an import read, and what it did not. Paths and reasons may quote the
/// file system and the logs: the sink escapes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Files that held a transcript.
    pub files: u64,
    /// Lines in them.
    pub lines: u64,
    /// Records in them, by type.
    pub records: BTreeMap<String, u64>,
    /// Stretches of them that could not be read.
    pub skipped: Vec<(PathBuf, Skipped)>,
    /// Files in which bytes that are no text were replaced.
    pub mended: Vec<PathBuf>,
    /// Files that were not read.
    pub unread: Vec<Unread>,
    /// Sessions found, subagents included.
    pub sessions: u64,
    /// Events found.
    pub events: u64,
    /// Events set aside because a resumed or forked session repeats them.
    pub repeated: u64,
    /// Requests of models that have no price.
    pub unpriced: BTreeMap<String, u64>,
}

impl Report {
    /// Lines of text for a person.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "read {} and {} in {}: {}, {}",
            count(self.files, "file"),
            count(self.records.values().sum(), "record"),
            count(self.lines, "line"),
            count(self.sessions, "session"),
            count(self.events, "event"),
        )];
        let records: Vec<String> = self
            .records
            .iter()
            .map(|(kind, n)| format!("{kind} {n}"))
            .collect();
        if !records.is_empty() {
            lines.push(format!("records by type: {}", records.join(", ")));
        }
        if self.repeated > 0 {
            let events = count(self.repeated, "event");
            lines.push(format!(
                "set aside {events} that resumed or forked sessions repeat"
            ));
        }
        let bytes: u64 = self.skipped.iter().map(|(_, s)| s.bytes).sum();
        if !self.skipped.is_empty() {
            let places = count(self.skipped.len() as u64, "place");
            lines.push(format!("skipped {} in {places}:", count(bytes, "byte")));
        }
        let skipped = self.skipped.iter().map(|(path, s)| {
            let bytes = count(s.bytes, "byte");
            format!("  {}:{}: {} ({bytes})", path.display(), s.line, s.reason)
        });
        list(&mut lines, skipped);
        if !self.mended.is_empty() {
            let files = count(self.mended.len() as u64, "file");
            lines.push(format!("replaced bytes that are no text in {files}:"));
        }
        list(
            &mut lines,
            self.mended
                .iter()
                .map(|path| format!("  {}", path.display())),
        );
        if !self.unread.is_empty() {
            lines.push(format!(
                "did not read {}:",
                count(self.unread.len() as u64, "file")
            ));
        }
        list(
            &mut lines,
            self.unread
                .iter()
                .map(|u| format!("  {}: {}", u.path.display(), u.reason)),
        );
        for (model, requests) in &self.unpriced {
            let requests = count(*requests, "request");
            lines.push(format!(
                "unpriced: {model}, {requests} (price table of {PRICES_OF})"
            ));
        }
        lines
    }
}

fn list(lines: &mut Vec<String>, items: impl ExactSizeIterator<Item = String>) {
    let rest = items.len().saturating_sub(LISTED);
    lines.extend(items.take(LISTED));
    if rest > 0 {
        lines.push(format!("  and {rest} more"));
    }
}

fn count(n: u64, what: &str) -> String {
    if n == 1 {
        format!("1 {what}")
    } else {
        format!("{n} {what}s")
    }
}
