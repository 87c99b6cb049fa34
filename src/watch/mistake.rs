//! A diagnostic with the line it is about, for the page and for the terminal.

use crate::diagnostic::Diagnostic;
use crate::normalise::redact::mask;
use crate::render::plain::printable;
use crate::source::files;
use serde::Serialize;
use std::io::{BufRead, Read};
use std::path::Path;

/// Characters of a line that are shown, before and after the place.
const AROUND: usize = 60;
/// Bytes of a line that are looked at.
const LINE: u64 = 64 << 10;
/// Lines that are passed over at most to come to one.
const LINES: u64 = 2_000_000;

/// A mistake as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// File, line and column.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// The line, and below it a mark at the column.
    pub excerpt: String,
    /// What to do.
    pub mend: String,
}

impl Mistake {
    /// Shows a diagnostic of a site.
    pub(super) fn of(diagnostic: &Diagnostic, root: &Path) -> Self {
        Self {
            place: printable(&mask(&diagnostic.place())),
            message: printable(&mask(&diagnostic.message)),
            excerpt: excerpt(diagnostic, root).unwrap_or_default(),
            mend: printable(&mask(&diagnostic.mend)),
        }
    }
}

/// The line of the place, bounded. One with a secret in it is not shown: a snapshot that
/// cannot be read has not passed the border.
fn excerpt(diagnostic: &Diagnostic, root: &Path) -> Option<String> {
    let number = diagnostic.line.filter(|n| *n <= LINES)?;
    let mut reader = files::open(&root.join(&diagnostic.file)).ok()?;
    let (mut line, mut next) = (Vec::new(), Vec::new());
    // What is missing at the end is shown by the line that is there last.
    for _ in 0..number {
        next.clear();
        let begin = (&mut reader).take(LINE).read_until(b'\n', &mut next).ok()?;
        if begin == 0 {
            break;
        }
        if !next.ends_with(b"\n") {
            reader.skip_until(b'\n').ok()?;
        }
        std::mem::swap(&mut line, &mut next);
    }
    let line = String::from_utf8_lossy(&line);
    let line = line.trim_end_matches(['\r', '\n']);
    if may_hold_a_secret(line) {
        return None;
    }
    let masked = mask(line);
    // Columns count bytes; where a secret was masked they no longer hold.
    let column = diagnostic.column.filter(|_| masked == line)? as usize;
    let before = |(at, _): &(usize, char)| at + 1 < column;
    let at = masked.char_indices().take_while(before).count();
    let from = at.saturating_sub(AROUND);
    let shown: String = masked.chars().skip(from).take(2 * AROUND).collect();
    let pointer = " ".repeat(at - from);
    Some(format!("{}\n{pointer}^", printable(&shown)))
}

/// Whether a line looks as if it held a secret whose form nobody knows: a word that
/// announces one, or a long run as keys are written in.
fn may_hold_a_secret(line: &str) -> bool {
    const WORDS: [&str; 6] = [
        "password",
        "passwd",
        "secret",
        "token",
        "authorization",
        "private key",
    ];
    const RUN: usize = 40;
    let lower = line.to_ascii_lowercase();
    let is_of_run = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '_' | '-');
    let mut runs = line.split(|c| !is_of_run(c));
    WORDS.iter().any(|word| lower.contains(word)) || runs.any(|run| run.len() >= RUN)
}
