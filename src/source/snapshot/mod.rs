//! Snapshots on disk: both forms of format version 1, read as a stream of records.
//!
//! The form is sniffed from content. A record is one session's JSON with the
//! place it stands at; what cannot be read as a session becomes a diagnostic with
//! that place (quarantine), what cannot be read as a snapshot at all is an error.

mod schema;
pub mod wire;

pub use schema::SCHEMA;

use super::{files, json, limits};
use crate::diagnostic::{Diagnostic, nearest, position};
use crate::normalise::redact;
use anyhow::Result;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

/// Characters of what a mistake quotes.
const QUOTED: usize = 200;

/// A snapshot file whose head has been read.
#[derive(Clone, Debug)]
pub struct SnapshotFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name in diagnostics, relative to the site's root.
    pub label: String,
    /// What stands at its head.
    pub head: wire::Head,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Document,
    Lines {
        /// Whether something in the head was no text.
        is_mended: bool,
    },
}

/// One session's JSON and where it stands.
#[derive(Clone, Debug)]
pub struct Record {
    /// Line of its first byte, from 1.
    pub line: u64,
    /// Column of its first byte, from 1.
    pub column: u64,
    /// The JSON itself; not yet known to be well-formed.
    pub json: Vec<u8>,
}

/// Names this program did not know, with how often each occurred.
pub type Unknown = BTreeMap<String, u64>;

/// Reads the head of a snapshot and finds out its form.
pub fn open(root: &Path, path: &Path) -> Result<SnapshotFile, Diagnostic> {
    open_as(&files::label(root, path), path)
}

/// The same under another name in diagnostics.
pub fn open_as(label: &str, path: &Path) -> Result<SnapshotFile, Diagnostic> {
    let unreadable = |e: anyhow::Error| files::unreadable(label, &e);
    let mut reader = files::open(path).map_err(unreadable)?;
    let mut first = Vec::new();
    read_line(&mut *reader, &mut first).map_err(|e| unreadable(e.into()))?;
    if first.starts_with(&[0xff, 0xfe]) || first.starts_with(&[0xfe, 0xff]) {
        return Err(Diagnostic::error(label, "the file is UTF-16", "save it as UTF-8").at(1, 1));
    }
    let (first, is_mended) = json::mend(first);
    let first = without_bom(&first);
    let (head, form) = match probe(first) {
        Ok(probe) if probe.sessions.is_none() && !first.is_empty() => {
            (probe.into_head(), Form::Lines { is_mended })
        }
        _ => {
            let text = read_document(path).map_err(unreadable)?.0;
            let body = without_bom(text.as_bytes());
            let probe = probe(body).map_err(|e| not_a_snapshot(label, &e))?;
            (probe.into_head(), Form::Document)
        }
    };
    if head.format != wire::FORMAT || head.version != wire::VERSION {
        let format = quoted(&head.format);
        let found = format!("format {format:?} version {}", head.version);
        return Err(Diagnostic::error(
            label,
            format!("this is {found}, not {:?} version {}", wire::FORMAT, wire::VERSION),
            "write `\"format\":\"daybrief-snapshot\",\"version\":1` at the head, or move the file out of data/snapshots",
        )
        .at(1, 1));
    }
    Ok(SnapshotFile {
        path: path.to_owned(),
        label: label.to_owned(),
        head,
        form,
    })
}

fn not_a_snapshot(label: &str, error: &serde_json::Error) -> Diagnostic {
    Diagnostic::error(
        label,
        format!("not a snapshot: {}", without_place(error)),
        "a snapshot is one JSON object, or one object a line with the head first (see README, Snapshot format)",
    )
    .at(error.line().max(1) as u64, error.column().max(1) as u64)
}

/// `serde_json` puts the place into its message; ours stands before it.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let head = message.rsplit_once(" at line ").map_or(&*message, |m| m.0);
    quoted(head)
}

/// Words that may quote what stands in the file: masked and cut.
fn quoted(words: &str) -> String {
    redact::mask_beginning(words, QUOTED)
}

