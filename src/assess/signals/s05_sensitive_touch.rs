//! S5 sensitive-touch: files of a sensitive class were read or written.

use super::{Definition, Finding, Hit, Look, SignalId};
use crate::assess::facts::{repo_of, touched_class};
use crate::assess::window::ReplayWindow;
use crate::model::{Entity, EntityKind, EventKind, Inventory, PathClass, Sentence, Session, Slot};
use std::collections::BTreeSet;

const IN_REPO: &str = "{verb} {n} in {repo}, e.g. {path}.";
const OUTSIDE: &str = "{verb} {n}, e.g. {path}.";
/// What a read counts beside a write.
const READ: f64 = 0.8;

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S5,
    name: "sensitive-touch",
    about: "A path in a sensitive class was read or written.",
    templates: &[IN_REPO, OUTSIDE],
    references: &[
        "T1552.001",
        "T1552.004",
        "T1005",
        "AML.T0037",
        "AML.T0055",
        "AML.T0085.001",
    ],
    false_positives: "People who work on such code every day; test fixtures, which the operator can class as none.",
    clause: "touched sensitive files",
    clause_plural: "touched sensitive files",
    why: "It touched files that would hurt in the wrong hands.",
    next_step: "Check that the work on these files was asked for.",
    look: Look::Events(look),
};

fn look(session: &Session, inventory: &Inventory, _: Option<&ReplayWindow>) -> Finding {
    if session.events.is_empty() {
        return Finding::NotAssessable("no events are recorded");
    }
    let mut best: Option<(f64, usize, PathClass, bool)> = None;
    let mut files = BTreeSet::new();
    let mut times = 0;
    let mut last_at = None;
    for (i, event) in session.events.iter().enumerate() {
        let (Some(class), Some(path)) = (touched_class(session, event, inventory), &event.path)
        else {
            continue;
        };
        let wrote = event.kind != EventKind::Read;
        let strength = class.strength() * if wrote { 1.0 } else { READ };
        times += 1;
        last_at = last_at.max(event.at);
        files.insert((class, wrote, Entity::file(repo_of(session, event), path)));
        if best.is_none_or(|(s, ..)| strength > s) {
            best = Some((strength, i, class, wrote));
        }
    }
    let Some((strength, at, class, wrote)) = best else {
        return Finding::Absent;
    };
    let event = &session.events[at];
    let of_class = files
        .iter()
        .filter(|(c, w, _)| (*c, *w) == (class, wrote))
        .count();
    let repo = repo_of(session, event);
    let mut slots = vec![
        Slot::words(if wrote { "Wrote" } else { "Read" }),
        Slot::words(counted(of_class, class)),
    ];
    slots.extend(repo.map(|r| Slot::Entity(Entity::new(EntityKind::Repo, r))));
    slots.extend(
        event
            .path
            .as_ref()
            .map(|p| Slot::Entity(Entity::file(repo, p))),
    );
    let sentence = Sentence::new(if repo.is_some() { IN_REPO } else { OUTSIDE }, slots);
    Finding::present(Hit {
        strength,
        last_at,
        evidence: vec![at as u32],
        times,
        sentence,
    })
}

fn counted(n: usize, class: PathClass) -> String {
    let file = if n == 1 { "file" } else { "files" };
    format!("{n} {} {file}", class.word())
}

#[cfg(test)]
mod tests {
    use crate::assess::signals::testing::{Day, session};

    #[test]
    fn class_and_verb_make_the_strength() {
        let touch = |kind: &str, path: &str| {
            session(&format!(
                r#"{{"id":"a","events":[{{"kind":"{kind}","path":"{path}"}}]}}"#
            ))
        };
        Day::with("")
            .of(&[touch("write", "src/auth/login.rs")])
            .strength("S5", 0, Some(0.7));
        Day::with("")
            .of(&[touch("read", "src/auth/login.rs")])
            .strength("S5", 0, Some(0.7 * 0.8));
        Day::with("")
            .of(&[touch("read", "/home/a/.ssh/id_ed25519")])
            .strength("S5", 0, Some(0.8));
        Day::with("")
            .of(&[touch("read", "src/main.rs")])
            .strength("S5", 0, None);
    }

    #[test]
    fn the_operator_declares_classes_and_exceptions() {
        let s = session(
            r#"{"id":"a","events":[{"kind":"write","repo":"acme/a","path":"src/auth/x.rs"}]}"#,
        );
        let none = "[[paths]]\npattern = \"src/auth/**\"\nclass = \"none\"\n";
        Day::with(none)
            .of(std::slice::from_ref(&s))
            .strength("S5", 0, None);
        let customer =
            "[[paths]]\nrepo = \"acme/*\"\npattern = \"src/**\"\nclass = \"customer-data\"\n";
        Day::with(customer)
            .of(&[s])
            .strength("S5", 0, Some(0.9))
            .says("S5", 0, "Wrote 1 customer-data file in acme/a");
    }

    #[test]
    fn only_what_was_written_is_called_written() {
        let s = session(
            r#"{"id":"a","events":[{"kind":"read","path":"src/auth/a.rs"},{"kind":"read","path":"src/auth/b.rs"},{"kind":"write","path":"src/auth/b.rs"}]}"#,
        );
        Day::with("")
            .of(&[s])
            .says("S5", 0, "Wrote 1 auth file, e.g. src/auth/b.rs.");
    }

    #[test]
    fn a_file_outside_the_workspace_lies_in_no_repository() {
        let s = session(
            r#"{"id":"a","workspace":{"repo":"acme/a","path":"~/a"},"events":[{"kind":"read","path":"~/.netrc"}]}"#,
        );
        Day::with("")
            .of(&[s])
            .says("S5", 0, "Read 1 credential file, e.g. ~/.netrc.");
        let inside = session(
            r#"{"id":"a","workspace":{"repo":"acme/a","path":"~/a"},"events":[{"kind":"read","path":"~/a/.netrc"}]}"#,
        );
        Day::with("").of(&[inside]).says("S5", 0, "in acme/a");
    }

    #[test]
    fn a_failed_touch_is_none() {
        let s = session(r#"{"id":"a","events":[{"kind":"read","path":".env","ok":false}]}"#);
        Day::with("").of(&[s]).strength("S5", 0, None);
    }
}
