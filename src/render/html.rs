//! The HTML sink: how text becomes markup, and nothing else does.
//!
//! Templates escape every value through [`escape`]. The only values they pass on
//! unescaped are [`Markup`], and a `Markup` is made here, of words of the program
//! and of escaped values.

use super::address::Linker;
use crate::model::{Entity, Piece, Sentence, Slot, Text, is_hidden};
use serde::{Serialize, Serializer};
use std::io::{self, Write};

/// Escaped, well-formed HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markup(String);

impl Markup {
    /// Words of the program, escaped like everything else.
    pub fn words(words: &str) -> Self {
        let mut markup = Self::default();
        markup.push_words(words);
        markup
    }

    /// An untrusted value, isolated in its own direction.
    pub fn value(text: &Text) -> Self {
        let mut markup = Self::default();
        markup.push_value(text.untrusted());
        markup
    }

    /// A sentence; entities are linked to their pages.
    pub fn sentence(sentence: &Sentence, linker: &Linker<'_>) -> Self {
        let mut markup = Self::default();
        markup.push_sentence(sentence, linker);
        markup
    }

    /// Adds a sentence.
    pub fn push_sentence(&mut self, sentence: &Sentence, linker: &Linker<'_>) {
        for piece in sentence.pieces() {
            match piece {
                Piece::Words(words) => self.push_words(words),
                Piece::Slot(slot) => self.push_slot(slot, linker),
            }
        }
    }

    /// HTML that a Markdown renderer made of the company's own prose.
    pub(super) fn trusted_prose(html: String) -> Self {
        Self(html)
    }

    /// Adds markup of the program itself: a constant, so that nothing a session says can be in it.
    pub(super) fn push_fixed(&mut self, html: &'static str) {
        self.0.push_str(html);
    }

    /// Adds what is markup already.
    pub(super) fn push_markup(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    /// Adds the name of an entity, linked to its page.
    pub fn push_entity(&mut self, entity: &Entity, linker: &Linker<'_>) {
        match linker.entity(entity) {
            Some(href) => self.push_link(&href, entity.display_name()),
            None => self.push_value(entity.display_name()),
        }
        self.push_look_alike(entity, linker);
    }

    /// Adds which known name an entity's looks like, where there is one.
    pub fn push_look_alike(&mut self, entity: &Entity, linker: &Linker<'_>) {
        if let Some(known) = linker.look_alike(entity) {
            self.push_fixed(" <span class=\"look-alike\">looks like ");
            self.push_value(known.untrusted());
            self.push_fixed("</span>");
        }
    }

    /// Adds words of the program.
    pub fn push_words(&mut self, words: &str) {
        escape_into(words, &mut self.0);
    }

    /// Adds an untrusted value in a `<bdi>`.
    pub fn push_value(&mut self, value: &str) {
        self.0.push_str("<bdi>");
        escape_into(value, &mut self.0);
        self.0.push_str("</bdi>");
    }

    /// Adds a link to a page of this site around a value.
    pub fn push_link(&mut self, href: &str, value: &str) {
        self.0.push_str("<a href=\"");
        escape_into(href, &mut self.0);
        self.0.push_str("\">");
        self.push_value(value);
        self.0.push_str("</a>");
    }

    fn push_slot(&mut self, slot: &Slot, linker: &Linker<'_>) {
        if let Slot::Entity(entity) = slot {
            return self.push_entity(entity, linker);
        }
        match slot.plain() {
            (text, true) => self.push_value(&text),
            (text, false) => self.push_words(&text),
        }
    }

    /// Says that this is the first of several: `claude-x +2`.
    #[must_use]
    pub fn and_more(mut self, all: usize) -> Self {
        if all > 1 {
            self.push_words(&format!(" +{}", all - 1));
        }
        self
    }

    /// The HTML.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for Markup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        tera::Value::safe_string(&self.0).serialize(serializer)
    }
}

/// Tera's escape function: every `{{ value }}` of a template goes through it.
pub fn escape(text: &str, output: &mut dyn Write) -> io::Result<()> {
    if is_plain(text) {
        return output.write_all(text.as_bytes());
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    escape_into(text, &mut escaped);
    output.write_all(escaped.as_bytes())
}

fn is_plain(text: &str) -> bool {
    text.bytes()
        .all(|b| matches!(b, b' '..=b'~') && !matches!(b, b'&' | b'<' | b'>' | b'"' | b'\'' | b'`'))
}

/// Escapes for text and for quoted attributes alike; what would be invisible or
/// turn the direction of its surroundings becomes a visible token.
pub fn escape_into(text: &str, output: &mut String) {
    if is_plain(text) {
        output.push_str(text);
        return;
    }
    for c in text.chars() {
        match c {
            '&' => output.push_str("&amp;"),
            '<' => output.push_str("&lt;"),
            '>' => output.push_str("&gt;"),
            '"' => output.push_str("&quot;"),
            '\'' => output.push_str("&#39;"),
            '`' => output.push_str("&#96;"),
            c if is_hidden(c) => output.push_str(&visible(c)),
            c => output.push(c),
        }
    }
}

/// The visible token of a hidden character: `⟨U+202E⟩`.
pub fn visible(c: char) -> String {
    format!("\u{27e8}U+{:04X}\u{27e9}", c as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn escaped(text: &str) -> String {
        let mut out = Vec::new();
        escape(text, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn markup_and_hidden_characters_lose_their_power() {
        assert_eq!(escaped("plain"), "plain");
        assert_eq!(
            escaped("<img src=x onerror=\"a('b')\">`&"),
            "&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&#96;&amp;"
        );
        assert_eq!(
            escaped("a\u{202e}b\u{0}\n"),
            "a\u{27e8}U+202E\u{27e9}b\u{27e8}U+0000\u{27e9}\u{27e8}U+000A\u{27e9}"
        );
    }

    proptest! {
        #[test]
        fn nothing_escapes(text in any::<String>()) {
            let out = escaped(&text);
            prop_assert!(!out.contains(['<', '>', '"', '\'', '`']));
            prop_assert!(!out.chars().any(is_hidden));
            // Every ampersand begins one of our own references.
            for (at, _) in out.match_indices('&') {
                prop_assert!(["&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#96;"].iter().any(|r| out[at..].starts_with(r)));
            }
        }
    }
}
