//! Mistakes in what we read, as values.
//!
//! A stage returns what it could make together with its diagnostics; only the
//! command line decides whether they end the run. Each names the file, the line
//! and column where there is one, what is wrong, and what to do about it.

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing was lost.
    Note,
    /// Something was set aside or cut; the site can still be built.
    Warning,
    /// The site cannot be built from this.
    Error,
}

impl Severity {
    /// The word before the message.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One mistake and its mend. The texts may quote session data: the sink escapes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// File, relative to the site's root.
    pub file: String,
    /// Line, from 1.
    pub line: Option<u64>,
    /// Column in bytes, from 1.
    pub column: Option<u64>,
    /// What is wrong, without a full stop.
    pub message: String,
    /// What to do, without a full stop; empty when there is nothing to do.
    pub mend: String,
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place(), self.message)
    }
}

/// Where a mistake is met only while something is made, it ends that as an error.
impl std::error::Error for Diagnostic {}

impl Diagnostic {
    fn new(severity: Severity, file: &str, message: String, mend: &str) -> Self {
        let (file, mend) = (file.to_owned(), mend.to_owned());
        Self {
            severity,
            file,
            line: None,
            column: None,
            message,
            mend,
        }
    }

    /// Something that stops the build.
    pub fn error(file: &str, message: impl Into<String>, mend: &str) -> Self {
        Self::new(Severity::Error, file, message.into(), mend)
    }

    /// Something set aside or cut.
    pub fn warning(file: &str, message: impl Into<String>, mend: &str) -> Self {
        Self::new(Severity::Warning, file, message.into(), mend)
    }

    /// Something worth knowing.
    pub fn note(file: &str, message: impl Into<String>, mend: &str) -> Self {
        Self::new(Severity::Note, file, message.into(), mend)
    }

    /// Adds where in the file.
    #[must_use]
    pub fn at(mut self, line: u64, column: u64) -> Self {
        self.line = Some(line);
        self.column = Some(column);
        self
    }

    /// Moves the place down by lines that were cut off before the text was read.
    #[must_use]
    pub fn further_down(mut self, lines: u64) -> Self {
        self.line = self.line.map(|l| l + lines);
        self
    }

    /// `file:line:column`
    pub fn place(&self) -> String {
        match (self.line, self.column) {
            (Some(line), Some(column)) => format!("{}:{line}:{column}", self.file),
            (Some(line), None) => format!("{}:{line}", self.file),
            _ => self.file.clone(),
        }
    }
}

/// Line and column (from 1) of a byte offset in a text.
pub fn position(text: &[u8], offset: usize) -> (u64, u64) {
    let before = &text[..offset.min(text.len())];
    let mut lines = before.split(|b| *b == b'\n');
    let last = lines.next_back().map_or(0, <[u8]>::len);
    (lines.count() as u64 + 1, last as u64 + 1)
}

/// Letters in which a word that was meant differs at most.
const FARTHEST: usize = 3;

/// `did you mean 'x'?` when one of the known words is near the unknown one.
pub fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = unknown.chars().count();
    known
        .into_iter()
        // To compare costs the product of both lengths; none of these could be near.
        .filter(|word| word.chars().count().abs_diff(length) <= FARTHEST)
        .map(|word| (strsim::damerau_levenshtein(unknown, word), word))
        .filter(|(distance, word)| *distance <= word.len().div_ceil(2).min(FARTHEST))
        .min()
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_is_meant() {
        assert_eq!(nearest("usre", ["host", "user"]), Some("user"));
        assert_eq!(nearest("us", ["user"]), Some("user"));
        assert_eq!(nearest("ab", ["user"]), None);
        assert_eq!(nearest(&"u".repeat(1 << 24), ["user"]), None);
    }
}
