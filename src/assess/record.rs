//! What a session's record says about itself: silences, removed traces, and content
//! that came from outside.

use super::facts::Grade;
use super::lexicon::acts::{is_fetch, is_shell};
use super::lexicon::destinations::Standing;
use super::lexicon::{injection, verbs};
use super::reduce::standing;
use crate::model::{Entity, EntityKind, Event, EventKind, Inventory, Session, Text};
use jiff::Timestamp;

/// A silence shorter than this says nothing, in seconds.
const SILENCE: i64 = 10 * 60;
/// A silence counts from this many times the session's usual distance between events on.
const BEYOND_RHYTHM: i64 = 20;

/// A silence in the middle of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The last event before it, from 0.
    pub event: u32,
    /// When it began.
    pub from: Timestamp,
    /// When it ended.
    pub to: Timestamp,
}

impl Gap {
    /// Its length.
    pub fn seconds(self) -> i64 {
        self.to.as_second() - self.from.as_second()
    }
}

/// The longest silence that nothing explains: between an act and the next sign of
/// the agent, where nobody was asked, no command ran, and the session's own rhythm
/// is much faster.
pub(super) fn gap(session: &Session) -> Option<Gap> {
    let timed: Vec<(usize, &Event, Timestamp)> = session
        .events
        .iter()
        .enumerate()
        .filter_map(|(i, e)| Some((i, e, e.at?)))
        .collect();
    let mut distances: Vec<i64> = timed
        .windows(2)
        .map(|w| w[1].2.as_second() - w[0].2.as_second())
        .collect();
    distances.sort_unstable();
    let usual = *distances.get(distances.len() / 2)?;
    // What reads or writes returns at once; a command, a question or another agent may take its time.
    let unexplained = |before: &Event, after: &Event| {
        let at_once = matches!(
            before.kind,
            EventKind::Read | EventKind::Write | EventKind::Delete
        ) && !before
            .tool
            .as_ref()
            .is_some_and(|t| is_shell(t.untrusted()));
        let asked = matches!(after.kind, EventKind::Prompt | EventKind::Permission);
        at_once && !asked
    };
    timed
        .windows(2)
        .filter(|w| unexplained(w[0].1, w[1].1))
        .map(|w| Gap {
            event: w[0].0 as u32,
            from: w[0].2,
            to: w[1].2,
        })
        .filter(|g| g.seconds() > SILENCE && g.seconds() > usual * BEYOND_RHYTHM)
        .max_by_key(|g| (g.seconds(), std::cmp::Reverse(g.event)))
}

/// The first event that removed a shell's history, a system log or an agent's own transcript.
pub(super) fn erased(session: &Session) -> Option<u32> {
    let is_trace = |path: &str| {
        let lower = path.to_ascii_lowercase();
        let name = lower.rsplit(['/', '\\']).next().unwrap_or_default();
        let history = name.starts_with('.') && name.ends_with("_history");
        let transcript = name
            .rsplit_once('.')
            .is_some_and(|(_, ending)| ending == "jsonl")
            && [".claude/projects/", ".codex/sessions/"]
                .iter()
                .any(|folder| lower.contains(folder));
        history || transcript || lower.starts_with("/var/log/")
    };
    session
        .events
        .iter()
        .position(|e| {
            let path = e.path.as_ref().map(Text::untrusted);
            let by_path = e.kind == EventKind::Delete && path.is_some_and(is_trace);
            let by_command = e.programs.iter().any(|p| {
                let words: Vec<&str> = p.untrusted().split_whitespace().collect();
                words.first() == Some(&"history") && words.contains(&"-c")
            });
            e.ok != Some(false) && (by_path || by_command)
        })
        .map(|i| i as u32)
}

/// Where an event brought content in from, if it came from outside.
pub(super) fn intake(event: &Event, inventory: &Inventory) -> Option<(Entity, Grade)> {
    if event.ok == Some(false) || !event.kind.is_act() {
        return None;
    }
    let tool = event.tool.as_ref();
    let destination = event.destination.as_ref();
    let written_by_others = tool.is_some_and(|t| verbs::reads_what_others_write(t.untrusted()));
    let fetched = event.kind == EventKind::Request
        && is_fetch(event)
        && destination.is_some_and(|d| standing(event, d, inventory) == Standing::Open);
    let from_the_web = destination.is_none()
        && event.kind != EventKind::Request
        && tool.is_some_and(|t| verbs::reads_the_web(t.untrusted()));
    if !(event.outside || fetched || written_by_others || from_the_web) {
        return None;
    }
    let source = match (destination, tool) {
        (Some(d), _) => Entity::new(EntityKind::Destination, d),
        (None, Some(t)) => Entity::new(EntityKind::Tool, t),
        (None, None) => return None,
    };
    let marked = [&event.summary, &event.path, &event.reason]
        .into_iter()
        .flatten()
        .any(|t| injection::is_marked(t.untrusted()));
    let grade = if marked {
        Grade::Marked
    } else if written_by_others || tool.is_some_and(|t| verbs::server(t.untrusted()).is_some()) {
        Grade::Open
    } else {
        Grade::Plain
    };
    Some((source, grade))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::signals::testing::session;

    #[test]
    fn a_silence_counts_beside_the_rhythm_of_the_session() {
        let with = |last: &str| {
            let quick: Vec<String> = (0..9)
                .map(|s| format!(r#"{{"at":"2026-11-22T01:00:0{s}Z","kind":"read","tool":"Read","path":"a"}}"#))
                .collect();
            session(&format!(
                r#"{{"id":"a","events":[{},{last}]}}"#,
                quick.join(",")
            ))
        };
        let read = r#"{"at":"2026-11-22T01:20:00Z","kind":"read","tool":"Read","path":"b"}"#;
        assert_eq!(gap(&with(read)).map(Gap::seconds), Some(1_192));
        let asked = r#"{"at":"2026-11-22T01:20:00Z","kind":"prompt"}"#;
        assert_eq!(gap(&with(asked)), None, "a person was away");
        let soon = r#"{"at":"2026-11-22T01:09:00Z","kind":"read","tool":"Read","path":"b"}"#;
        assert_eq!(gap(&with(soon)), None);
    }

    #[test]
    fn removed_traces() {
        let delete = |path: &str| {
            erased(&session(&format!(
                r#"{{"id":"a","events":[{{"kind":"delete","path":"{path}"}}]}}"#
            )))
        };
        assert_eq!(delete("/home/a/.bash_history"), Some(0));
        assert_eq!(delete("/home/a/.claude/projects/x/y.jsonl"), Some(0));
        assert_eq!(delete("src/a.rs"), None);
    }
}
