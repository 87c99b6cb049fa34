//! S15 destructive-act: something was deleted, overwritten or torn down.

use super::{Definition, Finding, Hit, Look, SignalId};
use crate::assess::facts::Destroyed;
use crate::assess::lexicon::destruction::{Destruction, destruction, names_production};
use crate::assess::lookup;
use crate::assess::reduce::repo_of;
use crate::assess::window::ReplayWindow;
use crate::model::{Entity, EntityKind, Event, Inventory, Sentence, Session, Slot, Text};
use std::collections::BTreeMap;

/// What any destructive act counts.
const BASE: f64 = 0.2;
const DELETED: &str = "{what} {path}{irreversible}.";
const DONE: &str = "{what} in {target}{irreversible}.";

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S15,
    name: "destructive-act",
    about: "Files, history, infrastructure or data were deleted or overwritten.",
    templates: &[DELETED, DONE],
    habituates: None,
    false_positives: "Cleaning build output, scratch and caches counts nothing.",
    clause: "carried out a destructive act",
    clause_plural: "carried out destructive acts",
    why: "What is gone may not come back.",
    next_step: "Ask the owner whether this was wanted, and whether it can be restored.",
    look: Look::Events(look),
};

fn look(session: &Session, inventory: &Inventory, _: Option<&ReplayWindow>) -> Finding {
    if session.events.is_empty() {
        return Finding::NotAssessable("no events are recorded");
    }
    let mut found: Vec<(f64, usize, Destruction)> = Vec::new();
    for (i, event) in session.events.iter().enumerate() {
        if let Some(act) = destruction(event) {
            found.push((
                strength(act, is_production(session, event, inventory)),
                i,
                act,
            ));
        }
    }
    found.sort_by(|(a, i, _), (b, j, _)| b.total_cmp(a).then(i.cmp(j)));
    let Some((strength, at, act)) = found.first() else {
        return Finding::Absent;
    };
    let event = &session.events[*at];
    let target = target(session, event).map_or_else(
        || {
            let place = session.workspace.path.clone();
            place.map_or(Slot::words("a place that is not recorded"), Slot::Text)
        },
        Slot::Entity,
    );
    let template = if event.path.is_some() { DELETED } else { DONE };
    let what = if act.objects > 1 {
        format!("{} ({} objects)", act.verb, act.objects)
    } else {
        act.verb.to_owned()
    };
    let irreversible = Slot::words(if act.irreversible {
        ", not reversible"
    } else {
        ""
    });
    Finding::present(Hit {
        last_at: found
            .iter()
            .filter_map(|(_, i, _)| session.events[*i].at)
            .max(),
        evidence: found.iter().take(3).map(|(_, i, _)| *i as u32).collect(),
        times: found.len() as u32,
        ..Hit::new(
            *strength,
            Sentence::new(template, vec![Slot::words(what), target, irreversible]),
        )
    })
}

fn is_git(event: &Event) -> bool {
    event
        .programs
        .iter()
        .any(|p| p.untrusted().split_whitespace().next() == Some("git"))
}

/// One file that a working copy still has says little; what cannot be taken back,
/// what is many, and what is production say more.
fn strength(act: Destruction, production: bool) -> f64 {
    let irreversible = if act.irreversible { 0.2 } else { 0.0 };
    let production = if production { 0.4 } else { 0.0 };
    (BASE + irreversible + production + (1.0 + act.objects as f64).log10() / 10.0).min(1.0)
}

/// Production: the operator says so of the repository or host, or the act names it.
fn is_production(session: &Session, event: &Event, inventory: &Inventory) -> bool {
    let host = session.host.as_ref();
    let host_class = lookup::host_class(
        inventory,
        host.and_then(|h| h.identity()).map(Text::untrusted),
        host.and_then(crate::model::Host::ip),
    );
    let repo = repo_of(session, event).and_then(|r| lookup::repo(inventory, r.untrusted()));
    host_class == Some("production")
        || repo.is_some_and(|r| r.class.as_deref() == Some("production"))
        || names_production(event)
}

