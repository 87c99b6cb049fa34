//! Secrets that only their surroundings tell: the value beside a name (`PASSWORD=...`,
//! `X-Api-Key: ...`, `"token": "..."`, `--secret ...`), a credential in a header, the
//! password in a URL or of a program's flag.

use super::{Span, random};
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

pub(super) const URL_PASSWORD: &str = "password in a URL";
pub(super) const ASSIGNED: &str = "assigned secret";
pub(super) const CREDENTIALS: &str = "credentials in a header";

/// So much of a value says whether it is one.
const JUDGED: usize = 256;
/// Longest name of a flag that is looked at.
const FLAG: usize = 128;
/// Least length of a value beside a name that says secret.
const LEAST: usize = 6;
/// The same where the name says little: then the value has to look like one too.
const LEAST_WEAK: usize = 16;

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

/// Every secret that its surroundings tell, in no order.
pub(super) fn find(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    if text.contains('@') {
        url_passwords(text, &mut spans);
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
        schemes(text, &mut spans);
        flags(text, &mut spans);
    }
    spans
}

/// Whether the value of a field is a secret by what the field is called.
pub(super) fn is_secret(name: &str, value: &str) -> bool {
    let Some((_, says)) = names(name).pop().filter(|(end, _)| *end == name.len()) else {
        return false;
    };
    let is_one = match says {
        Says::Maybe => value.len() >= LEAST_WEAK && looks_like_key(value) && !is_uuid(value),
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

/// Where stretches end that values are the beginning of. Names that follow one another look at
/// the same stretch, and that is measured once.
#[derive(Default)]
struct Stretches {
    word: Option<(usize, usize)>,
    line: Option<(usize, usize)>,
}

impl Stretches {
    fn word<'t>(&mut self, text: &'t str, from: usize) -> &'t str {
        Self::to_end(&mut self.word, text, from, |b| {
            matches!(
                b,
                b' ' | b'\t'
                    | b'\n'
                    | b'\r'
                    | b'"'
                    | b'\''
                    | b'`'
                    | b'&'
                    | b';'
                    | b','
                    | b'<'
                    | b'>'
                    | b')'
                    | b'}'
                    | b']'
                    | b'|'
                    | b'\\'
            )
        })
    }

    fn line<'t>(&mut self, text: &'t str, from: usize) -> &'t str {
        Self::to_end(&mut self.line, text, from, |b| {
            matches!(b, b'"' | b'\'' | b'\n' | b'\r')
        })
    }

    fn to_end<'t>(
        measured: &mut Option<(usize, usize)>,
        text: &'t str,
        from: usize,
        ends: impl Fn(u8) -> bool,
    ) -> &'t str {
        let end = match *measured {
            Some((first, end)) if (first..=end).contains(&from) => end,
            _ => {
                let rest = &text.as_bytes()[from..];
                let end = from + rest.iter().position(|b| ends(*b)).unwrap_or(rest.len());
                *measured = Some((from, end));
                end
            }
        };
        &text[from..end]
    }
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
        Says::Maybe => value.len() >= LEAST_WEAK && looks_like_key(judged) && !is_uuid(value),
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
    let before = &text[text.ceil_char_boundary(end.saturating_sub(FLAG))..end];
    let name = before
        .rsplit(char::is_whitespace)
        .next()
        .unwrap_or_default();
    if rest.starts_with(':') && is_arn_of_secret(name) {
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
    let is_flag = name.trim_start_matches(['"', '\'']).starts_with("--");
    let value = rest.trim_start_matches(' ');
    (is_flag && rest.starts_with(' ') && !value.starts_with('-')).then_some((Sign::Flag, value))
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

/// A value with how far in it begins: inside its quotes, or up to what ends a word.
fn quoted(rest: &str) -> (usize, &str) {
    in_quotes(rest).unwrap_or_else(|| (0, Stretches::default().word(rest, 0)))
}

/// A value in quotes, and how far in it begins; none where an escape stands and no quote.
fn in_quotes(rest: &str) -> Option<(usize, &str)> {
    let escapes = rest.len() - rest.trim_start_matches('\\').len();
    let inside = &rest[escapes..];
    match inside.chars().next() {
        Some(quote @ ('"' | '\'' | '`')) => {
            let value = inside[1..].split(quote).next().unwrap_or_default();
            Some((escapes + 1, value.trim_end_matches('\\')))
        }
        _ => (escapes > 0).then_some((0, "")),
    }
}

/// The beginning of a text, of so many bytes at most.
fn begin(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// Whether a value is an identifier: sessions, requests and jobs have such, and who knows one
/// knows no secret.
fn is_uuid(value: &str) -> bool {
    let is_dash = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let mut bytes = value.bytes().enumerate();
    value.len() == 36
        && bytes.all(|(at, b)| {
            if is_dash(at) {
                b == b'-'
            } else {
                b.is_ascii_hexdigit()
            }
        })
}

/// Whether a value names a place or a type instead of being one: `$TOKEN`, `<yours>`,
/// `{{ secret }}`, `***`, `none`.
fn is_reference(value: &str) -> bool {
    const WORDS: [&str; 17] = [
        "none",
        "null",
        "true",
        "false",
        "undefined",
        "string",
        "redacted",
        "required",
        "optional",
        "changeme",
        "password",
        "secret",
        "token",
        "boolean",
        "number",
        "hidden",
        "masked",
    ];
    let word = value.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let same = value
        .bytes()
        .next()
        .is_some_and(|b| value.bytes().all(|other| other == b));
    value.starts_with(['$', '<', '{', '[', '%', '(', '@'])
        || value.contains("${")
        || value.contains("...")
        || value.contains('\u{2026}')
        || value.contains("****")
        || same
        || WORDS.iter().any(|w| word.eq_ignore_ascii_case(w))
        || value.starts_with("arn:")
        || is_path(value)
}

/// `~/.ssh/id_ed25519`, `/etc/ssl/server.key`: where a secret lies.
fn is_path(value: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "/._-".contains(c);
    let is_here = ["~/", "./", "../"]
        .iter()
        .any(|here| value.starts_with(here));
    let is_absolute = value.starts_with('/') && value[1..].contains('/');
    if !(is_here || (is_absolute && value.chars().all(is_plain))) {
        return false;
    }
    // A key may begin like a path; what a path ends with has marks.
    let last = value.rsplit('/').next().unwrap_or_default();
    last.contains(['.', '_', '-']) || !looks_like_key(last)
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

/// Digits and letters without a break by spaces, or a random text.
pub(super) fn looks_like_key(value: &str) -> bool {
    let bytes = value.as_bytes();
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = bytes.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let marks = bytes
        .iter()
        .filter(|b| matches!(b, b'-' | b'_' | b'.' | b'/' | b':'))
        .count();
    let is_hex = bytes.iter().all(u8::is_ascii_hexdigit) && bytes.len() >= 32;
    random::is_random(bytes)
        || is_hex
        || (digits >= 3 && letters >= 3 && marks * 8 <= bytes.len() && !value.contains(' '))
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

/// Credentials after a scheme that stands without its header's name.
fn schemes(text: &str, spans: &mut Vec<Span>) {
    let schemes = ["Bearer ", "bearer ", "Basic "];
    for scheme in schemes.into_iter().filter(|scheme| text.contains(scheme)) {
        for (at, _) in text.match_indices(scheme) {
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
fn flags(text: &str, spans: &mut Vec<Span>) {
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

/// The password of `scheme://user:password@host`, and a token that stands for both.
fn url_passwords(text: &str, spans: &mut Vec<Span>) {
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
        let begin = scheme + mark.len();
        // Inside the password before it, or after the last that can be one.
        if begin < done || last < begin {
            continue;
        }
        let authority = word[begin..].split('/').next().unwrap_or_default();
        let credentials = match authority.rsplit_once('@') {
            Some((credentials, _)) => credentials,
            None => &word[begin..last],
        };
        let (start, secret) = match credentials.split_once(':') {
            Some((user, password)) if !user.contains('/') => (begin + user.len() + 1, password),
            None if is_token(credentials) => (begin, credentials),
            _ => continue,
        };
        if !secret.is_empty() && !is_reference(self::begin(secret, JUDGED)) {
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