/// The head, and whether `sessions` stands beside it.
#[derive(Deserialize)]
struct Probe {
    #[serde(default)]
    format: String,
    #[serde(default)]
    version: u32,
    #[serde(default)]
    taken_at: String,
    #[serde(default)]
    window: Option<wire::Window>,
    #[serde(default)]
    sources: Option<Vec<wire::Source>>,
    #[serde(default)]
    sessions: Option<Vec<serde::de::IgnoredAny>>,
}

/// Looks at the head of a document, or at a first line.
fn probe(json: &[u8]) -> serde_json::Result<Probe> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let probe = wire::required(&mut deserializer)?;
    deserializer.end()?;
    Ok(probe)
}

impl Probe {
    fn into_head(self) -> wire::Head {
        wire::Head {
            format: self.format,
            version: self.version,
            taken_at: self.taken_at,
            window: self.window,
            sources: self.sources.unwrap_or_default(),
        }
    }
}

impl SnapshotFile {
    /// The records, from the first; each call starts anew.
    pub fn records(&self) -> Result<Records> {
        match self.form {
            Form::Lines { is_mended } => {
                let mut reader = files::open(&self.path)?;
                read_line(&mut *reader, &mut Vec::new())?;
                Ok(Records::Lines {
                    reader,
                    line: 1,
                    is_mended,
                })
            }
            Form::Document => {
                let (text, is_mended) = read_document(&self.path)?;
                let ranges = session_ranges(&text)?;
                Ok(Records::Document {
                    text,
                    is_mended,
                    ranges: ranges.into_iter(),
                    at: (0, 1, 1),
                })
            }
        }
    }
}

/// A snapshot in one document, and whether something in it was no text.
fn read_document(path: &Path) -> Result<(String, bool)> {
    let bytes = files::read_whole(path, limits::DOCUMENT_BYTES)?;
    let (text, is_mended) = json::mend(bytes);
    Ok((String::from_utf8(text)?, is_mended))
}

/// Byte ranges of the sessions inside a document.
fn session_ranges(text: &str) -> Result<Vec<(usize, usize)>> {
    #[derive(Deserialize)]
    struct Document<'a> {
        #[serde(default, borrow)]
        sessions: Option<Vec<&'a RawValue>>,
    }
    let skip = text.len() - without_bom(text.as_bytes()).len();
    let document: Document<'_> = serde_json::from_str(&text[skip..])?;
    let base = text.as_ptr() as usize;
    let range = |raw: &RawValue| {
        let start = raw.get().as_ptr() as usize - base;
        (start, start + raw.get().len())
    };
    Ok(document
        .sessions
        .unwrap_or_default()
        .into_iter()
        .map(range)
        .collect())
}

/// The stream of records of one snapshot.
pub enum Records {
    /// One a line.
    #[expect(missing_docs, reason = "the fields are the stream's own state")]
    Lines {
        reader: Box<dyn BufRead + Send>,
        line: u64,
        is_mended: bool,
    },
    /// Inside one object.
    #[expect(missing_docs, reason = "the fields are the stream's own state")]
    Document {
        text: String,
        is_mended: bool,
        ranges: std::vec::IntoIter<(usize, usize)>,
        /// Offset, line and column of the record before, so that no place is counted twice.
        at: (usize, u64, u64),
    },
}

