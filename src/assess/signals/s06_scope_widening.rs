//! S6 scope-widening: the session left the scope it started with.

use super::{Definition, Finding, Hit, Look, SignalId, habit};
use crate::assess::lexicon::paths::is_scratch;
use crate::assess::reduce::{is_beyond_workspace, touched_class};
use crate::assess::window::ReplayWindow;
use crate::history::MOST_USUAL;
use crate::model::{
    Entity, EntityKind, Event, EventKind, Inventory, Sentence, Session, Slot, Text,
};
use std::collections::HashSet;

const TEMPLATE: &str = "Began in {scope}; after {t} it reached {new}.";
const UNTIMED: &str = "Began in {scope}; later it reached {new}.";
/// Fewer touches than this have no first third to speak of.
const LEAST_TOUCHES: usize = 3;

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S6,
    name: "scope-widening",
    about: "After its first third the session touched files outside the repository or folder it began in.",
    templates: &[TEMPLATE, UNTIMED],
    habituates: Some(MOST_USUAL),
    false_positives: "Refactorings across a monorepo: the scope is the declared workspace.",
    clause: "widened its scope",
    clause_plural: "widened their scope",
    why: "It went beyond what it was started for.",
    next_step: "Ask whether the wider scope was intended.",
    look: Look::Events(look),
};

fn look(session: &Session, inventory: &Inventory, _: Option<&ReplayWindow>) -> Finding {
    let touches: Vec<(usize, &Event)> = session
        .events
        .iter()
        .enumerate()
        .filter(|(_, e)| is_touch(e))
        .collect();
    if touches.is_empty() {
        return Finding::NotAssessable("no touched files are recorded");
    }
    let later = touches.get(touches.len().div_ceil(3)..).unwrap_or_default();
    let outside: Vec<&(usize, &Event)> = later
        .iter()
        .filter(|(_, e)| is_outside(session, e))
        .collect();
    if touches.len() < LEAST_TOUCHES || outside.is_empty() {
        return Finding::Absent;
    }
    let share = outside.len() as f64 / later.len() as f64;
    let scopes: HashSet<&Text> = outside
        .iter()
        .filter_map(|(_, event)| event.repo.as_ref())
        .collect();
    let early = touches.len().div_ceil(3);
    let sensitive = |(_, e): &(usize, &Event)| touched_class(session, e, inventory).is_some();
    let late_sensitive =
        outside.iter().any(|t| sensitive(t)) && !touches[..early].iter().any(sensitive);
    let bonus = if late_sensitive { 0.25 } else { 0.0 };
    let strength = (0.5 * share + 0.25 * scopes.len() as f64 + bonus).clamp(0.0, 1.0);
    // The first sensitive one says most; else the first.
    let (at, event) = outside
        .iter()
        .find(|t| sensitive(t))
        .copied()
        .unwrap_or(outside[0]);
    let last_at = outside.iter().filter_map(|(_, e)| e.at).max();
    let scope = event.repo.as_ref().or(session.workspace.repo.as_ref());
    Finding::present(Hit {
        last_at,
        evidence: vec![*at as u32],
        times: outside.len() as u32,
        habit: habit(
            SignalId::S6,
            session.actor(),
            &[scope.map_or("", Text::untrusted)],
        ),
        ..Hit::new(strength, sentence(session, event))
    })
}

fn is_touch(event: &Event) -> bool {
    let touching = matches!(
        event.kind,
        EventKind::Read | EventKind::Write | EventKind::Delete
    );
    touching
        && event.ok != Some(false)
        && event
            .path
            .as_ref()
            .is_some_and(|p| !is_scratch(p.untrusted()))
}

/// Outside: another repository, or an absolute path that is not below the workspace.
fn is_outside(session: &Session, event: &Event) -> bool {
    if let Some(repo) = &event.repo {
        return session.workspace.repo.as_ref() != Some(repo);
    }
    is_beyond_workspace(session, event)
}

fn sentence(session: &Session, event: &Event) -> Sentence {
    let scope = match (&session.workspace.repo, &session.workspace.path) {
        (Some(repo), _) => Slot::Entity(Entity::new(EntityKind::Repo, repo)),
        (None, Some(path)) => Slot::Text(path.clone()),
        (None, None) => Slot::words("a workspace that is not recorded"),
    };
    let reached = match (&event.repo, &event.path) {
        (Some(repo), _) => Slot::Entity(Entity::new(EntityKind::Repo, repo)),
        (None, Some(path)) => Slot::Text(path.clone()),
        (None, None) => Slot::words("other places"),
    };
    match (session.started_at, event.at) {
        (Some(start), Some(at)) => {
            let after = Slot::Duration(at.as_second() - start.as_second());
            Sentence::new(TEMPLATE, vec![scope, after, reached])
        }
        _ => Sentence::new(UNTIMED, vec![scope, reached]),
    }
}

#[cfg(test)]
mod tests {
    use crate::assess::signals::testing::{Day, session};

    fn reads(paths: &[(&str, &str)]) -> crate::model::Session {
        let events: Vec<String> = paths
            .iter()
            .map(|(repo, path)| match *repo {
                "" => format!(r#"{{"kind":"read","path":"{path}"}}"#),
                repo => format!(r#"{{"kind":"read","repo":"{repo}","path":"{path}"}}"#),
            })
            .collect();
        session(&format!(
            r#"{{"id":"a","workspace":{{"repo":"acme/web"}},"events":[{}]}}"#,
            events.join(",")
        ))
    }

    #[test]
    fn staying_in_the_workspace_is_no_widening() {
        Day::with("")
            .of(&[reads(&[("", "a"), ("", "b"), ("acme/web", "c")])])
            .strength("S6", 0, None);
    }

    #[test]
    fn share_repositories_and_late_sensitivity_add_up() {
        let half = [
            ("", "a"),
            ("", "b"),
            ("", "c"),
            ("acme/api", "d"),
            ("", "e"),
            ("acme/api", "f"),
        ];
        Day::with("")
            .of(&[reads(&half)])
            .strength("S6", 0, Some(0.5 * 0.5 + 0.25));
        let sensitive = [
            ("", "a"),
            ("", "b"),
            ("acme/api", "src/auth/x.rs"),
            ("acme/api", "src/auth/y.rs"),
        ];
        Day::with("")
            .of(&[reads(&sensitive)])
            .strength("S6", 0, Some(0.5 + 0.25 + 0.25));
    }

    #[test]
    fn scratch_is_not_outside() {
        Day::with("")
            .of(&[reads(&[("", "a"), ("", "b"), ("", "/tmp/x"), ("", "c")])])
            .strength("S6", 0, None);
    }
}
