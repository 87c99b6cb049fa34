//! Reading one snapshot: source, normalise and reduce, as a stream.
//!
//! The first pass keeps only the facts of each session; the second hands out the
//! sessions themselves again, a batch at a time, for their pages.

use crate::assess::{Facts, reduce};
use crate::diagnostic::Diagnostic;
use crate::model::{EventKind, Inventory, Session, Snapshot, Text};
use crate::normalise::redact::{Known, Seen};
use crate::normalise::{self, Border};
use crate::source::limits;
use crate::source::snapshot::{Record, SnapshotFile, nearest_field, wire};
use anyhow::Result;
use rayon::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Records read at once: enough to keep every core busy, little enough to forget.
const BATCH: usize = 256;

/// Unknown fields beyond those that are named.
const OTHERS: &str = "(others)";
/// Mistakes of one snapshot that are told one by one; of more there is no end.
const TOLD: usize = 1_000;

/// A snapshot reduced to its facts.
#[derive(Debug)]
pub struct Reading {
    /// Its head.
    pub snapshot: Snapshot,
    /// Its name in diagnostics.
    pub label: String,
    /// One a session, in the order of the file.
    pub facts: Vec<Facts>,
    /// What was read and what was not.
    pub coverage: Coverage,
    /// Secrets that stood in it. They are masked wherever they do, and must not be published.
    pub secrets: Known,
    /// For each record of the file, whether it became a session.
    kept: Vec<bool>,
}

/// What was read, what was set aside, what was not recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Sessions set aside because they cannot be believed.
    pub quarantined: u64,
    /// Further records with the same id and the same content.
    pub collapsed: u64,
    /// Records whose id another record has with different content.
    pub conflicting: u64,
    /// Field by field, in how many sessions it was not recorded; only fields that were missing at least once.
    pub not_recorded: Vec<(&'static str, u64)>,
    /// Fields of the file that this version does not know, with their counts; many of them
    /// under one name.
    pub unknown_fields: BTreeMap<String, u64>,
    /// Events of a kind that this version does not know.
    pub other_events: u64,
    /// What the border did.
    pub border: Border,
}

/// A session as it passed the border, and as it is understood.
#[derive(Debug)]
pub struct Read {
    /// Its place among [`Reading::facts`].
    pub index: usize,
    /// As understood.
    pub session: Session,
    /// As read, on one line: bounded and redacted, unknown fields included.
    pub raw: Vec<u8>,
}

/// One record after parsing.
struct Parsed {
    session: Session,
    raw: wire::Session,
    unknown: BTreeMap<String, u64>,
    border: Border,
    /// What was masked, as it stood, and whether more than its looks told it.
    secrets: Vec<(String, bool)>,
}

/// Reads a snapshot and reduces it.
pub fn read(file: &SnapshotFile, inventory: &Inventory) -> Result<(Reading, Vec<Diagnostic>)> {
    read_to(file, inventory, limits::RECORDS)
}

/// The same with another bound on its records.
fn read_to(
    file: &SnapshotFile,
    inventory: &Inventory,
    most: usize,
) -> Result<(Reading, Vec<Diagnostic>)> {
    let snapshot = match normalise::head(&file.label, &file.head) {
        Ok(snapshot) => snapshot,
        Err(diagnostic) => return Ok((Reading::unreadable(file), vec![diagnostic])),
    };
    let pass = pass_over(file, &snapshot, inventory, &Known::default(), most)?;
    let secrets = pass.recognised();
    if secrets.is_empty() {
        return Ok(pass.finish(secrets));
    }
    // What stood beside its name in one place may stand alone in another, before it or in
    // another writing: only to read once more tells.
    let again = pass_over(file, &snapshot, inventory, &secrets, most)?;
    Ok(again.finish(secrets))
}

