//! Secrets are masked at the border, before anything is stored.
//!
//! In layers: formats that tell themselves ([`formats`]), values that their surroundings
//! tell (`named`), the same in every encoding that somebody might undo (`views`), what was
//! recognised elsewhere ([`Known`]), and last what only looks random (`random`). A masked secret leaves its kind and, when it
//! is long, its last four characters: `[secret: GitHub token …9f3c]`.

pub mod formats;
mod known;
mod measured;
mod named;
mod random;
mod unnamed;
mod url;
mod value;
mod views;

use crate::model::{Secret, SecretForm};
use known::KNOWN;
use named::{ASSIGNED, CREDENTIALS};
use std::borrow::Cow;
use url::URL_PASSWORD;

pub use known::Known;

/// Every placeholder begins so.
pub const PLACEHOLDER: &str = "[secret: ";
/// Kind of what only looks like a secret.
const RANDOM: &str = "random token";
/// Kind of a value that documentation uses as an example.
const EXAMPLE: &str = "documented example";
/// Kind of a key that was given where a hint of it belongs.
const WHOLE_KEY: &str = "whole key";
/// Parts of values that documentation uses as examples, in lower case: recognised, still masked.
const EXAMPLES: &[&str] = &["example", "xxxxxxxx", "00000000", "1234567890abcdef"];

/// A secret in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it is: `GitHub token`.
    pub kind: &'static str,
    /// Its first byte.
    pub start: usize,
    /// The byte after its last one.
    pub end: usize,
}

impl Span {
    const fn new(kind: &'static str, start: usize, end: usize) -> Self {
        Self { kind, start, end }
    }
}

/// What a text is for, which decides how much of it may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Words and commands: anything in it.
    Words,
    /// A name or an identifier, which may well look random.
    Name,
    /// What is shown of a key: its ends at most.
    KeyHint,
}

/// Masks every secret in a text. Returns the text itself, borrowed, when there is none.
pub fn mask(text: &str) -> Cow<'_, str> {
    mask_field(text, Field::Words, &Known::default(), &mut |_| {})
}

/// The beginning of a text, masked: so many characters of it.
pub fn mask_beginning(text: &str, characters: usize) -> String {
    let masked = mask(beginning(text, characters));
    masked.chars().take(characters).collect()
}

/// The beginning of a text for a use that keeps so many characters of it: enough that a secret
/// at that end is seen whole, and up to a space, so that no piece of one stands at its own end.
pub fn beginning(text: &str, characters: usize) -> &str {
    let most = characters * 4 + 4_096;
    if text.len() <= most {
        return text;
    }
    let begin = &text[..text.floor_char_boundary(most)];
    let space = begin.rfind(char::is_whitespace);
    &begin[..space.filter(|at| at + 1_024 > most).unwrap_or(begin.len())]
}

/// What was recognised in a text.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'t> {
    /// As it stood.
    pub value: &'t str,
    /// Whether more than its looks tells that it is a secret.
    pub is_told: bool,
}

/// The same as far as a field may hold one, with secrets that are known already; `seen` is
/// told each one.
pub fn mask_field<'t>(
    text: &'t str,
    field: Field,
    known: &Known,
    seen: &mut dyn FnMut(Seen<'_>),
) -> Cow<'t, str> {
    let mut masked = Cow::Borrowed(text);
    for _ in 0..PASSES {
        let spans = find(&masked, field, known);
        if spans.is_empty() {
            return masked;
        }
        let replaced = replace(&masked, spans, seen);
        // What stood glued to a secret may be told as one now that it stands beside a
        // placeholder.
        let is_clean = !tells(&replaced);
        masked = Cow::Owned(replaced);
        if is_clean {
            return masked;
        }
    }
    // Nobody writes such a text but to hide something in it.
    Cow::Owned(placeholder(RANDOM, &masked))
}

/// The placeholder for the value of a field, when what the field is called says that it is a
/// secret.
pub fn mask_named(name: &str, value: &str, seen: &mut dyn FnMut(Seen<'_>)) -> Option<String> {
    let whole = Span::new(ASSIGNED, 0, value.len());
    named::is_secret(name, value).then(|| replace(value, vec![whole], seen))
}

/// So often a text is masked before all of it is held for a secret.
const PASSES: usize = 8;

/// The text with placeholders for these.
fn replace(text: &str, spans: Vec<Span>, seen: &mut dyn FnMut(Seen<'_>)) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for span in spans {
        let value = &text[span.start..span.end];
        let kind = if is_example(value) {
            EXAMPLE
        } else {
            let is_told = span.kind != RANDOM;
            seen(Seen { value, is_told });
            span.kind
        };
        masked.push_str(&text[done..span.start]);
        masked.push_str(&placeholder(kind, value));
        done = span.end;
    }
    masked.push_str(&text[done..]);
    masked
}

/// Whether a format tells a secret in a text, as it is or as it will be shown.
fn tells(text: &str) -> bool {
    let has = |text: &str| formats::find(text.as_bytes()).next().is_some();
    has(text) || views::shown(text).iter().any(|view| has(&view.text))
}

/// Every secret of a text, in order, none inside another.
fn find(text: &str, field: Field, known: &Known) -> Vec<Span> {
    let mut spans = plain(text, field, known);
    for view in views::decoded(text) {
        let found = plain(&view.text, field, known).into_iter();
        spans.extend(found.map(|span| view.place(span)));
    }
    for view in views::shown(text) {
        let found = formats::find(view.text.as_bytes());
        let found = found.chain(known.find(&view.text, field == Field::Name));
        spans.extend(found.map(|span| view.place(span)));
    }
    for (start, end, inside) in views::base64(text) {
        let kind = plain(&inside, field, known).first().map(|span| span.kind);
        spans.extend(kind.map(|kind| Span { kind, start, end }));
    }
    match field {
        Field::Words => spans.extend(random::find(text)),
        Field::KeyHint if spans.is_empty() => spans.extend(whole_key(text)),
        Field::KeyHint | Field::Name => {}
    }
    if field != Field::Words {
        spans.extend(part_of_pem(text));
    }
    // Placeholders of an importer, or of the border the time before, stay as they are.
    let placed: Vec<Span> = placeholders(text).collect();
    spans.retain(|s| {
        let before = placed.partition_point(|p| p.start <= s.start);
        before == 0 || placed[before - 1].end < s.end
    });
    merged(spans)
}

/// Spans in order; those that overlap are one, named by the first that more than its looks tells.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|s| (s.start, usize::MAX - s.end));
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut().filter(|last| span.start < last.end) {
            Some(last) => {
                last.end = last.end.max(span.end);
                if last.kind == RANDOM {
                    last.kind = span.kind;
                }
            }
            None => merged.push(span),
        }
    }
    merged
}

