//! One file a kind of page: its view and how it is filled.

pub mod archive;
pub mod brief;
pub mod brief_data;
pub mod changes;
pub mod entity;
pub mod feed;
mod frame;
pub mod item;
pub mod ledger;
mod map_view;
pub mod method;
pub mod narrative;
pub mod not_found;
mod provenance;
pub mod queue;
pub mod session;
mod timeline;
mod trends;

use crate::assess::Facts;
use crate::model::{Entity, EntityKind, Text};
use crate::render::address::Linker;
use crate::render::html::Markup;
use serde::Serialize;

/// A link with its words.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// Where to.
    pub href: String,
    /// Its words; untrusted ones are already markup.
    pub text: Markup,
}

/// A value, or the words "not recorded".
fn recorded(text: Option<&Text>) -> Markup {
    text.map_or_else(not_recorded, Markup::value)
}

/// The name of an entity, unlinked, or the words "not recorded".
fn named(linker: &Linker<'_>, kind: EntityKind, name: Option<&Text>) -> Markup {
    let Some(name) = name else {
        return not_recorded();
    };
    let mut markup = Markup::value(name);
    markup.push_look_alike(&Entity::new(kind, name), linker);
    markup
}

/// Who a session's user is: a name, "unknown" where the collector said so, or not recorded.
fn user(linker: &Linker<'_>, facts: &Facts) -> Markup {
    if facts.user_said_unknown {
        return Markup::words("unknown");
    }
    named(linker, EntityKind::User, facts.user.as_ref())
}

/// The third state.
fn not_recorded() -> Markup {
    Markup::words("not recorded")
}

/// `1 session`, `2 sessions`
pub fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// `1234567` as `1,234,567`.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, d) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(d);
    }
    out
}
