//! Secrets that only their surroundings tell: the value beside a name (`PASSWORD=...`,
//! `X-Api-Key: ...`, `"token": "..."`, `--secret ...`), and with it what [`url`] and [`unnamed`]
//! find.

use super::value::{
    JUDGED, LEAST, Stretches, begin, in_quotes, is_reference, looks_like_key, may_be_key,
};
use super::{Span, unnamed, url};
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

pub(super) const ASSIGNED: &str = "assigned secret";
pub(super) const CREDENTIALS: &str = "credentials in a header";

/// Longest name of a flag that is looked at.
const FLAG: usize = 128;
/// How much the end of a name says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    Secret,
    /// Half of such values are none: `sort_key`, `signature`.
    Maybe,
    /// A scheme may stand before the credential.
    Header,
    /// Everything up to the end of the line.
    Cookie,
}

/// An end of names that says something only where it begins with a capital letter.
const CAMEL: &str = "pass";

/// Ends of names, in lower case. The longest that fits decides.
const NAMES: &[(&str, Says)] = &[
    ("password", Says::Secret),
    ("passwd", Says::Secret),
    ("passphrase", Says::Secret),
    ("pwd", Says::Secret),
    ("_pw", Says::Secret),
    ("-pw", Says::Secret),
    (CAMEL, Says::Secret),
    ("_pass", Says::Secret),
    ("-pass", Says::Secret),
    ("secret", Says::Secret),
    ("token", Says::Secret),
    ("apikey", Says::Secret),
    ("api_key", Says::Secret),
    ("api-key", Says::Secret),
    ("accesskey", Says::Secret),
    ("access_key", Says::Secret),
    ("access-key", Says::Secret),
    ("secretkey", Says::Secret),
    ("secret_key", Says::Secret),
    ("secret-key", Says::Secret),
    ("privatekey", Says::Secret),
    ("private_key", Says::Secret),
    ("private-key", Says::Secret),
    ("accountkey", Says::Secret),
    ("account_key", Says::Secret),
    ("auth_key", Says::Secret),
    ("authkey", Says::Secret),
    ("signing_key", Says::Secret),
    ("encryption_key", Says::Secret),
    ("keybase", Says::Secret),
    ("key_base", Says::Secret),
    ("key-base", Says::Secret),
    ("_pat", Says::Secret),
    ("-pat", Says::Secret),
    ("key", Says::Maybe),
    ("auth", Says::Maybe),
    ("creds", Says::Maybe),
    ("login", Says::Maybe),
    ("credential", Says::Maybe),
    ("credentials", Says::Maybe),
    ("sig", Says::Maybe),
    ("signature", Says::Maybe),
    ("webhook", Says::Maybe),
    ("session", Says::Maybe),
    ("sessionid", Says::Maybe),
    ("authorization", Says::Header),
    ("cookie", Says::Cookie),
];

static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(NAMES.iter().map(|(name, _)| name))
        .expect("the names are short fixed texts")
});

/// Every secret that its surroundings tell, in no order.
pub(super) fn find(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    if text.contains('@') {
        url::find(text, &mut spans);
    }
    if text.bytes().any(|b| matches!(b, b'=' | b':' | b' ')) {
        let mut stretches = Stretches::default();
        // Where the last value ends, of one up to the end of its line and of any other.
        let (mut line, mut word) = (0, 0);
        for (end, says) in names(text) {
            let covered = if says == Says::Cookie { line } else { word };
            let Some(span) = value(text, end, says, covered, &mut stretches) else {
                continue;
            };
            let covered = if says == Says::Cookie {
                &mut line
            } else {
                &mut word
            };
            *covered = span.end;
            spans.push(span);
        }
        unnamed::schemes(text, &mut spans);
        unnamed::flags(text, &mut spans);
    }
    spans
}

