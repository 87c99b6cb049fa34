//! The gate: nothing that looks like a secret, or was one where it was read, is published.
//!
//! Secrets are masked long before, at the border. Here the exact bytes of each file are
//! looked at once more while they are written, whatever stage they went through, and so is
//! each file's name. A hit stops the build; the site stays as it was.

use crate::normalise::redact::{Known, formats};
use aho_corasick::AhoCorasick;
use std::borrow::Cow;
use std::fmt;
use std::io;

/// So many bytes are looked at together.
const CHUNK: usize = 64 * 1024;
/// So many are looked at again with the next ones: no rule needs to see more.
const OVERLAP: usize = 512;

/// What must not be published.
#[derive(Default)]
pub struct Gate {
    known: Option<AhoCorasick>,
}

/// A hit: it names the rule, never the secret.
#[derive(Debug)]
pub struct Leak {
    rule: &'static str,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "it would publish a secret ({}); nothing is published. Take the secret out of what the site is made from, and rotate it",
            self.rule
        )
    }
}

impl std::error::Error for Leak {}

impl Gate {
    /// Looks for the formats of secrets, and for these, but for what the program prints of
    /// itself.
    pub fn new(secrets: &Known, own: &[u8]) -> Self {
        Self {
            known: secrets.in_files(own),
        }
    }

    /// Looks at a whole file or name.
    pub fn check(&self, bytes: &[u8]) -> Result<(), Leak> {
        self.look(bytes, true)
    }

    fn look(&self, bytes: &[u8], is_begin: bool) -> Result<(), Leak> {
        // What touches the beginning was looked at with what stands before it.
        let mut hits = formats::secrets(bytes).filter(|s| is_begin || s.start > 0);
        if let Some(span) = hits.next() {
            return Err(Leak { rule: span.kind });
        }
        match &self.known {
            Some(known) if known.is_match(&*unbroken(bytes)) => Err(Leak {
                rule: "one that was recognised in a session",
            }),
            _ => Ok(()),
        }
    }
}

/// The bytes without line breaks and the spaces after them: what was cut in two is whole.
fn unbroken(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.contains(&b'\n') {
        return Cow::Borrowed(bytes);
    }
    let mut joined = Vec::with_capacity(bytes.len());
    for (n, line) in bytes.split(|b| *b == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = if n == 0 {
            line
        } else {
            line.trim_ascii_start()
        };
        joined.extend_from_slice(line);
    }
    Cow::Owned(joined)
}

/// Looks at a file while it is written.
#[derive(Default)]
pub(super) struct Watched {
    pending: Vec<u8>,
    is_begun: bool,
}

impl Watched {
    /// Takes the next bytes.
    pub(super) fn take(&mut self, bytes: &[u8], gate: &Gate) -> io::Result<()> {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() < CHUNK {
            return Ok(());
        }
        self.end(gate).map_err(io::Error::other)?;
        let done = self.pending.len() - OVERLAP;
        self.pending.drain(..done);
        self.is_begun = true;
        Ok(())
    }

    /// Looks at what is left.
    pub(super) fn end(&self, gate: &Gate) -> Result<(), Leak> {
        gate.look(&self.pending, !self.is_begun)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> String {
        format!("ghp_{}", "a1B2".repeat(9))
    }

    fn leaks(parts: &[&str], secrets: &[&str]) -> bool {
        let gate = Gate::new(
            &Known::new(secrets.iter().map(|s| ((*s).to_owned(), true))),
            b"",
        );
        let mut watched = Watched::default();
        let taken = parts
            .iter()
            .try_for_each(|p| watched.take(p.as_bytes(), &gate));
        taken.is_err() || watched.end(&gate).is_err()
    }

    #[test]
    fn formats_are_found_wherever_a_chunk_ends() {
        assert!(leaks(&["a ", &token(), " b"], &[]));
        let token = token();
        for before in [CHUNK - 60, CHUNK - 20, CHUNK - 4, CHUNK, CHUNK + 7] {
            let filler = "x ".repeat(before / 2);
            let (left, right) = token.split_at(9);
            assert!(leaks(&[&filler, left, right, " end"], &[]), "{before}");
            assert!(
                !leaks(&[&filler, left, " ", right, " end"], &[]),
                "{before}"
            );
        }
    }

    #[test]
    fn known_secrets_are_found_in_every_dress() {
        let secret = "q7Zk2Lw9Xc4Vb8Nm1Rt5Yp3Hd6";
        let dresses = [
            secret.to_owned(),
            format!("{}\n  {}", &secret[..8], &secret[8..]),
            format!("{}\r\n{}", &secret[..3], &secret[3..]),
            data_encoding::BASE64.encode(format!("user:{secret}").as_bytes()),
            data_encoding::BASE64.encode(format!("ab{secret}").as_bytes()),
        ];
        for dress in &dresses {
            assert!(leaks(&["a ", dress, " b"], &[secret]), "{dress}");
            assert!(!leaks(&["a ", dress, " b"], &[]), "{dress}");
        }
        assert!(!leaks(
            &["what is assigned may be a word"],
            &["what is assigned"]
        ));
    }
}
