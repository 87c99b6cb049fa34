//! Passwords in URLs.

use super::Span;
use super::value::{JUDGED, LEAST_WEAK, begin, is_reference, looks_like_key};

pub(super) const URL_PASSWORD: &str = "password in a URL";

/// Every password of `scheme://user:password@host`, and a token that stands for both.
pub(super) fn find(text: &str, spans: &mut Vec<Span>) {
    let mut at = 0;
    for word in text.split_inclusive(['?', '#', ' ', '"', '\'', '<', '>', '\\', '\n']) {
        in_word(word, at, spans);
        at += word.len();
    }
}

/// The same of a text that nothing breaks which ends a URL's authority, but slashes: a password
/// may hold one that nobody escaped. `at` is where the word stands.
fn in_word(word: &str, at: usize, spans: &mut Vec<Span>) {
    let Some(last) = word.rfind('@') else {
        return;
    };
    let mut done = 0;
    for (scheme, mark) in word.match_indices("://") {
        let from = scheme + mark.len();
        // Inside the password before it, or after the last that can be one.
        if from < done || last < from {
            continue;
        }
        let authority = word[from..].split('/').next().unwrap_or_default();
        let credentials = match authority.rsplit_once('@') {
            Some((credentials, _)) => credentials,
            None => &word[from..last],
        };
        let (start, secret) = match credentials.split_once(':') {
            Some((user, password)) if !user.contains('/') => (from + user.len() + 1, password),
            None if is_token(credentials) => (from, credentials),
            _ => continue,
        };
        if !secret.is_empty() && !is_reference(begin(secret, JUDGED)) {
            done = start + secret.len();
            spans.push(Span::new(URL_PASSWORD, at + start, at + done));
        }
    }
}

/// Whether what stands alone before a host is a token.
fn is_token(credentials: &str) -> bool {
    let judged = begin(credentials, JUDGED);
    credentials.len() >= LEAST_WEAK && !credentials.contains('/') && looks_like_key(judged)
}