fn pass_over(
    file: &SnapshotFile,
    snapshot: &Snapshot,
    inventory: &Inventory,
    known: &Known,
    most: usize,
) -> Result<Pass> {
    let mut pass = Pass::new(snapshot.clone(), &file.label);
    let mut records = file.records()?;
    loop {
        let room = most - pass.kept.len();
        let batch = records.batch(BATCH.min(room))?;
        if batch.is_empty() {
            pass.beyond = records.count_rest()?;
            pass.is_mended = records.is_mended();
            return Ok(pass);
        }
        let parsed: Vec<_> = batch
            .par_iter()
            .map(|record| {
                let mut parsed = parse(record, &file.label, &pass.snapshot, known)?;
                // The second time all that can be recognised is known.
                if known.is_empty() {
                    let mut secrets = std::mem::take(&mut parsed.secrets);
                    with_unknown(record, &parsed, known, &mut |s| {
                        secrets.push((s.value.to_owned(), s.is_told));
                    });
                    parsed.secrets = secrets;
                }
                let facts = reduce(&parsed.session, &pass.snapshot, inventory);
                let content = content_hash(&parsed.session);
                Ok((parsed, facts, content))
            })
            .collect();
        for (record, result) in batch.iter().zip(parsed) {
            pass.take(record, result);
        }
    }
}

/// Hands out the sessions of a snapshot again, in batches, in the order of the file.
pub fn sessions(
    file: &SnapshotFile,
    reading: &Reading,
    mut each: impl FnMut(Vec<Read>) -> Result<()>,
) -> Result<()> {
    let mut records = file.records()?;
    let (mut at, mut index) = (0, 0);
    loop {
        let left = reading.kept.len() - at;
        let batch = records.batch(BATCH.min(left))?;
        if batch.is_empty() {
            return Ok(());
        }
        let mut wanted = Vec::with_capacity(batch.len());
        for record in batch {
            if reading.kept.get(at).copied().unwrap_or(false) {
                wanted.push((index, record));
                index += 1;
            }
            at += 1;
        }
        let read: Vec<Read> = wanted
            .par_iter()
            .filter_map(|(index, record)| again(record, *index, &file.label, reading))
            .collect();
        each(read)?;
    }
}

/// Hands out one session again, by its place among [`Reading::facts`].
pub fn session(file: &SnapshotFile, reading: &Reading, index: usize) -> Result<Option<Read>> {
    let mut kept = reading.kept.iter().enumerate().filter(|(_, kept)| **kept);
    let Some((at, _)) = kept.nth(index) else {
        return Ok(None);
    };
    let mut records = file.records()?;
    records.skip(at)?;
    let Some(record) = records.batch(1)?.pop() else {
        return Ok(None);
    };
    Ok(again(&record, index, &file.label, reading))
}

/// A record that became a session before.
fn again(record: &Record, index: usize, label: &str, reading: &Reading) -> Option<Read> {
    let parsed = parse(record, label, &reading.snapshot, &reading.secrets).ok()?;
    let raw = raw_line(record, &parsed, &reading.secrets);
    Some(Read {
        index,
        session: parsed.session,
        raw,
    })
}

fn parse(
    record: &Record,
    label: &str,
    snapshot: &Snapshot,
    known: &Known,
) -> Result<Parsed, Diagnostic> {
    let (mut raw, unknown) = record.parse(label)?;
    let mut secrets = Vec::new();
    let border = normalise::border(&mut raw, known, &mut |s| {
        secrets.push((s.value.to_owned(), s.is_told));
    });
    let session = normalise::session(&raw, snapshot).map_err(|problem| {
        let (line, column) = record.place_of(problem.field);
        let message = format!("session is quarantined: {} {}", problem.field, problem.what);
        Diagnostic::warning(
            label,
            message,
            "correct the value or leave the field out: absent means not recorded",
        )
        .at(line, column)
    })?;
    Ok(Parsed {
        session,
        raw,
        unknown,
        border,
        secrets,
    })
}

/// The record as it is published.
fn raw_line(record: &Record, parsed: &Parsed, known: &Known) -> Vec<u8> {
    let line = match with_unknown(record, parsed, known, &mut |_| {}) {
        Some(whole) => serde_json::to_vec(&whole),
        None => serde_json::to_vec(&parsed.raw),
    };
    line.unwrap_or_default()
}