/// Whether the value of a field is a secret by what the field is called.
pub(super) fn is_secret(name: &str, value: &str) -> bool {
    let Some((_, says)) = names(name).pop().filter(|(end, _)| *end == name.len()) else {
        return false;
    };
    let is_one = match says {
        Says::Maybe => may_be_key(value),
        Says::Secret | Says::Header | Says::Cookie => value.len() >= LEAST,
    };
    is_one && !is_reference(value) && !value.starts_with(super::PLACEHOLDER)
}

/// Where a name ends that says something, and what.
fn names(text: &str) -> Vec<(usize, Says)> {
    let bytes = text.as_bytes();
    let mut ends: Vec<(usize, Says, usize)> = Vec::new();
    for found in WORDS.find_overlapping_iter(text) {
        let next = bytes.get(found.end());
        if next.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) {
            continue;
        }
        let (name, says) = NAMES[found.pattern().as_usize()];
        // `smtpPass`, but no `bypass`.
        if name == CAMEL && !is_camel(&bytes[..found.end()]) {
            continue;
        }
        match ends.last_mut().filter(|(end, ..)| *end == found.end()) {
            Some((_, longest, length)) if *length < found.len() => {
                *longest = says;
                *length = found.len();
            }
            Some(_) => {}
            None => ends.push((found.end(), says, found.len())),
        }
    }
    ends.into_iter().map(|(end, says, _)| (end, says)).collect()
}

/// Whether the last four letters begin a word with their capital.
fn is_camel(name: &[u8]) -> bool {
    matches!(name, [.., before, b'P', _, _, _] if before.is_ascii_lowercase())
}

/// What stands between a name and its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Equals,
    Colon,
    /// `--name value`.
    Flag,
}

/// The value beside a name that ends here, unless it lies in one that was found before.
fn value(
    text: &str,
    end: usize,
    says: Says,
    covered: usize,
    stretches: &mut Stretches,
) -> Option<Span> {
    let (sign, mut rest) = sign(text, end)?;
    if says == Says::Header {
        rest = after_scheme(rest);
    }
    let start = text.len() - rest.len();
    if closes_quotes(text, end, start) {
        return None;
    }
    // Without quotes it ends where the one around it does.
    if start < covered && !rest.starts_with(['"', '\'', '`', '\\']) {
        return None;
    }
    let (skipped, value) = match (says, in_quotes(rest)) {
        (Says::Cookie, _) => (0, stretches.line(text, start)),
        (_, Some(quoted)) => quoted,
        (_, None) => (0, stretches.word(text, start)),
    };
    let start = start + skipped;
    let judged = begin(value, JUDGED);
    if is_reference(judged) || value.starts_with(super::PLACEHOLDER) {
        return None;
    }
    let is_secret = match says {
        Says::Secret => value.len() >= LEAST && is_value(text, start, value, sign),
        Says::Header | Says::Cookie => value.len() >= LEAST && sign != Sign::Flag,
        Says::Maybe => may_be_key(judged),
    };
    let kind = match says {
        Says::Header | Says::Cookie => CREDENTIALS,
        Says::Secret | Says::Maybe => ASSIGNED,
    };
    is_secret.then(|| Span::new(kind, start, start + value.len()))
}

/// Whether the quote at a place is the end of those around a name and its sign: in
/// `input('Password:')` nothing is assigned.
fn closes_quotes(text: &str, end: usize, at: usize) -> bool {
    let Some(quote @ (b'"' | b'\'' | b'`')) = text.as_bytes().get(at) else {
        return false;
    };
    let of_name = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let name = text.as_bytes()[..end].iter().rev().take(FLAG);
    let mut before = name.skip_while(of_name);
    // One that stands where a text begins is no end of another.
    let opens = |b: &u8| b.is_ascii_whitespace() || b"([{,=:/".contains(b);
    before.next() == Some(quote)
        && before.next().is_none_or(opens)
        && !text[end..at].contains(char::from(*quote))
}

