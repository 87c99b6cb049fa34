//! The border: every text of a record is bounded and redacted in place.

use super::redact;
use crate::source::limits;
use crate::source::snapshot::wire;
use serde_json::Value;

/// Marks a text that was longer than [`limits::TEXT_CHARS`].
const CUT: &str = "\u{2026}[cut]";

/// What the border did to one session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Border {
    /// Texts that were cut to the limit.
    pub cut: u64,
    /// Texts in which a secret was masked.
    pub masked: u64,
    /// Items beyond a list's limit that were dropped and counted.
    pub dropped: u64,
}

/// Bounds and redacts every text of a session. Idempotent.
pub fn border(session: &mut wire::Session) -> Border {
    let mut done = Border::default();
    truncate(&mut session.events, limits::EVENTS, &mut done);
    truncate(&mut session.models, limits::MODELS, &mut done);
    truncate(&mut session.not_recorded, limits::LIST_ITEMS, &mut done);
    for event in &mut session.events {
        truncate(&mut event.programs, limits::LIST_ITEMS, &mut done);
    }
    for_each_text(session, &mut |text| clean(text, &mut done));
    done
}

/// Bounds and redacts every text of a record that holds fields this version does
/// not know, names of fields included, so that it can be kept as it came.
pub fn border_unknown(record: &mut Value) {
    match record {
        Value::String(text) => clean(text, &mut Border::default()),
        Value::Array(items) => {
            items.truncate(limits::EVENTS);
            items.iter_mut().for_each(border_unknown);
        }
        Value::Object(fields) => {
            for (mut name, mut value) in std::mem::take(fields) {
                clean(&mut name, &mut Border::default());
                border_unknown(&mut value);
                fields.insert(name, value);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn truncate<T>(items: &mut Vec<T>, limit: usize, done: &mut Border) {
    done.dropped += items.len().saturating_sub(limit) as u64;
    items.truncate(limit);
}

fn clean(text: &mut String, done: &mut Border) {
    if let std::borrow::Cow::Owned(masked) = redact::mask(text) {
        *text = masked;
        done.masked += 1;
    }
    // A text of so many bytes cannot have more characters.
    if text.len() > limits::TEXT_CHARS
        && !text.ends_with(CUT)
        && let Some((at, _)) = text.char_indices().nth(limits::TEXT_CHARS)
    {
        text.truncate(at);
        text.push_str(CUT);
        done.cut += 1;
    }
}

/// Calls `f` on every text of the record but its id, status and times, which are
/// checked as they are.
pub(crate) fn for_each_text(session: &mut wire::Session, f: &mut dyn FnMut(&mut String)) {
    let wire::Session {
        id: _,
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
    if let Some(wire::User {
        name,
        authenticated: _,
    }) = user
    {
        name.iter_mut().for_each(&mut *f);
    }
    if let Some(wire::Host { name, address }) = host {
        [name, address].into_iter().flatten().for_each(&mut *f);
    }
    if let Some(wire::Key {
        hint,
        kind,
        fingerprint,
    }) = key
    {
        [hint, kind, fingerprint]
            .into_iter()
            .flatten()
            .for_each(&mut *f);
    }
    if let Some(wire::Agent { name, version }) = agent {
        [name, version].into_iter().flatten().for_each(&mut *f);
    }
    models
        .iter_mut()
        .filter_map(|m| m.name.as_mut())
        .for_each(&mut *f);
    if let Some(wire::Workspace { repo, branch, path }) = workspace {
        [repo, branch, path].into_iter().flatten().for_each(&mut *f);
    }
    [permission_mode, parent]
        .into_iter()
        .flatten()
        .for_each(&mut *f);
    not_recorded.iter_mut().for_each(&mut *f);
    if let Some(wire::Origin { source, user }) = origin {
        [source, user].into_iter().flatten().for_each(&mut *f);
    }
    for event in events {
        for_each_event_text(event, f);
    }
}

fn for_each_event_text(event: &mut wire::Event, f: &mut dyn FnMut(&mut String)) {
    let wire::Event {
        at: _,
        kind: _,
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
    programs.iter_mut().for_each(&mut *f);
    [
        tool,
        repo,
        path,
        destination,
        method,
        decision,
        by,
        reason,
        mode,
        summary,
    ]
    .into_iter()
    .flatten()
    .for_each(&mut *f);
    if let Some(wire::Reference { file, line: _ }) = source {
        file.iter_mut().for_each(&mut *f);
    }
}

impl Border {
    /// Adds another session's counts.
    pub fn add(&mut self, other: Self) {
        self.cut += other.cut;
        self.masked += other.masked;
        self.dropped += other.dropped;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_fields_are_redacted_wherever_they_stand() {
        let token = format!("ghp_{}", "a1B2".repeat(9));
        let mut record =
            serde_json::json!({ "id": "a", token.clone(): [{ "deep": token }], "n": 1 });
        border_unknown(&mut record);
        let text = record.to_string();
        assert!(!text.contains("ghp_"), "{text}");
        assert_eq!(text.matches("[secret: GitHub token").count(), 2, "{text}");
    }
}