/// The record with the fields that this version does not know; only one that has such has to
/// be read as a tree again to keep them. `seen` is told the secrets in these.
fn with_unknown(
    record: &Record,
    parsed: &Parsed,
    known: &Known,
    seen: &mut dyn FnMut(Seen<'_>),
) -> Option<Value> {
    if parsed.unknown.is_empty() {
        return None;
    }
    let whole = serde_json::from_slice(&record.json).ok()?;
    let mut kept = serde_json::to_value(&parsed.raw).ok()?;
    normalise::add_unknown(&mut kept, whole, known, seen);
    Some(kept)
}

fn content_hash(session: &Session) -> u64 {
    let mut hasher = DefaultHasher::new();
    session.hash(&mut hasher);
    hasher.finish()
}

impl Reading {
    fn unreadable(file: &SnapshotFile) -> Self {
        let taken_at = jiff::Timestamp::UNIX_EPOCH;
        let window = crate::model::Window {
            start: taken_at,
            end: taken_at,
        };
        Self {
            snapshot: Snapshot {
                taken_at,
                window,
                sources: Vec::new(),
            },
            label: file.label.clone(),
            facts: Vec::new(),
            coverage: Coverage::default(),
            secrets: Known::default(),
            kept: Vec::new(),
        }
    }
}

/// State of the first pass.
struct Pass {
    snapshot: Snapshot,
    label: String,
    facts: Vec<Facts>,
    kept: Vec<bool>,
    coverage: Coverage,
    diagnostics: Vec<Diagnostic>,
    names: HashSet<Text>,
    /// For each id, the index of its first record and how many different ones there are.
    ids: HashMap<Text, (usize, u32)>,
    /// Those indexes with the content hashes of all their records.
    contents: HashSet<(usize, u64)>,
    missing: [u64; FIELDS.len()],
    /// What was masked, as it stood, and whether more than its looks told it.
    masked: Vec<(String, bool)>,
    /// Mistakes that are not among the diagnostics.
    untold: u64,
    /// Records beyond the bound.
    beyond: u64,
    /// Whether something was no text.
    is_mended: bool,
}

impl Pass {
    fn new(snapshot: Snapshot, label: &str) -> Self {
        Self {
            snapshot,
            label: label.to_owned(),
            facts: Vec::new(),
            kept: Vec::new(),
            coverage: Coverage::default(),
            diagnostics: Vec::new(),
            names: HashSet::new(),
            ids: HashMap::new(),
            contents: HashSet::new(),
            missing: [0; FIELDS.len()],
            masked: Vec::new(),
            untold: 0,
            beyond: 0,
            is_mended: false,
        }
    }

    fn take(&mut self, record: &Record, result: Result<(Parsed, Facts, u64), Diagnostic>) {
        let (parsed, mut facts, content) = match result {
            Ok(parts) => parts,
            Err(diagnostic) => return self.quarantine(diagnostic),
        };
        self.masked.extend(parsed.secrets);
        if !self.is_new(record, &mut facts, content) {
            self.kept.push(false);
            return;
        }
        for (name, count) in parsed.unknown {
            self.unknown(name, count);
        }
        let other = parsed
            .session
            .events
            .iter()
            .filter(|e| e.kind == EventKind::Other);
        self.coverage.other_events += other.count() as u64;
        self.coverage.border.add(parsed.border);
        for (missing, (_, is_missing)) in self.missing.iter_mut().zip(FIELDS) {
            *missing += u64::from(is_missing(&parsed.session));
        }
        facts.share(&mut self.names);
        self.facts.push(facts);
        self.kept.push(true);
    }

    /// Counts a field under its name, which is a text of the session like any other; beyond
    /// [`limits::LIST_ITEMS`] names all under one.
    fn unknown(&mut self, name: String, count: u64) {
        let all = &mut self.coverage.unknown_fields;
        let name = if all.contains_key(&name) {
            name
        } else if all.len() < limits::LIST_ITEMS {
            normalise::border_text(&name)
        } else {
            OTHERS.to_owned()
        };
        *all.entry(name).or_default() += count;
    }

    fn tell(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < TOLD {
            self.diagnostics.push(diagnostic);
        } else {
            self.untold += 1;
        }
    }

    fn quarantine(&mut self, diagnostic: Diagnostic) {
        self.tell(diagnostic);
        self.coverage.quarantined += 1;
        self.kept.push(false);
    }

    /// Identical records of one id collapse; different ones are both kept and both flagged.
    fn is_new(&mut self, record: &Record, facts: &mut Facts, content: u64) -> bool {
        let new = (self.facts.len(), 0);
        let (first, count) = self.ids.entry(facts.id.clone()).or_insert(new);
        if !self.contents.insert((*first, content)) {
            self.coverage.collapsed += 1;
            return false;
        }
        facts.ordinal = *count;
        *count += 1;
        if facts.ordinal == 0 {
            return true;
        }
        facts.conflicting = true;
        if !std::mem::replace(&mut self.facts[*first].conflicting, true) {
            self.coverage.conflicting += 1;
        }
        self.coverage.conflicting += 1;
        let mend = "keep one record for a session; both are shown until then";
        let message = "this session's id occurs before with different content";
        self.tell(Diagnostic::warning(&self.label, message, mend).at(record.line, record.column));
        true
    }

    /// Secrets to look for everywhere; not the names of entities, nor what stands in the id of
    /// a session. They are printed on purpose whatever somebody assigns them to: else a
    /// session could hide what another one did.
    fn recognised(&self) -> Known {
        let is_name = |value: &str| self.names.contains(value);
        Known::new(self.masked.iter().cloned()).but(is_name, self.ids.keys().map(Text::untrusted))
    }

    /// Tells what is not about one record.
    fn sum_up(&mut self, secrets: &Known) {
        for (name, count) in &self.coverage.unknown_fields {
            let mend = nearest_field(name)
                .map(|near| format!("did you mean `{near}`?"))
                .unwrap_or_default();
            let message =
                format!("unknown field `{name}` in {count} places; it is counted and ignored");
            self.diagnostics
                .push(Diagnostic::note(&self.label, message, &mend));
        }
        let table = "see the table of limits in the manual";
        let mut warn = |message: String, mend: &str| {
            let warning = Diagnostic::warning(&self.label, message, mend);
            self.diagnostics.push(warning);
        };
        if self.untold > 0 {
            let message = format!("{} more records like these are not listed", self.untold);
            warn(message, "mend the ones above first");
        }
        if self.beyond > 0 {
            let message = format!(
                "{} sessions are quarantined: more than {} records",
                self.beyond,
                self.kept.len()
            );
            warn(message, "write several snapshots");
        }
        if self.is_mended {
            let message = "characters that are no text are shown as U+FFFD";
            let mend = "write UTF-8, and no half of a surrogate pair";
            warn(message.to_owned(), mend);
        }
        let &Border { cut, dropped, .. } = &self.coverage.border;
        if cut + dropped > 0 {
            let message = format!("{cut} texts were cut and {dropped} items dropped at the limits");
            warn(message, table);
        }
        if secrets.is_cut() {
            let message = "more different secrets than are looked for elsewhere; the rest is masked where it is told";
            warn(message.to_owned(), table);
        }
    }

    fn finish(mut self, secrets: Known) -> (Reading, Vec<Diagnostic>) {
        self.coverage.quarantined += self.beyond;
        self.sum_up(&secrets);
        let fields = FIELDS.iter().zip(self.missing).filter(|(_, n)| *n > 0);
        self.coverage.not_recorded = fields.map(|((name, _), n)| (*name, n)).collect();
        let reading = Reading {
            snapshot: self.snapshot,
            label: self.label,
            facts: self.facts,
            coverage: self.coverage,
            secrets,
            kept: self.kept,
        };
        (reading, self.diagnostics)
    }
}

/// Names a field for the coverage line and tells whether a session lacks it.
type Field = (&'static str, fn(&Session) -> bool);

/// Fields whose absence the coverage line reports.
const FIELDS: [Field; 9] = [
    ("user", |s| s.user.is_none()),
    ("host", |s| s.host.is_none()),
    ("key", |s| s.key.is_none()),
    ("agent", |s| s.agent.is_none()),
    ("model", |s| s.models.is_empty()),
    ("repository", |s| {
        s.workspace.repo.is_none() && s.events.iter().all(|e| e.repo.is_none())
    }),
    ("permission mode", |s| {
        s.permission_mode.is_none() && s.events.iter().all(|e| e.mode.is_none())
    }),
    ("cost", |s| s.cost.is_none()),
    ("events", |s| s.events.is_empty()),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::snapshot;

    #[expect(clippy::disallowed_methods, reason = "a test writes its own fixtures")]
    fn file_of(lines: &[&str]) -> (tempfile::TempDir, SnapshotFile) {
        let head =
            r#"{"format":"daybrief-snapshot","version":1,"taken_at":"2026-11-22T06:00:00Z"}"#;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jsonl");
        std::fs::write(&path, [&[head], lines].concat().join("\n")).unwrap();
        let file = snapshot::open_as("x.jsonl", &path).unwrap();
        (folder, file)
    }

    fn read_lines(lines: &[&str]) -> (Reading, Vec<Diagnostic>) {
        let (_folder, file) = file_of(lines);
        read(&file, &Inventory::default()).unwrap()
    }

    #[test]
    fn records_of_one_id_collapse_or_conflict() {
        let (one, two, other) = (r#"{"id":"a"}"#, r#"{"id":"a","host":"h"}"#, r#"{"id":"b"}"#);
        let (reading, _) = read_lines(&[one, two, one, other, two]);
        let told: Vec<_> = reading
            .facts
            .iter()
            .map(|f| (f.id.untrusted(), f.ordinal, f.conflicting))
            .collect();
        assert_eq!(told, [("a", 0, true), ("a", 1, true), ("b", 0, false)]);
        let coverage = &reading.coverage;
        assert_eq!((coverage.collapsed, coverage.conflicting), (2, 2));
    }

    #[test]
    fn unknown_fields_are_named_like_texts_and_not_all_of_them() {
        let token = format!("ghp_{}", "a1B2".repeat(9));
        let many: Vec<String> = (0..100).map(|n| format!(r#","u{n}":1"#)).collect();
        let record = format!(r#"{{"id":"a","{token}":1{}}}"#, many.concat());
        let (reading, diagnostics) = read_lines(&[&record]);
        let unknown = reading.coverage.unknown_fields;
        assert_eq!(unknown.values().sum::<u64>(), 101);
        assert_eq!(unknown.len(), limits::LIST_ITEMS + 1);
        assert_eq!(unknown[OTHERS], 101 - limits::LIST_ITEMS as u64);
        assert!(diagnostics.iter().all(|d| !d.message.contains(&token)));
    }

    #[test]
    fn records_are_read_up_to_their_bound_and_counted_beyond() {
        let most = 300;
        for (count, beyond) in [(most - 1, 0), (most, 0), (most + 1, 1), (most + 500, 500)] {
            let lines: Vec<String> = (0..count).map(|n| format!(r#"{{"id":"{n}"}}"#)).collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let (folder, file) = file_of(&lines);
            let (reading, diagnostics) = read_to(&file, &Inventory::default(), most).unwrap();
            assert_eq!(reading.facts.len(), count.min(most));
            assert_eq!(reading.coverage.quarantined, beyond);
            let told = diagnostics
                .iter()
                .filter(|d| d.message.contains("more than 300 records"));
            assert_eq!(told.count(), usize::from(beyond > 0));
            let mut again = 0;
            sessions(&file, &reading, |batch| {
                again += batch.len();
                Ok(())
            })
            .unwrap();
            assert_eq!(again, reading.facts.len());
            drop(folder);
        }
    }

    #[test]
    fn of_many_mistakes_the_first_are_told_and_the_rest_counted() {
        for (count, listed) in [(TOLD - 1, TOLD - 1), (TOLD, TOLD), (TOLD + 1, TOLD + 1)] {
            let (reading, diagnostics) = read_lines(&vec!["x"; count]);
            assert_eq!(reading.coverage.quarantined, count as u64);
            assert_eq!(diagnostics.len(), listed);
            let rest = diagnostics.last().unwrap().message.starts_with("1 more");
            assert_eq!(rest, count > TOLD);
        }
    }
}
