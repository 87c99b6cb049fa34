//! Sentences as templates with typed slots.
//!
//! Every sentence about a session is one of these: fixed words chosen by us, and
//! values that are escaped by type wherever the sentence is shown.

use super::{Entity, Money, Text, duration_words, moment};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A typed value inside a sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Slot {
    /// Something sessions share; linked to its page where there is one.
    Entity(Entity),
    /// Any other untrusted text.
    Text(Text),
    /// Words of ours, chosen by the program.
    Words(String),
    /// A count.
    Count(u64),
    /// A span in seconds.
    Duration(i64),
    /// A moment.
    Moment(Timestamp),
    /// An amount.
    Money(Money),
}

impl Slot {
    /// Words of the program itself. Never pass session text here.
    pub fn words(words: impl Into<String>) -> Self {
        Self::Words(words.into())
    }

    /// The slot's plain text and whether it is untrusted.
    pub fn plain(&self) -> (String, bool) {
        match self {
            Self::Entity(e) => (e.display_name().to_owned(), true),
            Self::Text(t) => (t.untrusted().to_owned(), true),
            Self::Words(w) => (w.clone(), false),
            Self::Count(n) => (n.to_string(), false),
            Self::Duration(s) => (duration_words(*s), false),
            Self::Moment(at) => (moment(*at), false),
            Self::Money(m) => (m.to_string(), false),
        }
    }
}

/// A template and the values for its placeholders, in order.
///
/// A placeholder is a name in braces (`{key}`); the name is for the reader of the
/// method page, the position decides the value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sentence {
    /// The words, with placeholders.
    pub template: Cow<'static, str>,
    /// One value a placeholder.
    pub slots: Vec<Slot>,
}

/// A piece of a sentence, in reading order.
#[derive(Debug)]
pub enum Piece<'a> {
    /// Words of the template.
    Words(&'a str),
    /// A value.
    Slot(&'a Slot),
}

impl Sentence {
    /// Puts values into a template.
    pub fn new(template: &'static str, slots: Vec<Slot>) -> Self {
        debug_assert_eq!(
            template.matches('{').count(),
            slots.len(),
            "every placeholder of {template:?} has one value"
        );
        Self {
            template: Cow::Borrowed(template),
            slots,
        }
    }

    /// A sentence without values.
    pub fn fixed(template: &'static str) -> Self {
        Self::new(template, Vec::new())
    }

    /// The pieces in reading order, for a sink to escape one by one.
    pub fn pieces(&self) -> Vec<Piece<'_>> {
        let mut pieces = Vec::with_capacity(self.slots.len() * 2 + 1);
        let mut slots = self.slots.iter();
        for (i, part) in self.template.split('{').enumerate() {
            let words = if i == 0 {
                part
            } else {
                if let Some(slot) = slots.next() {
                    pieces.push(Piece::Slot(slot));
                }
                part.split_once('}').map_or("", |(_, rest)| rest)
            };
            if !words.is_empty() {
                pieces.push(Piece::Words(words));
            }
        }
        pieces
    }
}

/// A sentence as plain text, values unescaped: for data sinks that escape the
/// whole, never for markup or a terminal.
pub fn plain_text(sentence: &Sentence) -> String {
    sentence
        .pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Words(words) => (*words).to_owned(),
            Piece::Slot(slot) => slot.plain().0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_stand_in_reading_order() {
        let s = Sentence::new(
            "{n} calls after {t}.",
            vec![Slot::Count(3), Slot::Duration(60)],
        );
        assert_eq!(plain_text(&s), "3 calls after 1 min.");
    }
}
