//! Secrets that were recognised somewhere: what stood beside a name once may stand alone
//! another time, and is the same secret there.
//!
//! Whoever writes a session may call anything a secret. So what is looked for is bounded,
//! and in files nothing is looked for that the program prints of itself: else a session
//! could stop every page, or hide what another one did.

use super::{RANDOM, Span, formats, random, value, views};
use crate::source::limits;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::{BTreeMap, BTreeSet};

/// Kind of a secret that is one because it was recognised elsewhere.
pub(super) const KNOWN: &str = "secret seen elsewhere";
/// Least length of a value that is looked for everywhere; a shorter one may be a word.
const LEAST: usize = 16;
/// So much of a long value is looked for in files: it tells as well as all of it.
const MOST: usize = 256;

/// Secrets to mask wherever they stand.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// With whether more than its looks told it.
    values: BTreeMap<String, bool>,
    /// In texts all are looked for.
    in_words: Option<Ways>,
    /// In names only what nobody would call a thing.
    in_names: Option<Ways>,
    is_cut: bool,
}

/// Finds values in every way that they may stand in a text.
#[derive(Clone, Debug)]
struct Ways {
    automaton: AhoCorasick,
    /// What each way is found as.
    kinds: Vec<&'static str>,
}

impl Ways {
    fn of<'v>(values: impl Iterator<Item = (&'v String, &'v bool)>) -> Option<Self> {
        let (mut all, mut kinds) = (Vec::new(), Vec::new());
        for (value, is_told) in values {
            all.extend(ways(value));
            kinds.resize(all.len(), if *is_told { KNOWN } else { RANDOM });
        }
        let automaton = automaton(MatchKind::LeftmostLongest, all.into_iter())?;
        Some(Self { automaton, kinds })
    }

    fn find(&self, text: &str) -> Vec<Span> {
        let found = self.automaton.find_iter(text);
        let span = |found: aho_corasick::Match| {
            let kind = self.kinds[found.pattern().as_usize()];
            Span::new(kind, found.start(), found.end())
        };
        found.map(span).collect()
    }
}

impl Known {
    /// Of what was recognised, those that can be told from words and names, up to a bound;
    /// each with whether more than its looks told it.
    pub fn new(recognised: impl IntoIterator<Item = (String, bool)>) -> Self {
        let mut values: BTreeMap<String, bool> = BTreeMap::new();
        let mut left = limits::KNOWN_BYTES;
        let mut is_cut = false;
        for (secret, is_told) in recognised {
            for value in parts(&secret) {
                if let Some(told) = values.get_mut(&value) {
                    *told |= is_told;
                } else if value.len() > left {
                    is_cut = true;
                } else {
                    left -= value.len();
                    values.insert(value, is_told);
                }
            }
        }
        Self::of(values, is_cut)
    }

    fn of(values: BTreeMap<String, bool>, is_cut: bool) -> Self {
        Self {
            in_words: Ways::of(values.iter()),
            in_names: Ways::of(values.iter().filter(|(value, _)| is_strong(value))),
            values,
            is_cut,
        }
    }

    /// The same without those that are a name, and those that stand in one of these.
    #[must_use]
    pub fn but<'n>(
        self,
        is_name: impl Fn(&str) -> bool,
        names: impl Iterator<Item = &'n str>,
    ) -> Self {
        let values = self.values.keys().map(|value| value.clone().into_bytes());
        let Some(all) = automaton(MatchKind::Standard, values) else {
            return self;
        };
        let taken: BTreeSet<usize> = names
            .flat_map(|name| patterns(&all, name.as_bytes()))
            .collect();
        let values = self.values.into_iter().enumerate();
        let others = values.filter(|(n, (value, _))| !taken.contains(n) && !is_name(value));
        Self::of(others.map(|(_, told)| told).collect(), self.is_cut)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether some were left out: they are masked only where something tells them.
    pub const fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Where they stand in a text.
    pub(super) fn find(&self, text: &str, is_name: bool) -> Vec<Span> {
        let ways = if is_name {
            &self.in_names
        } else {
            &self.in_words
        };
        let Some(ways) = ways else {
            return Vec::new();
        };
        let mut spans = ways.find(text);
        if let Some(view) = views::unbroken(text) {
            let found = ways.find(&view.text).into_iter();
            spans.extend(found.map(|span| view.place(span)));
        }
        spans
    }

    /// What finds every way one of them may stand in a file: as it is, in base64, as a URL
    /// has it. Only what is masked in every text, names included; and nothing of `own`,
    /// which the program prints of itself.
    pub fn in_files(&self, own: &[u8]) -> Option<AhoCorasick> {
        let strong = self.values.keys().filter(|value| is_strong(value));
        let ways: BTreeSet<Vec<u8>> = strong
            .flat_map(|value| ways(&value[..value.len().min(MOST)]))
            .collect();
        let all = automaton(MatchKind::Standard, ways.iter().cloned())?;
        let printed: BTreeSet<usize> = patterns(&all, own).collect();
        let kept = ways.into_iter().enumerate();
        let kept = kept.filter(|(n, _)| !printed.contains(n));
        automaton(MatchKind::Standard, kept.map(|(_, way)| way))
    }
}