/// What formats and surroundings tell, and what is known.
fn plain(text: &str, field: Field, known: &Known) -> Vec<Span> {
    let mut spans: Vec<Span> = formats::find(text.as_bytes()).collect();
    spans.extend(named::find(text));
    spans.extend(known.find(text, field == Field::Name));
    spans
}

/// Part of the mark that begins a private key. Names are shown beside each other, with a space
/// between them, and that mark is the one form with spaces in it.
fn part_of_pem(text: &str) -> Option<Span> {
    let parts = ["-----BEGIN", "PRIVATE KEY"].into_iter();
    let at = parts.filter_map(|part| places(text, part).next()).min()?;
    Some(Span::new(formats::PRIVATE_KEY, at, text.len()))
}

/// A key that was given whole: a hint is short, or has its middle left out.
fn whole_key(text: &str) -> Option<Span> {
    let is_short = text.len() < 24;
    let is_cut = text.contains("...") || text.contains('\u{2026}') || text.contains('*');
    let is_digest = text.contains(':') || text.bytes().all(|b| b.is_ascii_hexdigit());
    let is_key = !is_short && !is_cut && !is_digest && !text.contains(' ');
    is_key.then(|| Span::new(WHOLE_KEY, 0, text.len()))
}

/// Where something stands in a text. To begin a search costs more than to see that there is
/// nothing to find, which is so in nearly all texts.
fn places<'t>(text: &'t str, part: &'t str) -> impl Iterator<Item = usize> {
    let found = text.contains(part).then(|| text.match_indices(part));
    found.into_iter().flatten().map(|(at, _)| at)
}

/// More bytes than any placeholder has after its beginning.
const INSIDE: usize = 64;

/// The placeholders in a text, with the kind each names: exactly what masking writes, so that
/// nothing hides inside one.
pub fn placeholders(text: &str) -> impl Iterator<Item = Span> {
    places(text, PLACEHOLDER).filter_map(|at| {
        let after = &text[at + PLACEHOLDER.len()..];
        let inside = &after[..after.bytes().take(INSIDE).position(|b| b == b']')?];
        let (kind, _) = kinds().find(|(kind, _)| {
            let last = inside.strip_prefix(kind);
            let last = last.map(|l| l.strip_prefix(" \u{2026}").unwrap_or(l));
            last.is_some_and(|l| l.len() <= 4 && l.bytes().all(|b| b.is_ascii_alphanumeric()))
        })?;
        let end = at + PLACEHOLDER.len() + inside.len() + 1;
        Some(Span::new(kind, at, end))
    })
}

/// Every kind, and how sure its form makes us.
fn kinds() -> impl Iterator<Item = (&'static str, Option<SecretForm>)> {
    let others = [
        (URL_PASSWORD, Some(SecretForm::Generic)),
        (ASSIGNED, Some(SecretForm::Generic)),
        (CREDENTIALS, Some(SecretForm::Generic)),
        (WHOLE_KEY, Some(SecretForm::Generic)),
        (KNOWN, Some(SecretForm::Generic)),
        (EXAMPLE, Some(SecretForm::Example)),
        // Masked for caution; nothing says that it is one.
        (RANDOM, None),
    ];
    let formats = formats::FORMATS.iter().map(|f| (f.kind, Some(f.form)));
    formats.chain(others)
}

/// The secret named by a placeholder that the border, or an importer before it,
/// left in a text.
pub fn masked_secret(text: &str) -> Option<Secret> {
    places(text, PLACEHOLDER).find_map(|at| {
        let after = &text[at + PLACEHOLDER.len()..];
        let (kind, form) = kinds().find(|(kind, _)| after.starts_with(kind))?;
        Some(Secret { kind, form: form? })
    })
}

/// Whether a placeholder is of a kind that no format tells: in source text
/// `token=parse(...)` assigns no secret.
pub fn is_guess(placeholder: &str) -> bool {
    let kind = placeholder.strip_prefix(PLACEHOLDER).unwrap_or_default();
    [ASSIGNED, CREDENTIALS, RANDOM]
        .iter()
        .any(|guess| kind.starts_with(guess))
}

fn is_example(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    EXAMPLES.iter().any(|e| value.contains(e))
}

/// Last four characters only of values long enough that they give nothing away.
fn placeholder(kind: &str, value: &str) -> String {
    let characters: Vec<char> = value.chars().collect();
    let last = &characters[characters.len().saturating_sub(4)..];
    let tells = characters.len() >= 16 && last.iter().all(char::is_ascii_alphanumeric);
    if !tells {
        return format!("{PLACEHOLDER}{kind}]");
    }
    let last: String = last.iter().collect();
    format!("{PLACEHOLDER}{kind} \u{2026}{last}]")
}

#[cfg(test)]
mod tests;
