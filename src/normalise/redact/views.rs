//! A text as somebody would read it who undoes its encodings: escapes of JSON, percent
//! signs, base64, and characters that nobody sees. A secret is one in any of them.

use super::Span;
use crate::model::is_hidden;
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL_NOPAD, Encoding};
use std::fmt::Write;

/// So many encodings may lie around each other.
const DEPTH: usize = 3;
/// Least length of base64 that is looked into, and the most.
const BASE64_LEAST: usize = 24;
const BASE64_MOST: usize = 8_192;

/// A decoded text that knows where each part of it stood.
pub(super) struct View {
    pub(super) text: String,
    /// For each byte of the text, and for its end, the byte of the original.
    places: Vec<usize>,
}

impl View {
    /// What was found in the view, as it stands in the original.
    pub(super) fn place(&self, found: Span) -> Span {
        Span {
            start: self.places[found.start],
            end: self.places[found.end],
            ..found
        }
    }
}

/// The text with one layer after the other of escapes undone, each as a view of its own.
pub(super) fn decoded(text: &str) -> Vec<View> {
    let mut views: Vec<View> = Vec::new();
    for _ in 0..DEPTH {
        let (from, places) = match views.last() {
            Some(view) => (view.text.as_str(), Some(&view.places)),
            None => (text, None),
        };
        let Some(mut next) = undo(from) else {
            break;
        };
        if let Some(places) = places {
            for place in &mut next.places {
                *place = places[*place];
            }
        }
        views.push(next);
    }
    views
}

/// The text as it will stand where it is published, where that is written otherwise: controls
/// in caret notation (`^A`), escapes of JSON (`\n`), the same of all that is hidden. With
/// their letters a text may become a secret that was none.
pub(super) fn shown(text: &str) -> Vec<View> {
    let is_escaped = |c: char| is_hidden(c) || matches!(c, '"' | '\\');
    if !text.contains(is_escaped) {
        return Vec::new();
    }
    let mut writers = vec![caret as fn(char, &mut String), in_json];
    // Without such a character both ways of JSON are one.
    if text.contains(|c: char| !c.is_ascii() && is_hidden(c)) {
        writers.push(in_plain_json);
    }
    let view = |write: fn(char, &mut String)| {
        let mut view = View {
            text: String::with_capacity(text.len() + 16),
            places: Vec::with_capacity(text.len() + 16),
        };
        for (at, c) in text.char_indices() {
            write(c, &mut view.text);
            view.places.resize(view.text.len(), at);
        }
        view.places.push(text.len());
        view
    };
    writers.into_iter().map(view).collect()
}

fn caret(c: char, out: &mut String) {
    match c {
        '\0'..='\x1f' => out.extend(['^', char::from(c as u8 + b'@')]),
        '\x7f' => out.push_str("^?"),
        c => out.push(c),
    }
}

fn in_json(c: char, out: &mut String) {
    match c {
        '"' | '\\' => out.extend(['\\', c]),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\x08' => out.push_str("\\b"),
        '\x0c' => out.push_str("\\f"),
        '\0'..='\x1f' => {
            let _ = write!(out, "\\u{:04x}", c as u32);
        }
        c => out.push(c),
    }
}

fn in_plain_json(c: char, out: &mut String) {
    if c.is_ascii() || !is_hidden(c) {
        return in_json(c, out);
    }
    for unit in c.encode_utf16(&mut [0; 2]) {
        let _ = write!(out, "\\u{unit:04x}");
    }
}

/// The text without its line breaks and the spaces after them; nothing when it has none.
pub(super) fn unbroken(text: &str) -> Option<View> {
    let is_break = |c: char| matches!(c, '\n' | '\r');
    if !text.contains(is_break) {
        return None;
    }
    let mut joined = String::with_capacity(text.len());
    let mut places = Vec::with_capacity(text.len() + 1);
    let mut is_after = false;
    for (at, c) in text.char_indices() {
        is_after = is_break(c) || (is_after && matches!(c, ' ' | '\t'));
        if !is_after {
            joined.push(c);
            places.resize(joined.len(), at);
        }
    }
    places.push(text.len());
    Some(View {
        text: joined,
        places,
    })
}

