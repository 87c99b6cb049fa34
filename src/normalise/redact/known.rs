//! Secrets that were recognised somewhere: what stood beside a name once may stand alone
//! another time, and is the same secret there.

use super::{Span, formats, named, views};
use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::BTreeSet;

/// Kind of a secret that is one because it was recognised elsewhere.
pub(super) const KNOWN: &str = "secret seen elsewhere";
/// Least length of a value that is looked for everywhere; a shorter one may be a word.
const LEAST: usize = 16;
/// Least length of a part that is looked for on its own.
const PART: usize = 12;

/// Secrets to mask wherever they stand.
#[derive(Clone, Debug, Default)]
pub struct Known {
    values: BTreeSet<String>,
    automaton: Option<AhoCorasick>,
}

impl Known {
    /// Of what was recognised, those that can be told from words and names.
    pub fn new(recognised: impl IntoIterator<Item = String>) -> Self {
        let values: BTreeSet<String> = recognised
            .into_iter()
            .flat_map(|secret| parts(&secret))
            .collect();
        let automaton = (!values.is_empty())
            .then(|| {
                AhoCorasick::builder()
                    .match_kind(MatchKind::LeftmostLongest)
                    .build(&values)
                    .ok()
            })
            .flatten();
        Self { values, automaton }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub(super) fn find(&self, text: &str) -> Vec<Span> {
        let Some(automaton) = &self.automaton else {
            return Vec::new();
        };
        let span = |found: aho_corasick::Match| Span::new(KNOWN, found.start(), found.end());
        automaton.find_iter(text).map(span).collect()
    }

    /// Every way one of them may stand in a published file: as it is, cut in two by a line
    /// break, escaped, in base64, as a URL has it.
    pub fn in_files(&self) -> BTreeSet<Vec<u8>> {
        let mut ways = BTreeSet::new();
        for value in &self.values {
            ways.insert(value.clone().into_bytes());
            if value.is_ascii() && value.len() >= 2 * PART {
                let (left, right) = value.split_at(value.len() / 2);
                ways.extend([left.as_bytes().to_vec(), right.as_bytes().to_vec()]);
            }
            ways.extend(views::in_base64(value.as_bytes()));
            ways.insert(percent_encoded(value));
            ways.extend(
                serde_json::to_vec(value)
                    .ok()
                    .map(|json| json[1..json.len() - 1].to_vec()),
            );
        }
        ways
    }
}

/// A secret in pieces without a break, as far as one can be looked for.
fn parts(secret: &str) -> Vec<String> {
    let pieces = secret.split(|c: char| c.is_whitespace() || c == '\\');
    let tells = |piece: &&str| {
        piece.len() >= LEAST
            && (named::looks_like_key(piece) || formats::find(piece.as_bytes()).next().is_some())
    };
    pieces.filter(tells).map(str::to_owned).collect()
}

fn percent_encoded(value: &str) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(value.len() * 3);
    for b in value.bytes() {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~') {
            encoded.push(b);
        } else {
            encoded.extend_from_slice(format!("%{b:02X}").as_bytes());
        }
    }
    encoded
}