/// The sign after a name, and what follows it.
fn sign(text: &str, end: usize) -> Option<(Sign, &str)> {
    let rest = &text[end..];
    // The end of a quoted name, whatever escapes it: `"token":`, `\"token\":`, `['token']`.
    let after = rest.trim_start_matches(['\\', '"', '\'', ']']);
    let spaced = after.trim_start_matches(' ');
    if rest.starts_with(':') && is_arn_of_secret(word_before(text, end)) {
        return None;
    }
    for (mark, sign) in [
        ("=>", Sign::Equals),
        (":=", Sign::Equals),
        ("==", Sign::Equals),
        ("=", Sign::Equals),
        (":", Sign::Colon),
    ] {
        if let Some(rest) = spaced.strip_prefix(mark) {
            return Some((sign, rest.trim_start_matches([' ', '\t'])));
        }
    }
    let value = rest.trim_start_matches(' ');
    let may_be_flag = rest.starts_with(' ') && !value.starts_with('-');
    let is_flag = |name: &str| name.trim_start_matches(['"', '\'']).starts_with("--");
    (may_be_flag && is_flag(word_before(text, end))).then_some((Sign::Flag, value))
}

/// What stands before a place without white space, as far as it is looked at.
fn word_before(text: &str, end: usize) -> &str {
    let near = &text[text.ceil_char_boundary(end.saturating_sub(FLAG))..end];
    let mut words = near.rsplit(char::is_whitespace);
    words.next().unwrap_or_default()
}

/// The beginning of `arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db`, which
/// names a secret and is none.
fn is_arn_of_secret(name: &str) -> bool {
    let Some((before, within)) = name.rsplit_once("arn:") else {
        return false;
    };
    let of_arn = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '-' | '_');
    !before.ends_with(char::is_alphanumeric)
        && within.ends_with(":secret")
        && within.chars().all(of_arn)
}

/// Whether what stands beside a secret's name is a value, and not code or prose.
fn is_value(text: &str, start: usize, value: &str, sign: Sign) -> bool {
    let next = text[start + value.len()..].chars().next();
    let value = begin(value, JUDGED);
    let in_quotes = text[..start].ends_with(['"', '\'', '`']);
    let has = |f: fn(char) -> bool| value.chars().any(f);
    let plain = value.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    // `config.token`, `get_token()`, `tokens[0]`, `Option<String>`: names of code.
    let is_code = !in_quotes
        && (matches!(next, Some('(' | '[' | '<'))
            || value.contains('(')
            || value.contains("::")
            || (is_indexed(value) && (text[..start].ends_with(' ') || next == Some('"')))
            || (value.contains('.')
                && value
                    .chars()
                    .all(|c| c.is_ascii_alphabetic() || matches!(c, '.' | '_'))));
    if is_code {
        return false;
    }
    match sign {
        Sign::Equals => !plain || in_quotes || value.len() >= 12 || !value.contains('_'),
        // In prose and in code a word follows a colon.
        Sign::Colon | Sign::Flag => {
            in_quotes && !value.contains(' ')
                || (sign == Sign::Flag && value.chars().skip(1).any(char::is_uppercase))
                || has(|c| c.is_ascii_digit())
                || has(|c| !c.is_alphanumeric() && !matches!(c, '.' | ' ' | '_' | '-' | '/'))
                || looks_like_key(value)
        }
    }
}

/// `parts[1`, `fields[`: what ends where a bracket or a quote of code does.
fn is_indexed(value: &str) -> bool {
    value.split_once('[').is_some_and(|(list, index)| {
        let is_name = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '.');
        !list.is_empty()
            && list.chars().all(is_name)
            && index.len() <= 2
            && index.chars().all(|c| c.is_ascii_digit())
    })
}

/// `Bearer abc` without its scheme.
fn after_scheme(rest: &str) -> &str {
    let scheme = rest.trim_start_matches(['"', '\'', '\\']);
    let word = begin(scheme, 32).split(' ').next().unwrap_or_default();
    let is_scheme = !word.is_empty()
        && word.len() <= 20
        && word.len() < scheme.len()
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !word.chars().any(|c| c.is_ascii_digit() && word.len() > 12);
    if is_scheme {
        scheme[word.len()..].trim_start_matches(' ')
    } else {
        rest
    }
}