impl Records {
    /// Up to `count` further records, fewer where they are long; an empty batch is the end.
    pub fn batch(&mut self, count: usize) -> Result<Vec<Record>> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while batch.len() < count && bytes < limits::LINE_BYTES {
            match self.next_record()? {
                Some(record) => {
                    bytes += record.json.len();
                    batch.push(record);
                }
                None => break,
            }
        }
        Ok(batch)
    }

    /// Passes over what is left and counts it, without keeping any of it.
    pub fn count_rest(&mut self) -> Result<u64> {
        match self {
            Self::Lines { reader, .. } => {
                let mut count = 0;
                while let Some(is_record) = pass_line(&mut **reader)? {
                    count += u64::from(is_record);
                }
                Ok(count)
            }
            Self::Document { ranges, .. } => Ok(ranges.by_ref().count() as u64),
        }
    }

    /// Whether something so far was no text, and is U+FFFD now.
    pub const fn is_mended(&self) -> bool {
        match self {
            Self::Lines { is_mended, .. } | Self::Document { is_mended, .. } => *is_mended,
        }
    }

    /// Passes over this many records.
    pub fn skip(&mut self, count: usize) -> Result<()> {
        for _ in 0..count {
            if self.next_record()?.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn next_record(&mut self) -> Result<Option<Record>> {
        match self {
            Self::Lines {
                reader,
                line,
                is_mended,
            } => loop {
                let mut json = Vec::new();
                if read_line(&mut **reader, &mut json)? == 0 {
                    return Ok(None);
                }
                *line += 1;
                if !json.trim_ascii().is_empty() {
                    // A longer one is not read, so there is nothing to mend.
                    let (json, mended) = if json.len() > limits::LINE_BYTES {
                        (json, false)
                    } else {
                        json::mend(json)
                    };
                    *is_mended |= mended;
                    return Ok(Some(Record {
                        line: *line,
                        column: 1,
                        json,
                    }));
                }
            },
            Self::Document {
                text, ranges, at, ..
            } => Ok(ranges.next().map(|(start, end)| {
                let (before, line, column) = *at;
                let (lines, inside) = position(&text.as_bytes()[before..], start - before);
                let column = if lines == 1 {
                    column + inside - 1
                } else {
                    inside
                };
                *at = (start, line + lines - 1, column);
                Record {
                    line: at.1,
                    column,
                    json: text.as_bytes()[start..end].to_vec(),
                }
            })),
        }
    }
}

impl Record {
    /// Reads the record's JSON. Unknown fields are counted, never an error.
    pub fn parse(&self, file: &str) -> Result<(wire::Session, Unknown), Diagnostic> {
        if self.json.len() > limits::LINE_BYTES {
            let message = format!(
                "session is quarantined: longer than {} bytes",
                limits::LINE_BYTES
            );
            return Err(Diagnostic::warning(
                file,
                message,
                "split it, or drop what a brief does not need",
            )
            .at(self.line, self.column));
        }
        let mut unknown = Unknown::new();
        let mut deserializer = serde_json::Deserializer::from_slice(&self.json);
        let mut count = |path: serde_ignored::Path<'_>| {
            let path = path.to_string();
            // `events.17.colour` counts as `events.colour`.
            let names: Vec<&str> = path
                .split('.')
                .filter(|p| *p != "?" && p.parse::<u64>().is_err())
                .collect();
            *unknown.entry(names.join(".")).or_default() += 1;
        };
        let counted = serde_ignored::Deserializer::new(&mut deserializer, &mut count);
        let session = wire::required(counted)
            .and_then(|session| deserializer.end().map(|()| session))
            .map_err(|e| self.quarantine(file, &e))?;
        Ok((session, unknown))
    }

    fn quarantine(&self, file: &str, error: &serde_json::Error) -> Diagnostic {
        let message = format!("session is quarantined: {}", without_place(error));
        let (line, column) = (error.line().max(1) as u64, error.column().max(1) as u64);
        let column = if line == 1 {
            self.column + column - 1
        } else {
            column
        };
        Diagnostic::warning(
            file,
            message,
            "correct the value or leave the field out: absent means not recorded",
        )
        .at(self.line + line - 1, column)
    }

    /// Where a field's name first stands in this record, for a value that is
    /// well-formed but cannot be believed.
    pub fn place_of(&self, field: &str) -> (u64, u64) {
        let needle = format!("\"{field}\"");
        let at = self
            .json
            .windows(needle.len())
            .position(|w| w == needle.as_bytes())
            .unwrap_or(0);
        let (line, column) = position(&self.json, at);
        let column = if line == 1 {
            self.column + column - 1
        } else {
            column
        };
        (self.line + line - 1, column)
    }
}