/// Undoes one layer; nothing when there is none.
fn undo(text: &str) -> Option<View> {
    if !text.bytes().any(|b| matches!(b, b'\\' | b'%') || b >= 0x80) {
        return None;
    }
    let bytes = text.as_bytes();
    let mut decoded = String::with_capacity(text.len());
    let mut places = Vec::with_capacity(text.len() + 1);
    let mut at = 0;
    let mut changed = false;
    while let Some(c) = text[at..].chars().next() {
        let (length, shown) = match c {
            '\\' => escape(&bytes[at..]),
            '%' => percent(&bytes[at..]),
            c if is_unseen(c) => Some((c.len_utf8(), None)),
            _ => None,
        }
        .inspect(|_| changed = true)
        .unwrap_or((c.len_utf8(), Some(c)));
        if let Some(shown) = shown {
            decoded.push(shown);
            places.resize(decoded.len(), at);
        }
        at += length;
    }
    places.push(text.len());
    changed.then_some(View {
        text: decoded,
        places,
    })
}

/// An escape of JSON: its length, and the character it means.
fn escape(bytes: &[u8]) -> Option<(usize, Option<char>)> {
    let c = match bytes.get(1)? {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        quoted @ (b'"' | b'\'' | b'\\' | b'/') => char::from(*quoted),
        b'u' => {
            let digits = std::str::from_utf8(bytes.get(2..6)?).ok()?;
            let code = u32::from_str_radix(digits, 16).ok()?;
            return Some((6, char::from_u32(code)));
        }
        _ => return None,
    };
    Some((2, Some(c)))
}

/// `%41`; only of ASCII, which is what secrets are made of.
fn percent(bytes: &[u8]) -> Option<(usize, Option<char>)> {
    let digits = std::str::from_utf8(bytes.get(1..3)?).ok()?;
    let code = u8::from_str_radix(digits, 16).ok()?;
    code.is_ascii().then_some((3, Some(char::from(code))))
}

/// Characters that a reader does not see and that could hide inside a token.
const fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Stretches of base64 that hold a text, with that text.
pub(super) fn base64(text: &str) -> Vec<(usize, usize, String)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let is_of = |b: &&u8| b.is_ascii_alphanumeric() || matches!(**b, b'+' | b'/' | b'-' | b'_');
        let length = bytes[at..].iter().take_while(is_of).count();
        let padding = bytes[at + length..]
            .iter()
            .take_while(|b| **b == b'=')
            .take(2)
            .count();
        if (BASE64_LEAST..=BASE64_MOST).contains(&length)
            && let Some(inside) = unpacked(&bytes[at..at + length])
        {
            found.push((at, at + length + padding, inside));
        }
        at += (length + padding).max(1);
    }
    found
}

/// The text in base64, when it is one.
fn unpacked(run: &[u8]) -> Option<String> {
    let encoding: Encoding = if run.iter().any(|b| matches!(b, b'-' | b'_')) {
        BASE64URL_NOPAD
    } else {
        BASE64_NOPAD
    };
    // A run that somebody cut still tells what it holds.
    let whole = &run[..run.len() / 4 * 4];
    let is_text = |bytes: &[u8]| {
        bytes
            .iter()
            .all(|b| matches!(b, b' '..=b'~' | b'\n' | b'\r' | b'\t'))
    };
    let head = encoding.decode(&whole[..whole.len().min(8)]).ok()?;
    if !is_text(&head) {
        return None;
    }
    let decoded = encoding
        .decode(run)
        .or_else(|_| encoding.decode(whole))
        .ok()?;
    is_text(&decoded)
        .then(|| String::from_utf8(decoded).ok())
        .flatten()
}

/// How a secret would stand in base64, whatever stands before it: for each of the three
/// places in a group the characters that depend on nothing else.
pub(super) fn in_base64(secret: &[u8]) -> Vec<Vec<u8>> {
    (0..3)
        .map(|shift| {
            let mut shifted = vec![0; shift];
            shifted.extend_from_slice(secret);
            let encoded = BASE64.encode(&shifted).into_bytes();
            let begin = [0, 2, 3][shift];
            let whole = shifted.len() * 8 / 6;
            encoded[begin..whole].to_vec()
        })
        .collect()
}
