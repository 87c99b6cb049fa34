//! Secrets that no name tells: credentials after a scheme, passwords of a program's flag.

use super::named::{ASSIGNED, CREDENTIALS};
use super::value::{LEAST_WEAK, is_reference, looks_like_key, quoted};
use super::{Span, places};

/// Programs with a flag that takes a password, or `user:password`.
const FLAGS: &[(&str, &str, bool)] = &[
    ("redis-cli", "-a", false),
    ("sshpass", "-p", false),
    ("docker login", "-p", false),
    ("mongo", "-p", false),
    ("curl", "-u", true),
    ("curl", "--user", true),
    ("wget", "--user", true),
    ("http", "-a", true),
];

/// Credentials after a scheme that stands without its header's name.
pub(super) fn schemes(text: &str, spans: &mut Vec<Span>) {
    for scheme in ["Bearer ", "bearer ", "Basic "] {
        for at in places(text, scheme) {
            let start = at + scheme.len();
            let (skipped, value) = quoted(&text[start..]);
            let value = value.trim_end_matches(':');
            if value.len() >= LEAST_WEAK && !is_reference(value) && looks_like_key(value) {
                let start = start + skipped;
                spans.push(Span::new(CREDENTIALS, start, start + value.len()));
            }
        }
    }
}

/// Passwords of flags that have no telling name.
pub(super) fn flags(text: &str, spans: &mut Vec<Span>) {
    for (program, flag, with_user) in FLAGS {
        if !text.contains(program) {
            continue;
        }
        for (at, _) in text.match_indices(flag) {
            let (before, after) = (&text[..at], &text[at + flag.len()..]);
            let begins = before.is_empty() || before.ends_with([' ', '"', '\'']);
            let value = after.trim_start_matches([' ', '=']);
            if !begins || value.len() == after.len() {
                continue;
            }
            let start = text.len() - value.len();
            let (skipped, value) = quoted(value);
            let (skipped, value) = match (with_user, value.split_once(':')) {
                (true, Some((user, password))) => (skipped + user.len() + 1, password),
                (true, None) => continue,
                (false, _) => (skipped, value),
            };
            if value.len() >= 4 && !is_reference(value) && !value.starts_with('-') {
                spans.push(Span::new(
                    ASSIGNED,
                    start + skipped,
                    start + skipped + value.len(),
                ));
            }
        }
    }
    if text.contains("mysql") || text.contains("mariadb") {
        for (at, _) in text.match_indices(" -p") {
            let (skipped, value) = quoted(&text[at + 3..]);
            if value.len() >= 4 && !is_reference(value) {
                let start = at + 3 + skipped;
                spans.push(Span::new(ASSIGNED, start, start + value.len()));
            }
        }
    }
}