fn automaton(kind: MatchKind, patterns: impl Iterator<Item = Vec<u8>>) -> Option<AhoCorasick> {
    let patterns: Vec<Vec<u8>> = patterns.collect();
    if patterns.is_empty() {
        return None;
    }
    // Of values that repeat themselves a table of all states takes seconds to make.
    let mut builder = AhoCorasick::builder();
    builder.kind(Some(AhoCorasickKind::ContiguousNFA));
    builder.match_kind(kind).build(patterns).ok()
}

/// Which patterns stand in these bytes.
fn patterns(all: &AhoCorasick, bytes: &[u8]) -> impl Iterator<Item = usize> {
    let found = all.find_overlapping_iter(bytes);
    found.map(|found| found.pattern().as_usize())
}

/// A secret in pieces as far as one can be looked for: without a break, and of nothing that
/// a page or a listing has between two values.
fn parts(secret: &str) -> Vec<String> {
    let unbroken = secret.split(|c: char| c.is_whitespace() || c == '\\');
    let plain = secret.split(|c: char| !is_plain(c));
    let pieces: BTreeSet<&str> = unbroken.chain(plain).filter(tells).collect();
    pieces.into_iter().map(str::to_owned).collect()
}

/// Characters of keys that no format of a file has between two values.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '_' | '=' | '~' | '-')
}

/// Whether a piece can be told from words and names.
fn tells(piece: &&str) -> bool {
    piece.len() >= LEAST
        && (value::looks_like_key(piece) || formats::find(piece.as_bytes()).next().is_some())
}

/// Whether nobody would call a thing so: it looks drawn by chance.
fn is_strong(value: &str) -> bool {
    value.chars().all(is_plain) && random::is_random(value.as_bytes())
}

/// How a value may stand in a text or in a file.
fn ways(value: &str) -> BTreeSet<Vec<u8>> {
    let mut ways = BTreeSet::from([value.as_bytes().to_vec(), percent_encoded(value)]);
    ways.extend(views::in_base64(value.as_bytes()));
    ways.extend(
        serde_json::to_vec(value)
            .ok()
            .map(|json| json[1..json.len() - 1].to_vec()),
    );
    ways
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A key of so many characters that is like no other.
    fn key(n: usize, length: usize) -> String {
        let piece = format!("q7Zk2Lw9Xc4V{n:04}b8Nm1Rt5Yp3Hd6");
        piece.chars().cycle().take(length).collect()
    }

    #[test]
    fn what_is_known_is_bounded() {
        let (length, most) = (64, limits::KNOWN_BYTES / 64);
        for (count, cut) in [(most - 1, 0), (most, 0), (most + 1, 1)] {
            let known = Known::new((0..count).map(|n| (key(n, length), true)));
            assert_eq!(known.values.len(), count - cut);
            assert_eq!(known.is_cut(), cut > 0);
        }
    }

    #[test]
    fn a_name_is_no_secret_and_neither_is_what_the_program_prints() {
        let secrets = [key(1, 28), key(2, 28), key(3, 28)];
        let id = format!("run-{}", secrets[1]);
        let told = secrets.clone().map(|secret| (secret, true));
        let known = Known::new(told).but(|n| n == secrets[0], [id.as_str()].into_iter());
        assert_eq!(known.values, BTreeMap::from([(secrets[2].clone(), true)]));
        let page = format!("<a href=\"{}.html\">", secrets[2]);
        assert!(known.in_files(b"").unwrap().is_match(&page));
        assert!(
            known
                .in_files(page.as_bytes())
                .is_none_or(|ways| !ways.is_match(&page))
        );
    }

    #[test]
    fn in_names_only_what_chance_made_is_looked_for() {
        let known = Known::new([
            ("job2026abc991x.rs".to_owned(), true),
            (key(1, 28), false),
            (key(1, 28), true),
            (key(2, 28), false),
        ]);
        let text = format!("job2026abc991x.rs {}", key(1, 28));
        assert_eq!(known.find(&text, false).len(), 2);
        assert_eq!(known.find(&text, true).len(), 1);
        let kinds = format!("{} {}", key(1, 28), key(2, 28));
        let kinds = known.find(&kinds, false).into_iter().map(|span| span.kind);
        assert_eq!(kinds.collect::<Vec<_>>(), [KNOWN, RANDOM]);
    }
}
