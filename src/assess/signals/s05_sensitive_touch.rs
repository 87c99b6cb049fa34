//! S5 sensitive-touch: files of a sensitive class were read or written.

use super::{Definition, Finding, Hit, Look, SignalId, habit};
use crate::assess::context::Context;
use crate::assess::facts::{Facts, Touch};
use crate::assess::trust::Trust;
use crate::history::MOST_USUAL;
use crate::model::{Entity, EntityKind, PathClass, Sentence, Slot, Text};

const IN_REPO: &str = "{verb} {n} in {repo}, e.g. {path}.";
const OUTSIDE: &str = "{verb} {n}, e.g. {path}.";
/// What a read counts beside a write.
const READ: f64 = 0.8;

pub(super) const SIGNAL: Definition = Definition {
    id: SignalId::S5,
    name: "sensitive-touch",
    about: "A path in a sensitive class was read or written.",
    templates: &[IN_REPO, OUTSIDE],
    habituates: Some(MOST_USUAL),
    false_positives: "People who work on such code every day; test fixtures, which the operator can class as none.",
    clause: "touched sensitive files",
    clause_plural: "touched sensitive files",
    why: "It touched files that would hurt in the wrong hands.",
    next_step: "Check that the work on these files was asked for.",
    look: Look::Facts(look),
};

fn look(facts: &Facts, _: &Trust, context: &Context<'_>) -> Finding {
    if facts.events == 0 {
        return Finding::NotAssessable("no events are recorded");
    }
    let usual = |t: &Touch| {
        let repo = t.file.file_repo().unwrap_or_default();
        habit(SignalId::S5, facts.actor(), &[repo, t.class.word()])
    };
    let counts = |t: &Touch| strength(t) * context.usual(facts, usual(t)).factor(MOST_USUAL);
    // The first of the strongest.
    let strongest = facts
        .touches
        .iter()
        .max_by(|a, b| counts(a).total_cmp(&counts(b)).then(b.event.cmp(&a.event)));
    let Some(touch) = strongest else {
        return Finding::Absent;
    };
    let alike = |t: &&Touch| (t.class, t.changed) == (touch.class, touch.changed);
    let of_class = facts.touches.iter().filter(alike).count();
    let mut slots = vec![
        Slot::words(if touch.changed { "Wrote" } else { "Read" }),
        Slot::words(counted(of_class, touch.class)),
    ];
    let repo = touch.file.file_repo().map(Text::new);
    slots.extend(
        repo.iter()
            .map(|r| Slot::Entity(Entity::new(EntityKind::Repo, r))),
    );
    slots.push(Slot::Entity(touch.file.clone()));
    let template = if repo.is_some() { IN_REPO } else { OUTSIDE };
    Finding::present(Hit {
        last_at: facts.touches.iter().filter_map(|t| t.last_at).max(),
        evidence: vec![touch.event],
        times: facts.touches.iter().map(|t| t.times).sum(),
        habit: usual(touch),
        ..Hit::new(strength(touch), Sentence::new(template, slots))
    })
}

fn strength(touch: &Touch) -> f64 {
    touch.class.strength() * if touch.changed { 1.0 } else { READ }
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
