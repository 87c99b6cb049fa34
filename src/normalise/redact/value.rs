//! What stands where a secret may stand: how far it goes, and whether it is one.

use super::measured::Measured;
use super::random;

/// So much of a value says whether it is one.
pub(super) const JUDGED: usize = 256;
/// Least length of a value beside a name that says secret.
pub(super) const LEAST: usize = 6;
/// The same where the name says little: then the value has to look like one too.
pub(super) const LEAST_WEAK: usize = 16;

/// Where stretches end that values are the beginning of. Names that follow one another look at
/// the same stretch, and that is measured once.
#[derive(Default)]
pub(super) struct Stretches {
    word: Measured,
    line: Measured,
}

impl Stretches {
    pub(super) fn word<'t>(&mut self, text: &'t str, from: usize) -> &'t str {
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

    pub(super) fn line<'t>(&mut self, text: &'t str, from: usize) -> &'t str {
        Self::to_end(&mut self.line, text, from, |b| {
            matches!(b, b'"' | b'\'' | b'\n' | b'\r')
        })
    }

    fn to_end<'t>(
        measured: &mut Measured,
        text: &'t str,
        from: usize,
        ends: impl Fn(u8) -> bool,
    ) -> &'t str {
        let end = measured.end(from, || {
            let rest = &text.as_bytes()[from..];
            from + rest.iter().position(|b| ends(*b)).unwrap_or(rest.len())
        });
        &text[from..end]
    }
}

/// A value with how far in it begins: inside its quotes, or up to what ends a word.
pub(super) fn quoted(rest: &str) -> (usize, &str) {
    in_quotes(rest).unwrap_or_else(|| (0, Stretches::default().word(rest, 0)))
}

/// A value in quotes, and how far in it begins; none where an escape stands and no quote.
pub(super) fn in_quotes(rest: &str) -> Option<(usize, &str)> {
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
pub(super) fn begin(text: &str, most: usize) -> &str {
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
pub(super) fn is_reference(value: &str) -> bool {
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

/// Digits and letters without a break by spaces, or a random text.
pub(super) fn looks_like_key(value: &str) -> bool {
    let bytes = value.as_bytes();
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = bytes.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let marks = bytes
        .iter()
        .filter(|b| matches!(b, b'-' | b'_' | b'.' | b'/' | b':'))
        .count();
    random::is_drawn(bytes)
        || (digits >= 3 && letters >= 3 && marks * 8 <= bytes.len() && !value.contains(' '))
}

/// Whether a value looks like a key where a name says little.
pub(super) fn may_be_key(value: &str) -> bool {
    value.len() >= LEAST_WEAK && looks_like_key(value) && !is_uuid(value)
}
