//! What looks random: keys of providers that give them no shape of their own.
//!
//! Sessions are full of long tokens that are no secrets: digests, identifiers, integrity
//! sums, images, names made of words. A token is held for random only when none of these
//! shapes explains it.

use super::Span;
use std::ops::Range;

/// Least length of a token that is masked for looking random alone.
const LEAST: usize = 32;
/// Longer runs are data: images, archives, embedded fonts.
const MOST: usize = 256;
/// Bits a character: random letters and digits have 4.5 and more at this length, words
/// and names below 4.
const ENTROPY: f64 = 4.2;

/// Stretches of a text that look like a random key and like nothing else.
pub(super) fn find(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|b| is_key(**b)).count();
        let run = &bytes[at..at + length];
        let before = &bytes[..at];
        if (LEAST..=MOST).contains(&length) && is_random(run) && !is_printed(before, run) {
            spans.push(Span::new(super::RANDOM, at, at + length));
        }
        at += length.max(1);
    }
    if !spans.is_empty() {
        let frames = frames(text);
        spans.retain(|span| {
            let before = frames.partition_point(|frame| frame.start <= span.start);
            before == 0 || frames[before - 1].end <= span.start
        });
    }
    spans
}

/// Stretches that everybody may see: certificates and public keys.
fn frames(text: &str) -> Vec<Range<usize>> {
    let begins = ["-----BEGIN CERTIFICATE", "-----BEGIN PUBLIC KEY"];
    let mut frames: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices("-----BEGIN ") {
        let is_inside = frames.last().is_some_and(|frame| at < frame.end);
        if !is_inside && begins.iter().any(|begin| text[at..].starts_with(begin)) {
            let Some(length) = text[at..].find("-----END ") else {
                break;
            };
            frames.push(at..at + length);
        }
    }
    frames
}

/// What well-known files and public keys begin with in base64: PDF, PNG, JPEG, GIF, ZIP, gzip,
/// keys of SSH.
const MAGIC: [&[u8]; 9] = [
    b"JVBERi0",
    b"iVBORw0KGgo",
    b"/9j/",
    b"R0lGOD",
    b"UEsDB",
    b"H4sI",
    b"AAAAB3NzaC1yc2E",
    b"AAAAC3NzaC1lZDI1NTE5",
    b"AAAAE2VjZHNh",
];

fn is_key(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'-')
}

/// Whether nobody chose these characters: chance did, or they are a digest.
pub(super) fn is_drawn(bytes: &[u8]) -> bool {
    let is_digest = bytes.len() >= 32 && bytes.iter().all(u8::is_ascii_hexdigit);
    is_digest || is_random(bytes)
}

/// Whether bytes look drawn by chance: all three sorts of characters, often changing, and
/// many different ones. Words joined by case, dashes or slashes are not.
pub(super) fn is_random(bytes: &[u8]) -> bool {
    let sort = |b: u8| match b {
        b'a'..=b'z' => 1_u8,
        b'A'..=b'Z' => 2,
        b'0'..=b'9' => 3,
        _ => 4,
    };
    let count = |of: u8| bytes.iter().filter(|b| sort(**b) == of).count();
    let (digits, marks) = (count(3), count(4));
    let changes = bytes.windows(2).filter(|w| sort(w[0]) != sort(w[1]));
    let has_all = count(1) > 0 && count(2) > 0 && digits > 1;
    // By chance three neighbours in five are of another sort; in names made of words two.
    has_all
        && digits * 16 >= bytes.len()
        && marks * 8 <= bytes.len()
        && changes.count() * 9 >= bytes.len() * 4
        && entropy(bytes) >= ENTROPY.min((bytes.len() as f64).log2() - 0.6)
}

/// Shannon's entropy of the characters, in bits a character.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for b in bytes {
        counts[usize::from(*b)] += 1;
    }
    let all = bytes.len() as f64;
    let share = counts
        .iter()
        .filter(|n| **n > 0)
        .map(|n| f64::from(*n) / all);
    -share.map(|p| p * p.log2()).sum::<f64>()
}

/// Whether a run has a shape that is printed on purpose: data or a digest with its name, or
/// an identifier with the prefix of its kind (`toolu_01...`, `req_...`, `sha512-...`).
fn is_printed(before: &[u8], run: &[u8]) -> bool {
    let named = [
        &b"base64,"[..],
        b"sha256:",
        b"sha512:",
        b"sha384:",
        b"sha1:",
        b"h1:",
        b"md5:",
        b"integrity=",
        b"etag: ",
        b"etag:",
    ];
    let before = before[before.len().saturating_sub(16)..].to_ascii_lowercase();
    let before = before.strip_suffix(b"\"").unwrap_or(&before);
    if named.iter().any(|name| before.ends_with(name)) {
        return true;
    }
    if MAGIC.iter().any(|begin| run.starts_with(begin)) {
        return true;
    }
    let head = run
        .iter()
        .take_while(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        .count();
    let is_word = run[..head].iter().any(u8::is_ascii_lowercase);
    let rest = &run[head..];
    let digest = [&b"sha256-"[..], b"sha384-", b"sha512-", b"sha1-"];
    digest.iter().any(|name| run.starts_with(name))
        || (is_word && (2..=12).contains(&head) && rest.starts_with(b"_"))
        || (is_word && (3..=12).contains(&head) && rest.starts_with(b"-"))
        // A path, or an address without its scheme.
        || run.split(|b| *b == b'/').count() > 3
}
