//! The border: every text of a record is bounded and redacted in place.

use super::redact::{self, Field, Known, Seen};
use crate::source::limits;
use crate::source::snapshot::wire;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Marks a text that was longer than [`limits::TEXT_CHARS`].
const CUT: &str = "\u{2026}[cut]";

/// What the border did to one session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Border {
    /// Texts that were cut to the limit.
    pub cut: u64,
    /// Secrets that are masked, by kind; those that an importer masked are among them.
    pub masked: BTreeMap<&'static str, u64>,
    /// Items beyond a list's limit that were dropped and counted.
    pub dropped: u64,
}

/// Bounds and redacts every text of a session. Idempotent. `seen` is told each secret.
pub fn border(
    session: &mut wire::Session,
    known: &Known,
    seen: &mut dyn FnMut(Seen<'_>),
) -> Border {
    let mut done = Border::default();
    truncate(&mut session.events, limits::EVENTS, &mut done);
    truncate(&mut session.models, limits::MODELS, &mut done);
    truncate(&mut session.not_recorded, limits::LIST_ITEMS, &mut done);
    for event in &mut session.events {
        truncate(&mut event.programs, limits::LIST_ITEMS, &mut done);
    }
    for_each_text(session, &mut |field, text| {
        clean(field, text, &mut done, known, seen);
        for secret in redact::placeholders(text) {
            *done.masked.entry(secret.kind).or_default() += 1;
        }
    });
    done
}

/// Bounds and redacts a text that stands in no field.
pub fn border_text(text: &str) -> String {
    let mut text = text.to_owned();
    let nothing = &Known::default();
    clean(
        Field::Words,
        &mut text,
        &mut Border::default(),
        nothing,
        &mut |_| {},
    );
    text
}

/// Adds the fields that this version does not know to a record that passed the border, from
/// the same record as it came: bounded and redacted, names of fields included. `seen` is told
/// each secret.
pub fn add_unknown(
    record: &mut Value,
    whole: Value,
    known: &Known,
    seen: &mut dyn FnMut(Seen<'_>),
) {
    match (record, whole) {
        (Value::Object(record), Value::Object(whole)) => {
            for (mut name, mut value) in whole {
                match record.get_mut(&name) {
                    Some(inner) => add_unknown(inner, value, known, seen),
                    None if value.is_null() => {}
                    None => {
                        border_unknown(&name, &mut value, known, seen);
                        clean_unknown(Field::Name, &mut name, known, seen);
                        record.entry(name).or_insert(value);
                    }
                }
            }
        }
        (Value::Array(items), Value::Array(whole)) => {
            let whole = whole.into_iter().filter(|item| !item.is_null());
            for (item, whole) in items.iter_mut().zip(whole) {
                add_unknown(item, whole, known, seen);
            }
        }
        // What is said in shorthand has no fields.
        _ => {}
    }
}

/// The value of a field, or of a list in one; what the field is called may say that it is secret.
fn border_unknown(name: &str, value: &mut Value, known: &Known, seen: &mut dyn FnMut(Seen<'_>)) {
    match value {
        Value::String(text) => match redact::mask_named(name, text, seen) {
            Some(masked) => *text = masked,
            None => clean_unknown(Field::Words, text, known, seen),
        },
        Value::Array(items) => {
            items.truncate(limits::EVENTS);
            for item in items {
                border_unknown(name, item, known, seen);
            }
        }
        Value::Object(fields) => {
            for (mut name, mut value) in std::mem::take(fields) {
                border_unknown(&name, &mut value, known, seen);
                clean_unknown(Field::Name, &mut name, known, seen);
                fields.insert(name, value);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn clean_unknown(field: Field, text: &mut String, known: &Known, seen: &mut dyn FnMut(Seen<'_>)) {
    clean(field, text, &mut Border::default(), known, seen);
}

fn truncate<T>(items: &mut Vec<T>, limit: usize, done: &mut Border) {
    done.dropped += items.len().saturating_sub(limit) as u64;
    items.truncate(limit);
}

fn clean(
    field: Field,
    text: &mut String,
    done: &mut Border,
    known: &Known,
    seen: &mut dyn FnMut(Seen<'_>),
) {
    let kept = redact::beginning(text, limits::TEXT_CHARS).len();
    let is_long = kept < text.len();
    text.truncate(kept);
    if let Cow::Owned(masked) = redact::mask_field(text, field, known, seen) {
        *text = masked;
    }
    // What was cut before has its mark, and perhaps placeholders.
    let is_cut = text.ends_with(CUT);
    let most = limits::TEXT_CHARS + if is_cut { MARKS } else { 0 };
    // A text of so many bytes cannot have more characters.
    let beyond = (text.len() > most).then(|| text.char_indices().nth(most));
    if let Some((at, _)) = beyond.flatten() {
        text.truncate(at);
    } else if !is_long {
        return;
    }
    text.push_str(CUT);
    done.cut += 1;
    // What is left of something long may look like something that is shorter.
    if let Cow::Owned(masked) = redact::mask_field(text, field, known, seen) {
        *text = masked;
    }
}

/// What marks may add to a text that was cut: its own, and what placeholders are longer.
const MARKS: usize = 128;

/// Calls `f` on every text of the record, with what it is for, but its status and times, which
/// are checked as they are.
pub(crate) fn for_each_text(session: &mut wire::Session, f: &mut dyn FnMut(Field, &mut String)) {
    let wire::Session {
        id,
        status: _,
        started_at: _,
        last_seen_at: _,
        ended_at: _,
        user,
        host,
        key,
        agent,
        models,
        workspace,
        permission_mode,
        parent,
        cost_usd: _,
        events,
        not_recorded,
        origin,
    } = session;
    if let Some(hint) = key.as_mut().and_then(|key| key.hint.as_mut()) {
        f(Field::KeyHint, hint);
    }
    let mut name = |text: &mut String| f(Field::Name, text);
    id.iter_mut().for_each(&mut name);
    if let Some(wire::User {
        name: of_user,
        authenticated: _,
    }) = user
    {
        of_user.iter_mut().for_each(&mut name);
    }
    if let Some(wire::Host {
        name: of_host,
        address,
    }) = host
    {
        [of_host, address].into_iter().flatten().for_each(&mut name);
    }
    if let Some(wire::Key {
        hint: _,
        kind,
        fingerprint,
    }) = key
    {
        [kind, fingerprint]
            .into_iter()
            .flatten()
            .for_each(&mut name);
    }
    if let Some(wire::Agent {
        name: of_agent,
        version,
    }) = agent
    {
        [of_agent, version]
            .into_iter()
            .flatten()
            .for_each(&mut name);
    }
    models
        .iter_mut()
        .filter_map(|m| m.name.as_mut())
        .for_each(&mut name);
    if let Some(wire::Workspace { repo, branch, path }) = workspace {
        [repo, branch, path]
            .into_iter()
            .flatten()
            .for_each(&mut name);
    }
    [permission_mode, parent]
        .into_iter()
        .flatten()
        .for_each(&mut name);
    not_recorded.iter_mut().for_each(&mut name);
    if let Some(wire::Origin { source, user }) = origin {
        [source, user].into_iter().flatten().for_each(&mut name);
    }
    for event in events {
        for_each_event_text(event, f);
    }
}

fn for_each_event_text(event: &mut wire::Event, f: &mut dyn FnMut(Field, &mut String)) {
    let wire::Event {
        at: _,
        kind,
        tool,
        programs,
        repo,
        path,
        destination,
        method,
        bytes: _,
        objects: _,
        ok: _,
        outside: _,
        decision,
        by,
        reason,
        mode,
        summary,
        source,
    } = event;
    let words = [destination, reason, summary].into_iter().flatten();
    for text in programs.iter_mut().chain(words) {
        f(Field::Words, text);
    }
    let file = source
        .as_mut()
        .and_then(|wire::Reference { file, line: _ }| file.as_mut());
    let names = [kind, tool, repo, path, method, decision, by, mode]
        .into_iter()
        .flatten();
    for text in names.chain(file) {
        f(Field::Name, text);
    }
}

impl Border {
    /// Adds another session's counts.
    pub fn add(&mut self, other: Self) {
        self.cut += other.cut;
        for (kind, count) in other.masked {
            *self.masked.entry(kind).or_default() += count;
        }
        self.dropped += other.dropped;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mark_saves_a_text_from_being_cut() {
        let (mut done, known) = (Border::default(), Known::default());
        for text in [
            "a ".repeat(50_000) + CUT,
            "a".repeat(50_000),
            "\u{e9}".repeat(2_048 * 3),
        ] {
            let mut once = text;
            clean(Field::Words, &mut once, &mut done, &known, &mut |_| {});
            assert!(
                once.chars().count() <= limits::TEXT_CHARS + MARKS,
                "{}",
                once.len()
            );
            assert!(once.ends_with(CUT));
            let mut twice = once.clone();
            clean(Field::Words, &mut twice, &mut done, &known, &mut |_| {});
            assert_eq!(once, twice);
        }
        assert_eq!(done.cut, 3);
    }

    #[test]
    fn unknown_fields_are_added_and_redacted_wherever_they_stand() {
        let token = format!("ghp_{}", "a1B2".repeat(9));
        let whole = serde_json::json!({
            "id": "as it came", "host": null, "user": "ann", "n": 1, token.clone(): [{ "deep": token }],
            "env": {"DB_PASSWORD": "correct horse", "API_KEYS": ["a"], "token": ["$TOKEN", "hunter22"]},
            "events": [null, {"kind": "read", "colour": "red"}, {"kind": "beyond the limit"}],
        });
        let mut record = serde_json::json!({
            "id": "a", "user": {"name": "ann"}, "events": [{"kind": "read"}],
        });
        let mut seen = Vec::new();
        add_unknown(&mut record, whole, &Known::default(), &mut |s| {
            seen.push(s.value.to_owned());
        });
        let text = record.to_string();
        assert!(!text.contains("ghp_"), "{text}");
        assert_eq!(text.matches("[secret: GitHub token").count(), 2, "{text}");
        assert_eq!(record["id"], "a");
        assert_eq!(record["n"], 1);
        let env = serde_json::json!({
            "DB_PASSWORD": "[secret: assigned secret]", "API_KEYS": ["a"],
            "token": ["$TOKEN", "[secret: assigned secret]"],
        });
        assert_eq!(record["env"], env);
        assert!(
            seen.contains(&"hunter22".to_owned()) && seen.len() == 4,
            "{seen:?}"
        );
        let events = serde_json::json!([{"kind": "read", "colour": "red"}]);
        assert_eq!(record["events"], events);
        assert!(record.get("host").is_none());
    }
}