/// Nearest known field name for an unknown one, for `check`.
pub fn nearest_field(unknown: &str) -> Option<&'static str> {
    let last = unknown.rsplit('.').next().unwrap_or(unknown);
    nearest(last, schema::field_names())
}

/// Reads one line of at most [`limits::LINE_BYTES`] + 1 kept bytes, without its line feed;
/// the rest of a longer one is passed over. Returns the bytes consumed.
fn read_line(reader: &mut dyn BufRead, line: &mut Vec<u8>) -> std::io::Result<u64> {
    let kept = limits::LINE_BYTES as u64 + 1;
    let mut consumed = Read::take(&mut *reader, kept).read_until(b'\n', line)? as u64;
    if consumed == kept && line.last() != Some(&b'\n') {
        consumed += skip_line(reader)?;
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    Ok(consumed)
}

fn skip_line(reader: &mut dyn BufRead) -> std::io::Result<u64> {
    let mut skipped = 0;
    loop {
        let buffer = reader.fill_buf()?;
        let (used, done) = match buffer.iter().position(|b| *b == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        reader.consume(used);
        skipped += used as u64;
        if done {
            return Ok(skipped);
        }
    }
}

/// Passes over one line: whether there was something on it; nothing at the end.
fn pass_line(reader: &mut dyn BufRead) -> std::io::Result<Option<bool>> {
    let mut is_record = false;
    let mut is_begun = false;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(is_begun.then_some(is_record));
        }
        is_begun = true;
        let end = buffer.iter().position(|b| *b == b'\n');
        let line = &buffer[..end.unwrap_or(buffer.len())];
        is_record |= !line.trim_ascii().is_empty();
        let used = end.map_or(buffer.len(), |at| at + 1);
        reader.consume(used);
        if end.is_some() {
            return Ok(Some(is_record));
        }
    }
}

fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_a_document_know_their_place() {
        let text = "{\"sessions\":[{\"id\":1}, {\"id\":2},\n  {\"id\":3}\n]}".to_owned();
        let ranges = session_ranges(&text).unwrap();
        let mut records = Records::Document {
            text,
            is_mended: false,
            ranges: ranges.into_iter(),
            at: (0, 1, 1),
        };
        let places: Vec<(u64, u64)> = records
            .batch(10)
            .unwrap()
            .iter()
            .map(|r| (r.line, r.column))
            .collect();
        assert_eq!(places, [(1, 14), (1, 24), (2, 3)]);
    }

    #[test]
    fn what_a_mistake_quotes_is_masked_and_cut() {
        let message = |value: &str| {
            let record = Record {
                line: 1,
                column: 1,
                json: format!(r#"{{"id":"a","models":"{value}"}}"#).into_bytes(),
            };
            record.parse("x.jsonl").unwrap_err().message
        };
        let token = format!("ghp_{}", "a1B2".repeat(9));
        assert!(!message(&token).contains(&token));
        assert!(message(&"a".repeat(1_000_000)).len() < 300);
    }

    #[test]
    fn a_batch_of_long_records_is_a_short_one() {
        let line = " ".repeat(limits::LINE_BYTES / 2) + "{}\n";
        let text = line.repeat(3).into_bytes();
        let mut records = Records::Lines {
            is_mended: false,
            reader: Box::new(std::io::Cursor::new(text)),
            line: 0,
        };
        let mut next = || records.batch(256).unwrap().len();
        assert_eq!([next(), next(), next()], [2, 1, 0]);
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test writes its own fixtures")]
    fn sessions_that_are_no_list_are_a_mistake_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        let head = r#"{"format":"daybrief-snapshot","version":1,"taken_at":"2026-11-22T06:00:00Z""#;
        std::fs::write(&path, format!("{head},\n\"sessions\":{{}}}}")).unwrap();
        let mistake = open_as("x.json", &path).unwrap_err();
        assert_eq!(mistake.place(), "x.json:2:11");
    }
}