/// What the destructive acts of a session hit, the gravest first.
pub fn destroyed(session: &Session, inventory: &Inventory) -> Vec<Destroyed> {
    let mut worst: BTreeMap<Entity, f64> = BTreeMap::new();
    for event in &session.events {
        let Some(act) = destruction(event) else {
            continue;
        };
        let strength = strength(act, is_production(session, event, inventory));
        if let Some(target) = target(session, event) {
            let known = worst.entry(target).or_insert(0.0);
            *known = known.max(strength);
        }
    }
    let mut all: Vec<Destroyed> = worst
        .into_iter()
        .map(|(target, strength)| Destroyed { target, strength })
        .collect();
    all.sort_by(|a, b| b.strength.total_cmp(&a.strength));
    all
}

/// What a destructive act hit, as far as it is recorded.
fn target(session: &Session, event: &Event) -> Option<Entity> {
    let repo = repo_of(session, event);
    let named = |kind, name: Option<&Text>| name.map(|n| Entity::new(kind, n));
    match (&event.path, repo) {
        (Some(path), repo) => Some(Entity::file(repo, path)),
        // A push ends at the forge; what it overwrites is the repository.
        (None, Some(repo)) if is_git(event) => Some(Entity::new(EntityKind::Repo, repo)),
        (None, repo) => named(EntityKind::Destination, event.destination.as_ref())
            .or_else(|| named(EntityKind::Repo, repo))
            .or_else(|| named(EntityKind::Tool, event.tool.as_ref())),
    }
}

/// Whether a destructive act was aimed at production.
pub fn destroyed_production(session: &Session, inventory: &Inventory) -> bool {
    session
        .events
        .iter()
        .any(|e| destruction(e).is_some() && is_production(session, e, inventory))
}

#[cfg(test)]
mod tests {
    use crate::assess::signals::testing::{Day, session};

    fn run(program: &str) -> crate::model::Session {
        session(&format!(
            r#"{{"id":"a","events":[{{"kind":"execute","programs":["{program}"]}}]}}"#
        ))
    }

    #[test]
    fn irreversible_and_production_raise_it() {
        let one = 2.0_f64.log10() / 10.0;
        Day::with("")
            .of(&[run("git push --force")])
            .strength("S15", 0, Some(0.4 + one));
        Day::with("")
            .of(&[run("kubectl delete deploy -n prod")])
            .strength("S15", 0, Some(0.8 + one));
        Day::with("")
            .of(&[run("git push")])
            .strength("S15", 0, None);
    }

    #[test]
    fn a_forced_push_overwrites_the_repository_not_the_forge() {
        let s = session(
            r#"{"id":"a","workspace":{"repo":"acme/a"},"events":[{"kind":"request","programs":["git push --force"],"destination":"github.com","method":"push"}]}"#,
        );
        Day::with("")
            .of(&[s])
            .says("S15", 0, "Forced a push in acme/a, not reversible.");
    }

    #[test]
    fn tools_of_any_agent_destroy() {
        let one = 2.0_f64.log10() / 10.0;
        let call = |tool: &str| {
            session(&format!(
                r#"{{"id":"a","events":[{{"kind":"tool","tool":"{tool}"}}]}}"#
            ))
        };
        Day::with("")
            .of(&[call("mcp__crm__delete_contact")])
            .strength("S15", 0, Some(0.4 + one));
        Day::with("")
            .of(&[call("cancel_meeting")])
            .strength("S15", 0, None);
    }

    #[test]
    fn deleting_scratch_is_nothing() {
        let s = session(
            r#"{"id":"a","events":[{"kind":"delete","path":"/tmp/x"},{"kind":"delete","path":"dist"}]}"#,
        );
        Day::with("").of(&[s]).strength("S15", 0, None);
    }
}
